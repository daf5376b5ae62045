"""Tell that a text is in neither of the languages that the built-in coach reads, and in which one it is.

The evidence is function words, as in :mod:`.language`, and the script. Each list holds the frequent words of
a language, those that it shares with others too, so that a text counts for every language that it could be;
what decides is by how much one language is ahead of English and Spanish. Code, tables and names have few
function words of any language, so they never speak against English or Spanish.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from memo_coach.coaching.errors import LanguageNotRead
from memo_coach.coaching.memo.frequent_words import LANGUAGES, counts_of, frequent_words
from memo_coach.coaching.memo.language import SUPPORTED_LANGUAGES, sample_of
from memo_coach.coaching.memo.words import WORD

UNNAMED = ""
"""Stands for a language that is neither English nor Spanish, but not known by name."""

_NAMES: dict[str, dict[str, str]] = {
    "en": {
        "en": "English", "es": "Spanish",
        "fr": "French", "de": "German", "pt": "Portuguese", "it": "Italian", "ca": "Catalan",
        "gl": "Galician", "nl": "Dutch", "pl": "Polish", "sv": "Swedish", "da": "Danish or Norwegian",
        "ro": "Romanian", "tr": "Turkish", "zh": "Chinese", "ja": "Japanese", "ko": "Korean",
        "ar": "Arabic", "fa": "Persian", "he": "Hebrew", "ru": "Russian", "uk": "Ukrainian", "el": "Greek",
        "hi": "Hindi", "th": "Thai",
    },
    "es": {
        "en": "inglés", "es": "español",
        "fr": "francés", "de": "alemán", "pt": "portugués", "it": "italiano", "ca": "catalán",
        "gl": "gallego", "nl": "neerlandés", "pl": "polaco", "sv": "sueco", "da": "danés o noruego",
        "ro": "rumano", "tr": "turco", "zh": "chino", "ja": "japonés", "ko": "coreano",
        "ar": "árabe", "fa": "persa", "he": "hebreo", "ru": "ruso", "uk": "ucraniano", "el": "griego",
        "hi": "hindi", "th": "tailandés",
    },
}  # fmt: skip

_NOT_READ = {
    "en": "This memo seems to be written in {name}, and the built-in coach reads English and Spanish only.",
    "es": "Este memo parece escrito en {name}, y el coach integrado solo lee español e inglés.",
}
_NEITHER_READ = {
    "en": "This memo seems to be written neither in English nor in Spanish, which the built-in coach reads.",
    "es": "Este memo no parece escrito en español ni en inglés, que son lo que lee el coach integrado.",
}
_OTHERWISE = {
    "en": "If it is in one of the two, choose its language and try again.",
    "es": "Si está en uno de los dos, elija su idioma y vuelva a intentarlo.",
}

_LETTER = re.compile(r"[^\W\d_]")
_LATIN = re.compile("[a-zA-ZªºÀ-ÖØ-öø-ɏḀ-ỿ]")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_KANA = re.compile("[\u3040-\u30ff]")
_SCRIPTS: tuple[tuple[re.Pattern[str], tuple[tuple[str, str], ...], str], ...] = (
    # Script, languages told by a letter of their own, and what it is otherwise.
    (re.compile("[\uac00-\ud7af\u1100-\u11ff]"), (), "ko"),
    (re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]"), (("[پچژگ]", "fa"),), "ar"),
    (re.compile("[\u0400-\u052f]"), (("[іїєґ]", "uk"), ("[ыэё]", "ru")), UNNAMED),
    (re.compile("[\u0370-\u03ff\u1f00-\u1fff]"), (), "el"),
    (re.compile("[\u0590-\u05ff]"), (), "he"),
    (re.compile("[\u0900-\u097f]"), (), "hi"),
    (re.compile("[\u0e00-\u0e7f]"), (), "th"),
)
_NOT_PROSE = re.compile(
    r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|(?:https?://|www\.)\S{1,2000}|<[^<>]{1,500}>|`[^`\n]{1,200}`"
    r"|(?<![\w.\-])[\w.\-]{1,64}@[\w.\-]{1,250}",
    re.DOTALL,
)
_OF_NEITHER = re.compile("[^\x00-\x7fáéíóúüñÁÉÍÓÚÜÑªº€£¥¢©®°±²³µ·¹¼½¾¿¡‘’“”«»…–—•\\W\\d_]")

_FEW_WORDS = 20
"""In fewer words only strong evidence counts."""


@dataclass(frozen=True, slots=True)
class _Bar:
    """What the function words of another language must reach."""

    count: int
    share: float
    """Of all words."""
    ahead: float
    """How many times those of English and of Spanish."""


# In texts in the other languages at least a fifth of the words are such words, and at least 1.2 times as many
# as are Spanish ones (in Catalan); in 384 English and Spanish documents at most 0.75 times as many.
_OF_A_TEXT = _Bar(count=4, share=0.12, ahead=1.0)
_OF_A_LINE = _Bar(count=4, share=0.30, ahead=1.5)
_LEAST_OWN = 0.03
"""Share of words that are frequent in the other language, and in neither English nor Spanish."""
_LEAST_LETTERS = 8
_MOSTLY = 0.5
"""Share of letters of another script."""
_STRANGE = 0.12
"""Share of words in small letters that hold a letter which neither English nor Spanish has."""
_HARDLY_READ = 0.08
"""Share of English or Spanish function words below which strange letters decide."""


def language_name(code: str, language: str) -> str:
    """Return the name of a language, as it is said in ``language``; empty where it has none here."""
    return _NAMES[language if language in _NAMES else "en"].get(code, "")


def foreign_language(text: str) -> str | None:
    """Return the code of the language of a text in neither English nor Spanish, or ``None``.

    It is :data:`UNNAMED` where only that much is certain. In a text of both the one with more words counts.
    The time is bounded, as it is for :func:`memo_coach.coaching.memo.language.detect_language`.
    """
    sample = _NOT_PROSE.sub(" ", sample_of(text))
    return _by_script(sample) if not sample.isascii() and _is_of_another_script(sample) else _by_words(sample)


def language_not_read(code: str) -> LanguageNotRead:
    """Return the error that refuses a text in the language with a code that :func:`foreign_language` gave."""
    messages = {}
    for language, otherwise in _OTHERWISE.items():
        name = language_name(code, language)
        told = _NOT_READ[language].format(name=name) if name else _NEITHER_READ[language]
        messages[language] = f"{told} {otherwise}"
    return LanguageNotRead(code, messages)


def refuse_other_languages(text: str) -> None:
    """Refuse a text that is in neither English nor Spanish.

    Raises:
        LanguageNotRead: with a sentence in each language that is read.
    """
    code = foreign_language(text)
    if code is not None:
        raise language_not_read(code)


def _is_of_another_script(sample: str) -> bool:
    letters = len(_LETTER.findall(sample))
    others = letters - len(_LATIN.findall(sample))
    return others >= _LEAST_LETTERS and others >= _MOSTLY * letters


def _by_script(sample: str) -> str:
    kana, han = len(_KANA.findall(sample)), len(_HAN.findall(sample))
    counts = [(kana + han, "ja" if 10 * kana > han else "zh")]
    for script, own, otherwise in _SCRIPTS:
        count = len(script.findall(sample))
        if count:
            told = next((code for letters, code in own if re.search(letters, sample.lower())), otherwise)
            counts.append((count, told))
    most, code = max(counts)
    return code if most else UNNAMED


def _by_words(sample: str) -> str | None:
    words = WORD.findall(sample.lower() if sample.isupper() else sample)
    # A single capital is a mark in a table or an initial.
    forms = [word.lower() for word in words if word[0].isalpha() and (len(word) > 1 or word.islower())]
    counts = counts_of(forms)
    total = counts.total
    if not total:
        return None
    supported = max(counts.of(code) for code in SUPPORTED_LANGUAGES)
    bar = _OF_A_LINE if total < _FEW_WORDS else _OF_A_TEXT
    best = max((code for code in LANGUAGES if code not in SUPPORTED_LANGUAGES), key=counts.of)
    most = counts.of(best)
    if most >= bar.count and most >= bar.share * total and most > bar.ahead * supported:
        # What Spanish could be as well is no evidence: lists and tables may hold few other words.
        own = [form for form in forms if form in _own_words(best)]
        if len(own) >= _LEAST_OWN * total and len(set(own)) >= (1 if total < 2 * _FEW_WORDS else 2):
            return best
    if total >= 2 * _FEW_WORDS and supported < _HARDLY_READ * total and not sample.isascii():
        strange = sum(1 for word in words if word[0].islower() and _OF_NEITHER.search(word))
        return UNNAMED if strange >= _STRANGE * total else None
    return None


@cache
def _own_words(code: str) -> frozenset[str]:
    return frequent_words(code).difference(*map(frequent_words, SUPPORTED_LANGUAGES))
