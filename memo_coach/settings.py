"""The environment, read once, as one typed and frozen :class:`Settings`. Nothing else reads the environment.

A setting is added in one place, as a field of :class:`Settings`: its variable is its name in capitals, its
type checks the value, and the documents are written from what ``variable`` (:mod:`.settings_variables`) is
told. ``.env`` in the working directory is read too; a variable that is really set wins over it. A secret may
also be given as a file: ``NAME_FILE`` holds the path, and the file's content, stripped, is the value.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from memo_coach import settings_values as values
from memo_coach.database_url import POSTGRES_EXAMPLE, sqlite_path
from memo_coach.settings_variables import Given, Variables, VariablesOfFile, is_secret, variable

DATABASE_FILE = "memo_coach.db"
DRAFT_DAYS = "180"
"""By default: half a year without a visit. Long enough for what is written once a year and begun early."""
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
WILDCARD_HOSTS = frozenset({"0.0.0.0", "::", "[::]"})  # noqa: S104 - recognised, not bound


class SettingsError(Exception):
    """A variable has a value that cannot be used. ``str(error)`` is one line: name, fault and an example."""


def address_of(host: str, port: int) -> str:
    """Return the address at which a browser on this machine reaches a server listening on host and port."""
    name = "127.0.0.1" if host in WILDCARD_HOSTS else host
    return f"http://[{name}]:{port}" if ":" in name and not name.startswith("[") else f"http://{name}:{port}"


def operators_of(public_url: str) -> str:
    """Return the networks of the operators where none are named.

    A site with an address of its own has a proxy in front, which may ask from this machine for anybody.
    """
    return "127.0.0.0/8,::1/128" if urlsplit(public_url).hostname in LOCAL_NAMES else ""


class Settings(BaseSettings):
    """What the operator decided. Paths are absolute; URLs have no trailing slash.

    A default may be made from the settings above it. Where several values are wrong, the first is told.
    """

    model_config = SettingsConfigDict(
        alias_generator=str.upper, case_sensitive=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    data_dir: values.Directory = variable(
        "The directory for everything that is kept. It is made when it is missing.",
        example="/var/lib/memo-coach",
        default="data",
    )
    app_env: Annotated[values.Environment, values.one_of(values.Environment)] = variable(
        "What kind of installation this is: development, staging or production. Production logs as JSON.",
        example="production",
        default="development",
    )
    host: values.Host = variable("The address to listen on.", example="0.0.0.0", default="127.0.0.1")  # noqa: S104
    port: values.Port = variable("The port to listen on, 1 to 65535.", example="3000", default="3000")
    public_url: values.PublicUrl = variable(
        "The address that people type, where a proxy stands in front. By default made from HOST and PORT.",
        example="https://memos.example.org",
        default=lambda above: address_of(above["host"], above["port"]),
    )
    database_url: values.DatabaseUrl = variable(
        f"The database: Postgres, or an SQLite file. By default the SQLite file {DATABASE_FILE} in DATA_DIR.",
        example=POSTGRES_EXAMPLE,
        default=lambda above: f"sqlite:///{above['data_dir'] / DATABASE_FILE}",
        secret=True,
    )
    redis_url: values.RedisUrl = variable(
        "The Redis or Valkey through which several processes tell each other what has changed. Nothing is"
        " stored there. One process does without.",
        example="redis://:password@127.0.0.1:6379/0",
        secret=True,
    )
    workers: values.Workers = variable(
        "How many processes serve, 1 to 64: one for each core. More than one needs REDIS_URL.",
        example="2",
        default="1",
    )
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
    log_level: Annotated[values.LogLevel, values.one_of(values.LogLevel, ignore_case=True)] = variable(
        "The least serious message that is logged: DEBUG, INFO, WARNING or ERROR.",
        example="INFO",
        default="INFO",
    )
    log_format: Annotated[values.LogFormat, values.one_of(values.LogFormat)] = variable(
        "How a message is logged: human, or json with one object a line. By default json in production.",
        example="json",
        default=lambda above: "json" if above["app_env"] == "production" else "human",
    )
    operator_networks: values.Networks = variable(
        "Where /metrics, and on this machine /debug, are asked from. By default here, but for a public site.",
        example="127.0.0.0/8,10.20.0.0/16",
        default=lambda above: operators_of(above["public_url"]),
    )
    visitor_days: values.Days = variable(
        "For how many days a browser that stays away is remembered, with its memos. Each visit counts anew.",
        example="90",
        default="365",
    )
    trusted_proxies: values.Networks = variable(
        "The networks of proxies in front, by comma: their X-Forwarded-For is believed. By default nobody's.",
        example="172.30.30.0/28",
    )
    strict_transport_seconds: values.StrictTransport = variable(
        "For how many seconds browsers refuse to come without HTTPS. A mistake lasts as long: begin short.",
        example="31536000",
        default="86400",
    )
    strict_transport_subdomains: values.Switch = variable(
        "Whether that binds every name below this one as well, whoever serves it.",
        example="true",
        default="false",
    )
    draft_days: values.Days = variable(
        "How many days drafts are kept after their last change and their writer's last visit.",
        example="90",
        default=DRAFT_DAYS,
    )
    retention_days: values.DaysOrNever = variable(
        "After how many days in which nobody changed it, had it judged or asked about it a memo is deleted;"
        " “Your memos” says so a month before. 0 is never.",
        example="730",
        default="0",
    )
    sharing: values.Switch = variable(
        "Whether writers may make links with which others read one evaluation. false closes all there are.",
        example="false",
        default="true",
    )
    sharing_days: values.SharingDays = variable(
        "After how many days such a link leads nowhere any more, 1 to 365.", example="30", default="14"
    )
    webhook_networks: values.Networks = variable(
        "Networks of your own that webhooks may be sent to, over http:// too. By default none: public only.",
        example="10.20.0.0/16",
    )
    llm_model: values.ModelName = variable(
        "The model that the coach asks, as litellm names it. Without one there is the built-in coach alone.",
        example="openai/gpt-4o-mini",
        secret=True,
        may_be_empty=True,
    )
    llm_fallback_models: values.ModelNames = variable(
        "The models that are asked in its place when it fails, by comma, in this order.",
        example="anthropic/claude-haiku-4-5,ollama_chat/llama3.1",
        secret=True,
        may_be_empty=True,
    )
    llm_api_base: values.HttpAddress = variable(
        "The address of an OpenAI-compatible server (vLLM, llama.cpp, Ollama) for LLM_MODEL and its like.",
        example="http://127.0.0.1:11434",
        secret=True,
        may_be_empty=True,
    )
    llm_api_key: values.Printable = variable(
        "The key for LLM_MODEL's provider. Fallbacks of other providers take litellm's own variables.",
        example="the-key-that-the-provider-gave-you",
        secret=True,
        may_be_empty=True,
    )
    llm_connect_seconds: values.Seconds = variable(
        "How long a connection to the model's server may take.", example="5", default="5"
    )
    llm_first_token_seconds: values.Seconds = variable(
        "How long the model may think before its first word, and stand still between two.",
        example="30",
        default="30",
    )
    llm_timeout_seconds: values.Seconds = variable(
        "How long a whole answer of the model may take.", example="120", default="120"
    )
    llm_daily_budget_usd: values.Amount = variable(
        "What all calls to models may cost in a day (UTC), in US dollars. No call is made that may pass it.",
        example="5.00",
        default="5.00",
    )
    debug_mode: values.Switch = variable(
        "true keeps prompts and answers of models, word for word, for the debug page. They hold the memos.",
        example="true",
        default="false",
    )
    restic_repository: values.Printable = variable(
        "Where backups are kept, as restic names it: a directory, sftp:, rest:, s3: and others.",
        example="s3:https://s3.example.org/memo-coach",
        secret=True,
    )
    restic_password: values.Printable = variable(
        "What the backups are encrypted with. Who loses it has no backups.",
        example="correct horse battery staple",
        secret=True,
    )
    backup_paths: values.Paths = variable(
        "Files and directories that are backed up beside the database, absolute, separated by colons.",
        example="/etc/memo-coach:/srv/memo-coach/.env",
    )
    backup_status_directory: values.Directory = variable(
        "Where backups, checks and restores leave their results. By default status in DATA_DIR.",
        example="/var/lib/memo-coach/status",
        default=lambda above: str(above["data_dir"] / "status"),
    )
    backup_keep: values.KeepRules = variable(
        "For how long (h, d, m, y) backups are kept: all, or the last of each hour, day, week, month, year.",
        example="daily=14d weekly=2m yearly=3y",
        default="daily=7d weekly=35d monthly=12m yearly=2y",
    )

    @model_validator(mode="before")
    @classmethod
    def _leave_out_the_empty(cls, given: dict[str, Given]) -> dict[str, Given]:
        # An empty variable counts as absent: compose files pass "NAME=" for what was left open.
        return {name: each for name, each in given.items() if each.text or each.file}

    @field_validator("*", mode="before")
    @classmethod
    def _read(cls, value: Given | str, info: ValidationInfo) -> str:
        if isinstance(value, str):
            return value  # a default
        name = info.field_name or ""
        may_be_empty = cls.model_fields[name].json_schema_extra == {"may_be_empty": True}
        return value.read(name.upper(), may_be_empty=may_be_empty)

    @field_validator("workers")
    @classmethod
    def _fit_redis(cls, value: int, info: ValidationInfo) -> int:
        # Where the address itself is wrong, that is told.
        if value > 1 and info.data.get("redis_url") == "":
            raise ValueError(f"{value} processes need REDIS_URL, by which they tell each other what changes")
        return value

    @field_validator("oidc_client_id", "local_sign_in")
    @classmethod
    def _fit_the_provider(cls, value: str | bool, info: ValidationInfo) -> str | bool:
        has_provider = bool(info.data.get("oidc_issuer"))
        if value == "" and has_provider:
            raise ValueError("with OIDC_ISSUER it is needed")
        if value is False and not has_provider:
            raise ValueError("false without OIDC_ISSUER would leave no way to sign in")
        return value

    @property
    def trusted_networks(self) -> tuple[values.Network, ...]:
        """The networks of the proxies that are believed about their clients' addresses."""
        return tuple(ipaddress.ip_network(each) for each in self.trusted_proxies.split(",") if each)

    @property
    def strict_transport(self) -> str:
        """The header by which browsers are told to stay with HTTPS."""
        return f"max-age={self.strict_transport_seconds}" + (
            "; includeSubDomains" if self.strict_transport_subdomains else ""
        )

    @property
    def webhook_targets(self) -> tuple[values.Network, ...]:
        """The networks that webhooks may be sent to beside public addresses."""
        return tuple(ipaddress.ip_network(each) for each in self.webhook_networks.split(",") if each)

    @property
    def operators(self) -> tuple[values.Network, ...]:
        """The networks from which operators ask directly."""
        return tuple(ipaddress.ip_network(each) for each in self.operator_networks.split(",") if each)

    @property
    def database_path(self) -> Path | None:
        """The file of an SQLite database; ``None`` where a server keeps it."""
        return sqlite_path(self.database_url)

    def as_environment(self) -> dict[str, str]:
        """Return the variables with which a process started by this one reads the same settings."""
        fields = type(self).model_fields
        given = {name.upper(): str(getattr(self, name)) for name in fields}
        # What was read from a file is handed on as the value; given both ways it would be refused.
        return given | {f"{name.upper()}_FILE": "" for name, field in fields.items() if is_secret(field)}


