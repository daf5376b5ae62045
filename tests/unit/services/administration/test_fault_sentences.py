"""Faults of documents are told in Spanish, too: every sentence that the readers have."""

from __future__ import annotations

import pytest

from memo_coach.services.administration.document_kinds import FaultyDocument, read, shipped
from memo_coach.translations import speaking

STATUS = "rubric/status-update"
BROKEN = (
    (STATUS, "weight: 24", "weight: heavy", "el peso|weight tiene que ser un número, no 'heavy'"),
    (STATUS, "indicators:", "indicatoors:", "clave desconocida 'indicatoors' (¿quería decir 'indicators'?)"),
    (STATUS, "status-stated: 3", "status-stated: 0", "el peso de 'status-stated' tiene que ser mayor que 0"),
    (STATUS, "id: status-update", "id: other", "'id' tiene que seguir siendo 'status-update'"),
    (STATUS, "      en: Where it stands\n", "", "no tiene texto en inglés (en)"),
    (STATUS, "(?:we|", "((?:we|", "no es una expresión regular: "),
    ("llm", "attempts: 3", "attempts: 99", "attempts tiene que estar entre 1 y 10, no 99"),
    ("llm", "attempts: 3", "", "falta 'attempts'"),
    ("auth", "second_factor: administrators", "second_factor: me", "second_factor tiene que ser nobody"),
    ("context", "reader:", "\treader:", "un tabulador sangra esta línea; YAML quiere espacios"),
    ("context", "reader:", "reader: &a", "aquí no se usan anclas (&) ni alias (*)"),
    ("context", "reader:", "reader: [", "esto no es YAML: "),
)


@pytest.mark.parametrize(("name", "old", "new", "spanish"), BROKEN, ids=[each[2].strip() for each in BROKEN])
def test_a_fault_is_told_in_the_language_that_is_spoken(name: str, old: str, new: str, spanish: str) -> None:
    assert old in shipped()[name]
    with pytest.raises(FaultyDocument) as broken:
        read(name, shipped()[name].replace(old, new, 1))
    reasons = [fault.reason for fault in broken.value.faults]
    assert [reason.spoken() for reason in reasons] == reasons
    with speaking("es"):
        told = " ".join(reason.spoken() for reason in reasons)
    assert any(part in told for part in spanish.split("|"))
    for english in ("must ", " is missing", "unknown key", "not used here"):
        assert english not in told
