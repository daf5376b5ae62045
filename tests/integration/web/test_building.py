"""The build: made once, only where its inputs changed, and always from the same packages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from memo_coach.server import build as building
from memo_coach.web.errors import BuildFailed
from memo_coach.web.site import prerender_stand_ins, use_own_origin
from tests.live_server import ROOT
from tests.some import some


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("memo_coach/ui/page.py", "memo_coach/storage/tables.py", "assets/styles.css", "rxconfig.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    for name in ("reflex.lock", "requirements"):
        (tmp_path / name).mkdir()
    return tmp_path


@pytest.mark.parametrize("name", ["memo_coach/ui/page.py", "assets/styles.css", "rxconfig.py"])
def test_a_changed_input_asks_for_a_new_build(tree: Path, name: str) -> None:
    before = building.inputs_digest(tree)
    (tree / name).write_text("other")
    assert building.inputs_digest(tree) != before


def test_a_renamed_input_asks_for_a_new_build(tree: Path) -> None:
    before = building.inputs_digest(tree)
    (tree / "assets/styles.css").rename(tree / "assets/style.css")
    assert building.inputs_digest(tree) != before


@pytest.mark.parametrize(
    "name", ["memo_coach/storage/tables.py", "memo_coach/ui/__pycache__/page.pyc", "README.md"]
)
def test_what_no_page_depends_on_asks_for_none(tree: Path, name: str) -> None:
    before = building.inputs_digest(tree)
    (tree / name).parent.mkdir(exist_ok=True)
    (tree / name).write_text("other")
    assert building.inputs_digest(tree) == before


def test_a_current_site_is_not_built_again(site: Path) -> None:
    built = (site / "inputs.sha256").stat().st_mtime_ns
    assert building.build() is False
    assert (site / "inputs.sha256").stat().st_mtime_ns == built


def test_the_npm_lock_names_bytes_and_no_registry() -> None:
    text = (ROOT / "reflex.lock" / "package-lock.json").read_text()
    packages = {path: each for path, each in json.loads(text)["packages"].items() if path}
    assert packages
    assert all(each["integrity"].startswith("sha512-") for each in packages.values())
    assert not [path for path, each in packages.items() if "resolved" in each]
    assert "registry" not in text


def test_the_python_locks_name_bytes_and_no_index() -> None:
    for lock in some((ROOT / "requirements").glob("*.lock")):
        text = lock.read_text()
        assert "--hash=sha256:" in text
        assert "://" not in text, lock.name


def test_another_version_of_the_frameworks_socket_module_fails_the_build() -> None:
    with pytest.raises(BuildFailed, match="SameOrigin"):
        use_own_origin("export const getBackendURL = () => {};")


def test_other_settings_of_the_frameworks_router_fail_the_build() -> None:
    with pytest.raises(BuildFailed, match="EveryRoutePrerendered"):
        prerender_stand_ins('export default {"prerender": []};', ["chat/[evaluation]"])


def test_the_built_pages_open_their_socket_where_they_came_from(site: Path) -> None:
    scripts = "".join(path.read_text() for path in (site / "build/client/assets").glob("*.js"))
    assert "window.location.port" in scripts


def test_an_inline_script_is_hashed_as_a_browser_hashes_it(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text('<script src="/a.js"></script><script>alert(1)</script>')
    # From the standard's own way: base64 of SHA-256 of the text between the tags.
    assert building.inline_script_hashes(tmp_path) == (
        "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='",
    )
