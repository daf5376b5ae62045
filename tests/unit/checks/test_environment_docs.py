"""What is written about the environment's variables."""

from memo_coach.settings.variables import is_secret
from tests.checks.environment_docs import (
    default_of,
    document,
    example,
    example_of,
    unknown_variables,
    variables,
)
from tests.some import some

COMPOSE = """
services:
  app:
    environment:
      PORT: "3000"
      DATABASE_URL_FILE: /run/secrets/database_url
      {extra}: something
  backup:
    environment:
      - AWS_SHARED_CREDENTIALS_FILE=/run/secrets/backup_credentials
      - DATA_DIR=/data
  postgres:
    environment:
      POSTGRES_DB: memo
"""


def test_each_variable_has_a_row_with_its_default_and_its_example() -> None:
    rows = document().splitlines()
    for name, variable in some(variables().items()):
        (row,) = (row for row in rows if row.startswith(f"| `{name}`"))
        assert f"| `{default_of(variable)}` |" in row or "| none of its own |" in row
        assert f"| {variable.description} |" in row
        assert example_of(variable) in row
        assert row.count(" | ") == 3
        assert (f"`{name}_FILE`" in row) is is_secret(variable)


def test_the_example_sets_nothing() -> None:
    assert all(line.startswith("#") or not line for line in some(example().splitlines()))


def test_a_variable_that_nothing_reads_is_named_with_its_service() -> None:
    assert list(unknown_variables(COMPOSE.format(extra="PROT"))) == ["app: PROT"]


def test_the_file_form_of_a_secret_is_known_and_that_of_anything_else_is_not() -> None:
    assert list(unknown_variables(COMPOSE.format(extra="RESTIC_PASSWORD_FILE"))) == []
    assert list(unknown_variables(COMPOSE.format(extra="PORT_FILE"))) == ["app: PORT_FILE"]


def test_variables_of_programs_that_ours_start_are_left_to_them() -> None:
    assert list(unknown_variables(COMPOSE.format(extra="AWS_REGION"))) == []
