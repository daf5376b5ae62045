"""The versions of a memo: what changed between any two, by words, and each as a file to take along."""

from __future__ import annotations

import reflex as rx

from memo_coach.translations import text
from memo_coach.ui.components import icons
from memo_coach.ui.components.layout import alert, anchor, empty, frame, link, own_scripts
from memo_coach.ui.components.local_time import in_local_time
from memo_coach.ui.localised_pages import add_page
from memo_coach.ui.states.versions import PieceOnScreen, RowOnScreen, VersionOnScreen, VersionsState


def _option(version: rx.Var[VersionOnScreen]) -> rx.Component:
    return rx.el.option(
        version.name, " · ", in_local_time(version.created), " · ", version.word_count, value=version.number
    )


def _choice(name: str, value: rx.Var[str], on_change: rx.EventHandler) -> rx.Component:
    return rx.el.div(
        rx.el.label(text(f"versions.{name}"), html_for=f"version-{name}"),
        rx.el.select(
            rx.foreach(VersionsState.versions, _option),
            id=f"version-{name}",
            value=value,
            on_change=on_change,
        ),
        class_name="field",
    )


def _choices() -> rx.Component:
    return rx.el.div(
        _choice("from", VersionsState.old, VersionsState.choose_old),
        _choice("to", VersionsState.new, VersionsState.choose_new),
        role="group",
        aria_label=text("versions.choice"),
        class_name="score-filters",
    )


def _step(name: str) -> rx.Component:
    return rx.el.button(
        text(f"versions.{name}"), type="button", class_name="button", custom_attrs={"data-change-step": name}
    )


def _tools() -> rx.Component:
    return rx.el.div(
        rx.el.p(VersionsState.change_count, class_name="change-count"),
        _step("previous"),
        _step("next"),
        rx.el.span(
            role="status",
            class_name="position",
            custom_attrs={"data-change-position": "", "data-pattern": text("versions.position")},
        ),
        rx.el.div(
            *[
                rx.el.button(
                    text(f"versions.{name}"),
                    type="button",
                    class_name="button",
                    aria_pressed=rx.cond(pressed, "true", "false"),
                    on_click=VersionsState.put_beside(name == "beside"),
                )
                for name, pressed in (("inline", ~VersionsState.beside), ("beside", VersionsState.beside))
            ],
            role="group",
            aria_label=text("versions.view"),
            class_name="row push wide-only",
        ),
        class_name="details-tools",
    )


def _changed(piece: rx.Var[PieceOnScreen], *, removed: bool) -> rx.Component:
    # The words around it are drawn, not written: who copies a passage gets the memo's own words.
    return (rx.el.del_ if removed else rx.el.ins)(
        piece.text,
        tab_index=-1,
        custom_attrs={
            "data-change": piece.change,
            "data-begins": text("versions.removed_begins" if removed else "versions.added_begins"),
            "data-ends": text("versions.ends"),
        },
    )


def _piece(piece: rx.Var[PieceOnScreen]) -> rx.Component:
    return rx.match(
        piece.kind,
        ("removed", _changed(piece, removed=True)),
        ("added", _changed(piece, removed=False)),
        rx.el.span(piece.text),
    )


def _of_old(piece: rx.Var[PieceOnScreen]) -> rx.Component:
    return rx.match(
        piece.kind,
        ("removed", _changed(piece, removed=True)),
        ("added", rx.fragment()),
        rx.el.span(piece.text),
    )


def _of_new(piece: rx.Var[PieceOnScreen]) -> rx.Component:
    return rx.match(
        piece.kind,
        ("removed", rx.fragment()),
        ("added", _changed(piece, removed=False)),
        rx.el.span(piece.text),
    )


def _fold(row: rx.Var[RowOnScreen]) -> rx.Component:
    return rx.el.button(
        row.folded,
        ": ",
        text("versions.unfold"),
        type="button",
        class_name="button fold",
        on_click=VersionsState.unfold(row.fold),
    )


def _row(row: rx.Var[RowOnScreen]) -> rx.Component:
    return rx.cond(row.folded != "", _fold(row), rx.el.p(rx.foreach(row.pieces, _piece)))


def _row_beside(row: rx.Var[RowOnScreen]) -> rx.Component:
    return rx.cond(
        row.folded != "",
        rx.el.tr(rx.el.td(_fold(row), col_span=2)),
        rx.el.tr(
            rx.el.td(rx.foreach(row.pieces, _of_old)),
            rx.el.td(rx.foreach(row.pieces, _of_new)),
        ),
    )


