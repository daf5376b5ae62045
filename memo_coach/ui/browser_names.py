"""What a browser calls itself, in words that its person knows it by."""

from __future__ import annotations

import re
from typing import Final

from memo_coach.translations import text

# The order counts: nearly all say that they are Safari, and most that they are Chrome.
_BROWSERS: Final = (
    (re.compile(r"\bEdgi?A?(?:OS)?/"), "Edge"),
    (re.compile(r"\b(?:OPR|Opera)/"), "Opera"),
    (re.compile(r"\b(?:Firefox|FxiOS)/"), "Firefox"),
    (re.compile(r"\b(?:Chrome|Chromium|HeadlessChrome|CriOS)/"), "Chrome"),
    (re.compile(r"\bSafari/"), "Safari"),
)
_SYSTEMS: Final = (
    (re.compile(r"\bAndroid\b"), "Android"),
    (re.compile(r"\b(?:iPhone|iPad)\b"), "iOS"),
    (re.compile(r"\bWindows\b"), "Windows"),
    (re.compile(r"\bMac OS X\b"), "macOS"),
    (re.compile(r"\bCrOS\b"), "ChromeOS"),
    (re.compile(r"\bLinux\b"), "Linux"),
)


def browser_name(agent: str) -> str:
    """Return which browser a ``User-Agent`` header names, and on what; it may say anything at all."""
    browser = next((name for pattern, name in _BROWSERS if pattern.search(agent)), None)
    system = next((name for pattern, name in _SYSTEMS if pattern.search(agent)), None)
    if browser is None:
        return text("sign_in.unknown_browser")
    return browser if system is None else text("sign_in.browser_on", browser=browser, system=system)
