"""What a model is told: instructions from the configuration documents, and the memo in a channel of its own.

System messages hold instructions only. What a writer wrote (memo, earlier versions, questions) and what came
of it (feedback, earlier replies) is only ever in messages of the user and the assistant.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from memo_coach.coaching.documents.context import ContextDocument
from memo_coach.coaching.documents.frameworks import FrameworksDocument
from memo_coach.coaching.documents.prompt import PromptDocument
from memo_coach.coaching.documents.templates import fill
from memo_coach.coaching.llm.model import Message, Role
from memo_coach.coaching.llm.prompt.budget import ChatPrompt, Conversation, HistoryMessage, within_budget
from memo_coach.coaching.llm.prompt.delimiters import closing, enclosed, harmless, opening
from memo_coach.coaching.rubric.model import Criterion, Rubric, localised

_LONGEST_FAULT = 200
"""Characters of one fault as a model is told it."""


class Prompts:
    """Makes prompts from the three documents."""

    def __init__(
        self, prompt: PromptDocument, frameworks: FrameworksDocument, context: ContextDocument
    ) -> None:
        self._prompt = prompt
        self._frameworks = frameworks
        self._context = context
        versions = f"{prompt.version} {frameworks.version} {context.version}"
        self.version = hashlib.sha256(versions.encode("ascii")).hexdigest()[:12]
        """Changes whenever one of the documents does: twelve hexadecimal digits."""

    def evaluation(
        self, memo_text: str, language: str, rubric: Rubric, boundary: str, *, evidence: str = ""
    ) -> tuple[Message, ...]:
        """Return the prompt for a whole evaluation.

        Args:
            memo_text: the memo as it is stored.
            language: the code of the memo's language, in which the model answers.
            rubric: what to judge by.
            boundary: 8 to 64 letters and digits that the writer cannot foresee.
            evidence: what the built-in coach found in the memo, as text; empty where it has not read it.
        """
        request = self._filled(
            "evaluation",
            language,
            memo=self._material(memo_text, evidence, language, boundary),
            language=self._name(language),
        )
        system = self._judging(language, rubric, rubric.criteria, boundary)
        return Message("system", system), Message("user", request)

    def repair(
        self,
        memo_text: str,
        language: str,
        rubric: Rubric,
        boundary: str,
        *,
        criteria: Sequence[str],
        overall: bool,
        faults: Sequence[str],
        evidence: str = "",
    ) -> tuple[Message, ...]:
        """Return the prompt that asks once more for what an answer lacked, and for nothing else.

        Args:
            memo_text: the memo as it is stored.
            language: as for :meth:`evaluation`.
            rubric: as for :meth:`evaluation`.
            boundary: as for :meth:`evaluation`.
            criteria: the ids still wanted; those that the rubric does not have are passed over.
            overall: whether the judgement on the memo as a whole is wanted.
            faults: codes of the prompt document, alone or behind a criterion's id or ``overall`` and a colon.
                Those of what is not wanted any more are passed over; unknown ones are told as they are.
            evidence: as for :meth:`evaluation`.
        """
        wanted = tuple(criterion for criterion in rubric.criteria if criterion.id in criteria)
        places = {*(each.id for each in wanted), *(("overall",) if overall else ()), ""}
        told = [
            self._fault(fault, language, boundary)
            for fault in dict.fromkeys(faults)
            if fault.rpartition(": ")[0] in places
        ]
        sentences = [
            self._filled("repair_criteria", language, criteria=", ".join(each.id for each in wanted))
            if wanted
            else self._filled("repair_no_criteria", language),
            self._filled("repair_overall" if overall else "repair_no_overall", language),
        ]
        request = self._filled(
            "repair",
            language,
            memo=self._material(memo_text, evidence, language, boundary),
            language=self._name(language),
            wanted=" ".join(sentences),
            faults=self._filled("repair_faults", language, faults="\n".join(told)) if told else "",
        )
        # The judgement on the whole alone needs the whole rubric; some criteria need their own guidance only.
        system = self._judging(language, rubric, wanted or rubric.criteria, boundary)
        return Message("system", system), Message("user", request)

    def chat(
        self,
        *,
        language: str,
        rubric: Rubric,
        memo_text: str,
        earlier: Sequence[tuple[int, str]],
        feedback: str,
        history: Sequence[tuple[Role, str]],
        question: str,
        about: str | None,
        boundary: str,
        count_tokens: Callable[[str], int],
        budget: int,
    ) -> ChatPrompt:
        """Return the prompt for one reply in the chat, within a budget of tokens.

        Args:
            language: the code of the memo's language.
            rubric: what the memo was judged by.
            memo_text: the version that is talked about.
            earlier: number and text of earlier versions, the oldest first.
            feedback: what the evaluation said, as text; empty where there is none.
            history: earlier messages of the author and the coach, the oldest first.
            question: what the author asks now. It is never left out and never cut.
            about: the comment that the question is about.
            boundary: as for :meth:`evaluation`.
            count_tokens: tells how many tokens a text has.
            budget: the most tokens of all messages together.

        Raises:
            ValueError: a message of the history is neither the user's nor the assistant's.
        """

        def part(name: str, **values: str) -> str:
            return self._filled(name, language, **values)

        def channel(text: str) -> str:
            return enclosed(text, boundary)

        conversation = Conversation(
            rules=(
                part("chat_role"),
                part("chat", language=self._name(language)),
                part("memo_channel", opening=opening(boundary), closing=closing(boundary)),
            ),
            background=(
                ("rubric", self._rubric(language, rubric, rubric.criteria)),
                ("frameworks", self._frameworks_part(language)),
                ("context", self._organisation(language)),
            ),
            memo=memo_text,
            memo_block=lambda text: part("chat_memo", memo=channel(text)),
            versions=tuple(
                (number, part("chat_version", number=str(number), memo=enclosed(text, boundary, "VERSION")))
                for number, text in earlier
            ),
            feedback=feedback,
            feedback_block=lambda text: part("chat_feedback", feedback=enclosed(text, boundary, "FEEDBACK")),
            history=tuple(HistoryMessage(role, harmless(text, boundary)) for role, text in history),
            question=self._question(question, about, language, boundary),
            cut_mark=part("chat_cut"),
            left_out_mark=part("chat_left_out"),
        )
        return within_budget(conversation, count_tokens=count_tokens, budget=budget)

    def _material(self, memo_text: str, evidence: str, language: str, boundary: str) -> str:
        """Return the memo in its channel and, in another below it, what the built-in coach found there."""
        memo = enclosed(memo_text, boundary)
        if not evidence:
            return memo
        reading = self._filled("first_reading", language, reading=enclosed(evidence, boundary, "READING"))
        return f"{memo}\n\n{reading}"

    def _question(self, question: str, about: str | None, language: str, boundary: str) -> str:
        question = harmless(question, boundary)
        if not about:
            return question
        comment = enclosed(about, boundary, "FEEDBACK")
        return self._filled("chat_about", language, about=comment, question=question)

    def _judging(self, language: str, rubric: Rubric, criteria: Sequence[Criterion], boundary: str) -> str:
        # What is the same for every memo comes first, so that providers that keep the beginning of a prompt
        # can use it again; the boundary comes last.
        parts = (
            self._filled("role", language),
            self._filled("task", language, language=self._name(language)),
            self._filled("scoring", language),
            self._filled("comments", language),
            self._rubric(language, rubric, criteria),
            self._frameworks_part(language),
            self._organisation(language),
            self._filled("format", language, criterion_id=criteria[0].id if criteria else ""),
            self._filled("memo_channel", language, opening=opening(boundary), closing=closing(boundary)),
        )
        return "\n\n".join(part for part in parts if part)

    def _rubric(self, language: str, rubric: Rubric, criteria: Sequence[Criterion]) -> str:
        return self._filled(
            "rubric",
            language,
            name=localised(rubric.name, language),
            description=localised(rubric.description, language),
            criteria="\n\n".join(self._criterion(language, criterion) for criterion in criteria),
        )

    def _criterion(self, language: str, criterion: Criterion) -> str:
        levels = [
            f"{level}: {localised(criterion.guidance[level], language)}"
            for level in sorted(criterion.guidance)
        ]
        return self._filled(
            "criterion",
            language,
            id=criterion.id,
            name=localised(criterion.name, language),
            weight=f"{criterion.weight:g}",
            description=localised(criterion.description, language),
            guidance="\n".join(levels),
        )

    def _frameworks_part(self, language: str) -> str:
        lines = [
            f"- {localised(framework.name, language)}: {localised(framework.idea, language)}"
            for framework in self._frameworks.frameworks
        ]
        return self._filled("frameworks", language, frameworks="\n".join(lines)) if lines else ""

    def _organisation(self, language: str) -> str:
        return self._filled(
            "organisation",
            language,
            reader=localised(self._context.reader, language),
            organisation=localised(self._context.organisation, language),
            conventions=localised(self._context.conventions, language),
        )

    def _fault(self, fault: str, language: str, boundary: str) -> str:
        place, colon, code = fault.rpartition(": ")
        sentence = self._prompt.faults.get(code)
        told = f"{place}{colon}{localised(sentence, language) if sentence else code}"
        return f"- {harmless(' '.join(told.split())[:_LONGEST_FAULT], boundary)}"

    def _name(self, language: str) -> str:
        """Return what a language is called, in itself; its code where the document has no name for it."""
        return self._prompt.parts["language_name"].get(language, language)

    def _filled(self, part: str, language: str, /, **values: str) -> str:
        return fill(self._prompt.part(part, language), values).strip()
