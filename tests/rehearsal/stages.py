"""The stages in their order: what each proves, and which it needs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.rehearsal import (
    ansible,
    browser,
    cloud,
    faults,
    figures,
    network,
    product,
    recovery,
    registry,
    server,
    stack,
    stranger,
    tls,
)
from tests.rehearsal.commands import require, stop, until
from tests.rehearsal.world import World, needed

CERTIFICATE_SECONDS = 90


@dataclass(frozen=True)
class Stage:
    """One stage."""

    name: str
    what: str
    run: Callable[[World], None]
    needs: tuple[str, ...] = ()


def build_the_cloud(world: World) -> None:
    """Apply bootstrap and staging to the stand-in cloud; a second plan of each is empty."""
    world.key = ansible.make_key()
    world.cloud = cloud.start(world.network.gateway)
    world.ends.callback(stop, world.cloud.process)
    cloud.build(world.cloud, world.key.public, str(world.network.subnet))
    world.measured.append("second plans are empty")


def boot_the_server(world: World) -> None:
    """Boot a fresh server with the user data of the cloud's machine; enter it by SSH with the key."""
    made = needed(world.cloud)
    world.server = server.boot(
        world.machine, world.network, server.CloudInit(made.user_data, made.instance_id)
    )
    world.control = ansible.Control(made, needed(world.key), world.server_address)
    recovery.enter(world)
    world.measured.append("entered by SSH with the key")


def set_the_site_up(world: World) -> None:
    """Run site.yml on the server twice: the second time, nothing changes."""
    control = needed(world.control)
    archive = product.build(world.engine)
    mirror = registry.start(world.engine, world.network, product.compose_images())
    world.authority = tls.start(world.engine, world.network)
    control.write_inventory()
    control.write_variables(world.authority, mirror, archive)
    started = time.monotonic()
    control.play("site.yml")
    first = time.monotonic() - started
    stack.wait_until_healthy(needed(world.server))
    again = control.play("site.yml")
    require(again == 0, f"A second run of site.yml reports changed={again}.")
    world.measured.append(f"site.yml took {first:.0f} s; a second run: changed=0")
    world.measured.append(figures.measure(needed(world.server), ansible.VERSION))


def visit_over_https(world: World) -> None:
    """Verify the certificate; do the main job in a browser; hold its socket for a minute."""
    authority = needed(world.authority)
    certificate = until(
        "A certificate that the authority vouches for",
        lambda: tls.verified(world.host, world.server_address, authority.root),
        CERTIFICATE_SECONDS,
    )
    with browser.visitor(world.host, world.server_address, authority.root) as visitor:
        world.memo_path = browser.do_the_main_job(visitor)
        browser.hold_a_socket(visitor)
    world.measured.append(f"certificate until {certificate['notAfter']}; main job done; socket held 60 s")


def meet_a_stranger(world: World) -> None:
    """Look from outside: ports, redirects, forged headers, limits, SSH; also after restarts."""
    running, root = needed(world.server), needed(world.authority).root
    one = stranger.arrive(world.engine, world.network, network.STRANGER, root)
    other = stranger.arrive(world.engine, world.network, network.NEIGHBOUR, root)
    six = world.network.address_6(network.SERVER)
    targets = [world.server_address, *([six] if six else [])]
    stranger.insist_on_ports(one, targets, "At first")
    running.run("systemctl", "restart", "docker", seconds=180)
    stack.wait_until_healthy(running)
    stranger.insist_on_ports(one, targets, "After a restart of Docker")
    running.run("systemctl", "reload", "memo-coach-firewall.service")
    stranger.insist_on_ports(one, targets, "After a reload of the firewall")
    stranger.insist_on_redirect(one, world.host, world.server_address)
    stranger.insist_on_rate_limit(one, other, world.host, world.server_address)
    stranger.ask_under_false_address(one, world.host, world.server_address)
    for service, key in (("traefik", "ClientHost"), ("app", "client")):
        log = stack.compose(running, "logs", "--no-log-prefix", service, name=service)
        stranger.insist_on_true_address(log, key, one)
    stranger.insist_on_ssh(one, world.server_address)
    world.measured.append("only 22, 80, 443; limits by true address; ssh-audit clean")


def lose_and_recover(world: World) -> None:
    """Back up, destroy the server, make another, restore: tables equal, the memo is read again."""
    if world.memo_path is None:
        with browser.visitor(world.host, world.server_address, needed(world.authority).root) as visitor:
            world.memo_path = browser.do_the_main_job(visitor)
    recovery.lose_and_recover(world)


def fail_on_purpose(world: World) -> None:
    """Break backups in three ways: each fails clearly and leaves no false snapshot."""
    running = needed(world.server)
    if stack.snapshots(running) == 0:
        needed(world.control).play("backup.yml")
    faults.dump_that_fails(running)
    faults.wrong_password(running)
    faults.full_disk(running)
    world.measured.append("a failing dump, a wrong password, a full disk: no false snapshot")


STAGES = (
    Stage("cloud", "Terraform against a stand-in cloud", build_the_cloud),
    Stage("server", "a fresh Debian 13 server, entered by SSH", boot_the_server, ("cloud",)),
    Stage("site", "site.yml, twice", set_the_site_up, ("server",)),
    Stage("https", "certificate, main job in a browser, a socket for a minute", visit_over_https, ("site",)),
    Stage("stranger", "what a stranger finds", meet_a_stranger, ("site",)),
    Stage("backup", "backup, loss of the server, restore", lose_and_recover, ("https",)),
    Stage("faults", "backups that fail must say so", fail_on_purpose, ("site",)),
)


def chosen(names: list[str]) -> list[Stage]:
    """Give the stages of these names with all that they need, in order; all of them for no name.

    Raises:
        KeyError: there is no stage of that name.
    """
    by_name = {stage.name: stage for stage in STAGES}
    wanted: set[str] = set()

    def want(name: str) -> None:
        wanted.add(name)
        for need in by_name[name].needs:
            want(need)

    for name in names or list(by_name):
        want(name)
    return [stage for stage in STAGES if stage.name in wanted]
