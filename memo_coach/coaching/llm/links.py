"""Find addresses in a model's words: of pages, people, machines and files, also where they are disguised.

A disguise is a space, a bracket, a word or a look-alike character in the place of a dot, colon or slash.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from functools import cached_property, lru_cache

from memo_coach.coaching.normalisation import normalised
from memo_coach.coaching.words import word_set

# Domains that are no word of running text: a match is an address however it is written.
_PLAIN_DOMAINS = word_set(
    """
    com org io biz edu gov mil int xyz ru cn uk eu fr mx ar cl pe br pt jp ch nl se dk pl cz kr tw hk sg
    nz za ca au tv cc ly gl gg ai co dev app ua tr ir il ae ng ke info aero coop name mobi asia cat ec ve
    uy py bo gt hn sv ni cr pa cu pr ie fi hu ro bg gr rs sk si hr lt lv ee ws fm su tk ml ga cf gq pw vip
    icu bid loan win zip mov rocks ninja guru tech blog wiki lol
    """
)
# Domains that are a word too: a full stop without a space behind it would do. In small letters only.
_WORDLIKE_DOMAINS = word_set(
    """
    net pro me in it is to no so be at es de la al do my us one top shop store site page link click live
    news cloud online world work today life fun digital agency team email space website host press club
    bank money finance group center company media network services solutions support systems zone plus
    """
)
_FILE_TYPES = word_set(
    """
    xlsx xls csv pdf docx doc pptx ppt txt md json yaml yml xml html htm js ts jsx tsx py rb java go rs cs
    cpp sql sh bat exe png jpg jpeg gif svg zip mp4 odt ods odp rtf ics hh uu
    """
)
_TECHNOLOGIES = frozenset({"asp.net", "vb.net", "ado.net", "socket.io"})

_DOMAIN_WORDS = "com|org|net|io|co|info|biz|ru|cn|xyz|es|mx|edu|gov|dev|app"
_BRACKETED_DOT = r"\s?[\[({]\s?(?:\.|dot|punto)\s?[\])}]\s?"
_LABEL = r"[^\W_][\w\-]{0,62}"

_DISGUISED = re.compile(
    rf"(?<![\w\-]){_LABEL}(?:{_BRACKETED_DOT}[\w\-]{{2,62}}){{1,6}}(?:[.:/]\S*)?"
    rf"|(?<![\w\-]){_LABEL}(?:\s(?:dot|punto)\s[\w\-]{{1,62}}){{0,3}}\s(?:dot|punto)\s(?:{_DOMAIN_WORDS})\s?/\S*"
    r"|(?<![\w.+\-])[\w.+\-]{1,64}\s?[\[({]\s?(?:at|@|arroba)\s?[\])}]\s?\w\S*"
    r"|h(?:tt|xx)ps?\s?\[?:\]?\s?[/\\]\s?[/\\]\s?\S*",
    re.IGNORECASE,
)

_SIGNS_OF_DISGUISE = ("dot", "punto", "/", "\\", "[", "(", "{")
"""Nothing is disguised in a line, in small letters, that has none of them."""

_ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.\-]{0,30})?\[?:\]?[/\\]{2}.*"
    r"|(?:java|vb|live)script\s?:\S.*|(?<![a-z])(?:mailto|blob|magnet|sms|callto|whatsapp|intent|view-source)\s?:\S.*"
    r"|(?<![a-z])data:(?:[a-z]+/|[;,]).*|(?<![a-z])about:blank.*|(?<![a-z])tel:\+?\d.*|(?<![a-z])(?:file|ftp):/.*"
    r"|www\d{0,2}\.[^.].*"
    rf"|(?<![\w.+\-%])[\w.+\-%]{{1,64}}@\[?{_LABEL}(?:\.[\w\-]{{1,63}}){{1,8}}\]?"
    r"|[\w.\-]{0,60}(?<![a-z0-9])xn--.*"
    r"|(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5}(?!\d)|/\S).*"
    r"|\[[0-9a-f:.]{3,45}\](?::\d|/).*"
    r"|(?<![\w.])localhost(?::\d{2,5}|/).*"
    r"|(?<![:\w/\\])(?://|\\\\)\w[\w\-]{0,62}(?:[./\\]).*"
    rf"|(?<![\w\-])(?:{_LABEL}\.){{1,8}}[^\W\d_\u0000-\u024f]{{2,24}}.*",
    re.IGNORECASE,
)
_DOMAIN = re.compile(
    rf"(?<![\w\-])((?:{_LABEL}\.){{1,8}})([a-z]{{2,24}})(?![\w\-])((?::\d{{1,5}})?(?:[/?#]\S*)?)",
    re.IGNORECASE,
)
_TELLING = re.compile(r"[.:@/\\]|xn--", re.IGNORECASE)
_CLOSING = ".,;:!?'\"’”»)]}>*_…|"
_LOOK_ALIKES = dict(zip("。｡․⁄∕⧸꞉ː∶։", "...///::::", strict=True))
_TOKEN = re.compile(r"\S+")


class LinksOf:
    """The addresses that stand in a memo, each as it is written there.

    They are looked for when the first one is asked for: hardly any answer has an address at all.
    """

    def __init__(self, text: str) -> None:
        self._text = text

    def __contains__(self, address: object) -> bool:
        return address in self._found

    @cached_property
    def _found(self) -> frozenset[str]:
        return frozenset(self._text[start:end] for start, end in _addresses(_folded(self._text)))


def without_links(line: str, *, allowed: Container[str], instead: str) -> str:
    """Give a line in which every address that is not among ``allowed`` is replaced by ``instead``."""
    pieces: list[str] = []
    at = 0
    for start, end in _addresses(_folded(line)):
        if line[start:end] in allowed:
            continue
        pieces += (line[at:start], instead)
        at = end
    return "".join(pieces) + line[at:] if pieces else line


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    """Yield where addresses stand, in order, without the punctuation that ends a sentence behind them."""
    lower = text.lower()
    if _TELLING.search(text) is None and "dot" not in lower:
        return
    after = 0
    may_be_disguised = any(sign in lower for sign in _SIGNS_OF_DISGUISE)
    disguised = [found.span() for found in _DISGUISED.finditer(text)] if may_be_disguised else []
    for token in _TOKEN.finditer(text):
        while disguised and disguised[0][0] < token.end():
            start, end = disguised.pop(0)
            if start >= after:
                end = _without_closing(text, start, end)
                yield start, end
                after = end
        first = max(after, token.start())
        if first < token.end() and _TELLING.search(text, first, token.end()):
            for start, end in _in_token(text, first, token.end()):
                yield start, end
                after = end


def _in_token(text: str, at: int, stop: int) -> Iterator[tuple[int, int]]:
    found = _ADDRESS.search(text, at, stop)
    limit = stop if found is None else found.start()
    for domain in _DOMAIN.finditer(text, at, stop):
        if domain.start() >= limit:
            break
        if _is_domain(domain[1], domain[2], domain[3]):
            end = _without_closing(text, domain.start(), max(domain.end(), limit if found else 0))
            yield domain.start(), end
            if found is not None and found.start() < domain.end():
                return
    if found is not None:
        yield found.start(), _without_closing(text, found.start(), found.end())


def _is_domain(labels: str, last: str, rest: str) -> bool:
    """Tell a name on the network from a file, an abbreviation and a forgotten space."""
    name = (labels + last).lower()
    label = labels.rstrip(".").rpartition(".")[2]
    has_path = len(rest) > 1 and rest[0] in "/:?#"
    lower = last.lower()
    written_small = last.islower() or (labels + last).isupper()
    if name in _TECHNOLOGIES:
        return False
    if lower in _FILE_TYPES and not (lower == "zip" and has_path):
        return False
    if not any(character.isalpha() for character in label) and not has_path:
        return False
    if lower in _PLAIN_DOMAINS:
        return len(label) > 1 or has_path or lower in {"com", "org", "io"}
    if lower in _WORDLIKE_DOMAINS:
        return written_small and (len(label) > 1 or has_path)
    return has_path and last.islower() and len(label) > 1


def _without_closing(text: str, start: int, end: int) -> int:
    while end > start + 1 and text[end - 1] in _CLOSING:
        end -= 1
    return end


def _folded(text: str) -> str:
    """Give the text with look-alike characters as the plain ones, each at its place."""
    return text if text.isascii() else "".join(map(_plain_character, text))


@lru_cache(maxsize=4096)
def _plain_character(character: str) -> str:
    if character.isascii():
        return character
    plain = normalised("NFKC", character)
    plain = _LOOK_ALIKES.get(plain, plain)
    return plain if len(plain) == 1 else character
