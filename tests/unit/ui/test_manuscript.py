"""The memo as headings, lists and tables: with every sign of it, and every mark where it was."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from memo_coach.coaching.memo.text import normalise_text
from memo_coach.ui.annotated_text import Segment, paragraphs_of, pieces_of
from memo_coach.ui.manuscript import MOST_CELLS, Block, blocks_of
from tests.unit.ui.test_annotated_text import comment, on, shown


def segments(blocks: list[Block]) -> list[Segment]:
    found = []
    for block in blocks:
        cells = [*block.head, *(cell for row in block.rows for cell in row.cells)]
        for part in (*block.paragraphs, *cells):
            found += part.segments
    return found


def words(text: str) -> str:
    return "".join(text.split())


def seen(block: Block) -> list[list[str]]:
    """Return what is seen of each cell."""
    return [
        [
            "".join(each.text for each in cell.segments if not each.kind.endswith("bar")).strip()
            for cell in cells
        ]
        for cells in (block.head, *(row.cells for row in block.rows))
    ]


def test_items_are_one_list_headings_have_levels_and_tables_have_cells() -> None:
    blocks = blocks_of(shown())
    assert [block.kind for block in blocks] == [
        "header-line", "header-line", "heading", "paragraph", "list", "plain", "grid",
    ]  # fmt: skip
    assert blocks[2].level == 2
    assert len(blocks[4].paragraphs) == 2
    assert seen(blocks[6]) == [["Risk", "Owner"], ["Late delivery", "Ana"]]


def test_no_level_of_heading_is_left_out() -> None:
    text = "# One\n\nText.\n\n#### Deep\n\nText.\n\n## Two\n\nText."
    levels = [block.level for block in blocks_of(paragraphs_of(text, pieces_of(text, "en"), (), {}))]
    assert [level for level in levels if level] == [2, 3, 3]


def test_a_passage_in_a_table_stays_marked_word_for_word() -> None:
    blocks = blocks_of(shown(on("Late delivery | Ana", "c01")))
    marked = [each for each in segments(blocks) if each.comment]
    assert "".join(each.text for each in marked) == "Late delivery | Ana"
    assert [(each.text, each.number) for each in marked if each.number] == [(" Ana", "1")]
    assert [each.text for each in marked if each.kind.endswith("bar")] == ["|"]


@given(st.text(alphabet="|-: \n\\ab#*", max_size=300), st.integers(0, 300), st.integers(1, 300))
def test_every_sign_of_any_text_is_there_in_order(raw: str, start: int, length: int) -> None:
    text = normalise_text(raw)
    begin, end = min(start, len(text)), min(start + length, len(text))
    remarks = [comment("c01", begin, end)] if begin < end else []
    paragraphs = paragraphs_of(text, pieces_of(text, "en"), remarks, {"c01": "1"})
    before = [segment for paragraph in paragraphs for segment in paragraph.segments]
    after = segments(blocks_of(paragraphs))
    assert words("".join(each.text for each in after)) == words("".join(each.text for each in before))
    for commented in ("", "c01"):
        assert "".join(each.text for each in after if each.comment == commented) == "".join(
            each.text for each in before if each.comment == commented
        )


def test_a_table_without_end_is_shown_as_it_is_written() -> None:
    text = "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * MOST_CELLS
    (block,) = blocks_of(paragraphs_of(text, pieces_of(text, "en"), (), {}))
    assert block.kind == "table"
