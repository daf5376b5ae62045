"""Bring the raw text of a memo into the one form that is stored, shown, counted and judged.

What is done, and why:

* Every line end (CRLF, CR, vertical tab, form feed, NEL, U+2028, U+2029) becomes a line feed: Word and
  the web paste all of them, and dropping one would glue two words together.
* NUL and lone surrogates, which neither a database nor UTF-8 can hold, become U+FFFD.
* Characters that show nothing but that a model or a parser would read are removed: other control
  characters, tag characters (U+E0000 to U+E007F), bidirectional controls, zero-width characters, stray
  variation selectors and soft hyphens. They are kept where they are part of what a person sees: joiners
  and selectors within an emoji, the three flags that Unicode spells with tags, joiners between letters
  of the scripts that need them, variation selectors after an ideograph.
* A letter followed by a combining accent (as macOS and PDF files write it) becomes the composed letter,
  so that ``decisión`` is one word however it was typed. No other normalisation is applied: NFC as a
  whole would also swap characters such as the ohm sign, and NFKC would turn ``½`` and ``²`` into plain
  digits. More than 30 accents in a row are left as they are (see :mod:`.normalisation`).
* White space is the writer's: nothing is trimmed, so the caret stays where it was while a draft is
  being saved.

``normalise_text(normalise_text(raw)) == normalise_text(raw)`` for every string.
"""

from __future__ import annotations

import re

from memo_coach.coaching.errors import EmptyMemo, MemoTooLong
from memo_coach.coaching.memo.normalisation import normalised

LONGEST_MEMO = 200_000
"""The most characters (code points) that a memo may have."""

_EMOJI = "\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff"
_IDEOGRAPH = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
_JOINED_SCRIPTS = "\u0620-\u065f\u066e-\u06ef\u0700-\u109f\u1780-\u18af\ufb50-\ufdff\ufe70-\ufefc"
_TAGS = "\U000e0000-\U000e007f"
_TAGGED_FLAGS = "|".join(
    "\U0001f3f4" + "".join(chr(0xE0000 + ord(letter)) for letter in region) + "\U000e007f"
    for region in ("gbeng", "gbsct", "gbwls")
)

_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_INVISIBLE = re.compile(
    f"({_TAGGED_FLAGS})|"
    "[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"
    f"\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a{_TAGS}]"
)
# These begin with what is rare, so that the search can skip all else.
_STRAY_SELECTOR = re.compile(
    f"[\ufe0e\ufe0f](?<![0-9#*{_EMOJI}].)|[\ufe00-\ufe0d\U000e0100-\U000e01ef](?<![{_IDEOGRAPH}].)"
)
_STRAY_JOINER = re.compile(
    f"\u200d(?!(?<=[{_EMOJI}\ufe0f]\u200d)[{_EMOJI}])(?!(?<=[{_JOINED_SCRIPTS}]\u200d)[{_JOINED_SCRIPTS}])"
    f"|\u200c(?!(?<=[{_JOINED_SCRIPTS}]\u200c)[{_JOINED_SCRIPTS}])"
)
_ACCENT = re.compile("[\u0300-\u036f]")
_ACCENTED = re.compile(f"[^\\W\\d_]{_ACCENT.pattern}+")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_PLAIN = re.compile(r"[\t\n -~]*")


def normalise_text(raw: str) -> str:
    """Return the stored form of a memo's text, as the module's docstring describes it."""
    if _PLAIN.fullmatch(raw):
        return raw
    text, _ = _without_invisible(raw)
    if _ACCENT.search(text) is None:
        return text
    return _ACCENTED.sub(lambda found: normalised("NFC", found[0]), text)


def invisible_characters(raw: str) -> int:
    """Count the characters that :func:`normalise_text` removes because nobody can see them.

    Line ends and the byte order mark at the start of a file are none of them: they say nothing about
    the writer.
    """
    return 0 if _PLAIN.fullmatch(raw) else _without_invisible(raw)[1]


def check_memo_text(text: str) -> None:
    """Refuse text that cannot be judged.

    Raises:
        EmptyMemo: there is no letter and no digit in it.
        MemoTooLong: it has more than :data:`LONGEST_MEMO` characters.
    """
    if len(text) > LONGEST_MEMO:
        raise MemoTooLong(
            f"The memo has {len(text):,} characters; the coach reads up to {LONGEST_MEMO:,}. "
            "Shorten it, or hand it in as parts."
        )
    if _LETTER_OR_DIGIT.search(text) is None:
        raise EmptyMemo("There is no memo yet. Write or paste at least one sentence.")


def _without_invisible(raw: str) -> tuple[str, int]:
    text = _UNSTORABLE.sub("\ufffd", _LINE_END.sub("\n", raw.removeprefix("\ufeff")))
    before = len(text)
    # The order matters: a step looks at neighbours that no later one removes: a second pass is idle.
    text = _INVISIBLE.sub(lambda found: found[1] or "", text)
    text = _STRAY_SELECTOR.sub("", text)
    text = _STRAY_JOINER.sub("", text)
    return text, before - len(text)
