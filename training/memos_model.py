"""The second model: what the units of a memo say together, as four probabilities for each element."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from memo_coach.coaching.builtin.coach import asked_by
from memo_coach.coaching.builtin.elements.catalogue import NAMES
from memo_coach.coaching.builtin.elements.memo_features import (
    KINDS,
    common_features,
    found_of,
    memo_features,
    remark_features,
    shape_of,
)
from memo_coach.coaching.rubric.reader import shipped_rubric
from training.documents import Document, Reading
from training.units_model import FOLDS

OWN = 6
"""Of the features, those of the element itself; then come one, the kinds, the shape and all found."""
_SHAPE = 12
STRENGTH = 0.1
"""Inverse of the penalty."""


@dataclass
class Rows:
    """One row for each document, reading and element."""

    features: np.ndarray
    element: np.ndarray
    document: np.ndarray
    absent: np.ndarray
    present: np.ndarray
    expected: np.ndarray
    remark: np.ndarray
    remarks: np.ndarray
    weight: np.ndarray
    published: np.ndarray
    of_remark: np.ndarray
    """The features of a remark: see :func:`with_answers`."""


def features_by_element(
    document: Document, chances: np.ndarray, kind: str, indicators: Mapping[str, float]
) -> dict[str, Sequence[float]]:
    """Return what the second model sees of each element of a document."""
    rows = [list(map(float, row)) for row in chances]
    found = [found_of(column) for column in list(zip(*rows, strict=True))[: len(NAMES)]]
    common = common_features(kind, shape_of(document.memo, [read.unit for read in document.units]), found)
    return {name: memo_features(number, found, indicators, common) for number, name in enumerate(NAMES)}


def rows_of(
    documents: Iterable[Document],
    chances: Mapping[str, np.ndarray],
    indicators: Mapping[str, Mapping[str, float]],
) -> Rows:
    """Put all readings of all documents into rows."""
    made: list[tuple[Sequence[float], int, str, Reading, str]] = []
    for document in documents:
        for reading in document.readings:
            asked = asked_by(shipped_rubric(reading.rubric))
            known = {name: value for name, value in indicators[document.name].items() if name in asked}
            seen = features_by_element(document, chances[document.name], reading.rubric, known)
            made += [
                (seen[name], NAMES.index(name), document.name, reading, name)
                for name in sorted(reading.states)
            ]
    readings = [(reading, name) for _, _, _, reading, name in made]
    return Rows(
        features=np.array([features for features, *_ in made]),
        element=np.array([element for _, element, *_ in made]),
        document=np.array([document for _, _, document, *_ in made]),
        absent=np.array([reading.states[name] == "absent" for reading, name in readings]),
        present=np.array([reading.states[name] == "present" for reading, name in readings]),
        expected=np.array([reading.expected[name] for reading, name in readings]),
        remark=np.array([name in reading.remarks for reading, name in readings]),
        remarks=np.array([reading.remarks.count(name) for reading, name in readings]),
        weight=np.array([reading.weight for reading, _ in readings]),
        published=np.array([reading.reader == "published" for reading, _ in readings]),
        of_remark=np.zeros((len(made), 0)),
    )


def without(rows: Rows, documents: Collection[str]) -> Rows:
    """Return the rows of all other documents."""
    kept = ~np.isin(rows.document, list(documents))
    return Rows(*(getattr(rows, each.name)[kept] for each in fields(rows)))


def design(features: np.ndarray, element: np.ndarray) -> csr_matrix:
    """Spread the features out into those that all elements share and those of each element.

    The factors say how soon a weight is worth its penalty: what an element has in common with all others is
    cheap, what is its own has to be learned from few documents and is dear.
    """
    own, kinds = features[:, :OWN], features[:, OWN + 1 : OWN + 1 + len(KINDS)]
    shape = features[:, OWN + 1 + len(KINDS) : OWN + 1 + len(KINDS) + _SHAPE]
    found = features[:, OWN + 1 + len(KINDS) + _SHAPE :]
    one = np.eye(len(NAMES))[element]

    def of_each(columns: np.ndarray, factor: float) -> np.ndarray:
        return factor * (one[:, :, None] * columns[:, None, :]).reshape(len(columns), -1)

    parts = [own, kinds, shape, 0.15 * found, one]
    parts += [of_each(own[:, [0]], 0.5), of_each(own[:, [3]], 1.0), of_each(own[:, [5]], 1.0)]
    parts += [of_each(kinds, 0.7), of_each(shape, 0.3), of_each(found, 0.08)]
    return csr_matrix(np.hstack(parts).astype(np.float32))


_ANSWERS = 7
"""Features of a remark that rest on the other three answers; the last stands for expected and touched on."""


def design_of(features: np.ndarray, element: np.ndarray, answer: str) -> csr_matrix:
    """Spread out the features of an answer; those of a remark end with the other answers."""
    if answer != "remark":
        return design(features, element)
    answers = features[:, -_ANSWERS:]
    one = np.eye(len(NAMES))[element]
    own = [(one[:, :, None] * answers[:, None, [place]]).reshape(len(one), -1) for place in (0, 3, 6)]
    return hstack([design(features[:, :-_ANSWERS], element), csr_matrix(np.hstack([answers, *own]))]).tocsr()


def fit(rows: Rows, which: np.ndarray, answer: str) -> LogisticRegression:
    """Train one answer on some of the rows."""
    classifier = LogisticRegression(C=STRENGTH, solver="liblinear", random_state=0)
    truth = getattr(rows, answer)
    features = rows.of_remark if answer == "remark" else rows.features
    return classifier.fit(
        design_of(features[which], rows.element[which], answer),
        truth[which],
        sample_weight=rows.weight[which],
    )


def held_out(rows: Rows, answer: str) -> np.ndarray:
    """Return the probability of an answer for each row, by a model that never saw the row's document."""
    features = rows.of_remark if answer == "remark" else rows.features
    found = np.zeros(len(rows.element))
    part = np.array([int(hashlib.sha256(name.encode()).hexdigest(), 16) % FOLDS for name in rows.document])
    for fold in range(FOLDS):
        test = part == fold
        if test.any():
            classifier = fit(rows, ~test, answer)
            found[test] = classifier.predict_proba(design_of(features[test], rows.element[test], answer))[
                :, 1
            ]
    return found


