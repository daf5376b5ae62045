"""The overall feedback: score, summary, strengths, opportunities, and how each criterion was judged."""

from __future__ import annotations

import reflex as rx

from memo_coach.translations import text
from memo_coach.ui.components.criterion_score import mark_given, reason
from memo_coach.ui.components.evaluation import by_status, is_of_address, with_rubric
from memo_coach.ui.components.explanation import explained
from memo_coach.ui.components.layout import anchor, frame, link, own_scripts
from memo_coach.ui.components.readings import readings
from memo_coach.ui.components.sharing import sharing
from memo_coach.ui.localised_pages import add_page
from memo_coach.ui.states.feedback import CriterionOnScreen, FeedbackState, OpportunityOnScreen
from memo_coach.ui.states.readings import ReadingsState
from memo_coach.ui.states.sharing import SharingState


def _scale() -> rx.Component:
    """Draw the scale from 1 to 5 with the score's place on it."""
    ticks = [
        rx.el.svg.line(x1=str(x), x2=str(x), y1="8", y2="14", stroke="var(--edge)") for x in range(0, 201, 50)
    ]
    labels = [rx.el.svg.text(str(n + 1), x=str(50 * n), y="28", text_anchor="middle") for n in range(5)]
    return rx.el.svg(
        rx.el.svg.line(x1="0", x2="200", y1="11", y2="11", stroke="var(--edge)", stroke_width="1.5"),
        *ticks,
        *labels,
        rx.el.svg.circle(
            cx=FeedbackState.marker,
            cy="11",
            r="6.5",
            fill="var(--pencil)",
            stroke="var(--paper)",
            stroke_width="2",
        ),
        view_box="-8 0 216 32",
        class_name="scale",
        custom_attrs={"aria-hidden": "true", "focusable": "false"},
    )


def _verdict() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            explained(
                rx.el.p(
                    rx.el.strong(
                        FeedbackState.score,
                        custom_attrs={
                            "data-testid": rx.cond(
                                FeedbackState.first_reading, "first-score", "overall-score"
                            )
                        },
                    ),
                    rx.el.span(text("feedback.of")),
                    class_name="score",
                ),
                "score",
            ),
            _scale(),
            rx.cond(
                FeedbackState.compared != "",
                rx.el.div(
                    rx.html(FeedbackState.course),
                    rx.el.p(
                        rx.el.span(text("progress.beside_label"), ": ", class_name="visually-hidden"),
                        FeedbackState.compared,
                    ),
                    link(text("progress.heading"), to="/progress"),
                    class_name="compared",
                    custom_attrs={"data-testid": "compared"},
                ),
            ),
            # It keeps its place when the model's judgement takes over, so that nothing moves.
            rx.el.p(
                rx.cond(FeedbackState.first_reading, text("feedback.first_reading"), ""),
                class_name="first-reading quiet",
            ),
        ),
        rx.el.div(
            rx.el.p(FeedbackState.summary, class_name="summary"),
            rx.foreach(FeedbackState.notices, lambda notice: rx.el.p(notice, class_name="note")),
            class_name="stack",
            lang=FeedbackState.language,
        ),
        rx.el.div(
            link(
                text("feedback.details"),
                to=f"/details/{FeedbackState.evaluation_id}",
                class_name="button main",
            ),
            link(text("feedback.chat"), to=f"/chat/{FeedbackState.evaluation_id}", class_name="button"),
            link(text("feedback.revise"), to=f"/?memo={FeedbackState.memo_id}", class_name="button"),
            rx.cond(
                FeedbackState.changes_address != "",
                link(
                    text("versions.link_changes"),
                    to=FeedbackState.changes_address,
                    class_name="button",
                ),
            ),
            rx.cond(
                FeedbackState.status == "done",
                # The server's own route, not a page: the browser itself goes there.
                anchor(
                    text("feedback.pdf"),
                    to=f"/evaluations/{FeedbackState.evaluation_id}/pdf",
                    class_name="button plain",
                ),
            ),
            class_name="row",
        ),
        class_name="verdict sheet",
        aria_label=text("feedback.heading"),
    )


def _opportunity(line: rx.Var[OpportunityOnScreen]) -> rx.Component:
    details = f"/details/{FeedbackState.evaluation_id}"
    of_criterion = link(line.text, to=f"{details}?criterion={line.criterion}")
    return rx.el.li(
        rx.cond(
            line.remark != "",
            link(line.text, to=f"{details}#remark-{line.remark}"),
            rx.cond(line.criterion != "", of_criterion, rx.el.span(line.text)),
        )
    )


