"""What is left of a test that fails: pictures of its tabs and a trace; of one that does not, nothing."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.e2e import traces


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


def test_a_failing_test_is_known_as_one_to_whoever_tidies_up(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        import pytest
        from tests.e2e import traces
        pytest_runtest_makereport = traces.pytest_runtest_makereport

        @pytest.fixture
        def told(request):
            yield
            print("failed:", request.node.stash.get(traces._FAILED, False))
        """
    )
    pytester.makepyfile("def test_one(told): assert False\ndef test_two(told): pass")
    result = pytester.runpytest_subprocess("-s", "-p", "no:cacheprovider", "-p", "no:xdist")
    result.stdout.fnmatch_lines(["*failed: True*", "*failed: False*"], consecutive=False)
