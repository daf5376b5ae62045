"""Install locks into an environment as they are.

    python requirements/install.py .venv requirements/build.lock

A lock is complete, so nothing is resolved: what it names and the environment lacks is fetched by its hash, by
several pips beside each other (most of the time goes into reading the index's pages), and one pip installs
the files. This runs before anything is installed, so it knows the standard library only.

An environment whose install was cut short is made anew: what a killed pip leaves behind looks installed to
the next.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import re
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterable, Sequence
from pathlib import Path

INSTALLER = Path(__file__).resolve().with_name("installer.lock")
UNFINISHED = "unfinished"
"""The file that says that an install in an environment has not ended; the Makefile knows it, too."""
AS_IT_IS = ("--no-deps", "--require-hashes")
FETCHERS = 4
"""More than there are processors: by turns they wait for the network."""
_MISSING = """
import sys
from importlib.metadata import distributions
from pip._vendor.packaging.requirements import Requirement
from pip._vendor.packaging.utils import canonicalize_name
installed = {canonicalize_name(each.metadata["Name"]): each.version for each in distributions()}
for number, line in enumerate(sys.stdin):
    wanted = Requirement(line.strip())
    for_here = wanted.marker is None or wanted.marker.evaluate()
    version = installed.get(canonicalize_name(wanted.name))
    if for_here and (version is None or not wanted.specifier.contains(version, prereleases=True)):
        print(number)
"""
"""Run by the environment's Python: pip's own reader knows which requirements are meant for a machine."""


class InstallFailed(Exception):
    """A step ended badly; whatever ran it has said why."""


def requirements(lock: str) -> list[str]:
    """Return each requirement of a lock, with its hashes, as one piece of text."""
    lines = (line for line in lock.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    return [piece.strip() for piece in re.split(r"\n(?=\S)", "\n".join(lines)) if piece.strip()]


def identity(requirement: str) -> str:
    """Return ``name==version`` of a requirement, the name as indexes write it."""
    name, _, version = requirement.split(maxsplit=1)[0].partition("==")
    return f"{re.sub(r'[-_.]+', '-', name).lower()}=={version}"


class Environment:
    """A virtual environment that locks are installed into, by one process at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._python = folder / "bin" / "python"
        self._unfinished = folder / UNFINISHED
        folder.mkdir(parents=True, exist_ok=True)
        # Held by the pips as well: one that outlives this process keeps the next install waiting.
        self._turn = os.open(folder, os.O_RDONLY)

    def install(self, locks: Iterable[Path], project: Path | None = None) -> None:
        """Bring the environment to what locks say, and let it find a project's modules and commands.

        Raises:
            InstallFailed: a step did not end well. The next call mends it.
        """
        fcntl.flock(self._turn, fcntl.LOCK_EX)
        try:
            if self._unfinished.exists() or not self._works():
                self._make()
            for each in ([INSTALLER], locks):
                self._bring([piece for lock in each for piece in requirements(lock.read_text("utf-8"))])
            if project is not None:
                self._unfinished.touch()
                self._run(
                    *self._pip("install"), "--no-deps", "--no-build-isolation", "--editable", str(project)
                )
            self._unfinished.unlink(missing_ok=True)
        finally:
            os.close(self._turn)

    def _works(self) -> bool:
        """Tell whether its pip starts, and for the Python that runs this."""
        try:
            ended = self._run(*self._pip("--version"), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        except (InstallFailed, OSError):
            return False
        return f"(python {sys.version_info.major}.{sys.version_info.minor})" in ended.stdout

    def _make(self) -> None:
        venv.EnvBuilder(clear=True, symlinks=True).create(self._folder)
        self._unfinished.touch()
        self._run(str(self._python), "-m", "ensurepip", "--default-pip", stdout=subprocess.DEVNULL)

    def _bring(self, wanted: Sequence[str]) -> None:
        missing = self._missing(wanted)
        if not missing:
            return
        with tempfile.TemporaryDirectory(prefix="memo-install-") as name:
            files = Path(name)
            self.fetch(missing, files)
            # Until here nothing in the environment has changed: without a network it stays as it was.
            self._unfinished.touch()
            wheels = {"-".join(file.name.split("-")[:2]) for file in files.glob("*.whl")}
            ready = {identity(each.replace("-", "==", 1)) for each in wheels}
            fetched = [each for each in missing if identity(each) in ready]
            self._pip_install(fetched, files, "--no-index", "--find-links", str(files))
            # What has no wheel for this machine is built, with what its own build asks for.
            self._pip_install([each for each in missing if each not in fetched], files)

    def _missing(self, wanted: Sequence[str]) -> list[str]:
        heads = "".join(f"{each.partition(chr(92))[0]}\n" for each in wanted)
        numbers = self._run(str(self._python), "-c", _MISSING, stdout=subprocess.PIPE, sent=heads).stdout
        return [wanted[int(number)] for number in numbers.split()]

    def fetch(self, wanted: Sequence[str], files: Path) -> None:
        """Fetch what is wanted into a folder, checked by its hash."""
        shares = [share for share in (wanted[start::FETCHERS] for start in range(FETCHERS)) if share]
        locks = [_written(files / f"share-{number}.txt", share) for number, share in enumerate(shares)]
        command = (*self._pip("download"), *AS_IT_IS, "--dest", str(files), "-r")
        fetchers = [subprocess.Popen((*command, str(lock)), pass_fds=[self._turn]) for lock in locks]  # noqa: S603
        if any([fetcher.wait() for fetcher in fetchers]):  # noqa: C419 - none is left running
            raise InstallFailed("Not all packages could be fetched.")

    def _pip_install(self, wanted: Sequence[str], files: Path, *options: str) -> None:
        if wanted:
            lock = _written(files / "wanted.txt", wanted)
            self._run(*self._pip("install"), "--no-compile", *AS_IT_IS, *options, "-r", str(lock))

    def _pip(self, command: str) -> tuple[str, ...]:
        # Twice quiet: errors only. Once, an index without a page for each package is a warning for each.
        return (str(self._python), "-m", "pip", command, "-qq", "--disable-pip-version-check", "--no-input")

    def _run(
        self, *command: str, stdout: int | None = None, stderr: int | None = None, sent: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        ended = subprocess.run(  # noqa: S603 - our own programs
            command, pass_fds=[self._turn], input=sent, stdout=stdout, stderr=stderr, text=True, check=False
        )
        if ended.returncode != 0:
            raise InstallFailed(f"This ended with status {ended.returncode}: {' '.join(command)}")
        return ended


def _written(file: Path, wanted: Sequence[str]) -> Path:
    file.write_text("\n".join([*wanted, ""]), encoding="utf-8")
    return file


def main() -> int:
    """Run from the command line; return the exit status."""
    parser = argparse.ArgumentParser(description="Install locks into an environment as they are.")
    parser.add_argument("environment", type=Path)
    parser.add_argument("locks", type=Path, nargs="+")
    parser.add_argument("--project", type=Path, help="a folder whose modules the environment shall find")
    arguments = parser.parse_args()
    try:
        Environment(arguments.environment).install(arguments.locks, arguments.project)
    except InstallFailed as error:
        sys.stderr.write(f"{error} Nothing else is needed than to try again.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
