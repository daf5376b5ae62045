"""What fills the slots of a remark: words of the memo itself, fit to stand within a sentence of ours."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from memo_coach.coaching.builtin.analysis.figures import numbers_in
from memo_coach.coaching.builtin.findings import Finding
from memo_coach.coaching.builtin.lexicon import lexicon_of
from memo_coach.coaching.memo.model import Memo

COMMON_SLOTS = frozenset({"quote", "presumed", "nearest", "related", "heading", "figure", "subject"})
"""The slots that any text may have; a kind of finding may bring more of its own."""

_READ = 400
"""Characters of a passage that are looked at: four times what is shown of it."""
_MARKERS = re.compile(r"^(?:[>#*+|-]+\s+|\d{1,3}[.)]\s+|\|)+")
_LINK = re.compile(r"(?<!\w)\[([^\[\]]{1,200})\](?:\([^()\s]{0,200}\)|\[[^\[\]]{0,80}\])?")
_CELLS = re.compile(r"\s*\|[\s|:+-]*")
"""What stands between the cells of a table, over lines too."""
_EMPHASIS = re.compile(r"\*\*|__|`")
_QUOTED_WITHIN: Mapping[str, dict[int, str]] = {
    "en": str.maketrans({"“": "‘", "”": "’", '"': "'"}),
    "es": str.maketrans({"«": "“", "»": "”"}),
}
"""Quotation marks within a quotation: our own stand around it."""


def slot_values(memo: Memo, finding: Finding, wanted: Collection[str] = COMMON_SLOTS) -> dict[str, str]:
    """Return what can be said of a finding in the memo's own words; what there is none of is left out.

    Of the slots that any text may have only those ``wanted`` are filled.

    ``quote`` is the passage, ``figure`` the first amount, share or quantity in it, ``heading`` that of the
    section where it stands, and ``subject`` what the memo calls itself. Of a passage that may say something
    else there is one slot alone in the place of the first three, named as its role. A finding's own values
    come first.
    """
    values: dict[str, str] = {}
    if "subject" in wanted:
        values["subject"] = memo.header_value("subject") or _title_of(memo)
    if finding.span is not None and len(finding.span):
        passage = memo.quote(finding.span)[:_READ]
        place = "quote" if finding.role == "said" else finding.role
        if place in wanted:
            values[place] = quotable(passage, memo.language)
        if "figure" in wanted and finding.role == "said":
            values["figure"] = _figure_in(passage, memo.language)
        block = memo.block_at(finding.span.start) if "heading" in wanted and finding.role == "said" else None
        if block is not None:
            values["heading"] = memo.sections[block.section].title.strip(" #*:.")
    return {**{name: value for name, value in values.items() if value}, **finding.values}


def quotable(passage: str, language: str) -> str:
    """Take off a passage what would jar within a sentence: markup, the last stop, its marks of quotation."""
    plain = _MARKERS.sub("", passage.strip())
    if "[" in plain:
        plain = _LINK.sub(r"\1", plain)
    if "*" in plain or "_" in plain or "`" in plain:
        plain = _EMPHASIS.sub("", plain)
    if "|" in plain:
        plain = _CELLS.sub(", ", plain)
    return plain.translate(_QUOTED_WITHIN.get(language, {})).strip(" \n\t|.;:,")


def _figure_in(passage: str, language: str) -> str:
    found = (figure for figure in numbers_in(passage, lexicon_of(language)) if figure.kind != "plain")
    first = next(found, None)
    return "" if first is None else passage[first.span.start : first.span.end]


def _title_of(memo: Memo) -> str:
    first = next((section.title for section in memo.sections if section.heading is not None), "")
    return first.strip(" #*:.")
