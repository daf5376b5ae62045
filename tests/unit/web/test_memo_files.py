"""A version of a memo over HTTP: a file to save, for the session that it belongs to and nobody else."""

from __future__ import annotations

import pytest

from memo_coach.services.container import Services
from memo_coach.services.memos.files import file_name
from tests.unit.web.test_evaluation_pdf import client

TEXT = "Subject: Añadir «una» bomba/../\n\nPlease approve a **new** pump."


@pytest.fixture
async def memo(services: Services, owner: str) -> str:
    evaluation = await services.evaluations.submit(owner, text=TEXT, rubric="investment-memo")
    return (await services.evaluations.get(owner, evaluation)).memo_id


async def test_the_owner_gets_the_text_and_a_word_document(owner: str, memo: str) -> None:
    async with client(owner) as browser:
        markdown = await browser.get(f"/memos/{memo}/versions/1.md")
        document = await browser.get(f"/memos/{memo}/versions/1.docx")
    assert markdown.status_code == document.status_code == 200
    assert markdown.text == TEXT
    assert markdown.headers["content-type"] == "text/markdown; charset=utf-8"
    assert document.content.startswith(b"PK")
    assert document.headers["content-disposition"] == 'attachment; filename="anadir-una-bomba-v1.docx"'
    assert document.headers["cache-control"] == "no-store"
    assert document.headers["x-content-type-options"] == "nosniff"


async def test_somebody_elses_and_one_that_is_not_there_are_the_same(
    services: Services, owner: str, memo: str
) -> None:
    _token, other = await services.visitors.admit()
    answers = []
    for who, address in (
        (other, f"{memo}/versions/1.md"),
        (owner, f"{memo}/versions/2.docx"),
        (owner, f"{memo}/versions/0.md"),
        (owner, f"{memo}/versions/1.pdf"),
        (owner, f"{memo}/versions/99999999999999.md"),
        (owner, "nothing/versions/1.md"),
    ):
        async with client(who) as browser:
            answers.append(await browser.get(f"/memos/{address}"))
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    async with client(None) as browser:
        assert (await browser.get(f"/memos/{memo}/versions/1.md")).status_code == 403


@pytest.mark.parametrize("title", ["", "../../etc", "日本語", 'a"\r\nSet-Cookie: b'])
def test_a_files_name_has_nothing_that_means_something_to_a_system(title: str) -> None:
    name = file_name(title, 3, "docx")
    assert name.endswith("-v3.docx")
    assert name.removesuffix(".docx").replace("-", "").isalnum()
