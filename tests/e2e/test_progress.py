"""Progress: empty at first, then the versions of a memo, then all memos, drawn and in figures."""

from __future__ import annotations

import re
from collections.abc import Iterator

from playwright.sync_api import Page, ViewportSize, expect

from tests.e2e import pages
from tests.e2e.conftest import NewPage
from tests.e2e.seeding import EvaluatedMemos

WIDE: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
NARROWEST: ViewportSize = {"width": 320, "height": 640}
SCREENS: tuple[ViewportSize, ...] = (WIDE, PHONE, NARROWEST)


def each_screen(page: Page) -> Iterator[int]:
    """Give a page one screen after the other; yield the width of each."""
    for screen in SCREENS:
        page.set_viewport_size(screen)
        yield screen["width"]


def open_progress(page: Page) -> None:
    """Go to the page by the menu."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Progress").click()
    expect(page.get_by_role("heading", level=1, name="Progress")).to_be_visible()


def revised(page: Page, text: str) -> None:
    """Revise the memo whose feedback is shown, and have it evaluated again."""
    page.get_by_role("link", name="Revise the memo").click()
    expect(pages.editor(page)).to_have_value(re.compile(r"\S"))
    pages.write(page, text)
    pages.evaluate(page)


def with_two_versions(page: Page, evaluated: EvaluatedMemos) -> None:
    """Go to the overall feedback on the second version of a memo, a strong one; the first was weak."""
    _first, second = evaluated.give(page, pages.sample("weak"), pages.sample("strong"))
    page.goto(f"/feedback/{second}")
    pages.expect_feedback(page)


def points(page: Page) -> list[str]:
    """Return what each point of the drawing says."""
    return page.locator(".score-chart .point title").all_text_contents()


def test_who_has_one_evaluation_is_told_what_to_do(page: Page) -> None:
    page.goto("/progress")
    expect(page.get_by_role("heading", name="Nothing to compare yet")).to_be_visible()
    pages.evaluated(page, pages.sample("weak"))
    expect(page.get_by_test_id("compared")).to_have_count(0)
    open_progress(page)
    expect(page.get_by_role("heading", name="Nothing to compare yet")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Write a memo").click()
    expect(page.get_by_role("heading", level=1, name="Write your memo")).to_be_visible()


def test_a_revision_shows_the_score_before_beside_its_own_and_leads_to_progress(
    page: Page, evaluated: EvaluatedMemos
) -> None:
    with_two_versions(page, evaluated)
    score = page.get_by_test_id("overall-score").inner_text()
    compared = page.get_by_test_id("compared")
    expect(compared).to_contain_text(re.compile(rf"{re.escape(score)}, was \d\.\d"))
    expect(compared.locator("svg polyline")).to_have_count(1)
    compared.get_by_role("link", name="Progress").click()
    expect(page.get_by_role("heading", name="Overall score of each version")).to_be_visible()
    first, last = points(page)
    assert first.startswith("v1: ")
    assert last == f"v2: {score}"


def test_the_drawing_its_words_and_its_table_have_the_same_figures(
    page: Page, evaluated: EvaluatedMemos
) -> None:
    with_two_versions(page, evaluated)
    open_progress(page)
    drawing = page.get_by_role("img", name="Overall score of each version")
    expect(drawing).to_be_visible()
    first, last = (point.rpartition(" ")[2] for point in points(page))
    expect(drawing.locator("desc")).to_have_text(
        f"Built-in coach: {first} at first, now {last}, highest {max(first, last)}."
    )
    page.get_by_text("The same in figures").click()
    rows = page.get_by_role("table", name="Overall score").get_by_role("row")
    expect(rows).to_have_text(["VersionBuilt-in coach", f"v2{last}", f"v1{first}"])
    expect(page.get_by_role("table", name="Criterion by criterion").get_by_role("row")).to_have_count(10)
    expect(page.get_by_text("Too few scores for a trend")).to_be_visible()


def test_all_memos_or_the_versions_of_one_can_be_chosen(page: Page, evaluated: EvaluatedMemos) -> None:
    evaluated.give(page, pages.sample("weak"), pages.sample("strong"))
    evaluated.give(page, pages.sample("weak", "status-update"))
    page.goto("/progress")
    expect(page.get_by_role("heading", name="Overall score of each memo")).to_be_visible()
    assert len(points(page)) == 2
    chosen = page.get_by_role("combobox", name="Scores of")
    chosen.select_option(index=1)
    expect(page.get_by_role("heading", name="Overall score of each version")).to_be_visible()
    expect(page.locator(".score-chart .point")).to_have_count(2)
    chosen.select_option(value="")
    expect(page.get_by_role("heading", name="Overall score of each memo")).to_be_visible()
    expect(page.get_by_role("combobox", name="Coach")).to_have_count(0)


def test_a_weakness_leads_to_what_help_says_of_its_criterion(page: Page) -> None:
    pages.evaluated(page, pages.sample("weak"))
    revised(page, pages.sample("weak") + "\n\nMore will follow.")
    open_progress(page)
    weakness = page.locator(".weaknesses li").first
    expect(weakness).to_contain_text("In 2 of the last 2")
    criterion = weakness.locator("strong").inner_text()
    weakness.get_by_role("link", name="What earns more on this criterion").click()
    page.wait_for_url(re.compile(r"/help/?#investment-memo-"))
    heading = page.locator(f"[id='{page.url.partition('#')[2]}']")
    expect(heading).to_contain_text(criterion)
    expect(heading).to_be_in_viewport()


def test_another_browser_sees_none_of_it(new_page: NewPage, evaluated: EvaluatedMemos) -> None:
    with_two_versions(new_page(), evaluated)
    other = new_page()
    other.goto("/progress")
    expect(other.get_by_role("heading", name="Nothing to compare yet")).to_be_visible()


def test_the_page_fits_each_screen_and_has_no_fault_that_axe_can_find(
    new_page: NewPage, evaluated: EvaluatedMemos
) -> None:
    page = new_page(reduced_motion="reduce")
    page.goto("/progress")
    expect(page.get_by_role("heading", name="Nothing to compare yet")).to_be_visible()
    for _ in each_screen(page):
        assert pages.faults_in_both_themes(page) == []
    with_two_versions(page, evaluated)
    for _ in each_screen(page):
        assert pages.faults_in_both_themes(page) == []
    open_progress(page)
    page.get_by_text("The same in figures").click()
    expect(page.get_by_role("table", name="Overall score")).to_be_visible()
    for width in each_screen(page):
        assert pages.faults_in_both_themes(page) == []
        assert pages.too_small_to_touch(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert len(page.locator(".menu a").all()) == 4
        assert len({box["y"] for each in page.locator(".menu a").all() if (box := each.bounding_box())}) == 1
