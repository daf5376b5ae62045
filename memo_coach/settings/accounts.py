"""Who may write here, how people sign in, and the letters that they are sent."""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import ValidationInfo, field_validator

from memo_coach.settings import values
from memo_coach.settings.faults import SettingFault
from memo_coach.settings.group import VariableGroup
from memo_coach.settings.variables import variable
from memo_coach.translations.sentences import sentence


class AccountVariables(VariableGroup):
    """Accounts, sessions, mail and single sign-on."""

    auth_mode: values.AuthMode = variable(
        "Who may write here. open: no login, each browser has its own private history. accounts: who has an"
        " account. By default open in development, accounts in production and staging.",
        example="accounts",
        default=lambda above: "open" if above["app_env"] == "development" else "accounts",
    )
    first_link_in_log: values.Switch = variable(
        "Whether each start logs a link that makes the first administrator, as long as there is none. false"
        " where the log is kept or collected: memo-coach users add --first prints one instead.",
        example="false",
        default="true",
    )
    session_idle_hours: values.Hours = variable(
        "After how many hours in which nobody uses it somebody has to sign in again.",
        example="12",
        default="24",
    )
    session_days: values.SessionDays = variable(
        "After how many days one has to sign in again in any case, 1 to 365.", example="7", default="30"
    )
    smtp_url: values.SmtpUrl = variable(
        "The server that letters are sent by, with invitations, links for a new password and what happened to"
        " an account: starttls://, smtps://, or smtp:// where no password is sent. Without one an"
        " administrator is given the links to copy.",
        example="starttls://user:password@mail.example.org:587",
        secret=True,
        may_be_empty=True,
    )
    mail_from: values.MailAddress = variable(
        "Whom these letters are from. By default memo-coach at the host of PUBLIC_URL.",
        example="Memo AI Coach <memos@example.org>",
        default=lambda above: f"memo-coach@{urlsplit(above['public_url']).hostname}",
    )
    oidc_issuer: values.Issuer = variable(
        "The provider of OpenID Connect through which people sign in, as it names itself. Without it there is"
        " none.",
        example="https://id.example.org/realms/team",
    )
    oidc_client_id: values.Printable = variable(
        "How the provider knows this installation.", example="memo-coach"
    )
    oidc_client_secret: values.Printable = variable(
        "The secret that the provider gave it. Without one it is a public client, which has PKCE alone.",
        example="the-secret-that-the-provider-gave-you",
        secret=True,
        may_be_empty=True,
    )
    oidc_name: values.Printable = variable(
        "What the button says: “Sign in with …”.", example="Example Inc.", default="OpenID Connect"
    )
    oidc_scopes: values.Scopes = variable(
        "What the provider is asked for, separated by spaces.",
        example="openid email profile groups",
        default="openid email profile",
    )
    oidc_groups_claim: values.Printable = variable(
        "Where the provider names a person's groups; a point leads into what stands within.",
        example="realm_access.roles",
        default="groups",
    )
    oidc_admin_group: values.Printable = variable(
        "The group whose members administer, and nobody else who comes through the provider; looked at each"
        " time that they sign in. Without it roles are given here.",
        example="memo-coach-administrators",
    )
    oidc_allowed_domains: values.Domains = variable(
        "The domains, by comma, whose people may come through the provider, and then nobody of others. * is"
        " all whom the provider signs in. Without it those who were invited.",
        example="example.org,example.com",
    )
    oidc_joins: values.Joins = variable(
        "Which account a verified address joins at the first time: one that was invited and never signed in,"
        " or any with that address.",
        example="any",
        default="invited",
    )
    oidc_trusts_addresses: values.Switch = variable(
        "Whether an address counts as verified where the provider says neither that it is nor that it is"
        " not.",
        example="true",
        default="false",
    )
    oidc_redirect_at_once: values.Switch = variable(
        "Whether who has to sign in is sent to the provider without being asked.",
        example="true",
        default="false",
    )
    local_sign_in: values.Switch = variable(
        "Whether one signs in with a password, too. false leaves that to the accounts that `memo-coach users"
        " break-glass` has marked.",
        example="false",
        default="true",
    )

    @field_validator("oidc_client_id", "local_sign_in")
    @classmethod
    def _fit_the_provider(cls, value: str | bool, info: ValidationInfo) -> str | bool:
        has_provider = bool(info.data.get("oidc_issuer"))
        if value == "" and has_provider:
            raise SettingFault(sentence("setting_faults.needed_with_issuer"))
        if value is False and not has_provider:
            raise SettingFault(sentence("setting_faults.no_way_in"))
        return value
