"""Look for a plan: steps, each with who does it and when."""

from __future__ import annotations

from memo_coach.coaching.builtin.analysis.passages import (
    Item,
    Passage,
    actors_in,
    dated,
    has_column,
    holds,
    items_of,
    mentions,
    owned,
    passages_about,
    runs_of_items,
)
from memo_coach.coaching.builtin.analysis.prose import MemoFacts, facts_of
from memo_coach.coaching.builtin.detectors.ask.detector import asks_in, best_ask
from memo_coach.coaching.builtin.findings import Finding, Reading, detector, ramp
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Memo, Sentence, Span
from memo_coach.coaching.memo.words import words_between

KINDS = (
    "plan.steps-missing",
    "plan.steps-few",
    "plan.steps",
    "plan.owners-missing",
    "plan.owners-named",
    "plan.dates-missing",
    "plan.dates-given",
)

_ENOUGH_PHASES, _PHASES = 4, 0.5
"""Parts of the plan with a duration or a date, and what they are worth for the steps within: the reader knows
how long a phase takes, not when a step is due."""
_MOST_IN_ONE = 6
"""Steps that a single sentence or item may stand for."""


@detector(
    "plan",
    indicators=("plan-steps", "plan-owners", "plan-dates"),
    source="PMI, A Guide to the Project Management Body of Knowledge, 6th edition (2017), on developing "
    "the schedule and planning resources: activities with dates, and a responsibility assigned for each",
)
def read_plan(memo: Memo, lexicon: Lexicon) -> Reading:
    """Collect steps under a heading for the plan, and sentences elsewhere that say what will be done when."""
    facts = facts_of(memo, lexicon)
    passages = tuple(
        passage
        for passage in passages_about(memo, lexicon, "plan_headings")
        if not _is_of_strategy(memo.quote(passage.place), lexicon)
    )
    steps: list[Item] = []
    for passage in passages:
        told = [
            item for item in items_of(passage, memo, lexicon, facts) if _is_step(item, memo, lexicon, facts)
        ]
        # What "will be done" by nobody at no time is a step only where the passage has none better.
        firm = [item for item in told if not _is_loose(item, memo, lexicon, facts)]
        steps.extend(firm or told)
    covered = {block.index for passage in passages for block in passage.blocks}
    for name in ("risk_headings", "option_headings"):
        covered.update(block.index for part in passages_about(memo, lexicon, name) for block in part.blocks)
    for items in runs_of_items(memo, facts, frozenset(covered)):
        if _is_a_plan(items, lexicon, facts):
            steps.extend(items)
            covered.update(sentence.block for item in items for sentence in item.sentences)
    elsewhere = _steps_elsewhere(memo, lexicon, facts, covered, untold=not steps)
    steps = _distinct([*steps, *elsewhere])
    # A sentence that tells of four dates tells of four steps.
    weights = [max(1, min(_MOST_IN_ONE, _dates(step, facts))) for step in steps]
    weighed = list(zip(steps, weights, strict=True))
    work = sum(weights)
    # Two steps are a start and an end; from four on the reader can follow the work.
    # A list of deliverables that nobody does at no time is half a plan.
    placed = sum(
        weight for step, weight in weighed if owned(step, lexicon, facts) or dated(step, lexicon, facts)
    )
    amount = ramp(work, 0, 4) * (0.3 + 0.7 * placed / max(1, work))
    owners = sum(weight * owned(step, lexicon, facts) for step, weight in weighed) / max(3, work)
    dates = sum(weight * dated(step, lexicon, facts) for step, weight in weighed) / max(3, work)
    dates = max(dates, _PHASES * ramp(_phases(passages, lexicon, facts), 1, _ENOUGH_PHASES))
    indicators = {"plan-steps": amount, "plan-owners": owners, "plan-dates": dates}
    ask = best_ask(memo, lexicon)
    place = passages[0].place if passages else ask.sentence.span if ask else None
    return Reading(indicators, tuple(_findings(steps, indicators, place, lexicon, facts)))


def _phases(passages: tuple[Passage, ...], lexicon: Lexicon, facts: MemoFacts) -> int:
    """Count the sections of the plan that say when, or for how long."""
    units = lexicon.words("time_units")
    return len(
        {
            block.section
            for passage in passages
            for block in passage.blocks
            if facts.dates_in(block.span) or any(f.unit in units for f in facts.figures_in(block.span))
        }
    )


def _is_of_strategy(title: str, lexicon: Lexicon) -> bool:
    """Whether it is "The change serves our Plan 2030" rather than "The plan: running by 2030"."""
    words = words_between(title, 0, len(title))
    plan = next(lexicon.phrases("plan_headings").find(words), None)
    return plan is not None and plan.first > 1 and mentions(title, lexicon, "strategy_link")


