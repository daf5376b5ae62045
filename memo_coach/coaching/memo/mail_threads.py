"""Find what other people wrote in a thread of e-mails: the newest message is the memo, those below are not.

A message is quoted from the line that says so on: ``-----Original Message-----``, ``On …, … wrote:``, or the
head that mail programs put above it (``From: … Sent: … To: …``, ``De: … Enviado: … Para: …``). Where lines
after ``wrote:`` begin with ``>``, those that do not are the writer's own again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from memo_coach.coaching.memo.lines import Line, is_rule

_BETWEEN = re.compile(
    r"[-_=> ]{2,40}(?:original message|forwarded message|begin forwarded message|mensaje original|"
    r"mensaje reenviado|correo original)[-_=: ]{0,40}",
    re.IGNORECASE,
)
_WROTE = re.compile(
    r"(?:on|el|le)\b(?=.{0,200}\d).{5,250}\b(?:wrote|writes|escribi[oó]|ha escrito)\s?:", re.IGNORECASE
)
_LABEL = re.compile(
    r"[>*_ ]{0,6}(?:(?P<from>from|de)|(?P<sent>sent|date|enviado(?: el)?|fecha)|(?P<to>to|para)|"
    r"(?:cc|subject|asunto))[*_ ]{0,3}:",
    re.IGNORECASE,
)
_LONGEST_HEAD = 6
_TITLES = (
    "original message", "forwarded message", "mensaje original", "mensaje reenviado", "correo original",
)  # fmt: skip
_BEFORE_A_COLON = (
    "wrote", "writes", "escribio", "escribió", "escrito", "sent", "date", "enviado", "enviado el", "fecha",
)  # fmt: skip


def may_be_thread(text: str) -> bool:
    """Whether a text has words that announce an older message; quickly, as most memos have none."""
    small = text.casefold()
    return any(title in small for title in _TITLES) or any(
        piece.rstrip().rstrip("*_ ").endswith(_BEFORE_A_COLON) for piece in small.split(":")[:-1]
    )


def quoted_lines(lines: Sequence[Line]) -> frozenset[int]:
    """Return the lines of older messages, with the lines that announce them.

    There are none where nothing stands above them: a message that was only passed on is the memo.
    """
    quoted: set[int] = set()
    index = _first_words(lines)
    has_own = False
    while index < len(lines):
        line = lines[index]
        if not line.bare:
            index += 1
            continue
        announced = _announced(lines, index)
        if announced is None:
            has_own = has_own or any(character.isalpha() for character in line.bare)
            index += 1
            continue
        end = _end_of_quotation(lines, announced) if _is_marked(lines, announced) else len(lines)
        if end < len(lines) or has_own:
            quoted.update(range(index, end))
        index = end
    return frozenset(quoted) if has_own else frozenset()


def _first_words(lines: Sequence[Line]) -> int:
    """Return the first line below the head of the newest message, which looks like that of an older one."""
    index = 0
    while index < len(lines) and (
        not lines[index].bare or is_rule(lines[index].bare) or _LABEL.match(lines[index].bare)
    ):
        index += 1
    return index


def _announced(lines: Sequence[Line], index: int) -> int | None:
    """Return the line after those that announce an older message, or ``None`` where none is announced."""
    bare = lines[index].bare
    if len(bare) <= 120 and bare[0] in "-_=> " and _BETWEEN.fullmatch(bare):
        return index + 1
    if bare[:2].lower() in {"on", "el", "le"} and len(bare) <= 300:
        if bare.endswith(":") and _WROTE.fullmatch(bare):
            return index + 1
        after = lines[index + 1].bare if index + 1 < len(lines) else ""
        if after.endswith(":") and len(after) <= 120 and _WROTE.fullmatch(f"{bare} {after}"):
            return index + 2
    return _after_head(lines, index)


def _after_head(lines: Sequence[Line], index: int) -> int | None:
    found = _LABEL.match(lines[index].bare)
    if found is None or found["from"] is None or (index and not _parts(lines[index - 1].bare)):
        return None
    seen: set[str] = set()
    for place in range(index, min(len(lines), index + _LONGEST_HEAD)):
        label = _LABEL.match(lines[place].bare)
        if label is None:
            break
        seen.update(name for name in ("sent", "to") if label[name] is not None)
    return index + 1 if seen == {"sent", "to"} else None


def _parts(bare: str) -> bool:
    return not bare or is_rule(bare) or bare.startswith("---")


def _is_marked(lines: Sequence[Line], index: int) -> bool:
    """Whether the quoted lines begin with ``>``."""
    while index < len(lines) and not lines[index].bare:
        index += 1
    return index < len(lines) and lines[index].bare.startswith(">")


def _end_of_quotation(lines: Sequence[Line], index: int) -> int:
    """Return the line after the last one that begins with ``>``, blank ones between them aside."""
    end = index
    for place in range(index, len(lines)):
        bare = lines[place].bare
        if bare.startswith(">"):
            end = place + 1
        elif bare:
            break
    return end
