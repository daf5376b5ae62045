"""How a variable of the environment is declared and read: directly, from ``.env``, or as a secret's file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import Field
from pydantic.fields import FieldInfo
from pydantic_settings import DotEnvSettingsSource, EnvSettingsSource

from memo_coach.settings.faults import SettingFault, shown
from memo_coach.translations.sentences import sentence


def variable(
    meaning: str,
    *,
    example: str,
    default: str | Callable[[dict[str, Any]], str] = "",
    secret: bool = False,
    may_be_empty: bool = False,
) -> Any:  # noqa: ANN401 - as pydantic's own Field
    """Declare one variable of the environment.

    Args:
        meaning: for the documents.
        example: for the documents, and for whoever gave a wrong value.
        default: as it would be written in the environment, or made from the settings above it.
        secret: not shown in ``repr``, and may also be given as a file.
        may_be_empty: whether an empty file stands for no value, instead of for a slip.
    """
    details: dict[str, Any] = {
        "description": meaning,
        "examples": [example],
        "repr": not secret,
        "json_schema_extra": {"may_be_empty": may_be_empty},
    }
    return Field(default_factory=default, **details) if callable(default) else Field(default, **details)


def is_secret(field: FieldInfo) -> bool:
    """Whether a variable may also be given as a file."""
    return not field.repr


@dataclass(frozen=True, slots=True)
class Given:
    """What a variable holds, and ``NAME_FILE`` beside it. No source shows either, in whatever it logs."""

    text: str = field(repr=False)
    file: str = field(repr=False)

    def read(self, name: str, *, may_be_empty: bool) -> str:
        """Return the value, from the file where one is named.

        Raises:
            SettingFault: it is given twice, or its file cannot be used.
        """
        if not self.file:
            return self.text
        if self.text:
            raise SettingFault(sentence("setting_faults.given_twice", name=name))
        try:
            content = Path(self.file).read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            raise SettingFault(
                sentence("setting_faults.file_unreadable", file=shown(self.file), name=name)
            ) from None
        if not content and not may_be_empty:
            raise SettingFault(sentence("setting_faults.file_empty", file=shown(self.file), name=name))
        return content


class Variables(EnvSettingsSource):
    """Variables by their names; a secret together with its file, so that a source has both or neither."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return what is given of a field, and under which name."""
        text, name, _ = super().get_field_value(field, field_name)
        file = self.env_vars.get(f"{name}_FILE") if is_secret(field) else None
        if text is None and file is None:
            return None, name, False
        return Given((text or "").strip(), (file or "").strip()), name, False


class VariablesOfFile(DotEnvSettingsSource, Variables):
    """The same of ``.env``."""
