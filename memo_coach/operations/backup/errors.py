"""What may go wrong. ``str(error)`` is a sentence for the operator, and holds no secret."""

from __future__ import annotations


class BackupError(Exception):
    """A backup, a check or a restore did not do what it should."""


class Misconfigured(BackupError):
    """Something has to be set or installed first."""


class RestoreRefused(BackupError):
    """Nothing failed, but going on could lose data or makes no sense."""


class OtherRunActive(BackupError):
    """The same is being done by another process."""


class RepositoryMissing(BackupError):
    """There is no repository at the place that is configured."""
