"""The environment, read: nothing else reads it, but for what a test names with its reason."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from memo_coach.database_url import DatabaseUrlFault
from memo_coach.settings.faults import SettingFault, SettingsError
from memo_coach.settings.settings import Settings
from memo_coach.settings.variables import Variables, VariablesOfFile
from memo_coach.translations.operating_system import reason_of
from memo_coach.translations.sentences import Sentence, sentence


def load_settings(
    environment: Mapping[str, str] | None = None, *, env_file: Path | None = Path(".env")
) -> Settings:
    """Read the environment.

    Args:
        environment: read instead of the process's own.
        env_file: a file of ``NAME=value`` lines whose values stand behind those of the environment.

    Raises:
        SettingsError: a value cannot be used.
    """
    variables = Variables(Settings)
    variables.env_vars = os.environ if environment is None else environment
    try:
        behind = VariablesOfFile(Settings, env_file, dotenv_filtering="only_existing")
    except (OSError, UnicodeDecodeError) as error:
        said = sentence(
            "setting_faults.no_env_file", file=env_file, reason=reason_of(error, english=str(error))
        )
        raise SettingsError(said) from None
    try:
        return Settings(_build_sources=((variables, behind), {}))
    except ValidationError as error:
        raise SettingsError(_sentence(error)) from None


def _sentence(error: ValidationError) -> Sentence:
    first = error.errors(include_url=False, include_input=False)[0]
    name = str(first["loc"][0]).upper()
    cause = first.get("ctx", {}).get("error")
    # What the library says of a value itself, nobody has translated, and it may repeat the value.
    own = cause.args[0] if isinstance(cause, SettingFault | DatabaseUrlFault) else None
    fault = own or sentence("setting_faults.unusable")
    example = next(iter(Settings.model_fields[name.lower()].examples or ()))
    return sentence("setting_faults.line", name=name, fault=fault, example=example)


def environment_of_tools(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return what restic and the tools of Postgres may see of the environment: the way to a network, no more.

    ``RESTIC_*`` is no part of it but for what belongs to the way to the repository.
    """
    given = os.environ if environment is None else environment
    return {
        name: value
        for name, value in given.items()
        if name.startswith(("AWS_", "RESTIC_AWS_ASSUME_ROLE_")) or name.upper() in _FOR_TOOLS
    }


_FOR_TOOLS = frozenset(
    {
        *("PATH", "HOME", "TMPDIR", "XDG_CACHE_HOME", "SSH_AUTH_SOCK", "LD_LIBRARY_PATH"),
        *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"),
        *("RESTIC_CACHE_DIR", "RESTIC_CACERT", "RESTIC_REST_USERNAME", "RESTIC_REST_PASSWORD"),
    }
)
