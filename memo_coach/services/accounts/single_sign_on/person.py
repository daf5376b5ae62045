"""Who the provider says that somebody is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from memo_coach.coaching.control_characters import without_controls
from memo_coach.services.accounts.account_names import LONGEST_NAME, normalised_email
from memo_coach.services.accounts.single_sign_on.configuration import Configuration

MOST_GROUPS: Final = 5_000


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has signed in at the provider."""

    issuer: str
    subject: str
    email: str | None
    """Their address, where the provider vouches for it, in the one form that accounts have."""
    name: str
    administers: bool | None
    """Whether their groups let them; ``None`` where groups decide nothing."""

    @classmethod
    def told(cls, claims: Mapping[str, Any], issuer: str, configuration: Configuration) -> Person:
        """Take somebody from what a provider says."""
        verified = claims.get("email_verified")
        # Some say it as a word. Whatever says nothing is a question of trust; who says no is believed.
        is_verified = verified is True or verified == "true"
        is_trusted = verified is None and configuration.trusts_addresses
        address = claims.get("email")
        vouched = address if isinstance(address, str) and (is_verified or is_trusted) else ""
        groups = groups_in(claims, configuration.groups_claim)
        return cls(
            issuer=issuer,
            subject=claims["sub"],
            email=normalised_email(vouched),
            name=_name(claims),
            administers=configuration.administrators in groups if configuration.administrators else None,
        )


def together(claims: Mapping[str, Any], told_beside: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a token says, and beside it what the provider was asked for; the token counts first.

    An address is vouched for only by who names that very address.
    """
    found = {**told_beside, **claims}
    is_of_token = "email" in claims and "email_verified" not in claims
    if is_of_token and told_beside.get("email") != claims["email"]:
        found.pop("email_verified", None)
    return found


def groups_in(claims: Mapping[str, Any], name: str) -> frozenset[str]:
    """Return the groups that a claim names; it may stand within others, as ``realm_access.roles``."""
    found: object = claims.get(name)
    if found is None:
        found = claims
        for part in name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return frozenset({found})
    listed = found[:MOST_GROUPS] if isinstance(found, list) else []
    return frozenset(each for each in listed if isinstance(each, str))


def _name(claims: Mapping[str, Any]) -> str:
    for claim in ("name", "preferred_username", "nickname"):
        told = claims.get(claim)
        if isinstance(told, str) and told.strip():
            return " ".join(without_controls(told[: 4 * LONGEST_NAME]).split())[:LONGEST_NAME].strip()
    return ""
