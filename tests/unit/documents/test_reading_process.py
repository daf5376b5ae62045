"""The process that reads a file: what it may do, and what its other end takes from it."""

from __future__ import annotations

import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest

from memo_coach.cli.reading import _drop
from memo_coach.documents.reading import process
from memo_coach.documents.reading.model import DocumentRefused, Kind, Refusal
from tests.documents import docx, paragraph, pdf, word_document
from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[3]
CONFINED = "from memo_coach.documents.reading.confinement import confine; import os, socket; confine(); "


def confined(code: str) -> subprocess.CompletedProcess[bytes]:
    """Run some code after it has given up what the reader gives up."""
    return subprocess.run(
        [sys.executable, "-c", CONFINED + code], cwd=ROOT, env={}, capture_output=True, check=False
    )


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("open('/etc/passwd')", b"Too many open files"),
        ("open('/tmp/x', 'w')", b"Too many open files"),
        ("socket.socket()", b"Too many open files"),
        ("os.pipe()", b"Too many open files"),
        ("bytearray(2**30)", b"MemoryError"),
    ],
)
def test_it_can_open_nothing_and_has_little_memory(code: str, error: bytes) -> None:
    answer = confined(code)
    assert answer.returncode == 1
    assert error in answer.stderr.splitlines()[-1]


def test_it_has_no_descriptor_and_no_variable_of_the_service() -> None:
    code = (
        "import os, sys; descriptors = sorted(map(int, os.listdir('/proc/self/fd'))); "
        "sys.stderr.write(repr((descriptors, dict(os.environ))))"
    )
    kept = os.open(os.devnull, os.O_RDONLY)
    os.set_inheritable(kept, True)
    told: list[bytes] = []
    original = process._PROGRAM
    try:
        process._PROGRAM = ("-c", code)
        with pytest.raises(DocumentRefused):
            process.read_in_process(b"x", Kind.PDF, lambda stream, _: told.append(stream.read()))
    finally:
        process._PROGRAM = original
        os.close(kept)
    descriptors, variables = eval(told[0])
    assert descriptors[:3] == [0, 1, 2]
    assert kept not in descriptors
    assert not set(variables) - {"LC_CTYPE"}


def answered(monkeypatch: pytest.MonkeyPatch, code: str, seconds: float = 60) -> DocumentRefused:
    """Return how a program is refused that stands in for the reader."""
    monkeypatch.setattr(process, "_PROGRAM", ("-c", "import sys; sys.stdin.buffer.read(); " + code))
    with pytest.raises(DocumentRefused) as refused:
        process.read_in_process(b"x", Kind.PDF, lambda stream, _: stream.read(), seconds)
    return refused.value


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("pass", Refusal.CORRUPT),
        ("print('no JSON')", Refusal.CORRUPT),
        ("print('[' * 100000)", Refusal.CORRUPT),
        ("print('[]')", Refusal.CORRUPT),
        ("print('7')", Refusal.CORRUPT),
        ("""print('{"refused": "unheard of"}')""", Refusal.CORRUPT),
        ("""print('{"markdown": 7, "left_out": []}')""", Refusal.CORRUPT),
        (r"""print('{"markdown": "\\ud800", "left_out": []}')""", Refusal.CORRUPT),
        ("""print('{"markdown": "a", "left_out": [["pictures"]]}')""", Refusal.CORRUPT),
        ("""print('{"markdown": "%s", "left_out": []}' % ("a" * 200001))""", Refusal.CORRUPT),
        ("import pickle; sys.stdout.buffer.write(pickle.dumps(print))", Refusal.CORRUPT),
        ("any(print('a' * 10**6) for _ in iter(int, 1))", Refusal.CORRUPT),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", Refusal.CORRUPT),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", Refusal.TOO_MUCH_MEMORY),
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", Refusal.TOO_SLOW),
    ],
)
def test_whatever_it_says_or_does_is_a_refusal(
    monkeypatch: pytest.MonkeyPatch, code: str, reason: Refusal
) -> None:
    assert answered(monkeypatch, code).reason is reason


@pytest.mark.parametrize(
    "code",
    [
        "import signal; signal.pause()",
        "import os; os.close(1); import signal; signal.pause()",
        "any(iter(int, 1))",
    ],
)
def test_one_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    assert answered(monkeypatch, code, seconds=0.5).reason is Refusal.TOO_SLOW


def test_it_ends_when_the_service_is_killed() -> None:
    # The service's part is played by a process that starts a reader, and is killed while that reads.
    code = (
        "import sys, subprocess; reader = subprocess.Popen([sys.executable, '-c', "
        f"{CONFINED + 'os.write(1, b`ready`); signal_pause = __import__(`signal`).pause; signal_pause()'!r}"
        ".replace('`', chr(39))]); print(reader.pid, flush=True); reader.wait()"
    )
    service = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env={}, stdout=subprocess.PIPE)
    assert service.stdout is not None
    try:
        reader = int(service.stdout.readline())
        assert service.stdout.read(5) == b"ready"
    finally:
        service.kill()
        service.wait()
        service.stdout.close()

    def is_gone() -> bool:
        try:
            return Path(f"/proc/{reader}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
        except FileNotFoundError:
            return True

    wait_until(is_gone)


def test_what_breaks_in_it_is_told_without_a_word_of_the_file() -> None:
    told: list[bytes] = []
    broken = word_document(paragraph("Secret") + "<w:commentReference/>")
    with pytest.raises(DocumentRefused) as refused:
        process.read_in_process(docx(broken), Kind.DOCX, lambda stream, _: told.append(stream.read()))
    assert str(refused.value) == "corrupt: KeyError"
    assert b"KeyError" in told[0]
    assert b"Secret" not in told[0]


def test_libraries_that_parse_documents_are_not_loaded_by_the_service() -> None:
    code = (
        "import sys; from memo_coach.services.memos.uploads import read_upload; "
        f"read_upload('x', {pdf()!r}); read_upload('x', {docx()!r}); "
        "print([name for name in sys.modules if name.startswith(('mammoth', 'pypdfium2', 'zipfile'))])"
    )
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert answer.stdout == b"[]\n"


def test_the_buffer_is_read_to_its_end_where_nobody_looks_at_it() -> None:
    stream = BytesIO(b"a" * 10**6)
    _drop(stream, "reader")
    assert stream.closed
