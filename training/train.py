"""Train both models and write the coach's weights, or say how well they do on documents that they never saw.

    python -m training.train [--validate] [--allow-missing] FOLDER...

The folders hold the labelled texts that may not be in the repository.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np

from memo_coach.coaching.builtin.coach import indicators_of
from memo_coach.coaching.builtin.elements.catalogue import OUTPUTS
from memo_coach.coaching.builtin.elements.classifier import ANSWERS, FILE
from memo_coach.coaching.builtin.elements.features import GROUPS_OF_WORDS, SHARED_GROUPS, WORDS
from memo_coach.coaching.builtin.lexicon import Lexicon, lexicon_of
from training import memos_model, units_model
from training.documents import Document, documents
from training.names import only_of_names, proper_names
from training.validation import report

SCALE = 20
"""Whole weights that make 1: finer steps change no answer."""
_LEAST_WEIGHT = 3
_HOST = re.compile(r"[\w-]\.(?:com|dev|io|net|org)\b")
"""Addresses among the words say where a text is from, not what it says."""
_NOT_ON_SUBSTANCE = (
    "passive", "nominalisations", "acronyms", "readability", "clarity", "headings", "wordiness", "sentence",
    "jargon", "instruction", "platitudes", "stock_keywords", "number_format", "hedges", "weasel",
    "function_words", "prepositions", "determiners",
    "consistency", "blanks", "timeline", "coherence", "padding",
)  # fmt: skip
"""Lists on grammar and style, and those of checks: what a memo says is in the others."""


def lists_of(lexicon: Lexicon) -> set[str]:
    """Return the names of the lists of plain words and phrases on what is said."""
    found = set()
    for name in lexicon.names():
        if name.startswith(_NOT_ON_SUBSTANCE) or name.endswith(("_endings", "_contractions")):
            continue
        if lexicon.is_plain(name) and not any(
            sign in entry for entry in lexicon.entries(name) for sign in "\\(["
        ):
            found.add(name)
    return found


def unit_weights(
    numbers: Mapping[units_model.Key, int], weights: np.ndarray, names: Collection[str]
) -> dict[str, object]:
    """Return the first model's weights as they are kept: whole numbers, without those that change nothing.

    Of words that are ``names``, and of addresses, none is kept.
    """
    unkept = only_of_names([key for _, group, key in numbers if group == WORDS], names)
    whole = np.rint(weights * SCALE).astype(int)
    shared: dict[str, dict[str, list[int]]] = {group: {} for group in SHARED_GROUPS}
    words: dict[str, dict[str, dict[str, list[int]]]] = {}
    for (language, group, key), number in numbers.items():
        if _HOST.search(key) or (group in GROUPS_OF_WORDS and not unkept.isdisjoint(key.split())):
            continue
        row = [
            int(part)
            for output in np.flatnonzero(np.abs(whole[number]) >= _LEAST_WEIGHT)
            for part in (output, whole[number, output])
        ]
        if row:
            table = (
                words.setdefault(language, {}).setdefault(group, {})
                if group in GROUPS_OF_WORDS
                else shared[group]
            )
            table[key] = row
    return {"bias": whole[-1].tolist(), "shared": shared, "words": words}


def memo_weights(rows: memos_model.Rows) -> dict[str, list[list[int]]]:
    """Train the second model on all rows and return its weights."""
    rows = memos_model.with_answers(rows)
    everything = np.ones(len(rows.element), dtype=bool)
    return {
        answer: np.rint(memos_model.folded(memos_model.fit(rows, everything, answer), answer) * SCALE)
        .astype(int)
        .tolist()
        for answer in ANSWERS
    }


def shipped_lists() -> list[str]:
    """Return the names of the lists that are features, which every language has."""
    return sorted(lists_of(lexicon_of("en")) & lists_of(lexicon_of("es")))


def weights_of(
    labelled: Sequence[Document], rows: memos_model.Rows, lists: Sequence[str]
) -> dict[str, object]:
    """Train both models and return what is kept of them."""
    numbers, weights = units_model.trained(labelled)
    names = proper_names(one.memo.text for one in labelled)
    kept = {"scale": SCALE, "lists": list(lists), "outputs": list(OUTPUTS)}
    floors = [round(100 * floor) for floor in memos_model.floors(rows)]
    return {**kept, **unit_weights(numbers, weights, names), "floors": floors, "memo": memo_weights(rows)}


def write(weights: Mapping[str, object]) -> None:
    """Write the file that the coach reads, one line a group, so that a change can be read."""
    lines = json.dumps(weights, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    FILE.write_text(lines.replace('":{"', '":{\n"').replace('],"', '],\n"') + "\n", "utf-8")


def main(arguments: Sequence[str]) -> None:
    """Train or validate, as the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m training.train")
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--validate", action="store_true")
    parser.add_argument("--allow-missing", action="store_true")
    options = parser.parse_args(arguments)
    lists = shipped_lists()
    labelled = documents(options.folders, lists, allow_missing=options.allow_missing)
    sys.stdout.write(f"{len(labelled)} documents, {sum(len(one.units) for one in labelled)} units\n")
    indicators = {one.name: indicators_of(one.memo) for one in labelled}
    rows = memos_model.rows_of(labelled, units_model.held_out(labelled), indicators)
    if options.validate:
        sys.stdout.write(report(rows))
        return
    write(weights_of(labelled, rows, lists))
    sys.stdout.write(f"{FILE.name}: {FILE.stat().st_size // 1024} KiB\n")


if __name__ == "__main__":
    main(sys.argv[1:])
