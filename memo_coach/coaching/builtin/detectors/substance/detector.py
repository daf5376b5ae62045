"""Look whether there is real prose to judge.

Distinct sentences that say something, not slogans or keywords.
"""

from __future__ import annotations

from memo_coach.coaching.builtin.analysis.passages import holding
from memo_coach.coaching.builtin.analysis.prose import facts_of
from memo_coach.coaching.builtin.findings import Finding, Reading, detector, ramp
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Memo, Span

KINDS = ("substance.thin", "substance.platitudes", "substance.keyword-list", "substance.solid")

# Thirty words are two sentences: nothing is decided on these alone. A notice, a weekly status or a request to
# one's own manager says all it has to in eighty to a hundred; what it leaves out is told where it is missing.
_NO_CASE = 30
_A_SHORT_MEMO = 100
# Distinct words of content; a hundred words of ordinary prose hold about fifty.
_FEW_CONTENT_WORDS = 15
_ENOUGH_CONTENT_WORDS = 50
# A one-page memo has 250 words and more, of which a few are in its head.
_ONE_PAGE = 230


@detector(
    "substance",
    indicators=("substance",),
    source="Own rule against keyword stuffing: what earns points must be said in distinct sentences; Orwell, "
    "Politics and the English Language (1946), on ready-made phrases",
)
def read_substance(memo: Memo, lexicon: Lexicon) -> Reading:
    """Count the words of distinct sentences with a finite verb, list items at half, slogans at nothing."""
    facts = facts_of(memo, lexicon)
    function_words = lexicon.words("function_words")
    slogans = holding(memo, lexicon, "platitudes")
    total = solid = empty = 0.0
    content: set[str] = set()
    keyword_list: Span | None = None
    slogan: Span | None = None
    for sentence in memo.sentences:
        total += sentence.word_count
        if not facts.is_evidence(sentence):
            if keyword_list is None and facts.is_keyword_list(sentence):
                keyword_list = sentence.span
            continue
        concrete = bool(facts.figures_in(sentence.span)) or bool(facts.dates_in(sentence.span))
        if sentence.span.start in slogans and not concrete:
            empty += sentence.word_count
            slogan = slogan or sentence.span
            continue
        solid += sentence.word_count * (1.0 if facts.is_prose(sentence) else 0.5)
        content.update(memo.words.forms[sentence.first_word : sentence.last_word])
    content -= function_words
    value = min(
        ramp(solid, _NO_CASE, _A_SHORT_MEMO), ramp(len(content), _FEW_CONTENT_WORDS, _ENOUGH_CONTENT_WORDS)
    )
    share = empty / total if total else 0.0
    # A fifth of slogans is a habit; where they are half of the memo, little else is left.
    value *= 1 - 0.5 * ramp(share, 0.2, 0.6)
    return Reading(
        {"substance": value},
        tuple(_findings(value, share, slogan, keyword_list, is_a_page=solid >= _ONE_PAGE)),
    )


def _findings(
    value: float, share: float, slogan: Span | None, keyword_list: Span | None, *, is_a_page: bool
) -> list[Finding]:
    findings: list[Finding] = []
    if keyword_list is not None:
        findings.append(
            Finding("substance.keyword-list", "substance", "opportunity", keyword_list, 1 - value, 0.8)
        )
    if share >= 0.2 and slogan is not None:
        findings.append(Finding("substance.platitudes", "substance", "opportunity", slogan, share, 0.7))
    elif value < 0.5:
        findings.append(Finding("substance.thin", "substance", "opportunity", None, 1 - value, 0.7))
    if value >= 0.9 and is_a_page and not findings:
        findings.append(Finding("substance.solid", "substance", "strength", None, 0.3, 0.6))
    return findings
