"""The address at which clouds have their metadata, and some their resolver, as a container sees it."""

from __future__ import annotations

from tests.rehearsal.ansible import VERSION
from tests.rehearsal.commands import require, until
from tests.rehearsal.server import Server

ADDRESS = "169.254.169.254"
PLACE = "rehearsal-metadata"
MAKE = f"""
set -eu
ip netns add {PLACE}
ip link add metadata0 type veth peer name inside netns {PLACE}
ip address add 192.0.2.1/30 dev metadata0
ip link set metadata0 up
ip -netns {PLACE} address add 192.0.2.2/30 dev inside
ip -netns {PLACE} address add {ADDRESS}/32 dev inside
ip -netns {PLACE} link set inside up
ip -netns {PLACE} route add default via 192.0.2.1
ip route add {ADDRESS}/32 via 192.0.2.2
"""
REMOVE = f"ip route del {ADDRESS}/32; ip netns del {PLACE}; ip link del metadata0"
SERVE = """
import socket, sys, threading
def tcp(port):
    listening = socket.create_server(("", port))
    while True:
        listening.accept()[0].close()
for port in (53, 80):
    threading.Thread(target=tcp, args=(port,)).start()
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
# By its address, or the answer would come from another one.
udp.bind((sys.argv[1], 53))
while True:
    udp.sendto(b"here", udp.recvfrom(512)[1])
"""
ASK = f"""
import socket
def tcp(port):
    try:
        socket.create_connection(("{ADDRESS}", port), timeout=3).close()
    except OSError:
        return "silent"
    return "answers"
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.settimeout(3)
udp.sendto(b"?", ("{ADDRESS}", 53))
try:
    names = "answers" if udp.recv(512) else "silent"
except OSError:
    names = "silent"
print("names", names, "long names", tcp(53), "metadata", tcp(80))
"""


def insist(server: Server) -> None:
    """Insist that a container can ask that address for names, and for nothing else.

    Raises:
        RehearsalError: it cannot, or it can do more.
    """
    server.run("sh", "-c", MAKE)
    inside = ("ip", "netns", "exec", PLACE)
    try:
        server.run("systemd-run", "--collect", "--unit", PLACE, *inside, "python3", "-c", SERVE, ADDRESS)
        # The server itself gets its credentials there.
        alone = ("curl", "--silent", "--noproxy", "*", "--max-time", "3", "--output", "/dev/null")
        reached = 52  # curl: connected, and an empty answer
        until(
            "An answer at the address of the metadata",
            lambda: server.status(*alone, f"http://{ADDRESS}/")[0] == reached,
            20,
        )
        asked = (
            "docker",
            "run",
            "--rm",
            "--no-healthcheck",
            "--entrypoint",
            "python",
            f"memo-coach:{VERSION}",
        )
        said = server.run(*asked, "-c", ASK).strip()
        require(
            said == "names answers long names answers metadata silent",
            f"A container finds at {ADDRESS}: {said}.",
        )
    finally:
        server.run("systemctl", "stop", PLACE, check=False)
        server.run("sh", "-c", REMOVE, check=False)
