"""What readers with a link remarked, ready to show."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from memo_coach.services.sharing.views import ReaderRemark
from memo_coach.translations import text
from memo_coach.ui.annotated_text import quoted


@dataclasses.dataclass
class ReaderRemarkOnScreen:
    """A reader's remark."""

    id: str
    name: str
    text: str
    quote: str
    """The passage that it is about, or empty."""
    made: str
    """The moment, in ISO 8601."""


def reader_remarks(remarks: Sequence[ReaderRemark]) -> list[ReaderRemarkOnScreen]:
    """Return remarks as a page shows them."""
    return [
        ReaderRemarkOnScreen(
            id=each.remark_id,
            name=each.name or text("sharing.unnamed"),
            text=each.text,
            quote=quoted(each.quote or ""),
            made=each.made.isoformat(),
        )
        for each in remarks
    ]
