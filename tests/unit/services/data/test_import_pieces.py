"""A file that comes in pieces comes to whichever process of the machine has the request."""

from __future__ import annotations

from pathlib import Path

import pytest

from memo_coach.services.data.import_pieces import ImportPieces, Piece
from memo_coach.services.data.import_refusals import PiecesDoNotFit


def test_each_piece_may_come_to_another_process_and_nothing_is_left(tmp_path: Path) -> None:
    first, second = ImportPieces(tmp_path), ImportPieces(tmp_path)
    assert first.add("ada", Piece(b"abc", 0, 7)) is None
    assert second.add("ada", Piece(b"de", 3, 7)) is None
    with pytest.raises(PiecesDoNotFit):
        first.add("ada", Piece(b"fg", 3, 7))
    file = first.add("ada", Piece(b"fg", 5, 7))
    assert file is not None
    with file:
        assert file.read() == b"abcdefg"
    assert [each.name for each in (tmp_path / "coming").iterdir()] == ["lock"]


def test_what_does_not_come_to_its_end_is_removed_and_read_by_nobody_meanwhile(tmp_path: Path) -> None:
    now = [1_000.0]
    pieces = ImportPieces(tmp_path, lambda: now[0])
    pieces.add("ada", Piece(b"abc", 0, 7))
    (lying,) = (each for each in (tmp_path / "coming").iterdir() if each.suffix)
    assert lying.stat().st_mode & 0o777 == 0o600
    now[0] += 301
    pieces.add("bob", Piece(b"abc", 0, 7))
    assert not lying.exists()