def with_answers(rows: Rows) -> Rows:
    """Return the rows with what a remark rests on, each from answers that never saw the row's document."""
    answers = [held_out(rows, answer) for answer in ("absent", "present", "expected")]
    of_remark = [
        remark_features(list(features), *map(float, each))
        for features, *each in zip(rows.features, *answers, strict=True)
    ]
    return replace(rows, of_remark=np.array(of_remark))


FLOOR_QUANTILE = 0.3


def floors(rows: Rows) -> list[float]:
    """Return for each element what the unit that speaks for it most reaches in seven in ten memos with it."""
    found = []
    for element in range(len(NAMES)):
        best = rows.features[(rows.element == element) & rows.present, 0]
        log_odds = float(np.quantile(best, FLOOR_QUANTILE)) if len(best) else 0.0
        found.append(1 / (1 + float(np.exp(-log_odds))))
    return found


def folded(classifier: LogisticRegression, answer: str) -> np.ndarray:
    """Return the classifier's weights as one row an element, for the features as they are."""
    width = OWN + 1 + len(KINDS) + _SHAPE + len(NAMES) + (_ANSWERS if answer == "remark" else 0)
    folded_rows = np.zeros((len(NAMES), width))
    basis = np.vstack([np.zeros(width), np.eye(width)])
    for element in range(len(NAMES)):
        spread = design_of(basis, np.full(width + 1, element), answer)
        sums = spread @ classifier.coef_[0] + classifier.intercept_[0]
        folded_rows[element] = sums[1:] - sums[0]
        folded_rows[element][OWN] += sums[0]
    return folded_rows
