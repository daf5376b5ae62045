"""What the operator has set about the provider, as one value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

from memo_coach.settings import Settings

CALLBACK: Final = "/login/callback"
"""Where the provider sends browsers back to; this address is registered there."""
EVERYBODY: Final = "*"


@dataclass(frozen=True, slots=True)
class Configuration:
    """The provider, and whom it may bring."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    scopes: str = "openid email profile"
    groups_claim: str = "groups"
    administrators: str = ""
    """The group whose members administer; empty where roles are given here."""
    domains: frozenset[str] = frozenset()
    """The domains of addresses that may come uninvited; with :data:`EVERYBODY` all may."""
    joins: Literal["invited", "any"] = "invited"
    trusts_addresses: bool = False
    """Whether addresses of which the provider does not say that it has verified them count as verified."""

    @classmethod
    def of(cls, settings: Settings) -> Configuration | None:
        """Take it from the settings; ``None`` where there is no provider."""
        if not settings.oidc_issuer:
            return None
        return cls(
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret,
            redirect_uri=redirect_uri_of(settings),
            scopes=settings.oidc_scopes,
            groups_claim=settings.oidc_groups_claim,
            administrators=settings.oidc_admin_group,
            domains=frozenset(filter(None, settings.oidc_allowed_domains.split(","))),
            joins=settings.oidc_joins,
            trusts_addresses=settings.oidc_trusts_addresses,
        )


def redirect_uri_of(settings: Settings) -> str:
    """Return where the provider sends browsers back to: by the setting alone, whatever a request says."""
    return f"{settings.public_url}{CALLBACK}"
