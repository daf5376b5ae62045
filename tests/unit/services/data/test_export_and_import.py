"""All that is a writer's can be taken along and brought back, once; what is no export changes nothing."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from memo_coach.services.container import Services
from memo_coach.services.data import exporting, importing
from memo_coach.services.data.import_refusals import NotAnExport
from memo_coach.services.data.importing import ImportView, read_export
from memo_coach.services.data.json_reader import MOST_VALUES
from memo_coach.services.data.split_export import SplitExport
from memo_coach.services.errors import TooMany
from memo_coach.services.review import service as review_service
from memo_coach.services.sharing.views import RemarkToLeave
from memo_coach.services.views import MemoSummary
from memo_coach.translations import speaking

TEXT = "Subject: A new pump\n\nPlease approve a new pump. 泵 😀"
RUBRIC = "investment-memo"


async def filled(services: Services, owner: str) -> str:
    """Give an owner something of everything; return an evaluation's id."""
    first = await services.evaluations.submit(owner, text=TEXT, rubric=RUBRIC)
    async for _ in services.evaluations.follow(owner, first):
        pass
    memo = (await services.evaluations.get(owner, first)).memo_id
    evaluation = await services.evaluations.submit(owner, text=TEXT + "!", rubric=RUBRIC, memo_id=memo)
    async for view in services.evaluations.follow(owner, evaluation):
        comments = view.comments
    await services.chats.ask(owner, evaluation, "Why?")
    async for chat in services.chats.follow(owner, evaluation):
        assert chat
    await services.review.mark(owner, evaluation, comments[0].id, "declined", "Not here")
    await services.review.add_word(owner, "I+D")
    await services.review.mute(owner, "risks.missing")
    await services.preferences.choose_rubric(owner, "decision-memo")
    await services.drafts.save(owner, memo_id=None, text="Only begun", rubric=RUBRIC, base_revision=0)
    return evaluation


async def exported(services: Services, owner: str) -> bytes:
    pieces = [piece async for piece in await services.exports.export(owner)]
    assert len(pieces) > 1, "it is sent while it is made"
    return b"".join(pieces)


