"""Text files: however they are encoded, their words come out, and nothing else changes."""

from __future__ import annotations

import codecs
import string

import pytest

from memo_coach.documents.reading.limits import MOST_CHARACTERS
from memo_coach.documents.reading.model import LeftOut, Omission, Refusal
from memo_coach.documents.reading.sentences import languages, left_out_sentence, refusal_sentence
from memo_coach.services.memos.uploads import UploadRefused, read_upload

MEMO = "Decisión: «comprar» la máquina\n\n  - por 5.000 €  \n\n\n\n- “ya”\n"


@pytest.mark.parametrize(
    "content",
    [
        MEMO.encode(),
        codecs.BOM_UTF8 + MEMO.encode(),
        MEMO.encode("utf-16"),
        codecs.BOM_UTF16_BE + MEMO.encode("utf-16-be"),
        MEMO.encode("utf-16-le"),
        MEMO.encode("utf-16-be"),
        MEMO.encode("utf-32"),
        MEMO.encode("windows-1252"),
        MEMO.replace("\n", "\r\n").encode(),
    ],
)
@pytest.mark.parametrize("name", ["memo.txt", "memo.md", "memo.pdf", "memo"])
def test_every_encoding_gives_the_same_text_under_every_name(content: bytes, name: str) -> None:
    upload = read_upload(name, content)
    assert (upload.kind, upload.text, upload.left_out) == ("text", MEMO, ())


def test_the_longest_text_is_read_and_a_longer_one_is_not() -> None:
    assert len(read_upload("x", b"a" * MOST_CHARACTERS).text) == MOST_CHARACTERS
    with pytest.raises(UploadRefused, match="200,000 characters") as refused:
        read_upload("x", b"a" * (MOST_CHARACTERS + 1))
    assert "200.000 caracteres" in refused.value.messages["es"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff\xfea", "corrupt"),
        (b"\x00\x01\x02\x03" * 9, "unknown_kind"),
        (b"memo\x01", "unknown_kind"),
        (b"\x81\x8d\x8f", "unknown_kind"),
        ("…!?".encode(), "empty"),
    ],
)
def test_what_is_no_text_has_its_reason(content: bytes, reason: str) -> None:
    with pytest.raises(UploadRefused) as refused:
        read_upload("memo.txt", content)
    assert refused.value.reason == reason


@pytest.mark.parametrize("language", languages())
def test_each_reason_and_each_thing_left_out_has_a_sentence_of_its_own(language: str) -> None:
    sentences = [refusal_sentence(reason, language) for reason in Refusal]
    sentences += [left_out_sentence(LeftOut(what, 7), language) for what in Omission]
    sentences += [
        left_out_sentence(LeftOut(what, 1), language) for what in Omission if what.value != "page_heads"
    ]
    assert len(set(sentences)) == len(sentences)
    for sentence in sentences:
        assert sentence.endswith(".")
        assert not [name for _, name, _, _ in string.Formatter().parse(sentence) if name]


def test_the_sentences_are_in_english_and_spanish() -> None:
    assert languages() == ("en", "es")
