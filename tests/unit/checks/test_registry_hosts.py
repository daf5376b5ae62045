"""The check that no registry's address is written here. Its tests put the hosts together from parts too."""

import pytest

from tests.checks.registry_hosts import addresses

DOCKER = ".".join(("docker", "io"))
PYPI = ".".join(("pypi", "org"))
GITHUB = ".".join(("ghcr", "io"))


@pytest.mark.parametrize(
    "line",
    [
        f"image: {DOCKER}/library/postgres:17.9",
        f"FROM registry-1.{DOCKER}/library/python",
        f"https://{DOCKER}/v2/",
        f"--index-url https://{PYPI}/simple",
        f"image: {GITHUB}/someone/something:1",
        f"image: {GITHUB.upper()}/someone/something:1",
    ],
)
def test_the_address_of_a_registry_is_found(line: str) -> None:
    assert [number for number, _ in addresses(f"first line\n{line}\n")] == [2]


@pytest.mark.parametrize(
    "line",
    [
        f"apt-get install {DOCKER} iptables",
        f"name: [{DOCKER}, docker-compose]",
        f"dpkg -s {DOCKER}.",
        "image: postgres:17.9-trixie",
        "packages come from PyPI",
        f"https://{PYPI}anisation.example/",
        f"https://my-{PYPI}/",
    ],
)
def test_what_only_resembles_such_an_address_is_not(line: str) -> None:
    assert list(addresses(line)) == []
