"""Look whether risks are named, each with what will be done about it and who watches it."""

from __future__ import annotations

from memo_coach.coaching.builtin.analysis.passages import passages_about
from memo_coach.coaching.builtin.analysis.risk_register import Risk, RiskReader
from memo_coach.coaching.builtin.analysis.signs import part_earned
from memo_coach.coaching.builtin.findings import Finding, Reading, detector, ramp
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Memo, Span

KINDS = (
    "risks.missing",
    "risks.few",
    "risks.named",
    "risks.unmitigated",
    "risks.mitigated",
    "risks.unowned",
    "risks.owned",
)

_ENOUGH_DIFFICULTIES, _DIFFICULTIES = 3, 0.6
_ENOUGH_PRECAUTIONS, _PRECAUTIONS = 4, 0.38
"""Sentences on a difficulty or a precaution outside any talk of risks, and what they earn at most: the reader
sees that somebody looked, but has to put risk and answer together."""


@detector(
    "risks",
    indicators=("risks-named", "risks-mitigated", "risks-owned"),
    source="ISO 31000:2018, 6.4 to 6.5: identify risks, choose a treatment, name who is accountable for it",
)
def read_risks(memo: Memo, lexicon: Lexicon) -> Reading:
    """Collect risks under their heading, else sentence by sentence, and look into each for its mitigation."""
    passages = passages_about(memo, lexicon, "risk_headings")
    risks = RiskReader(memo, lexicon).risks(passages)
    count = len(risks)
    # Three distinct risks show that somebody looked, four that somebody looked twice; one risk alone, however
    # well answered, does neither.
    named = ramp(count, 0, 4)
    mitigated = sum(risk.mitigated for risk in risks) / max(2, count)
    ownership = sum(risk.owned for risk in risks) / max(2, count)
    found = {"risks-named": named, "risks-mitigated": mitigated, "risks-owned": ownership}
    place = passages[0].place if passages else None
    difficulties = part_earned(
        memo, lexicon, "sign_difficulty", enough=_ENOUGH_DIFFICULTIES, at_most=_DIFFICULTIES
    )
    precautions = part_earned(
        memo, lexicon, "sign_precaution", enough=_ENOUGH_PRECAUTIONS, at_most=_PRECAUTIONS
    )
    indicators = {
        **found,
        "risks-named": max(named, difficulties),
        "risks-mitigated": max(mitigated, precautions),
    }
    return Reading(indicators, tuple(_findings(risks, found, place)))


def _findings(risks: list[Risk], indicators: dict[str, float], place: Span | None) -> list[Finding]:
    if not risks:
        return [Finding("risks.missing", "risks-named", "opportunity", place, 1.0, 0.85)]
    named, mitigated, ownership = indicators.values()
    findings: list[Finding] = []
    count = {"count": str(len(risks))}
    if named < 0.5:
        findings.append(
            Finding("risks.few", "risks-named", "opportunity", risks[0].span, 1 - named, 0.6, count)
        )
    elif named >= 0.9:
        findings.append(Finding("risks.named", "risks-named", "strength", risks[0].span, named, 0.8, count))
    bare = [risk for risk in risks if not risk.mitigated]
    findings.extend(
        Finding("risks.unmitigated", "risks-mitigated", "opportunity", risk.span, 1 / len(risks), 0.7)
        for risk in bare
    )
    if not bare and len(risks) > 1:
        span = place or risks[0].span
        findings.append(
            Finding("risks.mitigated", "risks-mitigated", "strength", span, mitigated, 0.75, count)
        )
    if ownership < 0.4 and len(risks) > 1:
        span = place or risks[0].span
        findings.append(Finding("risks.unowned", "risks-owned", "opportunity", span, 1 - ownership, 0.65))
    elif ownership >= 0.75:
        owner = next(risk for risk in risks if risk.owned == 1)
        findings.append(Finding("risks.owned", "risks-owned", "strength", owner.span, ownership, 0.75))
    return findings