def document_of(content: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        assert opened.testzip() is None
        found: dict[str, Any] = json.loads(opened.read("memo-coach.json"))
    return found


def zipped(document: object, name: str = "memo-coach.json") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr(name, document if isinstance(document, bytes) else json.dumps(document))
    return made.getvalue()


def without_ids(memos: tuple[MemoSummary, ...]) -> list[MemoSummary]:
    return [
        replace(
            memo,
            memo_id="",
            evaluations=tuple(replace(each, evaluation_id="") for each in memo.evaluations),
        )
        for memo in memos
    ]


async def test_an_export_comes_back_whole_and_once(services: Services, owner: str, stranger: str) -> None:
    evaluation = await filled(services, owner)
    token = (await services.sharing.make(owner, evaluation)).token
    await services.sharing.leave_remark(token, RemarkToLeave("Who pays?", "Ana", passage="new pump"))
    content = await exported(services, owner)
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        names = opened.namelist()
        assert opened.read("memos/002-a-new-pump-v1.md").decode() == TEXT
        assert opened.read("memos/001-only-begun-draft.md") == b"Only begun"
    assert sum(name.endswith(".pdf") for name in names) == 2
    assert "README.txt" in names
    listed = await services.memos.list(owner)
    assert await services.imports.import_file(owner, content) == ImportView(added=0, known=2)
    assert await services.imports.import_file(stranger, content) == ImportView(added=2, known=0)
    assert await services.imports.import_file(stranger, content) == ImportView(added=0, known=2)
    assert await services.memos.list(owner) == listed
    theirs = await services.memos.list(stranger)
    assert without_ids(theirs) == without_ids(listed)
    (copied,) = [each.evaluation_id for memo in theirs for each in memo.evaluations if each.version == 2]
    before, after = (
        await services.evaluations.get(owner, evaluation),
        await services.evaluations.get(stranger, copied),
    )
    assert (after.text, after.criteria, after.comments, after.overall, after.provenance) == (
        before.text, before.criteria, before.comments, before.overall, before.provenance,
    )  # fmt: skip
    said = [(each.role, each.text) for each in (await services.chats.get(owner, evaluation)).messages]
    assert [(each.role, each.text) for each in (await services.chats.get(stranger, copied)).messages] == said
    marks = (await services.review.of_evaluation(stranger, copied)).marks
    assert [mark.reason for mark in marks.values() if mark.state == "declined"] == ["Not here"]
    preferences = await services.review.preferences(stranger)
    assert preferences == await services.review.preferences(owner)
    assert (preferences.muted, preferences.glossary) == (("risks.missing",), ("I+D",))
    assert (await services.preferences.of_owner(stranger)).rubric == "decision-memo"
    of_readers = (await services.sharing.of_evaluation(owner, evaluation)).remarks
    shared = await services.sharing.of_evaluation(stranger, copied)
    assert [replace(each, remark_id="") for each in shared.remarks] == [
        replace(each, remark_id="") for each in of_readers
    ]
    assert shared.links == ()
    again = document_of(await exported(services, stranger))
    assert await services.imports.import_file(owner, json.dumps(again).encode()) == ImportView(0, 2)
    await services.drafts.save(
        stranger, memo_id=theirs[0].memo_id, text="Gone on", rubric=RUBRIC, base_revision=0
    )
    assert await services.imports.import_file(stranger, content) == ImportView(added=0, known=2)


async def test_one_owner_has_one_export_made_at_a_time(services: Services, owner: str) -> None:
    await filled(services, owner)
    running = await services.exports.export(owner)
    await anext(running)
    with pytest.raises(TooMany):
        await services.exports.export(owner)
    assert [piece async for piece in running]
    assert await services.exports.export(owner)


async def test_of_several_at_once_no_more_are_made_than_is_said(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "MOST_EXPORTS", 2)
    asked = await asyncio.gather(
        *(services.exports.export(f"owner-{number}") for number in range(4)),
        services.exports.export("owner-0"),
        return_exceptions=True,
    )
    assert sum(isinstance(each, TooMany) for each in asked) == 3
    for each in asked:
        if not isinstance(each, BaseException):
            await each.aclose()
    assert await services.exports.export("owner-4")


VERSION_1: dict[str, Any] = {
    "format": "memo-coach-export",
    "version": 1,
    "exported": "2026-11-30T07:00:00+00:00",
    "preferences": {"rubric": RUBRIC, "coach": None, "muted": [], "glossary": []},
    "memos": [
        {
            "id": "m", "title": "A new pump", "language": "en", "words": 9, "rubric": RUBRIC,
            "created": "2026-11-01T07:00:00Z", "changed": "2026-11-02T07:00:00Z", "draft": None,
            "versions": [
                {"number": 1, "text": TEXT, "language": "en", "words": 9, "created": "2026-11-01T07:00:00Z"}
            ],
            "marks": [
                {
                    "key": "ab", "says": "risks", "passage": "", "is_only": True,
                    "state": "done", "reason": "", "version": 1,
                    "marked": "2026-11-02T07:00:00Z",
                }
            ],
            "evaluations": [
                {
                    "id": "e", "version": 1, "status": "done", "created": "2026-11-01T07:00:00Z",
                    "finished": "2026-11-01T07:00:01Z", "rubric": RUBRIC, "rubric_version": "1",
                    "coach": "builtin", "judged_by": "builtin", "model": None, "fallback_from": None,
                    "cached": False, "prompt_version": None, "by_one_coach": True, "removed_characters": 0,
                    "seconds": 0.1, "error": None,
                    "overall": {"score": 3.5, "summary": "S", "strengths": [], "opportunities": ["O"]},
                    "criteria": [
                        {
                            "id": "ask", "name": "Ask", "weight": 100, "effective_weight": 100, "score": 3.5,
                            "justification": "J", "evidence": [{"start": 0, "end": 7, "quote": "Subject"}],
                        }
                    ],
                    "comments": [
                        {
                            "id": "c", "criterion": "ask", "kind": "opportunity", "start": 0, "end": 7,
                            "quote": "Subject", "comment": "C", "questions": ["Q?"],
                        }
                    ],
                    "second_opinion": None,
                    "chat": [
                        {"role": "person", "text": "?", "status": "done", "created": "2026-11-01T08:00:00Z"}
                    ],
                }
            ],
        }
    ],
}  # fmt: skip
"""A file as version 1 of the format made it. It never changes: whoever kept one can import it for ever."""


async def test_a_file_of_the_first_version_is_imported_for_ever(
    services: Services, owner: str, tmp_path: Path
) -> None:
    kept = tmp_path / "export.zip"
    kept.write_bytes(zipped(VERSION_1))
    assert await services.imports.import_file(owner, kept.read_bytes()) == ImportView(added=1, known=0)
    (memo,) = await services.memos.list(owner)
    (line,) = memo.evaluations
    view = await services.evaluations.get(owner, line.evaluation_id)
    assert (view.title, view.text, line.score) == ("A new pump", TEXT, 3.5)
    assert [comment.quote for comment in view.comments] == ["Subject"]
    assert (await services.pdfs.pdf(owner, line.evaluation_id)).startswith(b"%PDF")
    deletion = await services.deletions.delete_memo(owner, memo.memo_id)
    assert await services.imports.import_file(owner, kept.read_bytes()) == ImportView(added=1, known=0)
    await services.deletions.undo(owner, deletion.deletion_id)


def changed(**fields: object) -> dict[str, Any]:
    """Return the file with fields of its evaluation changed."""
    document: dict[str, Any] = json.loads(json.dumps(VERSION_1))
    document["memos"][0]["evaluations"][0].update(fields)
    return document


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "neither"),
        (b"%PDF-1.7", "neither"),
        (b"[" * 100_000, "neither"),
        (b"[]", "no export"),
        (b'{"format": "other"}', "no export"),
        (json.dumps(VERSION_1 | {"version": 2}).encode(), "newer"),
        (json.dumps(VERSION_1 | {"version": 0}).encode(), "damaged"),
        (json.dumps(VERSION_1 | {"memos": VERSION_1["memos"] * 201}).encode(), "damaged"),
        (json.dumps(changed(version=7)).encode(), "damaged"),
        (json.dumps(changed(overall=None)).encode(), "damaged"),
        (json.dumps(changed(status="running")).encode(), "damaged"),
        (json.dumps(changed(created="0001-01-01T00:00:00+14:00")).encode(), "damaged"),
        (json.dumps(changed(finished="9999-12-31T23:59:59-14:00")).encode(), "damaged"),
        (json.dumps(changed(comments=[VERSION_1["memos"][0]["evaluations"][0]["comments"][0]] * 2)).encode(),
         "damaged"),
        (json.dumps(VERSION_1).replace('"quote": "Subject"', '"quote": "Another"').encode(), "damaged"),
        (json.dumps(VERSION_1).replace("A new pump", "\\ud800").encode(), "damaged"),
        (zipped(VERSION_1)[:200], "damaged or encrypted"),
        (zipped(VERSION_1, "../memo-coach.json"), "no memo-coach.json"),
        (zipped(b" " * 20_000_000), "too large"),
        (gzip.compress(b" " * 20_000_000, mtime=0), "too large"),
        (gzip.compress(b"[]", mtime=0)[:-9], "damaged or encrypted"),
        (b"\x1f\x8b", "damaged or encrypted"),
        (b'{"many": [' + b"[]," * (MOST_VALUES // 2) + b"0]}", "too large"),
    ],
)  # fmt: skip
def test_what_is_no_export_is_refused_with_the_reason(content: bytes, reason: str, tmp_path: Path) -> None:
    with pytest.raises(NotAnExport, match=reason), SplitExport(tmp_path) as parts:
        read_export(io.BytesIO(content), parts)


