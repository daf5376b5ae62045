"""What must hold of the images, read from the Dockerfile."""

from __future__ import annotations

import re

import pytest

from tests.some import some
from tests.unit.production.compose import REPOSITORY

DOCKERFILE = (REPOSITORY / "Dockerfile").read_text()


def stages() -> dict[str, tuple[str, str]]:
    """Return each stage's base and its instructions, lines joined."""
    joined = re.sub(r"^\s*#.*\n", "", DOCKERFILE, flags=re.MULTILINE).replace("\\\n", " ")
    parts = re.split(r"^FROM (\S+) AS (\S+)\n", joined, flags=re.MULTILINE)[1:]
    return {name: (base, body) for base, name, body in zip(parts[::3], parts[1::3], parts[2::3], strict=True)}


def test_the_base_is_named_once_by_its_full_version() -> None:
    assert (
        len(re.findall(r"^ARG PYTHON_IMAGE=python:\d+\.\d+\.\d+-slim-trixie$", DOCKERFILE, re.MULTILINE)) == 1
    )
    assert len(re.findall(r"^ARG POSTGRES_IMAGE=postgres:\d+\.\d+-trixie$", DOCKERFILE, re.MULTILINE)) == 1
    assert {base for base, _ in stages().values()} - set(stages()) == {"${PYTHON_IMAGE}", "${POSTGRES_IMAGE}"}
    assert "@sha256" not in DOCKERFILE


def test_node_and_the_pages_tools_are_in_no_image_that_runs() -> None:
    _, app = stages()["app"]
    assert set(re.findall(r"--from=(\S+)", app)) == {"program"}
    _, program = stages()["program"]
    assert re.findall(r"--from=(\S+) (\S+)", program) == [("pages", "/app/build/site")]
    assert "build.lock" not in program + app
    assert stages()["backup"][0] == "app"


@pytest.mark.parametrize("stage", ["tools", "program"])
def test_packages_are_installed_by_their_hashes_as_the_lock_says_and_leave_no_cache(stage: str) -> None:
    _, body = stages()[stage]
    installs = re.findall(r"pip --python \S+ install ([^&\n]*)", body)
    assert len(installs) == 1
    assert {"--require-hashes", "--no-deps"} <= set(installs[0].split())
    assert "PIP_NO_CACHE_DIR=1" in body


@pytest.mark.parametrize("stage", ["development", "app", "backup"])
def test_an_image_runs_as_an_unprivileged_user_of_a_fixed_number(stage: str) -> None:
    assert re.findall(r"^USER (\S+)", stages()[stage][1], re.MULTILINE)[-1] == "10001:10001"


def test_the_program_cannot_be_changed_by_the_user_it_runs_as() -> None:
    _, app = stages()["app"]
    assert "--chown" not in app
    _, program = stages()["program"]
    packages, closed, after = program.partition("chmod -R u=rwX,go=rX /opt/memo-coach\n")
    assert closed
    assert "compileall" in packages
    assert not re.search(r"/opt/memo-coach/lib|pip ", after), "nothing writes to the packages any more"
    assert after.rstrip().endswith("\nRUN chmod -R u=rwX,go=rX /app")


def test_the_image_starts_the_service_and_ends_it_by_the_signal_that_drains() -> None:
    _, app = stages()["app"]
    assert 'ENTRYPOINT ["memo-coach"]' in app
    assert 'CMD ["serve"]' in app
    assert "STOPSIGNAL SIGTERM" in app
    assert "HEALTHCHECK" in app
    assert 'CMD ["backup"]' in stages()["backup"][1]


@pytest.mark.parametrize("label", ["title", "description", "licenses", "source", "version", "revision"])
def test_the_image_says_what_it_is(label: str) -> None:
    assert f"org.opencontainers.image.{label}=" in stages()["app"][1]


def test_package_lists_are_left_in_no_layer() -> None:
    for instruction in some(re.findall(r"^RUN .*$", stages()["backup"][1], re.MULTILINE)):
        assert "rm -rf /var/lib/apt/lists/*" in instruction


def test_only_what_an_image_is_made_from_is_sent_to_the_builder() -> None:
    lines = (REPOSITORY / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    let_in = {rule[1:] for rule in rules if rule.startswith("!")}
    assert not {".env", "secrets", ".git", "data", "tests", "ansible", "terraform"} & let_in


def test_the_database_s_image_is_the_base_s_version_of_postgres_with_a_pinned_archiver() -> None:
    base, body = stages()["postgres"]
    assert base == "${POSTGRES_IMAGE}"
    assert re.search(r'install --yes --no-install-recommends "pgbackrest=\d+\.\d+\.\*"', body)
    version = re.search(r"^ARG POSTGRES_IMAGE=postgres:(\S+)-trixie$", DOCKERFILE, re.MULTILINE)
    assert version is not None
    for file in ("docker-compose.prod.yml", "docker-compose.drill.yml"):
        named = re.findall(r"memo-coach-postgres\}:(\S+)", (REPOSITORY / file).read_text())
        assert {each.rpartition("-")[0] for each in named} == {version[1]}, file
