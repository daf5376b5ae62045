"""The self-tests of an installation, put together from its parts."""

from __future__ import annotations

import asyncio
import secrets

from memo_coach.coaching.llm.model import Message, Model, ModelFailure, ModelRequest, TextArrived
from memo_coach.operations.health import Health, Unhealthy
from memo_coach.operations.self_tests import NotConfigured, SelfTest, SelfTests, logging_test
from memo_coach.services.accounts.errors import MailNotSent
from memo_coach.services.accounts.mail import Mail
from memo_coach.services.coaches.models import Models
from memo_coach.services.streaming import Broadcast
from memo_coach.translations import number, text

LONGEST_WAIT_FOR_NEWS = 2.0
"""Seconds. News within a process takes none."""
_QUESTION = "Answer with the one word: ready"
_ANSWER_TOKENS = 200
"""A model that thinks before it speaks needs some."""


def self_tests(health: Health, broadcast: Broadcast, models: Models, mail: Mail) -> SelfTests:
    """Return the self-tests: every health check, and what would be too much for one."""
    tests = SelfTests()
    for name, check in health.checks.items():
        tests.register(name, check)
    if "cache" not in health.checks:  # where processes tell each other of news, its own check says so
        tests.register("cache", _news_test(broadcast))
    tests.register("model", model_test(models))
    tests.register("mail", _mail_test(mail))
    tests.register("logging", logging_test)
    return tests


def _news_test(broadcast: Broadcast) -> SelfTest:
    async def test() -> str:
        name = f"self-test:{secrets.token_hex(8)}"
        with broadcast.listen(name) as news:
            await broadcast.announce(name)
            try:
                async with asyncio.timeout(LONGEST_WAIT_FOR_NEWS):
                    await news.wait()
            except TimeoutError:
                raise Unhealthy(text("health.news_lost")) from None
        return text("health.news_arrived")

    return test


def _mail_test(mail: Mail) -> SelfTest:
    async def test() -> str:
        if not mail.is_configured:
            raise NotConfigured(text("health.no_mail"))
        try:
            await mail.reach()
        except MailNotSent:
            raise Unhealthy(text("health.mail_unreachable", host=mail.host)) from None
        return text("health.mail_reached", host=mail.host)

    return test


def model_test(models: Models) -> SelfTest:
    """Return the test that asks the model one word."""

    async def test() -> str:
        if models.providers is None:
            raise NotConfigured(text("health.no_model"))
        model = await models.coaches.open_model(None, None)
        request = ModelRequest((Message("user", _QUESTION),), "self-test", _ANSWER_TOKENS)
        try:
            answer = await _answer(model, request)
        except ModelFailure as failure:
            raise Unhealthy(text("health.model_silent", model=model.name, failure=failure)) from failure
        return text("health.model_answered", model=model.name, characters=number(len(answer)))

    return test


async def _answer(model: Model, request: ModelRequest) -> str:
    events = [event async for event in model.answer(request)]
    return "".join(event.text for event in events if isinstance(event, TextArrived))
