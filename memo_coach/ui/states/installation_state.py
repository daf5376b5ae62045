"""What the administrators' page of the installation's state shows."""

from __future__ import annotations

import dataclasses

import reflex as rx

from memo_coach.operations.backup.status import LastRun
from memo_coach.services.administration.installation_state import InstallationState
from memo_coach.services.container import current
from memo_coach.services.errors import ServiceError
from memo_coach.translations import number, text
from memo_coach.ui.states.administration import administrator
from memo_coach.web.events.authorisation import allow

MICRO = 1_000_000
_BYTES = (("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000))


@dataclasses.dataclass
class PartOnScreen:
    """A part of the installation."""

    name: str
    label: str
    found: str
    moment: str
    """Since when, or when; empty where it does not matter."""
    is_well: bool


class InstallationStateOnScreen(rx.State):
    """How the installation stands, on the screen."""

    status: str = "loading"
    problem: str = ""
    parts: list[PartOnScreen] = []

    @rx.event
    async def open(self) -> None:
        """Look at it, at each visit."""
        who = administrator(self)
        if isinstance(who, str):
            self.reset()  # type: ignore[no-untyped-call]  # the framework's own, without types
            self.status, self.problem = "refused", who
            return
        try:
            self.parts = _parts(await current().installation.now())
        except ServiceError as error:
            self.status, self.problem = "unavailable", error.message
            return
        self.status = "here"


def _parts(found: InstallationState) -> list[PartOnScreen]:
    budget = found.budget
    disk = found.disk
    return [
        _part("version", found.version),
        _part(
            "database",
            text(
                f"installation_state.{'ready' if found.is_migrated else 'not_migrated'}",
                kind=text(f"installation_state.{found.database}"),
                size=_bytes(found.database_bytes),
                migration=found.migration,
            ),
            is_well=found.is_migrated,
        ),
        *_runs(found.runs),
        _part(
            "budget",
            text(
                "installation_state.spent",
                spent=_money(budget.spent_micro_usd),
                reserved=_money(budget.reserved_micro_usd),
                budget=_money(budget.budget_micro_usd),
            ),
            is_well=budget.left_micro_usd > 0 or not budget.budget_micro_usd,
        ),
        _part(
            "queue",
            text("installation_state.waiting", waiting=number(found.waiting), running=number(found.running)),
            moment="" if found.oldest_waiting is None else found.oldest_waiting.isoformat(),
        ),
        _part(
            "workers",
            text(f"installation_state.workers_{'work' if found.workers_work else 'stopped'}"),
            is_well=found.workers_work,
        ),
        *_circuits(found),
        _part(
            "disk",
            text("installation_state.disk_unreachable")
            if disk is None
            else text("installation_state.free", free=_bytes(disk.free), total=_bytes(disk.total)),
            is_well=disk is not None,
        ),
    ]


def _circuits(found: InstallationState) -> list[PartOnScreen]:
    if not found.circuits:
        return [_part("model", text("installation_state.no_model"))]
    return [
        PartOnScreen(
            name="model",
            label=text("installation_state.model_named", model=model),
            found=text(f"installation_state.circuit_{state.replace('-', '_')}"),
            moment="",
            is_well=state == "closed",
        )
        for model, state in found.circuits.items()
    ]


def _runs(runs: tuple[LastRun, ...]) -> list[PartOnScreen]:
    kinds = {run.kind: run for run in runs}
    shown = []
    for kind in ("backup", "check", "restore"):
        run = kinds.get(kind)
        if run is None:
            shown.append(_part(kind, text("installation_state.never")))
        else:
            result = "run_ok" if run.is_ok else "run_failed"
            seconds = number(run.seconds, digits=0)
            shown.append(
                _part(
                    kind,
                    text(f"installation_state.{result}", seconds=seconds),
                    moment=run.finished.isoformat(),
                    is_well=run.is_ok,
                )
            )
    return shown


def _part(name: str, found: str, *, moment: str = "", is_well: bool = True) -> PartOnScreen:
    return PartOnScreen(name, text(f"installation_state.{name}"), found, moment, is_well)


def _bytes(count: int) -> str:
    unit, size = next((each for each in _BYTES if count < 1_000 * each[1]), _BYTES[-1])
    return f"{number(count / size, digits=1)} {unit}"


def _money(micro_usd: int) -> str:
    return f"${number(micro_usd / MICRO, digits=2)}"


allow(InstallationStateOnScreen, "open")
