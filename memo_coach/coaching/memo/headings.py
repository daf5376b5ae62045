"""Recognise headings, with Markdown and without: what a line looks like, and its words without markup."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from memo_coach.coaching.memo.words import word_set

LONGEST_PLAIN_HEADING = 80
"""Characters; a longer line without markup is body text."""

LONGEST_QUESTION = 50
"""Characters of a heading such as “What we looked at”."""

HeadingStyle = Literal["bold", "capitals", "numbered", "label", "title", "question", "sentence", "statement"]

_ATX = re.compile(r"(#{1,6})(?:[ \t]++|\Z)|(#{2,6})(?=[^\s#])")
_NUMBER = re.compile(
    r"(?:(?:\d{1,2}(?:\.\d{1,2}){1,3}[.)]?|\d{1,2}[.)]|\(\d{1,2}\)|[IVX]{1,5}[.)])[ \t]+)(?=\S*[^\W\d_])"
)
_EMPHASIS = re.compile(r"\*\*|__|(?<!\w)[*_]|[*_](?!\w)|`|~~")
_LINK = re.compile(r"!?\[([^\[\]]*)\](?:\([^()\s]*\))?")
_NOISE = re.compile(r"</?[a-zA-Z][^<>]{0,300}>|(?<!\w):[a-z][a-z0-9_+\-]{1,40}:(?!\w)")
_SPACES = re.compile(r"\s+")
_LETTERS = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_BOLD = re.compile(r"(\*\*|__)(?=\S)(.+?)\1[ \t]*:?")
_SENTENCE_END = (".", "!", ";", ",", "…", "-", "–", "—", "。", "！", "；")
_LABELLED_FIGURE = re.compile(r":\s*\S*\d")

_SMALL_WORDS = word_set(
    """
    a an the and or but nor for of to in on at by as is vs via per with from into de del la el las los y
    e o u en a al con por para un una su sus se que
    """
)
# A line with one of these is a clause, not a title.
_CLAUSE_WORDS = word_set(
    """
    i we you they he she it there this these those is are was were be been has have had will would can
    could should must may might do does did need needs want wants include includes including follow
    follows following please let thanks thank yo nosotros ustedes ellos este esta estos estas es son fue
    fueron está están ha han hemos hay será serán debe deben debemos puede pueden podemos incluye
    incluyen siguiente siguientes proponemos propongo solicito solicitamos necesitamos gracias
    """
)
_LETTER_FORMULAS = word_set(
    """
    dear hi hello hey regards best kind sincerely yours cheers respectfully estimado estimada estimados
    estimadas querido querida hola saludos atentamente cordialmente buenos buenas
    """
)


_QUESTION_WORDS = word_set(
    "what why how who whom where when which qué cómo quién quiénes dónde cuándo cuánto cuál"
)
_BEFORE_A_QUESTION = word_set("a con de en para por")
"""“A quién se aplica”, “Por qué ahora”."""


@dataclass(frozen=True, slots=True)
class AtxHeading:
    """A line such as ``## Options``: its depth, and where its content begins within the line."""

    level: int
    content: int


def atx_heading(bare: str) -> AtxHeading | None:
    """Read a Markdown heading of the ``#`` kind; two or more ``#`` may lack the space after them."""
    found = _ATX.match(bare) if bare.startswith("#") else None
    if found is None:
        return None
    return AtxHeading(len(found[1] or found[2]), found.end())


def heading_words_start(bare: str, content: int = 0) -> int:
    """Return where in a heading line its words begin, past emphasis and a number such as ``2.1``."""
    while content < len(bare) and bare[content] in "*_ \t":
        content += 1
    found = _NUMBER.match(bare, content)
    return found.end() if found else content


def heading_title(bare: str, content: int = 0) -> str:
    """Return the words of a heading line: no number, emphasis, link target, emoji name, nor a last colon."""
    words = bare[heading_words_start(bare, content) :]
    words = _NOISE.sub("", _LINK.sub(r"\1", words.rstrip("# \t")))
    words = _SPACES.sub(" ", _unescaped(_EMPHASIS.sub("", words))).strip()
    return words.rstrip(":").rstrip()


def _unescaped(words: str) -> str:
    if "&" not in words:
        return words
    from html import unescape  # noqa: PLC0415 - its table of entities is slow to load, and seldom needed

    return unescape(words)


# A line is looked at again from the lines before it, so the latest answers are kept.
@lru_cache(maxsize=256)
def plain_heading_style(bare: str) -> HeadingStyle | None:
    """Tell how a line without ``#`` looks like a heading, or ``None`` where it does not.

    Whether it is one depends on its neighbours too, which the caller knows.
    """
    if len(bare) > LONGEST_PLAIN_HEADING:
        return None
    style: HeadingStyle | None = None
    bold = _BOLD.fullmatch(bare)
    content = bold[2] if bold else bare
    numbered = _NUMBER.match(content)
    content = content[numbered.end() :] if numbered else content
    words = _LETTERS.findall(content)
    if not _may_be_heading(content, words):
        return None
    if bold and "**" not in content:
        style = None if bare.rstrip("*_ ").endswith(":") and _is_clause(words) else "bold"
    elif _all_capitals(words):
        style = None if "," in content or _LABELLED_FIGURE.search(content) else "capitals"
    elif numbered:
        style = "numbered" if content[:1].isupper() and len(words) <= 10 else None
    elif content.endswith(":"):
        style = "label" if len(words) <= 5 and content[:1].isupper() and not _is_clause(words) else None
    elif content[:1].isupper() and _title_case(words):
        style = "title"
    elif content[:1].isupper() and not _LABELLED_FIGURE.search(content):
        plain = len(words) <= 6 and not _is_clause(words) and not set(content) & set(",;:$€£%()")
        if _asks(words) and len(content) <= LONGEST_QUESTION and not set(content) & set(",;:$€£%()"):
            return "question"
        style = "sentence" if plain else None if _breaks_off(words) else "statement"
    return style


def _may_be_heading(content: str, words: list[str]) -> bool:
    if not words or len(words) > 12 or content.endswith(_SENTENCE_END) or "|" in content or "\t" in content:
        return False
    if content.endswith("?") and len(words) > 8:
        return False
    if ". " in content or "://" in content or "@" in content:
        return False
    return words[0].lower() not in _LETTER_FORMULAS and content.count(",") < 2


def _all_capitals(words: list[str]) -> bool:
    joined = "".join(words)
    return len(joined) >= 3 and joined.isupper()


def _title_case(words: list[str]) -> bool:
    large = [word for word in words if word.lower() not in _SMALL_WORDS]
    capitals = sum(1 for word in large if word[:1].isupper())
    return bool(large) and words[0][:1].isupper() and capitals >= 0.75 * len(large)


def _asks(words: list[str]) -> bool:
    """Tell a heading that asks, or says what it tells of: “Why now”, “What it costs”, “Qué hay que hacer”."""
    first = words[0].lower()
    second = words[1].lower() if len(words) > 1 else ""
    return first in _QUESTION_WORDS or (first in _BEFORE_A_QUESTION and second in _QUESTION_WORDS)


def _breaks_off(words: list[str]) -> bool:
    """Tell a line that goes on in the next one: it ends in "will", "the" or the like."""
    return words[-1].lower() in _SMALL_WORDS | _CLAUSE_WORDS and words[-2:] != ["to", "do"]


def _is_clause(words: list[str]) -> bool:
    return any(word.lower() in _CLAUSE_WORDS for word in words)
