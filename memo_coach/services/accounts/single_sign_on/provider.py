"""What the provider says about itself (discovery), its keys, and its answers to a code."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar
from urllib.parse import quote

import structlog
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, KeySet

from memo_coach.services.accounts.single_sign_on.configuration import Configuration
from memo_coach.services.accounts.single_sign_on.errors import Reason, SingleSignOnRefused
from memo_coach.services.accounts.single_sign_on.fetching import Fetching, NotFetched

_log = structlog.get_logger(__name__)
Value = TypeVar("Value")

KEPT_SECONDS: Final = 3_600.0
"""How long metadata and keys are taken for what they were."""
AGAIN_AFTER_SECONDS: Final = 10.0
"""How soon the provider is asked again after it did not answer, or for a key that it did not have."""
MOST_KEYS: Final = 100
SIGNATURES: Final = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA"),
)
"""By key pairs alone: a signature by a shared secret could be made with what is public, and none is none."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a provider says about itself, checked."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    signatures: tuple[str, ...]
    authentication: str
    names_itself: bool
    """Whether it says in each answer that comes by a browser who it is (RFC 9207)."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a code was good for."""

    id_token: str
    access_token: str | None


class Provider:
    """The provider that the installation has."""

    def __init__(
        self,
        configuration: Configuration,
        fetching: Fetching,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._configuration = configuration
        self._fetching = fetching
        self._monotonic = monotonic
        self._metadata: _Kept[Metadata] = _Kept(monotonic)
        self._keys: _Kept[KeySet] = _Kept(monotonic)

    async def metadata(self) -> Metadata:
        """Return what the provider says about itself.

        Raises:
            SingleSignOnRefused: it does not answer, or not with what it should.
        """
        return await self._metadata.get(self._discover)

    async def keys(self, key_id: str | None) -> KeySet:
        """Return the provider's keys; they are asked for anew where one that is named is not among them.

        Raises:
            SingleSignOnRefused: it does not answer.
        """
        kept = await self._keys.get(self._fetch_keys)
        if key_id is None or any(key.kid == key_id for key in kept.keys):
            return kept
        return await self._keys.get_newer(self._fetch_keys)

    async def address_to_sign_in(self, state: str, nonce: str, verifier: str) -> str:
        """Return where a browser is sent to.

        Raises:
            SingleSignOnRefused: the provider does not answer.
        """
        metadata, ours = await self.metadata(), self._configuration
        address: str = prepare_grant_uri(
            metadata.authorization_endpoint,
            ours.client_id,
            "code",
            redirect_uri=ours.redirect_uri,
            scope=ours.scopes,
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return address

    async def exchange(self, code: str, verifier: str) -> Tokens:
        """Return what a code is good for.

        Raises:
            SingleSignOnRefused: nothing, or the provider does not answer.
        """
        metadata, ours = await self.metadata(), self._configuration
        body = prepare_token_request(
            "authorization_code", "", ours.redirect_uri, code=code, code_verifier=verifier
        )
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        name, secret = ours.client_id, ours.client_secret
        if metadata.authentication == "client_secret_basic":  # RFC 6749, 2.3.1
            name, secret = quote(name, safe=""), quote(secret, safe="")
        authentication = ClientAuth(name, secret, metadata.authentication)
        _, headers, body = authentication.prepare("POST", metadata.token_endpoint, headers, body)
        try:
            status, answer = await self._fetching.post(metadata.token_endpoint, body.encode(), headers)
        except NotFetched as error:
            raise _unavailable("token", error) from error
        id_token, access_token = answer.get("id_token"), answer.get("access_token")
        if status != 200 or not isinstance(id_token, str):
            _log.warning(
                "sign-in refused", reason="no token", status=status, error=_word(answer.get("error"))
            )
            raise SingleSignOnRefused(Reason.INVALID)
        return Tokens(id_token, access_token if isinstance(access_token, str) else None)

    async def user_info(self, access_token: str) -> dict[str, Any]:
        """Return what the provider tells about a person beside the token; nothing where it tells nothing.

        Raises:
            SingleSignOnRefused: the provider does not answer.
        """
        endpoint = (await self.metadata()).userinfo_endpoint
        if endpoint is None or not access_token.isascii() or not access_token.isprintable():
            return {}
        try:
            return await self._fetching.get(endpoint, {"Authorization": f"Bearer {access_token}"})
        except NotFetched as error:
            raise _unavailable("userinfo", error) from error

    async def close(self) -> None:
        """Close the connections."""
        await self._fetching.close()

    async def _discover(self) -> Metadata:
        address = f"{self._configuration.issuer.rstrip('/')}/.well-known/openid-configuration"
        try:
            return self._checked(await self._fetching.get(address))
        except NotFetched as error:
            raise _unavailable("discovery", error) from error

    def _checked(self, told: dict[str, Any]) -> Metadata:
        issuer = told.get("issuer")
        if not isinstance(issuer, str) or issuer.rstrip("/") != self._configuration.issuer.rstrip("/"):
            raise NotFetched("it is another issuer's")
        addresses = [told.get(f"{name}_endpoint") for name in ("authorization", "token")]
        if not all(map(self._fetching.is_fit, [*addresses, told.get("jwks_uri")])):
            raise NotFetched("an address in it is not fit")
        challenges = _words(told, "code_challenge_methods_supported")
        if challenges and "S256" not in challenges:
            raise NotFetched("it does not know S256")
        user_info = told.get("userinfo_endpoint")
        offered = _words(told, "id_token_signing_alg_values_supported") or ["RS256"]
        return Metadata(
            issuer=issuer,
            authorization_endpoint=str(addresses[0]),
            token_endpoint=str(addresses[1]),
            jwks_uri=str(told["jwks_uri"]),
            userinfo_endpoint=str(user_info) if self._fetching.is_fit(user_info) else None,
            signatures=tuple(each for each in SIGNATURES if each in offered),
            authentication=self._authentication(_words(told, "token_endpoint_auth_methods_supported")),
            names_itself=told.get("authorization_response_iss_parameter_supported") is True,
        )

    def _authentication(self, offered: list[str]) -> str:
        if not self._configuration.client_secret:
            return "none"
        return "client_secret_post" if "client_secret_post" in offered else "client_secret_basic"

    async def _fetch_keys(self) -> KeySet:
        try:
            told = await self._fetching.get((await self.metadata()).jwks_uri)
        except NotFetched as error:
            raise _unavailable("keys", error) from error
        given = told.get("keys")
        keys = []
        for each in given[:MOST_KEYS] if isinstance(given, list) else []:
            # One of a kind that we do not know, or for something else, keeps no other from being used.
            if isinstance(each, dict) and each.get("use", "sig") == "sig" and each.get("kty") != "oct":
                try:
                    keys.append(JWKRegistry.import_key(each))
                except (JoseError, ValueError, TypeError, KeyError):
                    continue
        return KeySet(keys)


class _Kept(Generic[Value]):
    """What the provider was asked for, kept for its time. Of many who need it at once one asks."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = asyncio.Lock()
        self._value: Value | None = None
        self._asked = float("-inf")

    async def get(self, fetch: Callable[[], Awaitable[Value]]) -> Value:
        """Return it."""
        async with self._lock:
            age = self._monotonic() - self._asked
            if self._value is not None and age < KEPT_SECONDS:
                return self._value
            if self._value is None and age < AGAIN_AFTER_SECONDS:
                raise SingleSignOnRefused(Reason.UNAVAILABLE)
            return await self._fetch(fetch)

    async def get_newer(self, fetch: Callable[[], Awaitable[Value]]) -> Value:
        """Return it as it is now, where it was not asked for just before."""
        async with self._lock:
            if self._value is not None and self._monotonic() - self._asked < AGAIN_AFTER_SECONDS:
                return self._value
            return await self._fetch(fetch)

    async def _fetch(self, fetch: Callable[[], Awaitable[Value]]) -> Value:
        try:
            self._value = await fetch()
        finally:
            self._asked = self._monotonic()
        return self._value


def _unavailable(what: str, error: Exception) -> SingleSignOnRefused:
    _log.warning("the provider cannot be asked", what=what, reason=str(error))
    return SingleSignOnRefused(Reason.UNAVAILABLE)


def _words(told: dict[str, Any], name: str) -> list[str]:
    found = told.get(name)
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def _word(told: object) -> str:
    """Return what may stand in the log of a word that the provider, or a browser, has sent."""
    return "".join(letter for letter in str(told)[:60] if letter.isalnum() or letter in "_-.")
