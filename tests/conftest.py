"""What all tests share: the build of the pages, made once where its inputs changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from memo_coach.web.building import build
from memo_coach.web.site import SITE
from tests.live_server import ROOT, LiveServer, serving


@pytest.fixture(scope="session")
def site() -> Path:
    """Give the folder of the built pages."""
    build()
    return ROOT / SITE


@pytest.fixture(scope="session")
def server(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Give a server that all tests of a run share; a test that stops or fills one takes its own."""
    with serving(tmp_path_factory.mktemp("server")) as running:
        yield running
