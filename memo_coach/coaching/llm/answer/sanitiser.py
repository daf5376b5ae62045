"""Make plain text of a model's words: no links, images, HTML, markup, control or invisible characters.

What comes out is shown as text, so nothing in it could be followed or run anyway; this keeps an address
that somebody slipped into a memo's instructions from being read and typed, and keeps markup out of sight.
An address that stands in the memo itself stays, as text.
"""

from __future__ import annotations

import re
from collections.abc import Container
from functools import lru_cache, partial
from html import unescape

from memo_coach.coaching.llm.answer.links import LinksOf, without_links
from memo_coach.coaching.memo.sentences import sentences_between
from memo_coach.coaching.memo.text import normalise_text
from memo_coach.coaching.memo.words import word_set

_INSTEAD = {"en": "[link]", "es": "[enlace]"}

_ROUNDS = 12
"""Markup within markup that is taken off before the characters that make it are taken off."""
_LONGEST_LINE = 20_000
_KEPT_LINES = 256
_LONGEST_WAIT = 400
"""Characters of a growing line for which an open link, tag or emphasis is waited for."""
_DEEPEST_INDENT = 6
_SHORTEST_SHARE = 0.5
"""A cut falls at the end of a sentence where that leaves at least this share, otherwise between words."""

_TERMINAL = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|(?:\x1b\]|\x9d)[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?|\x1b[@-_]?"
)
_ENTITY = re.compile(r"&(?:amp;)*(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,9});")
_COMMENT = re.compile(r"<!--.{0,2000}?-->|<!\[CDATA\[|\]\]>|<[!?][a-zA-Z\[][^<>]{0,2000}>")
_ELEMENT = re.compile(
    r"<(script|style|iframe|object|svg|template|noscript)\b[^<>]{0,2000}>[^<]{0,4000}</\1\s*>", re.IGNORECASE
)
_TAG = re.compile(r"</?([a-zA-Z][\w:.\-]{0,40})((?:[\s/][^<>]{0,2000})?)>")
_PLACEHOLDER = re.compile(r"[\w ,.\-]{0,60}")
_OPENING = re.compile(r"<(?=[a-zA-Z/!?])")
_HTML = word_set(
    """
    a abbr address article aside audio b base bdi bdo blockquote body br button canvas caption center cite
    code col dd del details dfn dialog div dl dt em embed fieldset figcaption figure font footer form frame
    frameset h1 h2 h3 h4 h5 h6 head header hr html i iframe img input ins kbd label legend li link main
    map mark marquee math meta meter nav noscript object ol optgroup option output p param picture pre
    progress q rp rt ruby s samp script section select small source span strike strong style sub summary
    sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul var video wbr
    animate image path use think
    """
)
_LINKED = re.compile(
    r"!?\[((?:[^\[\]\n]|\[[^\[\]\n]{0,200}\]){0,500})\]\((?:[^()\n]|\([^()\n]{0,500}\)){0,2000}\)"
)
_HALF_LINKED = re.compile(r"!?\[([^\[\]\n]{0,500})\]\([^()\s]{0,2000}$")
_REFERRED = re.compile(r"^\s{0,3}\[[^\[\]\n]{1,80}\]:\s+\S.*$")
_IMAGE_MARK = re.compile(r"!(?=\[)")
_JOINT = re.compile(r"\](?=\()")
_FENCE = re.compile(r"^\s*(?:`{3,}|~{3,})[\w+\-.{} ]{0,40}$")
_RULE = re.compile(r"^\s*(?:[-*_=]\s?){3,}$|^[\s|:\-]*-{3}[\s|:\-]*$")
_HEADING = re.compile(r"^\s{0,3}#{1,6}(?:\s+(.*?)(?:\s+#+)?)?\s*$")
_QUOTED = re.compile(r"^(?:\s{0,3}>(?!\s?[\d$€£=])\s?)+")
_BULLET = re.compile(r"^(\s*)[*+•‣◦]\s+")
_LIST_MARK = re.compile(r"^\s*[-*+•‣◦]\s+")
_EMPHASIS = (
    re.compile(r"`{1,3}([^`\n]{1,2000})`{1,3}"),
    re.compile(r"\*{2,3}(?=\S)([^*\n]{1,2000})(?<=\S)\*{2,3}"),
    re.compile(r"(?<!\w)_{2,3}(?=\S)([^_\n]{1,2000})(?<=\S)_{2,3}(?!\w)"),
    re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]{1,2000})(?<=\S)\*(?![\w*])"),
    re.compile(r"(?<!\w)_(?=[^\s_])([^_\n]{1,2000})(?<=\S)_(?!\w)"),
    re.compile(r"~~(?=\S)([^~\n]{1,2000})(?<=\S)~~"),
)
_LEFT_OVER = re.compile(r"\*\*+|`+|~~+|(?<!\w)__+|__+(?!\w)")
_SCRIPT_COLON = re.compile(r"(?i)((?:java|vb)script\s*|https?):(?![/\\])")
_BLANKS = re.compile(r"[^\S\n]+")
_MARKUP = re.compile(r"[<>\[\]`*_~#&|]")
_MARKED = re.compile(r"[<>\[\]`*_~#&|\u2022\u2023\u25e6]|\A\s*[-+=:]")
"""What markup is made of; the last few are markup at the start of a line only."""
_SUSPICIOUS = re.compile(
    r"[<>\[\]`*_~#&|:@/\\.!\-+=\u00b7\u02d0\u0370-\u1fff\u2022-\U0010ffff]|%[0-9a-f]{2}|dot|punto",
    re.IGNORECASE,
)
_THOUGHT = re.compile(r"\A\s*<(think|thinking)>(?:.*?</\1>|.*)", re.DOTALL | re.IGNORECASE)
_LISTED = re.compile(r"(?:-|\d{1,3}[.)])\s")
_STILL_OPEN = re.compile(
    r"!?\[(?:[^\[\]]|\[[^\[\]]*\])*+(?:\]\([^()]*+)?\Z|<[a-zA-Z/!?][^>]*+\Z|(?<![\w*])\*(?=[^\s*])[^*]*+\Z"
    r"|(?<![\w_])_(?=[^\s_])[^_]*+\Z"
)
_PIPES = re.compile(r"^\s*\|[\s|]*|(?<=\S)\s*\|[\s|]*$")


