"""A walk over every event of an installation with accounts: as a stranger, a writer, a reader, as nobody.

An event that is in none of the tables below fails the first test.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from memo_coach.services.accounts.principal import Role
from memo_coach.services.administration.audit_log import AuditQuestion
from memo_coach.services.container import Services, close_services, open_services
from memo_coach.settings import load_settings
from memo_coach.web.events.authorisation import EVENT_RULES, FOR_READERS, checked
from tests.accounts import ROOT, add_account, signed_in
from tests.databases import only_on_sqlite
from tests.integration.web.sockets import HYDRATE, HandshakeRefused, TestSocket, opened
from tests.live_server import LiveServer, serving
from tests.some import some
from tests.waiting import PATIENCE_SECONDS

SECRET = "Zaragoza"
CANARY = "Quixote"
OWN = "memo_coach___ui___states"
"""In the full names of our states."""
MEMO = f"Subject: {SECRET}\n\nPlease approve 5,000 EUR for a new pump by 1 May. The old one fails monthly."
FORM = {
    "memo": "{memo} x", "memo_id": "{memo}", "rubric": "investment-memo", "question": "Why?", "revision": "1",
    "user": "{user}", "word": "x", "email": "eve@example.org", "name": "Eve", "role": "administrator",
    "usd_a_day": "9", "rubric_id": "mine", "like": "investment-memo", "actor": "", "old": "x", "new": "y",
    "query": "", "text": "x",
}  # fmt: skip

IDS = ("evaluation", "memo", "link", "token", "session", "user", "own_user")
Walk = Mapping[str, tuple[str, Mapping[str, Any]]]
EVALUATION, ADMIN, HOME = "/feedback/{evaluation}", "/admin", "/"
OF_WRITERS: Walk = {
    "feedback_state.open": (EVALUATION, {}),
    "feedback_state.follow": (EVALUATION, {}),
    "feedback_state.again": (EVALUATION, {}),
    "feedback_state.cancel": (EVALUATION, {}),
    "details_state.open": (EVALUATION, {}),
    "details_state.follow": (EVALUATION, {}),
    "details_state.renew": (EVALUATION, {}),
    "details_state.again": (EVALUATION, {}),
    "details_state.cancel": (EVALUATION, {}),
    "details_state.choose": (EVALUATION, {"criterion": ""}),
    "details_state.order": (EVALUATION, {"order": "text"}),
    "details_state.show_everything": (EVALUATION, {"everything": True}),
    "details_state.show_second": (EVALUATION, {"second": True}),
    "details_state.evaluate_again": (EVALUATION, {"form": FORM}),
    "chat_state.open": ("/chat/{evaluation}", {}),
    "chat_state.listen": ("/chat/{evaluation}", {}),
    "chat_state.follow": ("/chat/{evaluation}", {}),
    "chat_state.ask": ("/chat/{evaluation}", {"form": FORM}),
    "chat_state.ask_about": ("/chat/{evaluation}", {"comment_id": "o1"}),
    "chat_state.ask_about_all": ("/chat/{evaluation}", {}),
    "chat_state.ask_suggested": ("/chat/{evaluation}", {"question": "Why?"}),
    "chat_state.again": ("/chat/{evaluation}", {}),
    "chat_state.stop": ("/chat/{evaluation}", {}),
    "chat_state.cancel": ("/chat/{evaluation}", {}),
    "chat_state.clear": ("/chat/{evaluation}", {}),
    "sharing_state.open": (EVALUATION, {}),
    "sharing_state.make": (EVALUATION, {}),
    "sharing_state.revoke": (EVALUATION, {"link": "{link}"}),
    "sharing_state.delete_remark": (EVALUATION, {"remark": "{link}"}),
    "readings_state.open": (EVALUATION, {}),
    "versions_state.open": ("/versions/{memo}", {}),
    "versions_state.choose_old": ("/versions/{memo}", {"number": "1"}),
    "versions_state.choose_new": ("/versions/{memo}", {"number": "1"}),
    "versions_state.go_to_part": ("/versions/{memo}", {"part": 0}),
    "versions_state.put_beside": ("/versions/{memo}", {"beside": True}),
    "versions_state.unfold": ("/versions/{memo}", {"fold": 0}),
    "memos_state.open": ("/memos", {}),
    "memos_state.refresh": ("/memos", {}),
    "progress_state.open": ("/progress", {}),
    "progress_state.choose_memo": ("/progress", {"memo": "{memo}"}),
    "progress_state.choose_rubric": ("/progress", {"rubric": "investment-memo"}),
    "progress_state.choose_coach": ("/progress", {"coach": "builtin"}),
    "settings_state.open": ("/settings", {}),
    "settings_state.refresh": ("/settings", {}),
    "settings_state.choose_rubric": ("/settings", {"rubric": "investment-memo"}),
    "settings_state.choose_coach": ("/settings", {"coach": "builtin"}),
    "settings_state.remove_word": ("/settings", {"word": "x"}),
    "settings_state.unmute": ("/settings", {"kind": "x"}),
    "help_state.open": ("/help", {}),
    "tokens_state.open": ("/settings", {}),
    "tokens_state.make": ("/settings", {"form": FORM}),
    "tokens_state.revoke": ("/settings", {"token": "{token}"}),
    "webhooks_state.open": ("/settings", {}),
    "webhooks_state.make": ("/settings", {"form": FORM}),
    "webhooks_state.remove": ("/settings", {"webhook": "{link}"}),
    "webhooks_state.test": ("/settings", {"webhook": "{link}"}),
    "account_state.open": ("/settings", {}),
    "account_state.change_password": ("/settings", {"form": FORM}),
    "account_state.end": ("/settings", {"session_id": "{session}"}),
    "account_state.end_others": ("/settings", {}),
    "write_state.open": (HOME, {}),
    "write_state.review": (HOME, {"memo": MEMO.replace(SECRET, "A pump")}),
    "write_state.choose_rubric": (HOME, {"rubric": "investment-memo", "memo": "{memo}", "chosen": "true"}),
    "write_state.choose_language": (HOME, {"language": "en", "memo": "{memo}"}),
    "write_state.choose_coach": (HOME, {"coach": "builtin"}),
    "write_state.evaluate": (HOME, {"form": FORM}),
    "deletion_state.open": ("/memos", {}),
    "deletion_state.ask_about_memo": ("/memos", {"memo": "{memo}", "title": "x"}),
    "deletion_state.delete": ("/memos", {"form": FORM}),
    "deletion_state.ask_about_chosen": ("/memos", {"form": FORM}),
    "deletion_state.keep": ("/memos", {}),
    "deletion_state.ask_about_all": ("/settings", {}),
    "deletion_state.undo": ("/memos", {}),
}
"""What a writer's page sends: each on behalf of its own writer, here with the ids of somebody else's."""
OF_ADMINISTRATORS: Walk = {
    "administration_state.open": (ADMIN, {}),
    "administration_state.make_rubric": (ADMIN, {"form": FORM}),
    "document_state.open": ("/admin/config/llm", {}),
    "document_state.check": ("/admin/config/llm", {"document": "{{"}),
    "document_state.save": ("/admin/config/llm", {"document": "x: 1", "note": "", "base": 0}),
    "document_state.compare_with": ("/admin/config/llm", {"version": 0}),
    "document_state.roll_back": ("/admin/config/llm", {"version": 0, "base": 0}),
    "document_state.set_retired": ("/admin/config/llm", {"retired": True, "base": 0}),
    "document_state.preview": ("/admin/config/llm", {"document": "", "of": "evaluations"}),
    "audit_state.open": ("/admin/audit", {}),
    "audit_state.search": ("/admin/audit", {"form": FORM}),
    "audit_state.older": ("/admin/audit", {}),
    "usage_state.open": ("/admin/usage", {}),
    "usage_state.choose_days": ("/admin/usage", {"days": "7"}),
    "users_state.open": ("/admin/users", {}),
    "users_state.search": ("/admin/users", {"form": FORM}),
    "users_state.more": ("/admin/users", {}),
    "users_state.invite": ("/admin/users", {"form": FORM}),
    "users_state.set_role": ("/admin/users", {"user_id": "{own_user}", "role": "administrator"}),
    "users_state.set_disabled": ("/admin/users", {"user_id": "{user}", "is_disabled": True}),
    "users_state.reset_password": ("/admin/users", {"user_id": "{user}"}),
    "users_state.remove_second_factors": ("/admin/users", {"user_id": "{user}"}),
    "users_state.end_sessions": ("/admin/users", {"user_id": "{user}"}),
    "users_state.set_limits": ("/admin/users", {"form": FORM}),
    "installation_state_on_screen.open": ("/admin/state", {}),
    "debug_state.open": ("/debug", {}),
    "debug_state.open_evaluation": ("/debug/{evaluation}", {}),
    "debug_state.run_all": ("/debug", {}),
}
"""What needs the role; each shows nothing and changes nothing without."""
OF_READERS: Walk = {
    "shared_state.open": ("/share", {}),
    "shared_state.look": ("/share", {}),
    "shared_state.unfold": ("/share", {}),
    "shared_state.leave": ("/share", {"form": FORM}),
}
"""What a page sends that was opened by a link to read; here without one."""
OF_THE_FRAMEWORK: Walk = {
    "state.hydrate": (EVALUATION, {}),
    "state.hydrate_and_load": (EVALUATION, {}),
    "on_load_internal_state.on_load_internal": (EVALUATION, {}),
    "on_load_internal_state.set_is_hydrated": (EVALUATION, {"value": True}),
    "frontend_event_exception_state.handle_frontend_exception": (
        EVALUATION, {"info": "x", "component_stack": "x"},
    ),
}  # fmt: skip
EVERY: Walk = {**OF_THE_FRAMEWORK, **OF_READERS, **OF_WRITERS, **OF_ADMINISTRATORS}


def names() -> dict[str, str]:
    """Return the full name of each event that browsers may send, by its short one."""
    importlib.import_module("memo_coach.memo_coach")
    return {
        f"{state.rpartition('____')[2]}.{handler}": f"{state}.{handler}"
        for state, handlers in EVENT_RULES.items()
        for handler in handlers
    }


def test_the_walk_goes_to_every_event() -> None:
    assert set(EVERY) == set(some(names()))
    for name, (_, payload) in EVERY.items():
        checked(names()[name], filled(payload, dict.fromkeys(IDS, "x")))
    readers = {state.rpartition("____")[2] for state in FOR_READERS}
    assert readers == {name.partition(".")[0] for name in (*OF_READERS, *OF_THE_FRAMEWORK)}


@dataclass(frozen=True)
class Installation:
    """A server, the services on its database, and whose sessions there are."""

    server: LiveServer
    services: Services
    sessions: dict[str, str]
    owner: str
    ids: Mapping[str, str]

    def cookie(self, name: str) -> str:
        return f"memo_coach_{'reader' if name == 'reader' else 'session'}={self.sessions[name]}"

    async def kept(self) -> list[object]:
        """Return all that no stranger may have changed."""
        services, evaluation, memo = self.services, self.ids["evaluation"], self.ids["memo"]
        users, audited = await services.users.list(), await services.audit.page(AuditQuestion())
        return [
            (await services.evaluations.get(self.owner, evaluation)).status,
            (await services.drafts.of_memo(self.owner, memo)).text,
            [(line.memo_id, len(line.evaluations)) for line in await services.memos.list(self.owner)],
            (await services.chats.get(self.owner, evaluation)).messages,
            [link.link_id for link in (await services.sharing.of_evaluation(self.owner, evaluation)).links],
            [token.token_id for token in await services.tokens.of_owner(self.owner)],
            await services.sessions.identify(self.sessions["ana"]),
            [(user.email, user.role, user.is_disabled, user.limits) for user in users.users],
            await services.documents.list(),
            # What the stranger does to their own account is theirs.
            [each.action for each in audited.entries if each.target != f"user:{self.ids['own_user']}"],
        ]


@pytest.fixture
async def installation(site: Path, tmp_path: Path, migrated_url: str) -> AsyncIterator[Installation]:
    assert site
    given = {"AUTH_MODE": "accounts", "DATABASE_URL": migrated_url}
    settings = load_settings({**given, "DATA_DIR": str(tmp_path / "data"), "PORT": "1"}, env_file=None)
    services = await open_services(settings)
    sessions, owners, users = {}, {}, {}
    for name, role in (("ana", Role.WRITER), ("ben", Role.WRITER), ("root", Role.ADMINISTRATOR)):
        user = await add_account(services, f"{name}@example.org", role)
        users[name], owners[name] = user.id, user.owner
        sessions[name] = (await signed_in(services, user.email)).token
    await services.users.rename(ROOT, users["root"], CANARY)
    ana = owners["ana"]
    evaluation = await services.evaluations.submit(ana, text=MEMO, rubric="investment-memo")
    async for _view in services.evaluations.follow(ana, evaluation):
        pass
    own = await services.sessions.principal(sessions["ana"])
    assert own is not None
    ids = {
        "evaluation": evaluation,
        "memo": (await services.evaluations.get(ana, evaluation)).memo_id,
        "link": (await services.sharing.make(ana, evaluation)).link.link_id,
        "token": (await services.tokens.make(ana, "x", ("read",))).view.token_id,
        "session": own.session or "",
        "user": users["ana"],
        "own_user": users["ben"],
        "root": users["root"],
    }
    with serving(tmp_path / "server", **given) as server:
        yield Installation(server, services, sessions, ana, ids)
    await close_services(services)


def filled(value: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {name: filled(each, ids) for name, each in value.items()}
    return value.format(**ids) if isinstance(value, str) else value


async def walked(installation: Installation, name: str, walk: Walk) -> dict[str, str]:
    """Send each event with somebody's cookie; return what came, by the event that it came after."""
    found: dict[str, str] = {}
    for _, of_state in groupby(walk, key=lambda each: each.partition(".")[0]):
        async with opened(installation.server, installation.cookie(name)) as socket:
            found |= await sent_over(socket, {each: walk[each] for each in of_state}, installation.ids)
    assert "event failed" not in installation.server.log.read_text()
    return found


