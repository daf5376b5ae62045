"""Where the server is, what it keeps its things in, and by how many processes it serves."""

from __future__ import annotations

from typing import Annotated

from pydantic import ValidationInfo, field_validator

from memo_coach.database_url import POSTGRES_EXAMPLE
from memo_coach.settings import values
from memo_coach.settings.addresses import address_of
from memo_coach.settings.faults import SettingFault
from memo_coach.settings.group import VariableGroup
from memo_coach.settings.variables import variable
from memo_coach.translations.sentences import sentence

DATABASE_FILE = "memo_coach.db"


class ServingVariables(VariableGroup):
    """Addresses, database, Redis and processes."""

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

    @field_validator("workers")
    @classmethod
    def _fit_redis(cls, value: int, info: ValidationInfo) -> int:
        # Where the address itself is wrong, that is told.
        if value > 1 and info.data.get("redis_url") == "":
            raise SettingFault(sentence("setting_faults.needs_redis", workers=str(value)))
        return value
