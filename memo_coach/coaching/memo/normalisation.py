"""Unicode's normalisation forms in time linear in the text: the one place where they are asked for.

Normalising puts the marks behind a letter in an order of their own, by comparing each with those before it.
Where thousands of marks stand in a row that takes seconds in which nothing else runs. No writing system has
more than a few: Unicode's Stream-Safe Text Format (UAX #15, section 13) allows 30 non-starters in a row and
has longer runs broken up by a character that shows nothing. We remove such characters, so a longer run is
left as it is instead: nothing of the text is lost, and the rest of it is normalised as ever.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Literal

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]

LONGEST_RUN = 30
"""Non-starters in a row that are normalised (UAX #15, section 13)."""
_LAST_PLANE = 0x20000
"""From here on there are only ideographs, tags and variation selectors: none of them is a non-starter."""
_MAY_HAVE_MARKS = re.compile("[^\x00-\u02ff]")


def normalised(form: Form, text: str) -> str:
    """Return a text in a normalisation form; runs of more than 30 non-starters stay as they are."""
    if len(text) <= LONGEST_RUN or _MAY_HAVE_MARKS.search(text) is None:
        return unicodedata.normalize(form, text)
    pieces: list[str] = []
    position = 0
    for run in _overlong_runs().finditer(text):
        pieces += (unicodedata.normalize(form, text[position : run.start()]), run[0])
        position = run.end()
    pieces.append(unicodedata.normalize(form, text[position:]))
    return "".join(pieces)


@cache
def _overlong_runs() -> re.Pattern[str]:
    marks = [chr(point) for point in range(0x300, _LAST_PLANE) if _is_non_starter(chr(point))]
    return re.compile(f"[{''.join(marks)}]{{{LONGEST_RUN + 1},}}")


def _is_non_starter(character: str) -> bool:
    """Whether a character can change places with the mark before it, itself or what it stands for."""
    return unicodedata.combining(unicodedata.normalize("NFKD", character)[0]) != 0
