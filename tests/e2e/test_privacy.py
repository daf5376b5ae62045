"""What one browser wrote, no other browser sees: by page, by link, by request, by socket."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from memo_coach.ui.states.deletion import DeletionState
from memo_coach.ui.states.details import DetailsState
from memo_coach.ui.states.feedback import FeedbackState
from memo_coach.ui.states.memos import MemosState
from memo_coach.ui.states.write import WriteState
from tests.e2e import pages
from tests.e2e.conftest import NOT_FOUND, NewPage
from tests.e2e.seeding import EvaluatedMemos
from tests.integration.web.sockets import HYDRATE, opened
from tests.live_server import LiveServer

SECRET = "Ashgrove"
TEXT = f"""To: the board
Subject: Buy {SECRET} for $4M by 1 May

We ask the board to approve the purchase of {SECRET}. It is felt that synergies could possibly be leveraged.
"""


def finished(work: Coroutine[Any, Any, str]) -> str:
    """Run asynchronous work in a thread: this one's loop is Playwright's."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def cookie_of(page: Page) -> str:
    return "; ".join(f"{each['name']}={each['value']}" for each in page.context.cookies())


async def said_by_socket(server: LiveServer, cookie: str, tab: str, evaluation: str, memo: str) -> str:
    """Return all that the server answers to a browser that asks for an evaluation and the list of memos."""
    async with opened(server, cookie, tab=tab) as socket:
        for state, path in ((FeedbackState, "feedback"), (DetailsState, "details")):
            address = f"/{path}/{evaluation}"
            place = {
                "pathname": f"/{path}/[evaluation]",
                "query": {"evaluation": evaluation},
                "asPath": address,
            }
            await socket.event(HYDRATE, router_data=place)
            for handler in ("open", "follow", "cancel", "again"):
                await socket.event(f"{state.get_full_name()}.{handler}", router_data=place)
        await socket.event(f"{MemosState.get_full_name()}.open")
        about = {"memo": memo, "title": "Theirs"}
        await socket.event(f"{DeletionState.get_full_name()}.ask_about_memo", about)
        await socket.event(f"{DeletionState.get_full_name()}.keep")
        return str(await socket.answers(1.5))


def memo_id(page: Page) -> str:
    """Return the id of the memo whose overall feedback this is."""
    return str(page.get_by_role("link", name="Revise the memo").get_attribute("href")).rpartition("=")[2]


def tab_name(page: Page) -> str:
    """Return the name under which the framework keeps the tab's state."""
    return str(page.evaluate("sessionStorage.getItem('token')")).strip('"')


def test_pages_of_another_browser_show_nothing(
    page: Page, new_page: NewPage, evaluated: EvaluatedMemos
) -> None:
    evaluation = evaluated.open_feedback(page, TEXT)
    stranger = new_page()
    for path in (f"/feedback/{evaluation}", f"/details/{evaluation}"):
        stranger.goto(path)
        expect(stranger.get_by_role("heading", name="There is no such evaluation")).to_be_visible()
        assert SECRET not in stranger.content()
        assert stranger.get_by_test_id("overall-score").count() == 0
    stranger.goto("/memos")
    expect(stranger.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    page.reload()
    pages.expect_feedback(page)


def test_a_link_to_anothers_memo_leads_to_an_empty_editor(page: Page, new_page: NewPage) -> None:
    pages.open_editor(page)
    pages.write(page, TEXT)
    address = str(pages.open_memos(page).get_by_role("link").get_attribute("href"))
    stranger = new_page(tolerated=NOT_FOUND)
    pages.open_editor(stranger, address)
    expect(pages.editor(stranger)).to_have_value("")
    answer = stranger.request.get(address.replace("/?", "/draft?"))
    assert answer.status == 404
    assert SECRET not in answer.text()
    unknown = stranger.request.get("/draft?memo=no-such-memo")
    assert {**unknown.json(), "instance": ""} == {**answer.json(), "instance": ""}


def test_a_forged_save_does_not_reach_anothers_memo(
    page: Page, new_page: NewPage, server: LiveServer
) -> None:
    pages.open_editor(page)
    pages.write(page, TEXT)
    memo = page.request.get("/draft").json()["memo_id"]
    stranger = new_page()
    stranger.goto("/")
    forged = {"memo_id": memo, "text": "Overwritten", "rubric": "investment-memo", "base_revision": 1}
    answer = stranger.request.put("/draft", data=forged, headers={"Origin": server.url})
    assert answer.status == 404
    assert page.request.get("/draft").json()["text"] == TEXT


def test_a_socket_with_anothers_tab_name_hears_nothing(
    page: Page, new_page: NewPage, server: LiveServer, evaluated: EvaluatedMemos
) -> None:
    evaluation = evaluated.open_feedback(page, TEXT)
    memo = memo_id(page)
    pages.open_details(page)
    tab = tab_name(page)
    assert tab
    own = finished(said_by_socket(server, cookie_of(page), tab, evaluation, memo))
    assert SECRET in own, "the owner's own socket must hear it, or this test proves nothing"
    stranger = new_page()
    stranger.goto("/")
    strange = finished(said_by_socket(server, cookie_of(stranger), tab, evaluation, memo))
    assert strange != "[]"
    assert SECRET not in strange


def test_anothers_memo_cannot_be_deleted_or_evaluated_through_a_socket(
    page: Page, new_page: NewPage, server: LiveServer, evaluated: EvaluatedMemos
) -> None:
    evaluation = evaluated.open_feedback(page, TEXT)
    memo = memo_id(page)
    stranger = new_page()
    stranger.goto("/")
    cookie = cookie_of(stranger)

    async def attack() -> str:
        async with opened(server, cookie) as socket:
            await socket.event(HYDRATE)
            about = {"memo": memo, "title": "Theirs"}
            await socket.event(f"{DeletionState.get_full_name()}.ask_about_memo", about)
            await socket.event(f"{DeletionState.get_full_name()}.delete", {"form": {"word": "delete"}})
            form = {"memo": "Overwritten by a stranger.", "rubric": "investment-memo", "memo_id": memo}
            await socket.event(f"{WriteState.get_full_name()}.evaluate", {"form": form})
            return str(await socket.answers(1.5))

    assert "There is nothing here" in finished(attack())
    page.goto(f"/feedback/{evaluation}")
    pages.expect_feedback(page)
    versions = pages.open_memos(page).locator(".versions a")
    expect(versions).to_have_count(1)


@pytest.mark.parametrize("path", ["/", "/memos", "/help"])
def test_scripts_see_no_cookie(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("document.cookie") == ""
    (cookie,) = page.context.cookies()
    assert cookie["httpOnly"]
    assert cookie["sameSite"] in {"Lax", "Strict"}
    assert cookie["value"] not in pages.stored_in_browser(page)


def test_a_person_ends_the_session_of_their_browser(page: Page) -> None:
    pages.open_editor(page)
    pages.write(page, "Two ovens, by May.")
    pages.expect_saved(page)
    (before,) = page.context.cookies()
    page.goto("/help")
    page.get_by_text("End this browser's session").click()
    page.get_by_role("button", name="End the session").click()
    expect(page.get_by_role("heading", level=1, name="Write your memo")).to_be_visible()
    (after,) = page.context.cookies()
    assert after["value"] != before["value"]
    pages.open_editor(page)
    expect(pages.editor(page)).to_be_empty()
