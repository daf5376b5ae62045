"""When an evaluation is due: each writer, and each address, has a share of what is read in a second.

What is due first is taken first. An evaluation is due when its writer's share would have read all that waits
for that writer, and it too; and its address's share, which is larger, all that waits for the address. So a
short memo of somebody who has nothing waiting goes before the many long ones of somebody else, however early
those came. When it is due is settled as it is handed in: what comes later is due later in the end, so that a
long memo is never overtaken for longer than its share takes, ten seconds for the longest.

How fast texts are really read does not matter for the order; it only has to be faster than one share.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from memo_coach.storage.repositories.evaluations import Backlog

OWNER_CHARACTERS_PER_SECOND = 20_000
ADDRESS_CHARACTERS_PER_SECOND = 4 * OWNER_CHARACTERS_PER_SECOND
"""More than a writer's, for many people can be behind one."""
EVALUATION_CHARACTERS = 1_000
"""An evaluation costs something besides its text: as much as so many characters."""


def due_at(moment: datetime, characters: int, backlog: Backlog) -> datetime:
    """Return when an evaluation of so many characters is due that is handed in at a moment."""
    cost = characters + EVALUATION_CHARACTERS
    own = cost + backlog.own_characters + backlog.own * EVALUATION_CHARACTERS
    near = cost + backlog.near_characters + backlog.near * EVALUATION_CHARACTERS
    seconds = max(own / OWNER_CHARACTERS_PER_SECOND, near / ADDRESS_CHARACTERS_PER_SECOND)
    return moment + timedelta(seconds=seconds)
