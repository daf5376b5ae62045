"""Find who does, decides or owns something in a sentence.

A person's name, a role or a team in an acting place.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property

from memo_coach.coaching.builtin.analysis.phrases import PhraseList
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Span, Words

_OPENERS = frozenset('(:[—–|;,•-"“')
_CLOSERS = frozenset("):;,.|—–]\n")
_LONGEST_NAME = 5
_LONGEST_PRONOUN = 4


class OwnerReader:
    """Reads owners in the sentences of one memo.

    A role or a name owns something where it stands as the subject, after "by", or set off by itself
    ("Pilot: Ana Ruiz", "(IT, 3 May)", a table cell). After another preposition ("training for the finance
    team") it does not.
    """

    def __init__(self, text: str, words: Words, lexicon: Lexicon) -> None:
        self._text = text
        self._words = words
        self._lists = _OwnerLists.of(lexicon)

    def owners_in(self, first: int, last: int) -> tuple[Span, ...]:
        """Return the owners in ``words[first:last]``, in order, without overlaps."""
        found: list[Span] = []
        for role in self._lists.roles.find(self._words, first, last):
            if self._is_pronoun(role.first) or not self._acts(role.first, role.last, first, last):
                continue
            found.append(Span(self._words[role.first].span.start, self._words[role.last - 1].span.end))
        roles = tuple(found)
        reached = first
        low = bisect_left(self._capitals, first)
        for position in self._capitals[low : bisect_left(self._capitals, last, low)]:
            end = self._name_end(position, last) if position >= reached else position
            if end == position:
                continue
            span = Span(self._words[position].span.start, self._words[end - 1].span.end)
            if not any(span.overlaps(role) for role in roles) and self._is_person(position, end, first, last):
                found.append(span)
            reached = end
        if not found and first < last:
            found.extend(self._marked(first, last))
        return tuple(sorted(found))

    def continues(self, first: int, last: int) -> bool:
        """Whether the words open with "he" or "they", or hold a verb whose subject is left out."""
        lists = self._lists
        lowers = [word.lower for word in self._words[first:last]]
        if lowers and lowers[0] in lists.carried:
            return True
        for before, lower in zip(("", *lowers), lowers, strict=False):
            if len(lower) > _LONGEST_PRONOUN and lower.endswith(lists.carried_endings):
                # "se hará" and "será firmado" are passive; after a noun the noun is the subject.
                return lower not in lists.modals and (
                    not before or before[-1].isdigit() or before in lists.links
                )
        return False

    def _is_pronoun(self, index: int) -> bool:
        """Whether the word is "it" or "ti", and not the department IT or TI."""
        span = self._words[index].span
        return len(span) < _LONGEST_PRONOUN and not self._text[span.start : span.end].isupper()

    def _gap(self, index: int, first: int) -> str:
        """Return the text between a word and the one before it in the sentence; ``(`` before the first."""
        if index <= first:
            return "("
        return self._text[self._words[index - 1].span.end : self._words[index].span.start]

    def _set_off(self, first_word: int, last_word: int, first: int, last: int) -> bool:
        """Whether the words stand alone between marks, as in "(IT, 3 May)" or "Pilot: Ana Ruiz"."""
        before = self._gap(first_word, first)
        if _OPENERS.isdisjoint(before):
            return False
        if last_word >= last:
            return True
        after = self._text[self._words[last_word - 1].span.end : self._words[last_word].span.start]
        return not _CLOSERS.isdisjoint(after)

    def _acts(self, first_word: int, last_word: int, first: int, last: int) -> bool:
        before = first_word - 1
        while before >= first and self._words[before].lower in self._lists.determiners:
            before -= 1
        opening = self._gap(before + 1, first)
        if not _OPENERS.isdisjoint(opening):
            following = self._words[last_word].lower if last_word < last else ""
            return self._set_off(before + 1, last_word, first, last) or self._lists.acts(following)
        previous = self._words[before].lower
        if previous in self._lists.agents:
            return True
        if previous in self._lists.prepositions:
            return before > first and f"{self._words[before - 1].lower} {previous}" in self._lists.agent_pairs
        following = self._words[last_word].lower if last_word < last else ""
        return self._lists.acts(following)

    def _name_end(self, position: int, last: int) -> int:
        """Return the end of a run of capitalised words from ``position``.

        Which is ``position`` where there is none.
        """
        end = position
        while end < last and end - position < _LONGEST_NAME:
            word = self._words[end]
            letter = self._text[word.span.start]
            if not letter.isupper() or word.lower in self._lists.never_names:
                break
            if len(word.span) > 3 and self._text[word.span.start + 1].isupper():
                break  # an acronym
            if end > position and self._text[self._words[end - 1].span.end : word.span.start].strip(
                " \u00a0.-"
            ):
                break
            end += 1
        return end

    def _is_person(self, first_word: int, last_word: int, first: int, last: int) -> bool:
        names = [self._words[index].lower for index in range(first_word, last_word)]
        following = self._words[last_word].lower if last_word < last else ""
        previous = self._words[first_word - 1].lower if first_word > first else ""
        known = all(name in self._proper or len(name) <= 2 for name in names)
        if previous in self._lists.prepositions or (len(names) == 1 and len(names[0]) < 3):
            earlier = self._words[first_word - 2].lower if first_word - 1 > first else ""
            return known and f"{earlier} {previous}" in self._lists.agent_pairs
        if previous in self._lists.agents:
            return known or len(names) > 1
        if _OPENERS.isdisjoint(self._gap(first_word, first)):
            return known and self._lists.acts(following)
        if self._set_off(first_word, last_word, first, last) and first_word > first:
            return known or len(names) > 1
        return self._opens_as_subject(last_word, last, known=known or len(names) > 1)

    def _opens_as_subject(self, last_word: int, last: int, *, known: bool) -> bool:
        """Whether an opening name is the subject ("Ana leads"); a lone word must act as people do."""
        following = self._words[last_word].lower if last_word < last else ""
        after_verb = self._words[last_word + 1].lower if last_word + 1 < last else ""
        if following in self._lists.modals:
            return known or after_verb in self._lists.agent_verbs
        return self._lists.acts(following) and (known or following in self._lists.agent_verbs)

    @cached_property
    def _capitals(self) -> list[int]:
        """The places of the words with a capital, in order."""
        text = self._text
        return [place for place, word in enumerate(self._words) if text[word.span.start].isupper()]

    @cached_property
    def _proper(self) -> frozenset[str]:
        """Words that are capitalised in mid-sentence and never stand in lower case: proper nouns."""
        text, words = self._text, self._words
        capital: set[str] = set()
        for place in self._capitals:
            gap = text[words[place - 1].span.end : words[place].span.start] if place else "start"
            if len(gap) <= 2 and gap.strip() in {"", ",", "("}:
                capital.add(words[place].lower)
        return frozenset(
            word
            for word in capital - self._lists.never_names
            if all(text[words[place].span.start].isupper() for place in words.places[word])
        )

    def _marked(self, first: int, last: int) -> list[Span]:
        """Return what follows "owner:" or "responsable:" unless it is a placeholder such as "TBD"."""
        for match in self._lists.markers.find(self._words, first, last):
            index = match.last
            if index < last and ":" in self._gap(index, first):
                word = self._words[index]
                if word.lower not in self._lists.placeholders:
                    return [word.span]
        return []


class _OwnerLists:
    """The word lists of one language, as sets."""

    _made: dict[str, _OwnerLists] = {}  # noqa: RUF012  one a language, filled on first use

    def __init__(self, lexicon: Lexicon) -> None:
        self.roles: PhraseList = lexicon.phrases("roles")
        self.markers: PhraseList = lexicon.phrases("owner_markers")
        self.determiners = lexicon.words("determiners")
        self.agents = lexicon.words("agent_prepositions")
        self.agent_pairs = lexicon.words("agent_pairs")
        self.prepositions = lexicon.words("prepositions") - self.agents
        self.modals = lexicon.words("acting_modals")
        self.agent_verbs = lexicon.words("agent_verbs")
        self.placeholders = lexicon.words("placeholders")
        self.carried = lexicon.words("carried_subjects")
        self.carried_endings = lexicon.entries("carried_endings")
        self.links = lexicon.words("carried_links")
        self._forms = lexicon.words("finite_verbs")
        self._endings = lexicon.entries("acting_endings")
        dates = (*lexicon.entries("months"), *lexicon.entries("weekdays"))
        self.never_names = frozenset(
            (*dates, *lexicon.entries("function_words"), *lexicon.entries("stock_keywords"))
        )

    @classmethod
    def of(cls, lexicon: Lexicon) -> _OwnerLists:
        """Return the lists of a language, made once."""
        found = cls._made.get(lexicon.language)
        if found is None:
            found = cls._made[lexicon.language] = cls(lexicon)
        return found

    def acts(self, following: str) -> bool:
        """Whether the word after a name or a role is a verb that it may be the subject of."""
        if following in self.modals or following in self.agent_verbs or following in self._forms:
            return True
        return len(following) > 4 and following.endswith(self._endings)
