"""Read a folder of annotated documents: ``NAME.json`` beside ``NAME.md``, in the folder or one below it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from memo_coach.cli.problems import Problem, shown
from memo_coach.cli.reading import read_text
from memo_coach.coaching.measure.annotated import AnnotatedDocument
from memo_coach.coaching.measure.annotations import BrokenAnnotations, read_annotations
from memo_coach.coaching.rubric.model import Rubric
from memo_coach.coaching.rubric.reader import shipped_rubrics
from memo_coach.translations.operating_system import reason_of
from memo_coach.translations.sentences import sentence

MOST_DOCUMENTS = 1_000
LARGEST_ANNOTATIONS = 1024 * 1024
"""Bytes; annotations of a long document have ten thousand."""


@dataclass(frozen=True, slots=True)
class AnnotatedFolder:
    """What was found in a folder."""

    documents: tuple[AnnotatedDocument, ...]
    left_out: Mapping[str, Sequence[str]]
    """What cannot be used, by name: its faults, each a line that names it."""


def read_folder(name: str, collection: str | None, rubrics: Sequence[Rubric] = ()) -> AnnotatedFolder:
    """Read the documents of a folder, or those of one set; they name ``rubrics``, or else shipped ones.

    Raises:
        Problem: there is none, or there are too many.
    """
    folder, documents = Path(name), []
    left_out: dict[str, Sequence[str]] = {}
    rubrics = rubrics or shipped_rubrics()
    for path in annotations_in(folder):
        called = shown(path.relative_to(folder).with_suffix("").as_posix())
        try:
            documents.append(_document(path, called, rubrics))
        except BrokenAnnotations as error:
            left_out[called] = error.faults
        except Problem as problem:
            left_out[called] = (sentence("measuring.fault", document=called, fault=problem.message),)
    if not documents and not left_out:
        raise Problem(sentence("measuring.no_document", folder=shown(name)))
    chosen = tuple(each for each in documents if collection in (None, each.collection))
    if documents and not chosen:
        sets = ", ".join(sorted({each.collection for each in documents}))
        raise Problem(sentence("measuring.no_set", set=shown(collection or ""), sets=sets))
    return AnnotatedFolder(chosen, left_out)


def annotations_in(folder: Path) -> list[Path]:
    """Return the files of annotations in a folder, or one below it.

    Raises:
        Problem: there is no such folder, or there are too many.
    """
    try:
        if not folder.is_dir():
            raise Problem(sentence("measuring.no_folder", folder=shown(str(folder))))
        found = list(islice(_json_files(folder), MOST_DOCUMENTS + 1))
    except OSError as error:
        raise Problem(
            sentence("command_line.cannot_be_read", file=shown(str(folder)), reason=reason_of(error))
        ) from None
    if len(found) > MOST_DOCUMENTS:
        raise Problem(sentence("measuring.too_many", folder=shown(str(folder)), most=MOST_DOCUMENTS))
    return sorted(found, key=str)


def _json_files(folder: Path) -> Iterator[Path]:
    yield from folder.glob("*.json")
    yield from folder.glob("*/*.json")


def _document(path: Path, called: str, rubrics: Sequence[Rubric]) -> AnnotatedDocument:
    for file in (path, path.with_suffix(".md")):
        if not file.is_file():  # a pipe or a device would be read for ever
            raise Problem(sentence("command_line.no_file", file=shown(file.name)))
    if path.stat().st_size > LARGEST_ANNOTATIONS:
        raise Problem(
            sentence("measuring.too_large", file=shown(path.name), most=LARGEST_ANNOTATIONS // 2**20)
        )
    annotations, text = read_text(str(path)), read_text(str(path.with_suffix(".md")))
    return read_annotations(annotations, text, name=called, rubrics=rubrics)
