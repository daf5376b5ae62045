"""Where there is no Chromium, one process of a run installs it, and the others find what it has installed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests import chromium

PROCESSES = 3


def test_whoever_waited_for_an_install_makes_none_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[str] = []
    all_have_looked = threading.Barrier(PROCESSES)
    first = threading.local()

    def of_the_system() -> str | None:
        if not hasattr(first, "looked"):
            first.looked = True
            all_have_looked.wait(60)
            return None
        return installed[0] if installed else None

    def of_the_distribution() -> str:
        installed.append("/usr/bin/chromium")
        return installed[0]

    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(chromium, "_of_the_system", of_the_system)
    monkeypatch.setattr(chromium, "_of_playwright", lambda: None)
    monkeypatch.setattr(chromium, "_of_the_distribution", of_the_distribution)
    with ThreadPoolExecutor(PROCESSES) as processes:
        found = [processes.submit(chromium.chromium.__wrapped__) for _ in range(PROCESSES)]
    assert {each.result() for each in found} == {"/usr/bin/chromium"}
    assert len(installed) == 1
