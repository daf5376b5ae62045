"""Self-tests say of each part whether it works, fails or is not there, and how long it took."""

from __future__ import annotations

import asyncio
import logging

import pytest
import structlog

from memo_coach.operations import self_tests
from memo_coach.operations.health import Unhealthy
from memo_coach.operations.self_tests import NotConfigured, SelfTest, SelfTests, logging_test
from memo_coach.translations import speaking


def registry(**tests: SelfTest) -> SelfTests:
    found = SelfTests()
    for name, test in tests.items():
        found.register(name, test)
    return found


async def works() -> str:
    await asyncio.sleep(0.02)
    return "It can be used."


async def fails() -> str:
    raise Unhealthy("It cannot be used.")


async def is_not_there() -> str:
    raise NotConfigured("It would have to be set.")


async def breaks() -> str:
    raise RuntimeError("with a secret in it")


async def never_ends() -> str:
    await asyncio.Event().wait()
    raise AssertionError


async def test_each_result_has_its_sentence_and_the_time_that_it_took() -> None:
    tests = registry(good=works, bad=fails, absent=is_not_there)
    assert tests.names == ("good", "bad", "absent")
    good, bad, absent = [await tests.run(name) for name in tests.names]
    assert (good.name, good.result, good.detail) == ("good", "ok", "It can be used.")
    assert good.milliseconds >= 15
    assert (bad.result, bad.detail) == ("failed", "It cannot be used.")
    assert (absent.result, absent.detail) == ("absent", "It would have to be set.")


async def test_a_test_that_breaks_is_told_by_its_kind_and_its_words_stay_in_the_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with structlog.testing.capture_logs() as logged:
        monkeypatch.setattr(self_tests, "_log", structlog.get_logger())
        found = await registry(broken=breaks).run("broken")
    assert found.result == "failed"
    assert "RuntimeError" in found.detail
    assert "secret" not in found.detail
    assert [entry["event"] for entry in logged] == ["self-test broke"]


async def test_a_test_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(self_tests, "LONGEST_SECONDS", 0.05)
    found = await registry(stuck=never_ends).run("stuck")
    assert (found.result, found.detail) == ("failed", "No answer within 0.05 seconds.")


async def test_only_one_runs_at_a_time() -> None:
    running, most = 0, 0

    async def counts() -> str:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1
        return "Counted."

    tests = registry(one=counts, two=counts)
    await asyncio.gather(*[tests.run(name) for name in (*tests.names, *tests.names)])
    assert most == 1


async def test_a_name_that_there_is_not_is_refused() -> None:
    with pytest.raises(KeyError):
        await registry(good=works).run("other")


async def test_a_line_in_the_log_is_seen_to_come_out_and_nobody_keeps_listening(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # Whatever the level that another test's settings asked for.
    caplog.set_level(logging.WARNING, logger="memo_coach.tests.self_tests")
    monkeypatch.setattr(self_tests, "_log", logging.getLogger("memo_coach.tests.self_tests"))
    before = list(logging.getLogger().handlers)
    assert (await logging_test()).endswith("came out.")
    with speaking("es"):
        assert (await logging_test()).endswith("y apareció.")
    assert logging.getLogger().handlers == before


async def test_a_log_that_swallows_its_lines_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    deaf = logging.getLogger("memo_coach.tests.deaf")
    monkeypatch.setattr(deaf, "propagate", False)
    monkeypatch.setattr(self_tests, "_log", deaf)
    with pytest.raises(Unhealthy, match="did not come out"):
        await logging_test()
