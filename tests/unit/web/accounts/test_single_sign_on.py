"""People sign in through a real provider of OpenID Connect, and nobody does as somebody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from memo_coach.services.accounts.principal import Actor, Role
from memo_coach.services.accounts.single_sign_on.views import LIFETIME
from memo_coach.services.container import Services
from memo_coach.storage.repositories.audit import AuditFilter, AuditRepository
from tests.clock import Clock
from tests.oidc_provider import RunningProvider, running_provider
from tests.unit.web.accounts.conftest import Opening
from tests.unit.web.accounts.test_sign_in_over_http import ALERT, PAGE, PASSWORD, SITE, browser

OPERATOR = Actor("the test")


@pytest.fixture(scope="module")
def provider() -> Iterator[RunningProvider]:
    with running_provider(f"{SITE}/login/callback") as running:
        yield running


async def to_provider(person: httpx.AsyncClient, wanted: str = "/", **headers: str) -> str:
    """Begin a sign-in; return the address at the provider."""
    answer = await person.get("/login/provider", params={"next": wanted}, headers={**PAGE, **headers})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def at_provider(address: str, subject: str, **form: str) -> str:
    """Sign in there as somebody; return where the provider sends the browser back to."""
    async with httpx.AsyncClient() as there:
        answer = await there.get(address)
        page = answer.headers["location"]
        answer = await there.post(httpx.URL(address).join(page), data={"subject": subject, **form})
        while not answer.headers["location"].startswith(f"{SITE}/"):
            answer = await there.get(answer.headers["location"])
        return answer.headers["location"]


async def arrive(person: httpx.AsyncClient, subject: str, wanted: str = "/", **form: str) -> httpx.Response:
    """Walk the whole way; return the answer at its end."""
    return await person.get(await at_provider(await to_provider(person, wanted), subject, **form))


def problem_of(answer: httpx.Response) -> str:
    """Return why nobody was signed in."""
    assert "memo_coach_session=" not in str(answer.headers.get_list("set-cookie"))
    (told,) = parse_qs(urlsplit(answer.headers["location"]).query)["problem"]
    return told


async def audited(services: Services) -> list[str]:
    async with services.database.read() as session:
        entries = await AuditRepository(session).entries(AuditFilter(action="user."), 100)
    return [entry.action for entry in reversed(entries)]


async def test_who_comes_from_the_provider_has_an_account_by_its_subject_and_the_role_of_its_groups(
    provider: RunningProvider, opening: Opening
) -> None:
    settings = {
        "OIDC_ALLOWED_DOMAINS": "example.org",
        "OIDC_ADMIN_GROUP": "coaches",
        "OIDC_SCOPES": "openid email profile groups",
    }
    said = {"email": "Ana@Example.org", "email_verified": True, "name": "Ana  Ruíz"}
    provider.add_person("ana", **said, groups=["staff", "coaches"])
    async with opening(**provider.settings(), **settings) as services:
        for email in ("one@example.com", "two@example.com"):
            await services.users.create(
                OPERATOR, email=email, name="", role=Role.ADMINISTRATOR, password=PASSWORD
            )
        async with browser(services.settings) as person:
            page = (await person.get("/es/login?next=/es/memos")).text
            (way,) = re.findall(r'href="(/es/login/provider[^"]+)"', page)
            assert "Iniciar sesión con the team" in page
            begun = await person.get(way)
            kept = begun.headers["set-cookie"]
            assert "HttpOnly" in kept
            assert f"Max-Age={LIFETIME.seconds}" in kept
            answer = await person.get(await at_provider(begun.headers["location"], "ana"))
            assert (answer.status_code, answer.headers["location"]) == (303, "/es/memos")
            assert (await person.get("/memos")).text == "a page"
        user = await services.users.by_email("ana@example.org")
        assert (user.name, user.role, user.has_password) == ("Ana Ruíz", Role.ADMINISTRATOR, False)

        # The subject is the person, whatever their address is now; their groups are looked at each time.
        provider.add_person("ana", **{**said, "email": "ruiz@example.org"}, groups="staff")
        async with browser(services.settings) as person:
            await arrive(person, "ana")
            assert (await person.get("/memos")).text == "a page"
        again = await services.users.by_email("ana@example.org")
        assert (again.id, again.role) == (user.id, Role.WRITER)
        assert (await audited(services))[2:] == ["user.created", "user.role", "user.role"]

        await services.users.set_disabled(OPERATOR, user.id, True)
        for subject, email, verified, reason in (
            ("ana", "ana@example.org", True, "disabled"),
            ("eve", "eve@example.org", False, "not_verified"),
            ("eve", "eve@evil.example", True, "not_allowed"),
            ("eve", "eve@example.org.evil.example", True, "not_allowed"),
        ):
            provider.add_person(subject, email=email, email_verified=verified)
            async with browser(services.settings) as person:
                answer = await arrive(person, subject, "/memos")
                assert problem_of(answer) == reason
                assert ALERT.search((await person.get(answer.headers["location"])).text)
        assert len((await services.users.list()).users) == 3


async def test_an_address_joins_only_an_account_that_was_invited_and_only_where_it_is_verified(
    provider: RunningProvider, opening: Opening
) -> None:
    async with opening(**provider.settings()) as services:
        link = await services.users.invite(
            OPERATOR, email="bea@example.org", name="", role=Role.ADMINISTRATOR
        )
        taken = await services.users.create(
            OPERATOR, email="own@example.org", name="", role=Role.WRITER, password=PASSWORD
        )
        for subject, email, verified, reason in (
            ("thief", "bea@example.org", False, "not_verified"),
            ("thief", "own@example.org", False, "not_verified"),
            ("owner", "own@example.org", True, "taken"),
            ("stranger", "other@example.org", True, "not_allowed"),
        ):
            provider.add_person(subject, email=email, email_verified=verified)
            async with browser(services.settings) as person:
                assert problem_of(await arrive(person, subject)) == reason
        provider.add_person("bea", email="bea@example.org", email_verified=True)
        async with browser(services.settings) as person:
            assert (await arrive(person, "bea")).headers["location"] == "/"
        assert (await services.users.by_email("bea@example.org")).role is Role.ADMINISTRATOR
        assert await services.sign_in.purpose_of(link.url_token) is None
        # Another subject that has the address now is another person.
        provider.add_person("heir", email="bea@example.org", email_verified=True)
        async with browser(services.settings) as person:
            assert problem_of(await arrive(person, "heir")) == "taken"
    async with (
        opening(**provider.settings(), OIDC_JOINS="any") as services,
        browser(services.settings) as person,
    ):
        assert (await arrive(person, "owner")).headers["location"] == "/"
        assert await services.users.by_email("own@example.org") != taken


async def test_an_answer_opens_once_in_the_browser_that_asked_and_leads_to_a_page_of_ours(
    provider: RunningProvider, opening: Opening, clock: Clock
) -> None:
    provider.add_person("ana", email="ana@example.org", email_verified=True)
    provider.add_person("eve", email="eve@example.org", email_verified=True)
    async with opening(**provider.settings(), OIDC_ALLOWED_DOMAINS="*") as services:
        settings = services.settings
        async with browser(settings) as ana, browser(settings) as eve:
            # A forged host changes nothing of where the provider sends browsers back to.
            forged = {"Host": "localhost:1", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
            address = await to_provider(ana, "//evil.example", **forged)
            asked = parse_qs(urlsplit(address).query)
            assert asked["redirect_uri"] == [f"{SITE}/login/callback"]
            assert asked["code_challenge_method"] == ["S256"]
            back = await at_provider(address, "ana")
            assert problem_of(await eve.get(back)) == "stale"  # another browser's, which spoils nothing
            await to_provider(eve)
            assert problem_of(await eve.get(back)) == "stale"
            assert (await ana.get(back)).headers["location"] == "/"
            async with browser(settings) as later:
                later.cookies = ana.cookies
                assert problem_of(await later.get(back)) == "stale"

            # A code that was stolen, or used already, is none in a sign-in of one's own: PKCE, and used up.
            stolen = parse_qs(urlsplit(await at_provider(await to_provider(ana), "ana")).query)["code"][0]
            for code in (stolen, parse_qs(urlsplit(back).query)["code"][0], "x" * 5_000, ""):
                own = await at_provider(await to_provider(eve), "eve")
                answer = await eve.get(httpx.URL(own).copy_set_param("code", code))
                assert problem_of(answer) == "invalid"

            # The provider says in each answer who it is: one of another, or of nobody, is mixed up.
            for change in ("https://evil.example", ""):
                own = httpx.URL(await at_provider(await to_provider(eve), "eve"))
                changed = own.copy_set_param("iss", change) if change else own.copy_remove_param("iss")
                assert problem_of(await eve.get(changed)) == "invalid"

            assert problem_of(await arrive(eve, "eve", "/memos", declined="1")) == "declined"
            old = await at_provider(await to_provider(eve), "eve")
            clock.move(LIFETIME.total_seconds() + 1)
            assert problem_of(await eve.get(old)) == "stale"
            for nonsense in ("", "?state=x&code=y", "?error=access_denied", f"?state={'x' * 43}&code=y"):
                assert problem_of(await eve.get(f"/login/callback{nonsense}")) == "stale"
            shown = await eve.get("/login?problem=%3Cscript%3E")
            assert ALERT.search(shown.text) is None


async def test_where_passwords_are_for_emergencies_all_others_are_led_to_the_provider(
    provider: RunningProvider, opening: Opening
) -> None:
    async with opening() as services:
        writer = await services.users.create(
            OPERATOR, email="ana@example.org", name="", role=Role.WRITER, password=PASSWORD
        )
        root = await services.users.create(
            OPERATOR, email="root@example.org", name="", role=Role.ADMINISTRATOR, password=PASSWORD
        )
        await services.users.set_break_glass(OPERATOR, root.id, True)
        async with browser(services.settings) as person:
            assert (await person.get("/login/provider")).status_code == 404
            assert (await person.get("/login/callback?state=x")).status_code == 404
    only = {"LOCAL_SIGN_IN": "false", "OIDC_REDIRECT_AT_ONCE": "true"}
    async with opening(**provider.settings(), **only) as services:
        reset = await services.users.reset_password(OPERATOR, writer.id)
        async with browser(services.settings) as person:
            led = await person.get("/login?next=%2Fmemos")
            assert led.headers["location"] == "/login/provider?next=%2Fmemos"
            page = (await person.get("/login?signed-out=1")).text
            assert "Sign in with the team" in page
            assert 'type="password"' not in page
            (way,) = re.findall(r'href="(/login\?next=[^"]+with-password=1)"', page.replace("&amp;", "&"))
            assert 'type="password"' in (await person.get(way)).text
            refused = await person.post("/login", data={"email": "ana@example.org", "password": PASSWORD})
            assert refused.status_code == 422
            refused = await person.post("/welcome", data={"token": reset.url_token, "password": PASSWORD})
            assert "Here one signs in with the team" in refused.text
            led = await person.post("/login", data={"email": "root@example.org", "password": PASSWORD})
            assert led.status_code == 303
