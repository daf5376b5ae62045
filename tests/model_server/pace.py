"""How fast an answer comes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """When the pieces of an answer are sent, in seconds after the request was read.

    Piece ``n`` (from 0) is sent at ``first_token + n * between``, however long the pieces before it took.
    """

    first_token: float = 0.0
    between: float = 0.0
    pieces: int = 80
    """The most pieces; a short answer has fewer."""

    @classmethod
    def lasting(cls, seconds: float, pieces: int = 80) -> Pace:
        """Return the pace of an answer that takes ``seconds`` as a whole, a tenth of it before the first."""
        first = seconds / 10
        return cls(first, (seconds - first) / max(pieces - 1, 1), pieces)

    def cut(self, text: str) -> list[str]:
        """Cut a text into ``pieces`` pieces of about the same length, a short one into single characters."""
        count = min(self.pieces, len(text))
        return [text[len(text) * at // count : len(text) * (at + 1) // count] for at in range(count)]
