"""Help: how to use the coach, what a score means, the rubrics as they are, frameworks, keys, privacy."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_base.vars.base import Var
from reflex_components_core.el.elements.base import BaseHTML

from memo_coach.coaching.documents.frameworks import Framework, shipped_frameworks
from memo_coach.coaching.rubric.model import Criterion, Rubric, localised
from memo_coach.coaching.rubric.reader import shipped_rubrics
from memo_coach.coaching.samples import Sample, samples
from memo_coach.settings import DRAFT_DAYS
from memo_coach.translations import contents, current_language, text
from memo_coach.ui.components.layout import anchor, frame, own_scripts
from memo_coach.ui.help_anchors import RUBRICS, criterion_anchor
from memo_coach.ui.localised_pages import add_page
from memo_coach.ui.states.help import (
    FrameworkOnScreen,
    HelpCriterionOnScreen,
    HelpRubricOnScreen,
    HelpState,
    LevelOnScreen,
    heading_of,
)

_SECTIONS = ("how", "score", RUBRICS, "frameworks", "keys", "privacy")


def _section(name: str, *content: rx.Component) -> rx.Component:
    return rx.el.section(
        rx.el.h2(text(f"help.{name}"), id=name), *content, custom_attrs={"aria-labelledby": name}
    )


def _criterion(criterion: Criterion, rubric_id: str) -> rx.Component:
    levels = [
        part
        for score in sorted(criterion.guidance)
        for part in (rx.el.dt(str(score)), rx.el.dd(localised(criterion.guidance[score], current_language())))
    ]
    return rx.fragment(
        rx.el.h3(
            heading_of(criterion),
            id=criterion_anchor(rubric_id, criterion.id),
        ),
        rx.el.p(localised(criterion.description, current_language())),
        rx.el.dl(*levels, class_name="levels"),
    )


def _sample(sample: Sample) -> rx.Component:
    return rx.el.details(
        rx.el.summary(text(f"help.sample_{sample.quality}")),
        rx.el.pre(sample.text, class_name="sample sheet", tab_index=0, aria_label=sample.title),
    )


def _rubric(rubric: Rubric, language: str) -> rx.Component:
    return rx.el.details(
        rx.el.summary(localised(rubric.name, current_language())),
        rx.el.div(
            rx.el.p(localised(rubric.description, current_language()), class_name="lede"),
            *[_criterion(criterion, rubric.id) for criterion in rubric.criteria],
            *[_sample(sample) for sample in samples(rubric.id, language)],
            class_name="stack",
        ),
    )


def _own_level(level: rx.Var[LevelOnScreen]) -> rx.Component:
    return rx.fragment(rx.el.dt(level.score), rx.el.dd(level.guidance))


def _own_criterion(criterion: rx.Var[HelpCriterionOnScreen]) -> rx.Component:
    return rx.fragment(
        rx.el.h3(criterion.heading, id=criterion.anchor),
        rx.el.p(criterion.description),
        rx.el.dl(rx.foreach(criterion.levels, _own_level), class_name="levels"),
    )


def _own_rubric(rubric: rx.Var[HelpRubricOnScreen]) -> rx.Component:
    """Show a rubric as it is in this installation; the samples are those that come with one of its id."""
    of_shipped = [
        (each.id, rx.fragment(*[_sample(sample) for sample in samples(each.id, current_language())]))
        for each in shipped_rubrics()
    ]
    return rx.el.details(
        rx.el.summary(rubric.name),
        rx.el.div(
            rx.el.p(rubric.description, class_name="lede"),
            rx.foreach(rubric.criteria, _own_criterion),
            rx.match(rubric.id, *of_shipped, rx.fragment()),
            class_name="stack",
        ),
        key=rubric.id,
    )


def _rubrics(language: str) -> rx.Component:
    return rx.el.div(
        rx.cond(
            HelpState.rubrics.length() > 0,
            rx.foreach(HelpState.rubrics, _own_rubric),
            rx.fragment(*[_rubric(rubric, language) for rubric in shipped_rubrics()]),
        )
    )


def _search() -> rx.Component:
    """Offer to search what stands on the page: assets/help.js, which this page alone loads."""
    return rx.el.div(
        rx.el.label(text("help.search"), html_for="help-search"),
        rx.el.input(id="help-search", type="search", max_length=100, auto_complete="off"),
        rx.el.p(
            role="status",
            id="help-found",
            custom_attrs={
                f"data-{name}": text(f"help.found_{name}") for name in ("none", "one", "many", "first")
            },
        ),
        rx.el.ol(id="help-results", class_name="plain-list"),
        *own_scripts("help.js"),
        role="search",
        class_name="help-search",
    )


def _single_keys() -> rx.Component:
    """Offer to switch off the keys that work without another one held (WCAG 2.1.4)."""
    return rx.el.p(
        rx.el.input(
            type="checkbox",
            id="single-keys",
            default_checked=True,
            aria_describedby="single-keys-what",
            custom_attrs={"data-single-keys": ""},
        ),
        rx.el.label(text("help.single_keys"), html_for="single-keys"),
        rx.el.span(text("help.single_keys_what"), id="single-keys-what", class_name="quiet"),
        class_name="switch",
    )


def _framework(framework: Framework, language: str) -> rx.Component:
    return rx.fragment(
        rx.el.h3(localised(framework.name, language)),
        rx.el.p(localised(framework.idea, language)),
        rx.el.figure(
            rx.el.figcaption(localised(framework.caption, language), class_name="quiet"),
            rx.el.p(localised(framework.example, language)),
        ),
    )


def _own_framework(framework: rx.Var[FrameworkOnScreen]) -> rx.Component:
    return rx.fragment(
        rx.el.h3(framework.name),
        rx.el.p(framework.idea),
        rx.el.figure(rx.el.figcaption(framework.caption, class_name="quiet"), rx.el.p(framework.example)),
    )


def _frameworks(language: str) -> rx.Component:
    return rx.cond(
        HelpState.frameworks.length() > 0,
        rx.fragment(rx.foreach(HelpState.frameworks, _own_framework)),
        rx.fragment(*[_framework(framework, language) for framework in shipped_frameworks().frameworks]),
    )


class _PostingForm(BaseHTML):  # type: ignore[misc]  # the framework's own, without types
    """A form that the browser sends itself: the framework's own sends events."""

    tag = "form"
    action: Var[str]
    method: Var[str]


