"""Settings: how the pages look, what a memo starts with, muted remarks, and what becomes of one's data."""

from __future__ import annotations

import reflex as rx
from reflex_base.event import EventSpec

from memo_coach.services.data.importing import MOST_IMPORT_BYTES
from memo_coach.translations import current_language, languages, speaking, text
from memo_coach.ui.components.account import account
from memo_coach.ui.components.deletion import deletion
from memo_coach.ui.components.layout import alert, frame, own_scripts
from memo_coach.ui.components.tokens import tokens
from memo_coach.ui.components.webhooks import webhooks
from memo_coach.ui.localised_pages import add_page
from memo_coach.ui.states.account import AccountState
from memo_coach.ui.states.deletion import DeletionState
from memo_coach.ui.states.settings import Choice, SettingsState
from memo_coach.ui.states.tokens import TokensState
from memo_coach.ui.states.webhooks import WebhooksState


def _section(name: str, *content: rx.Component) -> rx.Component:
    return rx.el.section(
        rx.el.h2(text(f"settings.{name}"), id=name), *content, custom_attrs={"aria-labelledby": name}
    )


def _field(name: str, select: rx.Component) -> rx.Component:
    return rx.el.div(rx.el.label(text(f"settings.{name}"), html_for=name), select, class_name="field")


def _language() -> rx.Component:
    options = []
    for language in languages():
        with speaking(language):
            options.append(rx.el.option(text("product.language"), value=language, lang=language))
    # assets/theme.js leads to this page in what is chosen, and keeps the choice.
    select = rx.el.select(
        *options,
        id="language",
        default_value=current_language(),
        custom_attrs={
            "data-action": "language-choice",
            "autocomplete": "off",
            "aria-describedby": "language-note",
        },
    )
    note = rx.el.p(text("settings.language_note"), id="language-note", class_name="quiet")
    return rx.el.div(_field("language", select), note)


def _looks() -> rx.Component:
    select = rx.el.select(
        *[
            rx.el.option(text(f"settings.theme_{theme}"), value=theme)
            for theme in ("system", "light", "dark")
        ],
        id="theme",
        custom_attrs={"data-action": "theme-choice"},
    )
    return _section("looks", _language(), _field("theme", select))


def _start() -> rx.Component:
    rubric = rx.el.select(
        rx.foreach(SettingsState.rubrics, _option),
        id="rubric",
        value=SettingsState.rubric,
        on_change=SettingsState.choose_rubric,
    )
    coach = rx.el.select(
        rx.foreach(SettingsState.coaches, _option),
        id="coach",
        value=SettingsState.coach,
        on_change=SettingsState.choose_coach,
    )
    return _section(
        "start",
        rx.el.div(
            _field("rubric", rubric),
            rx.cond(SettingsState.coaches.length() > 0, _field("coach", coach)),
        ),
        rx.el.div(rx.el.p(SettingsState.told, class_name="quiet"), role="status"),
    )


def _option(choice: rx.Var[Choice]) -> rx.Component:
    return rx.el.option(choice.label, value=choice.value)


def _remove(label: rx.Var[str], on_click: EventSpec) -> rx.Component:
    return rx.el.li(
        rx.el.span(label),
        rx.el.button(
            text("settings.remove"),
            rx.el.span(" ", label, class_name="visually-hidden"),
            type="button",
            class_name="button plain",
            on_click=on_click,
        ),
    )


def _removable(name: str, items: rx.Var[list[str]], entries: rx.Component) -> rx.Component:
    return rx.fragment(
        rx.el.h3(text(f"settings.{name}"), id=name),
        rx.cond(
            items.length() > 0,
            rx.el.ul(
                entries,
                class_name="removable",
                custom_attrs={"aria-labelledby": name, "data-focus-home": ""},
            ),
            rx.el.p(text(f"settings.{name}_none"), class_name="quiet"),
        ),
    )


