"""Find addresses in a model's words: of pages, people, machines and files, also where they are disguised.

A disguise is a space, a bracket or a word in the place of a dot, colon or slash; those of single characters
are taken off by :mod:`.plain_spelling`. A bare name is an address where its end is a top-level domain. Most
of these are words too (``name.quest``), so in running text they count in small letters or capitals only:
``late.Today`` lacks a space. A file whose ending is a domain (``notes.md``) is an address unless the memo
names it: nobody can tell the two apart.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from functools import cached_property

from memo_coach.coaching.llm.answer.plain_spelling import PlainSpelling, latin
from memo_coach.coaching.llm.answer.top_level_domains import INTERNATIONAL_DOMAINS, TOP_LEVEL_DOMAINS
from memo_coach.coaching.memo.words import word_set

# Domains that are no word of running text: a match is an address however it is written.
_PLAIN_DOMAINS = word_set(
    """
    com org io biz edu gov mil int xyz ru cn uk eu fr mx ar cl pe br pt jp ch nl se dk pl cz kr tw hk sg
    nz za ca au tv cc ly gl gg ai co dev app ua tr ir il ae ng ke info aero coop name mobi asia cat ec ve
    uy py bo gt hn sv ni cr pa cu pr ie fi hu ro bg gr rs sk si hr lt lv ee ws fm su tk ml ga cf gq pw vip
    icu bid loan win zip mov rocks ninja guru tech blog wiki lol
    """
)
_COMMONEST = frozenset({"com", "org", "info", "biz", "xyz"})
"""Neither a unit nor an abbreviation: also behind a number or a single space."""
_AFTER_ONE_LETTER = frozenset({*_COMMONEST, "io", "net", "co", "ai", "gg", "ly", "me", "dev", "app"})
_FILE_TYPES = word_set(
    """
    xlsx xls csv pdf docx doc pptx ppt txt md json yaml yml xml html htm js ts jsx tsx py rb java go rs cs
    cpp sql sh bat exe png jpg jpeg gif svg zip mp4 odt ods odp rtf ics hh uu
    """
)
_TECHNOLOGIES = frozenset({"asp.net", "vb.net", "ado.net", "socket.io"})

_BRACKETED_DOT = r"\s?[\[({]\s?(?:\.|dot|punto)\s?[\])}]\s?"
_LABEL = r"[^\W_][\w\-]{0,62}"

_DISGUISED = re.compile(
    rf"(?<![\w\-]){_LABEL}(?:{_BRACKETED_DOT}[\w\-]{{2,62}}){{1,6}}(?:[.:/]\S*)?"
    rf"|(?<![\w\-]){_LABEL}(?:\s(?:dot|punto)\s[\w\-]{{1,62}}){{0,3}}\s(?:dot|punto)\s[a-z]{{2,24}}\s?/\S*"
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
    rf"|(?<![\w.+\-%])[\w.+\-%]{{1,64}}@\[?{_LABEL}(?:\.[\w\-]{{1,63}}){{1,8}}\]?(?::\d{{1,5}}(?!\d))?"
    r"|[\w.\-]{0,60}(?<![a-z0-9])xn--.*"
    r"|(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5}(?!\d)|/\S).*"
    r"|\[[0-9a-f:.]{3,45}\](?::\d|/).*"
    r"|(?<![\w.])localhost(?::\d{2,5}|/).*"
    r"|(?<![:\w/\\])(?://|\\\\)\w[\w\-]{0,62}(?:[./\\]).*"
    r"|\[?(?<![\w:])(?=[0-9a-f:]{0,40}(?:[0-9a-f]::|::[0-9a-f]))[0-9a-f:]{3,45}(?![\w:])\]?.*",
    re.IGNORECASE,
)
_DOMAIN = re.compile(
    rf"(?<![\w\-])((?:{_LABEL}\.){{1,8}})([^\W_]{{2,24}})(?![\w\-])((?::\d{{1,5}})?(?:[/?#]\S*)?)"
)
_SPACED = re.compile(
    rf"(?<![\w\-])({_LABEL}(?:\.{_LABEL}){{0,6}})(\s\.\s?|\.\s)([^\W\d_]{{2,24}})(?![\w\-])(?:(?::\d{{1,5}})?[/?#]\S*)?"
)
_MACHINE = re.compile(r"(?<![\w.])(\d{1,3}(?:\.\d{1,3}){3})(?!\w|\.\d)(?::\d{1,5})?(?:/\S*)?")
_NUMBERED = re.compile(
    r"(?:\bv|version|versión|ver\.|release|section|sección|sect?\.|apartado|art\.|article|artículo|clause"
    r"|cláusula|paragraph|párrafo|chapter|capítulo|step|paso|point|punto|annex|anexo|number|número|no\.|nº|§)"
    r"\s{0,2}\Z",
    re.IGNORECASE,
)
"""What stands before a number of four parts that is no machine's."""
_LONGEST_KIND = 14
_LARGEST_SECTION = 30
_TELLING = re.compile(r"[.:@/\\]|xn--", re.IGNORECASE)
_CLOSING = ".,;:!?'\"’”»)]}>*_…|"
_TOKEN = re.compile(r"\S+")
_BEYOND_LATIN = re.compile(r"[^\W\d_\u0000-\u024f]")
_SPACELESS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_ASCII_LETTER = re.compile("[A-Za-z]")
_DETERMINERS = word_set("the a an any every of in with no el la los un una de del en con sin dominio domain")
"""“The .com boom”, “un dominio .org”."""


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
        return frozenset(self._text[start:end] for start, end in _addresses(self._text))