def _beside() -> rx.Component:
    return rx.el.table(
        rx.el.caption(text("versions.difference"), class_name="visually-hidden"),
        rx.el.thead(
            rx.el.tr(
                *[
                    rx.el.th(text("versions.version", number=""), number, scope="col")
                    for number in (VersionsState.old, VersionsState.new)
                ]
            )
        ),
        rx.el.tbody(rx.foreach(VersionsState.rows, _row_beside)),
        class_name="difference beside sheet",
    )


def _parts() -> rx.Component:
    return rx.cond(
        VersionsState.parts > 1,
        rx.el.nav(
            rx.el.button(
                text("versions.earlier_part"),
                type="button",
                class_name="button",
                disabled=VersionsState.part == 1,
                on_click=VersionsState.go_to_part(VersionsState.part - 1),
            ),
            rx.el.p(VersionsState.part_label, role="status"),
            rx.el.button(
                text("versions.later_part"),
                type="button",
                class_name="button",
                disabled=VersionsState.part == VersionsState.parts,
                on_click=VersionsState.go_to_part(VersionsState.part + 1),
            ),
            class_name="row",
            aria_label=text("versions.difference"),
        ),
    )


def _comparison() -> rx.Component:
    return rx.fragment(
        _choices(),
        rx.cond(
            VersionsState.has_changes,
            rx.fragment(
                _tools(),
                rx.el.section(
                    rx.cond(VersionsState.beside, _beside()),
                    # A narrow screen shows it also to who chose the other view on a wide one.
                    rx.el.div(
                        rx.foreach(VersionsState.rows, _row),
                        class_name=rx.cond(
                            VersionsState.beside,
                            "difference together sheet narrow-only",
                            "difference together sheet",
                        ),
                    ),
                    aria_label=text("versions.difference"),
                    # What is unfolded takes the place of the button that had the focus.
                    custom_attrs={"data-focus-home": ""},
                ),
                _parts(),
                rx.el.p(text("versions.keys"), class_name="note with-keys"),
            ),
            rx.el.p(text("versions.same"), role="status", class_name="lede"),
        ),
    )


def _file(version: rx.Var[VersionOnScreen]) -> rx.Component:
    def download(name: str, address: rx.Var[str]) -> rx.Component:
        # The server's own route, not a page: the browser itself goes there, and saves what comes.
        return anchor(
            text(f"versions.{name}"),
            rx.el.span(" ", version.name, class_name="visually-hidden"),
            to=address,
            class_name="button",
        )

    return rx.el.li(
        rx.el.span(
            version.name, " · ", rx.el.time(in_local_time(version.created), date_time=version.created)
        ),
        rx.el.span(download("markdown", version.markdown), download("word", version.word), class_name="row"),
    )


def _files() -> rx.Component:
    return rx.el.section(
        rx.el.h2(text("versions.files")),
        rx.el.ul(rx.foreach(VersionsState.versions, _file), class_name="plain-list version-files"),
        class_name="stack",
    )


def _shown() -> rx.Component:
    return rx.cond(
        VersionsState.versions.length() > 1,
        rx.fragment(_comparison(), _files()),
        rx.cond(
            VersionsState.versions.length() == 1,
            rx.fragment(rx.el.p(text("versions.one"), class_name="lede"), _files()),
            rx.el.p(text("versions.never"), class_name="lede"),
        ),
    )


def page() -> rx.Component:
    """Build the page."""
    return frame(
        *own_scripts("versions.js"),
        rx.el.div(
            rx.el.div(
                rx.el.h1(text("versions.heading")),
                rx.cond(
                    VersionsState.title != "", rx.el.p(rx.el.strong(VersionsState.title), class_name="lede")
                ),
            ),
            class_name="page-head",
        ),
        alert(VersionsState.problem),
        rx.match(
            VersionsState.status,
            ("loading", rx.el.p(text("versions.loading"), class_name="quiet", role="status")),
            (
                "missing",
                empty(
                    icons.blank_sheet(),
                    text("versions.missing_heading"),
                    text("versions.missing_body"),
                    link(text("feedback.to_memos"), to="/memos", class_name="button"),
                ),
            ),
            _shown(),
        ),
        class_name="versions-page",
    )


def register(app: rx.App) -> None:
    """Add the page."""
    add_page(app, page, path="/versions/[memo]", title=text("versions.title"), on_load=VersionsState.open)
