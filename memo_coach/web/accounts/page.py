"""The frame of the pages on which one signs in: made here for each answer, with the site's own style sheet.

They are not pages of the framework: they open no socket, which would be refused to who has not signed in,
they weigh a tenth, and they work where scripts do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from memo_coach import __version__
from memo_coach.translations import current_language, languages, speaking, text
from memo_coach.web.accounts.markup import Html, element, joined
from memo_coach.web.languages import path_in
from memo_coach.web.site_files import asset

_DOCTYPE: Final = Html("<!DOCTYPE html>")


def document(
    title: str, *content: str, english_path: str, query: str = "", scripts: Sequence[str] = ()
) -> str:
    """Return a whole page in the language that is spoken; ``english_path`` is where it stands in English."""
    page = element(
        "div",
        element("a", text("product.skip"), href="#content", class_="skip"),
        _header(),
        element("main", *content, id="content", tabindex="-1", class_="sign-in"),
        _footer(english_path, query),
        class_="page",
    )
    head = _head(f"{title} · {text('product.name')}", scripts)
    return _DOCTYPE + element("html", head, element("body", page), lang=current_language())


def _head(title: str, scripts: Sequence[str]) -> Html:
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("meta", name="description", content=text("sign_in.description")),
        element("meta", name="robots", content="noindex, nofollow"),
        element("meta", name="color-scheme", content="light dark"),
        # For theme.js, which sets the document's language by the address.
        element("meta", name="languages", content=" ".join(languages())),
        element("link", rel="stylesheet", href=asset("styles.css")),
        element("script", src=asset("theme.js")),
        element("link", rel="icon", href=asset("favicon.svg"), type="image/svg+xml"),
        *(element("script", src=asset(script), defer=True) for script in scripts),
    )


def _header() -> Html:
    drawing = element(
        "svg",
        element("path", d="M5 2.5h10.5l3 3V21.5H5z"),
        element("path", d="M8.5 8.5h6M8.5 12h4"),
        element("path", d="M8.5 16.5q1.5-1.8 3 0t3 0", stroke="var(--pencil)", stroke_width="2"),
        viewBox="0 0 24 24",
        fill="none",
        stroke="currentColor",
        stroke_width="1.6",
        stroke_linecap="round",
        stroke_linejoin="round",
        aria_hidden="true",
    )
    name = element("span", text("product.name"))
    return element("header", element("p", drawing, name, class_="brand"), class_="top")


def _footer(english_path: str, query: str) -> Html:
    links = []
    for language in languages():
        if language == current_language():
            continue
        with speaking(language):
            address = path_in(language, english_path) + (f"?{query}" if query else "")
            link = element(
                "a",
                text("product.language"),
                href=address,
                lang=language,
                hreflang=language,
                data_language=language,
            )
            links.append(link)
    return element(
        "footer",
        element("p", text("sign_in.footer")),
        element("p", *links, class_="languages"),
        element("p", text("product.version", version=__version__)),
        class_="foot",
    )


def alert(message: str) -> Html:
    """Return an error, which is read out and has the focus; nothing where there is none."""
    if not message:
        return Html()
    return element("p", message, role="alert", class_="alert", tabindex="-1", autofocus=True)


def note(message: str) -> Html:
    """Return a sentence that is read out; nothing where there is none."""
    return element("p", message, role="status", class_="note") if message else Html()


def field(
    name: str,
    label: str,
    *,
    kind: str = "text",
    value: str = "",
    hint: str = "",
    autofocus: bool = False,
    **attributes: str | bool | None,
) -> Html:
    """Return a labelled field of a form."""
    described = f"{name}-hint" if hint else None
    return element(
        "div",
        element("label", label, for_=name),
        element(
            "input",
            id=name,
            name=name,
            type=kind,
            value=value or None,
            required=True,
            autofocus=autofocus,
            aria_describedby=described,
            **attributes,
        ),
        element("p", hint, id=described, class_="quiet") if hint else Html(),
        class_="labelled",
    )


def hidden(name: str, value: str) -> Html:
    """Return a field that goes along with a form."""
    return element("input", type="hidden", name=name, value=value)


def form(action: str, *content: str, **attributes: str | bool | None) -> Html:
    """Return a form that is sent to us."""
    return element("form", *content, method="post", action=action, class_="sheet", **attributes)


def submit(label: str, *, name: str | None = None, value: str | None = None, is_main: bool = True) -> Html:
    """Return the button that sends a form."""
    classes = "button main" if is_main else "button"
    return element("button", label, type="submit", class_=classes, name=name, value=value)


def stacked(*content: str) -> Html:
    """Return what stands one below the other."""
    return element("div", joined(*content), class_="stack")
