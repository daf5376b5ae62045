"""How the pages stand: in both languages and themes, narrow, wide, enlarged, and for who sees otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml
from playwright.sync_api import Page, expect

from memo_coach.translations import FOLDER, current_language, speaking, text
from memo_coach.web.languages import localised_path
from tests.e2e import pages
from tests.e2e.conftest import NOT_FOUND, NewPage

HEIGHT = 800
WIDE, PHONE, NARROWEST = 1440, 390, 320
LOOKS = {"en": (("light", WIDE), ("dark", PHONE)), "es": (("dark", WIDE), ("light", PHONE))}
"""In both languages together each page is seen wide and narrow in each theme. Colours, words and their room
are looked at each time, the rest once for each width: the elements are the same in each language."""
Check = Callable[[Page, str], None]

_UNSEEN_IN_FORCED_COLOURS = """
() => {
  const shown = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility());
  const style = (one) => getComputedStyle(one);
  const paper = style(document.documentElement).backgroundColor;
  const ink = (one) => style(one).backgroundColor;
  const edged = ".button:not(.plain), .explain, textarea:not(.sheet *), select, .card, .sheet, dialog";
  const drawn = ".score-chart .stroke, .sparkline polyline, .score-mark .stroke, .scale line";
  const wrong = (selector, isSeen) =>
    shown(selector).filter((one) => !isSeen(one)).map((one) => `${selector}: ${one.outerHTML.slice(0, 100)}`);
  return [
    ...wrong(".bar, .progress-track", (one) => style(one).borderTopStyle === "solid"),
    ...wrong(".bar > *, .progress-bar", (one) => ink(one) !== ink(one.parentElement)),
    ...wrong("select", (one) => style(one).appearance !== "none"),
    ...wrong(".card[data-current], mark[data-current]", (one) => style(one).outlineStyle === "solid"),
    ...wrong(drawn, (one) => ![paper, "none", "rgba(0, 0, 0, 0)"].includes(style(one).stroke)),
    ...wrong(edged, (one) => parseFloat(style(one).borderTopWidth) >= 1),
  ];
}
"""
_TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
_MOVING = """
() => [...document.querySelectorAll("*")].flatMap((one) => {
  const style = getComputedStyle(one);
  const lengths = `${style.transitionDuration}, ${style.animationDuration}`.split(", ");
  const isLong = lengths.some((each) => parseFloat(each) * (each.endsWith("ms") ? 1 : 1000) > 1);
  return isLong || style.scrollBehavior === "smooth" ? [`it moves: ${one.outerHTML.slice(0, 100)}`] : [];
})
"""
_READ = """
(language) => {
  const isOurs = (one) => one && one.closest("[lang]").lang === language && !one.closest("script, style");
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [document.title];
  while (words.nextNode()) if (isOurs(words.currentNode.parentElement)) found.push(words.currentNode.data);
  for (const name of ["aria-label", "title", "placeholder", "alt", "data-begins", "data-ends"])
    document
      .querySelectorAll(`[${name}]`)
      .forEach((one) => isOurs(one) && found.push(one.getAttribute(name)));
  return found.map((each) => each.trim()).filter(Boolean);
}
"""


def sentences(language: str) -> set[str]:
    """Return all that the pages may say in a language, cut where something is put in."""

    def within(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            yield from (piece.strip() for piece in re.split(r"\{\w+\}", value))
        elif isinstance(value, dict | list):
            for each in value.values() if isinstance(value, dict) else value:
                yield from within(each)

    parts = (yaml.safe_load(part.read_text("utf-8")) for part in (FOLDER / language).glob("*.yaml"))
    return {sentence for part in parts for sentence in within(part)}


def in_english(page: Page) -> list[str]:
    """Return what a Spanish page says in English, a memo and what is said of it aside."""
    english = {each for each in sentences("en") - sentences("es") if len(each.split()) > 1}
    read: list[str] = page.evaluate(_READ, "es")
    return [f"in English: {each}" for each in read if each in english]


def every_page(page: Page, check: Check, language: str) -> None:
    """Walk through every page in each of its states and check it there."""
    with speaking(language):
        _without_a_memo(page, check)
        evaluation = _with_one(page, check)
        _with_two_versions(page, check, evaluation)
        _that_lead_nowhere(page, check)


def _go(page: Page, path: str, heading: str) -> None:
    page.goto(localised_path(path))
    expect(page.get_by_role("heading", name=heading)).to_be_visible()


def _press(page: Page, key: str) -> None:
    page.get_by_role("button", name=text(key), exact=True).first.click()


def _without_a_memo(page: Page, check: Check) -> None:
    _go(page, "/memos", text("memos.empty_heading"))
    check(page, "memos, none")
    _go(page, "/progress", text("progress.empty_heading"))
    check(page, "progress, none")
    pages.open_editor(page, localised_path("/"))
    check(page, "write, empty")
    _press(page, "write.evaluate")
    expect(page.get_by_role("alert")).to_be_visible()
    check(page, "write, refused")


def _with_one(page: Page, check: Check) -> str:
    pages.write(page, pages.sample("weak", language=current_language()))
    expect(page.locator(".hint").first).to_be_visible()
    check(page, "write, filled, with hints")
    _press(page, "write.new")
    expect(page.get_by_role("dialog")).to_be_visible()
    check(page, "write, asking before a new memo")
    _press(page, "write.new_no")
    _press(page, "write.evaluate")
    page.wait_for_url(pages.FEEDBACK)
    expect(page.get_by_test_id("overall-score")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0)
    check(page, "overall feedback")
    evaluation = pages.evaluation_id(page)
    _go(page, f"/chat/{evaluation}", text("chat.heading"))
    page.locator(".suggested button").first.click()
    expect(page.locator('[data-message="coach"]')).to_have_count(1)
    check(page, "conversation")
    _go(page, f"/details/{evaluation}", text("details.heading"))
    expect(page.locator(".review-mark").first).to_be_attached()
    check(page, "detailed feedback")
    _press(page, "details.next")
    expect(pages.current_card(page)).to_have_count(1)
    check(page, "detailed feedback, at a comment")
    pages.current_card(page).get_by_role("button", name=text("chat.ask_about")).click()
    expect(page.locator("[data-chat-panel]")).to_be_visible()
    check(page, "detailed feedback, asking")
    # It would still be there at the next visit, and on a phone over all the rest.
    _press(page, "chat.close")
    expect(page.locator("[data-chat-panel]")).to_be_hidden()
    return evaluation


def _with_two_versions(page: Page, check: Check, first: str) -> None:
    _go(page, f"/details/{first}", text("details.heading"))
    expect(page.locator(".review-mark").first).to_be_attached()
    pages.review(page).press_sequentially("A: ")
    pages.expect_saved(page)
    _press(page, "details.evaluate_again")
    page.wait_for_url(lambda url: first not in url)
    expect(page.locator(".review-mark").first).to_be_attached()
    page.locator(".outcomes summary").click()
    check(page, "detailed feedback, evaluated again")
    _go(page, f"/details/{first}", text("details.heading"))
    expect(page.locator(".manuscript mark").first).to_be_visible()
    check(page, "detailed feedback, an earlier version")
    _go(page, "/progress", text("progress.heading"))
    page.get_by_text(text("progress.table"), exact=True).click()
    expect(page.get_by_role("table").first).to_be_visible()
    check(page, "progress")
    _go(page, "/memos", text("memos.heading"))
    expect(pages.memos(page)).to_have_count(1)
    check(page, "memos")
    pages.memos(page).get_by_role("button", name=text("memos.delete")).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    check(page, "memos, asking before deleting")
    _press(page, "deletion.no")
    pages.memos(page).get_by_role("link", name=text("versions.heading")).click()
    expect(page.locator(".difference ins").first).to_be_visible()
    check(page, "versions")
    # A narrow screen has no room for that view, and does not offer it.
    beside = page.get_by_role("button", name=text("versions.beside"), exact=True)
    if beside.is_visible():
        beside.click()
        expect(page.get_by_role("table")).to_be_visible()
        check(page, "versions, side by side")


def _that_lead_nowhere(page: Page, check: Check) -> None:
    _go(page, "/settings", text("settings.heading"))
    expect(page.locator("#memo")).to_be_visible()
    check(page, "settings")
    _go(page, "/help", text("help.heading"))
    page.locator("main summary").first.click()
    check(page, "help, opened")
    _go(page, "/feedback/none", text("feedback.missing_heading"))
    check(page, "overall feedback, missing")
    _go(page, "/nowhere", text("missing.heading"))
    check(page, "not found")


@pytest.mark.parametrize("language", LOOKS)
def test_every_page_is_for_everybody(new_page: NewPage, language: str) -> None:
    page = new_page(tolerated=NOT_FOUND, viewport={"width": WIDE, "height": HEIGHT}, reduced_motion="reduce")
    faults: list[str] = []

    def check(page: Page, where: str) -> None:
        found: list[str] = []
        for theme, width in LOOKS[language]:
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            page.set_viewport_size({"width": width, "height": HEIGHT})
            expect(page.locator("html")).to_have_attribute("data-theme", theme)
            # Also the shortest transition of a colour needs a frame.
            page.evaluate(_TWO_FRAMES)
            looked_at = pages.faults_of_access(page) if language == "en" else pages.faults_of_words(page)
            found += [f"{theme}, {width} px: {fault}" for fault in looked_at]
        for width in (NARROWEST, PHONE, WIDE):
            page.set_viewport_size({"width": width, "height": HEIGHT})
            found += _too_wide(page, width)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        found += [f"in letters of twice the size: {fault}" for fault in _too_wide(page, WIDE)]
        page.evaluate("document.documentElement.style.fontSize = ''")
        found += page.evaluate(_MOVING)
        page.emulate_media(forced_colors="active")
        found += [f"in forced colours: {fault}" for fault in page.evaluate(_UNSEEN_IN_FORCED_COLOURS)]
        page.emulate_media(forced_colors="none")
        if language == "es":
            found += in_english(page)
        faults.extend(f"{where}: {fault}" for fault in found)

    every_page(page, check, language)
    assert not faults, "\n".join(faults)


def _too_wide(page: Page, width: int) -> list[str]:
    needed = page.evaluate("document.documentElement.scrollWidth")
    return [f"{needed} px wide on {width}"] if needed > width else []


def test_on_a_phone_nothing_is_wider_than_the_screen_nor_too_small_to_touch(new_page: NewPage) -> None:
    viewport = {"width": NARROWEST, "height": 640}
    page = new_page(
        viewport=viewport, has_touch=True, is_mobile=True, tolerated=NOT_FOUND, reduced_motion="reduce"
    )
    faults: list[str] = []

    def check(page: Page, where: str) -> None:
        faults.extend(f"{where}: {fault}" for fault in _too_wide(page, NARROWEST))
        faults.extend(f"{where}: too small: {each}" for each in pages.too_small_to_touch(page))

    every_page(page, check, "en")
    assert not faults, "\n".join(faults)


def test_the_theme_follows_the_system_until_it_is_chosen_and_the_choice_stays(new_page: NewPage) -> None:
    page = new_page(color_scheme="dark")
    page.goto("/help")
    html = page.locator("html")
    expect(html).to_have_attribute("data-theme", "dark")
    page.emulate_media(color_scheme="light")
    expect(html).to_have_attribute("data-theme", "light")
    page.get_by_role("button", name="Switch between light and dark").click()
    expect(html).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.get_by_role("heading", level=1, name="Help")).to_be_visible()
    expect(html).to_have_attribute("data-theme", "dark")
    page.get_by_role("link", name="Write").first.click()
    expect(html).to_have_attribute("data-theme", "dark")


def test_dark_and_light_differ_in_paper_and_ink(new_page: NewPage) -> None:
    colours = set()
    for theme in ("light", "dark"):
        page = new_page(color_scheme=theme)
        page.goto("/help")
        colours.add(
            page.evaluate(
                "getComputedStyle(document.body).backgroundColor + getComputedStyle(document.body).color"
            )
        )
    assert len(colours) == 2


def test_no_page_flashes_in_the_wrong_theme(new_page: NewPage) -> None:
    page = new_page(color_scheme="light")
    page.goto("/help")
    page.get_by_role("button", name="Switch between light and dark").click()
    page.add_init_script(
        """
        window.themes = [];
        const note = () => { if (document.body) window.themes.push(document.documentElement.dataset.theme); };
        new PerformanceObserver(note).observe({ type: "paint", buffered: true });
        const all = { subtree: true, childList: true, attributeFilter: ["data-theme"] };
        new MutationObserver(note).observe(document, all);
        """
    )
    page.goto("/")
    expect(pages.editor(page)).to_be_visible()
    painted = "(done) => new PerformanceObserver(done).observe({ type: 'paint', buffered: true })"
    page.evaluate(f"() => new Promise({painted})")
    assert set(page.evaluate("window.themes")) == {"dark"}
