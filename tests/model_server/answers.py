"""A good answer to a request: the asked criteria, with real sentences of the memo, in the memo's language."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from memo_coach.coaching.memo.language import detect_language
from tests.model_server.protocol import Json, Received, content

CONTEXT_CHARACTERS = 32
LONGEST_QUOTE = 160
_CHANNEL = re.compile(r"<<<MEMO boundary=(\w+)>>>\n(.*?)\n<<<END MEMO boundary=\1>>>", re.DOTALL)
_SENTENCE = re.compile(r"[^\s#>|*_`-][^\n.!?|]{24,160}[.!?]")
_CRITERION_IN_TEXT = re.compile(r"^\[([a-z][a-z-]*)\] ", re.MULTILINE)
_NO_CRITERIA = re.compile(r'leave "criteria" out|omita "criteria"')
_NO_OVERALL = re.compile(r'Leave "overall" out|Omita "overall"')

_REASON = {
    "en": "The memo says something about {name}, and the reader can see it, but there is not enough detail.",
    "es": "El texto dice algo sobre {name}, y el lector puede verlo, pero no hay bastante detalle.",
}
_STRENGTH = {
    "en": "This is clear for the reader, because the sentence says what will be done and who decides.",
    "es": "Esto es claro para el lector, porque la frase dice lo que se va a hacer y quién decide.",
}
_OPPORTUNITY = {
    "en": "The reader would want to know more about this, since it is not said what it rests on.",
    "es": "El lector querría saber más sobre esto, ya que no se dice en qué se apoya.",
}
_ON_THE_WHOLE = {
    "en": "The memo should say who has looked at the figures, since a reader has to trust them.",
    "es": "El texto debería decir quién ha revisado las cifras, ya que el lector tiene que fiarse de ellas.",
}
_QUESTION = {
    "en": "What would have to be true for this to work?",
    "es": "¿Qué tendría que ser cierto para que esto funcione?",
}
_SUGGESTION = {
    "en": "Say in one sentence what this rests on, and who has looked at it.",
    "es": "Diga en una frase en qué se apoya esto y quién lo ha revisado.",
}
_SUMMARY = {
    "en": "The memo asks for a decision and gives a reason for it. It would be stronger with more detail.",
    "es": "El texto pide una decisión y da al lector una razón para ella. Sería más fuerte con más detalle.",
}
_OVERALL_STRENGTH = {
    "en": "The memo says early what is wanted from the reader.",
    "es": "El texto dice pronto lo que se quiere del lector.",
}
_OVERALL_OPPORTUNITY = {
    "en": "The memo should say what happens if the decision is not taken.",
    "es": "El texto debería decir qué pasa si no se toma la decisión.",
}
_CHAT = {
    "en": (
        "You ask: “{question}”. The memo says “{quote}”, and this is the place to begin."
        " Say there what it costs, and who decides."
    ),
    "es": (
        "Usted pregunta: «{question}». El texto dice «{quote}», y este es el lugar para empezar."
        " Diga ahí lo que cuesta y quién decide."
    ),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request wants, read from it as a model would."""

    memo: str
    question: str
    """The end of the last message: in a chat what the person asks."""
    language: str
    criteria: tuple[str, ...]
    wants_overall: bool
    is_chat: bool
    """Whether running text is wanted; then the criteria say nothing."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence of the memo and what stands right before it."""

    quote: str
    before: str


def read_asked(received: Received) -> Asked:
    """Read what a request wants from its schema, and from its text where it has none."""
    memo, question = _memo_and_question(received)
    schema = _schema(received)
    if schema is not None:
        criteria = tuple(dict.fromkeys(_ids(schema)))
        overall = '"overall"' in json.dumps(schema)
        return Asked(memo, question, detect_language(memo), criteria, overall, is_chat=False)
    # Only the instructions for an evaluation spell the answer's format out.
    is_chat = '"criteria"' not in received.text
    criteria = () if _NO_CRITERIA.search(received.text) else _ids_in_text(received)
    overall = _NO_OVERALL.search(received.text) is None
    return Asked(memo, question, detect_language(memo), criteria, overall, is_chat)


