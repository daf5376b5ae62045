"""A memo with its commented passages, as it is shown to be read."""

from __future__ import annotations

import reflex as rx

from memo_coach.translations import text
from memo_coach.ui.annotated_text import Paragraph, Segment
from memo_coach.ui.components.layout import anchor
from memo_coach.ui.manuscript import Block, Row


def _segment(segment: rx.Var[Segment]) -> rx.Component:
    return rx.cond(
        segment.comment != "",
        rx.el.mark(
            segment.text,
            rx.cond(
                segment.number != "",
                anchor(
                    # Drawn, not written: who copies or searches the passage finds the memo's own words.
                    rx.el.sup(custom_attrs={"data-number": segment.number}),
                    to=f"#remark-{segment.comment}",
                    custom_attrs={"aria-label": f"{text('details.comment')} {segment.number}"},
                ),
            ),
            class_name=segment.kind,
            custom_attrs={"data-comment": segment.comment, "data-also": segment.also},
        ),
        rx.el.span(segment.text, class_name=segment.kind),
    )


def _segments(segments: rx.Var[list[Segment]]) -> rx.Component:
    return rx.foreach(segments, _segment)


def _item(item: rx.Var[Paragraph]) -> rx.Component:
    return rx.el.li(_segments(item.segments), class_name=item.kind)


def _row(row: rx.Var[Row]) -> rx.Component:
    return rx.el.tr(rx.foreach(row.cells, lambda cell: rx.el.td(_segments(cell.segments))))


def _grid(block: rx.Var[Block]) -> rx.Component:
    return rx.el.div(
        rx.el.table(
            rx.el.thead(
                rx.el.tr(rx.foreach(block.head, lambda cell: rx.el.th(_segments(cell.segments), scope="col")))
            ),
            rx.el.tbody(rx.foreach(block.rows, _row)),
        ),
        class_name="grid",
        # A wide table is scrolled within the memo, by key as well.
        role="group",
        tab_index=0,
        aria_label=text("details.table"),
    )


def block(block: rx.Var[Block]) -> rx.Component:
    """Show a block as what it is, so that a screen reader can go by headings, lists and tables."""
    words = rx.foreach(block.paragraphs, lambda paragraph: _segments(paragraph.segments))
    headings = (rx.el.h2, rx.el.h3, rx.el.h4, rx.el.h5)
    return rx.match(
        block.kind,
        ("list", rx.el.ul(rx.foreach(block.paragraphs, _item), role="list")),
        ("grid", _grid(block)),
        (
            "heading",
            rx.match(
                block.level,
                *[(level, each(words, class_name="heading")) for level, each in enumerate(headings, start=2)],
                rx.el.h6(words, class_name="heading"),
            ),
        ),
        ("code", rx.el.pre(words, class_name="code")),
        rx.el.p(words, class_name=block.kind),
    )
