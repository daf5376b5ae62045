"""The rehearsal understands what nmap, Ansible, iptables and the product say."""

from __future__ import annotations

import ipaddress

import pytest

from tests.rehearsal import (
    ansible,
    base,
    cloud,
    firewall,
    leftovers,
    network,
    paths,
    ports,
    registry,
    stack,
    tasks,
)
from tests.rehearsal.commands import RehearsalError

RECAP = "PLAY RECAP ***\nmemo-coach       : ok=61   changed={}    unreachable={}    failed={}    skipped=3\n"


def test_only_ports_that_are_open_count_as_answering() -> None:
    report = """<nmaprun><host><ports>
      <port protocol="tcp" portid="22"><state state="open"/></port>
      <port protocol="tcp" portid="23"><state state="closed"/></port>
      <port protocol="tcp" portid="24"><state state="filtered"/></port>
      <port protocol="udp" portid="53"><state state="open"/></port>
      <port protocol="udp" portid="123"><state state="open|filtered"/></port>
    </ports></host></nmaprun>"""
    assert ports.answering(report) == {"tcp/22", "udp/53"}


def test_ports_are_spelled_as_nmap_reads_them() -> None:
    assert ports.spelled([8001, 3, 1, 2, 8, 8001]) == "1-3,8,8001"
    assert ports.spelled(ports.EVERY) == "1-65535"


def test_each_task_of_a_playbook_has_its_time_until_the_next_or_the_recap() -> None:
    at = "2026-11-29 12:31:{} p=1 u=root n=ansible INFO| {} ****"
    lines = [
        at.format("00,000", "PLAY [Harden the server]"),
        at.format("01,500", "TASK [base : Install what every server needs]"),
        "2026-11-29 12:31:02,000 p=1 u=root n=ansible INFO| changed: [memo-coach]",
        at.format("09,000", "RUNNING HANDLER [base : Restart the journal]"),
        at.format("10,000", "PLAY [Install]"),
        at.format("20,000", "TASK [docker : Start Docker]"),
        at.format("20,250", "PLAY RECAP"),
    ]
    assert list(tasks.times("\n".join(lines))) == [
        ("base : Install what every server needs", 7.5),
        ("base : Restart the journal", 1.0),
        ("docker : Start Docker", 0.25),
    ]


def test_the_cloud_made_one_server_and_its_id_is_in_the_state() -> None:
    def machine(mode: str, *ids: str) -> dict[str, object]:
        instances = [{"attributes": {"id": each}} for each in ids]
        return {"mode": mode, "type": "aws_instance", "instances": instances}

    asked_only = machine("data", "i-0")
    address = {"mode": "managed", "type": "aws_eip", "instances": [{"attributes": {"id": "e-1"}}]}
    assert cloud.instance({"resources": [asked_only, address, machine("managed", "i-1")]}) == "i-1"
    for several in (machine("managed"), machine("managed", "i-1", "i-2")):
        with pytest.raises(RehearsalError, match="not one"):
            cloud.instance({"resources": [several]})


def test_the_base_knows_debians_updates_and_security_repositories_on_the_host_it_came_from() -> None:
    assert base.all_repositories("deb http://mirror.example/debian trixie main\n").splitlines() == [
        "deb http://mirror.example/debian trixie main",
        "deb http://mirror.example/debian trixie-updates main",
        "deb http://mirror.example/debian-security trixie-security main",
    ]


def test_changes_are_taken_from_ansibles_recap() -> None:
    assert ansible.changes(RECAP.format(17, 0, 0)) == 17


@pytest.mark.parametrize("said", [RECAP.format(0, 1, 0), RECAP.format(0, 0, 1), "PLAY RECAP ***\n", ""])
def test_a_recap_without_success_is_an_error(said: str) -> None:
    with pytest.raises(RehearsalError):
        ansible.changes(said)


def test_the_base_images_are_those_that_the_dockerfile_pins() -> None:
    dockerfile = "# text\nARG PYTHON_IMAGE=python:3.13.1-slim\nARG POSTGRES_IMAGE=postgres:17\nFROM x\n"
    assert registry.base_images(dockerfile) == {
        "PYTHON_IMAGE": "python:3.13.1-slim",
        "POSTGRES_IMAGE": "postgres:17",
    }


def test_a_dockerfile_without_a_base_is_an_error() -> None:
    with pytest.raises(RehearsalError, match="_IMAGE"):
        registry.base_images("FROM python:3\n")


def test_images_of_others_are_taken_from_the_compose_file_once_each_and_ours_not() -> None:
    compose = (
        "services:\n  a:\n    image: traefik:v3.7.13\n  b:\n    image: ${MEMO_COACH_IMAGE:-memo-coach}:1\n"
        "  c:\n    image: 'postgres:17.9-trixie' # pinned\n"
        "  d:\n    image: traefik:v3.7.13\n  e:\n    image: memo-coach:1\n"
    )
    assert registry.pulled_images(compose) == ["traefik:v3.7.13", "postgres:17.9-trixie"]


def test_backups_are_counted_by_their_times_and_not_by_the_heading() -> None:
    listed = (
        "run                         taken (UTC)          snapshot  site\n"
        "20260101T021500Z-ab         2026-01-01 02:15:00  0123abcd  memo.example.org\n"
        "20260102T021500Z-cd         2026-01-02 02:15:00  4567cdef  memo.example.org\n"
    )
    assert stack.count_snapshots(listed) == 2
    assert stack.count_snapshots("There is no complete backup yet.\n") == 0


