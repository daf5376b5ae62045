"""The runs in a repository: snapshots put together by their tag, the finished ones told from the others."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from memo_coach.operations.backup.errors import RestoreRefused
from memo_coach.operations.backup.restic import Snapshot
from memo_coach.translations.sentences import sentence

DATABASE, INSTALLATION, MANIFEST_KIND = "database", "installation", "manifest"
LATEST = "latest"


@dataclass(frozen=True, slots=True)
class Run:
    """The snapshots of one run, by their kind."""

    id: str
    snapshots: dict[str, Snapshot]

    @property
    def is_complete(self) -> bool:
        """Whether it was finished: the manifest is written last."""
        return {DATABASE, MANIFEST_KIND} <= self.snapshots.keys()

    @property
    def time(self) -> datetime:
        """When it began."""
        return min(snapshot.time for snapshot in self.snapshots.values())

    @property
    def site(self) -> str:
        """The installation that it is of."""
        return next(iter(self.snapshots.values())).site


def new_run_id(moment: datetime) -> str:
    """Return an id that sorts by time and that no other run has."""
    return f"{moment:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"


def tags_of(run: str, kind: str) -> tuple[str, str]:
    """Return the tags of a snapshot."""
    return f"kind={kind}", f"run={run}"


def runs_of(snapshots: Iterable[Snapshot]) -> list[Run]:
    """Put snapshots together, oldest run first. Snapshots of other programs are no part of any."""
    found: dict[str, dict[str, Snapshot]] = defaultdict(dict)
    for snapshot in snapshots:
        kind, run = snapshot.tags.get("kind"), snapshot.tags.get("run")
        if kind and run:
            found[run][kind] = snapshot
    return sorted((Run(*each) for each in found.items()), key=lambda run: (run.time, run.id))


def chosen_run(runs: Iterable[Run], wanted: str, site: str) -> Run:
    """Return the newest finished run of the site, or the one that an id or the beginning of an id names.

    A new server may have another name than the lost one: where there are only runs of one other site, the
    newest of them is given.

    Raises:
        RestoreRefused: there is none, or it is not clear which.
    """
    complete = [run for run in runs if run.is_complete]
    if not complete:
        raise RestoreRefused(sentence("backup.none_complete"))
    if wanted != LATEST:
        return _named(complete, wanted)
    sites = {run.site for run in complete}
    if site not in sites and len(sites) > 1:
        raise RestoreRefused(sentence("backup.other_sites", sites=", ".join(sorted(sites)), site=site))
    return [run for run in complete if run.site == site or site not in sites][-1]


def _named(complete: list[Run], wanted: str) -> Run:
    found = [
        run
        for run in complete
        if run.id.startswith(wanted) or any(each.id.startswith(wanted) for each in run.snapshots.values())
    ]
    if len(found) != 1:
        refusal = "backup.several_begin" if found else "backup.none_begins"
        raise RestoreRefused(sentence(refusal, wanted=repr(wanted)))
    return found[0]
