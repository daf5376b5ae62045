"""Whether a token is the provider's, about this very sign-in here, and what it says about the person."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import structlog
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError

from memo_coach.services.accounts.single_sign_on.errors import Reason, SingleSignOnRefused
from memo_coach.services.accounts.single_sign_on.provider import Provider, Tokens

_log = structlog.get_logger(__name__)

LEEWAY_SECONDS: Final = 60
"""By which the provider's clock and ours may differ."""
LONGEST_SUBJECT: Final = 255
"""Of ASCII characters (OpenID Connect Core, 2)."""


async def checked_claims(
    provider: Provider, tokens: Tokens, *, client_id: str, nonce: str, now: datetime
) -> Mapping[str, Any]:
    """Return what a token says.

    Raises:
        SingleSignOnRefused: it is not the provider's, not for us, not about this sign-in or over; or the
            provider does not answer.
    """
    metadata = await provider.metadata()
    keys = await provider.keys(_key_id(tokens.id_token))
    try:
        found = jwt.decode(tokens.id_token, keys, algorithms=list(metadata.signatures))
        claims = CodeIDToken(
            found.claims,
            found.header,
            options={
                "iss": {"essential": True, "value": metadata.issuer},
                "aud": {"essential": True, "value": client_id},
            },
            params={"nonce": nonce, "client_id": client_id, "access_token": tokens.access_token},
        )
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        _log.warning("sign-in refused", reason="token", fault=type(error).__name__, told=str(error)[:200])
        raise SingleSignOnRefused(Reason.INVALID) from error
    subject = claims["sub"]
    is_one = isinstance(subject, str) and 0 < len(subject) <= LONGEST_SUBJECT
    if not (is_one and subject.isascii() and subject.isprintable()):
        _log.warning("sign-in refused", reason="subject")
        raise SingleSignOnRefused(Reason.INVALID)
    return dict(claims)


def _key_id(token: str) -> str | None:
    """Return which key a token says that it is signed with; it is not believed, only looked up."""
    head = token.partition(".")[0]
    try:
        found = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (ValueError, RecursionError):
        return None
    key_id = found.get("kid") if isinstance(found, dict) else None
    return key_id if isinstance(key_id, str) else None
