"""Blanks left in: “[insert date]”, “____”, “TBD” where a value belongs, and instructions of a template.

What is meant to stay open is left alone: links, tick boxes, code, lines to sign on, and the placeholders in a
rule that its readers fill in ("name files <project>-<date>").
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

from memo_coach.coaching.builtin.findings import Finding, Reading, detector
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Memo, Span

KINDS = ("blanks.placeholder", "blanks.template")

_MOST_FINDINGS = 6
_MOST_OF_ONE = 2
"""Findings of one and the same sign: who sees two “TBD” looks for the third."""
_SEVERITY = 0.7
_SURE, _LIKELY = 0.9, 0.75
_OF_A_FORM = 0.6
"""A field of a form may be left open on purpose: it is told, and does not come first."""
_WORDS_OF_A_SENTENCE = 5
_LONGEST_ITEM = 10
_LONGEST_LINE = 400
_LONGEST_QUOTE = 160
# Each begins with a fixed character and has bounded repeats: linear on any text.
_SQUARE = re.compile(r"\[[ *_]{0,3}([^\[\]\n]{1,300}?)[ *_]{0,3}\](?![(\[:])")
_ANGLE = re.compile(r"<([^\W\d_][^<>\n/=@]{1,40})>")
_BRACES = re.compile(r"\{\{[^{}\n]{1,60}\}\}")
_LINE = re.compile(r"(?<![\w_])_{3,}(?![\w_])")
_DOTS = re.compile(r"[:$€£] ?(?:\.{5,}|…{2,})")
_CROSSES = re.compile(r"(?<![\w.-])(?:[$€£] ?)?[Xx]{2,6}(?:[.,/-][Xx]{2,4}){0,2}(?![\w-])[ \u00a0]?%?")
_YEAR = re.compile(r"(?<!\w)20[XxYy_]{2}(?!\w)")
_TO_BE = re.compile(r"(?<!\w)TB[ACD](?!\w)")
_LEAD = re.compile(r"^[ \t>*_\-#]{0,6}", re.MULTILINE)
_CODE = re.compile(r"`[^`\n]{1,200}`")
_VALUE_BEFORE = re.compile(r"(?:[:|\t=(–—] ?|\b(?:is|on|by|of|es|el|de)[ ])[*_ ]{0,4}$")
_VALUE_AFTER = re.compile(r"[*_ ]{0,4}(?:[|).,;\n\t]|$)")


class _Blank(NamedTuple):
    kind: str
    span: Span
    confidence: float


class _Reader:
    """Looks for what was left open in one memo."""

    def __init__(self, memo: Memo, lexicon: Lexicon) -> None:
        self.memo = memo
        self.text = memo.text
        self.lexicon = lexicon
        self.fills = lexicon.pattern("blanks_fill_in")
        self.signs = lexicon.pattern("blanks_signature")
        self.forms = lexicon.pattern("blanks_pattern_rule")

    def read(self) -> Iterator[_Blank]:
        """Yield what was left open, kind of sign by kind of sign; a sign that is not there costs a search."""
        kinds = (
            ("[", self._square),
            ("<", self._angle),
            ("{{", self._braces),
            ("___", self._lines),
            (".....", self._dots),
            ("……", self._dots),
            ("XX", self._crosses),
            ("xx", self._crosses),
            ("20YY", self._crosses),
            ("TB", self._abbreviated),
        )
        done: list[Callable[[], Iterator[_Blank]]] = []
        for sign, read in kinds:
            if sign in self.text and read not in done:
                done.append(read)
                yield from read()
        known = self.memo.words.vocabulary
        if known & self.lexicon.words("blanks_to_be_signs"):
            yield from self._to_be()
        if known & self.lexicon.words("blanks_template_signs"):
            yield from self._template()

    def _braces(self) -> Iterator[_Blank]:
        for found in _BRACES.finditer(self.text):
            yield _Blank("blanks.placeholder", Span(*found.span()), _SURE)

    def _dots(self) -> Iterator[_Blank]:
        for found in _DOTS.finditer(self.text):
            if not self.signs.search(self._line(found.start())[0]):
                yield _Blank("blanks.placeholder", Span(found.start() + 1, found.end()), _LIKELY)

    def _abbreviated(self) -> Iterator[_Blank]:
        for found in _TO_BE.finditer(self.text):
            if self._is_value(found) or self._ends_an_item(found):
                yield _Blank("blanks.placeholder", Span(*found.span()), _SURE)

    def _to_be(self) -> Iterator[_Blank]:
        for found in self.lexicon.pattern("blanks_to_be").finditer(self.text):
            if self._is_value(found):
                yield _Blank("blanks.placeholder", Span(*found.span()), _LIKELY)

    def _template(self) -> Iterator[_Blank]:
        pattern = self.lexicon.pattern("blanks_template")
        for lead in _LEAD.finditer(self.text):
            found = pattern.match(self.text, lead.end())
            if found is None:
                continue
            start = found.start()
            line, first = self._line(start)
            sentence = self.memo.sentence_at(start)
            end = min(first + len(line), start + _LONGEST_QUOTE if sentence is None else sentence.span.end)
            yield _Blank("blanks.template", Span(start, max(end, found.end())), _SURE)

    def _square(self) -> Iterator[_Blank]:
        for found in _SQUARE.finditer(self.text):
            inner = found[1].strip(" *_").lower()
            if self.fills.match(inner) and not self._before(found.start(), "]!\"“‘«'`"):
                yield _Blank("blanks.placeholder", Span(*found.span()), _SURE)

    def _angle(self) -> Iterator[_Blank]:
        for found in _ANGLE.finditer(self.text):
            inner = found[1].strip().lower()
            line, _ = self._line(found.start())
            if not self.fills.match(inner) or line.count("<") > 1:
                continue
            joined = self.text[found.start() - 1 : found.start()] + self.text[found.end() : found.end() + 1]
            if not any(char.isalnum() or char in "/_-.@" for char in joined.rstrip(".,;:")):
                yield _Blank("blanks.placeholder", Span(*found.span()), _SURE)

    def _lines(self) -> Iterator[_Blank]:
        for found in _LINE.finditer(self.text):
            line, first = self._line(found.start())
            bare = line.strip(" \t_*|>.-")
            if not bare or self.signs.search(line) or bare[0] in "☐□[" or self._is_slip(line):
                continue
            before = self.text[max(first, found.start() - 30) : found.start()]
            after = self.text[found.end() : min(first + len(line), found.end() + 30)]
            if any(char.isalnum() for char in before) or any(char.isalnum() for char in after):
                yield _Blank("blanks.placeholder", Span(*found.span()), _SURE)

    def _is_slip(self, line: str) -> bool:
        """Whether a line asks others for several things by hand: “Name: ____ Date: ____ No.: ____”."""
        return line.count(":") > 1 and line.count("___:") < line.count(":") and len(_LINE.findall(line)) > 1

    def _crosses(self) -> Iterator[_Blank]:
        for found in _CROSSES.finditer(self.text):
            token = found[0].rstrip(" \u00a0")
            bare = token.strip("$€£ %")
            valued = token != bare or any(sign in bare for sign in ".,/-")
            if not valued and (
                bare != bare.upper()
                or (len(bare) < 4 and not self._stands_for_a_value(found.start(), found.end()))
            ):
                continue
            if bare.islower() and token == bare and "." in bare:
                continue
            yield _Blank("blanks.placeholder", Span(found.start(), found.start() + len(token)), _SURE)
        for found in _YEAR.finditer(self.text):
            yield _Blank("blanks.placeholder", Span(*found.span()), _LIKELY)

    def _stands_for_a_value(self, start: int, end: int) -> bool:
        """Tell “XX days” and “Owner: XXX” from the Roman twenty of “siglo XX”."""
        before, after = self.text[max(0, start - 20) : start], self.text[end : end + 14]
        return self.lexicon.pattern("blanks_crosses_after").match(after.lstrip(" ")) is not None or bool(
            re.search(r"[:|] ?\*{0,2}$", before) and _VALUE_AFTER.match(after)
        )

    def _is_value(self, found: re.Match[str]) -> bool:
        """Whether words stand where a value belongs: a whole cell, or all that follows a colon."""
        line, first = self._line(found.start())
        before = self.text[first : found.start()]
        return bool(
            (not before.strip(" *_|>-") or _VALUE_BEFORE.search(before))
            and _VALUE_AFTER.match(self.text, found.end())
            and len(line.strip(" |*")) > len(found[0])
        )

    def _ends_an_item(self, found: re.Match[str]) -> bool:
        """Whether it is the last word of an item in a list: “- Address on the main site TBD”."""
        line, first = self._line(found.start())
        after = line[found.end() - first :].strip(" *_")
        return line.lstrip()[:2] in {"- ", "* ", "+ "} and not after and len(line.split()) <= _LONGEST_ITEM

    def _before(self, position: int, signs: str) -> bool:
        return position > 0 and self.text[position - 1] in signs

    def _line(self, position: int) -> tuple[str, int]:
        start = self.text.rfind("\n", max(0, position - _LONGEST_LINE), position) + 1
        start = start or max(0, position - _LONGEST_LINE)
        end = self.text.find("\n", position, position + _LONGEST_LINE)
        return self.text[start : end if end >= 0 else min(len(self.text), position + _LONGEST_LINE)], start

    def is_code(self, span: Span) -> bool:
        """Whether a span stands in a block of code, or between backticks on its line."""
        block = self.memo.block_at(span.start)
        if block is not None and block.kind == "code":
            return True
        line, first = self._line(span.start)
        if "`" not in line:
            return False
        return any(
            first + code.start() <= span.start and span.end <= first + code.end()
            for code in _CODE.finditer(line)
        )

    def is_in_a_sentence(self, span: Span) -> bool:
        """Whether words enough stand on the line for more than a field and its label."""
        line, _ = self._line(span.start)
        return len(line.split()) - len(self.text[span.start : span.end].split()) >= _WORDS_OF_A_SENTENCE

    def is_rule_for_names(self, span: Span) -> bool:
        """Whether the line tells readers how to write something: its placeholders are for them."""
        return self.forms.search(self._line(span.start)[0]) is not None


def _found(memo: Memo, lexicon: Lexicon) -> Iterator[Finding]:
    reader = _Reader(memo, lexicon)
    ends = -1
    seen: Counter[str] = Counter()
    blanks = sorted(reader.read(), key=lambda blank: (blank.span.start, -blank.span.end))
    for blank in blanks:
        if blank.span.start < ends or reader.is_code(blank.span) or reader.is_rule_for_names(blank.span):
            continue
        quote = memo.quote(blank.span)
        seen[quote.strip("_")] += 1
        ends = blank.span.end
        if seen[quote.strip("_")] > _MOST_OF_ONE:
            continue
        values = {"blank": quote}
        is_sure = blank.kind == "blanks.template" or reader.is_in_a_sentence(blank.span)
        sure = blank.confidence if is_sure else _OF_A_FORM
        yield Finding(blank.kind, "", "opportunity", blank.span, _SEVERITY, sure, values)


@detector(
    "blanks",
    indicators=(),
    source="Own rule: what a template left open is not yet written. On checking before sending: "
    "Garner, 'HBR Guide to Better Business Writing' (2012)",
)
def read_blanks(memo: Memo, lexicon: Lexicon) -> Reading:
    """Point out what is still to be filled in."""
    findings: list[Finding] = []
    for finding in _found(memo, lexicon):
        findings.append(finding)
        if len(findings) == _MOST_FINDINGS:
            break
    return Reading({}, tuple(findings))
