"""What is wrong with a request is told in the language that is spoken, and never in the library's English."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from memo_coach.api.request_faults import spoken_fault
from memo_coach.translations import contents, speaking


class Wanted(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(max_length=5, min_length=2, pattern="^[a-z]*$")] = "abc"
    kind: Literal["memo", "note", "list"] = "memo"
    number: Annotated[int, Field(ge=1, lt=9)] = 1
    is_new: bool = False
    items: Annotated[list[int], Field(max_length=1)] = []


def fault_of(**given: Any) -> Any:
    with pytest.raises(ValidationError) as refused:
        Wanted(**given)
    (fault,) = refused.value.errors()
    return fault


@pytest.mark.parametrize(
    ("given", "spanish"),
    [
        ({"text": "abcdef"}, "el máximo de caracteres es 5"),
        ({"text": "a"}, "el mínimo de caracteres es 2"),
        ({"text": "ABC"}, "el texto tiene que ser como '^[a-z]*$'"),
        ({"text": 1}, "tiene que ser un texto"),
        ({"kind": "other"}, "tiene que ser uno de estos valores: 'memo', 'note', 'list'"),
        ({"number": 0}, "tiene que ser 1 o más"),
        ({"number": 9}, "tiene que ser menor que 9"),
        ({"number": 1.5}, "tiene que ser un número entero, sin decimales"),
        ({"number": "x"}, "tiene que ser un número entero"),
        ({"is_new": "perhaps"}, "tiene que ser true o false"),
        ({"items": 1}, "tiene que ser una lista"),
        ({"items": [1, 2]}, "el máximo de elementos es 1"),
        ({"more": 1}, "este campo no existe aquí"),
    ],
)
def test_a_fault_is_told_in_the_language_that_is_spoken(given: dict[str, Any], spanish: str) -> None:
    fault = fault_of(**given)
    assert spoken_fault(fault) == fault["msg"]
    with speaking("es"):
        assert spoken_fault(fault) == spanish


def test_a_kind_that_is_not_listed_is_told_in_general_words() -> None:
    fault = {"type": "new_kind", "msg": "Something else", "loc": ("body",)}
    assert spoken_fault(fault) == "Something else"
    with speaking("es"):
        assert spoken_fault(fault) == contents("request_faults")["other"]
