"""What the groups of variables have in common: how what is given of each is read before it is checked."""

from __future__ import annotations

from pydantic import ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from memo_coach.settings.variables import Given


class VariableGroup(BaseSettings):
    """Variables that belong together. A default may be made from the settings above it."""

    model_config = SettingsConfigDict(
        alias_generator=str.upper, case_sensitive=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    @model_validator(mode="before")
    @classmethod
    def _leave_out_the_empty(cls, given: dict[str, Given]) -> dict[str, Given]:
        # An empty variable counts as absent: compose files pass "NAME=" for what was left open.
        return {name: each for name, each in given.items() if each.text or each.file}

    @field_validator("*", mode="before")
    @classmethod
    def _read(cls, value: Given | str, info: ValidationInfo) -> str:
        if isinstance(value, str):
            return value  # a default
        name = info.field_name or ""
        may_be_empty = cls.model_fields[name].json_schema_extra == {"may_be_empty": True}
        return value.read(name.upper(), may_be_empty=may_be_empty)
