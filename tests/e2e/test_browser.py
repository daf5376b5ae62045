"""The browser itself: it shows what we ask for and nothing else, and is as Playwright wants it."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page


def test_a_window_loads_no_page_but_the_one_that_a_test_opens(browser: Browser, page: Page) -> None:
    page.goto("/help")
    everything = browser.new_browser_cdp_session().send("Target.getTargets", {"filter": [{}]})
    shown = {each["url"] for each in everything["targetInfos"]}
    assert page.url in shown
    assert not [url for url in shown if "top-chrome" in url]


def test_what_playwright_switches_off_is_off(browser: Browser) -> None:
    told = browser.new_browser_cdp_session().send("SystemInfo.getInfo")["commandLine"]
    by_playwright, ours = (set(found.split(",")) for found in re.findall(r"--disable-features=(\S+)", told))
    assert by_playwright <= ours, "add these to the list in tests/chromium.py"
