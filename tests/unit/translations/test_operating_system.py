"""What the operating system says of a failure is said in the language that is spoken."""

from __future__ import annotations

import errno
import os
import socket

import pytest

from memo_coach.translations import contents, operating_system, speaking
from memo_coach.translations.operating_system import reason_of

NUMBERS = {name: getattr(errno, name) for name in contents("operating_system") if name.startswith("E")}


@pytest.mark.parametrize("name", NUMBERS)
def test_a_failure_is_told_in_the_systems_words_or_in_those_of_the_language(name: str) -> None:
    error = OSError(NUMBERS[name], os.strerror(NUMBERS[name]), "/memos")
    assert reason_of(error).spoken() == os.strerror(NUMBERS[name]) == contents("operating_system")[name]
    with speaking("es"):
        assert reason_of(error).spoken() == contents("operating_system")[name] != str(reason_of(error))


def test_every_failure_that_is_told_has_words() -> None:
    assert set(NUMBERS) == operating_system._TOLD


@pytest.mark.parametrize(
    ("error", "english", "spanish"),
    [
        (
            OSError(errno.ENOTTY, "Inappropriate ioctl"),
            "Inappropriate ioctl",
            "el sistema operativo dice ENOTTY",
        ),
        (OSError("of its own"), "of its own", "el sistema operativo no da ningún motivo"),
        (TimeoutError("timed out"), "timed out", "se agotó el tiempo de espera"),
        (
            socket.gaierror(-2, "Name or service not known"),
            "Name or service not known",
            "no se encuentra ese",
        ),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"), "'utf-8' codec", "no es UTF-8"),
    ],
)
def test_what_has_no_words_of_its_own_is_told_all_the_same(
    error: Exception, english: str, spanish: str
) -> None:
    assert reason_of(error).startswith(english)
    with speaking("es"):
        assert reason_of(error).spoken().startswith(spanish)
