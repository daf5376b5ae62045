"""What a backup needs is taken from the environment, and no secret of it is ever told."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import make_url

from memo_coach.operations.backup.configuration import BackupConfiguration, configuration_of
from memo_coach.operations.backup.errors import Misconfigured
from memo_coach.operations.backup.postgres import client_environment
from memo_coach.settings import SettingsError, environment_of_tools, load_settings

REPOSITORY = {
    "RESTIC_REPOSITORY": "rest:https://server:hunter22@backups.example.org/",
    "RESTIC_PASSWORD": "pass-word",
}


def configured(tmp_path: Path, **environment: str) -> BackupConfiguration:
    given = {
        "DATA_DIR": str(tmp_path),
        "PUBLIC_URL": "https://memos.example.org",
        **REPOSITORY,
        **environment,
    }
    return configuration_of(load_settings(given, env_file=None), environment_of_tools(given))


def test_the_site_and_the_rules_come_from_the_settings(tmp_path: Path) -> None:
    found = configured(tmp_path, BACKUP_KEEP="daily=3d, monthly=1y6m")
    assert found.site == "memos.example.org"
    assert found.keep == ("daily=3d", "monthly=1y6m")
    assert found.status_directory == tmp_path / "status"
    assert found.installation_paths() == ()


def test_uploads_belong_to_every_backup(tmp_path: Path) -> None:
    (tmp_path / "uploads").mkdir()
    assert configured(tmp_path).installation_paths() == (tmp_path / "uploads",)


@pytest.mark.parametrize("name", ["RESTIC_REPOSITORY", "RESTIC_PASSWORD"])
def test_without_a_repository_or_its_password_nothing_begins(tmp_path: Path, name: str) -> None:
    with pytest.raises(Misconfigured, match=f"Set {name}"):
        configured(tmp_path, **{name: ""})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BACKUP_KEEP", "7d"),
        ("BACKUP_KEEP", "daily=0d"),
        ("BACKUP_KEEP", "weekly=5w"),
        ("BACKUP_KEEP", "daily=1d daily=2d"),
        ("BACKUP_PATHS", "relative/path"),
        ("RESTIC_REPOSITORY", "two\nlines"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        configured(tmp_path, **{name: value})


def test_no_secret_is_left_in_a_sentence_or_shown(tmp_path: Path) -> None:
    found = configured(
        tmp_path, AWS_SECRET_ACCESS_KEY="key-of-aws", DATABASE_URL="postgresql://memo:of-database@db/memo"
    )
    told = found.masked(
        "rest:https://server:hunter22@backups.example.org/ pass-word key-of-aws of-database and the reason"
    )
    for secret in ("hunter22", "pass-word", "key-of-aws", "of-database"):
        assert secret not in told
        assert secret not in repr(found)
    assert told.endswith("and the reason")


def test_tools_see_little_of_the_environment() -> None:
    given = {
        "PATH": "/bin",
        "AWS_REGION": "eu",
        "https_proxy": "p",
        "DATABASE_URL": "x",
        "RESTIC_PASSWORD": "y",
    }
    assert environment_of_tools(given) == {"PATH": "/bin", "AWS_REGION": "eu", "https_proxy": "p"}


def test_a_secret_of_the_environment_wins_over_the_file_whichever_way_each_is_given(tmp_path: Path) -> None:
    (tmp_path / "from-file").write_text("of the file")
    env_file = tmp_path / ".env"
    env_file.write_text(f"RESTIC_PASSWORD_FILE={tmp_path}/from-file\n")
    assert load_settings({}, env_file=env_file).restic_password == "of the file"
    assert load_settings({"RESTIC_PASSWORD": "ours"}, env_file=env_file).restic_password == "ours"
    handed_on = load_settings({}, env_file=env_file).as_environment()
    assert load_settings(handed_on, env_file=env_file).restic_password == "of the file"


@pytest.mark.parametrize(
    ("address", "variables"),
    [
        (
            "postgresql+psycopg://memo:p%40ss@db:5433/memos?sslmode=verify-full&sslrootcert=/ca.pem",
            {
                "PGHOST": "db",
                "PGPORT": "5433",
                "PGUSER": "memo",
                "PGPASSWORD": "p@ss",
                "PGDATABASE": "memos",
                "PGSSLMODE": "verify-full",
                "PGSSLROOTCERT": "/ca.pem",
            },
        ),
        (
            "postgresql+psycopg:///memos?host=/run/postgresql",
            {"PGHOST": "/run/postgresql", "PGDATABASE": "memos"},
        ),
    ],
)
def test_programs_of_postgres_reach_the_same_database(address: str, variables: dict[str, str]) -> None:
    assert client_environment(make_url(address)) == variables
