"""What must hold of the server's rules, read from the playbooks; the rehearsal shows that they work."""

from __future__ import annotations

import re
from typing import Any

import yaml

from tests.unit.production.compose import REPOSITORY

ROLES = REPOSITORY / "ansible" / "roles"


def test_a_container_may_ask_a_cloud_s_resolver_for_names_and_its_metadata_for_nothing() -> None:
    rules = (ROLES / "firewall" / "templates" / "firewall.nft.j2").read_text()
    to_metadata = re.findall(r"^\s*ip daddr 169\.254\.169\.254 (.*)$", rules, re.MULTILINE)
    assert to_metadata == ["udp dport 53 accept", "tcp dport 53 accept", "drop"]


def test_the_guard_takes_bcrypt_hashes_and_no_faster_ones() -> None:
    pattern = re.compile(variables("preflight")["preflight_site_user"])
    assert pattern.match("reviewer:$2b$06$TQelEVAtZh993DDddxrZI.X/5SMjValaOi3fPHcWK/Fq0l7S8RGQG")
    for faster in (
        "reviewer:$apr1$0123abcd$0123456789012345678901",
        "reviewer:{SHA}x",
        "reviewer:secret",
        ":$2b$06$",
    ):
        assert not pattern.match(faster)


def test_every_package_waits_for_others_that_are_being_installed() -> None:
    plays = yaml.safe_load((REPOSITORY / "ansible" / "site.yml").read_text())
    installing = [play for play in plays if "roles" in play]
    assert len(installing) == 2
    for play in installing:
        assert play["module_defaults"]["ansible.builtin.apt"] == {
            "lock_timeout": "{{ package_lock_seconds }}"
        }


def test_every_playbook_for_a_server_says_first_which_one_it_is_about_to_change() -> None:
    for file in sorted((REPOSITORY / "ansible").glob("*.yml")):
        plays = yaml.safe_load(file.read_text())
        if not isinstance(plays, list) or plays[0]["hosts"] == "localhost":
            continue
        first = (plays[0].get("pre_tasks") or plays[0]["tasks"])[0]
        assert first["ansible.builtin.include_role"] == {"name": "target"}, file.name


def variables(role: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROLES / role / "vars" / "main.yml").read_text())
    return loaded
