"""Sentences that name a whole with its parts, a split into shares, or a sum or product with its result."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from memo_coach.coaching.builtin.analysis.figures import Figure
from memo_coach.coaching.builtin.analysis.prose import MemoFacts
from memo_coach.coaching.builtin.analysis.quantities import in_years
from memo_coach.coaching.builtin.detectors.consistency.checks import Checks, rounded, tolerance
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Sentence, Span

_NEAR = 1.5
_COUNTED = 1.25
"""Counts that exceed the whole by more overlap, as the answers to a survey do."""
_MOST_FIGURES = 12
_LONGEST = 600
_LONGEST_GAP = 80
_OPENS = re.compile(r"[^0-9:(–—]{0,40}?(?::| ?[(–—]) ?")
_PLUS = re.compile(r"[^0-9+×*=\n]{0,24}?\+ ?[^0-9+×*=\n]{0,12}")
_TIMES = re.compile(r"[^0-9+×*=\n]{0,24}?(?:×|\*| x|·) ?[^0-9+×*=\n]{0,12}")
_EQUALS = re.compile(r"[^0-9+×*=\n]{0,24}?(?:=|≈) ?[^0-9+×*=\n]{0,4}")
_FACTOR = 0.02


def read_sentences(checks: Checks, facts: MemoFacts) -> None:
    """Check every sentence that has enough figures for it."""
    patterns = _Patterns.of(checks.lexicon)
    text = checks.memo.text
    for sentence in checks.memo.sentences if len(facts.figures) > 2 else ():
        figures = facts.figures_in(sentence.span)
        if 3 <= len(figures) <= _MOST_FIGURES and len(sentence.text) <= _LONGEST:
            if "=" in sentence.text:
                _equation(checks, figures)
            else:
                _whole_first(checks, patterns, sentence, figures)
                _whole_last(checks, patterns, sentence, figures)
                _split(checks, patterns, sentence, figures)
    for start in _counted(checks, patterns):
        found = patterns.of_which.match(text, start)
        if found:
            _counts(checks, patterns, found)


def _counted(checks: Checks, patterns: _Patterns) -> Iterator[int]:
    """Yield where an “of” stands before a number, an article between them or not."""
    words = checks.memo.words
    forms = words.forms
    for place in words.places_of(patterns.of_words, 0, len(words) - 2):
        following = forms[place + 1]
        if not following[0].isdigit() and following not in patterns.numbers:
            following = forms[place + 2]
        if following[0].isdigit() or following in patterns.numbers:
            yield words[place].span.start


class _Patterns:
    """The patterns of one language."""

    _made: dict[str, _Patterns] = {}  # noqa: RUF012  one a language, on first use

    def __init__(self, lexicon: Lexicon) -> None:
        self.comprises = lexicon.pattern("consistency_comprises")
        self.in_all = lexicon.pattern("consistency_in_all")
        self.splits = lexicon.pattern("consistency_splits")
        self.rough = lexicon.pattern("consistency_rough")
        self.soft = lexicon.pattern("consistency_soft_labels")
        self.joins = lexicon.pattern("consistency_joins")
        self.overlap = lexicon.pattern("consistency_overlap")
        self.numbers: Mapping[str, str] = lexicon.replacements("consistency_numbers")
        number = r"(?:[0-9]{1,3}(?:[.,][0-9]{3}){1,3}|[0-9]{1,6}|" + "|".join(self.numbers) + ")"
        self.of_words = frozenset(entry.split(" ")[0] for entry in lexicon.entries("consistency_of"))
        of = "|".join(lexicon.entries("consistency_of"))
        join = "|".join(lexicon.entries("consistency_and"))
        self.last_join = re.compile(rf"(?i)\b(?:{join}) [^,;]{{0,40}}$")
        self.begins = re.compile(rf"(?i)(?:[,;]|\b(?:{join})) (?:[^\W\d]{{4,7}} )?$")
        part = rf"({number})(?![\w%.,]?[0-9%]) ([^,;:.()\d\n]{{2,40}}?)"
        self.of_which = re.compile(
            rf"(?i)\b(?:{of})({number}) "
            rf"([^\W\d][\w-]{{1,24}}(?: [^\W\d][\w-]{{0,24}}){{0,2}}?),? "
            rf"(?:[^\W\d]\w{{0,14}} ){{0,2}}?{part}(?:, {part})?(?:, {part})?,? "
            rf"(?:{join}) {part}(?=[.;,)\n]|$)"
        )

    @classmethod
    def of(cls, lexicon: Lexicon) -> _Patterns:
        """Return the patterns of a language, made once."""
        found = cls._made.get(lexicon.language)
        if found is None:
            found = cls._made[lexicon.language] = cls(lexicon)
        return found


def _whole_first(checks: Checks, patterns: _Patterns, sentence: Sentence, figures: Sequence[Figure]) -> None:
    """Read “£40,000: £25,000 for X and £10,000 for Y”: each part stands alone between commas and “and”."""
    text = checks.memo.text
    for at, whole in enumerate(figures[:-2]):
        if whole.kind not in ("money", "quantity") or whole.value <= 0 or in_years(whole) is not None:
            continue
        gap = text[whole.span.end : figures[at + 1].span.start]
        named = patterns.comprises.search(gap)
        opens = _OPENS.fullmatch(gap)
        if not opens and not named:
            continue
        end = sentence.span.end
        if opens and "(" in gap:
            closing = text.find(")", whole.span.end, end)
            end = closing if closing >= 0 else end
        parts = _parts(checks, patterns, whole, figures[at + 1 :], end)
        if len(parts) >= 2:
            _hold(checks, patterns, whole, parts)
        return


def _parts(
    checks: Checks, patterns: _Patterns, whole: Figure, figures: Sequence[Figure], end: int
) -> list[Figure]:
    """Return the figures up to a place if each is one of several listed parts, else none."""
    text = checks.memo.text
    parts = [figure for figure in figures if figure.span.end <= end]
    if len(parts) < 2 or not all(_is_part_of(whole, part) for part in parts):
        return []
    gaps = [text[one.span.end : other.span.start] for one, other in pairwise(parts)]
    if not patterns.last_join.search(gaps[-1]):
        return []
    # Counts begin what they count ("9,700 in Uyo, 4,150 in Eket"); an amount may stand after its name.
    joined = patterns.joins.search if whole.kind == "money" else patterns.begins.search
    return parts if all(len(gap) <= _LONGEST_GAP and joined(gap) for gap in gaps) else []


def _is_part_of(whole: Figure, part: Figure) -> bool:
    if part.value >= whole.value or part.kind == "percent":
        return False
    return part.unit == whole.unit if "money" in (part.kind, whole.kind) else True


def _hold(checks: Checks, patterns: _Patterns, whole: Figure, parts: Sequence[Figure]) -> None:
    text = checks.memo.text
    start, end = min(whole.span.start, parts[0].span.start), max(whole.span.end, parts[-1].span.end)
    if patterns.soft.search(text[start : end + 30]):
        return
    total = sum(part.value for part in parts)
    rough = [
        figure.value
        for figure in [whole, *parts]
        if patterns.rough.search(text[max(0, figure.span.start - 14) : figure.span.start])
    ]
    # What is counted in a sentence is counted one by one: no rounding but that of thousands and millions.
    counted = whole.kind != "money" and all(figure.value == int(figure.value) for figure in [whole, *parts])
    allowed = max(
        0.5 if counted and whole.value < 1000 else tolerance(checks.memo, [whole, *parts], whole.value),
        rounded(rough),
    )
    if abs(total - whole.value) <= allowed:
        checks.agree(whole.span)
    elif whole.value / _NEAR <= total <= whole.value * _NEAR:
        values = {"whole": checks.memo.quote(whole.span), "sum": checks.money(total, whole)}
        checks.fault("parts-off", whole.span, 0.85, values)


def _whole_last(checks: Checks, patterns: _Patterns, sentence: Sentence, figures: Sequence[Figure]) -> None:
    """Read “£25,000 for X and £10,000 for Y, £40,000 in all” and “… for a total of £40,000”."""
    text = checks.memo.text
    last = figures[-1]
    if last.kind != "money" or any((one.kind, one.unit) != ("money", last.unit) for one in figures):
        return
    before = text[figures[-2].span.end : last.span.start]
    after = text[last.span.end : sentence.span.end]
    ends = patterns.in_all.search(before)
    if not (ends and len(before) - ends.end() <= 4) and not patterns.in_all.match(after.lstrip(" ,")):
        return
    parts = list(figures[:-1])
    for one, other in pairwise(parts):
        if not patterns.joins.search(text[one.span.end : other.span.start]):
            return
    if max(part.value for part in parts) < last.value * 1.2 and not re.search(r"[×*%/]| x ", sentence.text):
        _hold(checks, patterns, last, parts)


def _split(checks: Checks, patterns: _Patterns, sentence: Sentence, figures: Sequence[Figure]) -> None:
    """Read “split 50 % / 30 % / 30 %” after a word that says that one thing is divided."""
    text = checks.memo.text
    shares = [figure for figure in figures if figure.kind == "percent"]
    if len(shares) < 3:
        return
    found = patterns.splits.search(text, sentence.span.start, shares[0].span.start)
    if found is None or shares[0].span.start - found.end() > 60:
        return
    for one, other in pairwise(shares):
        gap = text[one.span.end : other.span.start]
        if len(gap) > 60 or not (patterns.joins.search(gap) or "/" in gap):
            return
    total = sum(share.value for share in shares)
    if abs(total - 100) <= max(1.0, tolerance(checks.memo, shares, 100.0)):
        checks.agree(shares[0].span)
    elif 85 <= total <= 115:
        span = Span(shares[0].span.start, shares[-1].span.end)
        values = {"what": checks.memo.quote(span), "sum": f"{checks.number(total)} %"}
        checks.fault("shares-off", span, 0.8, values)


def _equation(checks: Checks, figures: Sequence[Figure]) -> None:
    """Read “12 × £300 = £3,900” and “£10 + £20 = £40”: figures with nothing but signs and units between."""
    text = checks.memo.text
    for pattern, product in ((_TIMES, True), (_PLUS, False)):
        for end in range(2, len(figures)):
            result = figures[end]
            if not _EQUALS.fullmatch(text[figures[end - 1].span.end : result.span.start]):
                continue
            first = end - 1
            while first > 0 and pattern.fullmatch(
                text[figures[first - 1].span.end : figures[first].span.start]
            ):
                first -= 1
            terms = figures[first:end]
            tail = text[max(0, terms[0].span.start - 3) : terms[0].span.start]
            if len(terms) < 2 or any(sign in tail for sign in "+×*/=-−–÷)^x"):
                continue
            _result(checks, terms, result, product=product)


def _result(checks: Checks, terms: Sequence[Figure], result: Figure, *, product: bool) -> None:
    text = checks.memo.text
    written_out = text[terms[0].span.start : result.span.end]
    if any(sign in written_out for sign in "/÷^") and product:
        written_out = re.sub(r"/ ?[^\W\d]+", "", written_out)
        if any(sign in written_out for sign in "/÷^"):
            return
    if not result.value or (not product and len({(one.kind, one.unit) for one in [*terms, result]}) > 1):
        return
    expected = 1.0 if product else 0.0
    for one in terms:
        value = one.value / 100 if one.kind == "percent" else one.value
        expected = expected * value if product else expected + value
    allowed = (
        max(_FACTOR * abs(result.value), 1.0)
        if product
        else tolerance(checks.memo, [*terms, result], result.value)
    )
    if abs(expected - result.value) <= allowed:
        checks.agree(result.span)
    elif 0.2 <= expected / result.value <= 5.0:
        values = {
            "product": text[terms[0].span.start : terms[-1].span.end],
            "amount": checks.memo.quote(result.span),
            "expected": checks.money(expected, result),
        }
        checks.fault("product-off", result.span, 0.85, values)


def _counts(checks: Checks, patterns: _Patterns, found: re.Match[str]) -> None:
    """Read “of the 240 households, 165 are hit, 60 slightly and 35 not”: the parts cannot be more."""
    groups = found.groups()
    whole = _count(patterns, groups[0])
    values = [_count(patterns, group) for group in groups[2::2] if group is not None]
    words = " ".join(group for group in groups[1::2] if group is not None)
    if whole is None or len(values) < 3 or any(value is None or value >= whole for value in values):
        return
    if patterns.overlap.search(words) or any(word in patterns.numbers for word in words.lower().split()):
        return
    total = sum(value for value in values if value is not None)
    span = Span(*found.span())
    if total == whole:
        checks.agree(span)
    elif whole < total <= whole * _COUNTED:
        start = found.start(1)
        stated = {"whole": checks.memo.text[start : found.end(2)], "sum": checks.number(total)}
        checks.fault("parts-off", Span(start, found.end()), 0.8, stated)


def _count(patterns: _Patterns, text: str) -> float | None:
    digits = re.sub(r"[.,]", "", text)
    if digits.isdecimal():
        return float(digits)
    number = patterns.numbers.get(text.lower())
    return None if number is None else float(number)
