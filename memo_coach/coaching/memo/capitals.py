"""Read text in capitals as the same text in small letters, with capitals where a writer would put them.

A capital tells the detectors a name, an acronym, the start of a sentence; where everything is one it tells
nothing. So letters become small but for the first of a sentence, line or cell, acronyms, months beside a
figure, and names: those that stand in the memo's head, in a column of owners, or after a title, and plans
with their year. Each letter keeps its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from memo_coach.coaching.memo.words import word_set

_MOSTLY = 0.75
"""Share of capitals among the letters of a text from which on it is read so."""
_WHOLLY = 0.9
"""The same of a paragraph in a text that is not."""
_LEAST_LETTERS = 40
_LEAST_WORDS = 12
"""A shorter paragraph in capitals is a heading, or a line that is shouted."""

_LETTER = re.compile(r"[^\W\d_]")
_CAPITAL = re.compile(r"[A-ZÀ-ÖØ-Þ]")
_SMALL_VOWELS = "aeiou"
_PARAGRAPH = re.compile(r"(?:[^\n]++\n?)++")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_NAME = r"[^\W\d_]{2,}(?:[ -](?:[^\W\d_]\.|[^\W\d_]{2,})){1,2}"
_HEAD = re.compile(
    rf"^[*_|> ]*+(?:TO|FROM|CC|PARA|DE|COPIA)[*_ ]*[:|][*_ ]*({_NAME})[ ]*(?=[,|;(]|$)", re.MULTILINE
)
_TITLED = re.compile(rf"\b(?:MR|MRS|MS|DR|DRA|SR|SRA|D|DÑA|PROF)\.? ({_NAME}|[^\W\d_]{{3,}})")
_OWNER_LABEL = re.compile(
    rf"\b(?:OWNER|RESPONSABLE|RESPONSIBLE|LEAD|AUTHOR|CONTACT|CONTACTO)S?[*_]*: ?[*_]*({_NAME})\b"
)
_OWNER_COLUMN = re.compile(r"OWNER|RESPONS|WHO\b|LEAD\b|QUI[EÉ]N|PERSON|CONTACT|ENCARGAD", re.IGNORECASE)
_STARTS = re.compile(
    r"(?:^[-*+•|#> \t]*+(?:\(?\d{1,2}[.)][ \t]++|\(?[A-Za-z]\)[ \t]++)?|[.!?…][\"'”»)\]*_]*+\s++|[|:][ \t]++)"
    r"[\"'“«¿¡*_(]*+"
    r"(?P<first>[^\W\d_])",
    re.MULTILINE,
)
_DATE = re.compile(r"(?:\d|\bDE) *[*_]*$", re.IGNORECASE)
_NAMED_PLAN = re.compile(
    r"(?P<before>STRATEGIC |CORPORATE )?(?P<plan>PLAN|STRATEGY|ESTRATEGIA|AGENDA|PROGRAMME|PROGRAMA)"
    r"(?P<name>(?: (?!(?:OF|FOR|IN|BY|TO|DE|DEL|PARA|EN)\b)[^\W\d_]{2,30}){0,2}) 20\d\d"
)
_ROMAN = re.compile(r"[IVX]{2,5}")
_DEFINED = re.compile(r"\(([^\W\d_]{2,6})\)")

_ACRONYMS = word_set(
    """
    NPV IRR ROI CEO CFO COO CTO CIO CISO UK USA EU VAT KPI KPIS GDP EBITDA CAPEX OPEX SLA SLAS ISO PDF API
    APIS AI ERP CRM GDPR SQL CI HVAC LED VAN TIR IVA RRHH UE PIB RGPD ROE B2B B2C FTE FTES SAAS NHS OECD
    RFP PMO QA UX UI IP URL OKR OKRS ESG CO2 EUR USD GBP MXN CEPA OCDE ONU UN DNI NIF CIF EPI EPIS
    """
)
_UNITS = word_set("KWH MWH GWH KM KG MM CM HZ MBPS GBPS")
_VOWELLESS = re.compile(r"[B-DF-HJ-NP-TV-Z]{3,5}")
_NOT_ACRONYMS = word_set("MRS PHD HRS MTS STR MTHS YRS PPL")
_MONTHS = word_set(
    """
    january february march april may june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday
    """
)
_AMBIGUOUS = word_set("may march")
_NO_NAMES = word_set(
    """
    the and of for to in on at by with our all each team teams committee board head department office unit
    group company owner none de del la el los las y para por con en comité equipo consejo dirección jefe jefa
    departamento oficina unidad grupo empresa director directora finance legal operations staff
    """
)


def without_capitals(text: str) -> str:
    """Return the text as it is read: as it is where it is not mostly in capitals."""
    capitals = len(_CAPITAL.findall(text))
    if capitals < _LEAST_LETTERS:
        return text
    if _may_be_mostly_capitals(capitals, text) and capitals >= _MOSTLY * len(_LETTER.findall(text)):
        return _small(text, text)
    if 20 * capitals < len(text) or not re.search(r"[A-ZÀ-ÖØ-Þ]{2} [A-ZÀ-ÖØ-Þ]{2}", text):
        return text
    return _PARAGRAPH.sub(lambda found: _paragraph(found[0], text), text)


def _may_be_mostly_capitals(capitals: int, text: str) -> bool:
    """Whether all letters must be counted to know: in running text the small vowels alone are too many."""
    return capitals >= _MOSTLY * (capitals + sum(map(text.count, _SMALL_VOWELS)))


def _paragraph(paragraph: str, text: str) -> str:
    capitals = len(_CAPITAL.findall(paragraph))
    if capitals < _LEAST_LETTERS or capitals < _WHOLLY * len(_LETTER.findall(paragraph)):
        return paragraph
    return _small(paragraph, text) if len(paragraph.split()) >= _LEAST_WORDS else paragraph


def _small(text: str, whole: str) -> str:
    names = frozenset(_names(whole))
    defined = frozenset(found[1] for found in _DEFINED.finditer(whole) if found[1].isupper())
    letters = list(text.lower())
    if len(letters) != len(text):
        letters = [small if len(small := character.lower()) == 1 else character for character in text]
    kept: dict[str, bool] = {}
    for found in _WORD.finditer(text):
        word, start = found[0], found.start()
        if word not in kept:
            kept[word] = not word.isupper() or word in _ACRONYMS or word in defined or _is_acronym(word)
        if kept[word]:
            letters[start : found.end()] = word
        elif (lower := word.lower()) in names or lower == "i" or (lower in _MONTHS and _is_date(text, found)):
            letters[start] = word[0]
    for plan in _NAMED_PLAN.finditer(text):
        for found in _WORD.finditer(plan[0]):
            letters[plan.start() + found.start()] = found[0][0]
    for found in _STARTS.finditer(text):
        letters[found.start("first")] = found["first"]
    return "".join(letters)


def _is_acronym(word: str) -> bool:
    return (_VOWELLESS.fullmatch(word) is not None and word not in _NOT_ACRONYMS and word not in _UNITS) or (
        len(word) > 1 and _ROMAN.fullmatch(word) is not None
    )


def _is_date(text: str, found: re.Match[str]) -> bool:
    if found[0].lower() not in _AMBIGUOUS:
        return True
    before, after = text[max(0, found.start() - 4) : found.start()], text[found.end() : found.end() + 3]
    return _DATE.search(before) is not None or after.lstrip(" ,*_")[:1].isdigit()


def _names(text: str) -> Iterator[str]:
    """Yield the words of people's names, in small letters."""
    for pattern in (_HEAD, _TITLED, _OWNER_LABEL):
        for found in pattern.finditer(text):
            yield from _name_words(found[1])
    for cell in _cells_of_owners(text):
        yield from _name_words(cell)


def _name_words(name: str) -> Iterator[str]:
    words = name.lower().replace("-", " ").split()
    if len(words) <= 4 and not _NO_NAMES.intersection(words):
        yield from (word for word in words if len(word) > 1)


def _cells_of_owners(text: str) -> Iterator[str]:
    columns: tuple[int, ...] = ()
    in_table = False
    for line in text.split("\n"):
        bare = line.strip()
        if "|" not in bare:
            in_table = False
            continue
        cells = [cell.strip(" *_") for cell in bare.strip("|").split("|")]
        if not in_table:
            columns = tuple(place for place, cell in enumerate(cells) if _OWNER_COLUMN.search(cell))
            in_table = True
            continue
        for place in columns:
            if place < len(cells) and len(cells[place].split()) in {2, 3}:
                yield cells[place]
