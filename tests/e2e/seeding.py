"""Memos that have been evaluated before a person opens the first page, for tests of what comes after.

Writing a memo and asking for feedback is most of the work of a test that looks at something else. Here an
evaluation is made once by the services, in this process, and taken along as people do with what is theirs: it
is exported, and each person's browser imports it. The way through the pages is walked by the tests about it.
"""

from __future__ import annotations

import asyncio
import base64
import functools
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

from playwright.sync_api import Page, expect

from memo_coach.services.accounts.visitors import Identity
from memo_coach.services.container import Services, close_services, open_services
from memo_coach.settings import load_settings
from tests.e2e import pages
from tests.live_server import LiveServer

RUBRIC = "investment-memo"
_OF_THE_NEWEST_MEMO = """
SELECT id FROM evaluations
WHERE memo = (SELECT id FROM memos WHERE owner = ? ORDER BY rowid DESC LIMIT 1)
ORDER BY version
"""


class EvaluatedMemos:
    """What the browsers of a server have from the beginning."""

    def __init__(self, server: LiveServer, directory: Path) -> None:
        self._server = server
        self._directory = directory

    def give(self, page: Page, *versions: str) -> list[str]:
        """Let a person have a memo with its versions evaluated; give the evaluations' ids in order."""
        requests = page.context.request
        requests.get(f"{self._server.url}/help", headers={"Accept": "text/html"})
        answer = requests.post(
            f"{self._server.url}/import",
            data=_export(self._directory, versions),
            headers={"Content-Type": "application/octet-stream", "Origin": self._server.url},
        )
        assert answer.ok, answer.text()
        return self._evaluations(page)

    def open_feedback(self, page: Page, text: str) -> str:
        """Go to the overall feedback on such a memo; give the evaluation's id."""
        (evaluation,) = self.give(page, text)
        page.goto(f"/feedback/{evaluation}")
        pages.expect_feedback(page)
        return evaluation

    def open_details(self, page: Page, text: str) -> str:
        """Go to the comments on such a memo, in the editor beside it; give the evaluation's id."""
        (evaluation,) = self.give(page, text)
        page.goto(f"/details/{evaluation}")
        expect(pages.cards(page).first).to_be_visible()
        expect(page.locator(".review-mark").first).to_be_attached()
        return evaluation

    def open_earlier_version(self, page: Page, *versions: str) -> str:
        """Go to the comments on the first version of such a memo; give the evaluation's id."""
        first, *_later = self.give(page, *versions)
        page.goto(f"/details/{first}")
        expect(page.locator(".manuscript mark").first).to_be_visible()
        return first

    def _evaluations(self, page: Page) -> list[str]:
        """Ask the database for those of the newest memo: an import does not say their ids."""
        (cookie,) = [each["value"] for each in page.context.cookies(self._server.url) if each["httpOnly"]]
        owner = Identity(base64.urlsafe_b64decode(cookie)[:32], datetime.now(UTC)).owner
        with closing(sqlite3.connect(self._server.data_dir / "memo_coach.db")) as connection:
            rows = connection.execute(_OF_THE_NEWEST_MEMO, (owner,)).fetchall()
        return [str(evaluation) for (evaluation,) in rows]


@functools.cache
def _export(directory: Path, versions: tuple[str, ...]) -> bytes:
    """Have a memo evaluated and exported, beside the loop that Playwright runs in this thread."""
    made: list[bytes] = []
    thread = Thread(target=lambda: made.append(asyncio.run(_made(directory, versions))))
    thread.start()
    thread.join()
    (export,) = made
    return export


async def _made(directory: Path, versions: tuple[str, ...]) -> bytes:
    environment = {"DATA_DIR": str(directory), "PORT": "1"}
    services = await open_services(load_settings(environment, env_file=None))
    try:
        _token, owner = await services.visitors.admit()
        memo = None
        for version in versions:
            memo = await _evaluated(services, owner, version, memo)
        return b"".join([piece async for piece in await services.exports.export(owner)])
    finally:
        await close_services(services)


async def _evaluated(services: Services, owner: str, text: str, memo: str | None) -> str:
    evaluation = await services.evaluations.submit(owner, text=text, rubric=RUBRIC, memo_id=memo)
    async for _ in services.evaluations.follow(owner, evaluation):
        pass
    return (await services.evaluations.get(owner, evaluation)).memo_id