def _lists() -> rx.Component:
    return rx.el.div(
        rx.el.section(
            explained(rx.el.h2(text("feedback.opportunities")), "opportunities"),
            rx.cond(
                FeedbackState.opportunities.length() > 0,
                rx.el.ol(
                    rx.foreach(FeedbackState.opportunities, _opportunity),
                    class_name="plain-list",
                    lang=FeedbackState.language,
                ),
                rx.el.p(text("feedback.no_opportunities"), class_name="lede"),
            ),
            class_name="opportunities",
        ),
        rx.el.section(
            explained(rx.el.h2(text("feedback.strengths")), "strengths"),
            rx.cond(
                FeedbackState.strengths.length() > 0,
                rx.el.ul(
                    rx.foreach(FeedbackState.strengths, rx.el.li),
                    class_name="plain-list",
                    lang=FeedbackState.language,
                ),
                rx.el.p(text("feedback.no_strengths"), class_name="lede"),
            ),
            class_name="strengths",
        ),
        class_name="pair",
    )


def _criterion(criterion: rx.Var[CriterionOnScreen]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.h3(criterion.name, lang=FeedbackState.language),
            rx.el.p(
                text("feedback.weight"),
                " ",
                criterion.weight,
                rx.cond(
                    criterion.shared != "", rx.fragment(", ", text("feedback.shared"), " ", criterion.shared)
                ),
                class_name="quiet",
            ),
            rx.cond(criterion.tag != "", rx.el.p(criterion.tag, class_name="tag")),
            rx.cond(
                criterion.score != "",
                rx.el.div(rx.el.div(style={"width": criterion.share}), class_name="bar", aria_hidden=True),
            ),
        ),
        mark_given(criterion),
        reason(
            criterion,
            FeedbackState.language,
            rx.cond(criterion.next_score != "", _next_point(criterion)),
            rx.cond(criterion.second_score != "", _second_opinion(criterion)),
        ),
        class_name=rx.cond(criterion.provisional, "criterion provisional", "criterion"),
        custom_attrs={"data-testid": criterion.test_id},
    )


def _next_point(criterion: rx.Var[CriterionOnScreen]) -> rx.Component:
    return rx.el.details(
        rx.el.summary(
            text("feedback.next_point"),
            rx.el.span(": ", criterion.name, class_name="visually-hidden"),
        ),
        rx.el.p(rx.el.strong(criterion.next_score, ": "), criterion.next_guidance),
        class_name="beside-score",
        custom_attrs={"data-testid": "next-point"},
    )


def _second_opinion(criterion: rx.Var[CriterionOnScreen]) -> rx.Component:
    return rx.el.details(
        rx.el.summary(
            text("feedback.second"),
            " ",
            rx.el.strong(criterion.second_score),
            rx.cond(criterion.apart != "", rx.el.span(criterion.apart, class_name="apart")),
        ),
        rx.el.p(criterion.second_justification, lang=FeedbackState.language),
        class_name="beside-score second-opinion",
    )


def _criteria() -> rx.Component:
    return rx.el.section(
        explained(rx.el.h2(text("feedback.criteria")), "criteria"),
        rx.el.p(text("feedback.criteria_lede"), class_name="lede"),
        rx.el.ul(rx.foreach(FeedbackState.criteria, _criterion), class_name="plain-list"),
        rx.cond(FeedbackState.usage != "", rx.el.p(FeedbackState.usage, class_name="quiet usage")),
        class_name="criteria",
    )


def page() -> rx.Component:
    """Build the page."""
    content = rx.fragment(
        rx.cond(FeedbackState.summary != "", rx.fragment(_verdict(), _lists())),
        rx.cond(FeedbackState.criteria.length() > 0, _criteria()),
        rx.cond(FeedbackState.status == "done", sharing()),
    )
    return frame(
        *own_scripts("explanations.js", "sharing.js"),
        rx.el.div(
            rx.el.div(
                rx.el.h1(text("feedback.heading")),
                rx.cond(
                    is_of_address(FeedbackState) & (FeedbackState.title != ""),
                    rx.el.p(
                        rx.el.strong(FeedbackState.title, lang=FeedbackState.language),
                        rx.el.span(
                            " · ",
                            rx.cond(
                                (FeedbackState.status == "queued") | (FeedbackState.status == "running"),
                                text("feedback.read_by"),
                                rx.cond(
                                    FeedbackState.status == "done",
                                    text("feedback.scored_by"),
                                    text("feedback.not_judged_by"),
                                ),
                            ),
                            " ",
                            rx.el.span(FeedbackState.judged_by, custom_attrs={"data-testid": "coach"}),
                            rx.cond(FeedbackState.cached, f" ({text('feedback.cached')})", ""),
                            " ",
                            with_rubric(FeedbackState.rubric_name),
                        ),
                        class_name="lede",
                    ),
                ),
            ),
            class_name="page-head",
        ),
        readings(),
        by_status(FeedbackState, content),
        class_name="narrow",
    )


def register(app: rx.App) -> None:
    """Add the page."""
    add_page(
        app,
        page,
        path="/feedback/[evaluation]",
        title=text("feedback.title"),
        on_load=[FeedbackState.open, SharingState.open, ReadingsState.open],
    )
