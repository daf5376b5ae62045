"""Kinds of remark by what a person reads: the short sentence for a finding, the name of a criterion."""

from __future__ import annotations

import re
from typing import Final

from memo_coach.coaching.builtin.language_files import languages
from memo_coach.coaching.builtin.phrasing import phrases
from memo_coach.coaching.rubric.model import localised
from memo_coach.coaching.rubric.reader import shipped_rubrics
from memo_coach.translations import ENGLISH, current_language

_SLOT: Final = re.compile(r"\{[^}]*\}")


def title_of(kind: str) -> str:
    """Return what a kind of remark is about, in the language that is spoken.

    Of a model's remarks it is the name of their criterion; of what is not known any more, the id in words.
    """
    spoken = current_language()
    found = phrases(spoken if spoken in languages() else ENGLISH).get(kind)
    title = found and (found.opportunity or found.strength)
    if title:
        # A memo's own words stand there in a memo alone.
        return _SLOT.sub("…", title)
    for rubric in shipped_rubrics():
        for criterion in rubric.criteria:
            if criterion.id == kind:
                return localised(criterion.name, spoken)
    return kind.replace(".", ": ").replace("-", " ").replace("_", " ")
