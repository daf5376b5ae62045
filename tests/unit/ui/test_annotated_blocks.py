"""A memo is cut up once, however often its page is opened, and into so many pieces at most."""

from __future__ import annotations

import asyncio
import dataclasses
from types import SimpleNamespace
from typing import Any

import pytest

from memo_coach.coaching.short_texts import SHORT
from memo_coach.ui import annotated_blocks
from memo_coach.ui.annotated_blocks import AnnotatedTexts
from memo_coach.ui.annotated_text import LENGTH_TOGETHER, MOST_PIECES, Piece, paragraphs_of, pieces_of, quoted

LONG = "We ask for two ovens by May.\n\n" * (SHORT // 30 + 20)


def view(memo: str = "m1", version: int = 1, text: str = LONG) -> Any:
    return SimpleNamespace(memo_id=memo, version=version, language="en", text=text)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the texts that were read, in order."""
    found: list[str] = []

    def reading(text: str, language: str) -> tuple[Piece, ...]:
        found.append(text)
        return pieces_of(text, language)

    monkeypatch.setattr(annotated_blocks, "pieces_of", reading)
    return found


@pytest.mark.parametrize("text", ["We ask for two ovens.", LONG])
async def test_a_memo_is_read_once(text: str, read: list[str]) -> None:
    texts = AnnotatedTexts()
    first = await texts.pieces(view(text=text))
    assert await texts.pieces(view(text=text)) is first
    assert read == [text]
    assert first == pieces_of(text, "en")


async def test_those_who_open_it_at_the_same_time_wait_for_one_reading(read: list[str]) -> None:
    texts = AnnotatedTexts()
    found = await asyncio.gather(*(texts.pieces(view()) for _ in range(20)))
    assert len(read) == 1
    assert all(each is found[0] for each in found)


async def test_whoever_goes_away_leaves_the_reading_to_the_others(read: list[str]) -> None:
    texts = AnnotatedTexts()
    going, staying = (asyncio.ensure_future(texts.pieces(view())) for _ in range(2))
    await asyncio.sleep(0)
    going.cancel()
    assert await staying
    assert await texts.pieces(view())
    assert len(read) == 1


async def test_another_version_is_another_memo(read: list[str]) -> None:
    texts = AnnotatedTexts()
    await texts.pieces(view(version=1))
    await texts.pieces(view(version=2, text="Another."))
    await texts.pieces(view(memo="m2", text="A third."))
    assert len(read) == 3


async def test_of_all_memos_together_only_so_many_pieces_are_kept(read: list[str]) -> None:
    text = "One.\n\nTwo.\n\nThree.\n"
    texts = AnnotatedTexts(most=7)
    for name in ("m1", "m2", "m1", "m3", "m1"):
        await texts.pieces(view(name, text=text))
    assert len(read) == 3, "the one that was shown last stays"
    await texts.pieces(view("m2", text=text))
    assert len(read) == 4
    assert texts._count == sum(map(len, texts._kept.values())) <= 7


async def test_nothing_of_the_text_is_kept() -> None:
    texts = AnnotatedTexts()
    await texts.pieces(view(text="A secret."))
    assert "secret" not in str(texts)


def test_a_memo_of_scraps_is_shown_whole_and_in_so_many_paragraphs() -> None:
    text = "a\n\n" * 60_000
    pieces = pieces_of(text, "en")
    assert len(pieces) <= MOST_PIECES + len(text) // LENGTH_TOGETHER + 1
    paragraphs = paragraphs_of(text, pieces, (), {})
    shown = "".join(segment.text for paragraph in paragraphs for segment in paragraph.segments)
    assert "".join(shown.split()) == "".join(text.split())
    assert len(str([dataclasses.asdict(paragraph) for paragraph in paragraphs])) < 3 * len(text)


def test_a_passage_without_an_end_is_quoted_in_part() -> None:
    assert quoted("**word** " * 400).endswith("word…")
    assert len(quoted("word " * 400)) <= 600
    assert quoted("# A **short** one") == "A short one"