def _remarks() -> rx.Component:
    muted = rx.foreach(
        SettingsState.muted, lambda kind: _remove(kind.label, SettingsState.unmute(kind.value))
    )
    words = rx.foreach(SettingsState.glossary, lambda word: _remove(word, SettingsState.remove_word(word)))
    return _section(
        "remarks",
        _removable("muted", SettingsState.muted, muted),
        _removable("glossary", SettingsState.glossary, words),
    )


def _import() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            # The browser's own field for a file speaks the browser's language.
            rx.el.label(
                rx.el.input(name="file", type="file", accept=".zip,.json"),
                text("settings.import_file"),
                class_name="button file",
            ),
            rx.el.span(role="status", class_name="quiet", custom_attrs={"data-import-chosen": ""}),
            rx.el.button(text("settings.import"), type="submit", class_name="button"),
            class_name="row",
        ),
        # assets/settings.js sends the file and says what came of it: a socket cannot carry so much.
        rx.el.p(role="status", custom_attrs={"data-import-told": ""}),
        rx.el.p(role="alert", class_name="alert", hidden=True, custom_attrs={"data-import-problem": ""}),
        rx.el.button(
            type="button",
            hidden=True,
            on_click=SettingsState.refresh,
            custom_attrs={"data-import-refresh": "", "aria-hidden": "true"},
        ),
        custom_attrs={
            "data-import": "",
            "data-none": text("settings.import_none"),
            "data-running": text("settings.import_running"),
            "data-failed": text("settings.import_failed"),
            "data-most": str(MOST_IMPORT_BYTES),
            "data-progress": text("settings.import_progress"),
            "data-no-export": text("settings.import_no_export"),
        },
    )


def _delete_memo() -> rx.Component:
    return rx.cond(
        SettingsState.memos.length() > 0,
        rx.el.form(
            rx.el.label(text("settings.delete_memo"), html_for="memo"),
            rx.el.select(rx.foreach(SettingsState.memos, _option), id="memo", name="memo"),
            rx.el.button(text("settings.delete_memo_button"), type="submit", class_name="button danger"),
            on_submit=DeletionState.ask_about_chosen,
            class_name="row",
        ),
        rx.el.p(text("settings.delete_none"), class_name="quiet"),
    )


def _data() -> rx.Component:
    return _section(
        "data",
        rx.el.h3(text("settings.export_heading")),
        rx.el.p(text("settings.export_body"), class_name="quiet"),
        rx.el.div(
            rx.el.a(
                text("settings.export"),
                href="/export",
                class_name="button",
                reload_document=True,
                download=True,
            ),
            class_name="row",
        ),
        rx.el.h3(text("settings.import_heading")),
        rx.el.p(text("settings.import_body"), class_name="quiet"),
        _import(),
        rx.el.h3(text("settings.delete_heading")),
        rx.el.p(text("settings.delete_body"), class_name="quiet"),
        _delete_memo(),
        rx.el.div(
            rx.el.button(
                text("settings.delete_all"),
                type="button",
                class_name="button danger",
                on_click=DeletionState.ask_about_all,
            ),
            class_name="row",
        ),
        deletion(),
    )


def page() -> rx.Component:
    """Build the page."""
    return frame(
        *own_scripts("dialog.js", "settings.js", "sharing.js"),
        rx.el.div(
            rx.el.div(
                rx.el.h1(text("settings.heading")),
                rx.el.p(
                    rx.cond(AccountState.is_account, text("sign_in.settings_lede"), text("settings.lede")),
                    class_name="lede",
                ),
            ),
            class_name="page-head",
        ),
        alert(SettingsState.problem),
        rx.cond(
            SettingsState.loaded,
            rx.el.div(
                account(),
                _looks(),
                _start(),
                _remarks(),
                tokens(),
                webhooks(),
                _data(),
                class_name="settings",
            ),
            rx.el.p(text("settings.loading"), class_name="quiet", role="status"),
        ),
        current="/settings",
        class_name="narrow",
    )


def register(app: rx.App) -> None:
    """Add the page."""
    add_page(
        app,
        page,
        path="/settings",
        title=text("settings.title"),
        on_load=[
            SettingsState.open,
            AccountState.open,
            DeletionState.open,
            TokensState.open,
            WebhooksState.open,
        ],
    )