async def sent_over(socket: TestSocket, walk: Walk, ids: Mapping[str, str]) -> dict[str, str]:
    """Send each event in one tab."""
    full, answers, coming = names(), {}, socket.coming()
    await socket.event(HYDRATE)
    await until(socket, coming, True)
    for number, (name, (path, payload)) in enumerate(walk.items()):
        page = path.format(**ids)
        await socket.event(full[name], filled(payload, ids), router_data={"pathname": page, "asPath": page})
        answers[name] = await until(socket, coming, bool(number % 2))
    # What goes on in the background is told of later.
    answers[name] += "".join(map(str, await socket.answers(0.4)))
    return answers


async def until(socket: TestSocket, coming: AsyncIterator[Any], mark: bool) -> str:
    """Return all that comes before the answer to one more event: they are worked at in their order."""
    came = ""
    await socket.event(names()["on_load_internal_state.set_is_hydrated"], {"value": mark})
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for answer in coming:
            if f"'is_hydrated_rx_state_': {mark}" in str(answer):
                return came
            if answer.get("delta") or answer.get("events"):
                came += str(answer)
    raise AssertionError(f"The socket was closed. Before that came {came}")


async def told_in_the_background(installation: Installation, name: str, event: str) -> str:
    """Send one event in a tab that has shown nothing yet; return what is told of it until the memo is."""
    path, payload = EVERY[event]
    page = path.format(**installation.ids)
    came = ""
    async with (
        opened(installation.server, installation.cookie(name)) as socket,
        asyncio.timeout(PATIENCE_SECONDS),
    ):
        coming = socket.coming()
        await socket.event(HYDRATE)
        await until(socket, coming, True)
        await socket.event(names()[event], dict(payload), router_data={"pathname": page, "asPath": page})
        async for answer in coming:
            came += str(answer)
            if SECRET in came or "'missing'" in came:
                break
    return came


