"""The memo beside its comments: nothing is lost, and every mark holds exactly the words of its comment."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from memo_coach.coaching.evaluation import Comment
from memo_coach.coaching.memo.text import normalise_text
from memo_coach.ui.annotated_text import Paragraph, Segment, paragraphs_of, pieces_of, quoted

MEMO = """To: The Board
Subject: Ovens

# We need two ovens

Approve €40,000 by 1 May. The old ovens fail weekly 🙈 and cost €900 a repair.

- Ana orders them
- Luis fits them

---

| Risk | Owner |
|---|---|
| Late delivery | Ana |
"""


def comment(name: str, start: int, end: int, kind: str = "opportunity") -> Comment:
    return Comment(name, "ask", kind, start, end, MEMO[start:end], "Hm.", ())  # type: ignore[arg-type]


def on(words: str, name: str, kind: str = "opportunity") -> Comment:
    start = MEMO.index(words)
    return comment(name, start, start + len(words), kind)


def shown(*comments: Comment) -> list[Paragraph]:
    numbers = {each.id: str(number) for number, each in enumerate(comments, start=1)}
    return paragraphs_of(MEMO, pieces_of(MEMO, "en"), comments, numbers)


def segments(paragraphs: list[Paragraph]) -> list[Segment]:
    return [segment for paragraph in paragraphs for segment in paragraph.segments]


def words_without_space(text: str) -> str:
    return "".join(text.split())


def test_every_sign_of_the_memo_is_shown_once_and_in_order() -> None:
    text = "".join(segment.text for segment in segments(shown(on("Approve €40,000 by 1 May.", "c01"))))
    assert words_without_space(text) == words_without_space(MEMO)


@given(st.text(max_size=400), st.integers(0, 400), st.integers(1, 400))
def test_any_text_with_any_passage_is_shown_whole(raw: str, start: int, length: int) -> None:
    text = normalise_text(raw)
    passage = (min(start, len(text)), min(start + length, len(text)))
    remark = Comment("c01", "ask", "opportunity", *passage, text[slice(*passage)], "Hm.", ())
    paragraphs = paragraphs_of(text, pieces_of(text, "en"), [remark], {"c01": "1"})
    together = "".join(segment.text for segment in segments(paragraphs))
    assert words_without_space(together) == words_without_space(text)
    marked = "".join(segment.text for segment in segments(paragraphs) if segment.comment)
    assert words_without_space(marked) == words_without_space(remark.quote or "")


def test_a_mark_holds_exactly_the_words_of_its_comment() -> None:
    marked = [segment for segment in segments(shown(on("fail weekly 🙈 and cost", "c01"))) if segment.comment]
    assert [(segment.text, segment.comment, segment.number) for segment in marked] == [
        ("fail weekly 🙈 and cost", "c01", "1")
    ]


def test_a_passage_over_two_paragraphs_is_marked_in_both_and_numbered_once() -> None:
    start, end = MEMO.index("Ana orders"), MEMO.index("Luis fits them") + len("Luis fits them")
    marked = [segment for segment in segments(shown(comment("c01", start, end))) if segment.comment]
    assert [segment.comment for segment in marked] == ["c01", "c01"]
    assert [segment.number for segment in marked] == ["", "1"]


def test_a_comment_within_another_keeps_its_words_and_the_wider_one_the_rest() -> None:
    wide, close = on("Approve €40,000 by 1 May.", "c01"), on("€40,000", "c02", "strength")
    marked = [(s.text, s.comment, s.also) for s in segments(shown(wide, close)) if s.comment]
    assert marked == [("Approve ", "c01", ""), ("€40,000", "c02", "c01"), (" by 1 May.", "c01", "")]


def test_two_comments_on_the_same_words_are_both_reachable() -> None:
    marked = [s for s in segments(shown(on("€40,000", "c01"), on("€40,000", "c02"))) if s.comment]
    assert [(segment.comment, segment.also) for segment in marked] == [("c01", "c02")]


def test_a_comment_without_a_number_is_not_marked() -> None:
    hidden = on("€40,000", "c01")
    assert not [
        segment
        for segment in segments(paragraphs_of(MEMO, pieces_of(MEMO, "en"), [hidden], {}))
        if segment.comment
    ]


def test_the_kinds_of_paragraphs_are_told() -> None:
    kinds = [paragraph.kind for paragraph in shown()]
    assert kinds[:4] == ["header-line", "header-line", "heading", "paragraph"]
    assert {"list_item", "plain", "table"} <= set(kinds)


def test_the_signs_before_a_heading_are_set_apart_from_its_words() -> None:
    heading = next(paragraph for paragraph in shown() if paragraph.kind == "heading")
    assert [(segment.text, segment.kind) for segment in heading.segments] == [
        ("# ", "markup"),
        ("We need two ovens", ""),
    ]


def test_a_quotation_is_read_without_its_markup() -> None:
    assert quoted("## **Risks** matter ") == "Risks matter"