class Sanitiser:
    """Cleans what a model says about one memo. An address that is not the memo's becomes a neutral word."""

    def __init__(self, memo_text: str, language: str = "en") -> None:
        """Take the memo, and the language of the neutral word."""
        instead = _INSTEAD.get(language, _INSTEAD["en"])
        # A text is cleaned until nothing changes, and one that grows again with each piece.
        self._line = lru_cache(_KEPT_LINES)(partial(_clean_line, allowed=LinksOf(memo_text), instead=instead))

    def paragraph(self, text: str, *, longest: int) -> str:
        """Return one paragraph of plain text, at most ``longest`` characters, cut at the end of a sentence.

        What comes out would come out again as it is.
        """
        text = _readable(text[: 4 * longest + 2_000])
        for _ in range(_ROUNDS):
            before = text
            lines = (_LIST_MARK.sub("", self._line(line)) for line in text.split("\n"))
            text = _shortened(" ".join(" ".join(lines).split()), longest)
            if text == before:
                return text
        return _MARKUP.sub("", text)[:longest].strip()

    def chat(self, text: str, *, longest: int = 12_000, growing: bool = False) -> str:
        """Return running text as plain lines: paragraphs, and lists with ``- `` or their own numbers.

        With ``growing`` more of the text is to come: its last word, and a link or tag that is still open, are
        held back until they are complete, so what is once shown is not taken back.
        """
        text = _readable(_THOUGHT.sub("", text[: 2 * longest + _LONGEST_LINE], count=1))
        if growing:
            text = text[: _settled(text)]
        for _ in range(_ROUNDS):
            before = text
            text = _shortened_lines(self._lines(text), longest)
            if text == before:
                break
        return text

    def _lines(self, text: str) -> str:
        lines: list[str] = []
        for source in text.split("\n"):
            line = self._line(source.strip()[:_LONGEST_LINE]).strip()
            indent = (
                source[: len(source) - len(source.lstrip())][:_DEEPEST_INDENT] if _LISTED.match(line) else ""
            )
            if line:
                lines.append(indent.replace("\t", "  ") + line)
            elif lines and lines[-1] and not source.strip():
                lines.append("")
        return "\n".join(lines).strip("\n")


