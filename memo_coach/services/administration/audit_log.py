"""The audit log as administrators read it: by page, with what changed told in lines, and as CSV."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from memo_coach.services.administration.comma_separated import comma_separated
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.storage.repositories.audit import AuditFilter, AuditRepository
from memo_coach.storage.repositories.users import UserRepository
from memo_coach.storage.tables import AuditEntry

PAGE: Final = 50
LONGEST_FILTER: Final = 200
_AT_ONCE: Final = 500
_COLUMNS: Final = ("moment", "actor", "action", "target", "before", "after", "address", "request_id")


@dataclass(frozen=True, slots=True)
class AuditChange:
    """One value that an action changed; ``None`` where there was or is none."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class AuditEntryView:
    """One entry."""

    id: str
    moment: datetime
    actor: str
    action: str
    target: str
    target_name: str | None
    """What the account is called that it was done to, while there is one."""
    is_first: bool
    """Whether there was nothing before."""
    changes: tuple[AuditChange, ...]
    address: str | None
    request_id: str | None


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some entries, the newest first."""

    entries: tuple[AuditEntryView, ...]
    next_cursor: str | None
    """What to ask the older ones with; ``None`` where these are the oldest."""


@dataclass(frozen=True, slots=True)
class AuditQuestion:
    """Which entries are asked for; what is empty does not matter."""

    action: str = ""
    actor: str = ""
    """Stands somewhere in what the actor was called."""
    target: str = ""

    @property
    def filter(self) -> AuditFilter:
        """The same for storage."""
        action, actor, target = (
            each.replace("\0", "").strip()[:LONGEST_FILTER] or None
            for each in (self.action, self.actor, self.target)
        )
        return AuditFilter(action=action, actor_part=actor, target_part=target)


class AuditService:
    """Reads the log; who may is decided where they ask."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self._unit_of_work = unit_of_work

    async def page(self, question: AuditQuestion, cursor: str = "") -> AuditPage:
        """Return entries, from a cursor on; one that none of ours is, is the beginning.

        Raises:
            Unavailable: the database cannot be used.
        """
        wanted = replace(question.filter, behind=_position(cursor))
        async with self._unit_of_work.read() as session:
            found = await AuditRepository(session).entries(wanted, PAGE + 1)
            shown = found[:PAGE]
            names = await UserRepository(session).names_of({_account_in(each) for each in shown} - {""})
        cursor_behind = f"{shown[-1].moment.isoformat()} {shown[-1].id}" if len(found) > PAGE else None
        return AuditPage(tuple(_view(each, names.get(_account_in(each))) for each in shown), cursor_behind)

    async def actions(self) -> tuple[str, ...]:
        """Return the actions that there are entries of.

        Raises:
            Unavailable: the database cannot be used.
        """
        async with self._unit_of_work.read() as session:
            return tuple(await AuditRepository(session).actions())

    async def as_csv(self, question: AuditQuestion) -> AsyncGenerator[bytes]:
        """Give all entries as CSV, piece by piece. The columns' names are for programs, and in English.

        Raises:
            Unavailable: the database cannot be used.
        """
        yield comma_separated(_COLUMNS, ()).encode()
        wanted: AuditFilter | None = question.filter
        while wanted is not None:
            async with self._unit_of_work.read() as session:
                found = await AuditRepository(session).entries(wanted, _AT_ONCE)
            if found:
                first, *others = (_cells(each) for each in found)
                yield comma_separated(first, others).encode()
            last = found[-1] if len(found) == _AT_ONCE else None
            wanted = None if last is None else replace(wanted, behind=(last.moment, last.id))


def changes_between(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[AuditChange]:
    """Return what differs between two states, value by value; what stayed as it was is left out."""
    old, new = before or {}, after or {}
    return [
        AuditChange(name, _said(old, name), _said(new, name))
        for name in dict.fromkeys([*old, *new])
        if name not in old or name not in new or old[name] != new[name]
    ]


def _said(values: Mapping[str, Any], name: str) -> str | None:
    value = values.get(name)
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _account_in(entry: AuditEntry) -> str:
    """Return the id of the account that something was done to; empty where it was to something else."""
    kind, _, found = entry.target.partition(":")
    return found if kind == "user" else ""


def _view(entry: AuditEntry, target_name: str | None) -> AuditEntryView:
    return AuditEntryView(
        id=entry.id,
        moment=entry.moment,
        actor=entry.actor,
        action=entry.action,
        target=entry.target,
        target_name=target_name,
        is_first=entry.before is None,
        changes=tuple(changes_between(entry.before, entry.after)),
        address=entry.address,
        request_id=entry.request_id,
    )


def _cells(entry: AuditEntry) -> tuple[str, ...]:
    before, after = ("" if each is None else json.dumps(each) for each in (entry.before, entry.after))
    return (
        entry.moment.isoformat(), entry.actor, entry.action, entry.target, before, after,
        entry.address or "", entry.request_id or "",
    )  # fmt: skip


def _position(cursor: str) -> tuple[datetime, str] | None:
    moment, _, entry_id = cursor.partition(" ")
    try:
        found = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return None if found.tzinfo is None or not entry_id else (found, entry_id)
