"""What can be remarked on each element of a memo: the kinds of finding that say it is missing, weak or there.

The texts stand with the detector whose name the kind begins with.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Remarks(NamedTuple):
    """The kinds of finding on one element."""

    missing: str
    """It was not found in any words."""
    weak: str
    """A sign of it was found, and a reader would still ask."""
    more: str
    """It does its job, and a demanding reader asks the next question."""
    there: str
    """A strength: it does its job."""


REMARKS: Mapping[str, Remarks] = {
    "ask": Remarks("ask.verb-missing", "ask.verb-weak", "ask.verb-more", "ask.direct"),
    "ask-amount": Remarks("ask.amount-missing", "ask.amount-weak", "ask.amount-more", "ask.amount-given"),
    "ask-deadline": Remarks(
        "ask.deadline-missing", "ask.deadline-weak", "ask.deadline-more", "ask.deadline-given"
    ),
    "ask-decider": Remarks(
        "ask.decider-missing", "ask.decider-weak", "ask.decider-more", "ask.decider-named"
    ),
    "bottom-line": Remarks(
        "bottom-line.missing", "bottom-line.weak", "bottom-line.more", "bottom-line.up-front"
    ),
    "situation": Remarks("situation.missing", "situation.weak", "situation.more", "situation.clear"),
    "problem": Remarks(
        "situation.complication-missing",
        "situation.complication-weak",
        "situation.complication-more",
        "situation.problem-sized",
    ),
    "options": Remarks("options.missing", "options.weak", "options.more", "options.compared"),
    "do-nothing": Remarks(
        "options.do-nothing-missing",
        "options.do-nothing-weak",
        "options.do-nothing-more",
        "options.do-nothing-weighed",
    ),
    "option-costs": Remarks(
        "options.costs-missing", "options.costs-weak", "options.costs-more", "options.costs-given"
    ),
    "return": Remarks(
        "financial.return-missing", "financial.return-weak", "financial.return-more", "financial.return-shown"
    ),
    "costs": Remarks(
        "financial.costs-missing", "financial.costs-weak", "financial.costs-more", "financial.costs-shown"
    ),
    "cost-parts": Remarks(
        "financial.costs-not-split", "financial.parts-weak", "financial.parts-more", "financial.costs-split"
    ),
    "discount-rate": Remarks(
        "financial.discount-rate-missing",
        "financial.discount-rate-weak",
        "financial.discount-rate-more",
        "financial.discount-rate-stated",
    ),
    "sensitivity": Remarks(
        "financial.sensitivity-missing",
        "financial.sensitivity-weak",
        "financial.sensitivity-more",
        "financial.sensitivity-shown",
    ),
    "assumptions": Remarks(
        "financial.assumptions-missing",
        "financial.assumptions-weak",
        "financial.assumptions-more",
        "financial.assumptions-stated",
    ),
    "figures": Remarks(
        "evidence.figures-missing", "evidence.figures-weak", "evidence.figures-more", "evidence.figures-given"
    ),
    "baselines": Remarks(
        "evidence.baselines-missing",
        "evidence.baselines-weak",
        "evidence.baselines-more",
        "evidence.baselines-given",
    ),
    "sources": Remarks(
        "evidence.sources-missing", "evidence.sources-weak", "evidence.sources-more", "evidence.sources-given"
    ),
    "strategic-link": Remarks("strategy.missing", "strategy.weak", "strategy.more", "strategy.linked"),
    "risks": Remarks("risks.missing", "risks.weak", "risks.more", "risks.named"),
    "mitigations": Remarks(
        "risks.unmitigated", "risks.mitigation-weak", "risks.mitigation-more", "risks.mitigated"
    ),
    "risk-owners": Remarks("risks.unowned", "risks.owner-weak", "risks.owner-more", "risks.owned"),
    "plan-steps": Remarks("plan.steps-missing", "plan.steps-weak", "plan.steps-more", "plan.steps"),
    "plan-owners": Remarks(
        "plan.owners-missing", "plan.owners-weak", "plan.owners-more", "plan.owners-named"
    ),
    "plan-dates": Remarks("plan.dates-missing", "plan.dates-weak", "plan.dates-more", "plan.dates-given"),
    "next-step": Remarks("next-step.missing", "next-step.weak", "next-step.more", "next-step.clear"),
    "status-stated": Remarks("status.missing", "status.weak", "status.more", "status.stated"),
    "progress": Remarks(
        "status.progress-missing", "status.progress-weak", "status.progress-more", "status.progress-shown"
    ),
    "deviations": Remarks(
        "status.deviations-missing",
        "status.deviations-weak",
        "status.deviations-more",
        "status.deviations-explained",
    ),
    "scope": Remarks("policy.scope-missing", "policy.scope-weak", "policy.scope-more", "policy.scope-clear"),
    "rules": Remarks("policy.rules-missing", "policy.rules-weak", "policy.rules-more", "policy.rules-clear"),
    "effective-date": Remarks(
        "policy.effective-missing", "policy.effective-weak", "policy.effective-more", "policy.effective-clear"
    ),
    "exceptions": Remarks(
        "policy.exceptions-missing",
        "policy.exceptions-weak",
        "policy.exceptions-more",
        "policy.exceptions-clear",
    ),
    "contact": Remarks(
        "policy.contact-missing", "policy.contact-weak", "policy.contact-more", "policy.contact-clear"
    ),
}
