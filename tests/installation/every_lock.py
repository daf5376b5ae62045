"""Each lock installs as it is, with an old pip and with the newest, and lacks nothing."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation.environments import LOCKS, OLD_PIP, installer, make_environment, pip_version, run

NAMES = sorted(path.stem for path in LOCKS.glob("*.lock"))


installing = installer()


@pytest.fixture(scope="module")
def pythons(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return a Python with the old pip and one with the newest; each installs into its own environments."""
    place = tmp_path_factory.mktemp("pips")
    return {"old": make_environment(place / "old", OLD_PIP), "newest": make_environment(place / "newest")}


@pytest.fixture(scope="module")
def files(pythons: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Yield a folder with what all locks name, fetched from the index once."""
    folder = tmp_path_factory.mktemp("files")
    environment = installing.Environment(pythons["newest"].parents[1])
    # The same version may be for all machines in one lock, and for some in another.
    pieces = {
        piece.partition("\\")[0]: piece
        for name in NAMES
        for piece in installing.requirements((LOCKS / f"{name}.lock").read_text())
    }
    # One pip fetches one version of a package; where locks differ the others come in another round.
    while pieces:
        heads = {head.partition("==")[0]: head for head in pieces}
        environment.fetch([pieces.pop(head) for head in heads.values()], folder)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize("pip", ["old", "newest"])
@pytest.mark.parametrize("name", NAMES)
def test_a_lock_installs_as_it_is_and_lacks_nothing(
    name: str, pip: str, pythons: dict[str, Path], files: Path, tmp_path: Path
) -> None:
    environment = tmp_path / "environment"
    run(sys.executable, "-m", "venv", "--without-pip", environment)
    into = ("-m", "pip", "--python", environment / "bin" / "python")
    as_it_is = ("--quiet", "--no-compile", "--no-deps", "--require-hashes", "-r", LOCKS / f"{name}.lock")
    run(pythons[pip], *into, "install", "--no-index", "--find-links", files, *as_it_is)
    assert "No broken requirements found." in run(pythons[pip], *into, "check")
    shutil.rmtree(environment)


def test_the_pips_are_the_ones_meant(pythons: dict[str, Path]) -> None:
    newest = pip_version(pythons["newest"])
    assert pip_version(pythons["old"]) == OLD_PIP
    assert tuple(map(int, newest.split(".")[:2])) >= (26, 0)