def test_only_the_rules_that_name_our_bridge_or_its_network_are_taken_away() -> None:
    saved = (
        "*filter\n:FORWARD DROP [0:0]\n-A FORWARD -o docker0 -j DOCKER\n"
        "-A FORWARD -o ours0 -j DOCKER\nCOMMIT\n"
        "*nat\n-A POSTROUTING -s 10.9.0.0/24 ! -o ours0 -j MASQUERADE\n"
        "-A POSTROUTING -s 10.8.0.0/24 -j MASQUERADE\nCOMMIT\n"
    )
    assert list(firewall.ours(saved, "ours0", "10.9.0.0/24")) == [
        ("filter", ["-D", "FORWARD", "-o", "ours0", "-j", "DOCKER"]),
        ("nat", ["-D", "POSTROUTING", "-s", "10.9.0.0/24", "!", "-o", "ours0", "-j", "MASQUERADE"]),
    ]


OURS: list[firewall.Network] = [
    ipaddress.IPv4Network("10.213.77.0/24"),
    ipaddress.IPv6Network("fd5d:6d65:6d6f::/64"),
]
DEAD = "br-4d1f6dbeaf80"


@pytest.mark.parametrize("network", ["10.213.77.0/24", "fd5d:6d65:6d6f::/64"])
def test_rules_of_an_engines_bridge_that_is_gone_are_found_by_the_network_it_had(network: str) -> None:
    rules = (
        f"FORWARD -i {DEAD} ! -o {DEAD} -j ACCEPT",
        f"POSTROUTING -s {network} ! -o {DEAD} -j MASQUERADE",
    )
    saved = f"*filter\n:FORWARD DROP [0:0]\n-A {rules[0]}\nCOMMIT\n*nat\n-A {rules[1]}\nCOMMIT\n"
    found = firewall.abandoned(saved, OURS, own=[], links=["docker0"])
    assert [(table, " ".join(rule)) for table, rule in found] == [
        ("filter", f"-D {rules[0]}"),
        ("nat", f"-D {rules[1]}"),
    ]


def test_rules_of_a_bridge_that_rehearsals_name_are_found_without_a_network() -> None:
    saved = "*filter\n-A FORWARD -o ours0 -j DOCKER\nCOMMIT\n"
    assert len(list(firewall.abandoned(saved, OURS, own=["ours0"], links=["docker0"]))) == 1
    assert not list(firewall.abandoned(saved, OURS, own=["ours0"], links=["ours0"]))


@pytest.mark.parametrize(
    "rule",
    [
        "POSTROUTING -s 10.213.77.0/24 ! -o br-a1b2c3d4e5f6 -j MASQUERADE",
        "POSTROUTING -s 10.9.0.0/24 ! -o br-000000000000 -j MASQUERADE",
        "POSTROUTING -s 10.0.0.0/8 ! -o br-000000000000 -j MASQUERADE",
        "INPUT -s 10.213.77.9/32 -j DROP",
        "FORWARD -s 10.213.77.0/24 -i tun0 -j ACCEPT",
    ],
    ids=["bridge is there", "network of others", "wider network", "no link", "link that is down"],
)
def test_a_rule_that_may_be_anothers_is_left(rule: str) -> None:
    saved = f"*nat\n-A {rule}\nCOMMIT\n"
    assert not list(firewall.abandoned(saved, OURS, own=["ours0"], links=["br-a1b2c3d4e5f6"]))


def test_tables_that_did_not_exist_are_emptied_with_their_policies_open() -> None:
    assert firewall.absent_tables("*filter\nCOMMIT\n").startswith("*nat\n:PREROUTING ACCEPT")
    assert ":FORWARD ACCEPT [0:0]" in firewall.absent_tables("")


def test_what_our_engine_has_mounted_is_found_and_nothing_else() -> None:
    mountinfo = (
        f"900 1 0:4 net:[4026532197] {paths.ENGINE}/exec/netns/017a rw shared:1 - nsfs nsfs rw\n"
        "901 1 254:0 /x /home/a\\040b/build/rehearsal/cache/engine rw - ext4 /dev/vda rw\n"
        f"902 1 0:9 / {paths.ENGINE}-of-others rw - tmpfs tmpfs rw\n"
        "903 1 0:4 net:[4026532000] /run/docker/netns/default rw shared:1 - nsfs nsfs rw\n"
    )
    assert list(leftovers.ours(mountinfo)) == [
        f"{paths.ENGINE}/exec/netns/017a",
        "/home/a b/build/rehearsal/cache/engine",
    ]


def test_a_subnet_in_which_this_machine_already_is_is_not_used_again() -> None:
    taken = [ipaddress.IPv4Network("10.213.77.0/24"), ipaddress.IPv4Network("10.213.78.128/25")]
    first = next(network.free(with_six=True, taken=taken))
    assert first.gateway == "10.213.79.1"
    assert str(first.subnet_6) == "fd5d:6d65:6d6f:2::/64"
    assert not list(network.free(with_six=False, taken=[ipaddress.IPv4Network("10.213.0.0/16")]))


def test_the_link_of_the_first_administrator_is_read_from_what_the_playbook_shows() -> None:
    link = f"https://memo.example.org/welcome#{'aB-_9' * 8}abc"
    assert ansible.first_link(f'ok: [memo-coach] => {{\n    "msg": "It opens once: {link}"\n}}\n') == link
    for said in ("", f"{link} {link[:-1]}d"):
        with pytest.raises(RehearsalError):
            ansible.first_link(said)
