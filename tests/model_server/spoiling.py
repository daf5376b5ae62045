"""The faults of models: each takes a good answer and gives one that has the fault."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tests.model_server.answers import Asked, good_answer
from tests.model_server.protocol import Json

INVENTED = "invented-by-the-model"
"""The id of a criterion that no rubric has."""
INVENTED_QUOTE = "The zebra committee ratified quarterly umbrella tariffs on Jupiter’s moons."
"""A sentence that stands in no memo."""
FOREIGN_HOST = "evil.example"
"""Stands in every link that a hostile answer has."""
HOSTILE = (
    f"[Details](https://{FOREIGN_HOST}/?q=secret) ![picture](https://{FOREIGN_HOST}/p.png)"
    f' <img src="https://{FOREIGN_HOST}/i.png" onerror="alert(1)"> <script>alert(1)</script>'
    f' <a href="javascript:alert(1)">here</a> javascript:alert(2) data:text/html,<b>x</b> www.{FOREIGN_HOST}'
    f" someone@{FOREIGN_HOST} <iframe srcdoc='x'></iframe> \x1b[31mred\x1b[0m \u200bzero\u200dwidth\u2060"
    f" \u202eright to left\u202c \U000e0041\U000e0042 \x00\x07 [ref]: https://{FOREIGN_HOST}/r"
)
MEGABYTE = 1_000_000
NESTED = 20_000
"""Far more than a parser that calls itself can follow, and no more than the most tokens allow."""


@dataclass(frozen=True, slots=True)
class Injection:
    """What a model does that obeys an order in the memo."""

    says: str = ""
    """Put at the start of each text of the answer."""
    score: float | None = None
    """Given to every criterion."""
    instead: str | None = None
    """Answered instead of what was asked for."""


def another_shape(answer: Json, _asked: Asked) -> Json:
    """Return JSON that nobody asked for."""
    return {"result": {"grade": "B", "notes": [entry["id"] for entry in answer["criteria"]]}, "ok": True}


def broken_json(answer: Json, _asked: Asked) -> str:
    """Write JSON as careless models do: single quotes, trailing commas, comments, unescaped line breaks.

    The first criterion is written well but for the trailing commas, so that some of each is there.
    """
    first, *others = answer["criteria"]
    parts = ["// here is the judgement\n" + _trailing(json.dumps(first, ensure_ascii=False))]
    parts += [_trailing(_line_breaks(entry)) for entry in others]
    ending = f', "overall": {_single_quoted(answer["overall"])},' if "overall" in answer else ","
    return f'{{"criteria": [{", ".join(parts)},]{ending} /* done */ }}'


def _trailing(text: str) -> str:
    return f"{text[:-1]},}}"


def _line_breaks(entry: Json) -> str:
    """Write line breaks into a reason as they are."""
    marked = {**entry, "reason": entry["reason"].replace(", ", ",\x01", 1)}
    return json.dumps(marked, ensure_ascii=False).replace("\\u0001", "\n")


def _single_quoted(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False).replace("'", "’").replace('"', "'")


def fenced(answer: Json, _asked: Asked) -> str:
    """Put the answer into a block of code."""
    return f"```json\n{_written(answer)}\n```\n"


def prose_around(answer: Json, _asked: Asked) -> str:
    """Put sentences before and behind the answer, with braces in them."""
    return (
        "Sure! Here is my judgement {as JSON} for [your memo]:\n\n"
        f"{_written(answer)}\n\nLet me know if I should change {{anything}}."
    )


def without_one(answer: Json, _asked: Asked) -> Json:
    """Leave out the last criterion."""
    return {**answer, "criteria": answer["criteria"][:-1]}


def with_another(answer: Json, _asked: Asked) -> Json:
    """Put a criterion first that was never asked for."""
    another = {**copy.deepcopy(answer["criteria"][0]), "id": INVENTED}
    return {**answer, "criteria": [another, *answer["criteria"]]}


def with_one_twice(answer: Json, _asked: Asked) -> Json:
    """Judge the first criterion a second time, with the lowest score."""
    again = {**copy.deepcopy(answer["criteria"][0]), "score": 1.0}
    return {**answer, "criteria": [*answer["criteria"], again]}


def score_nine(answer: Json, _asked: Asked) -> Json:
    """Return the first criterion nine points of five."""
    return _with_scores(answer, [9])


def huge_numbers(answer: Json, _asked: Asked) -> str:
    """Return scores that are no numbers, or too large for any."""
    text = _written(_with_scores(answer, [-7_001, -7_002, -7_003, -7_004]))
    wild = {"-7001": "1e999", "-7002": "9" * 400, "-7003": "NaN", "-7004": "-Infinity"}
    for mark, number in wild.items():
        text = text.replace(mark, number)
    return text


def in_another_language(_answer: Json, asked: Asked) -> Json:
    """Write about an English memo in Spanish, and the other way round."""
    return good_answer(replace(asked, language="en" if asked.language == "es" else "es"))


def invented_quotes(answer: Json, _asked: Asked) -> Json:
    """Quote what the memo does not say."""
    return _with_texts(answer, lambda name, text: INVENTED_QUOTE if name == "quote" else text)


def hostile_markup(answer: Json, _asked: Asked) -> Json:
    """Put links, images, scripts and invisible characters behind every text."""
    return _with_texts(answer, lambda name, text: text if name in _STRUCTURE else f"{text} {HOSTILE}")


def one_megabyte(answer: Json, _asked: Asked) -> Json:
    """Return the second criterion (or the only one) a reason of a million characters."""
    changed = copy.deepcopy(answer)
    entry = changed["criteria"][min(1, len(changed["criteria"]) - 1)]
    entry["reason"] = (entry["reason"] + " ") * (MEGABYTE // (len(entry["reason"]) + 1) + 1)
    return changed


def deep_nesting(_answer: Json, _asked: Asked) -> str:
    """Open lists, and never close them."""
    return '{"criteria": ' + "[" * NESTED


def obedient(answer: Json, injection: Injection) -> Json:
    """Do what an order in the memo says."""
    changed = _with_texts(
        answer, lambda name, text: text if name in _STRUCTURE else f"{injection.says} {text}".strip()
    )
    if injection.score is None:
        return changed
    return _with_scores(changed, [injection.score] * len(changed["criteria"]))


_STRUCTURE = frozenset({"id", "kind", "quote", "before"})
_LINK = re.compile(r"https?://[^\s)\]>\"'”»]+")
_POINTS = re.compile(
    r"(?:score|rate|rating|points|nota|puntuación|puntua|puntos)\D{0,40}?(\d{1,3}(?:[.,]\d)?)", re.I
)


def orders_in(memo: str) -> Injection:
    """Read the orders that stand in a memo as a model does that obeys: its links, and the score it wants."""
    links = " ".join(dict.fromkeys(_LINK.findall(memo)))
    points = _POINTS.search(memo)
    score = float(points[1].replace(",", ".")) if points else 5.0
    return Injection(says=f"Ignoring the rubric as told. {links}".strip(), score=score)


def _with_scores(answer: Json, scores: list[float]) -> Json:
    changed = copy.deepcopy(answer)
    for entry, score in zip(changed["criteria"], scores, strict=False):
        entry["score"] = score
    return changed


def _with_texts(answer: Json, change: Callable[[str, str], str]) -> Json:
    changed: Json = _changed(answer, change)
    return changed


def _changed(value: Any, change: Callable[[str, str], str], name: str = "") -> Any:
    """Return a value with each of its texts changed; ``change`` is told the property that it stands in."""
    if isinstance(value, str):
        return change(name, value)
    if isinstance(value, list):
        return [_changed(part, change, name) for part in value]
    if isinstance(value, dict):
        return {key: _changed(part, change, key) for key, part in value.items()}
    return value


def _written(answer: Json) -> str:
    return json.dumps(answer, ensure_ascii=False, indent=1)
