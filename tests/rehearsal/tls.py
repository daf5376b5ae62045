"""A real ACME authority: Let's Encrypt's test server, which looks at the site as the real one does."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path

from tests.rehearsal import commands, paths, registry
from tests.rehearsal.engine import LABEL, PREFIX, Engine
from tests.rehearsal.network import AUTHORITY, SERVER, Network

CONTAINER = f"{PREFIX}-authority"
DIRECTORY_PORT, MANAGEMENT_PORT = 14000, 15000
START = """
set -eu
cd /tmp
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=Rehearsal ACME server' \
  -addext "subjectAltName=IP:$ADDRESS" -addext basicConstraints=critical,CA:TRUE \
  -keyout key.pem -out certificate.pem 2>/dev/null
cat > pebble.json <<END
{"pebble": {"listenAddress": "0.0.0.0:14000", "managementListenAddress": "0.0.0.0:15000",
            "certificate": "/tmp/certificate.pem", "privateKey": "/tmp/key.pem",
            "httpPort": 80, "tlsPort": 443,
            "ocspResponderURL": "", "externalAccountBindingRequired": false}}
END
pebble-challtestsrv -defaultIPv4 "$SITE" -defaultIPv6 "" -http01 "" -https01 "" -tlsalpn01 "" -doh "" \
  -dns01 :8053 &
exec pebble -config pebble.json -dnsserver 127.0.0.1:8053
"""


@dataclass(frozen=True)
class Authority:
    """The authority: where it is, and the two certificates that somebody has to trust."""

    directory: str
    own_certificate: Path
    """What vouches for the ACME server itself: the proxy must know it."""
    root: Path
    """What vouches for the certificates that it issues: browsers must know it."""


def start(engine: Engine, network: Network) -> Authority:
    """Start the authority and fetch its certificates.

    Raises:
        RehearsalError: it does not answer.
    """
    image = registry.make(engine, registry.SERVICES, paths.IMAGES / "services.Dockerfile")
    address = network.address(AUTHORITY)
    engine.run(
        "authority",
        "run",
        "--detach",
        "--name",
        CONTAINER,
        "--label",
        LABEL,
        *network.options(AUTHORITY),
        "--env",
        f"ADDRESS={address}",
        "--env",
        f"SITE={network.address(SERVER)}",
        "--env",
        "PEBBLE_VA_NOSLEEP=1",
        image,
        "bash",
        "-c",
        START,
    )
    own, root = paths.RUN / "acme-server.pem", paths.RUN / "acme-root.pem"

    def fetch_root() -> bool:
        own_text = engine.run(
            "authority", "exec", CONTAINER, "cat", "/tmp/certificate.pem", check=False
        ).stdout
        fetched = engine.run(
            "authority",
            "exec",
            CONTAINER,
            "curl",
            "--silent",
            "--fail",
            "--cacert",
            "/tmp/certificate.pem",
            f"https://{address}:{MANAGEMENT_PORT}/roots/0",
            check=False,
        ).stdout
        own.write_text(own_text, encoding="ascii")
        root.write_text(fetched, encoding="ascii")
        return "BEGIN CERTIFICATE" in fetched

    commands.until("The ACME authority", fetch_root, 40)
    return Authority(f"https://{address}:{DIRECTORY_PORT}/dir", own, root)


def verified(host: str, address: str, root: Path) -> dict[str, object] | None:
    """Return the site's certificate if it is for this host and vouched for by this root, else nothing."""
    ipaddress.ip_address(address)
    context = ssl.create_default_context(cafile=str(root))
    try:
        with (
            socket.create_connection((address, 443), timeout=10) as plain,
            context.wrap_socket(plain, server_hostname=host) as wrapped,
        ):
            return dict(wrapped.getpeercert() or {})
    except OSError:
        return None
