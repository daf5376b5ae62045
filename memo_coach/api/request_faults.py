"""What is wrong with a value of a request, in the language that is spoken.

The library that checks requests names each fault by a kind, and says it in English. A kind that is not listed
is told in general words in the other languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from memo_coach.translations import contents
from memo_coach.translations.sentences import Sentence

PART: Final = "request_faults"


def spoken_fault(fault: Mapping[str, Any]) -> str:
    """Return one of the library's faults, as its ``errors`` give them, in the language that is spoken."""
    kind = fault["type"] if fault["type"] in contents(PART) else "other"
    # What may be chosen from is given as "'a', 'b' or 'c'".
    values = {name: str(value).replace("' or '", "', '") for name, value in fault.get("ctx", {}).items()}
    return Sentence(fault["msg"], f"{PART}.{kind}", values).spoken()
