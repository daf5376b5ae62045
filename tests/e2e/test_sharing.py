"""A writer shares feedback, a reader remarks on it, and the writer ends it: all of it, in two browsers."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e import pages
from tests.e2e.conftest import NewPage
from tests.e2e.seeding import EvaluatedMemos
from tests.live_server import LiveServer

HTML = '<img src=x onerror="document.title=1">'


def leave(page: Page, remark: str) -> None:
    page.get_by_label("Your remark").fill(remark)
    page.get_by_role("button", name="Send the remark").click()


def _count_in(summary: Locator) -> int:
    return int(re.findall(r"\((\d+)\)", summary.inner_text())[0])


def remarks(page: Page) -> Locator:
    return page.get_by_test_id("reader-remark")


def test_feedback_is_shared_read_remarked_upon_and_no_longer_shared(
    page: Page, new_page: NewPage, server: LiveServer, evaluated: EvaluatedMemos
) -> None:
    evaluation = evaluated.open_feedback(page, pages.sample("weak"))
    score = page.get_by_test_id("overall-score").inner_text()
    link = pages.share(page)
    assert not pages.faults_of_access(page)

    reader = new_page()
    answer = reader.goto(link)
    assert answer is not None
    assert answer.headers["x-robots-tag"].startswith("noindex")
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    expect(reader.locator("meta[name=robots]")).to_have_attribute("content", "noindex, nofollow")
    expect(reader.get_by_test_id("overall-score")).to_have_text(score)
    expect(reader.locator(".manuscript mark").first).to_be_visible()
    assert evaluation not in reader.content()
    assert not pages.faults_of_access(reader)
    assert not pages.too_small_to_touch(reader)

    # A place on the page is no other address: the token would be lost.
    reader.locator(".skip").focus()
    reader.keyboard.press("Enter")
    expect(reader.locator("#content")).to_be_focused()
    assert reader.url == link
    reader.locator(".manuscript .heading").first.select_text()
    passage = reader.get_by_label("Or about these words")
    expect(passage).not_to_be_empty()
    quoted = passage.input_value()
    reader.get_by_label("Your name").fill("<b>Ana</b>")
    leave(reader, f"{HTML}\nIs this right?")
    expect(reader.get_by_role("status").get_by_text("Your remark was sent.")).to_be_visible()
    expect(remarks(reader)).to_contain_text("Remark by <b>Ana</b>")
    expect(reader.get_by_label("Your remark")).to_be_empty()
    assert reader.locator("[data-testid=reader-remark] :is(img, b)").count() == 0

    returned = new_page()
    returned.goto(link)
    expect(pages.cards(returned).first).to_be_visible()
    few = pages.cards(returned).count()
    others = returned.get_by_text("More comments")
    others.click()
    expect(others.locator("..")).to_have_attribute("open", "")
    expect(pages.open_cards(returned)).to_have_count(few + _count_in(others))

    page.reload()
    expect(remarks(page)).to_contain_text(HTML)
    expect(remarks(page).locator("blockquote")).to_contain_text(quoted.lstrip("# "))
    expect(page.get_by_label("Link", exact=True)).to_have_count(0)
    pages.open_details(page)
    expect(remarks(page)).to_contain_text("Remark by <b>Ana</b>")
    assert not pages.faults_of_access(page)
    remarks(page).get_by_role("button", name="Delete").click()
    expect(page.get_by_text("The remark was deleted.")).to_be_visible()
    expect(remarks(page)).to_have_count(0)

    page.goto(f"/feedback/{evaluation}")
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("The link was revoked.")).to_be_visible()
    # Who has the page open is told without a reload, as soon as they come back to it.
    returned.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(returned.get_by_role("heading", name="This link leads nowhere")).to_be_visible()
    assert returned.locator(".manuscript").count() == 0
    leave(reader, "Too late.")
    expect(reader.get_by_role("heading", name="This link leads nowhere")).to_be_visible()
    assert reader.locator(".manuscript").count() == 0
    assert not pages.faults_of_access(reader)
    reader.goto(link.replace("/share#", "/es/share#"))
    expect(reader.get_by_role("heading", name="Este enlace no lleva a ninguna parte")).to_be_visible()

    token = link.partition("#")[2].encode()
    for path in server.data_dir.rglob("*"):
        assert not path.is_file() or token not in path.read_bytes(), path


@pytest.mark.parametrize("path", ["/share", "/share#", "/share#content", f"/es/share#{'A' * 43}"])
def test_a_link_that_is_none_says_no_more_than_one_that_has_ended(page: Page, path: str) -> None:
    page.goto(path)
    name = re.compile("This link leads nowhere|Este enlace no lleva a ninguna parte")
    expect(page.get_by_role("heading", name=name)).to_be_visible()
