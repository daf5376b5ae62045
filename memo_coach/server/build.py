"""Build the pages reproducibly and publish them for serving, unless nothing they depend on changed.

Run as ``python -m memo_coach.server.build``. The framework compiles into ``.web``; the finished site is
copied to ``build/site`` and swapped in by rename, so that a server never reads a half-written page.
``reflex.lock`` holds the exact npm packages: a build that would change it fails, ``--update-lock`` (``make
lock``) is how it changes.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from memo_coach.server.first_paint import paint_first
from memo_coach.server.language import speaking_here
from memo_coach.translations import text
from memo_coach.translations.sentences import sentence, spoken
from memo_coach.web.errors import BuildFailed
from memo_coach.web.site import BUILD, HASHES_FILE, ROOT, SITE, STAMP_FILE

INPUTS = ("assets", "memo_coach", "reflex.lock", "requirements", "rxconfig.py")
WITHOUT_INFLUENCE = (
    "memo_coach/api",
    "memo_coach/cli",
    "memo_coach/coaching/builtin",
    "memo_coach/documents/pdf",
    "memo_coach/operations",
    "memo_coach/storage",
)
"""Parts that no page is compiled from: a change to them needs no new build."""

_INLINE_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.DOTALL | re.IGNORECASE)
_LOCK_FILES = ("package.json", "package-lock.json")


def inputs_digest(root: Path = ROOT) -> str:
    """Return a digest of all that the pages depend on: names and contents, and the Python version."""
    digest = hashlib.sha256(sys.version.encode())
    ignored = tuple(root / part for part in WITHOUT_INFLUENCE)
    for name in INPUTS:
        top = root / name
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if not path.is_file() or "__pycache__" in path.parts:
                continue
            if any(path.is_relative_to(part) for part in ignored):
                continue
            content = path.read_bytes()
            digest.update(f"{path.relative_to(root)}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


def inline_script_hashes(site: Path) -> tuple[str, ...]:
    """Return the CSP source expressions (``'sha256-…'``) of all inline scripts of the pages under ``site``.

    A browser hashes the text between the tags, byte for byte (Content Security Policy Level 3, 4.2.3).
    """
    found: set[str] = set()
    for page in site.rglob("*.html"):
        for script in _INLINE_SCRIPT.finditer(page.read_text(encoding="utf-8")):
            if re.search(r"\ssrc\s*=", script["attributes"]):
                continue
            digest = hashlib.sha256(script["body"].encode("utf-8")).digest()
            found.add(f"'sha256-{base64.b64encode(digest).decode()}'")
    return tuple(sorted(found))


def is_current(root: Path = ROOT) -> bool:
    """Whether the published site was built from what is in the tree now."""
    stamp = root / SITE / STAMP_FILE
    return stamp.is_file() and stamp.read_text(encoding="ascii") == inputs_digest(root)


def build(*, force: bool = False, update_lock: bool = False, root: Path = ROOT) -> bool:
    """Build and publish the pages unless they are current; give whether a build was made.

    Raises:
        BuildFailed: where the framework's build fails, or would change the committed npm lock.
    """
    with _one_build_at_a_time(root):
        if not force and not update_lock and is_current(root):
            return False
        digest = inputs_digest(root)
        before = _read_lock(root)
        try:
            _run_framework(root)
        except BaseException:
            # Also an interrupted build leaves the committed lock as it was.
            for name, content in before.items():
                (root / "reflex.lock" / name).write_bytes(content)
            raise
        _keep_lock(root, before, update=update_lock)
        _publish(root, digest if not update_lock else inputs_digest(root))
        return True


@contextlib.contextmanager
def _one_build_at_a_time(root: Path) -> Iterator[None]:
    (root / BUILD).mkdir(exist_ok=True)
    with (root / BUILD / "building.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _run_framework(root: Path) -> None:
    programs = Path(sys.executable).parent
    environment = {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}",
        "REFLEX_USE_NPM": "1",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_CHECK_LATEST_VERSION": "false",
        # The lock says what and which bytes, never where from: that is the machine's own setting.
        "npm_config_omit_lockfile_registry_resolved": "true",
        "npm_config_fund": "false",
        "npm_config_audit": "false",
        "npm_config_update_notifier": "false",
    }
    environment.setdefault("NPM_CONFIG_REGISTRY", _npm_registry(programs, environment))
    command = [str(programs / "reflex"), "export", "--frontend-only", "--no-zip", "--loglevel", "info"]
    log = root / BUILD / "building.log"
    with log.open("w", encoding="utf-8") as output:
        finished = subprocess.run(  # noqa: S603 - our own program, no input of anyone's
            command, cwd=root, env=environment, stdout=output, stderr=subprocess.STDOUT, check=False
        )
    if finished.returncode != 0 or not (root / ".web/build/client/index.html").is_file():
        closing = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-40:])
        raise BuildFailed(sentence("building.not_built", log=log, closing=closing))


def _npm_registry(programs: Path, environment: dict[str, str]) -> str:
    """Ask npm which registry this machine uses; else the framework would probe two of its own choice."""
    answer = subprocess.run(  # noqa: S603 - our own program
        [str(programs / "npm"), "config", "get", "registry"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if answer.returncode != 0:
        raise BuildFailed(sentence("building.no_node", reason=answer.stderr.strip()))
    return answer.stdout.strip()


def _read_lock(root: Path) -> dict[str, bytes]:
    folder = root / "reflex.lock"
    return {name: (folder / name).read_bytes() for name in _LOCK_FILES if (folder / name).is_file()}


def _keep_lock(root: Path, before: dict[str, bytes], *, update: bool) -> None:
    """Let only ``--update-lock`` change the committed lock, and let it never name a registry."""
    folder = root / "reflex.lock"
    if update or len(before) < len(_LOCK_FILES):
        for name in _LOCK_FILES:
            document = json.loads((folder / name).read_text(encoding="utf-8"))
            for package in document.get("packages", {}).values():
                package.pop("resolved", None)
            (folder / name).write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
        return
    wanted, locked = _packages((folder / _LOCK_FILES[1]).read_bytes()), _packages(before[_LOCK_FILES[1]])
    for name, content in before.items():
        (folder / name).write_bytes(content)
    if not wanted <= locked:
        names = ", ".join(sorted(path.rpartition("node_modules/")[2] for path, *_ in wanted - locked)[:8])
        raise BuildFailed(sentence("building.unlocked", names=names))


def _packages(lock: bytes) -> set[tuple[str, str, str]]:
    """Return each package of an npm lock: where it goes, its version, the hash of its bytes."""
    packages: dict[str, dict[str, str]] = json.loads(lock)["packages"]
    return {(path, each["version"], each.get("integrity", "")) for path, each in packages.items() if path}


def _publish(root: Path, digest: str) -> None:
    """Copy what a server reads to ``build/site``, with the script hashes and the stamp, and swap it in."""
    web, site = root / ".web", root / SITE
    fresh, stale = site.with_name("site.new"), site.with_name("site.old")
    for folder in (fresh, stale):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(web / "build" / "client", fresh / "build" / "client")
    node = Path(sys.executable).parent / "node"
    _minify_scripts(node, web, fresh / "build" / "client")
    paint_first(fresh / "build" / "client", node, web / "compress-static.js")
    shutil.copytree(web / "backend", fresh / "backend")
    for name in ("routes.json", "reflex.json"):
        shutil.copy2(web / name, fresh / name)
    hashes = inline_script_hashes(fresh)
    (fresh / HASHES_FILE).write_text(json.dumps(hashes, indent=2) + "\n", encoding="ascii")
    (fresh / STAMP_FILE).write_text(digest, encoding="ascii")
    if site.exists():
        site.rename(stale)
    fresh.rename(site)
    shutil.rmtree(stale, ignore_errors=True)


def _minify_scripts(node: Path, web: Path, client: Path) -> None:
    """Shorten our own scripts: their comments are for who reads them here, and each page would carry them."""
    program = Path(__file__).with_name("minify_scripts.mjs")
    finished = subprocess.run(  # noqa: S603 - our own program, no input of anyone's
        [str(node), str(program), str(web), str(client)], capture_output=True, text=True, check=False
    )
    if finished.returncode != 0:
        raise BuildFailed(sentence("building.not_shortened", reason=finished.stderr.strip()[-400:]))


def main() -> int:
    """Run from the command line; give the exit status: 0 built or current, 3 the build failed."""
    parser = argparse.ArgumentParser(description="Build the pages where their inputs changed.")
    parser.add_argument("--force", action="store_true", help="build even where nothing changed")
    parser.add_argument("--update-lock", action="store_true", help="let the build change reflex.lock")
    arguments = parser.parse_args()
    try:
        made = build(force=arguments.force, update_lock=arguments.update_lock)
    except BuildFailed as error:
        with speaking_here():
            sys.stderr.write(f"{spoken(error)}\n")
        return 3
    with speaking_here():
        sys.stdout.write(f"{text('building.built' if made else 'building.up_to_date')}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
