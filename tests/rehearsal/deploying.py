"""A deploy, a deploy that fails and a way back, under load and with open pages: nobody notices.

Another version is made of the one at hand, with other names of its pages' files and a migration more; and one
that ends as soon as it is started.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e import pages
from tests.rehearsal import browser, paths, stack
from tests.rehearsal.ansible import VERSION
from tests.rehearsal.commands import require
from tests.rehearsal.engine import PREFIX, Engine
from tests.rehearsal.server import Server
from tests.rehearsal.world import World, needed

NEXT, BROKEN = f"{VERSION}-next", f"{VERSION}-broken"
ROLLBACK_SECONDS = 60
OPEN_PAGES = 3
LEAST_A_SECOND = 40
"""Of the fifty that are meant: the same two processors carry the load, the server and all else."""
RECONNECT_SECONDS = 60
MARK = "window.rehearsalMark"
RELEASE = "/usr/local/sbin/memo-coach-release"
RECREATED = (
    "docker",
    "ps",
    "--quiet",
    "--no-trunc",
    "--filter",
    "label=com.docker.compose.project=memo-coach",
)


@dataclass(frozen=True)
class Load:
    """A steady load, with what came of it once it is over."""

    process: subprocess.Popen[str]

    def end(self) -> dict[str, Any]:
        """End it; give what came of it."""
        said, _ = self.process.communicate("", timeout=60)
        found: dict[str, Any] = json.loads(said)
        return found


def make_versions(engine: Engine) -> Path:
    """Make the other two versions and save them into one archive; give it."""
    images = []
    for version, broken in ((NEXT, ""), (BROKEN, "yes")):
        app, backup = f"memo-coach:{version}", f"memo-coach-backup:{version}"
        dockerfile = paths.IMAGES / "another-version.Dockerfile"
        arguments = ("--build-arg", f"APP=memo-coach:{VERSION}", "--build-arg", f"BROKEN={broken}")
        engine.build(app, dockerfile, paths.IMAGES, *arguments)
        engine.run("images", "tag", f"memo-coach-backup:{VERSION}", backup)
        images += [app, backup]
    archive = paths.RUN / f"{PREFIX}-versions.tar"
    engine.run("images", "save", "--output", str(archive), *images)
    return archive


def insist(world: World) -> str:
    """Deploy, fail to deploy and go back while the site is asked and pages are open; give what was measured.

    Raises:
        RehearsalError: a request failed, a file was missing, a page did not carry on, or it took too long.
    """
    control, running = needed(world.control), needed(world.server)
    archive = make_versions(world.engine)
    extra = {"memo_coach_image_archive": str(archive), "backup_before_deploy": True}

    def play(version: str) -> tuple[str, ...]:
        return ("deploy.yml", "--extra-vars", json.dumps({**extra, "memo_coach_version": version}))

    with (
        browser.visitor(world.host, world.server_address, needed(world.authority).root) as visitor,
        steady_load(world) as load,
    ):
        opened = [open_page(visitor) for _ in range(OPEN_PAGES)]
        begun = time.monotonic()
        control.said_by(*play(NEXT))
        deployed = time.monotonic() - begun
        require(version_of(running) == NEXT, f"After the deploy {version_of(running)} serves.")
        carry_on(opened)
        nothing_more_is_done(running)
        said = control.refusal(*play(BROKEN))
        require(
            "was never switched to" in said and "broken on purpose" in said,
            f"A version that does not come up is said as: {said}",
        )
        require(version_of(running) == NEXT, f"After a failed deploy {version_of(running)} serves.")
        carry_on(opened)
        begun = time.monotonic()
        control.said_by("rollback.yml")
        back = time.monotonic() - begun
        require(version_of(running) == VERSION, f"After the way back {version_of(running)} serves.")
        carry_on(opened)
        evaluate(opened[0])
        came = load.end()
    require(back <= ROLLBACK_SECONDS, f"The way back took {back:.0f} s, more than {ROLLBACK_SECONDS}.")
    require(came["failed"] == 0, f"{came['failed']} of {came['asked']} requests failed: {came['failures']}")
    rate = came["asked"] / came["seconds"]
    require(rate >= LEAST_A_SECOND, f"The load was {rate:.0f} requests a second, less than {LEAST_A_SECOND}.")
    return (
        f"deploy {deployed:.0f} s, way back {back:.0f} s, a broken version never switched to; "
        f"{came['asked']} requests at {rate:.0f} a second, 0 failed, 95 % within {came['p95']:.2f} s, "
        f"all within {came['longest']:.1f} s; {OPEN_PAGES} open pages carried on"
    )


@contextlib.contextmanager
def steady_load(world: World) -> Iterator[Load]:
    """Ask the site for pages and for every file of the version that serves now, until it is ended."""
    asked = paths.RUN / "asked.json"
    files = assets(needed(world.server))
    require(files, "The pages have no files with a hash in their names.")
    asked.write_text(json.dumps(["/health/live", "/", *files]), encoding="utf-8")
    program = str(Path(__file__).with_name("steady_load.py"))
    where = (world.host, world.server_address, str(needed(world.authority).root), str(asked))
    process = subprocess.Popen(
        [str(paths.TOOLS / "python"), program, *where],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Load(process)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def assets(server: Server) -> list[str]:
    """Return the addresses of the files with a hash in their names of the version that serves."""
    listed = ("find", "build/site/build/client/assets", "-name", "*.js", "-o", "-name", "*.css")
    found = stack.compose(server, "exec", "-T", "app", *listed).split()
    return [each.removeprefix("build/site/build/client") for each in sorted(found)]


def version_of(server: Server) -> str:
    """Return the version that serves, as the server's own program says it."""
    said = server.run(RELEASE, "list", name="deploy")
    return next(line.partition(": ")[2] for line in said.splitlines() if line.startswith("current: "))


def nothing_more_is_done(server: Server) -> None:
    """Insist that what a boot does finds all as it has to be."""
    before = sorted(server.run(*RECREATED, name="deploy").split())
    server.run("systemctl", "reload", "memo-coach.service", seconds=180, name="deploy")
    after = sorted(server.run(*RECREATED, name="deploy").split())
    require(before == after, "After a deploy, a reload of the stack makes containers anew.")


def open_page(visitor: BrowserContext) -> Page:
    """Open a page to write on, and mark it: a page that was loaded anew has lost the mark."""
    page = visitor.new_page()
    pages.open_editor(page)
    page.evaluate(f"{MARK} = true")
    return page


def carry_on(opened: list[Page]) -> None:
    """Insist that the pages were not loaded anew, and work by their sockets."""
    for page in opened:
        require(bool(page.evaluate(f"{MARK} === true")), "An open page was loaded anew.")
        pages.write(page, pages.sample("weak"))
        expect(pages.count(page, "words")).not_to_be_empty(timeout=RECONNECT_SECONDS * 1000)


def evaluate(page: Page) -> None:
    """Have an open page's memo evaluated, which fetches files of its own version and needs its socket."""
    pages.evaluate(page)
    expect(page.get_by_test_id("overall-score")).to_contain_text(browser.SCORE)
