"""Signing in through the provider: a browser is sent there with a state, and comes back with a code.

What makes a sign-in this browser's is a random token in its cookie, which is stored nowhere: the nonce and
the verifier of the code (PKCE) are made from it and the state, and the database has a hash of both alone. So
a code that was stolen, and an answer made for another browser, open nothing. An answer is taken once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import structlog

from memo_coach.services import clock
from memo_coach.services.accounts.errors import SignInRefused
from memo_coach.services.accounts.random_tokens import hash_of, new_token
from memo_coach.services.accounts.sign_in import SignInService
from memo_coach.services.accounts.single_sign_on.admission import Admission
from memo_coach.services.accounts.single_sign_on.configuration import Configuration
from memo_coach.services.accounts.single_sign_on.errors import Reason, SingleSignOnRefused
from memo_coach.services.accounts.single_sign_on.id_tokens import checked_claims
from memo_coach.services.accounts.single_sign_on.person import Person, groups_in, together
from memo_coach.services.accounts.single_sign_on.provider import Metadata, Provider, Tokens
from memo_coach.services.accounts.single_sign_on.views import LIFETIME, Answer, Arrived, Begun
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.storage.repositories.sign_in_flows import SignInFlowRepository
from memo_coach.storage.tables import SignInFlow

_log = structlog.get_logger(__name__)

MOST_FLOWS: Final = 10_000
"""Sign-ins under way that are kept: anybody may begin one."""
LONGEST_CODE: Final = 4_096


class SingleSignOn:
    """Signs people in through the one provider that the installation has."""

    def __init__(
        self,
        unit_of_work: UnitOfWork,
        *,
        configuration: Configuration,
        provider: Provider,
        sign_in: SignInService,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._configuration = configuration
        self._provider = provider
        self._sign_in = sign_in
        self._admission = Admission(configuration)
        self._now = now or clock.now

    async def begin(self, next_address: str, browser_token: str | None = None) -> Begun:
        """Begin a sign-in; a browser that has begun another keeps its token, so that both can be finished.

        Raises:
            SingleSignOnRefused: the provider does not answer.
            Unavailable: the database cannot be used.
        """
        token = browser_token if browser_token and hash_of(browser_token) else new_token()
        state = new_token()
        nonce, verifier = _secrets(token, state)
        try:
            address = await self._provider.address_to_sign_in(state, nonce, verifier)
        except SingleSignOnRefused as refused:
            raise SingleSignOnRefused(refused.reason, next_address) from refused
        flow = SignInFlow(
            state_sha256=hash_of(state) or "",
            browser_sha256=hash_of(token) or "",
            next_address=next_address,
            expires=self._now() + LIFETIME,
        )
        async with self._unit_of_work.write() as session:
            flows = SignInFlowRepository(session)
            await flows.keep_newest(MOST_FLOWS - 1)
            await flows.add(flow)
        return Begun(address, token)

    async def finish(
        self,
        answer: Answer,
        browser_token: str | None,
        *,
        address: str | None,
        agent: str | None,
        previous_token: str | None = None,
    ) -> Arrived:
        """Sign in whoever comes back from the provider; the session that they came with ends.

        Raises:
            SingleSignOnRefused: nobody is signed in. The sign-in is over in any case.
            Unavailable: the database cannot be used.
        """
        next_address = await self._taken(answer.state, browser_token)
        try:
            person = await self._person(answer, *_secrets(browser_token or "", answer.state or ""))
            async with self._unit_of_work.write() as session:
                user = await self._admission.account_of(session, person, self._now(), address)
                signed_in = await self._sign_in.begin(
                    session, user.id, address=address, agent=agent, previous_token=previous_token
                )
        except SignInRefused:
            raise SingleSignOnRefused(Reason.DISABLED, next_address) from None
        except SingleSignOnRefused as refused:
            _log.info("sign-in refused", reason=refused.reason.value)
            raise SingleSignOnRefused(refused.reason, next_address) from refused
        return Arrived(signed_in, next_address)

    async def close(self) -> None:
        """Close what connects to the provider."""
        await self._provider.close()

    async def _taken(self, state: str | None, browser_token: str | None) -> str:
        """Take the sign-in that an answer is to; return where the person wanted to go."""
        state_sha256, browser_sha256 = hash_of(state), hash_of(browser_token)
        if state_sha256 is None or browser_sha256 is None:
            raise SingleSignOnRefused(Reason.STALE)
        async with self._unit_of_work.write() as session:
            flow = await SignInFlowRepository(session).take(state_sha256, browser_sha256, self._now())
        if flow is None:
            raise SingleSignOnRefused(Reason.STALE)
        return flow.next_address

    async def _person(self, answer: Answer, nonce: str, verifier: str) -> Person:
        metadata = await self._provider.metadata()
        _refuse_other_issuer(answer.issuer, metadata)
        if answer.error is not None:
            raise SingleSignOnRefused(Reason.DECLINED)
        if not answer.code or len(answer.code) > LONGEST_CODE:
            raise SingleSignOnRefused(Reason.INVALID)
        tokens = await self._provider.exchange(answer.code, verifier)
        claims = await checked_claims(
            self._provider, tokens, client_id=self._configuration.client_id, nonce=nonce, now=self._now()
        )
        if self._is_too_little(claims):
            claims = together(claims, await self._told_beside(tokens, claims["sub"]))
        return Person.told(claims, metadata.issuer, self._configuration)

    def _is_too_little(self, claims: Mapping[str, Any]) -> bool:
        ours = self._configuration
        no_groups = bool(ours.administrators) and not groups_in(claims, ours.groups_claim)
        no_word = "email_verified" not in claims and not ours.trusts_addresses
        return "email" not in claims or no_word or no_groups

    async def _told_beside(self, tokens: Tokens, subject: str) -> Mapping[str, Any]:
        told = {} if tokens.access_token is None else await self._provider.user_info(tokens.access_token)
        if told and told.get("sub") != subject:  # somebody else's (OpenID Connect Core, 5.3.2)
            _log.warning("sign-in refused", reason="userinfo of another subject")
            raise SingleSignOnRefused(Reason.INVALID)
        return told


def _refuse_other_issuer(told: str | None, metadata: Metadata) -> None:
    """Refuse an answer that another provider has made (RFC 9207)."""
    if told != metadata.issuer and (told is not None or metadata.names_itself):
        _log.warning("sign-in refused", reason="answer of another issuer")
        raise SingleSignOnRefused(Reason.INVALID)


def _secrets(browser_token: str, state: str) -> tuple[str, str]:
    """Return the nonce and the verifier of a sign-in."""
    made = (
        hmac.digest(browser_token.encode(), f"{purpose} {state}".encode(), hashlib.sha256)
        for purpose in ("nonce", "verifier")
    )
    nonce, verifier = (base64.urlsafe_b64encode(each).rstrip(b"=").decode() for each in made)
    return nonce, verifier
