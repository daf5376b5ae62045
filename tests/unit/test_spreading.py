"""How a run is spread: so many processes, whole files, what takes longest first, everything once."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests import spreading
from tests.live_server import ROOT
from tests.spreading import LONGEST_FIRST, MOST_PROCESSES, TESTS, TOGETHER


def item_of(path: str, name: str = "test_it") -> Any:
    return SimpleNamespace(path=TESTS / path, name=name)


@pytest.mark.parametrize(("cores", "processes"), [(1, 2), (2, 4), (3, 6), (4, 8), (64, MOST_PROCESSES)])
def test_a_run_has_two_processes_a_core_and_no_more_than_a_laptop_bears(
    monkeypatch: pytest.MonkeyPatch, cores: int, processes: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: set(range(cores)), raising=False)
    assert spreading.pytest_xdist_auto_num_workers() == processes


def test_what_takes_longest_comes_first_and_a_file_stays_in_its_order() -> None:
    files = ["e2e/test_model_a.py", "e2e/test_a.py", "integration/models/test_b.py"]
    files += ["integration/backup/test_c.py", "integration/web/test_d.py"]
    files += ["metamorphic/test_e.py", "unit/test_f.py"]
    items = [item_of(file, name) for file in files for name in ("test_2", "test_1")]
    mixed = items[2:] + items[:2]
    spreading.pytest_collection_modifyitems(mixed)
    assert mixed == items


def test_each_part_that_is_named_is_there() -> None:
    assert [part for part in LONGEST_FIRST if not (TESTS / part).is_dir()] == []
    assert [begin for group in TOGETHER for begin in group if not some_files(begin)] == []


def some_files(beginning: str) -> list[Path]:
    return [file for file in TESTS.rglob("test_*.py") if f"{file.relative_to(ROOT)}".startswith(beginning)]


def test_every_end_to_end_test_of_a_model_is_in_a_file_that_stays_with_the_others() -> None:
    asking = [
        file for file in (TESTS / "e2e").glob("test_*.py") if _ASKS_A_MODEL.search(file.read_text("utf-8"))
    ]
    assert asking
    assert [file.name for file in asking if not file.name.startswith("test_model_")] == []


def test_a_file_from_elsewhere_is_put_in_as_well() -> None:
    elsewhere = SimpleNamespace(path=Path("/elsewhere/test_x.py"), name="test_x")
    items = [elsewhere, item_of("e2e/test_a.py")]
    random.shuffle(items)
    spreading.pytest_collection_modifyitems(items)
    assert items[-1] is elsewhere


_ASKS_A_MODEL = re.compile(r"\b(fine_page|sites): ")
_FILE = """
import pytest

@pytest.mark.parametrize("number", range(4))
def test_one(number, worker_id):
    print("\\nran", __name__, number, worker_id)
"""


def test_a_file_stays_in_one_process_with_those_that_share_what_is_dear_and_each_test_runs_once(
    tmp_path: Path,
) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["tests.spreading"]\n')
    together = tmp_path / "tests" / "integration" / "models"
    together.mkdir(parents=True)
    near = tmp_path / "tests" / "integration" / "providers"
    near.mkdir()
    for folder, names in ((tmp_path, "abcd"), (together, "ef"), (near, "g")):
        for name in names:
            (folder / f"test_{name}.py").write_text(_FILE)
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "2", "-rP", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    ran = re.findall(r"^ran (\w+) (\d) (\w+)$", ended.stdout, re.MULTILINE)
    assert sorted((file, number) for file, number, _ in ran) == [
        (f"test_{name}", str(number)) for name in "abcdefg" for number in range(4)
    ], ended.stdout
    process_of = {file: process for file, _, process in ran}
    assert len({(file, process) for file, _, process in ran}) == 7
    assert len({process_of[f"test_{name}"] for name in "efg"}) == 1
    assert set(process_of.values()) == {"gw0", "gw1"}
