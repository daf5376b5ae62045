"""Browsers for end-to-end tests: real, each with a profile of its own, and none may complain.

The tests are plain functions: Playwright's synchronous interface owns the event loop while this package runs,
and lets go of it when the package's last test is over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.chromium import ARGUMENTS, WITHOUT_POPUPS, chromium_without_windows
from tests.e2e import traces
from tests.e2e.model_sites import ModelSites, running_model_sites
from tests.e2e.seeding import EvaluatedMemos
from tests.e2e.slow_server import SlowServer
from tests.live_server import LiveServer
from tests.model_server import ModelServer

HERE = Path(__file__).parent
pytest_runtest_makereport = traces.pytest_runtest_makereport
PATIENCE_MILLISECONDS = 30_000
NewPage = Callable[..., Page]
Server = TypeVar("Server", bound=LiveServer)

SERVER_GONE = (
    r"net::ERR_(CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE|SOCKET_NOT_CONNECTED|INTERNET_DISCONNECTED)",
    r"WebSocket connection to '.*' failed",
)
"""What a browser says of a server that a test has ended, or of a network that a test has cut."""
NOT_FOUND = (r"status of 404",)
"""What a browser says of an address that leads nowhere."""

_REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`Content security policy: ${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));
"""


class Complaints:
    """What the browsers of one test said that no browser of ours should say."""

    def __init__(self) -> None:
        self._heard: list[str] = []

    def listen(self, context: BrowserContext, tolerated: tuple[str, ...]) -> None:
        """Note every error in a console, exception and violation of the policy, in any tab of a browser."""

        def note(text: str) -> None:
            if not any(re.search(pattern, text) for pattern in tolerated):
                self._heard.append(text)

        def note_console(message: ConsoleMessage) -> None:
            if message.type == "error":
                note(f"{message.text} ({message.location.get('url', '')})")

        context.add_init_script(_REPORT_VIOLATIONS)
        context.on("console", note_console)
        context.on("weberror", lambda error: note(str(error.error)))

    @property
    def heard(self) -> bool:
        """Whether there was one."""
        return bool(self._heard)

    def check(self) -> None:
        """Fail where there was one."""
        assert not self._heard, "The browser complained:\n" + "\n".join(self._heard)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here, so that ``-m "not end_to_end"`` leaves it out."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.end_to_end)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Yield the browser program; a person's browser is a page of :func:`new_page`."""
    program = chromium_without_windows()
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=program,
            # Without windows letters are placed otherwise by default than in a browser that a person has.
            args=[*ARGUMENTS, WITHOUT_POPUPS, "--disable-quic", "--font-render-hinting=none"],
            env={},
        )
        yield launched
        launched.close()


@pytest.fixture
def new_page(browser: Browser, server: LiveServer, request: pytest.FixtureRequest) -> Iterator[NewPage]:
    """Yield a function that opens a new person's browser: ``new_page(color_scheme="dark", viewport=…)``.

    A second tab of the same person is ``page.context.new_page()``. At the end of the test none may have
    complained, but of what was ``tolerated`` from the beginning, or that was opened with
    ``may_complain=True``.
    """
    complaints = Complaints()
    contexts: list[BrowserContext] = []

    def open_page(*, may_complain: bool = False, tolerated: tuple[str, ...] = (), **options: object) -> Page:
        context = browser.new_context(**{"base_url": server.url, "locale": "en-GB", **options})  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        contexts.append(context)
        traces.begin(context)
        if not may_complain:
            complaints.listen(context, tolerated)
        return context.new_page()

    yield open_page
    traces.end(contexts, request.node, complained=complaints.heard)
    complaints.check()


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """Return a new person's browser, at nothing yet."""
    return new_page()


@pytest.fixture(scope="package")
def evaluated(server: LiveServer, tmp_path_factory: pytest.TempPathFactory) -> EvaluatedMemos:
    """Return what lets a person at ``server`` have memos that were evaluated before they came."""
    return EvaluatedMemos(server, tmp_path_factory.mktemp("evaluated"))


@pytest.fixture(scope="package")
def mortal_server(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Yield a server for :func:`own_server`."""
    yield from _until_killed(LiveServer(tmp_path_factory.mktemp("mortal")))


@pytest.fixture
def own_server(mortal_server: LiveServer) -> LiveServer:
    """Return a server that a test may stop, kill and start again; its page is :func:`own_page`.

    One after the other the tests use the same, for a start takes a second; each has a browser of its own.
    """
    if not mortal_server.is_running:
        mortal_server.start()
    return mortal_server


@pytest.fixture
def own_page(new_page: NewPage, own_server: LiveServer) -> Page:
    """Return a new person's browser at :func:`own_server`, that may say that the server is gone."""
    return new_page(base_url=own_server.url, tolerated=SERVER_GONE)


@pytest.fixture(scope="package")
def patient_server(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SlowServer]:
    """Yield a server for :func:`slow_server`."""
    yield from _until_killed(SlowServer(tmp_path_factory.mktemp("patient")))


@pytest.fixture
def slow_server(patient_server: SlowServer) -> Iterator[SlowServer]:
    """Yield a server that a test may kill, whose coach goes on a step when the test says so."""
    patient_server.begin_anew()
    if not patient_server.is_running:
        patient_server.start()
    yield patient_server
    patient_server.let_go()


@pytest.fixture
def slow_page(new_page: NewPage, slow_server: SlowServer) -> Page:
    """Return a new person's browser at :func:`slow_server`, that may say that the server is gone."""
    return new_page(base_url=slow_server.url, tolerated=SERVER_GONE)


@pytest.fixture(scope="package")
def sites(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModelSites]:
    """Yield the servers that ask a model; each loads the providers' library, as much work as a start."""
    with running_model_sites(tmp_path_factory.mktemp("models")) as running:
        yield running


@pytest.fixture
def model(sites: ModelSites) -> Iterator[ModelServer]:
    """Yield the model as it is at the start."""
    sites.model.reset()
    yield sites.model
    sites.model.reset()


@pytest.fixture
def fine_page(new_page: NewPage, sites: ModelSites) -> Page:
    """Return a new person's browser at a server whose model answers well, or as ``model`` is told to."""
    return new_page(base_url=sites.asking("fine", debug=True).url)


def _until_killed(server: Server) -> Iterator[Server]:
    server.start()
    yield server
    server.kill()
