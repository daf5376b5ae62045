"""The stages in their order: what each proves, and when it may begin.

What needs nothing of each other runs beside each other: Terraform and the images; then visitors, a second run
of the playbook, backups that fail, and a stranger. What would disturb another waits for it (`after`).
"""

from __future__ import annotations

import time

from tests.rehearsal import (
    alerts,
    alone,
    ansible,
    base,
    browser,
    cloud,
    deploying,
    faults,
    figures,
    machine,
    metadata,
    mistakes,
    network,
    ports,
    product,
    recovery,
    registry,
    server,
    stack,
    stranger,
    tls,
)
from tests.rehearsal.commands import require, stop, until
from tests.rehearsal.walking import Stage
from tests.rehearsal.world import World, needed

CERTIFICATE_SECONDS = 90
LOCK_SECONDS = 90


def build_the_cloud(world: World) -> str:
    """Apply all roots to the stand-in cloud; destroy the server and make it again; second plans are empty."""
    world.key = ansible.make_key()
    world.cloud = cloud.start(world.network.gateway)
    world.ends.callback(stop, world.cloud.process)
    cloud.build(world.cloud, world.key.public, str(world.network.subnet))
    return "second plans are empty; the server was destroyed and made again at the same address"


def make_the_base(world: World) -> str:
    """Make the system that every image of ours stands on; see what containers may do here."""
    world.machine = machine.look_at(world.engine, base.make(world.engine))
    return ""


def make_the_servers_image(world: World) -> str:
    """Make the image from which servers boot."""
    server.make_image(world.engine)
    return ""


def build_the_product(world: World) -> str:
    """Build the product's images by the production Dockerfile."""
    world.archive = product.build(world.engine)
    return ""


def furnish_the_network(world: World) -> str:
    """Put beside the server's place what it will ask: a registry with the images of others, an authority."""
    world.authority = tls.start(world.engine, world.network)
    world.mirror = registry.start(world.engine, world.network, product.compose_images())
    world.told = alerts.listen(world.network.gateway)
    world.ends.callback(world.told.stop)
    return ""


def boot_the_server(world: World) -> str:
    """Boot a fresh server with the user data of the cloud's machine; enter it by SSH with the key."""
    made = needed(world.cloud)
    world.server = server.boot(
        needed(world.machine), world.network, server.CloudInit(made.user_data, made.instance_id), world.host
    )
    world.control = ansible.Control(made, needed(world.key), world.server_address)
    recovery.enter(world)
    return "entered by SSH with the key"


def set_the_site_up(world: World) -> str:
    """Run site.yml on the server, and measure what the stack takes."""
    control, running = needed(world.control), needed(world.server)
    control.write_inventory()
    control.write_variables(
        needed(world.authority), needed(world.mirror), needed(world.archive), needed(world.told).url
    )
    mistakes.insist_on_words(running, control)
    started = time.monotonic()
    # As a first boot that installs its upgrades; longer than Ansible waits by itself.
    server.hold_the_package_lock(running, LOCK_SECONDS)
    said = control.said_by("site.yml")
    taken = time.monotonic() - started
    require(taken > LOCK_SECONDS, "site.yml has not waited for the lock of the packages.")
    metadata.insist(running)
    ansible.changes(said)
    world.first_link = ansible.first_link(said)
    stack.wait_until_healthy(running)
    stack.insist_on_no_trace(running, world.first_link)
    measured = figures.measure(running, ansible.VERSION)
    return f"site.yml took {taken:.0f} s, {LOCK_SECONDS} of them the lock of the packages; {measured}"


def set_it_up_again(world: World) -> str:
    """Run site.yml a second time, on a site that has visitors: nothing changes."""
    again = needed(world.control).play("site.yml")
    require(again == 0, f"A second run of site.yml reports changed={again}.")
    return "changed=0"


def visit_over_https(world: World) -> str:
    """Verify the certificate; sign in, do the main job in a browser, hold its socket for a minute."""
    authority = needed(world.authority)
    certificate = until(
        "A certificate that the authority vouches for",
        lambda: tls.verified(world.host, world.server_address, authority.root),
        CERTIFICATE_SECONDS,
    )
    with browser.visitor(world.host, world.server_address, authority.root) as visitor:
        world.app_secret = browser.sign_up(visitor, needed(world.first_link), world.password)
        stack.ask_the_doctor(needed(world.server))
        world.memo_path = browser.do_the_main_job(visitor)
        browser.hold_a_socket(visitor)
    return (
        f"certificate until {certificate['notAfter']}; signed in by the playbook's link, main job done; "
        f"socket held {browser.SOCKET_SECONDS} s"
    )


