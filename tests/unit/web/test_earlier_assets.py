"""A page that was opened before a deploy finds the files of its version, and nothing else of the server's."""

from __future__ import annotations

import os
import time
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from memo_coach.web import earlier_assets
from memo_coach.web.middleware.assets import IMMUTABLE, AssetsMiddleware

OLD, NEW = "/assets/page-AAAAAAAA.js", "/assets/page-BBBBBBBB.js"


@pytest.fixture
def versions(tmp_path: Path) -> tuple[Path, Path]:
    """The pages of two versions."""
    for name, path in (("old", OLD), ("new", NEW)):
        file = tmp_path / name / path[1:]
        file.parent.mkdir(parents=True)
        file.write_text(f"// {name}")
        (file.parent / "plain.js").write_text("// has no hash")
    return tmp_path / "old", tmp_path / "new"


def client(site: Path, data: Path) -> httpx.AsyncClient:
    app = AssetsMiddleware(Starlette(), site, data / earlier_assets.DIRECTORY)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


async def test_the_files_of_the_version_before_are_served_by_the_next_and_kept_by_browsers(
    versions: tuple[Path, Path], tmp_path: Path
) -> None:
    data = tmp_path / "data"
    for site in versions:
        earlier_assets.keep(site, data)
    async with client(versions[1], data) as asking:
        answer = await asking.get(OLD)
    assert (answer.status_code, answer.text) == (200, "// old")
    assert answer.headers["Cache-Control"] == IMMUTABLE
    assert answer.headers["Content-Type"].startswith("text/javascript")


async def test_after_a_way_back_the_files_of_the_newer_version_are_there(
    versions: tuple[Path, Path], tmp_path: Path
) -> None:
    data = tmp_path / "data"
    for site in versions:
        earlier_assets.keep(site, data)
    async with client(versions[0], data) as asking:
        assert (await asking.get(NEW)).text == "// new"


@pytest.mark.parametrize(
    "path",
    [
        "/assets/plain.js",
        "/assets/none-CCCCCCCC.js",
        "/assets/../../secret-AAAAAAAA.js",
        "/assets/%2e%2e/%2e%2e/secret-AAAAAAAA.js",
        "/secret-AAAAAAAA.js",
    ],
)
async def test_nothing_else_is_served_from_there(
    versions: tuple[Path, Path], tmp_path: Path, path: str
) -> None:
    data = tmp_path / "data"
    earlier_assets.keep(versions[0], data)
    (data / "secret-AAAAAAAA.js").write_text("secret")
    async with client(versions[1], data) as asking:
        assert (await asking.get(path)).status_code == 404


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / earlier_assets.DIRECTORY
    (folder / "assets").mkdir(parents=True)
    (tmp_path / "secret").write_text("secret")
    (folder / OLD[1:]).symlink_to(tmp_path / "secret")
    assert earlier_assets.find(folder, OLD) is None


def test_what_nobody_has_used_for_a_month_goes_and_what_is_used_again_stays(
    versions: tuple[Path, Path], tmp_path: Path
) -> None:
    data = tmp_path / "data"
    for site in versions:
        earlier_assets.keep(site, data)
    long_ago = time.time() - (earlier_assets.KEPT_DAYS + 1) * 24 * 3600
    kept = data / earlier_assets.DIRECTORY
    for path in (OLD, NEW):
        os.utime(kept / path[1:], (long_ago, long_ago))
    earlier_assets.keep(versions[1], data)
    assert not (kept / OLD[1:]).exists()
    assert (kept / NEW[1:]).exists()


def test_there_is_a_bound_on_how_many_are_kept(
    versions: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(earlier_assets, "MOST_FILES", 1)
    data = tmp_path / "data"
    for site in versions:
        earlier_assets.keep(site, data)
        time_before = time.time() - 60
        for file in data.rglob("*.js"):
            os.utime(file, (time_before, time_before))
    assert len(list(data.rglob("*.js"))) == 1


def test_a_folder_that_cannot_be_written_does_not_keep_the_service_from_serving(
    versions: tuple[Path, Path], tmp_path: Path
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / earlier_assets.DIRECTORY).write_text("in the way")
    earlier_assets.keep(versions[0], data)
