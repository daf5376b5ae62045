"""The server is lost with all its disks; a new one gets everything back from the last backup.

The new one is any Debian 13, as another provider hands it out: with root, a key, and nobody else.
"""

from __future__ import annotations

import time

from tests.rehearsal import browser, server, stack, tls
from tests.rehearsal.ansible import FIRST_ADMINISTRATOR
from tests.rehearsal.commands import RehearsalError, require, until
from tests.rehearsal.world import World, needed

CERTIFICATE_SECONDS = 90
ENTRY_SECONDS = 60
CHANGE_SHOWN = 1500


def enter(world: World) -> None:
    """Enter the server as its administrator by SSH, with leave to become root, and nobody else's."""
    control, running = needed(world.control), needed(world.server)
    control.learn_host_keys(running)
    try:
        who = until("An entry by SSH", control.becomes, ENTRY_SECONDS)
    except RehearsalError:
        # Whether the server restarts SSH or cannot start it is only to be seen there.
        running.status("journalctl", "--no-pager", "--unit", "ssh", "--lines", "40")
        raise
    require(who == "root", f"The administrator becomes {who}, not root, by sudo.")


def lose_and_recover(world: World) -> str:
    """Back up, destroy, make anew, restore, and compare."""
    control, running = needed(world.control), needed(world.server)
    control.play("backup.yml")
    noted = stack.status(running, "backup")
    require(noted.get("result") == "ok", f"The backup's status file says {noted}.")
    before = stack.fingerprint(running)

    started = time.monotonic()
    running.destroy()
    world.server = server.boot(
        needed(world.machine),
        world.network,
        server.CloudInit(server.only_root(needed(world.key).public), "another-providers"),
        world.host,
    )
    control.learn_host_keys(world.server)
    until("An entry as root", lambda: control.enters("root"), ENTRY_SECONDS)
    control.play("administrator.yml")
    enter(world)
    control.play("site.yml")
    control.play("restore.yml", "--extra-vars", "snapshot=latest")
    stack.wait_until_healthy(world.server)
    taken = time.monotonic() - started

    before, after = (
        {name: figures for name, figures in each.items() if name not in stack.OTHER_AFTER_A_RESTORE}
        for each in (before, stack.fingerprint(world.server))
    )
    require(
        after == before,
        f"The restored tables are not those that were backed up.\nBefore: {before!s:.{CHANGE_SHOWN}}\n"
        f"After: {after!s:.{CHANGE_SHOWN}}",
    )
    root = needed(world.authority).root
    until(
        "A certificate for the new server",
        lambda: tls.verified(world.host, world.server_address, root),
        CERTIFICATE_SECONDS,
    )
    with browser.visitor(world.host, world.server_address, root) as visitor:
        browser.sign_in(visitor, FIRST_ADMINISTRATOR, world.password, needed(world.app_secret))
        browser.read_again(visitor, needed(world.memo_path))
    return f"recovered in {taken:.0f} s; {len(after)} figures equal; the memo is read again, signed in anew"
