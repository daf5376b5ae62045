"""How the events of tabs are worked at: no longer than the tab is there, each once, and fairly.

The framework works at what was sent, in the order in which it came, whether anybody is there to see it or
not. Here what waits goes with the connection, and so does what is worked at, but for what stores something.
Of what only shows something the newest call stands for those that wait. And a browser, or an address, has so
many events worked at at one time and so many a second, whatever the number of its tabs.
"""

from __future__ import annotations

import itertools
from typing import Any

from reflex_base.event import Event
from reflex_base.event.context import EventContext
from reflex_base.event.processor import BaseStateEventProcessor
from reflex_base.event.processor.event_processor import EventQueueEntry
from reflex_base.event.processor.future import EventFuture
from reflex_base.registry import RegisteredEventHandler, RegistrationContext

from memo_coach.translations import speaking
from memo_coach.web.connection_limits import Sender
from memo_coach.web.events.arguments import characters_in
from memo_coach.web.events.authorisation import stores
from memo_coach.web.events.tab_states import TabStates
from memo_coach.web.languages import language_of_path

WAITING_EVENTS = 16
"""Of one tab. They run one after the other; a person waits, a script does not."""
BACKGROUND_EVENTS = 8
"""Of one tab, running at once."""


class TabEvents(BaseStateEventProcessor):
    """Works at the events of the tabs that are there."""

    # A test watches that the framework's names without a public form, which are used here, stay.

    def __init__(self, states: TabStates, **fields: Any) -> None:  # noqa: ANN401 - the framework's own
        super().__init__(**fields)
        self._states = states
        self._senders: dict[str, Sender] = {}

    def opened(self, tab: str, sender: Sender) -> None:
        """Note who is at the other end of a tab."""
        self._senders[tab] = sender
        self._states.opened(tab, sender.owner, sender.address)

    def has_room(self, tab: str, event_name: str, characters: int) -> bool:
        """Whether one more event of a tab may wait."""
        if _is_background(event_name):
            return len(self._running(tab, background=True)) < BACKGROUND_EVENTS
        sender = self._senders.get(tab)
        waiting = len(self._token_queues.get(tab, ()))
        return sender is not None and waiting < WAITING_EVENTS and sender.has_room_for(characters)

    async def enqueue(self, token: str, event: Event, ev_ctx: EventContext | None = None) -> EventFuture:
        """Queue an event, unless its tab has gone."""
        sender = self._senders.get(token)
        future = await super().enqueue(token, event, ev_ctx)
        if sender is None:
            future.cancel()
        elif not _is_background(event.name):
            characters = characters_in(event.payload)
            sender.add(characters)
            future.add_done_callback(lambda _: sender.remove(characters))
        return future

    def _on_disconnect(self, token: str) -> None:
        super()._on_disconnect(token)
        self._senders.pop(token, None)
        queue = self._token_queues.get(token)
        while queue is not None and len(queue) > 1:  # the first one is being worked at
            self._drop(queue.pop()[0])
        for transaction in self._running(token):
            future = self._futures.get(transaction)
            if future is not None:
                future.cancel()
        self._states.closed(token)

    def _running(self, tab: str, *, background: bool = False) -> list[str]:
        """Return what is worked at for a tab and stores nothing, or only what is so in the background."""
        found = []
        for transaction, task in self._tasks.items():
            kind, name, token = (*task.get_name().split("|"), "", "")[:3]
            is_shown = kind == "reflex_event" and token == tab and not stores(name)
            if is_shown and (not background or _is_background(name)):
                found.append(transaction)
        return found

    def _drop(self, entry: EventQueueEntry) -> None:
        future = self._futures.get(entry.ctx.txid)
        if future is not None:
            future.cancel()

    def _enqueue_for_token(
        self, *, entry: EventQueueEntry, registered_handler: RegisteredEventHandler
    ) -> None:
        name, queue = entry.event.name, self._token_queues.get(entry.ctx.token)
        if queue is not None and not stores(name):
            older = [each for each in itertools.islice(queue, 1, None) if each[0].event.name == name]
            for each in older:
                queue.remove(each)
                self._drop(each[0])
        super()._enqueue_for_token(entry=entry, registered_handler=registered_handler)

    async def _process_event_queue_entry(
        self, *, entry: EventQueueEntry, registered_handler: RegisteredEventHandler
    ) -> None:
        sender = self._senders.get(entry.ctx.token)
        if sender is None:
            return
        await sender.turn()
        # What a handler says, and a state keeps as text, is in the language of the page that it is shown on.
        with speaking(language_of_path(entry.ctx.router_data.get("pathname"))):
            if registered_handler.handler.is_background:
                await super()._process_event_queue_entry(entry=entry, registered_handler=registered_handler)
                return
            async with sender.place():
                await super()._process_event_queue_entry(entry=entry, registered_handler=registered_handler)


def _is_background(event_name: str) -> bool:
    registered = RegistrationContext.get().event_handlers.get(event_name)
    return registered is not None and registered.handler.is_background
