"""The measure of the whole coach on annotated documents, each judged with weights that never saw it.

    python -m training.judging ANNOTATED [--keep FOLDER] [FOLDER...]

``ANNOTATED`` is a folder as ``memo-coach eval`` reads it. Weights are trained once for each fold of the
labelled documents, and kept as files where ``--keep`` says so, to measure another coach with them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from unittest import mock

from memo_coach.cli.annotated_folder import read_folder
from memo_coach.coaching.builtin.coach import evaluate_text, indicators_of
from memo_coach.coaching.builtin.elements import reading
from memo_coach.coaching.builtin.elements.classifier import Model
from memo_coach.coaching.measure.annotated import AnnotatedDocument
from memo_coach.coaching.measure.comparing import Comparison, Feedback, compare, usual_elements
from memo_coach.coaching.measure.figures import Measure, summed_up
from memo_coach.coaching.memo.text import normalise_text
from memo_coach.coaching.rubric.reader import shipped_rubric
from training import memos_model, units_model
from training.documents import Document, documents
from training.train import shipped_lists, weights_of


def fold_models(labelled: Sequence[Document], lists: Sequence[str]) -> list[tuple[frozenset[str], str]]:
    """Return for each fold the checksums of its texts, and the weights trained on all others."""
    indicators = {one.name: indicators_of(one.memo) for one in labelled}
    rows = memos_model.rows_of(labelled, units_model.held_out(labelled), indicators)
    made = []
    for fold in units_model.folds(labelled):
        names = {one.name for one in fold}
        rest = [one for one in labelled if one.name not in names]
        weights = weights_of(rest, memos_model.without(rows, names), lists)
        made.append((frozenset(checksum(one.memo.text) for one in fold), json.dumps(weights)))
    return made


def checksum(text: str) -> str:
    """Return what labels name a text by."""
    return hashlib.sha256(text.encode()).hexdigest()


def measured(annotated: Sequence[AnnotatedDocument], models: Mapping[str, Model]) -> Measure:
    """Judge each document with the weights of its fold."""
    usual = usual_elements(annotated)
    comparisons: list[Comparison] = []
    for document in annotated:
        text = normalise_text(document.text)
        with mock.patch.object(reading, "model", lambda text=text: models[checksum(text)]):
            judged = evaluate_text(text, shipped_rubric(document.rubric))
        scores = {criterion.id: criterion.score for criterion in judged.criteria}
        comparisons.append(compare(document, Feedback(judged.comments, scores, judged.overall.score), usual))
    return summed_up(comparisons)


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m training.judging")
    parser.add_argument("annotated", type=Path)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args(arguments)
    kept = options.keep and options.keep / "folds.json"
    if kept and kept.exists():
        folds = [(frozenset(names), weights) for names, weights in json.loads(kept.read_text("utf-8"))]
    else:
        lists = shipped_lists()
        folds = fold_models(documents([options.annotated, *options.folders], lists), lists)
        if kept:
            kept.write_text(json.dumps([(sorted(names), weights) for names, weights in folds]), "utf-8")
    models = {
        name: model for names, weights in folds for model in [Model(json.loads(weights))] for name in names
    }
    for name, figures in table(measured(read_folder(str(options.annotated), None).documents, models)):
        sys.stdout.write(f"{name:24} {figures}\n")


def table(measure: Measure) -> list[tuple[str, str]]:
    """Return the figures of all documents, of each kind and of each language."""
    found = [("all", measure.whole), *measure.by_kind.items(), *measure.by_language.items()]
    return [
        (
            name,
            f"{one.documents:3d} documents: false {one.false}, misplaced {one.misplaced}, hit {one.hit} "
            f"(a constant list {one.hit_of_usual}), strengths {one.strengths_at}, missing "
            f"{one.missing_precision}/{one.missing_recall}, criteria {one.criteria_correlation}, overall "
            + (f"{one.overall.rank_correlation} {one.overall.mean_difference}" if one.overall else "-"),
        )
        for name, one in found
    ]


if __name__ == "__main__":
    main(sys.argv[1:])
