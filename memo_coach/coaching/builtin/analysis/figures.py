"""Read the figures of a text.

Money, percentages and counted things, in English and Spanish number formats.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Span

FigureKind = Literal["money", "percent", "quantity", "plain"]

_SPACES = "\u00a0\u202f\u2009 "
# Every repeat is bounded, and the first character is fixed, so that the search stays linear on any text.
_NUMBER = re.compile(
    rf"[0-9](?:[0-9]{{0,2}}(?:[.,’'{_SPACES}][0-9]{{3}}(?![0-9])){{1,5}}(?:[.,][0-9]{{1,6}}(?![0-9]))?"
    r"|[0-9]{0,14}(?:[.,][0-9]{1,6}(?![0-9]))?)"
)
_BEFORE = re.compile(r"(US\$|[$€£¥]|(?<![A-Za-z])[A-Z]{3,4})[\u00a0 ]?$")
_RANGE = re.compile(rf"[{_SPACES}]?(?:[-–—]|to|and|a|y)[{_SPACES}]?(?=[$€£¥0-9])")
_WORD_AFTER = re.compile(r"[ \u00a0\-]([^\W\d_]{2,30}(?:-[^\W\d_]{1,20})?)")
_SYMBOLS = {"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}
_CODES = frozenset(
    [
        "USD",
        "EUR",
        "GBP",
        "JPY",
        "CHF",
        "CAD",
        "AUD",
        "MXN",
        "ARS",
        "CLP",
        "COP",
        "PEN",
        "BRL",
        "UYU",
        "SEK",
        "NOK",
        "DKK",
        "PLN",
        "INR",
        "CNY",
        "ZAR",
        "NZD",
        "SGD",
        "HKD",
        "DAI",
        "USDT",
        "USDC",
        "BTC",
        "ETH",
        "DOT",
        "KSM",
    ]
)
_ATTACHED = {
    "k": 1e3,
    "K": 1e3,
    "m": 1e6,
    "M": 1e6,
    "mn": 1e6,
    "mm": 1e6,
    "MM": 1e6,
    "bn": 1e9,
    "B": 1e9,
    "b": 1e9,
}
_PRICE_DASH = re.compile(r"(?:[.,]?[-–—]{1,2})(?=[\u00a0 ]?[$€£¥])")
"""What stands for no cents: “1.200,- €”, “450,00- $”."""
_DASHES_OF_PRICES = frozenset(",.-–—")
_LONGEST_LOOK_BEHIND = 5
_BEFORE_UNIT = f"{_SPACES}-"
_ENDS_A_NUMBER = frozenset((*".,;:)]|*\n0123456789/–—", ""))
"""No unit, currency or percent sign begins with one of these, nor at the end of the text."""


@dataclass(slots=True, unsafe_hash=True)
class Figure:
    """A number with what it counts. Not to be changed.

    ``span`` covers the number with its currency, magnitude or unit: ``$1.2m``, ``12 %``, ``40 hours``.
    """

    kind: Final[FigureKind]
    value: Final[float]
    unit: Final[str]
    """Currency code for money (``USD``), ``%`` for a percentage, the lower-cased noun for a quantity.

    Else empty.
    """
    span: Final[Span]


class _Follow(NamedTuple):
    """Patterns and tables of one language for what may follow a number."""

    pattern: re.Pattern[str]
    magnitudes: Mapping[str, float]
    currencies: Mapping[str, str]
    decimal: str
    function_words: frozenset[str]


_FOLLOWS: dict[str, _Follow] = {}


def _follow_of(lexicon: Lexicon) -> _Follow:
    found = _FOLLOWS.get(lexicon.language)
    if found is None:
        magnitudes = {name: float(value) for name, value in lexicon.replacements("magnitudes").items()}
        currencies = lexicon.replacements("currencies")
        codes = sorted([*_CODES, *_SYMBOLS], key=len, reverse=True)
        coded = "|".join(map(re.escape, codes))
        named = "|".join(re.escape(name) for name in sorted(currencies, key=len, reverse=True))
        sizes = "|".join(re.escape(name) for name in sorted(magnitudes, key=len, reverse=True))
        pattern = re.compile(
            rf"(?:[{_SPACES}-]?(?P<percent>%|(?i:percent|per cent|por ciento|pct)(?!\w))"
            rf"|(?:[{_SPACES}-]?(?P<size>(?i:{sizes})|k|K|mn|MM|mm|m|M|bn|B)(?![^\W_€]))?"
            rf"(?:[{_SPACES}-]?(?:(?i:de|of)[{_SPACES}])?(?P<currency>(?:{coded})(?!\w)"
            rf"|(?i:{named})(?!\w)))?)"
        )
        decimal = "," if lexicon.replacements("number_format").get("decimal") == "comma" else "."
        found = _FOLLOWS[lexicon.language] = _Follow(
            pattern, magnitudes, currencies, decimal, lexicon.words("function_words")
        )
    return found


def parse_number(raw: str, decimal: str, *, thousands_likely: bool = False) -> float:
    """Read a number written with either decimal sign.

    The last of two different signs is the decimal one, and a sign that stands twice groups thousands. A
    single sign before exactly three digits is read as ``decimal`` (``.`` or ``,``, the language's own)
    says, or as grouping where ``thousands_likely`` (money without a magnitude never has three decimals).

    >>> parse_number("1.234,5", ","), parse_number("1,234.5", ","), parse_number("1.2", ",")
    (1234.5, 1234.5, 1.2)
    """
    if raw.isdecimal():
        return float(raw)
    compact = re.sub(r"[^0-9.,]", "", raw)
    signs = [sign for sign in compact if sign in ".,"]
    if not signs:
        return float(compact or 0)
    last = signs[-1]
    three_after = len(compact) - compact.rfind(last) - 1 == 3
    if len(set(signs)) == 2:
        grouping = "," if last == "." else "."
    elif len(signs) > 1 or (three_after and (thousands_likely or last != decimal)):
        grouping = last
    else:
        grouping = ""
    if grouping:
        compact = compact.replace(grouping, "")
    whole, _, fraction = compact.replace(",", ".").partition(".")
    return float(f"{whole or 0}.{fraction.replace('.', '') or 0}")


def numbers_in(text: str, lexicon: Lexicon) -> list[Figure]:
    """Find every figure, in order.

    Ordinals, list numbers and parts of names (``Q3``, ``ISO-9001``) are left out.
    """
    follow = _follow_of(lexicon)
    found: list[Figure] = []
    for match in _NUMBER.finditer(text):
        if found and match.start() < found[-1].span.end:
            continue
        figure = _figure_at(text, match, follow)
        if figure is not None:
            found.append(figure)
    return found


def _figure_at(text: str, match: re.Match[str], follow: _Follow) -> Figure | None:
    start, end = match.span()
    currency, first = _currency_before(text, start)
    if not currency and _is_part_of_a_name(text, start):
        return None
    dash = None if currency or text[end : end + 1] not in _DASHES_OF_PRICES else _PRICE_DASH.match(text, end)
    if dash is None and not currency and text[end : end + 2].lstrip(_BEFORE_UNIT)[:1] in _ENDS_A_NUMBER:
        return _uncounted(text, match, follow)
    after = follow.pattern.match(text, end if dash is None else dash.end())
    size, named, percent = (
        (after["size"], after["currency"], after["percent"]) if after else (None, None, None)
    )
    if not currency and not size and not named and not percent:
        return _uncounted(text, match, follow)
    stop = after.end() if after else end
    if percent:
        return Figure("percent", parse_number(match[0], follow.decimal), "%", Span(start, stop))
    if not currency and named:
        currency = _SYMBOLS.get(named) or (
            named if named in _CODES else follow.currencies.get(named.lower(), "")
        )
    if not currency and size and len(size) <= 2 and text[end] in _SPACES:
        return _uncounted(text, match, follow)
    value = parse_number(match[0], follow.decimal, thousands_likely=bool(currency) and not size)
    if size:
        value *= follow.magnitudes.get(size.lower()) or _ATTACHED.get(size, 1.0)
    elif currency:
        value *= _size_of_range(text, stop, follow)
    return Figure("money" if currency else "quantity", value, currency, Span(first, stop))


def _currency_before(text: str, start: int) -> tuple[str, int]:
    last = text[max(0, start - 2) : start].rstrip("\u00a0 ")[-1:]
    if last not in _SYMBOLS and not ("A" <= last <= "Z"):
        return "", start
    before = _BEFORE.search(text[max(0, start - _LONGEST_LOOK_BEHIND) : start])
    if before is None:
        return "", start
    code = _SYMBOLS.get(before[1]) or (before[1] if before[1] in _CODES else "")
    return (code, start - len(before[0])) if code else ("", start)


def _is_part_of_a_name(text: str, start: int) -> bool:
    """Whether a number follows a letter or sign (``Q3``, ``COVID-19``, ``#12``) or a dot within a version."""
    previous = text[start - 1] if start else " "
    if previous.isalnum() or previous in "_#":
        return True
    return previous in "-./" and start > 1 and text[start - 2].isalnum()


def _size_of_range(text: str, stop: int, follow: _Follow) -> float:
    """Return the magnitude that ``€1.2`` borrows in ``€1.2–1.5m``, or 1."""
    dash = _RANGE.match(text, stop)
    second = _NUMBER.match(text, dash.end() + (text[dash.end()] in _SYMBOLS)) if dash else None
    after = follow.pattern.match(text, second.end()) if second else None
    size = after["size"] if after else None
    return follow.magnitudes.get(size.lower()) or _ATTACHED.get(size, 1.0) if size else 1.0


def _uncounted(text: str, match: re.Match[str], follow: _Follow) -> Figure | None:
    """Read a number without currency, percent sign or magnitude.

    A quantity where a noun follows, else plain.
    """
    start, end = match.span()
    following = text[end : end + 2]
    if following[:1].isalpha() or following[:1] in "_ºª":
        unit = following[:1] if following[:1] in "xhX" and not following[1:2].isalpha() else ""
        return (
            Figure("quantity", parse_number(match[0], follow.decimal), unit, Span(start, end + 1))
            if unit
            else None
        )
    if following[:1] in "-/." and following[1:2].isdigit():
        return None
    line_start = text.rfind("\n", max(0, start - 12), start) + 1 or max(0, start - 12)
    lead = text[line_start:start].strip()
    if (
        (not lead or not lead.strip("#*->"))
        and following[:1] in ".)"
        and (line_start == 0 or start - line_start < 12)
    ):
        return None
    if lead and not lead.strip("#"):
        return None
    value = parse_number(match[0], follow.decimal)
    word = _WORD_AFTER.match(text, end)
    if word is None or word[1].lower() in follow.function_words:
        return Figure("plain", value, "", Span(start, end))
    return Figure("quantity", value, word[1].lower(), Span(start, word.end()))
