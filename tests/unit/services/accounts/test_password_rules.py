"""Passwords: long enough, and not what everybody guesses first; nothing else is demanded."""

from __future__ import annotations

import pytest

from memo_coach.services.accounts.errors import PasswordRefused
from memo_coach.services.accounts.password_rules import check_new_password

EMAIL, NAME = "ana.maria@example.org", "Ana María Gómez"


@pytest.mark.parametrize(
    "password",
    [
        "eleven horses jump", "correcthorsebatterystaple", "            x           ", "ñandú ñandú café",
        "k7#Qz!p0Lm2$", "🐎🐎🐎🐎🐎🐎🐎🐎🐎🐎🐎🐴",
        "my dog ate 3 bones", "x" * 12 + "and more" * 14, "2718281828459045",
    ],
)  # fmt: skip
def test_a_long_password_of_ones_own_is_taken(password: str) -> None:
    check_new_password(password, EMAIL, NAME)


@pytest.mark.parametrize(
    "password",
    [
        "", "elevenhorse", "é" * 11, "x" * 129, "x" * 10**6,
        "passwordpassword", "Password1234", "password2026!",
        "123456789012", "qwertyuiop12", "abcabcabcabc", "aaaaaaaaaaaa", "1qaz2wsx3edc", "zyxwvutsrqponm",
        "contraseña2026", "Ana.Maria2026", "ana.maria@example.org", "Memo AI Coach!",
        "!!!!!!!!!!!!", "qwerty123456",
        "iloveyou1234", "ana maría gómez 1",
    ],
)  # fmt: skip
def test_one_that_is_short_or_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(PasswordRefused):
        check_new_password(password, EMAIL, NAME)