def showing(answers: Mapping[str, str], *what: str) -> list[str]:
    return [name for name, answer in answers.items() if any(each in answer for each in what)]


def of(walk: Walk, states: Iterable[str]) -> Walk:
    return {name: each for name, each in walk.items() if name in states}


async def test_a_writer_sees_and_changes_nothing_of_anybody_elses(installation: Installation) -> None:
    before = await installation.kept()
    answers = await walked(installation, "ben", EVERY)
    assert not showing(answers, SECRET, CANARY, "/welcome#", installation.ids["link"])
    assert await installation.kept() == before
    # What was asked for is there for whose it is.
    openings = {name for name in EVERY if name.endswith((".open", ".open_evaluation"))}
    answers = await walked(installation, "ana", of(OF_WRITERS, openings))
    assert {"versions_state.open", "memos_state.open"} <= set(showing(answers, SECRET))
    for event in ("feedback_state.follow", "details_state.follow"):
        assert SECRET in await told_in_the_background(installation, "ana", event)
        assert SECRET not in await told_in_the_background(installation, "ben", event)
    answers = await walked(installation, "root", of(OF_ADMINISTRATORS, openings))
    assert set(showing(answers, "'here'")) >= openings & set(OF_ADMINISTRATORS)
    assert "users_state.open" in showing(answers, CANARY)


