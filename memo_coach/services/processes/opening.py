"""Opens what a process tells others by: Redis where it is configured, else nothing."""

from __future__ import annotations

import secrets

from memo_coach.services.processes.messages import Messages
from memo_coach.services.processes.redis_messages import RedisMessages
from memo_coach.settings import Settings
from memo_coach.storage.engine.database import Database
from memo_coach.storage.repositories.visitors import VisitorRepository

_SECRET = "messages"  # noqa: S105 - the name of the secret


async def open_messages(settings: Settings, database: Database) -> Messages:
    """Begin to tell and to hear. Where Redis is away that is tried again until it is there."""
    if not settings.redis_url:
        return Messages()
    async with database.write() as session:
        name = await VisitorRepository(session).installation_secret(_SECRET, secrets.token_hex(16))
    messages = RedisMessages(settings.redis_url, f"memo-coach:{name}")
    await messages.start()
    return messages
