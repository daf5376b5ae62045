"""Where backups are kept, what is in them, and for how long."""

from __future__ import annotations

from memo_coach.settings import values
from memo_coach.settings.group import VariableGroup
from memo_coach.settings.variables import variable


class BackupVariables(VariableGroup):
    """The repository of the backups and the rules for what stays in it."""

    restic_repository: values.Printable = variable(
        "Where backups are kept, as restic names it: a directory, sftp:, rest:, s3: and others.",
        example="s3:https://s3.example.org/memo-coach",
        secret=True,
    )
    restic_password: values.Printable = variable(
        "What the backups are encrypted with. Who loses it has no backups.",
        example="correct horse battery staple",
        secret=True,
    )
    backup_paths: values.Paths = variable(
        "Files and directories that are backed up beside the database, absolute, separated by colons.",
        example="/etc/memo-coach:/srv/memo-coach/.env",
    )
    backup_status_directory: values.Directory = variable(
        "Where backups, checks and restores leave their results. By default status in DATA_DIR.",
        example="/var/lib/memo-coach/status",
        default=lambda above: str(above["data_dir"] / "status"),
    )
    backup_keep: values.KeepRules = variable(
        "For how long (h, d, m, y) backups are kept: all, or the last of each hour, day, week, month, year.",
        example="daily=14d weekly=2m yearly=3y",
        default="daily=7d weekly=35d monthly=12m yearly=2y",
    )
