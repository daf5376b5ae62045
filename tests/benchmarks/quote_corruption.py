"""Draws quotes from documents and changes them as a model does, or takes them from elsewhere.

Everything is drawn from a random generator that the caller seeds, so the same seed gives the same quotes.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from memo_coach.coaching.memo.parser import parse_memo
from memo_coach.coaching.quotes.anchors import Anchor, Anchors
from memo_coach.coaching.quotes.normalised_text import NormalisedText, words_of

SHORTEST, LONGEST = 5, 40
"""Words of a quote."""
CONTEXT = 32
"""Characters right before a quote that a model is asked for where the passage stands more than once."""
LEAST_OVERLAP = 0.9
FORM_RUN, FORM_DOCUMENTS = 4, 3
FORM = "with words of the common form"

_TOKEN = re.compile(r"\S+")
_WORDLIKE = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage of a document, in the end as corrupted; ``start`` and ``end`` are where it really stands."""

    wording: str
    start: int
    end: int
    before: str = ""


class Document:
    """A text from which quotes are drawn."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.anchors = Anchors(text)
        self.normalised = NormalisedText(text)
        self.tokens = [match.span() for match in _TOKEN.finditer(text)]
        self.sentences = [
            sentence.span
            for sentence in parse_memo(text).sentences
            if SHORTEST <= len(words_of(text[sentence.span.start : sentence.span.end])) <= LONGEST
        ]
        self.breaks = [
            index
            for index in range(1, len(self.tokens))
            if "\n" in text[self.tokens[index - 1][1] : self.tokens[index][0]]
        ]
        self.marked = [
            index
            for index, (start, end) in enumerate(self.tokens)
            if re.search(r"[*`_#\[|]", text[start:end])
        ]

    def draw(self, chance: random.Random) -> Quote:
        """Draw a fragment, a whole sentence, a span over a line break or one with markdown in it."""
        for _ in range(100):
            kind = chance.choice(["fragment", "sentence", "break", "markdown"])
            if kind == "sentence" and self.sentences:
                span = chance.choice(self.sentences)
                start, end = span.start, span.end
            else:
                length = chance.randint(SHORTEST, LONGEST)
                inside = {"break": self.breaks, "markdown": self.marked}.get(kind) or range(len(self.tokens))
                middle = chance.choice(inside)
                first = max(0, middle - chance.randint(1, length - 1))
                chosen = self.tokens[first : first + length]
                start, end = chosen[0][0], chosen[-1][1]
            wording = self.text[start:end]
            if SHORTEST <= len(words_of(wording)) <= 2 * LONGEST:
                return Quote(wording, start, end, self._context(wording, start))
        raise ValueError(f"{self.name} has no passage to quote")

    def _context(self, wording: str, start: int) -> str:
        stands_often = len(self.normalised.find_all(words_of(wording), most=2)) > 1
        return self.text[max(0, start - CONTEXT) : start] if stands_often else ""

    def is_found(self, anchor: Anchor | None, quote: Quote) -> bool:
        """Whether the anchor is at the right place, or at one that nothing distinguishes from it.

        That is where the same words stand after the same :data:`CONTEXT` characters.
        """
        if anchor is None:
            return False
        if self.overlap(anchor.start, anchor.end, quote) >= LEAST_OVERLAP:
            return True
        return any(
            self.overlap(anchor.start, anchor.end, Quote("", *twin)) >= LEAST_OVERLAP
            for twin in self._twins(quote)
        )

    def _twins(self, quote: Quote) -> list[tuple[int, int]]:
        words = words_of(self.text[quote.start : quote.end])
        context = words_of(self.text[max(0, quote.start - CONTEXT) : quote.start])[1:]
        return [
            (
                self.normalised.starts[place + len(context)],
                self.normalised.ends[place + len(context) + len(words) - 1],
            )
            for place in self.normalised.find_all([*context, *words], most=50)
        ]

    def has(self, wording: str) -> bool:
        """Whether the words stand in the document in this order."""
        return self.normalised.find(words_of(wording)) >= 0

    def overlap(self, start: int, end: int, quote: Quote) -> float:
        """Return the letters and digits in both spans, as a share of those in either; markup aside."""
        found, true = self._letters(start, end), self._letters(quote.start, quote.end)
        return len(found & true) / len(found | true)

    def _letters(self, start: int, end: int) -> set[int]:
        words = self.normalised
        return {
            place
            for first, last in zip(words.starts, words.ends, strict=True)
            if first < end and last > start
            for place in range(max(first, start), min(last, end))
        }


Corruption = Callable[[Quote, random.Random, Sequence[str]], Quote]

_TYPOGRAPHY: tuple[tuple[str, str], ...] = (
    (r"[\"“”„«»]", "'"),
    (r"[\"“”]", "«"),
    (r"['’‘]", "’"),
    (r"['’‘]", "'"),
    (r"[-–—]", "—"),
    (r"[-–—]", "\u2011"),
    (r" (?=\w)", "\u00a0"),
    (r" (?=\d)", "\u202f"),
    (r" ", "  "),
    (r"\.\.\.|…", "…"),
    (r"fi", "ﬁ"),
    (r"fl", "ﬂ"),
    (r"(?<=\w)(?=\w{7})", "\u00ad"),
)
_MARKDOWN: tuple[tuple[str, str], ...] = (
    (r"(?m)^\s{0,8}(?:[-*+•]|#{1,6}|>)\s+", ""),
    (r"!?\[([^\]\n]*)\]\([^)\n]*\)", r"\1"),
    (r"\*\*|__|`|(?<!\w)[*_]|[*_](?!\w)", ""),
    (r"\s*\|\s*", " "),
)


def typographic(quote: Quote, chance: random.Random, _: Sequence[str]) -> Quote:
    """Change quotes, dashes, spaces, ellipses and case; strip markdown; join lines; put it in quotes."""
    wording = quote.wording
    if chance.random() < 0.6:
        for pattern, replacement in _MARKDOWN:
            wording = re.sub(pattern, replacement, wording)
    for pattern, replacement in _TYPOGRAPHY:
        if chance.random() < 0.3:
            wording = re.sub(pattern, replacement, wording)
    if chance.random() < 0.7:
        wording = re.sub(r"\s*\n\s*", " ", wording)
    if chance.random() < 0.15:
        wording = chance.choice([str.upper, str.lower, str.capitalize])(wording)
    opening, closing = chance.choice(
        [("", ""), ("", ""), ('"', '"'), ("“", "”"), ("…", ""), ("", "..."), ("« ", " »")]
    )
    return Quote(f"{opening}{wording}{closing}", quote.start, quote.end, quote.before.upper())


def elided(quote: Quote, chance: random.Random, _: Sequence[str]) -> Quote:
    """Put an ellipsis in the place of words in the middle, in a long quote sometimes two."""
    tokens = quote.wording.split(" ")
    for _ in range(2 if len(tokens) > 14 and chance.random() < 0.3 else 1):
        words = [index for index, token in enumerate(tokens) if _WORDLIKE.search(token)]
        places = [] if len(words) < SHORTEST else range(words[1] + 1, words[-2])
        places = [index for index in places if not _is_ellipsis(tokens[index])]
        if not places:
            return Quote(" ".join(tokens), quote.start, quote.end, quote.before)
        first = chance.choice(places)
        last = min(first + chance.randint(1, max(1, len(tokens) // 2)), words[-2])
        tokens[first:last] = [chance.choice(["…", "...", "[…]", "[...]", "(...)"])]
    return Quote(" ".join(tokens), quote.start, quote.end, quote.before)


def _is_ellipsis(token: str) -> bool:
    return "…" in token or ".." in token


def two_words_changed(quote: Quote, chance: random.Random, others: Sequence[str]) -> Quote:
    """Replace two words by words of another document, or leave two out, or put two in."""
    tokens = re.split(r"(\s+)", quote.wording)
    words = [index for index, token in enumerate(tokens) if _WORDLIKE.search(token)]
    kind = chance.choice(["replace", "replace", "drop", "insert"])
    if kind == "replace":
        for index in chance.sample(words, min(2, len(words))):
            tokens[index] = chance.choice([word for word in others if word.lower() != tokens[index].lower()])
    else:
        inner = words[1:-1]
        for index in chance.sample(inner, min(2, len(inner))):
            tokens[index] = "" if kind == "drop" else f"{tokens[index]} {chance.choice(others)}"
    return Quote("".join(tokens), quote.start, quote.end, quote.before)


def shuffled(quote: Quote, chance: random.Random, _: Sequence[str]) -> Quote:
    """Put the words into another order, as in a paraphrase: no quote any more."""
    tokens = quote.wording.split()
    chance.shuffle(tokens)
    return Quote(" ".join(tokens), quote.start, quote.end)


KINDS: dict[str, Corruption] = {
    "typographic": typographic,
    "elided": elided,
    "two words changed": two_words_changed,
}


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of so many."""

    hits: int
    drawn: int

    @property
    def percent(self) -> float:
        """Return the share in percent."""
        return 100 * self.hits / self.drawn if self.drawn else 0.0