def come_as_a_stranger(world: World) -> str:
    """Ask from outside: redirects, forged headers, limits, SSH."""
    running, root = needed(world.server), needed(world.authority).root
    one = stranger.arrive(world.engine, world.network, network.STRANGER, root)
    other = stranger.arrive(world.engine, world.network, network.NEIGHBOUR, root)
    world.stranger = one
    stranger.insist_on_redirect(one, world.host, world.server_address)
    stranger.insist_on_rate_limit(one, other, world.host, world.server_address)
    stranger.ask_under_false_address(one, world.host, world.server_address)
    for service, key in (("traefik", "ClientHost"), ("app", "client")):
        log = stack.compose(running, "logs", "--no-log-prefix", service, name=service)
        stranger.insist_on_true_address(log, key, one)
    stranger.insist_on_ssh(one, world.server_address)
    return "limits by true address; ssh-audit clean"


def look_for_open_ports(world: World) -> str:
    """Scan from outside while more listens than should: at first, after restarts, and at last all ports."""
    running, one = needed(world.server), needed(world.stranger)
    six = world.network.address_6(network.SERVER)
    targets = [world.server_address, *([six] if six else [])]
    with mistakes.made(running, six=bool(six)) as listening:
        ports.insist(one, targets, "At first", listening)
        running.run("systemctl", "restart", "docker", seconds=180)
        stack.wait_until_healthy(running)
        ports.insist(one, targets, "After a restart of Docker", listening)
        running.run("systemctl", "reload", "memo-coach-firewall.service")
        ports.insist(one, targets, "After a reload of the firewall", listening)
        ports.insist(one, targets, "After all", ports.EVERY)
    return "only 22, 80, 443, also where more listens"


def lose_and_recover(world: World) -> str:
    """Back up, destroy the server, make another, restore: tables equal, the memo is read again."""
    return recovery.lose_and_recover(world)


def fail_on_purpose(world: World) -> str:
    """Break backups in three ways: each fails clearly, leaves no false snapshot, and is told."""
    running, told = needed(world.server), needed(world.told)
    needed(world.control).play("backup.yml")
    alerts.insist_on_heartbeat(running, told)
    before = stack.snapshots(running)
    require(before, "After a backup, there is none.")
    faults.dump_that_fails(running)
    alerts.insist_on_telling(running, told, "The last backup failed")
    alerts.insist_on_telling_of_units(running, told)
    faults.wrong_password(running)
    faults.without_a_trace(running, before)
    faults.full_disk(running)
    return "a failing dump, a wrong password, a full disk: no false snapshot, and told"


def deploy_and_go_back(world: World) -> str:
    """Deploy another version, one that fails, and go back, under load and with open pages."""
    return deploying.insist(world)


def run_docker_alone(world: World) -> str:
    """Start the small stack with Docker and nothing else; lose its data, and bring it back."""
    return alone.insist(needed(world.server))


STAGES: tuple[Stage[World], ...] = (
    Stage("cloud", "Terraform against a stand-in cloud", build_the_cloud),
    Stage("base", "the system under all images, from Debian", make_the_base),
    Stage("image", "the image of a fresh server", make_the_servers_image, ("base",)),
    Stage("product", "our images, by the production Dockerfile", build_the_product, ("base",)),
    Stage(
        "network", "a registry with the images of others, and an authority", furnish_the_network, ("base",)
    ),
    Stage("server", "a fresh Debian 13 server, entered by SSH", boot_the_server, ("cloud", "image")),
    Stage("install", "site.yml on the fresh server", set_the_site_up, ("server", "network", "product")),
    Stage("site", "site.yml once more", set_it_up_again, ("install",)),
    Stage(
        "https",
        "certificate, signing in, main job in a browser, a socket for a minute",
        visit_over_https,
        ("install",),
    ),
    # A wrong password is put in a file for a moment, and the playbook would put it right.
    Stage("faults", "backups that fail must say so", fail_on_purpose, ("install",), after=("site",)),
    # Its floods come when the browser has done its main job.
    Stage(
        "outside",
        "redirects, limits, forged addresses, SSH",
        come_as_a_stranger,
        ("install",),
        after=("https",),
    ),
    # It has memory of its own, and a full disk would be its, too.
    Stage(
        "alone",
        "the small stack: Docker and nothing else",
        run_docker_alone,
        ("install",),
        after=("site", "faults"),
    ),
    # It restarts Docker.
    Stage(
        "stranger",
        "what a stranger finds",
        look_for_open_ports,
        ("outside",),
        after=("site", "https", "faults", "alone"),
    ),
    # What it asks for is counted: nothing else may restart what answers, nor use up what an address may ask.
    Stage(
        "deploy",
        "a deploy, one that fails, and the way back, under load",
        deploy_and_go_back,
        ("https",),
        after=("site", "faults", "alone", "stranger"),
        by_name_only=True,
    ),
    Stage(
        "backup",
        "backup, loss of the server, restore",
        lose_and_recover,
        ("https",),
        after=("site", "faults", "stranger", "alone", "deploy"),
    ),
)
