"""What can go wrong, as a sentence for whoever reads it at night."""


class ArchiveError(Exception):
    """Something cannot be done; ``str(error)`` is a sentence."""


class Refused(ArchiveError):
    """Nothing was changed: something has to be said first."""
