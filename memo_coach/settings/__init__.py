"""The environment, read once, as one typed and frozen :class:`Settings`. Nothing else reads the environment.

A setting is added in one place, as a field of the group that it belongs to (``serving``, ``accounts``,
``operation``, ``models``, ``backups``): its variable is its name in capitals, its type (``values``) checks
the value, and the documents are written from what ``variable`` (``variables``) is told. ``.env`` in the
working directory is read too; a variable that is really set wins over it. A secret may also be given as a
file: ``NAME_FILE`` holds the path, and the file's content, stripped, is the value.
"""

from memo_coach.settings.addresses import LOCAL_NAMES, WILDCARD_HOSTS, address_of, operators_of
from memo_coach.settings.environment import environment_of_tools, load_settings
from memo_coach.settings.faults import SettingsError
from memo_coach.settings.operation import DRAFT_DAYS
from memo_coach.settings.serving import DATABASE_FILE
from memo_coach.settings.settings import Settings

__all__ = [
    "DATABASE_FILE",
    "DRAFT_DAYS",
    "LOCAL_NAMES",
    "WILDCARD_HOSTS",
    "Settings",
    "SettingsError",
    "address_of",
    "environment_of_tools",
    "load_settings",
    "operators_of",
]
