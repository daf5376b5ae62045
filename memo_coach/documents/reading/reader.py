"""The program of the reading process: a file comes in, what was read of it goes out as JSON.

Whatever a file makes it do, the other side takes nothing from it but a short JSON document.
"""

from __future__ import annotations

import gc
import json
import sys
import traceback
from collections.abc import Callable
from importlib import import_module

from memo_coach.documents.reading.confinement import confine
from memo_coach.documents.reading.limits import MOST_BYTES
from memo_coach.documents.reading.model import DocumentRefused, Kind, ReadDocument, Refusal

_READERS = {
    Kind.DOCX: "memo_coach.documents.reading.docx.reader",
    Kind.PDF: "memo_coach.documents.reading.pdf.reader",
}
"""A module for each kind, with a function ``read`` and a ``sample`` of what it reads."""
_DEEPEST_CALLS = 20_000
"""Calls within each other. The nesting of the file is limited before; a level of it takes up to ten calls."""

Read = Callable[[bytes], ReadDocument]


def main() -> None:
    """Read the file on standard input, whose kind is the first argument."""
    reader = import_module(_READERS[Kind(sys.argv[1])])
    read: Read = reader.read
    content = sys.stdin.buffer.read(MOST_BYTES + 1)
    # Some modules are loaded when they are first used, which is too late once nothing can be opened any more.
    read(reader.sample())
    gc.disable()  # all that is made is needed up to the end, and to look for what is not takes half the time
    sys.setrecursionlimit(_DEEPEST_CALLS)
    confine()
    sys.stdout.buffer.write(json.dumps(_answer(read, content)).encode("ascii"))
    sys.stdout.buffer.flush()


def _answer(read: Read, content: bytes) -> dict[str, object]:
    try:
        document = read(content)
    except DocumentRefused as refused:
        return {"refused": refused.reason.value, "cause": refused.cause}
    except MemoryError:
        return {"refused": Refusal.TOO_MUCH_MEMORY.value, "cause": "MemoryError"}
    except RecursionError:
        return {"refused": Refusal.TOO_DEEP.value, "cause": "RecursionError"}
    except Exception as error:  # noqa: BLE001 - what is broken in a file breaks its reader in any way
        traceback.print_exc()
        return {"refused": Refusal.CORRUPT.value, "cause": type(error).__name__}
    return {
        "markdown": document.markdown,
        "left_out": [[each.what.value, each.count, list(each.places)] for each in document.left_out],
    }


if __name__ == "__main__":
    main()
