"""Environments with a pip of a given version, for tests of installing."""

from __future__ import annotations

import functools
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ROOT / "requirements"
INSTALL = LOCKS / "install.py"
OLD_PIP = "23.0.1"
"""Debian 12's, the oldest that comes with Python 3.11."""


@functools.cache
def installer() -> ModuleType:
    """Return ``requirements/install.py`` as a module; it belongs to no package."""
    specification = importlib.util.spec_from_file_location("requirements_install", INSTALL)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def run(*command: str | Path, cwd: Path = ROOT, **environment: str) -> str:
    """Run a program to its end; return what it printed. Its end must be a good one."""
    ended = subprocess.run(
        [str(each) for each in command],
        cwd=cwd, env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", **environment},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, f"{command[:6]} ended with {ended.returncode}:\n{ended.stdout[-4000:]}"
    return ended.stdout


def make_environment(place: Path, pip: str = "") -> Path:
    """Make an environment with the pip that is named, or the newest; return its Python."""
    run(sys.executable, "-m", "venv", place)
    python = place / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "--upgrade", f"pip=={pip}" if pip else "pip")
    return python


def pip_version(python: Path) -> str:
    """Return the version of an environment's pip."""
    return run(python, "-c", "import pip; print(pip.__version__)").strip()


def installed(python: Path) -> set[str]:
    """Return the names of what is installed."""
    code = "from importlib.metadata import distributions\nfor each in distributions(): print(each.name)"
    return set(run(python, "-c", code).split())
