"""The elements that a demanding reader looks for, with the indicator that each feeds and its remarks."""

from __future__ import annotations

from typing import Final, NamedTuple

from memo_coach.coaching.builtin.remarks import REMARKS


class Element(NamedTuple):
    """One thing that a reader looks for. ``missing`` and the like are kinds of finding."""

    name: str
    indicator: str
    missing: str
    weak: str
    more: str
    there: str


_INDICATORS: Final = {
    "ask": "ask-verb",
    "ask-amount": "ask-amount",
    "ask-deadline": "ask-deadline",
    "ask-decider": "ask-decider",
    "bottom-line": "bottom-line",
    "situation": "situation",
    "problem": "complication",
    "options": "options-compared",
    "do-nothing": "options-do-nothing",
    "option-costs": "options-costs",
    "return": "financial-return",
    "costs": "financial-costs",
    "cost-parts": "financial-costs",
    "discount-rate": "financial-discount-rate",
    "sensitivity": "financial-sensitivity",
    "assumptions": "financial-assumptions",
    "figures": "evidence-figures",
    "baselines": "evidence-baselines",
    "sources": "evidence-sources",
    "strategic-link": "strategic-link",
    "risks": "risks-named",
    "mitigations": "risks-mitigated",
    "risk-owners": "risks-owned",
    "plan-steps": "plan-steps",
    "plan-owners": "plan-owners",
    "plan-dates": "plan-dates",
    "next-step": "next-step",
    "status-stated": "status-stated",
    "progress": "status-progress",
    "deviations": "status-deviations",
    "scope": "policy-scope",
    "rules": "policy-rules",
    "effective-date": "policy-effective",
    "exceptions": "policy-exceptions",
    "contact": "policy-contact",
}
ELEMENTS: Final = tuple(Element(name, indicator, *REMARKS[name]) for name, indicator in _INDICATORS.items())
HOMES: Final = {
    "ask": ("ask", "help-needed", "bottom-line"),
    "problem": ("problem", "reason", "deviations"),
    "options": ("options", "reason", "help-needed"),
    "financial": ("financial-case", "evidence", "progress", "reason"),
    "evidence": ("evidence", "progress", "reason"),
    "strategy": ("strategic-fit", "problem", "reason", "status"),
    "risks": ("risks", "exceptions"),
    "plan": ("plan", "next-steps"),
    "next-step": ("plan", "next-steps"),
    "bottom-line": ("ask", "bottom-line", "status"),
    "situation": ("problem", "reason", "status"),
    "consistency": ("financial-case", "evidence", "progress"),
    "timeline": ("plan", "next-steps"),
}
"""Where a remark is shown whose indicator a rubric does not score: criteria, the first that the
rubric has, by the first part of the remark's kind."""
NAMES: Final = tuple(element.name for element in ELEMENTS)
OF_STATUS: Final = frozenset({"status-stated", "progress", "deviations"})
OF_POLICY: Final = frozenset({"scope", "rules", "effective-date", "exceptions", "contact"})
NOT_THE_AUTHORS: Final = "not-the-authors"
"""What the model says of a unit beside the elements: a form's label, instructions, boilerplate, quotes."""
OUTPUTS: Final = (*NAMES, NOT_THE_AUTHORS)
