"""The built-in coach in conversation: by rules, from its findings, the rubric and the frameworks."""

from __future__ import annotations

from collections.abc import Sequence

from memo_coach.coaching.builtin.chat.about_comments import answer_about_comment
from memo_coach.coaching.builtin.chat.about_criteria import answer_about_criteria
from memo_coach.coaching.builtin.chat.about_memo import answer_about_memo, unknown
from memo_coach.coaching.builtin.chat.knowledge import Knowledge
from memo_coach.coaching.builtin.chat.understanding import language_of_question, understand
from memo_coach.coaching.builtin.chat.vocabulary import languages, said
from memo_coach.coaching.documents.frameworks import Framework
from memo_coach.coaching.evaluation import Comment, Evaluation
from memo_coach.coaching.rubric.model import Rubric

__all__ = ["answer", "language_of_question", "suggestions"]


def answer(
    question: str,
    *,
    evaluation: Evaluation,
    memo_text: str,
    rubric: Rubric,
    frameworks: Sequence[Framework],
    language: str,
    about: Comment | None,
) -> tuple[str, ...]:
    """Answer a question about an evaluation in paragraphs; one whose lines begin with ``- `` is a list.

    The answer is in the language of the question where that is clear, else in ``language``, the memo's. What
    the coach cannot judge it says, with what comes nearest. The same question gets the same answer.
    """
    asked = understand(question, rubric=rubric, frameworks=frameworks, language=language)
    known = Knowledge(asked.language, evaluation, memo_text, rubric, tuple(frameworks))
    if about is not None:
        found = answer_about_comment(asked, about, known)
    elif asked.criteria:
        found = answer_about_criteria(asked, known)
    else:
        found = answer_about_memo(asked, known)
    said_so = tuple(paragraph for paragraph in found if paragraph.strip())
    return said_so or tuple(unknown(asked, known))


def suggestions(language: str, *, about_comment: bool) -> tuple[str, ...]:
    """Return questions that are worth asking first, of a comment or of the whole; either coach can answer."""
    spoken = language if language in languages() else "en"
    names = ("explain", "act", "question") if about_comment else ("begin", "gain", "strengths", "structure")
    return tuple(said(spoken, f"offer-{name}") for name in names)