async def test_what_an_owner_chose_stays_and_what_is_none_is_left_out(services: Services, owner: str) -> None:
    await services.preferences.choose_rubric(owner, RUBRIC)
    await services.review.mute(owner, "plan.steps")
    await services.review.add_word(owner, "roi")
    brought = {
        "rubric": "decision-memo",
        "coach": "oracle",
        "muted": ["plan.steps", "risks.missing", "<script>"],
        "glossary": ["ROI", "  CapEx ", "capex", "x" * 61, ""],
    }
    document = VERSION_1 | {"preferences": brought}
    for added in (1, 0):
        done = await services.imports.import_file(owner, json.dumps(document).encode())
        assert done.added == added
        assert (await services.preferences.of_owner(owner)).rubric == RUBRIC
        kept = await services.review.preferences(owner)
        assert (kept.muted, kept.glossary) == (("plan.steps", "risks.missing"), ("CapEx", "roi"))


async def test_no_more_is_muted_or_kept_than_one_by_one(
    services: Services, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review_service, "MOST_MUTED", 2)
    monkeypatch.setattr(review_service, "MOST_GLOSSARY_WORDS", 1)
    brought = {"muted": ["a", "b", "c"], "glossary": ["d", "e"]}
    await services.imports.import_file(owner, json.dumps(VERSION_1 | {"preferences": brought}).encode())
    kept = await services.review.preferences(owner)
    assert (kept.muted, kept.glossary) == (("a", "b"), ("d",))


async def test_a_refusal_is_said_in_the_language_of_the_page(services: Services, owner: str) -> None:
    with pytest.raises(NotAnExport) as refused:
        await services.imports.import_file(owner, b"no zip")
    with speaking("es"):
        assert refused.value.message.startswith("Este archivo no se puede importar: no es ni")


def test_a_memo_is_known_by_what_it_was_known_by_when_it_was_imported_long_ago(tmp_path: Path) -> None:
    with SplitExport(tmp_path) as parts:
        (memo,) = read_export(io.BytesIO(json.dumps(VERSION_1).encode()), parts).memos
    assert memo.source == "1dc2011cb1ea46a831123149341d0c3b13c5cdbaa03406f5b6eb709813342c2f"


async def test_more_than_is_kept_is_refused_before_anything_is_added(
    services: Services, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "MOST_MEMOS", 0)
    with pytest.raises(TooMany):
        await services.imports.import_file(owner, zipped(VERSION_1))
    assert await services.memos.list(owner) == ()
