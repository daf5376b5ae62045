"""What a provider, or somebody in its place, answers is believed where it fits, and is not waited for."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import RSAKey

from memo_coach.services.accounts.principal import Actor, Role
from memo_coach.services.accounts.single_sign_on.configuration import Configuration
from memo_coach.services.accounts.single_sign_on.errors import Reason, SingleSignOnRefused
from memo_coach.services.accounts.single_sign_on.fetching import Fetching, is_public
from memo_coach.services.accounts.single_sign_on.person import Person, groups_in, together
from memo_coach.services.accounts.single_sign_on.provider import AGAIN_AFTER_SECONDS, Provider
from memo_coach.services.accounts.single_sign_on.service import SingleSignOn
from memo_coach.services.accounts.single_sign_on.views import Answer, Arrived
from tests.unit.web.accounts.conftest import Opening
from tests.unit.web.accounts.hostile_provider import CLIENT, HostileProvider, hostile_provider

ANOTHER = RSAKey.generate_key(2048, {"kid": "one"})


@pytest.fixture(scope="module")
def running() -> Iterator[HostileProvider]:
    with hostile_provider() as provider:
        yield provider


@pytest.fixture
def provider(running: HostileProvider) -> HostileProvider:
    running.__init__(running.issuer)  # type: ignore[misc] # as it was at the start
    return running


def fit_claims(provider: HostileProvider, nonce: str) -> dict[str, Any]:
    now = int(time.time())
    return {
        "iss": provider.issuer, "aud": CLIENT, "sub": "ana", "exp": now + 300, "iat": now, "nonce": nonce,
        "email": "ana@example.org", "email_verified": True,
    }  # fmt: skip


async def arrived(service: SingleSignOn, provider: HostileProvider, **change: Any) -> Arrived:
    """Walk the way, on which the token says something else than it should."""
    begun = await service.begin("/")
    asked = {name: value[0] for name, value in parse_qs(urlsplit(begun.address).query).items()}
    claims = fit_claims(provider, asked["nonce"])
    for name, value in change.pop("claims", {}).items():
        claims = {each: told for each, told in claims.items() if each != name}
        if value is not None:
            claims[name] = value
    id_token = change.pop("make", provider.token)(claims)
    provider.answers("/token", {"id_token": id_token, "access_token": "x", "token_type": "Bearer"})
    return await service.finish(Answer(asked["state"], "code"), begun.browser_token, address=None, agent=None)


def by_secret(claims: dict[str, Any], algorithm: str, secret: bytes) -> str:
    """Return a token as a library would make it that asks nothing; ``none`` has no signature."""
    parts = [_written(json.dumps(each).encode()) for each in ({"alg": algorithm, "kid": "one"}, claims)]
    signature = hmac.digest(secret, ".".join(parts).encode(), "sha256") if algorithm != "none" else b""
    return ".".join([*parts, _written(signature)])


def _written(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


async def test_a_token_counts_that_the_provider_has_made_for_this_sign_in_here_and_no_other(
    provider: HostileProvider, opening: Opening
) -> None:
    public = provider.key.as_pem(private=False)
    async with opening(**provider.settings(), OIDC_ALLOWED_DOMAINS="*") as services:
        service = services.accounts.single_sign_on
        assert service is not None
        for change in (
            {"claims": {"iss": "https://evil.example"}},
            {"claims": {"iss": f"{provider.issuer}/"}},
            {"claims": {"aud": "another"}},
            {"claims": {"aud": [CLIENT, "another"]}},
            {"claims": {"azp": "another"}},
            {"claims": {"nonce": "another"}},
            {"claims": {"nonce": None}},
            {"claims": {"exp": int(time.time()) - 120}},
            {"claims": {"exp": None}},
            {"claims": {"iat": int(time.time()) + 3_600}},
            {"claims": {"sub": None}},
            {"claims": {"sub": 7}},
            {"claims": {"sub": "x" * 300}},
            {"claims": {"sub": "a\0b"}},
            {"claims": {"at_hash": "another"}},
            {"make": lambda claims: by_secret(claims, "none", b"")},
            {"make": lambda claims: by_secret(claims, "HS256", public)},
            {"make": lambda claims: by_secret(claims, "HS256", b"s" * 40)},
            {"make": lambda claims: provider.token(claims, key=ANOTHER)},
            {"make": lambda claims: provider.token(claims, {"kid": "two"})},
            {"make": lambda claims: provider.token(claims)[:-4]},
            {"make": lambda _: "no token"},
            {"make": lambda _: None},
        ):
            with pytest.raises(SingleSignOnRefused) as refused:
                await arrived(service, provider, **change)
            assert refused.value.reason is Reason.INVALID, change
        assert (await services.users.list()).users == ()

        # What the token leaves out is asked for, and believed of the same person alone.
        nothing = {"email": None, "email_verified": None}
        told = {"email": "ana@example.org", "email_verified": True}
        provider.answers("/me", {"sub": "eve", **told})
        with pytest.raises(SingleSignOnRefused):
            await arrived(service, provider, claims=nothing)
        provider.answers("/me", {"sub": "ana", **told})
        assert (await arrived(service, provider, claims=nothing)).signed_in.principal.name == "ana"
        assert provider.form["code"] == ["code"]
        assert provider.form["redirect_uri"] == ["http://127.0.0.1:1/login/callback"]
        assert len(provider.form["code_verifier"][0]) == 43
        assert provider.asked.count("/keys") < 5  # however many name a key that there is not


async def test_a_person_who_comes_in_two_browsers_at_once_has_one_account(
    provider: HostileProvider, opening: Opening
) -> None:
    async with opening(**provider.settings()) as services:
        service = services.accounts.single_sign_on
        assert service is not None
        await services.users.invite(Actor("the test"), email="ana@example.org", name="", role=Role.WRITER)
        begun = [await service.begin("/") for _ in range(2)]
        asked = [parse_qs(urlsplit(each.address).query) for each in begun]
        tokens = {each["state"][0]: provider.token(fit_claims(provider, each["nonce"][0])) for each in asked}
        # The code of each is its state, so that each gets its own token.
        provider.pages["/token"] = lambda: json.dumps({"id_token": tokens[provider.form["code"][0]]}).encode()
        came = await asyncio.gather(
            *(
                service.finish(
                    Answer(each["state"][0], each["state"][0]),
                    browser.browser_token,
                    address=None,
                    agent=None,
                )
                for each, browser in zip(asked, begun, strict=True)
            ),
            return_exceptions=True,
        )
        users = {each.signed_in.principal.user for each in came if isinstance(each, Arrived)}
        assert len(users) == 1
        assert len((await services.users.list()).users) == 1


def configured(provider: HostileProvider, **more: Any) -> Configuration:
    return Configuration(provider.issuer, CLIENT, "secret", "https://here.example/login/callback", **more)


async def test_metadata_that_lead_elsewhere_or_are_no_such_thing_are_not_taken(
    provider: HostileProvider,
) -> None:
    whole = provider.metadata
    for change in (
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"token_endpoint": "http://evil.example/token"},
        {"token_endpoint": "https://user@evil.example/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "file:///etc/passwd"},
        {"jwks_uri": None},
        {"code_challenge_methods_supported": ["plain"]},
    ):
        provider.metadata = {**whole, **change}
        asking = Provider(configured(provider), Fetching(provider.issuer))
        with pytest.raises(SingleSignOnRefused):
            await asking.metadata()
        await asking.close()
    provider.metadata = whole
    for content in (b"[" * 200_000, b"[]", b"no JSON", b"", b'{"issuer": "' + b"x" * 1_000_000 + b'"}'):
        provider.pages["/.well-known/openid-configuration"] = lambda content=content: content  # type: ignore[misc]
        asking = Provider(configured(provider), Fetching(provider.issuer))
        with pytest.raises(SingleSignOnRefused):
            await asking.metadata()
        await asking.close()


async def test_nobody_in_the_private_network_is_asked_but_the_issuer_itself(
    provider: HostileProvider,
) -> None:
    provider.metadata["jwks_uri"] = "https://localhost:1/keys"
    asking = Provider(configured(provider), Fetching(provider.issuer))
    with pytest.raises(SingleSignOnRefused):
        await asking.keys(None)
    await asking.close()
    private = ("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "::1",
               "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "224.0.0.1", "100.64.0.1")  # fmt: skip
    assert not any(map(is_public, private))
    assert is_public("93.184.216.34")


async def test_a_provider_that_hangs_is_given_up_and_left_alone_for_a_while(
    provider: HostileProvider,
) -> None:
    moment = [0.0]
    asking = Provider(
        configured(provider), Fetching(provider.issuer, patience=0.05), monotonic=lambda: moment[0]
    )
    provider.may_answer.clear()
    for _ in range(5):
        with pytest.raises(SingleSignOnRefused) as refused:
            await asking.metadata()
        assert refused.value.reason is Reason.UNAVAILABLE
    assert len(provider.asked) <= 1
    moment[0] = AGAIN_AFTER_SECONDS + 1
    with pytest.raises(SingleSignOnRefused):
        await asking.metadata()
    assert len(provider.asked) <= 2
    await asking.close()


def test_an_address_is_believed_of_who_vouches_for_it_and_groups_where_they_stand() -> None:
    there = Configuration("https://id.example", CLIENT, "", "", administrators="coaches")
    trusting = Configuration("https://id.example", CLIENT, "", "", trusts_addresses=True)
    for verified, plain, trusted in (
        (True, True, True), ("true", True, True), (False, False, False), ("false", False, False),
        (1, False, False), (None, False, True),
    ):  # fmt: skip
        claims = {"sub": "a", "email": "a@example.org"}
        claims |= {} if verified is None else {"email_verified": verified}  # type: ignore[dict-item]
        assert (Person.told(claims, "i", there).email is not None) is plain, verified
        assert (Person.told(claims, "i", trusting).email is not None) is trusted, verified
    mixed = together({"email": "boss@example.org"}, {"email": "eve@example.org", "email_verified": True})
    assert Person.told({"sub": "eve", **mixed}, "i", there).email is None
    assert groups_in({"realm_access": {"roles": ["coaches", 7]}}, "realm_access.roles") == {"coaches"}
    assert groups_in({"a.b": ["x"], "a": {"b": ["y"]}}, "a.b") == {"x"}
    assert groups_in({"groups": "coaches,others"}, "groups") == {"coaches,others"}
    for odd in ({}, {"groups": None}, {"groups": {"coaches": 1}}, {"groups": 7}):
        assert groups_in(odd, "groups") == set()
    assert Person.told({"sub": "a", "name": "\0 Ana\n" + "x" * 500}, "i", there).name.startswith("� Ana x")
