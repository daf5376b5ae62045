"""Graded memos that an administrator sends from a rubric's page, and what comes back, line by line."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from memo_coach.coaching.measure.grading import FEWEST_MEMOS
from memo_coach.services.accounts.principal import Role
from memo_coach.services.administration import agreement as comparing
from memo_coach.services.administration.document_kinds import shipped
from memo_coach.services.administration.graded_memos import MOST_MEMOS, SentFile, read_graded_memos
from memo_coach.services.container import Services
from tests.databases import only_on_sqlite
from tests.scripted_coach import ScriptedCoach, rubric_named
from tests.unit.web.accounts.test_whose_it_is_over_http import asking, person
from tests.waiting import until_told

RUBRIC = shipped()["rubric/status-update"]
GRADES = json.dumps({"rubric": "status-update", "criteria": {}, "overall": 3}).encode()
HERE = "/admin/agreement?document=rubric--status-update"


def memos(number: int) -> list[tuple[str, tuple[str, bytes]]]:
    files = [(f"{place}.md", b"Please approve a pump by May.") for place in range(number)]
    files += [(f"{place}.json", GRADES) for place in range(number)]
    return [("files", file) for file in files]


@only_on_sqlite
async def test_each_memo_is_counted_and_the_last_line_has_the_tables(
    installation: Services, coach: ScriptedCoach
) -> None:
    root = await person(installation, "root", Role.ADMINISTRATOR)
    async with asking(installation) as client:

        async def sent(address: str, rubric: str, number: int, **more: str) -> Any:
            client.cookies.clear()
            form = {"rubric": rubric, **more}
            return await client.post(address, data=form, files=memos(number), headers=root.cookie)

        answer = await sent(HERE, RUBRIC + "# typed\r\n", FEWEST_MEMOS)
        *progress, last = map(json.loads, answer.text.splitlines())
        assert progress[0] == {"progress": "One of 5 memos has been judged …"}
        assert len(progress) == FEWEST_MEMOS
        typed, saved = last["tables"]
        assert typed["caption"] == "By the rubric as typed, judged by the built-in coach: 5 memos"
        assert typed["rows"][0] == saved["rows"][0] == ["On the whole", "5", "+0.5", "0.0", "too few to say"]
        assert last["notes"] == []
        in_spanish = (await sent(f"{HERE}&language=es", RUBRIC, 1)).text.splitlines()[-1]
        assert json.loads(in_spanish)["tables"][0]["caption"].startswith("Evaluado por el coach integrado")
        for address, rubric, number, said in (
            (f"{HERE}&language=es", "id: x", 1, "Corrija"),
            (HERE, RUBRIC, 0, "no graded memo"),
            (HERE, RUBRIC, MOST_MEMOS + 1, "at most 200 memos"),
            ("/admin/agreement?document=context", RUBRIC, 1, "There is no document"),
        ):
            refused = await sent(address, rubric, number)
            assert refused.status_code == 422
            assert said in refused.json()["detail"]
        # Without a model there is none to ask, whether or not its cost was agreed to.
        for agreed in ("", "yes"):
            (line,) = (await sent(HERE, RUBRIC, 1, coach="llm", agreed=agreed)).text.splitlines()
            assert "model" in json.loads(line)["problem"]
    assert coach.closed == coach.begun


@only_on_sqlite
async def test_who_leaves_off_reading_ends_the_work(installation: Services, coach: ScriptedCoach) -> None:
    files = [SentFile(name, content) for _, (name, content) in memos(3)]
    rubric = rubric_named("status-update")
    coach.hold()
    measuring = installation.agreement.measure(read_graded_memos(files), [rubric])
    begun = asyncio.ensure_future(anext(measuring))

    async def has_begun() -> bool:
        return coach.begun == 1

    await until_told(has_begun)
    begun.cancel()
    await asyncio.gather(begun, return_exceptions=True)
    assert (coach.begun, coach.closed) == (1, 1)
    assert installation.agreement._measuring == 0
    coach.go_on()
    told = [each async for each in installation.agreement.measure(read_graded_memos(files), [rubric])]
    assert isinstance(told[-1], comparing.AgreementView)