def good_answer(asked: Asked) -> Json:
    """Return the answer of a model that does what it is asked."""
    passages = passages_of(asked.memo)
    answer: Json = {
        "criteria": [_criterion(asked, name, passages, place) for place, name in enumerate(asked.criteria)]
    }
    if asked.wants_overall:
        language = asked.language
        answer["overall"] = {
            "summary": _SUMMARY[language],
            "strengths": [_OVERALL_STRENGTH[language]],
            "opportunities": [_OVERALL_OPPORTUNITY[language]],
        }
    return answer


def chat_answer(asked: Asked) -> str:
    """Return a few plain sentences that repeat the question and quote the memo."""
    quote = passages_of(asked.memo)[0].quote
    return _CHAT[asked.language].format(question=asked.question[:200], quote=quote)


def score_of(memo: str, criterion: str) -> float:
    """Return the score of a criterion, 2.0 to 4.5: any, but the same each time."""
    digest = hashlib.sha256(f"{criterion}\n{memo}".encode()).digest()
    return 2.0 + 0.5 * (digest[0] % 6)


def passages_of(memo: str) -> list[Passage]:
    """Return the sentences of a memo that are long enough to quote; at least one."""
    found = [
        Passage(match[0], memo[max(match.start() - CONTEXT_CHARACTERS, 0) : match.start()])
        for match in _SENTENCE.finditer(memo)
    ]
    return found or [Passage(memo.strip()[:LONGEST_QUOTE], "")]


def _criterion(asked: Asked, name: str, passages: Sequence[Passage], place: int) -> Json:
    language = asked.language
    first = passages[(2 * place) % len(passages)]
    second = passages[(2 * place + 1) % len(passages)]
    kind = ("strength", "opportunity", "opportunity")[place % 3]
    comment = (_STRENGTH, _OPPORTUNITY, _ON_THE_WHOLE)[place % 3][language]
    praises = kind == "strength"
    return {
        "id": name,
        "reason": _REASON[language].format(name=name.replace("-", " ")),
        "evidence": [{"quote": first.quote, "before": first.before}],
        "score": score_of(asked.memo, name),
        "comments": [
            {
                "kind": kind,
                "quote": second.quote,
                "before": second.before,
                "comment": comment,
                "questions": [] if praises else [_QUESTION[language]],
                "suggestion": "" if praises else _SUGGESTION[language],
            }
        ],
    }


def _schema(received: Received) -> Json | None:
    asked = received.body.get("response_format") or {}
    if asked.get("type") == "json_schema":
        schema: Json = asked["json_schema"]["schema"]
        return schema
    if received.tool is not None:
        parameters: Json = received.body["tools"][0]["function"]["parameters"]
        return parameters
    return None


def _ids(schema: Any, name: str = "") -> Iterator[str]:
    """Find what the property ``id`` may be, wherever the schema has it."""
    if isinstance(schema, list):
        for part in schema:
            yield from _ids(part, name)
    elif isinstance(schema, dict):
        if name == "id":
            yield from (value for value in schema.get("enum", []) if isinstance(value, str))
            yield from (value for value in [schema.get("const")] if isinstance(value, str))
        for key, part in schema.items():
            yield from _ids(part, key)


def _ids_in_text(received: Received) -> tuple[str, ...]:
    """Find the criteria's ids in the instructions, where they open a line in square brackets."""
    systems = [content(message) for message in received.body["messages"] if message["role"] == "system"]
    return tuple(dict.fromkeys(_CRITERION_IN_TEXT.findall("\n".join(systems))))


def _memo_and_question(received: Received) -> tuple[str, str]:
    users = [content(message) for message in received.body.get("messages", []) if message["role"] == "user"]
    question = users[-1].strip().rsplit("\n", 1)[-1] if users else ""
    for text in reversed(users):
        found = _CHANNEL.search(text)
        if found:
            return found[2], question
    return (max(users, key=len) if users else ""), question
