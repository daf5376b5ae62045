"""Files that are handed in are read one after the other, and whoever else asks is answered meanwhile."""

from __future__ import annotations

import asyncio

import pytest
import structlog

from memo_coach.documents.reading.model import Refusal
from memo_coach.documents.reading.sentences import refusal_sentence
from memo_coach.services.errors import TooMany
from memo_coach.services.memos import uploads
from memo_coach.services.memos.uploads import (
    MOST_OF_NETWORK,
    MOST_WAITING,
    LeftOutNotice,
    UploadedText,
    UploadRefused,
    UploadService,
)
from memo_coach.translations import speaking
from tests.documents import MEMO, docx, paragraph, pdf, word_document


@pytest.fixture
def service() -> UploadService:
    return UploadService()


def begin(
    service: UploadService, files: int, network: str = "192.0.2.{}"
) -> list[asyncio.Future[UploadedText]]:
    return [
        asyncio.ensure_future(service.read_upload(f"owner {each}", "memo", docx(), network.format(each)))
        for each in range(files)
    ]


async def test_files_are_read_beside_while_the_loop_goes_on(service: UploadService) -> None:
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    turning = asyncio.create_task(turn())
    read = await asyncio.gather(
        *(
            service.read_upload(f"owner {number}", "memo", each, f"192.0.2.{number}")
            for number, each in enumerate((docx(), pdf(), MEMO.encode()))
        )
    )
    turning.cancel()
    service.close()
    assert [each.text for each in read] == [MEMO] * 3
    assert [each.kind for each in read] == ["docx", "pdf", "text"]
    assert turns > 100


async def test_after_a_hostile_file_the_next_is_read(service: UploadService) -> None:
    bomb = pdf(b"BT /F 1 Tf 9 9 Td " + b"(word) Tj " * 6 * 10**6 + b"ET", packed=1)
    with pytest.raises(UploadRefused):
        await service.read_upload("owner", "memo.pdf", bomb)
    assert (await service.read_upload("owner", "memo.pdf", pdf())).text == MEMO
    service.close()


async def test_more_than_may_wait_are_asked_to_come_again(service: UploadService) -> None:
    begun = begin(service, MOST_WAITING)
    await asyncio.sleep(0)
    with pytest.raises(TooMany, match="Try again"):
        await service.read_upload("owner", "memo", docx())
    assert {each.text for each in await asyncio.gather(*begun)} == {MEMO}
    assert (await service.read_upload("owner", "memo", docx())).text == MEMO
    service.close()


async def test_one_network_leaves_room_for_others(service: UploadService) -> None:
    begun = begin(service, MOST_OF_NETWORK, "192.0.2.1")
    await asyncio.sleep(0)
    with pytest.raises(TooMany, match="Many files"):
        await service.read_upload("owner", "memo", docx(), "192.0.2.1")
    assert (await service.read_upload("owner", "memo", docx(), "192.0.2.2")).text == MEMO
    assert {each.text for each in await asyncio.gather(*begun)} == {MEMO}
    service.close()


async def test_of_one_owner_one_file_is_read_at_a_time(service: UploadService) -> None:
    (begun,) = begin(service, 1)
    await asyncio.sleep(0)
    with pytest.raises(TooMany, match="last file"):
        await service.read_upload("owner 0", "memo", docx())
    assert (await begun).text == MEMO
    assert (await service.read_upload("owner 0", "memo", docx())).text == MEMO
    service.close()


async def test_one_who_goes_away_leaves_room_for_another(service: UploadService) -> None:
    begun = begin(service, MOST_WAITING)
    await asyncio.sleep(0)
    for each in begun:
        each.cancel()
    await asyncio.gather(*begun, return_exceptions=True)
    assert (await service.read_upload("owner", "memo", docx())).text == MEMO
    service.close()


async def test_the_log_has_the_reason_and_neither_name_nor_text(
    service: UploadService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "_log", structlog.get_logger())
    with structlog.testing.capture_logs() as logs, pytest.raises(UploadRefused):
        await service.read_upload(
            "owner", "Secret.docx", docx(word_document(paragraph("Secret"), "<!DOCTYPE w>"))
        )
    service.close()
    assert [(each["event"], each["reason"]) for each in logs] == [("file refused", "entities")]
    assert "Secret" not in repr(logs)


def test_a_language_without_sentences_of_its_own_has_the_english_ones() -> None:
    notice = LeftOutNotice("pictures", 1, (), {"en": "One picture was left out."})
    with speaking("es"):
        assert notice.sentence == "One picture was left out."
    assert refusal_sentence(Refusal.TOO_LARGE, "eo") == refusal_sentence(Refusal.TOO_LARGE, "en")
