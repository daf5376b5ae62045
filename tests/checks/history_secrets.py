"""Look for secrets in everything that git has ever kept here, and in what it would keep next.

Run as ``python -m tests.checks.history_secrets [REPOSITORY]``. All blobs,
commit messages and tags that any reference reaches are read, and the working tree's files that git does not
ignore. What was read once is not read again: the results are kept by content in ``build/secrets/``.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.checks.repository import ROOT, files, git, is_text
from tests.checks.secret_allowances import Allowances
from tests.checks.secret_detection import RULES, Finding, detectors, findings

_BATCH = 40
ALLOWANCES = Path("tests") / "checks" / "allowed_secrets.yaml"


@dataclass(frozen=True)
class Item:
    """Something to read: one object of git, or one file of the working tree."""

    identity: str
    """Git's name for the content, which is the same for a file and for the blob that it would become."""
    path: str
    """Where the content lies, or lay; for a message ``(commit)`` or ``(tag)``."""


def history(repository: Path) -> Iterator[Item]:
    """Yield every blob, commit and tag that a reference reaches; a blob with the first path it has."""
    listed = git("rev-list", "--all", "--objects", repository=repository).decode("utf-8", "surrogateescape")
    paths = dict(line.partition(" ")[::2] for line in listed.splitlines())
    # A tag is an object of its own, which rev-list does not list.
    tags = git("for-each-ref", "--format=%(objecttype) %(objectname)", repository=repository).decode()
    paths |= {line.split()[1]: "" for line in tags.splitlines() if line.startswith("tag ")}
    for identity, kind in _kinds(paths, repository):
        if kind == "blob":
            yield Item(identity, paths[identity])
        elif kind in {"commit", "tag"}:
            yield Item(identity, f"({kind})")


def _kinds(identities: Iterable[str], repository: Path) -> Iterator[tuple[str, str]]:
    asked = "".join(f"{identity}\n" for identity in identities).encode()
    command = ("git", "cat-file", "--batch-check=%(objectname) %(objecttype)")
    answer = subprocess.run(command, cwd=repository, check=True, input=asked, stdout=subprocess.PIPE).stdout
    for line in answer.decode().splitlines():
        identity, _, kind = line.partition(" ")
        yield identity, kind


def contents(identities: Sequence[str], repository: Path) -> Iterator[bytes]:
    """Yield the content of each object, in order."""
    asked = "".join(f"{identity}\n" for identity in identities).encode()
    command = ("git", "cat-file", "--batch")
    answer = subprocess.run(command, cwd=repository, check=True, input=asked, stdout=subprocess.PIPE).stdout
    position = 0
    for _ in identities:
        end = answer.index(b"\n", position)
        size = int(answer[position:end].split()[2])
        yield answer[end + 1 : end + 1 + size]
        position = end + 1 + size + 1


def working_tree(repository: Path) -> dict[Item, bytes]:
    """Return the files that are, or would be with the next commit, part of the repository."""
    read = {path: (repository / path).read_bytes() for path in files(repository)}
    return {
        Item(hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest(), path): content
        for path, content in read.items()
    }


def search(texts: Sequence[tuple[str, bytes]]) -> list[list[Finding] | None]:
    """Return the findings in each of some (path, content); None for a binary file, which cannot be read."""
    with detectors():
        return [findings(path, content) if is_text(content) else None for path, content in texts]


class Results:
    """What was found in each content, kept in a file between runs. Only fingerprints are kept, no value."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._found: dict[str, list[Finding] | None] = {}
        try:
            kept = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            kept = {}
        if isinstance(kept, dict) and kept.get("rules") == RULES:
            for key, found in kept["found"].items():
                self._found[key] = None if found is None else [Finding(**each) for each in found]

    @staticmethod
    def key(item: Item) -> str:
        """Return the name under which an item's result is kept."""
        # A detector reads by the extension too: the same content under another extension is another question.
        return f"{item.identity}{Path(item.path).suffix}"

    def missing(self, items: Iterable[Item]) -> list[Item]:
        """Return the items not read yet."""
        return [item for item in items if self.key(item) not in self._found]

    def of(self, item: Item) -> list[Finding] | None:
        """Return what was found in an item; None where it is binary."""
        return self._found[self.key(item)]

    def add(self, items: Sequence[Item], found: Sequence[list[Finding] | None]) -> None:
        """Take what was found in each of some items."""
        self._found |= dict(zip(map(self.key, items), found, strict=True))

    def save(self, items: Iterable[Item]) -> None:
        """Write what was found in the items, at once or not at all; everything else is forgotten."""
        kept = {key: self._found[key] for key in map(self.key, items)}
        found = {key: None if each is None else [asdict(one) for one in each] for key, each in kept.items()}
        self._file.parent.mkdir(parents=True, exist_ok=True)
        written = self._file.with_suffix(f".{os.getpid()}")
        written.write_text(json.dumps({"rules": RULES, "found": found}), encoding="utf-8")
        written.replace(self._file)


def read_all(repository: Path, results: Results) -> list[Item]:
    """Read what was not read yet, on all processors; give everything that there is."""
    tree = working_tree(repository)
    items = list(dict.fromkeys([*history(repository), *tree]))
    by_key: Mapping[str, Item] = {results.key(item): item for item in results.missing(items)}
    missing = list(by_key.values())
    batches = [missing[start : start + _BATCH] for start in range(0, len(missing), _BATCH)]
    if batches:
        with ProcessPoolExecutor() as pool:
            texts = [list(_texts(batch, tree, repository)) for batch in batches]
            for batch, found in zip(batches, pool.map(search, texts), strict=True):
                results.add(batch, found)
        results.save(items)
    return items


def _texts(
    batch: Sequence[Item], tree: Mapping[Item, bytes], repository: Path
) -> Iterator[tuple[str, bytes]]:
    stored = [item for item in batch if item not in tree]
    content = dict(zip(stored, contents([item.identity for item in stored], repository), strict=True))
    for item in batch:
        yield item.path, tree[item] if item in tree else content[item]


def main(arguments: Sequence[str]) -> int:
    """Print each secret with its place; give 1 where there is one, or where an allowance has no use."""
    repository = Path(arguments[0]).resolve() if arguments else ROOT
    results = Results(repository / "build" / "secrets" / "found.json")
    allowances = Allowances.read(repository / ALLOWANCES)
    items = read_all(repository, results)
    faults = []
    for item in items:
        for finding in results.of(item) or ():
            if not allowances.allow(item.path, finding.fingerprint):
                place = f"{item.path}:{finding.line} in {item.identity[:12]}"
                faults.append(f"{place}: {finding.kind}, fingerprint {finding.fingerprint}\n")
    shallow = git("rev-parse", "--is-shallow-repository", repository=repository).strip() == b"true"
    if not shallow:
        faults += [f"{ALLOWANCES}: {unused}: nothing matches it\n" for unused in allowances.unused()]
    binary = sum(results.of(item) is None for item in items)
    commits = int(git("rev-list", "--all", "--count", repository=repository))
    sys.stdout.writelines(sorted(set(faults)))
    sys.stdout.write(
        f"{commits} commits{' of a shallow clone, older ones are not here' if shallow else ''}: "
        f"{len(items)} contents read, {binary} of them binary and not searched, {len(set(faults))} faults\n"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
