"""How many values a document has is known before it is read."""

from __future__ import annotations

import json

import pytest

from memo_coach.services.data import json_size
from memo_coach.services.data.json_size import has_more_values


@pytest.mark.parametrize("piece", [1, 7, 1 << 16])
def test_only_what_stands_between_texts_counts(piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_size, "_PIECE", piece)
    document = json.dumps({"a": [1, 2, "of [{,,", {}], 'key "[': 'end \\" ,[\\', "b": "\\"}).encode()
    # Each value but a list's or an object's first has a comma before it; lists and objects count beside.
    assert not has_more_values(document, 9)
    assert has_more_values(document, 8)
