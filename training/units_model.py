"""The first model: logistic regression of all outputs at once on the features of a unit."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from memo_coach.coaching.builtin.elements.features import GROUPS_OF_WORDS, Features
from training.documents import Document

PENALTY = 3.0
LEAST_DOCUMENT_FREQUENCY = 4
_STEPS = 60
FOLDS = 8

Key = tuple[str, str, str]
"""Language (empty for features that all share), group, key."""


def keys_of(features: Features, language: str) -> Iterator[Key]:
    """Yield the features of a unit, those of words with their language."""
    for group, keys in features.items():
        own = language if group in GROUPS_OF_WORDS else ""
        for key in keys:
            yield own, group, key


def vocabulary(documents: Iterable[Document]) -> dict[Key, int]:
    """Number the features that enough units have."""
    counts: Counter[Key] = Counter()
    for document in documents:
        for read in document.units:
            counts.update(set(keys_of(read.features, document.memo.language)))
    return {
        key: number
        for number, key in enumerate(sorted(k for k, n in counts.items() if n >= LEAST_DOCUMENT_FREQUENCY))
    }


def matrix(documents: Iterable[Document], numbers: dict[Key, int]) -> csr_matrix:
    """Return a row for each unit, with a one for each feature that it has."""
    columns: list[int] = []
    ends = [0]
    for document in documents:
        for read in document.units:
            found = {numbers[key] for key in keys_of(read.features, document.memo.language) if key in numbers}
            columns.extend(sorted(found))
            ends.append(len(columns))
    ones = np.ones(len(columns), dtype=np.float32)
    return csr_matrix((ones, columns, ends), shape=(len(ends) - 1, len(numbers)))


def fit(features: csr_matrix, labels: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Return the weights of each feature and, in the last row, the bias of each output."""
    size, outputs = features.shape[1], labels.shape[1]
    turned = features.T.tocsr()

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(size + 1, outputs).astype(np.float32)
        chances = 1 / (1 + np.exp(-np.clip(features @ weights[:size] + weights[size], -30, 30)))
        likelihood = asked * (labels * np.log(chances + 1e-7) + (1 - labels) * np.log(1 - chances + 1e-7))
        error = asked * (chances - labels)
        slope = np.empty((size + 1, outputs))
        slope[:size] = turned @ error + PENALTY * weights[:size]
        slope[size] = error.sum(0)
        penalty = 0.5 * PENALTY * float((weights[:size].astype(np.float64) ** 2).sum())
        return float(-likelihood.sum()) + penalty, slope.ravel()

    start = np.zeros((size + 1, outputs))
    start[size] = np.log((labels * asked).sum(0) + 0.5) - np.log(asked.sum(0) + 1)
    found = minimize(
        loss, start.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": _STEPS, "maxcor": 6}
    )
    return found.x.reshape(size + 1, outputs)


def trained(documents: Sequence[Document]) -> tuple[dict[Key, int], np.ndarray]:
    """Train on the units of these documents."""
    numbers = vocabulary(documents)
    labels = np.vstack([document.labels() for document in documents])
    asked = np.vstack([np.tile(document.asked(), (len(document.units), 1)) for document in documents])
    return numbers, fit(matrix(documents, numbers), labels, asked)


def folds(documents: Sequence[Document]) -> list[list[Document]]:
    """Part the documents into folds, by a checksum of their names, so that each run has the same."""
    order = sorted(documents, key=lambda one: hashlib.sha256(one.name.encode()).hexdigest())
    return [order[first::FOLDS] for first in range(FOLDS)]


def held_out(documents: Sequence[Document]) -> dict[str, np.ndarray]:
    """Return the probabilities of each document's units by a model that never saw the document."""
    found = {}
    for fold in folds(documents):
        names = {document.name for document in fold}
        numbers, weights = trained([document for document in documents if document.name not in names])
        for document in fold:
            sums = matrix([document], numbers) @ weights[:-1] + weights[-1]
            found[document.name] = 1 / (1 + np.exp(-sums))
    return found
