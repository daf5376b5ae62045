"""Files that writers hand in, read as the text of a memo. Nothing of them is kept.

A page shows the text in its editor and, beside it, a sentence for each kind of thing that was left out; where
the places are known, at these places. A file that is refused changes nothing: the page shows the sentence.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import structlog

from memo_coach.documents.reading import plain_text
from memo_coach.documents.reading.kinds import kind_of
from memo_coach.documents.reading.limits import MOST_BYTES
from memo_coach.documents.reading.model import DocumentRefused, Kind, ReadDocument, Refusal
from memo_coach.documents.reading.process import OnErrorOutput, read_in_process
from memo_coach.documents.reading.sentences import languages, left_out_sentence, refusal_sentence
from memo_coach.services.errors import ServiceError, TooMany
from memo_coach.services.standard_error import log_exceptions
from memo_coach.services.usage.network import network_of
from memo_coach.translations import ENGLISH, current_language, text

_log = structlog.get_logger(__name__)

MOST_WAITING = 8
"""Files that are read or wait for it. One at a time is read, so that the memory of one is all it takes."""
MOST_OF_NETWORK = 3
"""Of these, from one network: ten seconds each would else keep everybody waiting."""
_BROKEN = frozenset({Refusal.CORRUPT, Refusal.TOO_SLOW, Refusal.TOO_MUCH_MEMORY})
"""These may be the reader's fault as well as the file's."""


@dataclass(frozen=True, slots=True)
class LeftOutNotice:
    """Something that a file holds and its text does not."""

    kind: str
    """Such as ``pictures``; see :class:`memo_coach.documents.reading.model.Omission`."""
    count: int
    places: tuple[int, ...]
    """Where it stood, as positions in the text in code points, as far as that is known."""
    sentences: dict[str, str]
    """What a page says of it, by the code of the language."""

    @property
    def sentence(self) -> str:
        """What is said of it at the moment: in English where the language that is spoken has no sentences."""
        return self.sentences.get(current_language(), self.sentences[ENGLISH])


@dataclass(frozen=True, slots=True)
class UploadedText:
    """What was read of a file."""

    kind: str
    """``text``, ``docx`` or ``pdf``, by what it holds."""
    text: str
    """Markdown, in the form that is stored."""
    left_out: tuple[LeftOutNotice, ...]


class UploadRefused(ServiceError):
    """A file is not read; ``messages`` has the sentence in each language, ``message`` the one for now."""

    def __init__(self, reason: Refusal, cause: str) -> None:
        self.reason = reason.value
        self.cause = cause
        """For the log; it holds nothing of the file."""
        self.messages = {language: refusal_sentence(reason, language) for language in languages()}
        super().__init__(self.messages.get(current_language(), self.messages[ENGLISH]))


def read_upload(name: str, content: bytes, on_error_output: OnErrorOutput = log_exceptions) -> UploadedText:
    """Read a file. This waits, for some ten seconds at most.

    ``name`` is what its owner calls it, and says only whether a web page was meant as a document. What the
    process that reads the file writes on standard error goes to ``on_error_output``.

    Raises:
        UploadRefused: it cannot be read.
    """
    try:
        kind, document = _read(name, content, on_error_output)
    except DocumentRefused as refused:
        raise UploadRefused(refused.reason, refused.cause) from refused
    notices = (
        LeftOutNotice(
            each.what.value,
            each.count,
            each.places,
            {language: left_out_sentence(each, language) for language in languages()},
        )
        for each in document.left_out
    )
    return UploadedText(kind.value, document.markdown, tuple(notices))


def _read(name: str, content: bytes, on_error_output: OnErrorOutput) -> tuple[Kind, ReadDocument]:
    if len(content) > MOST_BYTES:
        raise DocumentRefused(Refusal.TOO_LARGE)
    kind = kind_of(name, content)
    if kind is Kind.TEXT:
        return kind, plain_text.read_plain_text(
            content
        )  # a decoder is no parser to attack, and takes no time
    return kind, read_in_process(content, kind, on_error_output)


class UploadService:
    """Reads files without keeping the event loop waiting, one after the other."""

    def __init__(self) -> None:
        # The process that reads ends with its thread, so the thread stays.
        self._thread = ThreadPoolExecutor(1, "reading-files")
        self._owners: set[str] = set()
        self._networks: Counter[bytes] = Counter()

    async def read_upload(
        self, owner: str, name: str, content: bytes, address: str = "unknown"
    ) -> UploadedText:
        """Read a file, as :func:`read_upload` does.

        Raises:
            UploadRefused: it cannot be read.
            TooMany: the owner's last file is still being read, or as many wait as may.
        """
        if owner in self._owners:
            raise TooMany(text("problem.upload_one_at_a_time"))
        network = network_of(address)
        if self._networks.total() >= MOST_WAITING or self._networks[network] >= MOST_OF_NETWORK:
            raise TooMany(text("problem.too_many_uploads"))
        self._owners.add(owner)
        self._networks[network] += 1
        reading = asyncio.get_running_loop().run_in_executor(self._thread, read_upload, name, content)
        reading.add_done_callback(partial(self._end, owner, network))
        try:
            return await reading
        except UploadRefused as refused:
            # What comes from the file itself, its name among it, is nobody's business.
            log = _log.warning if refused.reason in _BROKEN else _log.info
            log("file refused", reason=refused.reason, cause=refused.cause, bytes=len(content))
            raise

    def close(self) -> None:
        """Begin no more; what is being read ends by itself within its seconds."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _end(self, owner: str, network: bytes, _: asyncio.Future[UploadedText]) -> None:
        self._owners.discard(owner)
        self._networks[network] -= 1
        if not self._networks[network]:
            del self._networks[network]