def _findings(
    steps: list[Item], indicators: dict[str, float], place: Span | None, lexicon: Lexicon, facts: MemoFacts
) -> list[Finding]:
    if not steps:
        return [Finding("plan.steps-missing", "plan-steps", "opportunity", place, 1.0, 0.8)]
    amount, owners, dates = indicators.values()
    findings: list[Finding] = []
    count = {"count": str(len(steps))}
    if len(steps) < 3:
        findings.append(
            Finding("plan.steps-few", "plan-steps", "opportunity", steps[0].place, 1 - amount, 0.6, count)
        )
    elif amount >= 0.75:
        findings.append(Finding("plan.steps", "plan-steps", "strength", steps[0].place, amount, 0.7, count))
    ownerless = next((step for step in steps if owned(step, lexicon, facts) < 1), None)
    # Named for fewer than three steps in five, owners are the exception.
    if owners < 0.6 and ownerless is not None:
        findings.append(
            Finding("plan.owners-missing", "plan-owners", "opportunity", ownerless.place, 1 - owners, 0.7)
        )
    elif owners >= 0.75:
        findings.append(Finding("plan.owners-named", "plan-owners", "strength", steps[0].place, owners, 0.75))
    dateless = next((step for step in steps if dated(step, lexicon, facts) < 1), None)
    if dates < 0.6 and dateless is not None:
        findings.append(
            Finding("plan.dates-missing", "plan-dates", "opportunity", dateless.place, 1 - dates, 0.75)
        )
    elif dates >= 0.75:
        findings.append(Finding("plan.dates-given", "plan-dates", "strength", steps[-1].place, dates, 0.75))
    return findings


def _is_step(item: Item, memo: Memo, lexicon: Lexicon, facts: MemoFacts) -> bool:
    """Whether it is a step, no label line of a milestone ("Duration: 9 weeks") and no plain remark."""
    if not item.sentences:
        return False
    dates = any(date.kind != "year" for date in facts.dates_in(item.span))
    if item.is_row or dates:
        return True
    if all(_is_label(sentence, lexicon) for sentence in item.sentences):
        return False
    sentence = item.sentences[0]
    if item.heading or memo.blocks[sentence.block].kind == "list_item":
        return True
    acts = facts.owners_in(sentence) or facts.is_first_person(sentence)
    return is_future(memo, lexicon, facts, sentence) or (bool(acts) and facts.is_prose(sentence))


def _dates(step: Item, facts: MemoFacts) -> int:
    return sum(date.kind != "year" for date in facts.dates_in(step.span)) if not step.is_row else 1


def _is_loose(item: Item, memo: Memo, lexicon: Lexicon, facts: MemoFacts) -> bool:
    listed = item.is_row or item.heading or memo.blocks[item.sentences[0].block].kind == "list_item"
    return not listed and not owned(item, lexicon, facts) and not dated(item, lexicon, facts)


def _is_a_plan(items: tuple[Item, ...], lexicon: Lexicon, facts: MemoFacts) -> bool:
    """Whether it is an untitled plan: columns for who and when, or most of its items say both."""
    if has_column(items, lexicon, "owner_columns") and has_column(items, lexicon, "date_columns"):
        return True
    full = sum(owned(item, lexicon, facts) == 1 and dated(item, lexicon, facts) == 1 for item in items)
    return len(items) > 1 and full * 2 > len(items) and not items[0].is_row


def _is_label(sentence: Sentence, lexicon: Lexicon) -> bool:
    opening, colon, _ = sentence.text[:50].partition(":")
    return bool(colon) and mentions(opening, lexicon, "plan_label_words")


def is_future(memo: Memo, lexicon: Lexicon, facts: MemoFacts, sentence: Sentence) -> bool:
    """Whether a sentence says what will be done."""
    if not facts.is_prose(sentence):
        return False
    if holds(memo, lexicon, sentence, "future_words"):
        return True
    future = lexicon.entries("future_endings")
    return any(len(word.lower) > 4 and word.lower.endswith(future) for word in memo.words_of(sentence))


def _steps_elsewhere(
    memo: Memo, lexicon: Lexicon, facts: MemoFacts, covered: set[int], *, untold: bool
) -> list[Item]:
    """Return sentences elsewhere that say what is to be done, with a date and an actor.

    The ask is none.
    """
    asks = {ask.sentence.span.start for ask in asks_in(memo, lexicon)}
    found: list[Item] = []
    for sentence in memo.sentences:
        if sentence.block in covered or sentence.span.start in asks or not facts.is_evidence(sentence):
            continue
        if not any(date.kind != "year" for date in facts.dates_in(sentence.span)):
            continue
        ours = facts.is_first_person(sentence) and is_future(memo, lexicon, facts, sentence)
        if ours or _acts(memo, lexicon, facts, sentence, untold=untold):
            found.append(Item(sentence.span, (sentence,)))
    return found


def _acts(memo: Memo, lexicon: Lexicon, facts: MemoFacts, sentence: Sentence, *, untold: bool) -> bool:
    """Whether an owner will act, or acts in a timetable's present ("Ana signs by 5 June")."""
    owners = actors_in(sentence, facts, lexicon)
    if not owners or not facts.is_prose(sentence):
        return False
    if is_future(memo, lexicon, facts, sentence):
        return True
    if not untold or owners[0].start > memo.words_of(sentence)[0].span.start:
        return False  # "before the supplier ends support on 31 December" is no step
    following = next((word for word in memo.words_of(sentence) if word.span.start >= owners[0].end), None)
    if following is None or following.lower in lexicon.words("acting_modals"):
        return False
    return following.lower.endswith(lexicon.entries("present_endings"))


def _distinct(steps: list[Item]) -> list[Item]:
    seen: set[Span] = set()
    kept: list[Item] = []
    for step in steps:
        if step.span not in seen:
            seen.add(step.span)
            kept.append(step)
    return kept