def recovered(documents: Sequence[Document], corrupt: Corruption, *, each: int, seed: int) -> Rate:
    """Tell how many corrupted quotes are found where they stand: overlap of at least LEAST_OVERLAP."""
    chance = random.Random(f"{seed} {corrupt.__name__}")
    hits = drawn = 0
    for index, document in enumerate(documents):
        others = [word for word in documents[index - 1].text.split() if word.isalpha()]
        for _ in range(each):
            quote = document.draw(chance)
            changed = corrupt(quote, chance, others)
            anchor = document.anchors.locate(changed.wording, before=changed.before)
            drawn += 1
            hits += document.is_found(anchor, quote)
    return Rate(hits, drawn)


def form_runs(documents: Sequence[Document]) -> frozenset[tuple[str, ...]]:
    """Return the runs of :data:`FORM_RUN` words that stand in at least :data:`FORM_DOCUMENTS` documents.

    The documents were written on one form: its headings, labels and tables are in most of them.
    """
    counts = Counter(run for document in documents for run in set(_runs(document.normalised.words)))
    return frozenset(run for run, count in counts.items() if count >= FORM_DOCUMENTS)


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return (tuple(words[first : first + FORM_RUN]) for first in range(len(words) - FORM_RUN + 1))


def foreign_accepted(
    documents: Sequence[Document], form: frozenset[tuple[str, ...]], *, each: int, seed: int
) -> dict[str, Rate]:
    """Tell how many quotes that do not stand in a document are found in it, by where they come from."""
    chance = random.Random(f"{seed} foreign")
    hits: dict[str, int] = {}
    drawn: dict[str, int] = {}
    for document in documents:
        for _ in range(each):
            origin = chance.choice([other for other in documents if other is not document])
            for origin_kind, (wording, source) in _foreign(document, origin, chance).items():
                if not document.has(wording):
                    kind = origin_kind if form.isdisjoint(_runs(words_of(source))) else FORM
                    drawn[kind] = drawn.get(kind, 0) + 1
                    hits[kind] = hits.get(kind, 0) + (document.anchors.locate(wording) is not None)
    return {kind: Rate(hits[kind], drawn[kind]) for kind in drawn}


def _foreign(document: Document, origin: Document, chance: random.Random) -> dict[str, tuple[str, str]]:
    """Return quotes by kind, each with the passage that it was made of."""
    other, cut, own = origin.draw(chance), origin.draw(chance), document.draw(chance)
    return {
        "of another document": (other.wording, other.wording),
        "of another document, elided": (elided(cut, chance, ()).wording, cut.wording),
        "of another document, shuffled": (shuffled(other, chance, ()).wording, other.wording),
        "of the document, shuffled": (shuffled(own, chance, ()).wording, own.wording),
    }
