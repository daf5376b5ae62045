"""Serve while the program is being written: at each change build what needs it, and start the server anew.

The very surroundings and the very build that production has, so what works here works there. An open page
notices the new server and connects again; where its state changed, it reloads itself.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from watchfiles import PythonFilter, watch

from memo_coach.server.build import INPUTS, build
from memo_coach.server.language import speaking_here
from memo_coach.translations import text
from memo_coach.translations.sentences import spoken
from memo_coach.web.errors import BuildFailed
from memo_coach.web.site import ROOT

_OTHER_SUFFIXES = (".yaml", ".yml", ".md", ".css", ".js", ".svg", ".json")
_STOP_SECONDS = 10


def develop(root: Path = ROOT) -> None:
    """Serve until interrupted, rebuilding and restarting at each change."""
    watched = [root / name for name in INPUTS if (root / name).exists() and name != "reflex.lock"]
    server = _start(root, None)
    try:
        for changes in watch(
            *watched, watch_filter=PythonFilter(extra_extensions=_OTHER_SUFFIXES), debounce=400
        ):
            names = sorted(str(Path(path).relative_to(root)) for _, path in changes)
            with speaking_here():
                sys.stdout.write(f"{text('building.changed', names=', '.join(names))}\n")
            server = _start(root, server)
    except KeyboardInterrupt:
        sys.stdout.write("\n")
    finally:
        _stop(server)


def _start(root: Path, server: subprocess.Popen[bytes] | None) -> subprocess.Popen[bytes] | None:
    """Build, and put a new server in the place of the old; the old one stays where the build fails."""
    try:
        build(root=root)
    except BuildFailed as error:
        with speaking_here():
            sys.stderr.write(f"{spoken(error)}\n")
        return server
    _stop(server)
    return subprocess.Popen([sys.executable, "-m", "memo_coach.server.serve"], cwd=root)


def _stop(server: subprocess.Popen[bytes] | None) -> None:
    if server is None or server.poll() is not None:
        return
    server.send_signal(signal.SIGTERM)
    try:
        server.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()


if __name__ == "__main__":
    develop()