@only_on_sqlite
async def test_a_role_that_is_taken_away_counts_no_more_in_a_tab_that_is_open(
    installation: Installation,
) -> None:
    users = installation.services.users
    await add_account(installation.services, "eva@example.org", Role.ADMINISTRATOR)
    states = {name.partition(".")[0]: name for name in OF_ADMINISTRATORS}
    async with contextlib.AsyncExitStack() as tabs:
        tab_of = {
            state: await tabs.enter_async_context(opened(installation.server, installation.cookie("root")))
            for state in states
        }
        for state, socket in tab_of.items():
            walk = {name: each for name, each in OF_ADMINISTRATORS.items() if name == f"{state}.open"}
            assert showing(await sent_over(socket, walk, installation.ids), "'here'"), state
        await users.set_role(ROOT, installation.ids["root"], Role.WRITER)
        before = await installation.kept()
        for state, socket in tab_of.items():
            walk = {name: each for name, each in OF_ADMINISTRATORS.items() if name.startswith(f"{state}.")}
            answers = await sent_over(socket, walk, installation.ids)
            assert not showing(answers, "'here'", "eva@example.org", "/welcome#", SECRET), state
        assert await installation.kept() == before


@only_on_sqlite
async def test_who_has_not_signed_in_is_answered_to_what_readers_may_ask(installation: Installation) -> None:
    before = await installation.kept()
    token, _ = await installation.services.visitors.admit()
    installation.sessions["reader"] = token
    answers = await walked(installation, "reader", EVERY)
    assert not showing(answers, SECRET, CANARY)
    # Of the states of all other pages nothing comes but what they begin with.
    assert set(showing(answers, OWN)) <= {*OF_READERS, *OF_THE_FRAMEWORK}
    assert await installation.kept() == before
    for cookie in (None, "memo_coach_session=" + "x" * 43, f"memo_coach={token}"):
        with pytest.raises(HandshakeRefused):
            async with opened(installation.server, cookie):
                pass
