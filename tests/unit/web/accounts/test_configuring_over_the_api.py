"""The documents and the search for faults by the API, for an administrator's token: as on the pages."""

from __future__ import annotations

from memo_coach.services.accounts.principal import Role
from memo_coach.services.administration.audit_log import AuditQuestion
from memo_coach.services.administration.debug import READING
from memo_coach.services.administration.document_kinds import shipped
from memo_coach.services.container import Services
from tests.accounts import add_account
from tests.databases import only_on_sqlite
from tests.unit.api.asking import program
from tests.unit.api.test_whose_it_is import judged, token_of

CONTEXT, STATUS = "/api/v1/config/context", "/api/v1/config/rubric--status-update"
CHANGED = shipped()["context"] + "# ours\n"


async def administrator(services: Services) -> str:
    """Return a token of an administrator's."""
    user = await add_account(services, "root@example.org", Role.ADMINISTRATOR)
    return await token_of(services, user.owner, "read", "write", "admin")


async def test_a_document_is_read_checked_saved_and_rolled_back(installation: Services) -> None:
    async with program(await administrator(installation)) as asking:
        listed = (await asking.get("/api/v1/config")).json()["items"]
        assert [each["version"] for each in listed] == [0] * len(shipped())
        assert "/api/v1/config/rubric--status-update" in [each["links"]["self"] for each in listed]
        first = await asking.get(CONTEXT)
        assert first.json()["text"] == shipped()["context"]
        tag = first.headers["etag"]
        assert (await asking.get(CONTEXT, headers={"If-None-Match": tag})).status_code == 304
        broken = {"text": shipped()["rubric/status-update"].replace("indicators:", "indicatoors:", 1)}
        checked = (await asking.post(f"{STATUS}/validate", json=broken)).json()
        assert not checked["valid"]
        assert "indicatoors" in checked["faults"][0]["reason"]
        refused = await asking.put(STATUS, json=broken, headers={"If-Match": "*"})
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["line"] == checked["faults"][0]["line"]
        # What it was made from has to be said, and to be what holds.
        assert (await asking.put(CONTEXT, json={"text": CHANGED})).status_code == 428
        saved = await asking.put(
            CONTEXT, json={"text": CHANGED, "note": "Ours"}, headers={"If-Match": f'"x", {tag}'}
        )
        assert (saved.status_code, saved.json()["version"]) == (200, 1)
        for stale in (tag, '"1"', f"W/{saved.headers['etag']}"):
            late = await asking.put(CONTEXT, json={"text": CHANGED + "#\n"}, headers={"If-Match": stale})
            assert late.status_code == 412, stale
            assert "has saved version 1" in late.json()["detail"]
        assert (await asking.get(CONTEXT)).headers["etag"] == saved.headers["etag"]
        assert installation.in_force.snapshot.versions == {"context": 1}
        newest, oldest = (await asking.get(f"{CONTEXT}/versions")).json()["items"]
        assert (newest["note"], newest["author"], oldest["version"]) == ("Ours", "Ana", 0)
        assert (await asking.get(f"{CONTEXT}/versions/1")).json()["text"] == CHANGED
        back = await asking.post(
            f"{CONTEXT}/rollback", json={"to": 0}, headers={"If-Match": saved.headers["etag"]}
        )
        assert back.json()["version"] == 2
        assert (await asking.get(CONTEXT)).json()["text"] == shipped()["context"]
        for absent in ("nothing", "rubric--nothing", "rubric--..", "context/versions/7"):
            assert (await asking.get(f"/api/v1/config/{absent}")).status_code == 404, absent
    entries = (await installation.audit.page(AuditQuestion(target="document:context"))).entries
    assert [(each.actor, each.action) for each in entries] == [
        ("Ana", "document.rolled_back"), ("Ana", "document.saved"),
    ]  # fmt: skip


async def test_a_rubric_is_made_retired_and_offered_again(installation: Services) -> None:
    async with program(await administrator(installation)) as asking:
        made = await asking.post("/api/v1/config", json={"id": "board-memo", "like": "status-update"})
        assert made.status_code == 201
        board = made.headers["location"]
        assert (await asking.get(board)).headers["etag"] == made.headers["etag"]
        again = await asking.post("/api/v1/config", json={"id": "board-memo", "like": "decision-memo"})
        assert again.status_code == 422
        absent = await asking.post("/api/v1/config", json={"id": "other-memo", "like": "nothing"})
        assert absent.status_code == 404

        def offered() -> list[str]:
            return [each.id for each in installation.in_force.snapshot.rubrics]

        assert "board-memo" in offered()
        assert (await asking.post(f"{board}/retire")).status_code == 428
        retired = await asking.post(f"{board}/retire", headers={"If-Match": made.headers["etag"]})
        assert retired.json()["version"] == 2
        assert "board-memo" not in offered()
        stale = await asking.post(f"{board}/offer", headers={"If-Match": made.headers["etag"]})
        assert stale.status_code == 412
        back = await asking.post(f"{board}/offer", headers={"If-Match": retired.headers["etag"]})
        assert back.json()["version"] == 3
        assert "board-memo" in offered()
        for each in ("retire", "offer"):
            refused = await asking.post(f"{CONTEXT}/{each}", headers={"If-Match": "*"})
            assert refused.status_code == 404, each
    actions = [
        e.action
        for e in (await installation.audit.page(AuditQuestion(target="document:rubric/board-memo"))).entries
    ]
    assert actions == ["rubric.offered", "rubric.retired", "rubric.made"]


async def test_the_last_rubric_that_is_offered_cannot_be_retired(installation: Services) -> None:
    async with program(await administrator(installation)) as asking:
        names = [each["name"] for each in (await asking.get("/api/v1/config")).json()["items"]]
        *most, last = [name.replace("/", "--") for name in names if name.startswith("rubric/")]
        for name in most:
            done = await asking.post(f"/api/v1/config/{name}/retire", headers={"If-Match": "*"})
            assert done.status_code == 200
        refused = await asking.post(f"/api/v1/config/{last}/retire", headers={"If-Match": "*"})
        assert refused.status_code == 422


async def test_rubric_alone_names_the_one_that_comes_first(installation: Services) -> None:
    async with program(await administrator(installation)) as asking:
        found = (await asking.get("/api/v1/config/rubric")).json()
    assert (found["name"], found["text"]) == ("rubric/investment-memo", shipped()["rubric/investment-memo"])


async def test_who_reads_what_a_model_was_told_of_somebody_elses_memo_is_told_to_its_owner(
    installation: Services,
) -> None:
    ben = await add_account(installation, "ben@example.org")
    own = await judged(installation, ben.owner)
    async with program(await administrator(installation)) as asking:
        found = await asking.get(f"/api/v1/debug/evaluations/{own['evaluation']}")
        assert found.json() == {"items": [], "collects": False}
        assert (await asking.get("/api/v1/debug/evaluations/nothing")).status_code == 404
    (entry,) = (await installation.audit.page(AuditQuestion(action=READING))).entries
    assert entry.target == f"evaluation:{own['evaluation']}"
    (reading,) = await installation.debug.readings(ben.owner, own["evaluation"])
    assert reading.reader == "Ana"


@only_on_sqlite
async def test_self_tests_are_run_and_each_tells_what_it_found(installation: Services) -> None:
    async with program(await administrator(installation)) as asking:
        found = (await asking.post("/api/v1/debug/selftest")).json()
    results = {each["name"]: each["result"] for each in found["items"]}
    assert results["database"] == "ok"
    assert results["model"] == "absent"
    assert found["ok"] == ("failed" not in results.values())
