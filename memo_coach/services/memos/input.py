"""What a writer's text goes through at the border, and what is known of it at a glance. No storage here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from memo_coach.coaching import errors as coaching
from memo_coach.coaching.memo.header import read_header
from memo_coach.coaching.memo.language import SUPPORTED_LANGUAGES, detect_language
from memo_coach.coaching.memo.lines import lines_of
from memo_coach.coaching.memo.other_languages import refuse_other_languages
from memo_coach.coaching.memo.parser import parse_memo
from memo_coach.coaching.memo.plain_reading import plain_reading
from memo_coach.coaching.memo.text import LONGEST_MEMO, check_memo_text, normalise_text
from memo_coach.coaching.memo.words import WORD
from memo_coach.services.errors import LanguageNotRead, MemoEmpty, MemoTooLong, UnknownLanguage
from memo_coach.translations import current_language, number
from memo_coach.translations import text as text_of

LONGEST_TITLE = 120
UNTITLED = "Untitled memo"

_HEAD = 1_500
"""Characters in which the title is looked for."""
_SAYS_NOTHING = frozenset({"memo", "memorandum", "memorando", "memorándum"})


@dataclass(frozen=True, slots=True)
class TextMetadata:
    """What a list shows of a text."""

    title: str
    language: str
    words: int


def draft_text(raw: str) -> str:
    """Return the stored form of a draft; one of white space only becomes empty.

    A draft may be twice as long as what the coach reads, so that what has to be shortened can be kept.

    Raises:
        MemoTooLong: it is longer still.
    """
    _refuse_overlong(raw)
    text = normalise_text(raw)
    return text if text.strip() else ""


def submitted_text(raw: str) -> str:
    """Return the stored form of a memo that is to be judged.

    Raises:
        MemoEmpty: it has no words.
        MemoTooLong: it passes the longest length.
    """
    _refuse_overlong(raw)
    text = normalise_text(raw)
    try:
        check_memo_text(text)
    except coaching.EmptyMemo as error:
        raise MemoEmpty(text_of("problem.memo_empty")) from error
    except coaching.MemoTooLong as error:
        raise MemoTooLong(_too_long(text)) from error
    return text


def language_of(text: str, language: str | None, *, readable: bool = False) -> str:
    """Return the language that was asked for, or else the one that the text is written in.

    Raises:
        UnknownLanguage: the coach does not read it.
        LanguageNotRead: as :func:`check_readable`, where the text has to be ``readable``.
    """
    if language is None:
        read = plain_reading(text).text
        if readable:
            _check_read(read)
        return detect_language(read)
    if language not in SUPPORTED_LANGUAGES:
        raise UnknownLanguage(
            text_of("problem.unknown_language", language=language, known=", ".join(SUPPORTED_LANGUAGES))
        )
    return language


def check_readable(text: str, language: str | None) -> None:
    """Refuse a text that the built-in coach cannot read; a language that was chosen is taken at its word.

    Raises:
        LanguageNotRead: it is in neither English nor Spanish.
    """
    if language is None:
        _check_read(plain_reading(text).text)


def _check_read(read: str) -> None:
    try:
        refuse_other_languages(read)
    except coaching.LanguageNotRead as error:
        raise LanguageNotRead(error.messages.get(current_language(), str(error))) from error


def metadata_of(
    text: str, *, language: str | None = None, title: str | None = None, readable: bool = False
) -> TextMetadata:
    """Return title, language and number of words of a text.

    The title is the given one, else the subject line, the first heading, or the first words.

    Raises:
        UnknownLanguage: the coach does not read the given language.
        LanguageNotRead: as :func:`check_readable`, where the text has to be ``readable``.
    """
    found = language_of(text, language, readable=readable)
    return TextMetadata(
        _line(title or "") or _title_of(text, found), found, sum(1 for _ in WORD.finditer(text))
    )


def _title_of(text: str, language: str) -> str:
    lines = (_line(candidate) for candidate in chain(_titles(text, language), (text[:_HEAD],)))
    return next((line for line in lines if line and line.casefold() not in _SAYS_NOTHING), UNTITLED)


def _titles(text: str, language: str) -> Iterator[str]:
    """Yield what a title may be, the best first."""
    head = plain_reading(text[:_HEAD]).text
    # The subject says it in most memos: then nothing is parsed here, and the whole memo where it is judged.
    yield from (line.value for line in read_header(lines_of(head)).header if line.name == "subject")
    memo = parse_memo(head, language=language)
    yield from (block.text for block in memo.blocks if block.kind == "heading")
    yield from (sentence.text for sentence in memo.sentences)


def _line(text: str) -> str:
    """Put a title on one line of at most :data:`LONGEST_TITLE` characters, cut between words."""
    line = re.sub(r"\s+", " ", normalise_text(text)).strip(" #*_")
    if len(line) <= LONGEST_TITLE:
        return line
    head = line[: LONGEST_TITLE - 1]
    return (head.rpartition(" ")[0] or head).rstrip(" ,;:.") + "…"


def _refuse_overlong(raw: str) -> None:
    # Far beyond the limit there is no point in reading the text at all: normalising takes its time, too.
    if len(raw) > 2 * LONGEST_MEMO:
        raise MemoTooLong(_too_long(raw))


def _too_long(text: str) -> str:
    return text_of("problem.memo_too_long", length=number(len(text)), most=number(LONGEST_MEMO))
