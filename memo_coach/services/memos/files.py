"""A version of a memo as a file to take along: Markdown as it was handed in, or a Word document."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

import structlog

from memo_coach.coaching.computing import ShortestJobFirst
from memo_coach.documents.word.memo import WordMemo
from memo_coach.documents.word.process import write_word
from memo_coach.documents.writing_process import DocumentNotWritten
from memo_coach.services.errors import NotFound, TooMany, Unavailable
from memo_coach.services.file_names import plain_name
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.storage.repositories.memos import MemoRepository
from memo_coach.translations.sentences import sentence

MOST_ASKED: Final = 3
"""Documents that one owner may have asked for and not yet got."""
_HIGHEST: Final = 2**31 - 1
"""What a database keeps as a number of a version."""

FileForm = Literal["md", "docx"]
_MEDIA_TYPES: Final[dict[FileForm, str]] = {
    "md": "text/markdown; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}

_log = structlog.get_logger(__name__)


class WordNotWritten(Unavailable):
    """The document could not be written; the log says why."""

    def __init__(self) -> None:
        super().__init__(
            "The Word document could not be written. Try again in a minute, or take the Markdown."
        )


@dataclass(frozen=True, slots=True)
class MemoFile:
    """A file to take along."""

    name: str
    """Lower-case Latin letters, digits and hyphens, and the ending."""
    media_type: str
    content: bytes


class MemoFileService:
    """Writes files of the versions of the owners' memos."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self._unit_of_work = unit_of_work
        self._asked: Counter[str] = Counter()
        # One thread, so one document at a time in this process. Short memos go first.
        self._jobs = ShortestJobFirst("word")

    async def file(self, owner: str, memo_id: str, number: int, form: FileForm) -> MemoFile:
        """Return a version of a memo as a file.

        Raises:
            NotFound: the owner has no such memo, or it has no such version.
            TooMany, WordNotWritten: with a sentence.
            Unavailable: the database cannot be used.
        """
        if self._asked[owner] >= MOST_ASKED:
            raise TooMany(sentence("problem.too_many_documents"))
        self._asked[owner] += 1
        try:
            memo = await self._memo(owner, memo_id, number)
            content = memo.text.encode("utf-8") if form == "md" else await self._word(memo, memo_id)
        finally:
            self._asked[owner] -= 1
            if not self._asked[owner]:
                del self._asked[owner]
        return MemoFile(file_name(memo.title, number, form), _MEDIA_TYPES[form], content)

    async def _memo(self, owner: str, memo_id: str, number: int) -> WordMemo:
        if not 1 <= number <= _HIGHEST:
            raise NotFound
        async with self._unit_of_work.read() as session:
            memos = MemoRepository(session)
            memo = await memos.get(owner, memo_id)
            version = None if memo is None else await memos.version(owner, memo_id, number)
        if memo is None or version is None:
            raise NotFound
        return WordMemo(memo.title, version.text, version.language, version.created)

    async def _word(self, memo: WordMemo, memo_id: str) -> bytes:
        try:
            return await self._jobs.do(len(memo.text), partial(write_word, memo))
        except DocumentNotWritten as error:
            _log.error(
                "word not written",
                memo=memo_id,
                characters=len(memo.text),
                reason=str(error),
                exc_info=error,
            )
            raise WordNotWritten from error


def file_name(title: str, number: int, form: FileForm) -> str:
    """Return a safe name for the file: nothing of the title but Latin letters and digits."""
    return f"{plain_name(title)}-v{number}.{form}"
