"""Passkeys (Web Authentication): what a device is asked to sign, and whether its answer holds.

A passkey is for one address, that of ``PUBLIC_URL``: a page elsewhere that looks like ours gets no answer.
Each challenge is signed once, within five minutes, for what it was made for.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.services.accounts.second_factors.errors import PasskeyRefused, PasskeysImpossible
from memo_coach.services.accounts.second_factors.views import Kind
from memo_coach.services.clock import new_id
from memo_coach.storage.repositories.passkey_challenges import PasskeyChallengeRepository
from memo_coach.storage.repositories.second_factors import SecondFactorRepository
from memo_coach.storage.tables import PasskeyChallenge, SecondFactor, User

LIFETIME: Final = timedelta(minutes=5)
MOST_CHALLENGES: Final = 10_000
"""That are no account's: anybody may ask for one."""
LONGEST_ANSWER: Final = 12_000
"""Characters of a device's answer that are read."""
_CHALLENGE_BYTES: Final = 32
_SWEPT: Final = 20
_LONGEST_CREDENTIAL: Final = 1_400
"""Of a device's name for a passkey: 1,023 bytes (Web Authentication, 4) in base64url."""
REGISTER, SECOND_STEP, SIGN_IN = "register", "second_step", "sign_in"

_log = structlog.get_logger(__name__)


