"""Headings: whether there is a way through the memo, and whether its signposts say anything."""

from __future__ import annotations

import re

from memo_coach.coaching.builtin.analysis.running_text import (
    WORDS_FOR_A_STRENGTH,
    blamed,
    words_in,
    worst_first,
)
from memo_coach.coaching.builtin.findings import Finding, Reading, detector, ramp
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Memo, Section

KINDS: tuple[str, ...] = (
    "headings.missing",
    "headings.long-section",
    "headings.empty-label",
    "headings.label",
    "headings.informative",
)

_SHORT_MEMO, _LONG_MEMO = 150, 350
"""Below the first a memo needs no headings; from the second on it does (a page and a half of typescript)."""

_SHORT_SECTION, _LONG_SECTION = 60, 300
"""Words from one heading to the next, weighted by size: a screen holds about 250 words, so at 300 the
reader scrolls on without a signpost."""

_TOO_LONG_SECTION = 350
_LABEL, _EMPTY, _SHORT_TITLE, _TELLING = 0.5, 0.15, 0.75, 1.0
_NUMBERING = re.compile(r"^[\s#*_\d.)(:\-–—]+|[\s*_:.#\-–—]+$")
_FIGURE = re.compile(r"(?<![^\W_])\d")
"""A number of its own; not the one in a name such as “PumpV3Pool”."""
_DOCUMENT_ID = re.compile(
    r"^(?:[A-Z]{2}[\w.#\-]{0,28}(?<=\d)|[A-Z]{2,8} #?\d{1,6})[ ]?[:–—\-]\s*|[ ]?\([A-Z]{2,8}-?\d{1,6}\)$"
)
"""“RFC-12:” or “(ITEM-004)”: where a document is filed, which tells nobody what it says."""
_COUNTED_LABEL = re.compile(r"(?:[^\W\d_]+ ){1,3}(?:\d{1,3}|[A-Z])")
"""“Milestone 2” and “Interim phase 1” are numbers rather than statements."""


def heading_worth(title: str, lexicon: Lexicon) -> float:
    """Return what a heading tells: 0.15 where it fits any text, 0.5 for a usual label, 1 for a statement."""
    bare = _DOCUMENT_ID.sub("", _NUMBERING.sub("", title)).strip()
    key = bare.lower()
    if not bare or key in lexicon.words("headings_empty"):
        return _EMPTY
    if key in lexicon.words("headings_labels"):
        return _LABEL
    if _COUNTED_LABEL.fullmatch(bare):
        return _SHORT_TITLE
    words = bare.split()
    _, _, rest = key.partition(":")
    if rest.strip() or (_FIGURE.search(bare) and len(words) > 1) or len(words) >= 4:
        return _TELLING
    return _SHORT_TITLE


def _section_words(memo: Memo, section: Section) -> int:
    return sum(words_in(memo.sentences_of(block)) for block in section.blocks)


def signposting(memo: Memo) -> float:
    """Return how well headings guide through the text: 1 where it needs none, 0 where it has none."""
    sizes, total = _sizes(memo)
    headed = any(section.heading is not None for section, _ in sizes)
    return _present(_need(total), _coverage(sizes, total) if headed else 0.0)


def _sizes(memo: Memo) -> tuple[list[tuple[Section, int]], int]:
    sizes = [(section, _section_words(memo, section)) for section in memo.sections]
    return sizes, sum(words for _, words in sizes)


def _need(total: int) -> float:
    return ramp(total, _SHORT_MEMO, _LONG_MEMO)


def _present(need: float, coverage: float) -> float:
    return 1 - need * (1 - coverage)


