"""Known ways to make a memo worse, each of which changes one idea.

A degradation takes a strong memo and gives the worse text. Where an idea is words, the passages are recorded
with the memo (``memos/*.yaml``), so that the change is the one a careless writer would make; where it is
style, the change is mechanical.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import cycle

from .base_memo import BaseMemo, edit

Degradation = Callable[[BaseMemo], str]


def bury_the_ask(memo: BaseMemo) -> str:
    """Move the opening paragraph to the very end, under a subject that says nothing."""
    return memo.edited("subject").replace(f"{memo.opening}\n\n", "") + f"\n{memo.opening}\n"


def remove_the_ask(memo: BaseMemo) -> str:
    return memo.edited("subject", "ask")


def drop_the_amount(memo: BaseMemo) -> str:
    return memo.edited("amount")


def drop_the_deadline(memo: BaseMemo) -> str:
    return memo.edited("deadline")


def delete_the_options(memo: BaseMemo) -> str:
    return memo.without("options")


def strip_the_mitigations(memo: BaseMemo) -> str:
    return memo.edited("mitigations")


def delete_the_risks(memo: BaseMemo) -> str:
    return memo.without("risks")


def make_the_numbers_vague(memo: BaseMemo) -> str:
    """Replace the figures of the evidence, not those of the ask, the options and the financial case."""
    return memo.edited("numbers")


def remove_the_sources(memo: BaseMemo) -> str:
    return memo.edited("sources")


def remove_the_financial_figures(memo: BaseMemo) -> str:
    return edit(memo.edited("financial"), (memo.section("financial"), ""))


def remove_the_sensitivity(memo: BaseMemo) -> str:
    return memo.edited("sensitivity")


def delete_the_strategic_link(memo: BaseMemo) -> str:
    return memo.without("strategy")


def make_the_plan_passive(memo: BaseMemo) -> str:
    return memo.edited("passive plan")


def remove_owners_and_dates(memo: BaseMemo) -> str:
    return memo.edited("owners and dates")


_JARGON = {
    "en": (
        ", leveraging best-in-class synergies",
        ", to drive stakeholder alignment going forward",
        ", unlocking a holistic paradigm shift",
        ", with a robust value proposition across the ecosystem",
        ", as a game-changing win-win that moves the needle",
    ),
    "es": (
        ", poniendo en valor las sinergias",
        ", de cara a apalancar una visión holística",
        ", con un enfoque disruptivo y transversal",
        ", impulsando el empoderamiento de los stakeholders",
        ", como palanca de un cambio de paradigma",
    ),
}


def inject_jargon(memo: BaseMemo) -> str:
    """Hang an empty phrase on every second sentence."""
    phrases = cycle(_JARGON[memo.language])
    count = 0

    def with_phrase(match: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return f"{match[1]}{next(phrases)}{match[2]}" if count % 2 else match[0]

    return _in_prose(memo, lambda text: re.sub(r"([^\W\d_]{2})(\.)(?=\s|$)", with_phrase, text))


def merge_the_sentences(memo: BaseMemo) -> str:
    """Join the sentences of each paragraph into one."""
    joint = {"en": ", and ", "es": ", y "}[memo.language]

    def joined(match: re.Match[str]) -> str:
        return joint + _lowered(match[1], memo)

    return _in_prose(
        memo, lambda text: re.sub(r"(?<=[\w)%])(?<!^\d)\. (?!Owner:|Responsable:)([^\W\d_]+)", joined, text)
    )


_PADDING = {
    "en": (
        "It should be noted that",
        "It is important to note that",
        "At this point in time, due to the fact that circumstances require it,",
        "In order to be absolutely clear, the fact of the matter is that",
        "For the purpose of completeness,",
    ),
    "es": (
        "Cabe señalar que",
        "Es importante tener en cuenta que",
        "En el momento actual, debido al hecho de que así lo exigen las circunstancias,",
        "Con el fin de ser del todo claros, hay que decir que",
        "A los efectos de una mayor claridad,",
    ),
}


def pad_the_phrases(memo: BaseMemo) -> str:
    """Begin every second sentence with words that say nothing."""
    phrases = cycle(_PADDING[memo.language])
    count = 0

    def padded(match: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return f". {next(phrases)} {_lowered(match[1], memo)}" if count % 2 else match[0]

    return _in_prose(
        memo, lambda text: re.sub(r"(?<=[\w)%])(?<!^\d)\. (?!Owner:|Responsable:)([^\W\d_]+)", padded, text)
    )


def delete_the_headings(memo: BaseMemo) -> str:
    return edit(memo.text, *((f"\n{heading}\n", "") for heading in memo.headings))


def _lowered(word: str, memo: BaseMemo) -> str:
    """Lower the first letter of a word that begins a sentence, unless a name begins with it."""
    is_name = any(name.split()[0] == word for name in memo.names) or word.isupper()
    return word if is_name else word[0].lower() + word[1:]


def _in_prose(memo: BaseMemo, change: Callable[[str], str]) -> str:
    """Apply a change to paragraphs and list items: not to header lines, headings and tables."""
    lines = memo.text.split("\n")
    body = next(number for number, line in enumerate(lines) if line in memo.headings)
    return "\n".join(
        line if number < body or line in memo.headings or line.startswith("|") else change(line)
        for number, line in enumerate(lines)
    )
