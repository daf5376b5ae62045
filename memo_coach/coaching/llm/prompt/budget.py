"""A conversation within a budget of tokens: what is oldest is left out first, the question never.

The order in which things go, each only where all before it did not make room enough: earlier versions, oldest
first; earlier messages, oldest first; frameworks; the context of the organisation; the end of a long memo;
the end of the feedback; the rubric; what is left of the memo. Rules and question stay whatever the budget is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from memo_coach.coaching.llm.model import Message, Role

MESSAGE_TOKENS = 6
"""What a message costs beyond its text: chat templates spend three to five tokens on its role and its end."""
LEAST_MEMO = 2_000
"""Characters of the memo that stay longer than feedback and rubric do: its opening says what it is about."""

_CLOSE_ENOUGH = 32
"""Characters by which a cut may fall short of what would fit; a closer search costs more counting."""
_LONGEST_WORD = 80
"""Characters that a cut gives up at most so as not to break a word."""


@dataclass(frozen=True, slots=True)
class HistoryMessage:
    """What one of the two said."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """All that could be sent. Lists have the oldest first; blocks put a text into its place in the prompt."""

    rules: tuple[str, ...]
    background: tuple[tuple[str, str], ...]
    """Name and text of ``rubric``, ``frameworks`` and ``context``, in the order in which they are sent."""
    memo: str
    memo_block: Callable[[str], str]
    versions: tuple[tuple[int, str], ...]
    feedback: str
    feedback_block: Callable[[str], str]
    history: tuple[HistoryMessage, ...]
    question: str
    cut_mark: str
    """Says where the rest of a text was left out."""
    left_out_mark: str
    """Says that versions or messages were left out."""


@dataclass(frozen=True, slots=True)
class ChatPrompt:
    """What is sent, and what was left out of it."""

    messages: tuple[Message, ...]
    dropped: tuple[str, ...] = ()
    """``version 1``, ``message 0`` (its place in the history), ``frameworks``, ``context``, ``memo end``,
    ``feedback end``, ``feedback``, ``rubric``, ``memo``."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """How much of the conversation stays."""

    pieces: int
    """Of those that may go one by one: the last ones."""
    memo: int
    """Characters, as ``feedback``."""
    feedback: int
    rubric: int
    """1 or 0."""


def within_budget(
    conversation: Conversation, *, count_tokens: Callable[[str], int], budget: int
) -> ChatPrompt:
    """Return as much of a conversation as the budget allows.

    Args:
        conversation: all there is.
        count_tokens: tells how many tokens a text has.
        budget: the most tokens of all messages together, :data:`MESSAGE_TOKENS` for each included. Where
            rules and question alone pass it, they are given all the same.

    Raises:
        ValueError: a message of the history is neither the user's nor the assistant's.
    """
    if any(turn.role not in ("user", "assistant") for turn in conversation.history):
        raise ValueError("an earlier message is the user's or the assistant's")
    return _Fitting(conversation, count_tokens, budget).prompt()


class _Fitting:
    """Finds how much of one conversation fits."""

    def __init__(self, conversation: Conversation, count_tokens: Callable[[str], int], budget: int) -> None:
        self.all = conversation
        self.budget = budget
        self.count_tokens = count_tokens
        self.counted: dict[str, int] = {}
        versions = sorted(conversation.versions, key=lambda version: version[0])
        self.versions = dict(versions)
        self.pieces = (
            *(f"version {number}" for number, _ in versions),
            *(f"message {index}" for index in range(len(conversation.history))),
            *(name for name, _ in conversation.background if name != "rubric"),
        )

    def prompt(self) -> ChatPrompt:
        memo, feedback = len(self.all.memo), len(self.all.feedback)
        kept = _Kept(pieces=len(self.pieces), memo=memo, feedback=feedback, rubric=1)
        stages = (
            ("pieces", 0, len(self.pieces), 1),
            ("memo", min(memo, LEAST_MEMO), memo, _CLOSE_ENOUGH),
            ("feedback", 0, feedback, _CLOSE_ENOUGH),
            ("rubric", 0, 1, 1),
            ("memo", 0, min(memo, LEAST_MEMO), _CLOSE_ENOUGH),
        )
        for field, least, most, step in stages:
            if self.fits(kept):
                break
            kept = self.most_that_fits(kept, field, least, most, step)
        return ChatPrompt(tuple(self.messages(kept)), self.dropped(kept))

    def most_that_fits(self, kept: _Kept, field: str, least: int, most: int, step: int) -> _Kept:
        """Return the most of one thing that fits, or the least of it where nothing does.

        ``most`` is known not to fit. What is given was tried, so it fits however tokens are counted. The
        search begins with little, because counting the tokens of a long text takes long.
        """
        best = replace(kept, **{field: least})
        if most <= least or not self.fits(best):
            return best
        low, high, stride = least, most, max(step, 1)
        while low + stride < high:
            tried = replace(kept, **{field: low + stride})
            if not self.fits(tried):
                high = low + stride
                break
            best, low, stride = tried, low + stride, stride * 2
        while high - low > step:
            middle = (low + high) // 2
            tried = replace(kept, **{field: middle})
            if self.fits(tried):
                best, low = tried, middle
            else:
                high = middle
        return best

    def fits(self, kept: _Kept) -> bool:
        """Whether so much is within the budget."""
        total = 0
        for message in self.messages(kept):
            if message.content not in self.counted:
                self.counted[message.content] = self.count_tokens(message.content)
            total += self.counted[message.content] + MESSAGE_TOKENS
            if total > self.budget:
                return False
        return True

    def messages(self, kept: _Kept) -> Iterator[Message]:
        """Yield the messages; roles alternate, as some models' templates demand."""
        yield Message("system", "\n\n".join(part for part in self.system(kept) if part))
        role: Role = "user"
        texts = [text for text in self.context(kept) if text]
        for turn in (*self.history(kept), HistoryMessage("user", self.all.question)):
            if turn.role != role and texts:
                yield Message(role, "\n\n".join(texts))
                texts = []
            role = turn.role
            texts.append(turn.text)
        yield Message(role, "\n\n".join(texts))

    def system(self, kept: _Kept) -> Iterator[str]:
        role, *rules = self.all.rules
        yield role
        for name, text in self.all.background:
            if kept.rubric if name == "rubric" else name in self.stay(kept):
                yield text
        yield from rules

    def context(self, kept: _Kept) -> Iterator[str]:
        if kept.memo:
            yield self._cut(self.all.memo, kept.memo, self.all.memo_block)
        stay = self.stay(kept)
        yield from (text for number, text in self.versions.items() if f"version {number}" in stay)
        if kept.feedback:
            yield self._cut(self.all.feedback, kept.feedback, self.all.feedback_block)
        if any(name.startswith(("version ", "message ")) for name in self.gone(kept)):
            yield self.all.left_out_mark

    def history(self, kept: _Kept) -> Sequence[HistoryMessage]:
        stay = self.stay(kept)
        return [turn for index, turn in enumerate(self.all.history) if f"message {index}" in stay]

    def stay(self, kept: _Kept) -> frozenset[str]:
        return frozenset(self.pieces[len(self.pieces) - kept.pieces :])

    def gone(self, kept: _Kept) -> tuple[str, ...]:
        return self.pieces[: len(self.pieces) - kept.pieces]

    def dropped(self, kept: _Kept) -> tuple[str, ...]:
        names = list(self.gone(kept))
        for name, left, whole in (
            ("memo", kept.memo, len(self.all.memo)),
            ("feedback", kept.feedback, len(self.all.feedback)),
        ):
            if left < whole:
                names.append(f"{name} end" if left else name)
        return (*names, *(() if kept.rubric else ("rubric",)))

    def _cut(self, text: str, length: int, block: Callable[[str], str]) -> str:
        if length >= len(text):
            return block(text)
        piece = text[:length]
        space = max(piece.rfind(" "), piece.rfind("\n"))
        piece = piece[:space] if space >= max(1, length - _LONGEST_WORD) else piece
        return f"{block(piece)}\n\n{self.all.cut_mark}"
