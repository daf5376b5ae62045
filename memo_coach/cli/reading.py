"""Read a file of unknown origin: a memo in any form that is read, or else a text.

A text is in UTF-8, or in a UTF-16 or UTF-32 that says so.
"""

from __future__ import annotations

import codecs
import sys
from pathlib import Path
from typing import IO

from memo_coach.cli.output import say
from memo_coach.cli.problems import Problem, shown
from memo_coach.translations import ENGLISH, current_language, text
from memo_coach.translations.operating_system import reason_of
from memo_coach.translations.sentences import sentence, spoken

MOST_BYTES = 16 * 1024 * 1024
"""More is not read: nothing that can be judged comes near, and a device would never end."""

_PIECE = 64 * 1024

# UTF-32 first: its mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
_KINDS = (
    (b"%PDF-", "command_line.kind_pdf"),
    (b"PK\x03\x04", "command_line.kind_word"),
    (b"\xd0\xcf\x11\xe0", "command_line.kind_old_word"),
    (b"{\\rtf", "command_line.kind_rich_text"),
)


def read_text(name: str) -> str:
    """Read a file, or standard input where the name is ``-``.

    Raises:
        Problem: it cannot be read, or is not text.
    """
    called = _called(name)
    content = _bytes(name, called)
    if len(content) > MOST_BYTES:
        raise Problem(sentence("command_line.too_large", file=called, most=MOST_BYTES // 2**20))
    for magic, kind in _KINDS:
        if content.startswith(magic):
            raise Problem(sentence("command_line.other_kind", file=called, kind=sentence(kind)))
    return _decoded(content, called)


def read_memo(name: str) -> str:
    """Read a memo: a text, Word or PDF file, or standard input where the name is ``-``.

    What was left out of a document is said on standard error.

    Raises:
        Problem: it cannot be read.
    """
    from memo_coach.services.memos.uploads import UploadRefused, read_upload  # noqa: PLC0415

    called = _called(name)
    content = _bytes(name, called)
    try:
        upload = read_upload(name, content, _drop)
    except UploadRefused as refused:
        raise Problem(text("command_line.of_file", file=spoken(called), reason=refused.message)) from refused
    for notice in upload.left_out:
        said = notice.sentences.get(current_language(), notice.sentences[ENGLISH])
        say(f"memo-coach: {said}", err=True)
    return upload.text


def _called(name: str) -> str:
    return sentence("command_line.standard_input") if name == "-" else shown(name)


def _drop(stream: IO[bytes], _: str) -> None:
    """Read to its end what a reader that broke says of it; the person gets a sentence."""
    with stream:
        while stream.read(_PIECE):
            pass


def _bytes(name: str, called: str) -> bytes:
    try:
        if name == "-":
            return sys.stdin.buffer.read(MOST_BYTES + 1)
        with Path(name).open("rb") as handle:
            return handle.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise Problem(sentence("command_line.no_file", file=called)) from None
    except IsADirectoryError:
        raise Problem(sentence("command_line.is_directory", file=called)) from None
    except PermissionError:
        raise Problem(sentence("command_line.no_permission", file=called)) from None
    except (OSError, ValueError) as error:
        reason = reason_of(error)
        raise Problem(sentence("command_line.cannot_be_read", file=called, reason=reason)) from None


def _decoded(content: bytes, called: str) -> str:
    encoding = next((encoding for mark, encoding in _MARKS if content.startswith(mark)), "utf-8")
    if encoding == "utf-8" and b"\0" in content:
        raise Problem(sentence("command_line.not_text", file=called))
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise Problem(
                sentence("command_line.other_encoding", file=called, encoding=encoding.upper())
            ) from None
        byte = f"{content[error.start]:02X}"
        raise Problem(
            sentence("command_line.not_utf8", file=called, place=error.start + 1, byte=byte)
        ) from None