def load_settings(
    environment: Mapping[str, str] | None = None, *, env_file: Path | None = Path(".env")
) -> Settings:
    """Read the environment.

    Args:
        environment: read instead of the process's own.
        env_file: a file of ``NAME=value`` lines whose values stand behind those of the environment.

    Raises:
        SettingsError: a value cannot be used.
    """
    variables = Variables(Settings)
    variables.env_vars = os.environ if environment is None else environment
    try:
        behind = VariablesOfFile(Settings, env_file, dotenv_filtering="only_existing")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{env_file} cannot be read: {error}. It holds lines such as PORT=3000."
        ) from None
    try:
        return Settings(_build_sources=((variables, behind), {}))
    except ValidationError as error:
        raise SettingsError(_sentence(error)) from None


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    name, fault = str(first["loc"][0]).upper(), first["msg"].removeprefix("Value error, ")
    example = next(iter(Settings.model_fields[name.lower()].examples or ()))
    return f"{name}: {fault}. Example: {name}={example}"


def environment_of_tools(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return what restic and the tools of Postgres may see of the environment: the way to a network, no more.

    ``RESTIC_*`` is no part of it but for what belongs to the way to the repository.
    """
    given = os.environ if environment is None else environment
    return {
        name: value
        for name, value in given.items()
        if name.startswith(("AWS_", "RESTIC_AWS_ASSUME_ROLE_")) or name.upper() in _FOR_TOOLS
    }


_FOR_TOOLS = frozenset(
    {
        *("PATH", "HOME", "TMPDIR", "XDG_CACHE_HOME", "SSH_AUTH_SOCK", "LD_LIBRARY_PATH"),
        *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"),
        *("RESTIC_CACHE_DIR", "RESTIC_CACERT", "RESTIC_REST_USERNAME", "RESTIC_REST_PASSWORD"),
    }
)
