"""The editor of the review page: the newest version, with its marks, as its writer goes on with it."""

from __future__ import annotations

import reflex as rx

from memo_coach.translations import text
from memo_coach.ui.assets import asset
from memo_coach.ui.states.details import DetailsState

FORM = "review"
"""The id of the form, for the button that sends it from elsewhere on the page."""
_COUNTS = ("words", "reading")
_MESSAGES = (
    "word", "words", "character", "characters", "reading",
    "saving", "saved", "restored", "empty", "forked", "unreachable", "refused", "too_long",
)  # fmt: skip
"""What the script of the editor says, by the names that it has for it."""


def files_of_the_editor() -> dict[str, str]:
    """Return the attributes by which ``assets/details.js`` fetches an editor before there is one."""
    return {
        "data-review-scripts": f"{asset('review-editor.js')} {asset('remarks.js')}",
        "data-review-style": asset("review-editor.css"),
    }


def review_editor() -> rx.Component:
    """Show the newest version in an editor; ``assets/editor.js`` saves it, as on the writing page."""
    return rx.el.form(
        rx.el.div(
            rx.el.div(custom_attrs={"data-review-mirror": "", "inert": True}),
            rx.el.textarea(
                name="memo",
                default_value=DetailsState.memo,
                aria_label=text("write.editor"),
                spell_check=True,
                custom_attrs={
                    "data-review-text": "",
                    "data-editor": DetailsState.memo_id,
                    "autocomplete": "off",
                    "aria-describedby": "review-keys",
                },
            ),
            rx.el.p(role="status", class_name="visually-hidden", custom_attrs={"data-review-live": ""}),
            custom_attrs={
                "data-review-editor": "",
                "data-entered": text("details.entered"),
                "data-entered-changed": text("details.entered_changed"),
                "data-remarks": DetailsState.marks,
                "data-order-refused": text("details.refused"),
            },
        ),
        rx.el.input(
            type="hidden", default_value=DetailsState.rubric, custom_attrs={"data-editor-rubric": ""}
        ),
        rx.el.input(type="hidden", name="memo_id", default_value="", custom_attrs={"data-editor-memo": ""}),
        rx.el.input(
            type="hidden", name="revision", default_value="0", custom_attrs={"data-editor-revision": ""}
        ),
        rx.el.div(
            rx.el.div(
                *[rx.el.span(custom_attrs={f"data-editor-{name}": ""}) for name in _COUNTS],
                class_name="counts",
            ),
            rx.el.p(text("details.editor_keys"), id="review-keys", class_name="quiet"),
            class_name="review-foot",
        ),
        rx.el.div(
            hidden=True,
            custom_attrs={
                "data-editor-messages": "",
                **{f"data-{name.replace('_', '-')}": text(f"editor.{name}") for name in _MESSAGES},
                # Here it is the version that was judged, or a draft of the next: both are there already.
                "data-restored": text("details.restored"),
            },
        ),
        id=FORM,
        key=DetailsState.evaluation_id,
        on_submit=DetailsState.evaluate_again,
        class_name="review sheet",
    )
