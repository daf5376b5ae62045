"""Train the model of a memo's kind, or say how well it does on documents that it never saw.

    python -m training.kinds [--validate] [--allow-missing] FOLDER...

The folders are those of ``training.train``. What the first model finds in a document always comes from
weights that never saw the document, as it will in use.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from memo_coach.coaching.builtin.elements.catalogue import NAMES
from memo_coach.coaching.builtin.elements.kinds import FILE, FITTING_FROM, kind_features
from memo_coach.coaching.builtin.elements.memo_features import KINDS, found_of, shape_of
from training import units_model
from training.documents import Document, documents
from training.train import shipped_lists

SCALE = 100
"""Whole weights that make 1."""
STRENGTH = 0.1
"""Inverse of the penalty."""
LIMITS = (0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)


@dataclass
class Rows:
    """One row for each document."""

    features: np.ndarray
    shares: np.ndarray
    """Of each kind, how many of the readers chose it: their weights, put so that they make 1."""
    fold: np.ndarray
    source: np.ndarray


def rows_of(labelled: Sequence[Document]) -> Rows:
    """Put the documents into rows."""
    chances = units_model.held_out(labelled)
    fold = {one.name: number for number, fold in enumerate(units_model.folds(labelled)) for one in fold}
    return Rows(
        features=np.array([_features(one, chances[one.name]) for one in labelled]),
        shares=np.array([_shares(one) for one in labelled]),
        fold=np.array([fold[one.name] for one in labelled]),
        source=np.array([one.name.partition("-")[0] for one in labelled]),
    )


def _features(document: Document, chances: np.ndarray) -> list[float]:
    found = [found_of(list(map(float, column))) for column in chances.T[: len(NAMES)]]
    return kind_features(shape_of(document.memo, [read.unit for read in document.units]), found)


def _shares(document: Document) -> np.ndarray:
    shares = np.zeros(len(KINDS))
    for reading in document.readings:
        shares[KINDS.index(reading.rubric)] += reading.weight
    return shares / shares.sum()


def fit(rows: Rows, which: np.ndarray) -> np.ndarray:
    """Train on some of the documents, and return a row of weights for each kind.

    Where readers chose different kinds a document counts for each in part.
    """
    features, shares = rows.features[which], rows.shares[which]
    row, kind = np.nonzero(shares)
    classifier = LogisticRegression(C=STRENGTH, max_iter=3000)
    # The first feature is one for all; the intercept takes its place and is not held down.
    classifier.fit(features[row, 1:], kind, sample_weight=shares[row, kind])
    return np.hstack([classifier.intercept_[:, None], classifier.coef_])


def whole(weights: np.ndarray) -> np.ndarray:
    """Return weights as they are kept."""
    return np.rint(weights * SCALE).astype(int)


def held_out(rows: Rows, parts: np.ndarray) -> np.ndarray:
    """Return the probabilities of each document by a model that never saw the documents of its part."""
    found = np.zeros_like(rows.shares)
    for part in np.unique(parts):
        test = parts == part
        sums = rows.features[test] @ (whole(fit(rows, ~test)) / SCALE).T
        powers = np.exp(sums - sums.max(1, keepdims=True))
        found[test] = powers / powers.sum(1, keepdims=True)
    return found


def report(rows: Rows) -> str:
    """Return accuracy, and for each limit how often the kind is named and how often that is right."""
    lines = []
    for name, parts in (("folds", rows.fold), ("sources", rows.source)):
        chances = held_out(rows, parts)
        best = chances.argmax(1)
        share = rows.shares[np.arange(len(best)), best]
        agreed = rows.shares.max(1) == 1
        lines.append(
            f"{len(best)} documents, {len(np.unique(parts))} {name} held out: accuracy {share.mean():.3f}, "
            f"where readers agree ({agreed.sum()}) {share[agreed].mean():.3f}"
        )
        for limit in LIMITS:
            named = chances.max(1) >= limit
            lines.append(
                f"  from {limit:.2f} on{' *' if limit == FITTING_FROM else ''}: named in {named.sum()} "
                f"({named.mean():.3f}), right {share[named].mean():.3f}; "
                f"on the rubric that readers chose, a notice in {(named * (1 - share)).mean():.3f}"
            )
    return "\n".join(lines) + "\n"


def write(weights: np.ndarray) -> None:
    """Write the file that the coach reads, a line for each kind."""
    kept = ",\n".join(json.dumps(row, separators=(",", ":")) for row in whole(weights).tolist())
    FILE.write_text(f'{{"scale":{SCALE},"weights":[\n{kept}\n]}}\n', "utf-8")


def main(arguments: Sequence[str]) -> None:
    """Train or validate, as the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m training.kinds")
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--validate", action="store_true")
    parser.add_argument("--allow-missing", action="store_true")
    options = parser.parse_args(arguments)
    rows = rows_of(documents(options.folders, shipped_lists(), allow_missing=options.allow_missing))
    if options.validate:
        sys.stdout.write(report(rows))
        return
    write(fit(rows, np.ones(len(rows.fold), dtype=bool)))
    sys.stdout.write(f"{FILE.name}: {FILE.stat().st_size} bytes\n")


if __name__ == "__main__":
    main(sys.argv[1:])
