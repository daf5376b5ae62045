"""The pages for administrators: accounts, usage, audit log and state; and nothing of them for others."""

from __future__ import annotations

import csv
import io

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.e2e import pages
from tests.e2e.conftest import NewPage

PAGES = {"users": "Users", "usage": "Usage", "audit": "Audit log", "state": "State of the installation"}
WIDTHS = (1280, 390)


def account(page: Page, name: str) -> Locator:
    return page.get_by_test_id("account").filter(has_text=name)


def invite(page: Page, email: str, name: str, role: str = "Writer") -> str:
    """Invite somebody; return the link that is shown once."""
    page.goto("/admin/users")
    page.get_by_text("Invite somebody").click()
    page.get_by_role("textbox", name="E-mail address").fill(email)
    page.get_by_role("textbox", name="Name", exact=True).fill(name)
    page.get_by_role("combobox", name="Role").select_option(label=role)
    page.get_by_role("button", name="Invite", exact=True).click()
    expect(page.get_by_role("textbox", name="Link for this person")).to_be_visible()
    return page.get_by_role("textbox", name="Link for this person").input_value()


def change(page: Page, name: str) -> Locator:
    """Open what may be changed of an account."""
    found = account(page, name)
    if found.locator("details[open]").count() == 0:
        found.locator("summary").click()
    return found


def test_an_account_is_invited_changed_and_what_was_done_is_in_the_log(page: Page) -> None:
    link = invite(page, "Lucia.Admin@example.org", "Lucía of the pages")
    assert "/welcome#" in link
    expect(account(page, "Lucía of the pages")).to_contain_text("Writer · invited, has not signed in yet")
    opened = change(page, "Lucía of the pages")
    opened.get_by_role("textbox", name="Evaluations by a model a day").fill("7")
    opened.get_by_role("textbox", name="US dollars a day").fill("lots")
    opened.get_by_role("button", name="Keep limits").click()
    expect(page.get_by_role("alert")).to_contain_text("A limit is a number from 0")
    opened.get_by_role("textbox", name="US dollars a day").fill("0.5")
    opened.get_by_role("button", name="Keep limits").click()
    expect(account(page, "Lucía")).to_contain_text("7 evaluations by a model a day · at most $0.50 a day")
    opened.get_by_role("button", name="Disable").click()
    expect(page.get_by_text("Nobody can sign in by this account any more")).to_be_visible()
    expect(account(page, "Lucía")).to_contain_text("disabled")
    opened.get_by_role("button", name="New password by link").click()
    expect(page.get_by_role("textbox", name="Link for this person")).not_to_have_value(link)
    page.reload()
    expect(account(page, "Lucía")).to_be_visible()
    # A link is shown once, and is in nothing that is kept.
    assert link.partition("#")[2] not in page.content()
    page.get_by_role("navigation", name="Administration").get_by_role("link", name="Audit log").click()
    expect(page.get_by_role("heading", level=1, name="Audit log")).to_be_visible()
    page.get_by_role("combobox", name="Action").select_option("user.limits")
    page.get_by_role("button", name="Show").click()
    entry = page.locator(".audit-entries > li").first
    expect(entry).to_contain_text("Whoever sits at the machine")
    expect(entry.locator("ins")).to_have_text('{"evaluations_a_day": 7, "micro_usd_a_day": 500000}')
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV").click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text("utf-8"))))
    assert {row["action"] for row in rows} == {"user.limits"}


def test_usage_and_state_are_shown_with_the_same_in_figures(page: Page) -> None:
    pages.evaluated(page, pages.sample("weak"))
    page.goto("/admin/usage")
    evaluations = page.get_by_role("region", name="Evaluations", exact=True)
    expect(evaluations.get_by_role("img", name="Evaluations: at least")).to_be_visible()
    expect(evaluations.locator(".point")).to_have_count(30)
    page.get_by_role("combobox", name="Period").select_option("7")
    expect(evaluations.locator(".point")).to_have_count(7)
    evaluations.get_by_text("The same in figures").click()
    newest = page.get_by_role("table", name="Evaluations", exact=True).get_by_role("row").nth(1)
    assert int(newest.get_by_role("cell").inner_text().replace(",", "")) >= 1
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV").click()
    assert len(list(csv.DictReader(io.StringIO(download.value.path().read_text("utf-8"))))) == 7
    page.goto("/admin/state")
    expect(page.locator("[data-part=database]")).to_contain_text("SQLite")
    expect(page.locator("[data-part=workers]")).to_contain_text("are being taken")
    expect(page.locator("[data-part=backup]")).to_contain_text("None is known here.")


def test_whoever_is_not_at_the_machine_sees_nothing_of_it(new_page: NewPage) -> None:
    page = new_page(tolerated=(r"status of 403",))
    page.goto("/")
    page.context.set_extra_http_headers({"X-Forwarded-For": "203.0.113.9"})
    for path in PAGES:
        page.goto(f"/admin/{path}")
        expect(page.get_by_role("heading", name="Not here")).to_be_visible()
        expect(page.get_by_text("This is for administrators only.")).to_be_visible()
        assert page.locator("main form, main table, main .day-chart").count() == 0
    for path in ("/admin/usage.csv", "/admin/audit.csv"):
        assert page.request.get(path).status == 403


@pytest.mark.parametrize("language", ["", "/es"])
def test_the_pages_fit_each_screen_and_have_no_fault_that_axe_can_find(
    new_page: NewPage, language: str
) -> None:
    page = new_page(reduced_motion="reduce")
    invite(page, f"anna{len(language)}@example.org", "Anna of both screens")
    for path in PAGES:
        page.goto(f"{language}/admin/{path}")
        expect(page.locator("main :is(table, dl, ul.accounts, ol)").first).to_be_visible()
        for each in page.locator("main details").all()[:2]:
            each.locator("summary").first.click()
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert pages.faults_in_both_themes(page) == [], path
            assert pages.too_small_to_touch(page) == [], path


def test_graded_memos_are_compared_with_the_rubric_as_it_is_typed(page: Page) -> None:
    page.goto("/admin/config/rubric--status-update")
    compare = page.get_by_role("button", name="Compare with the coach")
    compare.click()
    expect(page.get_by_role("alert").filter(has_text="Choose the files first.")).to_be_visible()
    files: list[FilePayload] = []
    for place in range(5):
        memo, grades = (
            pages.sample("weak").encode(),
            b'{"rubric": "status-update", "criteria": {}, "overall": 2}',
        )
        files.append({"name": f"{place}.md", "mimeType": "text/markdown", "buffer": memo})
        files.append({"name": f"{place}.json", "mimeType": "application/json", "buffer": grades})
    page.get_by_label("Graded memos").set_input_files(files)
    page.get_by_role("textbox", name="Document").press("End")
    page.keyboard.insert_text(" ")
    compare.click()
    for name in ("By the rubric as typed", "By the saved rubric"):
        table = page.get_by_role("region", name=name).get_by_role("table")
        expect(table.get_by_role("row", name="On the whole 5")).to_be_visible()
        expect(table.get_by_role("row", name="Where it stands 0 too few to say")).to_be_visible()
    assert pages.faults_in_both_themes(page) == []