class Passkeys:
    """Asks devices, and checks what they answer."""

    def __init__(self, public_url: str, installation: str, now: Callable[[], datetime]) -> None:
        parts = urlsplit(public_url)
        self._host = parts.hostname or ""
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._is_secure = parts.scheme == "https" or self._host == "localhost"
        self._installation = installation
        self._now = now

    @property
    def are_possible(self) -> bool:
        """Whether browsers offer passkeys at this address: not without TLS, and not for a number."""
        return self._is_secure and not _is_number(self._host)

    async def registration(self, session: AsyncSession, user: User) -> str:
        """Return what a device is asked to make a passkey of, as JSON.

        Raises:
            PasskeysImpossible: none can be made at this address.
        """
        import webauthn  # noqa: PLC0415 - who has none does without
        from webauthn.helpers import structs  # noqa: PLC0415

        challenge = await self._challenge(session, REGISTER, user.id)
        existing = await SecondFactorRepository(session).of_user(user.id)
        options = webauthn.generate_registration_options(
            rp_id=self._host,
            rp_name=self._installation,
            user_id=user.id.encode(),
            user_name=user.email,
            user_display_name=user.name,
            challenge=challenge,
            exclude_credentials=_descriptors(existing),
            authenticator_selection=structs.AuthenticatorSelectionCriteria(
                resident_key=structs.ResidentKeyRequirement.PREFERRED,
                user_verification=structs.UserVerificationRequirement.PREFERRED,
            ),
        )
        return webauthn.options_to_json(options)

    async def registered(self, session: AsyncSession, user: User, answer: str, name: str) -> SecondFactor:
        """Return the passkey that a device has made, not stored yet.

        Raises:
            PasskeyRefused: it is none, or somebody's already.
        """
        import webauthn  # noqa: PLC0415
        from webauthn.helpers import bytes_to_base64url  # noqa: PLC0415

        read = _read(answer)
        challenge = await self._answered(session, read, REGISTER, user.id)
        try:
            verified = webauthn.verify_registration_response(
                credential=read,
                expected_challenge=challenge,
                expected_rp_id=self._host,
                expected_origin=self._origin,
            )
        except Exception as error:  # noqa: BLE001 - whatever it makes of what a stranger sends
            raise _refused(error) from None
        credential = bytes_to_base64url(verified.credential_id)
        if len(credential) > _LONGEST_CREDENTIAL:
            raise PasskeyRefused
        if await SecondFactorRepository(session).by_credential(credential) is not None:
            raise PasskeyRefused
        return SecondFactor(
            id=new_id(),
            user_id=user.id,
            kind=Kind.PASSKEY.value,
            name=name,
            made=self._now(),
            is_confirmed=True,
            credential=credential,
            public_key=bytes_to_base64url(verified.credential_public_key),
            sign_count=verified.sign_count,
        )

    async def request(self, session: AsyncSession, user_id: str | None) -> str:
        """Return what a device is asked to sign, as JSON: an account's passkeys, or without one any here.

        Raises:
            PasskeysImpossible: there are none at this address.
        """
        import webauthn  # noqa: PLC0415
        from webauthn.helpers import structs  # noqa: PLC0415

        purpose = SIGN_IN if user_id is None else SECOND_STEP
        challenge = await self._challenge(session, purpose, user_id)
        existing = () if user_id is None else await SecondFactorRepository(session).of_user(user_id)
        wanted = structs.UserVerificationRequirement
        options = webauthn.generate_authentication_options(
            rp_id=self._host,
            challenge=challenge,
            allow_credentials=_descriptors(existing),
            user_verification=wanted.REQUIRED if user_id is None else wanted.PREFERRED,
        )
        return webauthn.options_to_json(options)

    async def signed(self, session: AsyncSession, answer: str, user_id: str | None) -> str:
        """Note that a passkey was used, and return the id of its account.

        Without ``user_id`` it stands in a password's place: its device has to have made sure of the person.

        Raises:
            PasskeyRefused: it is none of an account's, its signature is not right, or it has been copied.
        """
        import webauthn  # noqa: PLC0415
        from webauthn.helpers import base64url_to_bytes  # noqa: PLC0415

        read, purpose = _read(answer), SIGN_IN if user_id is None else SECOND_STEP
        challenge = await self._answered(session, read, purpose, user_id)
        factors = SecondFactorRepository(session)
        found = await factors.by_credential(str(read.get("id"))[:_LONGEST_CREDENTIAL])
        if found is None or (user_id is not None and found.user_id != user_id):
            raise PasskeyRefused
        try:
            verified = webauthn.verify_authentication_response(
                credential=read,
                expected_challenge=challenge,
                expected_rp_id=self._host,
                expected_origin=self._origin,
                credential_public_key=base64url_to_bytes(found.public_key or ""),
                credential_current_sign_count=found.sign_count,
                require_user_verification=user_id is None,
            )
        except Exception as error:  # noqa: BLE001 - whatever it makes of what a stranger sends
            raise _refused(error) from None
        owner = found.user_id
        used = {"sign_count": verified.new_sign_count, "last_used": self._now()}
        await factors.change(owner, found.id, used)
        return owner

    async def _challenge(self, session: AsyncSession, purpose: str, user_id: str | None) -> bytes:
        if not self.are_possible:
            raise PasskeysImpossible
        challenges, challenge = PasskeyChallengeRepository(session), secrets.token_bytes(_CHALLENGE_BYTES)
        await challenges.remove_expired(self._now(), _SWEPT)
        if user_id is None:
            await challenges.keep_newest_of_nobody(MOST_CHALLENGES - 1)
        else:
            await challenges.remove_of(user_id)
        row = PasskeyChallenge(
            challenge_sha256=_hash(challenge),
            purpose=purpose,
            user_id=user_id,
            expires=self._now() + LIFETIME,
        )
        await challenges.add(row)
        return challenge

    async def _answered(
        self, session: AsyncSession, read: dict[str, Any], purpose: str, user_id: str | None
    ) -> bytes:
        """Return the challenge that an answer names, which is used up."""
        challenge = _challenge_in(read)
        challenges = PasskeyChallengeRepository(session)
        if not await challenges.answer(_hash(challenge), purpose, user_id, self._now()):
            raise PasskeyRefused
        return challenge


def _read(answer: str) -> dict[str, Any]:
    try:
        read = json.loads(answer) if len(answer) <= LONGEST_ANSWER else None
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict) or not isinstance(read.get("response"), dict):
        raise PasskeyRefused
    return read


def _challenge_in(read: dict[str, Any]) -> bytes:
    from webauthn.helpers import base64url_to_bytes  # noqa: PLC0415

    try:
        client = json.loads(base64url_to_bytes(read["response"]["clientDataJSON"]))
        return base64url_to_bytes(client["challenge"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise PasskeyRefused from None


def _descriptors(factors: Sequence[SecondFactor]) -> list[Any]:
    from webauthn.helpers import base64url_to_bytes, structs  # noqa: PLC0415

    return [
        structs.PublicKeyCredentialDescriptor(id=base64url_to_bytes(each.credential))
        for each in factors
        if each.credential is not None
    ]


def _refused(error: Exception) -> PasskeyRefused:
    _log.info("passkey refused", reason=type(error).__name__)
    return PasskeyRefused()


def _hash(challenge: bytes) -> str:
    return hashlib.sha256(challenge).hexdigest()


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
