#!/usr/bin/python3
"""Look after the server, and tell somebody when something is wrong and when it is well again.

``memo-coach-watch look``          look at everything; what is new is told, what goes on is told once a day
``memo-coach-watch failed UNIT``   tell that a unit has failed; systemd calls this
``memo-coach-watch test``          tell that telling works

Who is told, and what is looked at, is in ``/etc/memo-coach/watch.json`` (``MEMO_COACH_WATCH`` names another
file), which root alone may read. As long as nothing is wrong each look ends with a request to the heartbeat's
address: a service outside that misses it tells that the server is gone, or that something is wrong and could
not be told otherwise. Exit status: 0 nothing is wrong, 1 something is, 2 used in another way, 3 nobody could
be told.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import smtplib
import socket
import ssl
import subprocess
import sys
import time
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

CONFIGURATION = Path(os.environ.get("MEMO_COACH_WATCH", "/etc/memo-coach/watch.json"))
TIMEOUT_SECONDS = 15
AGAIN_SECONDS = 24 * 3600
FULL_SHARE = 0.90
"""Of a disk's bytes or files that are used."""
LEAST_MEMORY_SHARE = 0.05
CERTIFICATE_DAYS = 14
"""Traefik renews 30 days before the end: at 14 it has failed for two weeks."""
BACKUP_HOURS = 26
CHECK_DAYS = 8
DRILL_DAYS = 8
ARCHIVE_SECONDS = 300
"""How long what the database has written may wait for the archive: what is promised not to be lost."""
DATABASE = "memo-coach-postgres-1"
OLDEST_WAITING = (
    "SELECT coalesce(extract(epoch FROM now() - min(modification)), 0) "
    "FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'"
)
REBOOT_DAYS = 3
REBOOT_FILE = Path("/run/reboot-required")

Findings = dict[str, str]
"""What is wrong, by a name that stays while it does: a sentence each."""


class WatchError(Exception):
    """Something cannot be done; ``str(error)`` is a sentence."""


def disks(directories: list[str]) -> Findings:
    """Look whether a disk is nearly full, of bytes or of files."""
    found = {}
    for directory in directories:
        state = os.statvfs(directory)
        for what, all_of_it, left in (
            ("space", state.f_blocks, state.f_bavail),
            ("files", state.f_files, state.f_favail),
        ):
            if all_of_it and 1 - left / all_of_it > FULL_SHARE:
                share = f"{100 * (1 - left / all_of_it):.0f} %"
                found[f"disk {directory} {what}"] = f"The disk of {directory} is full to {share} ({what})."
    return found


def memory(path: Path = Path("/proc/meminfo")) -> Findings:
    """Look whether hardly any memory is left."""
    lines = dict(line.split(":", 1) for line in path.read_text("ascii").splitlines() if ":" in line)
    all_of_it, left = (int(lines[name].split()[0]) for name in ("MemTotal", "MemAvailable"))
    if left / all_of_it >= LEAST_MEMORY_SHARE:
        return {}
    return {"memory": f"Only {left // 1024} MB of {all_of_it // 1024} MB of memory are left."}


def runs(directory: Path, now: float, *, archive: bool = False) -> Findings:
    """Look whether backup, check and drill have run of late, and well, by the files that they leave."""
    found = {}
    kinds = [("backup", BACKUP_HOURS), ("check", 24 * CHECK_DAYS)]
    if archive:
        kinds += [("archive", BACKUP_HOURS), ("drill", 24 * DRILL_DAYS)]
    for kind, hours in kinds:
        file = directory / f"{kind}.json"
        try:
            last = json.loads(file.read_bytes())
            finished = datetime.fromisoformat(last["finished"]).timestamp()
            is_good = last["result"] == "ok"
        except FileNotFoundError:
            # A new server has neither yet: from its first hours on it has to.
            if now - directory.stat().st_ctime > hours * 3600:
                found[kind] = f"There has been no {kind} yet."
            continue
        except (OSError, ValueError, KeyError, TypeError) as error:
            found[kind] = f"How the last {kind} ended cannot be read ({file}: {type(error).__name__})."
            continue
        if not is_good:
            found[kind] = f"The last {kind} failed: {str(last.get('error', 'no reason given'))[:300]}"
        elif now - finished > hours * 3600:
            found[kind] = f"The last good {kind} is {(now - finished) / 3600:.0f} hours old."
    return found


def archive() -> Findings:
    """Look whether what the database writes gets into its archive."""
    waited = float(
        _said_by(
            "docker", "exec", "--user", "999", DATABASE, "psql", "--no-psqlrc", "--tuples-only", "--no-align",
            "--username=postgres", f"--command={OLDEST_WAITING}",
        )
    )  # fmt: skip
    if waited <= ARCHIVE_SECONDS:
        return {}
    return {
        "archive behind": f"What the database wrote has waited {waited / 60:.0f} minutes for its archive. "
        "Nothing is lost as long as this server lives."
    }


