"""The parts that a reader looks for in a memo, by the names that annotated documents and comments use."""

from __future__ import annotations

from collections.abc import Mapping

COMMON: Mapping[str, str] = {
    "ask": "what the reader is asked to decide, approve, give or do",
    "ask-amount": "how much money or resource is asked for",
    "ask-deadline": "by when the reader must decide",
    "ask-decider": "who is to decide",
    "bottom-line": "the main point, in the first tenth of the text",
    "situation": "where things stand, for a newcomer",
    "problem": "what has gone wrong, changed or is missing: why anything should be done",
    "options": "real alternatives, named and compared",
    "do-nothing": "doing nothing, or later, is weighed",
    "option-costs": "what each option costs",
    "return": "what comes back, in figures: money, time, users, risk",
    "costs": "what it costs, in figures",
    "cost-parts": "the parts of the cost",
    "discount-rate": "a discount rate, hurdle or cost of capital",
    "sensitivity": "what happens when the estimates are wrong",
    "assumptions": "what the figures rest on",
    "figures": "figures for what is claimed",
    "baselines": "figures beside a starting point or a norm",
    "sources": "where figures or facts come from; links count",
    "strategic-link": "a stated goal of the organisation itself that it serves",
    "risks": "something that could go wrong with the plan, in any words",
    "mitigations": "a measure against it",
    "risk-owners": "who answers for it",
    "plan-steps": "what will be done, in steps",
    "plan-owners": "by whom",
    "plan-dates": "by when",
    "next-step": "what happens next after reading",
}
OF_STATUS_UPDATES: Mapping[str, str] = {
    "status-stated": "on track, late, at risk",
    "progress": "what is done against what was planned",
    "deviations": "what went differently, why, and what is done about it",
}
OF_POLICIES: Mapping[str, str] = {
    "scope": "to whom and what it applies",
    "rules": "what must be done, in words that bind",
    "effective-date": "from when it holds",
    "exceptions": "what is exempt",
    "contact": "whom to ask",
}
ELEMENTS: Mapping[str, str] = {**COMMON, **OF_STATUS_UPDATES, **OF_POLICIES}
"""Every element, and what it is."""

_MORE: Mapping[str, Mapping[str, str]] = {"status-update": OF_STATUS_UPDATES, "policy-memo": OF_POLICIES}


def required_elements(rubric: str) -> tuple[str, ...]:
    """Return the elements that a document judged by a rubric must be annotated with."""
    return (*COMMON, *_MORE.get(rubric, {}))
