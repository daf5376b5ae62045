"""Tell whether a memo is English or Spanish, from its frequent words, letters and word endings.

The evidence is what language identification by short words rests on (Grefenstette, "Comparing two
language identification schemes", 1995): function words make up about half of any running text and
hardly overlap between two languages. Endings and letters decide where a text is too short to hold any.
"""

from __future__ import annotations

import re

from memo_coach.coaching.memo.words import WORD, word_set

SUPPORTED_LANGUAGES = ("en", "es")

_SLICE = 2_000
"""Characters of each of the three slices (start, middle, end) that are read of a long text."""

# Words that both languages have ("a", "no", "me", "he", "has", "con", "son", "once", "sin") are in neither.
_ENGLISH = word_set(
    """
    the of and to in is that for it with as was on are be this by at from or an which have were not but
    you his her they we our their your its will would can could should must may might if when what who
    how why where there these those than then them been being had do does did into over under about
    after before between through during against because while so such more most some any all each other
    only also very up out off i my us she him just now new need needs please approve recommend propose
    request decision subject date budget cost costs risk risks year years next week month months per
    until since within without
    """
)
_SPANISH = word_set(
    """
    el la los las de del y que en un una unos unas por para se su sus al lo como más pero o este esta
    estos estas ese esa esto eso es está están ser fue fueron era han ha hay había también muy ya si sí
    cuando donde dónde qué quién cómo cuál porque entre sobre desde hasta durante según contra ante bajo
    tras nos nuestra nuestro nuestras nuestros les le te mi tu yo él ella ellos ellas usted ustedes
    nosotros todo toda todos todas otro otra otros otras cada uno dos tres sino mientras aunque debe
    deben debemos puede pueden podemos tiene tienen tenemos hacer solicito solicitamos propongo
    proponemos recomiendo recomendamos asunto fecha millones euros coste costo costes costos presupuesto
    riesgo riesgos plazo decisión semana mes meses año años antes después
    """
)
_ENGLISH_SHAPE = re.compile(
    r"(?:ing|tion|tions|ly|ness|ment|ments|ed|ght|ck|sh|th|ow|ew|y)\Z|wh|th|sh|ck|[wk]|oo|ee"
)
_SPANISH_SHAPE = re.compile(
    r"(?:ci[oó]n|ciones|si[oó]n|siones|dad|dades|mente|miento|mientos|[aei]mos|[ai]ndo|[aeo]r|[aeiou]jes?|[ao]s?)\Z|[ñ]"
)
_SPANISH_MARKS = re.compile("[¿¡ñºª]")
# "in Los Angeles" is no Spanish. It begins with plain characters, so that the search can skip all others.
_PLACE_NAME = re.compile(r"[EL](?<=[a-z] [EL])(?:(?<=E)l|(?<=L)(?:a|os|as)) (?=[A-Z])")
_ACCENTED = re.compile("[áéíóú]")

# What a function word, a letter or mark of Spanish alone, and an accent weigh against one ending.
_FUNCTION_WORD, _MARK, _ACCENT = 3.0, 4.0, 2.0
_PLENTY = 20
"""Function words that decide without a look at endings, where they are twice those of the other language."""


def detect_language(text: str) -> str:
    """Return ``"es"`` where the evidence for Spanish outweighs that for English, otherwise ``"en"``.

    Of a text longer than three slices the start, the middle and the end are read, so the time is bounded.
    """
    sample = _PLACE_NAME.sub("", sample_of(text)).lower()
    words = WORD.findall(sample)
    english = sum(map(_ENGLISH.__contains__, words))
    spanish = sum(map(_SPANISH.__contains__, words))
    if max(english, spanish) >= _PLENTY and max(english, spanish) >= 2 * min(english, spanish):
        return "es" if spanish > english else "en"
    english_shapes, spanish_shapes = _shapes(words)
    spanish_shapes += _MARK * len(_SPANISH_MARKS.findall(sample))
    return "es" if _FUNCTION_WORD * (spanish - english) + spanish_shapes - english_shapes > 0 else "en"


def _shapes(words: list[str]) -> tuple[float, float]:
    """Weigh the endings and letters of the words that are in neither list, for English and for Spanish."""
    english = spanish = 0.0
    for word in words:
        if len(word) > 3 and word not in _ENGLISH and word not in _SPANISH:
            english += _ENGLISH_SHAPE.search(word) is not None
            spanish += _SPANISH_SHAPE.search(word) is not None
            spanish += _ACCENT if _ACCENTED.search(word) else 0.0
    return english, spanish


def sample_of(text: str) -> str:
    """Return a text, or the start, the middle and the end of one that is longer than three slices."""
    if len(text) <= 3 * _SLICE:
        return text
    middle = len(text) // 2
    return " ".join((text[:_SLICE], text[middle : middle + _SLICE], text[-_SLICE:]))