def site(host: str, address: str, port: int, now: float) -> Findings:
    """Look whether the site is ready over HTTPS, and how long its certificate is good for."""
    context = ssl.create_default_context()
    # Whose it is and until when is looked at below; a private authority is not known here.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with (
            socket.create_connection((address, port), TIMEOUT_SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=host) as encrypted,
        ):
            certificate = encrypted.getpeercert(binary_form=True) or b""
            encrypted.sendall(
                f"GET /health/ready HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode("ascii")
            )
            answer = http.client.HTTPResponse(encrypted)
            answer.begin()
            status = answer.status
    except (OSError, http.client.HTTPException) as error:
        return {"site": f"https://{host} does not answer on this server: {error}."}
    found = _certificate(certificate, host, now)
    if status != http.HTTPStatus.OK:
        found["site"] = f"https://{host}/health/ready answers {status}: the application is not ready."
    return found


def _certificate(certificate: bytes, host: str, now: float) -> Findings:
    ended = subprocess.run(  # noqa: S603 - our own words; the host is the operator's
        ["openssl", "x509", "-inform", "DER", "-noout", "-enddate", "-checkhost", host],  # noqa: S607
        input=certificate, capture_output=True, check=False, timeout=TIMEOUT_SECONDS,
    )  # fmt: skip
    said = ended.stdout.decode(errors="replace")
    until = next((line.partition("=")[2] for line in said.splitlines() if line.startswith("notAfter=")), "")
    if "does match" not in said or not until:
        return {"certificate": f"The certificate that is shown is not one for {host}."}
    days = (ssl.cert_time_to_seconds(until) - now) / 86_400
    if days >= CERTIFICATE_DAYS:
        return {}
    return {"certificate": f"The certificate of {host} is good for {days:.0f} days only: it is not renewed."}


def units() -> Findings:
    """Look for units that have failed."""
    said = _said_by("systemctl", "list-units", "--failed", "--plain", "--no-legend", "--no-pager")
    names = [line.split()[0] for line in said.splitlines() if line.strip()]
    return {f"unit {name}": f"{name} has failed: journalctl --unit {name}" for name in names}


def containers() -> Findings:
    """Look for containers of the stack that are not well."""
    said = _said_by("docker", "ps", "--all", "--filter", "label=com.docker.compose.oneoff=False",
                    "--format", "{{.Names}}\t{{.State}}\t{{.Status}}")  # fmt: skip
    found = {}
    for line in said.splitlines():
        name, state, status = (*line.split("\t"), "", "")[:3]
        if state in ("restarting", "dead", "paused") or "(unhealthy)" in status:
            found[f"container {name}"] = f"The container {name} is not well: {status}."
        elif state == "exited" and not status.startswith("Exited (0)"):
            found[f"container {name}"] = f"The container {name} has ended: {status}."
    return found


def reboot(now: float, file: Path = REBOOT_FILE) -> Findings:
    """Look whether an upgrade has waited for a restart for long."""
    if not file.exists() or now - file.stat().st_mtime < REBOOT_DAYS * 86_400:
        return {}
    return {"reboot": f"An upgrade has waited {REBOOT_DAYS} days and more for a restart of the server."}


def clock() -> Findings:
    """Look whether the clock is kept right. A container has its host's."""
    detected = subprocess.run(["systemd-detect-virt", "--container", "--quiet"], check=False)  # noqa: S607
    if detected.returncode == 0:
        return {}
    said = _said_by("timedatectl", "show", "--property=NTPSynchronized", "--value")
    return (
        {}
        if said.strip() == "yes"
        else {"clock": "The clock is not synchronised: signing in by codes fails."}
    )


