"""What is left of a test that fails: pictures of its tabs and a trace; of one that does not, nothing."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.e2e import traces
from tests.live_server import ROOT


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(traces, "FOLDER", tmp_path / "results")
    monkeypatch.setenv("TRACES", "1")
    return tmp_path / "results"


@pytest.fixture
def used(browser: Browser, place: Path) -> BrowserContext:
    """A browser with two tabs in which something was done."""
    context = browser.new_context()
    traces.begin(context)
    for words in ("one", "two"):
        context.new_page().set_content(f"<title>{words}</title><p>{words}</p>")
    return context


def test_a_failure_leaves_a_picture_of_each_tab_and_a_trace(
    used: BrowserContext, place: Path, request: pytest.FixtureRequest
) -> None:
    test = request.node
    test.stash[traces._FAILED] = True
    traces.end([used], test, complained=False)
    del test.stash[traces._FAILED]
    kept = {path.name: path for path in place.glob("*/*")}
    assert set(kept) == {"browser-1.zip", "browser-1-tab-1.png", "browser-1-tab-2.png"}
    assert kept["browser-1-tab-1.png"].read_bytes().startswith(b"\x89PNG")
    with zipfile.ZipFile(kept["browser-1.zip"]) as trace:
        assert "trace.trace" in trace.namelist()
        assert b"setContent" in trace.read("trace.trace")


def test_a_browser_that_complained_is_kept_as_well(
    used: BrowserContext, place: Path, request: pytest.FixtureRequest
) -> None:
    traces.end([used], request.node, complained=True)
    assert (next(place.iterdir()) / "browser-1.zip").is_file()


def test_a_test_that_holds_leaves_nothing(
    used: BrowserContext, place: Path, request: pytest.FixtureRequest
) -> None:
    traces.end([used], request.node, complained=False)
    assert not place.exists()


_CONFTEST = """
import pytest
from tests.e2e import traces

pytest_runtest_makereport = traces.pytest_runtest_makereport

@pytest.fixture(autouse=True)
def told(request):
    yield
    print(request.node.name, "failed:", request.node.stash.get(traces._FAILED, False))
"""


def test_a_failing_test_is_known_as_one_to_whoever_tidies_up(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "conftest.py").write_text(_CONFTEST)
    (tmp_path / "test_both.py").write_text("def test_one(): assert False\ndef test_two(): pass\n")
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-s", "-p", "no:cacheprovider", "-p", "no:xdist", str(tmp_path)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    assert "test_one failed: True" in ended.stdout, ended.stdout
    assert "test_two failed: False" in ended.stdout, ended.stdout
