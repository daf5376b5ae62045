"""Of several processes each answers for all of them, and a dead one leaves nothing open behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

READ = "import asyncio; print(asyncio.run(metrics.exposition())[0].decode())"
COUNT = "metrics.count_socket('opened'); metrics.count_evaluation(coach='builtin', status='done')"


def worker(folder: Path, *does: str) -> subprocess.Popen[str]:
    """Start a process that does something, says so, and stays until its input is closed."""
    program = "; ".join(("from memo_coach.operations import metrics", *does))
    return subprocess.Popen(
        [sys.executable, "-c", f"{program}; print('done', flush=True); input()"],
        env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def all_that_is_said(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    return process.communicate("\n")[0].splitlines()


def test_each_worker_answers_for_all_and_the_dead_have_nothing_open(tmp_path: Path) -> None:
    first = worker(tmp_path, COUNT)
    dead = worker(tmp_path, COUNT)
    try:
        for process in (first, dead):
            assert process.stdout is not None
            assert process.stdout.readline() == "done\n"
        while_both_live = all_that_is_said(worker(tmp_path, "metrics.load()", READ))
        dead.communicate("\n")
        afterwards = all_that_is_said(worker(tmp_path, "metrics.load()", READ))
    finally:
        for process in (first, dead):
            process.kill()
            process.communicate()
    done = 'memo_coach_evaluations_total{coach="builtin",reason="",status="done"} 2.0'
    assert done in while_both_live
    assert done in afterwards
    assert "memo_coach_open_sockets 2.0" in while_both_live
    assert "memo_coach_open_sockets 1.0" in afterwards
    assert [line.split()[0] for line in while_both_live if "process_start_time_seconds{" in line] == [
        f'memo_coach_process_start_time_seconds{{process="{place}"}}' for place in (1, 2, 3)
    ]
    assert sum("process_start_time_seconds{" in line for line in afterwards) == 2