def _said_by(*command: str) -> str:
    try:
        ended = subprocess.run(  # noqa: S603 - our own words
            command, capture_output=True, text=True, check=False, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise WatchError(f"{command[0]} cannot be asked: {error}.") from error
    if ended.returncode != 0:
        raise WatchError(f"{command[0]} ended with {ended.returncode}: {ended.stderr.strip()[:200]}")
    return ended.stdout


def all_of(configuration: dict[str, Any], now: float) -> Findings:
    """Look at everything. What cannot be looked at is a finding, too."""
    is_archived = bool(configuration.get("archive"))
    host, address, port = (configuration[name] for name in ("site", "address", "port"))
    looks = {
        "disks": lambda: disks(configuration["disks"]),
        "memory": memory,
        "runs": lambda: runs(Path(configuration["status"]), now, archive=is_archived),
        "archive": lambda: archive() if is_archived else {},
        "site": lambda: site(host, address, port, now),
        "units": units,
        "containers": containers,
        "reboot": lambda: reboot(now),
        "clock": clock,
    }
    found: Findings = {}
    for name in configuration.get("looks", looks):
        try:
            found |= looks[name]()
        except (WatchError, OSError, ValueError, KeyError) as error:
            found[f"cannot look: {name}"] = f"Nobody knows about {name}: {error}"
    return found


def tell(configuration: dict[str, Any], subject: str, lines: list[str]) -> None:
    """Tell whoever is to be told, by each way that there is.

    Raises:
        WatchError: there is a way, and none worked.
    """
    subject = f"[{configuration['site']}] {subject}"
    ways = [way for way in ("webhook", "mail") if configuration.get(way)]
    faults = []
    for way in ways:
        try:
            if way == "webhook":
                _to_webhook(configuration["webhook"], subject, lines)
            else:
                _by_mail(configuration["mail"], subject, lines)
        except (URLError, OSError, smtplib.SMTPException, http.client.HTTPException, ValueError) as error:
            faults.append(f"{way}: {_reason(error)}")
    _say("; ".join([subject, *lines, *faults]))
    if ways and len(faults) == len(ways):
        raise WatchError("Nobody could be told.")


def _reason(error: Exception) -> str:
    """Return why something could not be sent, without its address, which is a secret."""
    return type(error).__name__ if isinstance(error, ValueError) else str(error)[:200]


def _to_webhook(url: str, subject: str, lines: list[str]) -> None:
    # "text" is what Slack, Mattermost, Rocket.Chat, Google Chat and Teams' workflows show.
    body = json.dumps({"text": "\n".join([subject, *lines]), "subject": subject, "lines": lines})
    _ask(url, body.encode())


def _ask(url: str, body: bytes | None = None) -> None:
    request = Request(url, body, {"Content-Type": "application/json"})  # noqa: S310 - the operator's own
    with urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
        answer.read(1024)


def _by_mail(mail: dict[str, str], subject: str, lines: list[str]) -> None:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, mail["from"], mail["to"]
    message.set_content("\n".join(lines) + "\n")
    server = urlsplit(mail["server"])
    host = server.hostname or ""
    if server.scheme == "smtps":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            host, server.port or 465, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
        )
    else:
        connection = smtplib.SMTP(host, server.port or 587, timeout=TIMEOUT_SECONDS)
    with connection:
        if server.scheme == "starttls":
            connection.starttls(context=ssl.create_default_context())
        if server.username:
            connection.login(unquote(server.username), unquote(server.password or ""))
        connection.send_message(message)


def look(configuration: dict[str, Any], now: float) -> int:
    """Look, tell what is new or over, and send the heartbeat where nothing is wrong."""
    told_file = Path(configuration["told"])
    told = _told(told_file)
    found = all_of(configuration, now)
    new = [name for name in found if now - told.get(name, (0.0, ""))[0] >= AGAIN_SECONDS]
    over = [sentence for name, (_, sentence) in told.items() if name not in found]
    if new or over:
        lines = [found[name] for name in new] + [f"Well again: {sentence}" for sentence in over]
        tell(configuration, "Something is wrong" if found else "All is well again", lines)
    moments = {name: now if name in new else told[name][0] for name in found}
    _write(told_file, {name: [moments[name], sentence] for name, sentence in found.items()})
    if found:
        return 1
    if configuration.get("heartbeat"):
        try:
            _ask(configuration["heartbeat"])
        except (URLError, OSError, http.client.HTTPException, ValueError) as error:
            raise WatchError(f"The heartbeat was not taken: {_reason(error)}") from error
    return 0


def _told(file: Path) -> dict[str, tuple[float, str]]:
    """Return what was told when; after a damage to the file everything is told anew."""
    try:
        return {
            name: (float(moment), str(said)) for name, (moment, said) in json.loads(file.read_bytes()).items()
        }
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _write(file: Path, told: dict[str, list[Any]]) -> None:
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(told), encoding="utf-8")
    shutil.move(fresh, file)


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")


def main(arguments: list[str]) -> int:
    """Do what is asked; return the exit status."""
    try:
        configuration = json.loads(CONFIGURATION.read_bytes())
        match arguments:
            case ["look"]:
                return look(configuration, time.time())
            case ["failed", unit]:
                moment = datetime.now(UTC).isoformat(timespec="seconds")
                tell(configuration, f"{unit} has failed", [f"At {moment}. See: journalctl --unit {unit}"])
                return 0
            case ["test"]:
                tell(configuration, "This is a test", ["Telling works."])
                return 0
        _say(__doc__ or "")
    except (OSError, ValueError, KeyError) as error:
        _say(f"{CONFIGURATION} cannot be used: {type(error).__name__}: {error}")
    except WatchError as error:
        _say(str(error))
        return 3
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