def _end_session(texts: dict[str, Any]) -> rx.Component:
    return rx.el.details(
        rx.el.summary(text("help.end")),
        rx.el.p(texts["end"], class_name="lede"),
        _PostingForm.create(
            rx.el.button(text("help.end_now"), type="submit", class_name="button"),
            action="/session/end",
            method="post",
        ),
    )


def _content(language: str) -> rx.Component:
    texts = contents("help_page")
    keys = [
        part
        for entry in texts["keys"]
        for part in (
            rx.el.dt(*[rx.el.kbd(key) for key in entry["keys"]], class_name="row"),
            rx.el.dd(entry["does"]),
        )
    ]
    return rx.el.div(
        _section("how", rx.el.ol(*[rx.el.li(step) for step in texts["how"]])),
        _section("score", *[rx.el.p(paragraph) for paragraph in texts["score"]]),
        _section(
            "rubrics",
            rx.el.p(texts["rubrics"]),
            _rubrics(language),
        ),
        _section("frameworks", _frameworks(language)),
        _section("keys", rx.el.dl(*keys, class_name="keys"), _single_keys()),
        _section(
            "privacy",
            *[rx.el.p(paragraph.format(draft_days=DRAFT_DAYS)) for paragraph in texts["privacy"]],
            _end_session(texts),
        ),
    )


def page() -> rx.Component:
    """Build the page."""
    return frame(
        rx.el.div(rx.el.h1(text("help.heading")), class_name="page-head"),
        _search(),
        rx.el.div(
            rx.el.nav(
                *[anchor(text(f"help.{name}"), to=f"#{name}") for name in _SECTIONS],
                class_name="contents",
                aria_label=text("help.contents"),
            ),
            _content(current_language()),
            class_name="help",
        ),
        current="/help",
    )


def register(app: rx.App) -> None:
    """Add the page."""
    add_page(app, page, path="/help", title=text("help.title"), on_load=HelpState.open)
