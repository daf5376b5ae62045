"""Every variable of the environment: what it means, an example, its default, and how its value is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from memo_coach.database_url import POSTGRES_EXAMPLE
from memo_coach.settings_values import (
    amount,
    as_given,
    auth_mode,
    database_url,
    days,
    directory,
    host,
    http_address,
    keep_rules,
    model_name,
    model_names,
    networks,
    one_of,
    paths,
    port,
    public_url,
    seconds,
    switch,
)

DATABASE_FILE = "memo_coach.db"
DRAFT_DAYS = "180"
"""By default: half a year without a visit. Long enough for what is written once a year and begun early."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable."""

    name: str
    meaning: str
    example: str
    read: Callable[[str], str]
    """Checks and normalises a value; raises ``ValueError`` with the fault."""
    default: str | None
    """``None`` where the default follows from other variables."""
    secret: bool = False
    """May also be given as a file."""
    may_be_empty: bool = False
    """Whether an empty file stands for no value, instead of for a slip."""


VARIABLES: tuple[Variable, ...] = (
    Variable(
        "APP_ENV",
        "What kind of installation this is: development, staging or production. Production logs as JSON.",
        "production",
        one_of("development", "staging", "production"),
        "development",
    ),
    Variable(
        "DATA_DIR",
        "The directory for everything that is kept. It is made when it is missing.",
        "/var/lib/memo-coach",
        directory,
        "data",
    ),
    Variable(
        "DATABASE_URL",
        f"The database: Postgres, or an SQLite file. By default the SQLite file {DATABASE_FILE} in DATA_DIR.",
        POSTGRES_EXAMPLE,
        database_url,
        None,
        secret=True,
    ),
    Variable(
        "AUTH_MODE",
        "Who may write here. open: no login, each browser has its own private history.",
        "open",
        auth_mode,
        "open",
    ),
    Variable(
        "PUBLIC_URL",
        "The address that people type, where a proxy stands in front. By default made from HOST and PORT.",
        "https://memos.example.org",
        public_url,
        None,
    ),
    Variable("HOST", "The address to listen on.", "0.0.0.0", host, "127.0.0.1"),  # noqa: S104 - an example
    Variable("PORT", "The port to listen on, 1 to 65535.", "3000", port, "3000"),
    Variable(
        "LOG_LEVEL",
        "The least serious message that is logged: DEBUG, INFO, WARNING or ERROR.",
        "INFO",
        one_of("DEBUG", "INFO", "WARNING", "ERROR", ignore_case=True),
        "INFO",
    ),
    Variable(
        "LOG_FORMAT",
        "How a message is logged: human, or json with one object a line. By default json in production.",
        "json",
        one_of("human", "json"),
        None,
    ),
    Variable(
        "OPERATOR_NETWORKS",
        "Where /metrics, and on this machine /debug, are asked from. By default here, but for a public site.",
        "127.0.0.0/8,10.20.0.0/16",
        networks,
        None,
    ),
    Variable(
        "VISITOR_DAYS",
        "For how many days a browser that stays away is remembered, with its memos. Each visit counts anew.",
        "90",
        days,
        "365",
    ),
    Variable(
        "TRUSTED_PROXIES",
        "The networks of proxies in front, by comma: their X-Forwarded-For is believed. By default nobody's.",
        "172.30.30.0/28",
        networks,
        None,
    ),
    Variable(
        "DRAFT_DAYS",
        "How many days drafts are kept after their last change and their writer's last visit.",
        "90",
        days,
        DRAFT_DAYS,
    ),
    Variable(
        "LLM_MODEL",
        "The model that the coach asks, as litellm names it. Without one there is the built-in coach alone.",
        "openai/gpt-4o-mini",
        model_name,
        None,
        secret=True,
        may_be_empty=True,
    ),
    Variable(
        "LLM_FALLBACK_MODELS",
        "The models that are asked in its place when it fails, by comma, in this order.",
        "anthropic/claude-haiku-4-5,ollama_chat/llama3.1",
        model_names,
        None,
        secret=True,
        may_be_empty=True,
    ),
    Variable(
        "LLM_API_BASE",
        "The address of an OpenAI-compatible server (vLLM, llama.cpp, Ollama) for LLM_MODEL and its like.",
        "http://127.0.0.1:11434",
        http_address,
        None,
        secret=True,
        may_be_empty=True,
    ),
    Variable(
        "LLM_API_KEY",
        "The key for LLM_MODEL's provider. Fallbacks of other providers take litellm's own variables.",
        "the-key-that-the-provider-gave-you",
        as_given,
        None,
        secret=True,
        may_be_empty=True,
    ),
    Variable(
        "LLM_CONNECT_SECONDS",
        "How long a connection to the model's server may take.",
        "5",
        seconds,
        "5",
    ),
    Variable(
        "LLM_FIRST_TOKEN_SECONDS",
        "How long the model may think before its first word, and stand still between two.",
        "30",
        seconds,
        "30",
    ),
    Variable(
        "LLM_TIMEOUT_SECONDS",
        "How long a whole answer of the model may take.",
        "120",
        seconds,
        "120",
    ),
    Variable(
        "LLM_DAILY_BUDGET_USD",
        "What all calls to models may cost in a day (UTC), in US dollars. No call is made that may pass it.",
        "5.00",
        amount,
        "5.00",
    ),
    Variable(
        "DEBUG_MODE",
        "true keeps prompts and answers of models, word for word, for the debug page. They hold the memos.",
        "true",
        switch,
        "false",
    ),
    Variable(
        "RESTIC_REPOSITORY",
        "Where backups are kept, as restic names it: a directory, sftp:, rest:, s3: and others.",
        "s3:https://s3.example.org/memo-coach",
        as_given,
        None,
        secret=True,
    ),
    Variable(
        "RESTIC_PASSWORD",
        "What the backups are encrypted with. Who loses it has no backups.",
        "correct horse battery staple",
        as_given,
        None,
        secret=True,
    ),
    Variable(
        "BACKUP_PATHS",
        "Files and directories that are backed up beside the database, absolute, separated by colons.",
        "/etc/memo-coach:/srv/memo-coach/.env",
        paths,
        None,
    ),
    Variable(
        "BACKUP_STATUS_DIRECTORY",
        "Where backups, checks and restores leave their results. By default status in DATA_DIR.",
        "/var/lib/memo-coach/status",
        directory,
        None,
    ),
    Variable(
        "BACKUP_KEEP",
        "For how long (h, d, m, y) backups are kept: all, or the last of each hour, day, week, month, year.",
        "daily=14d weekly=2m yearly=3y",
        keep_rules,
        "daily=7d weekly=35d monthly=12m yearly=2y",
    ),
)
