"""What the tests of reading files share."""

from __future__ import annotations

from functools import partial

import pytest

from memo_coach.documents.reading.process import read_in_process
from memo_coach.services.memos import uploads

PATIENCE_SECONDS = 120.0


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files be read for long by the clock on the wall, where much runs side by side.

    Their processor time is bound as ever, and a test of the wall's clock asks the process itself.
    """
    monkeypatch.setattr(
        uploads, "read_in_process", partial(read_in_process, longest_seconds=PATIENCE_SECONDS)
    )
