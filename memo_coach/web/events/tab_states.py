"""The states of tabs: as long as a tab is there, and for a moment after it has gone.

A tab that loses its connection comes back within seconds, to the state that it had; one that was closed
never does. So a state without a connection is kept for a minute, and only so many of one browser, of one
address and in all: the one that went first is forgotten first. Nothing is lost by it, for whoever comes back
later has their page built anew from the database.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Self

from reflex.istate.manager.memory import StateManagerMemory
from reflex.istate.manager.token import BaseStateToken, StateToken
from reflex.state import State

CLOSED_SECONDS = 60
CLOSED_OF_OWNER = 8
CLOSED_FROM_ADDRESS = 64
CLOSED_IN_ALL = 512


@dataclass
class TabStates(StateManagerMemory):
    """Keeps the states in memory, and forgets those whose tabs have gone."""

    closed_seconds: float = CLOSED_SECONDS
    _open: dict[str, tuple[str, str]] = field(default_factory=dict, init=False)
    """Name of a tab with a connection → its owner and its address."""
    _closed: OrderedDict[str, tuple[str, str]] = field(default_factory=OrderedDict, init=False)
    """The same for those without, the one that went first in front."""

    @classmethod
    def in_memory(cls) -> Self:
        """Return one with nothing in it."""
        # The type checker, reading the framework from its cache, takes overloaded methods of the base class
        # for abstract ones where the class is called by its name.
        return cls()

    def opened(self, tab: str, owner: str, address: str) -> None:
        """Note that a tab has a connection."""
        self._closed.pop(tab, None)
        self._open[tab] = owner, address

    def closed(self, tab: str) -> None:
        """Note that a tab has none any more, and forget what is over a limit."""
        holder = self._open.pop(tab, None)
        if holder is None or tab not in self.states:
            return
        self._closed[tab] = holder
        self._track_token(_token(tab))
        self._keep_limits(holder)
        # The task that forgets may be asleep until a later moment than this tab's.
        if self._expiration_task is not None:
            self._expiration_task.cancel()
            self._expiration_task = None
        self._ensure_expiration_task()  # type: ignore[no-untyped-call]

    def _keep_limits(self, holder: tuple[str, str]) -> None:
        owner, address = holder
        self._forget([tab for tab, each in self._closed.items() if each[0] == owner], CLOSED_OF_OWNER)
        self._forget([tab for tab, each in self._closed.items() if each[1] == address], CLOSED_FROM_ADDRESS)
        self._forget(list(self._closed), CLOSED_IN_ALL)

    def _forget(self, tabs: list[str], most: int) -> None:
        for tab in tabs[: max(0, len(tabs) - most)]:
            lock = self._states_locks.get(tab)
            if lock is None or not lock.locked():  # otherwise something is being stored for it
                self._purge_token(_token(tab))

    def _track_token(self, token: StateToken) -> None:  # type: ignore[type-arg]  # as the framework has it
        super()._track_token(token)
        if token.lock_key not in self._open:
            self._token_expires_at[token.cache_key] = time.time() + self.closed_seconds, token

    def _purge_token(self, token: StateToken) -> None:  # type: ignore[type-arg]
        super()._purge_token(token)
        self._closed.pop(token.lock_key, None)


def _token(tab: str) -> BaseStateToken:
    return BaseStateToken(ident=tab, cls=State)