def _readable(text: str) -> str:
    return normalise_text(_TERMINAL.sub("", text))


def _settled(text: str) -> int:
    """Return how much of a growing text can no longer become something else."""
    start = text.rfind("\n") + 1
    line = text[start:]
    end = len(line.rstrip()) if line[-1:].isspace() else max(line.rfind(" "), line.rfind("\t"), 0)
    near = max(0, len(line) - _LONGEST_WAIT)
    for mark in ("`", "**", "__", "~~"):
        if line.count(mark, near) % 2:
            end = min(end, line.rfind(mark))
    # The end itself may fall within something that is complete further on, and again where it was moved.
    before = -1
    while end != before:
        before = end
        while opened := _STILL_OPEN.search(line[:end], near):
            end = opened.start()
        end = _before_a_spaced_dot(line, end)
    return start + end


def _before_a_spaced_dot(line: str, end: int) -> int:
    """Return the end without the words that a dot with a space beside it may yet join to the next one."""
    while end:
        before, after = line[:end].rstrip(), line[end:].lstrip()
        if after and after[0] != "." and not (before.endswith(".") and after[0].islower()):
            return end
        end = before.rstrip(" .").rfind(" ") + 1
    return 0


def _clean_line(line: str, *, allowed: Container[str], instead: str) -> str:
    if _SUSPICIOUS.search(line) is None:
        return _BLANKS.sub(" ", line)
    for _ in range(_ROUNDS):
        before = line
        line = without_links(_without_markup(line), allowed=allowed, instead=instead)
        line = _SCRIPT_COLON.sub(r"\1", line)
        if line == before:
            return line
    return without_links(_MARKUP.sub("", line), allowed=allowed, instead=instead)


def _without_markup(line: str) -> str:
    if _MARKED.search(line) is None:
        return _BLANKS.sub(" ", line)
    line = _without_html(_decoded(line))
    if _FENCE.match(line) or _RULE.match(line):
        return ""
    line = _QUOTED.sub("", _PIPES.sub("", line))
    line = _HEADING.sub(r"\1", line)
    line = _BULLET.sub(r"\1- ", line)
    line = _LINKED.sub(r"\1", line)
    line = _HALF_LINKED.sub(r"\1", line)
    line = _JOINT.sub("] ", _IMAGE_MARK.sub("", line))
    for emphasis in _EMPHASIS:
        line = emphasis.sub(r"\1", line)
    return _BLANKS.sub(" ", _LEFT_OVER.sub("", line))


def _decoded(line: str) -> str:
    if "&" not in line:
        return line
    decoded = _ENTITY.sub(lambda found: unescape(f"&{found[1]};"), line)
    return line if decoded == line else _readable(decoded).replace("\n", " ")


def _without_html(line: str) -> str:
    if "<" not in line:
        return line
    line = _TAG.sub(_without_tag, _ELEMENT.sub("", _COMMENT.sub("", line)))
    return _OPENING.sub("< ", line)


def _without_tag(found: re.Match[str]) -> str:
    """Take a tag away; ``<date of the board>`` is a gap for the writer to fill and stays as one."""
    name, rest = found[1], found[2]
    if found[0][1] == "/" or name.lower() in _HTML or not _PLACEHOLDER.fullmatch(name + rest):
        return ""
    return f"[{name}{rest}]"


def _shortened(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    room = text[: max(longest - 1, 0)]
    ends = [span.end for span, _ in sentences_between(room, 0, len(room))][:-1]
    if ends and ends[-1] >= _SHORTEST_SHARE * longest:
        return text[: ends[-1]]
    words = room.rpartition(" ")[0]
    return (words if len(words) >= _SHORTEST_SHARE * longest else room).rstrip() + "…" if longest > 0 else ""


def _shortened_lines(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    room = text[: longest - 1]
    cut = max(room.rfind("\n"), room.rfind(" "))
    return (room[:cut] if cut > 0 else room).rstrip() + "…"
