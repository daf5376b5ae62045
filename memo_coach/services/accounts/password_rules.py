"""Which passwords are taken: 12 to 128 characters, none that everybody guesses first, nothing else demanded.

That is NIST SP 800-63B, 3.1.1.2: length and a list of what is common, no rules of composition. The list is
``common_passwords.txt``, whose head says where it is from. Refused as well is what a rule makes: a
piece over and over, a run of the keyboard or the alphabet, a common word filled up with figures and signs,
and what the account or the product is called.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from memo_coach.services.accounts.errors import PasswordRefused
from memo_coach.services.accounts.password_hashing import normalised_password
from memo_coach.translations import number, text

SHORTEST: Final = 12
LONGEST: Final = 128
_LIST: Final = Path(__file__).with_name("common_passwords.txt")
_RUNS: Final = (
    *("abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiopasdfghjklzxcvbnm"),
    *("1qaz2wsx3edc4rfv5tgb6yhn", "1q2w3e4r5t6y7u8i9o0p", "qazwsxedcrfvtgbyhnujm"),
)
_NO_LETTERS: Final = re.compile(r"[\W\d_]+")


def check_new_password(password: str, email: str, name: str) -> None:
    """Refuse a password that is too short, too long, or that everybody guesses first.

    Raises:
        PasswordRefused: with a sentence.
    """
    if len(password) > LONGEST:
        raise PasswordRefused(text("accounts.password_too_long", most=number(LONGEST)))
    chosen = normalised_password(password)
    if not SHORTEST <= len(chosen) <= LONGEST:
        key = "accounts.password_too_short" if len(chosen) < SHORTEST else "accounts.password_too_long"
        raise PasswordRefused(text(key, least=number(SHORTEST), most=number(LONGEST)))
    if _is_guessed_first(
        chosen.casefold(), {email, email.partition("@")[0], name, "memo ai coach", "memo coach"}
    ):
        raise PasswordRefused(text("accounts.password_common"))


def _is_guessed_first(password: str, own: set[str]) -> bool:
    words = _NO_LETTERS.sub("", password)
    own_words = {_NO_LETTERS.sub("", each.casefold()) for each in own} - {""}
    if password in _common() or words in _common() or words in own_words:
        return True
    # Figures and signs around few letters are what makes such a password.
    mostly_words = len(words) > len(password) / 2
    return any(_is_repeated(each) or _is_run(each) for each in (password, *[words][:mostly_words]))


def _is_repeated(password: str) -> bool:
    return any(
        password == (password[:length] * len(password))[: len(password)]
        for length in range(1, len(password) // 2 + 1)
    )


def _is_run(password: str) -> bool:
    return len(password) > 3 and any(password in run + run or password in (run + run)[::-1] for run in _RUNS)


@cache
def _common() -> frozenset[str]:
    lines = _LIST.read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
