"""What is wrong with the value of a variable, told in the language of whoever starts the program."""

from __future__ import annotations

from memo_coach.translations.sentences import Sentence, sentence


class SettingFault(ValueError):
    """A value cannot be used. ``str(fault)`` says why in English; the variable's name is put before it."""

    def __init__(self, said: Sentence) -> None:
        super().__init__(said)
        self.said = said


class SettingsError(Exception):
    """A variable has a value that cannot be used. ``str(error)`` is one line: name, fault and an example."""

    def __init__(self, said: Sentence) -> None:
        super().__init__(said)


def shown(value: str) -> str:
    """Return a value as it may stand in a line: in quotes, and nothing in it ends the line."""
    return repr(value)


def not_as(value: str, meaning: str) -> SettingFault:
    """Return that a value is not what it has to be; ``meaning`` is the key of what that is."""
    return SettingFault(sentence("setting_faults.is_not", value=shown(value), wanted=sentence(meaning)))
