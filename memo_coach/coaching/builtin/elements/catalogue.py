"""The elements that a demanding reader looks for, with the indicator that each feeds and its remarks."""

from __future__ import annotations

from typing import Final, NamedTuple


class Element(NamedTuple):
    """One thing that a reader looks for. ``missing`` and the like are kinds of finding."""

    name: str
    indicator: str
    missing: str
    weak: str
    more: str
    there: str


def _element(name: str, indicator: str, prefix: str, there: str, missing: str = "") -> Element:
    return Element(name, indicator, missing or f"{prefix}missing", f"{prefix}weak", f"{prefix}more", there)


ELEMENTS: Final = (
    _element("ask", "ask-verb", "ask.verb-", "ask.direct"),
    _element("ask-amount", "ask-amount", "ask.amount-", "ask.amount-given"),
    _element("ask-deadline", "ask-deadline", "ask.deadline-", "ask.deadline-given"),
    _element("ask-decider", "ask-decider", "ask.decider-", "ask.decider-named"),
    _element("bottom-line", "bottom-line", "bottom-line.", "bottom-line.up-front"),
    _element("situation", "situation", "situation.", "situation.clear"),
    _element("problem", "complication", "situation.complication-", "situation.problem-sized"),
    _element("options", "options-compared", "options.", "options.compared"),
    _element("do-nothing", "options-do-nothing", "options.do-nothing-", "options.do-nothing-weighed"),
    _element("option-costs", "options-costs", "options.costs-", "options.costs-given"),
    _element("return", "financial-return", "financial.return-", "financial.return-shown"),
    _element("costs", "financial-costs", "financial.costs-", "financial.costs-shown"),
    _element("cost-parts", "financial-costs", "financial.parts-", "financial.costs-split",
             "financial.costs-not-split"),
    _element("discount-rate", "financial-discount-rate", "financial.discount-rate-",
             "financial.discount-rate-stated"),
    _element("sensitivity", "financial-sensitivity", "financial.sensitivity-", "financial.sensitivity-shown"),
    _element("assumptions", "financial-assumptions", "financial.assumptions-",
             "financial.assumptions-stated"),
    _element("figures", "evidence-figures", "evidence.figures-", "evidence.figures-given"),
    _element("baselines", "evidence-baselines", "evidence.baselines-", "evidence.baselines-given"),
    _element("sources", "evidence-sources", "evidence.sources-", "evidence.sources-given"),
    _element("strategic-link", "strategic-link", "strategy.", "strategy.linked"),
    _element("risks", "risks-named", "risks.", "risks.named"),
    _element("mitigations", "risks-mitigated", "risks.mitigation-", "risks.mitigated", "risks.unmitigated"),
    _element("risk-owners", "risks-owned", "risks.owner-", "risks.owned", "risks.unowned"),
    _element("plan-steps", "plan-steps", "plan.steps-", "plan.steps"),
    _element("plan-owners", "plan-owners", "plan.owners-", "plan.owners-named"),
    _element("plan-dates", "plan-dates", "plan.dates-", "plan.dates-given"),
    _element("next-step", "next-step", "next-step.", "next-step.clear"),
    _element("status-stated", "status-stated", "status.", "status.stated"),
    _element("progress", "status-progress", "status.progress-", "status.progress-shown"),
    _element("deviations", "status-deviations", "status.deviations-", "status.deviations-explained"),
    _element("scope", "policy-scope", "policy.scope-", "policy.scope-clear"),
    _element("rules", "policy-rules", "policy.rules-", "policy.rules-clear"),
    _element("effective-date", "policy-effective", "policy.effective-", "policy.effective-clear"),
    _element("exceptions", "policy-exceptions", "policy.exceptions-", "policy.exceptions-clear"),
    _element("contact", "policy-contact", "policy.contact-", "policy.contact-clear"),
)  # fmt: skip
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
}
"""Where a remark on an element is shown whose indicator a rubric does not score: criteria, the first that the
rubric has, by the first part of the remark's kind."""
NAMES: Final = tuple(element.name for element in ELEMENTS)
OF_STATUS: Final = frozenset({"status-stated", "progress", "deviations"})
OF_POLICY: Final = frozenset({"scope", "rules", "effective-date", "exceptions", "contact"})
NOT_THE_AUTHORS: Final = "not-the-authors"
"""What the model says of a unit beside the elements: a form's label, instructions, boilerplate, quotes."""
OUTPUTS: Final = (*NAMES, NOT_THE_AUTHORS)
