"""Serve the built pages and their events from one port, without Node and without compiling."""

from __future__ import annotations

import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from memo_coach.coaching.control_characters import without_controls
from memo_coach.operations.logging import configure_logging, server_logging
from memo_coach.server.language import language_here, speaking_here
from memo_coach.server.signal_safe_event import SignalSafeEvent
from memo_coach.server.worker_exit import STATUS
from memo_coach.settings import Settings, SettingsError, load_settings
from memo_coach.storage.engine.preparation import prepare
from memo_coach.storage.engine.sqlite_file import DatabaseUnusable
from memo_coach.translations import ENGLISH, speaking, text
from memo_coach.translations.operating_system import reason_of
from memo_coach.translations.sentences import Sentence, sentence, spoken
from memo_coach.web import earlier_assets
from memo_coach.web.errors import SiteMissing, WorkerFailed
from memo_coach.web.header_limit import HEADER_BYTES
from memo_coach.web.site import ROOT, SITE

TARGET = "memo_coach.memo_coach:app"
DRAIN_SECONDS = 20
"""From the signal to the end of a worker that does not end by itself."""
_FRAMEWORK = {
    "REFLEX_ENV_MODE": "prod",
    # These two are internal names of the framework, pinned by its exact version and by a test that serves a
    # page.
    "__REFLEX_SKIP_COMPILE": "true",
    "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
    "REFLEX_WEB_WORKDIR": str(SITE),
    "REFLEX_TELEMETRY_ENABLED": "false",
    # A half-open socket is noticed while its tab still waits: 8 s to the ping, 8 s for the answer.
    "REFLEX_SOCKET_INTERVAL": "8",
    "REFLEX_SOCKET_TIMEOUT": "8",
}


def serve(settings: Settings, host: str, port: int, *, language: str = ENGLISH) -> None:
    """Serve until a signal ends it: SIGTERM and SIGINT let requests finish and close the services.

    ``language`` is that of whoever is told where the service is.

    Raises:
        SiteMissing: there are no built pages.
        DatabaseUnusable: the database cannot be opened.
        WorkerFailed: a worker has said why it cannot work.
        OSError: the address is taken or not ours.
    """
    if not (ROOT / SITE / "build" / "client" / "index.html").is_file():
        raise SiteMissing(sentence("building.no_pages"))
    _try_address(host, port)
    prepare(settings.database_url)
    earlier_assets.keep(ROOT / SITE / "build" / "client", settings.data_dir)
    with speaking(language):
        announce(settings)
    os.chdir(ROOT)  # where the framework looks for its configuration
    # The worker is a process of its own and reads the environment again.
    os.environ.update(_FRAMEWORK)
    os.environ.update({"HOST": host, "PORT": str(port), "DATA_DIR": str(settings.data_dir)})
    server = _Server(
        TARGET,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        factory=True,
        # Any may have a page's socket and another one its requests: what they share is in the database.
        workers=settings.workers,
        # Proxies speak it, sockets need it, and the other one has ways of its own to keep a server busy.
        http=HTTPModes.http1,
        websockets=True,
        respawn_failed_workers=True,
        workers_kill_timeout=DRAIN_SECONDS,
        http1_settings=HTTP1Settings(max_buffer_size=max(8192, 4 * HEADER_BYTES)),
        log_access=False,
        log_level=LogLevels.warning,
        log_dictconfig=server_logging(settings.log_format),
    )
    with _figures_of_all(settings.workers):
        server.serve()
    if server.has_failed:
        raise WorkerFailed


@contextmanager
def _figures_of_all(workers: int) -> Iterator[None]:
    """Give several workers a folder in which each counts, so that each answers for all of them."""
    if workers == 1:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="memo-coach-figures-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        yield


class _Server(Granian):  # type: ignore[misc,valid-type]  # which class it is depends on the interpreter
    """A server that starts no worker anew that has said why it cannot work, and ends however signals come."""

    has_failed = False

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401
        super().__init__(*arguments, **options)
        # No public way to do this either; the same test watches.
        self.main_loop_interrupt = SignalSafeEvent()

    def _respawn_workers(self, workers: list[int], *arguments: Any, **options: Any) -> None:  # noqa: ANN401
        # The server has no public hook for this: a test watches that these names stay.
        if any(self.wrks[index].inner.exitcode == STATUS for index in workers):
            self.has_failed = True
            self.signal_handler_interrupt()
            return
        super()._respawn_workers(workers, *arguments, **options)


def _try_address(host: str, port: int) -> None:
    """Find out now, in this process, what would else be a worker's traceback."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)


def announce(settings: Settings) -> None:
    """Say where the service is: a sentence for a person, or a line of the log where that is for a machine."""
    if settings.log_format == "json":
        configure_logging(settings.log_level, settings.log_format)
        structlog.get_logger("memo_coach.server.serve").info("serving", address=settings.public_url)
        return
    sys.stdout.write(f"{text('building.serves', address=settings.public_url)}\n")
    sys.stdout.flush()


def main() -> int:
    """Serve at HOST and PORT; give the exit status: 1 wrong settings, 3 something that is needed fails."""
    try:
        settings = load_settings()
    except SettingsError as error:
        return _complain(error, 1)
    try:
        # Requests and pages each set their own; what belongs to none, such as the log, is in English.
        serve(settings, settings.host, settings.port, language=language_here())
    except WorkerFailed:
        return STATUS
    except (SiteMissing, DatabaseUnusable) as error:
        reason = error.args[0]
    except OSError as error:
        reason = reason_of(error, english=str(error))
    else:
        return 0
    place = f"{settings.host}:{settings.port}"
    return _complain(sentence("building.cannot_serve", place=place, reason=reason), 3)


def _complain(said: Exception | Sentence, status: int) -> int:
    with speaking_here():
        sys.stderr.write(f"{without_controls(spoken(said))}\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