def without_links(line: str, *, allowed: Container[str], instead: str) -> str:
    """Return a line in which every address that is not among ``allowed`` is replaced by ``instead``."""
    pieces: list[str] = []
    at = 0
    for start, end in _addresses(line):
        if line[start:end] in allowed:
            continue
        pieces += (line[at:start], instead)
        at = end
    return "".join(pieces) + line[at:] if pieces else line


def _addresses(given: str) -> Iterator[tuple[int, int]]:
    """Yield where addresses stand, in order, without the punctuation that ends a sentence behind them."""
    plain = PlainSpelling(given)
    after = 0
    for first, last in _in_plain(plain.text):
        start, end = plain.span(first, last)
        # What is written as one may stand for several characters, each in another address.
        if end > after:
            yield max(start, after), end
            after = end


def _in_plain(text: str) -> Iterator[tuple[int, int]]:
    lower = text.lower()
    if _TELLING.search(text) is None and "dot" not in lower:
        return
    after = 0
    disguised = _over_several_words(text, lower)
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


def _over_several_words(text: str, lower: str) -> list[tuple[int, int]]:
    """Return what one word alone does not tell, in order."""
    spans: list[tuple[int, int]] = []
    if any(sign in lower for sign in _SIGNS_OF_DISGUISE):
        spans += (found.span() for found in _DISGUISED.finditer(text))
    if " ." in text or ". " in text:
        spans += (found.span() for found in _SPACED.finditer(text) if _is_spaced_domain(found))
    if "." in text:
        spans += (found.span() for found in _MACHINE.finditer(text) if _is_machine(text, found))
    return sorted(spans)


def _is_spaced_domain(found: re.Match[str]) -> bool:
    label, dot, last = found[1].lower(), found[2], latin(found[3])
    if not (found[3].islower() or found[0].isupper()):
        return False
    if dot[0] == dot[-1] == " ":
        return last in _PLAIN_DOMAINS or (last in TOP_LEVEL_DOMAINS and len(last) > 2)
    if dot[0] == " ":
        return last in _COMMONEST and label not in _DETERMINERS
    return last in _COMMONEST


def _is_machine(text: str, found: re.Match[str]) -> bool:
    """Tell a machine's number from that of a version or a section, whose parts are small and not 0."""
    parts = [int(part) for part in found[1].split(".")]
    before = text[max(0, found.start() - _LONGEST_KIND) : found.start()]
    is_section = max(parts) <= (_LARGEST_SECTION if min(parts) > 0 else 9)
    return max(parts) < 256 and not is_section and _NUMBERED.search(before) is None


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
    if _BEYOND_LATIN.search(last):
        return _is_foreign_domain(labels, last)
    lower = _with_letters(latin(last))
    has_path = len(rest) > 1 and rest[0] in "/:?#"
    written_small = last.islower() or (labels + last).isupper()
    if (
        not lower.isalpha()
        or (labels + last).lower() in _TECHNOLOGIES
        or _is_file(lower, has_path, written_small)
    ):
        return False
    label = labels.rstrip(".").rpartition(".")[2]
    if not has_path:
        if not any(character.isalpha() for character in label):
            return lower in _COMMONEST and last.isascii()
        if len(label) == 1 and lower not in (_AFTER_ONE_LETTER if written_small else _COMMONEST):
            return False
    if lower in TOP_LEVEL_DOMAINS:
        return written_small or (lower in _PLAIN_DOMAINS and last.isascii())
    return has_path and last.islower() and len(label) > 1


def _with_letters(ending: str) -> str:
    read = ending.replace("0", "o")
    return read if read in _COMMONEST else ending


def _is_file(ending: str, has_path: bool, written_small: bool) -> bool:
    """Whether a name with the ending is a file's: where that is a domain too, it is taken for one."""
    return ending in _FILE_TYPES and not (ending in TOP_LEVEL_DOMAINS and (has_path or written_small))


def _is_foreign_domain(labels: str, last: str) -> bool:
    """Tell a name whose end is not in Latin letters from a forgotten space.

    No word is written in two scripts, and hardly a sentence changes its script without a space.
    """
    if last.lower() in INTERNATIONAL_DOMAINS or latin(last) in TOP_LEVEL_DOMAINS:
        return True
    changes = _ASCII_LETTER.search(last) is not None or _ASCII_LETTER.search(labels) is not None
    return changes and not _SPACELESS.search(last)


def _without_closing(text: str, start: int, end: int) -> int:
    while end > start + 1 and text[end - 1] in _CLOSING and (text[start], text[end - 1]) != ("[", "]"):
        end -= 1
    return end
