"""A judgement as a PDF, for ``memo-coach evaluate --format pdf``."""

from __future__ import annotations

from datetime import UTC, datetime

from memo_coach.cli.judgement import FileJudgement
from memo_coach.documents.pdf.process import make_pdf
from memo_coach.documents.pdf.report import Report


def as_pdf(judgement: FileJudgement) -> bytes:
    """Return a judgement as a PDF.

    Raises:
        DocumentNotWritten: it could not be made.
    """
    return make_pdf(
        Report(
            title=judgement.metadata.title,
            text=judgement.text,
            language=judgement.metadata.language,
            words=judgement.metadata.words,
            rubric=dict(judgement.rubric.name),
            rubric_version=judgement.rubric.version,
            provenance=judgement.provenance,
            overall=judgement.overall,
            criteria=judgement.criteria,
            comments=judgement.comments,
            created=datetime.now(UTC),
        )
    )