@detector(
    "headings",
    indicators=("headings-present", "headings-informative"),
    source="plainlanguage.gov, 'Add useful headings': questions and statements tell more than topics; "
    "Nielsen Norman Group on how readers scan",
)
def read_headings(memo: Memo, lexicon: Lexicon) -> Reading:
    """Read whether headings break the text often enough, and whether they say something."""
    sizes, total = _sizes(memo)
    headed = [section for section, _ in sizes if section.heading is not None]
    need = _need(total)
    coverage = _coverage(sizes, total) if headed else 0.0
    worths = [heading_worth(section.title, lexicon) for section in headed]
    telling = sum(worths) / len(worths) if worths else 0.0
    present = _present(need, coverage)
    informative = telling * (0.5 + 0.5 * coverage) if headed else 1 - need
    findings = _missing(memo, sizes, headed, need) + _labels(headed, worths)
    if len(headed) >= 2 and telling >= 0.8 and total >= WORDS_FOR_A_STRENGTH:
        findings.extend(_strength(headed, worths, lexicon))
    indicators = {
        "headings-present": blamed(present, total),
        "headings-informative": blamed(informative, total),
    }
    return Reading(indicators, worst_first(findings, total))


def _coverage(sizes: list[tuple[Section, int]], total: int) -> float:
    """Return how closely the text is signposted, from the size of the section that a word stands in."""
    if not total:
        return 0.0
    mean = sum(words * words for _, words in sizes) / total
    return ramp(mean, _LONG_SECTION, _SHORT_SECTION)


def _missing(
    memo: Memo, sizes: list[tuple[Section, int]], headed: list[Section], need: float
) -> list[Finding]:
    if not headed:
        if need < 0.5:
            return []
        return [Finding("headings.missing", "headings-present", "opportunity", None, need, 0.85)]
    return [
        Finding(
            "headings.long-section",
            "headings-present",
            "opportunity",
            section.heading.span if section.heading else section.blocks[0].span,
            ramp(words, _TOO_LONG_SECTION - 150, 2 * _TOO_LONG_SECTION),
            0.7,
            {"words": str(words), "heading": section.title},
        )
        for section, words in sizes
        if words > _TOO_LONG_SECTION and section.blocks
    ]


def _labels(headed: list[Section], worths: list[float]) -> list[Finding]:
    """Point at empty labels, and once at the usual ones where hardly any heading says more."""
    findings = []
    labels = [section for section, worth in zip(headed, worths, strict=True) if worth == _LABEL]
    for section, worth in zip(headed, worths, strict=True):
        if worth == _EMPTY and section.heading is not None and section.title:
            values = {"heading": section.title}
            severity = min(1.0, 0.2 + 0.8 / len(headed))
            findings.append(
                Finding(
                    "headings.empty-label",
                    "headings-informative",
                    "opportunity",
                    section.heading.span,
                    severity,
                    0.7,
                    values,
                )
            )
    if labels and len(labels) * 2 > len(headed) and labels[0].heading is not None:
        values = {"heading": labels[0].title, "count": str(len(labels))}
        findings.append(
            Finding(
                "headings.label",
                "headings-informative",
                "opportunity",
                labels[0].heading.span,
                0.3,
                0.5,
                values,
            )
        )
    return findings


def _strength(headed: list[Section], worths: list[float], lexicon: Lexicon) -> list[Finding]:
    """Praise the heading that tells most. The title of the document is none: it is no signpost within it."""
    below = range(1 if _begins_with_a_title(headed) else 0, len(headed))
    telling = (
        place for place in below if worths[place] == _TELLING and _speaks(headed[place].title, lexicon)
    )
    best = next(telling, None)
    heading = None if best is None else headed[best].heading
    if best is None or heading is None:
        return []
    values = {"heading": headed[best].title}
    return [
        Finding("headings.informative", "headings-informative", "strength", heading.span, 0.5, 0.7, values)
    ]


def _speaks(title: str, lexicon: Lexicon) -> bool:
    """Whether a heading states or asks something, where a long label only names it."""
    bare = _DOCUMENT_ID.sub("", _NUMBERING.sub("", title)).strip()
    if _COUNTED_LABEL.fullmatch(bare):
        return False
    if "?" in title or ":" in bare or _FIGURE.search(bare):
        return True
    verbs = lexicon.words("finite_verbs") | lexicon.words("business_verbs")
    return any(word.strip(",;()").lower() in verbs for word in bare.split())


def _begins_with_a_title(headed: list[Section]) -> bool:
    first, *others = [section.heading for section in headed if section.heading is not None]
    return bool(others) and all(heading.level > first.level for heading in others)
