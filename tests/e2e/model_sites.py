"""Live servers that ask a model of the tests, one for each of its cases, started when first needed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.e2e import pages
from tests.live_server import LiveServer, serving
from tests.model_server import ModelServer, running_model_server
from tests.model_server.protocol import Received
from tests.waiting import wait_until

KEY = "test-key"
PATIENT_MILLISECONDS = 60_000
"""The first call waits for the providers' library, on a machine that may have more to do."""


class ModelSites:
    """A stand-in for a provider, and servers that ask it."""

    def __init__(self, model: ModelServer, start: Callable[[str, str], LiveServer]) -> None:
        self.model = model
        self._start = start
        self._running: dict[tuple[str, str], LiveServer] = {}

    def asking(self, case: str, *, debug: bool = False) -> LiveServer:
        """Return the server whose model is ``case``; with ``debug`` it keeps prompts and answers."""
        asked = (case, "true" if debug else "false")
        if asked not in self._running:
            self._running[asked] = self._start(*asked)
        return self._running[asked]


@contextmanager
def running_model_sites(directory: Path) -> Iterator[ModelSites]:
    """Yield the servers, all ended afterwards."""
    with ExitStack() as stack:
        model = stack.enter_context(running_model_server())

        def start(case: str, debug: str) -> LiveServer:
            return stack.enter_context(
                serving(
                    directory / f"{case}-{debug}",
                    LLM_MODEL=f"openai/{case}",
                    LLM_API_BASE=model.url,
                    LLM_API_KEY=KEY,
                    DEBUG_MODE=debug,
                )
            )

        yield ModelSites(model, start)


def begin(page: Page, text: str | None = None) -> str:
    """Ask the model for feedback and stop where its page opens; give the evaluation's id."""
    pages.open_editor(page)
    pages.write(page, pages.sample("weak") if text is None else text)
    expect(page.get_by_role("combobox", name="Coach")).to_be_visible()
    page.get_by_role("button", name="Evaluate").click()
    page.wait_for_url(pages.FEEDBACK)
    return pages.evaluation_id(page)


def expect_done(page: Page) -> None:
    """Wait for the finished feedback; the first time that takes a while."""
    expect(page.get_by_test_id("overall-score")).to_be_visible(timeout=PATIENT_MILLISECONDS)
    expect(page.get_by_role("progressbar")).to_have_count(0)


def judged(page: Page, text: str | None = None) -> str:
    """Have a memo judged to the end; give the evaluation's id."""
    evaluation = begin(page, text)
    expect_done(page)
    return evaluation


def first_score(page: Page) -> Locator:
    return page.get_by_test_id("first-score")


def provisional(page: Page) -> Locator:
    """Return the criteria that the built-in coach has judged and the model not yet."""
    return page.locator(".criterion.provisional")


def of_the_model(page: Page) -> Locator:
    """Return the criteria that the model has judged."""
    return page.locator(".criterion:not(.provisional)")


def expect_asked(model: ModelServer, case: str) -> Received:
    """Wait until the model is asked; give its newest request."""
    wait_until(lambda: model.calls(case) > 0, f"{case} is asked")
    return [request for request in model.requests if request.model == case][-1]


def words_of(page: Page) -> str:
    """Return all that a person can read in the page's content, white space squeezed."""
    return re.sub(r"\s+", " ", page.locator("main").inner_text())


def calls(page: Page) -> Locator:
    """Return the calls to models on a debug page."""
    return page.locator("article.call")


def open_everything(page: Page) -> None:
    """Open whatever is folded."""
    for summary in page.locator("main summary").all():
        summary.click()


def run_self_tests(page: Page) -> None:
    """Go to the self-tests and have them run."""
    page.goto("/debug")
    page.get_by_role("button", name="Run all self-tests").click()
    expect(page.get_by_text("All self-tests have run.")).to_be_visible(timeout=PATIENT_MILLISECONDS)
