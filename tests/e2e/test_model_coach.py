"""A model judges: chosen, told where the memo goes, streamed in over the first reading, and never trusted."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Page, expect

from memo_coach.services.rubrics import RubricService
from tests.e2e import pages
from tests.e2e.conftest import NewPage
from tests.e2e.model_sites import (
    PATIENT_MILLISECONDS,
    ModelSites,
    begin,
    expect_asked,
    expect_done,
    first_score,
    judged,
    of_the_model,
    provisional,
    wait_until,
    words_of,
)
from tests.model_server import ModelServer, Pace
from tests.model_server.answers import Asked, good_answer
from tests.model_server.spoiling import FOREIGN_HOST, INVENTED_QUOTE

STEADY = Pace(first_token=0.2, between=0.06, pieces=80)
"""About five seconds for nine criteria."""
CRITERIA = 9


def test_the_coach_can_be_chosen_and_where_the_memo_goes_is_told(fine_page: Page, model: ModelServer) -> None:
    page = fine_page
    pages.open_editor(page)
    coach = page.get_by_role("combobox", name="Coach")
    expect(coach).to_have_value("llm")
    expect(coach.locator("option")).to_have_text(["Model: openai/fine", "Built-in coach"])
    told = page.locator("#destination")
    expect(told).to_contain_text("Your memo goes to openai/fine at 127.0.0.1.")
    expect(told).to_be_in_viewport()
    expect(page.get_by_role("button", name="Evaluate")).to_have_accessible_description(
        re.compile("goes to openai/fine")
    )
    coach.select_option("builtin")
    expect(told).to_have_text("Your memo stays on this server.")
    pages.write(page, pages.sample("weak"))
    pages.evaluate(page)
    expect(page.get_by_test_id("coach")).to_have_text("built-in coach")
    expect(page.locator(".second-opinion")).to_have_count(0)
    assert model.requests == []


def test_what_it_costs_at_most_is_told_once_there_is_a_text(fine_page: Page, model: ModelServer) -> None:
    page = fine_page
    judged(page)  # the prices are there once the model has been asked
    pages.open_editor(page)
    pages.write(page, pages.sample("strong"))
    expect(page.locator("#destination")).to_contain_text(re.compile(r"It costs at most about \$0\.\d+\."))


def test_what_the_model_would_change_leads_to_its_comment_or_to_those_on_the_criterion(
    fine_page: Page, model: ModelServer
) -> None:
    page, memo = fine_page, pages.sample("weak")
    criteria = tuple(criterion.id for criterion in RubricService().get("investment-memo").criteria)
    answer = good_answer(Asked(memo, "", "en", criteria, wants_overall=True, is_chat=False))
    comment = answer["criteria"][1]["comments"][0]
    comment["comment"] = "Nobody is named who watches the supplier. Who would act?"
    answer["overall"]["opportunities"] = [
        "Name who watches the supplier, and who would act.",
        "Make the options complete.",
        "Write shorter.",
    ]
    model.answer_with(json.dumps(answer))
    model.play("scripted")
    begin(page)
    expect_done(page)
    lines = page.locator(".opportunities li")
    expect(lines).to_have_count(3)
    expect(lines.nth(2).get_by_role("link")).to_have_count(0)
    lines.nth(1).get_by_role("link").click()
    expect(page.get_by_role("combobox", name="Criterion")).to_have_value("options")
    page.go_back()
    lines.first.get_by_role("link").click()
    expect(pages.current_card(page)).to_contain_text("Nobody is named who watches the supplier.")


def test_without_a_model_there_is_nothing_to_choose(page: Page) -> None:
    pages.open_editor(page)
    expect(page.get_by_role("combobox", name="Coach")).to_have_count(0)
    expect(page.locator("#destination")).to_be_hidden()


def test_the_first_reading_is_there_before_the_models_first_word(fine_page: Page, model: ModelServer) -> None:
    page = fine_page
    model.hold()
    begin(page)
    expect(first_score(page)).to_be_visible()
    request = expect_asked(model, "fine")
    expect(page.get_by_text("First reading, by the built-in coach")).to_be_visible()
    expect(provisional(page)).to_have_count(CRITERIA)
    expect(page.get_by_text("The model is reading …").first).to_be_visible()
    assert request.pieces_sent == 0
    page.get_by_role("link", name="Read the comments").click()
    page.wait_for_url(pages.DETAILS)
    expect(page.get_by_text("The built-in coach's comments, until the model's are here.")).to_be_visible()
    expect(pages.cards(page).first).to_be_visible()
    assert request.pieces_sent == 0
    model.release()
    expect(page.locator('article[data-card^="m"]').first).to_be_visible()
    expect(page.get_by_text("The built-in coach's comments, until")).to_have_count(0)


def test_criteria_are_replaced_one_by_one_and_the_progress_keeps_step(
    fine_page: Page, model: ModelServer
) -> None:
    page = fine_page
    page.add_init_script(
        """
        window.steps = [];
        addEventListener("DOMContentLoaded", () => new MutationObserver(() => {
          const bar = document.querySelector("[role=progressbar]");
          const all = document.querySelectorAll(".criterion").length;
          if (!bar || !all) return;
          const left = document.querySelectorAll(".criterion.provisional").length;
          const step = [all - left, Number(bar.getAttribute("aria-valuenow"))].join();
          if (window.steps.at(-1) !== step) window.steps.push(step);
        }).observe(document, { subtree: true, childList: true, attributes: true }));
        """
    )
    model.pace = STEADY
    begin(page)
    expect(of_the_model(page).first).to_be_visible()
    assert provisional(page).count() > 0
    expect_done(page)
    steps = [tuple(map(int, step.split(","))) for step in page.evaluate("window.steps")]
    judged_so_far = [judged for judged, _ in steps]
    assert judged_so_far == sorted(judged_so_far), steps
    assert len(set(judged_so_far)) >= 5, steps
    # The first reading is a step of its own. Within one change of the page the two may be one apart.
    assert all(done - 1 <= judged + 1 <= done + 1 for judged, done in steps), steps


def test_the_page_says_who_judged_and_gives_a_second_opinion(fine_page: Page, model: ModelServer) -> None:
    page = fine_page
    judged(page)
    expect(page.get_by_test_id("coach")).to_have_text("openai/fine")
    expect(page.get_by_text("Judged by:")).to_be_visible()
    expect(provisional(page)).to_have_count(0)
    expect(page.get_by_text("First reading", exact=False)).to_have_count(0)
    expect(page.locator(".second-opinion")).to_have_count(CRITERIA)
    expect(page.locator(".usage")).to_have_text(
        re.compile(r"The model read [\d,]+ tokens, wrote [\d,]+, cost \$\d+\.\d+ and took \d+\.\d s\.")
    )
    far = 0
    for criterion in page.locator(".criterion").all():
        score = float(criterion.locator(".mark-given").inner_text())
        second = float(criterion.locator(".second-opinion summary strong").inner_text())
        apart = round(abs(score - second), 1)
        sentence = criterion.get_by_text(f"The two are {apart} points apart: read both.")
        expect(sentence).to_have_count(1 if apart > 1.0 else 0)
        expect(criterion.locator(".apart")).to_have_count(1 if apart > 1.0 else 0)
        far += apart > 1.0
    assert far > 0, "the stand-in's scores show no difference to be told"


def test_what_a_reader_holds_and_has_opened_stays_when_the_model_is_done(
    fine_page: Page, model: ModelServer
) -> None:
    page = fine_page
    model.pace = STEADY
    begin(page)
    opened = of_the_model(page).first.locator(".second-opinion")
    opened.locator("summary").click()
    comments = page.get_by_role("link", name="Read the comments")
    comments.focus()
    place = comments.bounding_box()
    expect_done(page)
    expect(comments).to_be_focused()
    expect(opened).to_have_attribute("open", "")
    assert place is not None
    after = comments.bounding_box()
    assert after is not None
    assert after["x"] == place["x"], "the buttons went aside"


def test_cancel_in_the_middle_stops_the_models_stream(fine_page: Page, model: ModelServer) -> None:
    page = fine_page
    model.pace = Pace(first_token=0.2, between=0.5, pieces=80)
    begin(page)
    expect(of_the_model(page).first).to_be_visible(timeout=PATIENT_MILLISECONDS)
    request = expect_asked(model, "fine")
    assert not request.abandoned
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", name="This evaluation was cancelled")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_be_focused()
    expect(page.get_by_test_id("first-score")).to_be_visible()
    page.reload()
    expect(page.get_by_test_id("first-score")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_be_focused()
    wait_until(lambda: request.abandoned, "the stream is left")
    assert not request.finished
    model.pace = Pace()
    page.keyboard.press("Enter")
    expect_done(page)
    expect(page.get_by_test_id("coach")).to_have_text("openai/fine")


def test_a_reload_in_the_middle_goes_on_following(fine_page: Page, model: ModelServer) -> None:
    page = fine_page
    model.pace = STEADY
    begin(page)
    expect(of_the_model(page)).not_to_have_count(0)
    page.reload()
    expect(first_score(page).or_(page.get_by_test_id("overall-score"))).to_be_visible()
    expect_done(page)
    expect(page.get_by_test_id("coach")).to_have_text("openai/fine")
    assert model.calls("fine") == 1


def test_closing_the_tab_stops_nothing(fine_page: Page, model: ModelServer) -> None:
    page = fine_page
    model.hold()
    evaluation = begin(page)
    request = expect_asked(model, "fine")
    context = page.context
    page.close()
    model.release()
    wait_until(lambda: request.finished, "the answer is at its end")
    again = context.new_page()
    again.goto(f"/feedback/{evaluation}")
    expect_done(again)
    expect(again.get_by_test_id("coach")).to_have_text("openai/fine")
    assert model.calls("fine") == 1


def test_the_same_once_more_comes_from_the_cache_and_says_so(fine_page: Page, model: ModelServer) -> None:
    page = fine_page
    first = judged(page)
    expect(page.get_by_text("from cache")).to_have_count(0)
    score = page.get_by_test_id("overall-score").inner_text()
    second = judged(page)
    assert second != first
    expect(page.get_by_text("openai/fine (from cache)")).to_be_visible()
    expect(page.get_by_test_id("overall-score")).to_have_text(score)
    expect(page.locator(".usage")).to_have_count(0)
    assert model.calls("fine") == 1


def test_the_comments_of_the_built_in_coach_can_be_had_instead(fine_page: Page, model: ModelServer) -> None:
    page = fine_page
    judged(page)
    pages.open_details(page)
    of_model = page.locator('article[data-card^="m"]')
    assert of_model.count() > 0
    page.get_by_role("button", name="Show the built-in coach's comments").click()
    expect(page.get_by_text("These are the built-in coach's comments.")).to_be_visible()
    expect(of_model).to_have_count(0)
    assert pages.cards(page).count() > 0
    switch = page.get_by_role("button", name="Show the model's comments")
    expect(switch).to_be_focused()
    switch.press("Enter")
    expect(of_model.first).to_be_visible()


def test_where_the_model_fails_the_built_in_coach_stands_in_and_the_page_says_so(
    new_page: NewPage, sites: ModelSites, model: ModelServer
) -> None:
    page = new_page(base_url=sites.asking("failing").url)
    judged(page)
    expect(page.get_by_test_id("coach")).to_have_text("built-in coach")
    expect(page.locator(".verdict")).to_contain_text(
        "The built-in coach gave this evaluation. The language model's provider has a fault."
    )
    expect(page.locator(".second-opinion")).to_have_count(0)
    expect(page.locator(".criterion")).to_have_count(CRITERIA)
    pages.open_details(page)
    expect(page.get_by_role("button", name="Show the built-in coach's comments")).to_have_count(0)


def test_where_the_answer_breaks_off_what_came_stays_and_the_rest_is_marked(
    fine_page: Page, model: ModelServer
) -> None:
    model.play("cuts-always")
    page = fine_page
    judged(page)
    expect(page.get_by_test_id("coach")).to_have_text("openai/fine")
    expect(page.locator(".verdict")).to_contain_text("The built-in coach judged in the model's place")
    marked = page.locator(".criterion").filter(has_text="By the built-in coach")
    expect(marked.first).to_be_visible()
    assert 0 < marked.count() < CRITERIA
    expect(page.locator(".second-opinion")).to_have_count(CRITERIA - marked.count())


def test_a_quote_that_does_not_stand_in_the_memo_is_shown_nowhere(
    fine_page: Page, model: ModelServer
) -> None:
    model.play("invented-quotes")
    page = fine_page
    judged(page)
    assert INVENTED_QUOTE[:30] not in words_of(page)
    expect(page.locator(".verdict")).to_contain_text("do not stand in the memo")
    pages.open_details(page)
    assert INVENTED_QUOTE[:30] not in words_of(page)


def test_no_link_image_or_markup_of_a_model_is_rendered(
    fine_page: Page, sites: ModelSites, model: ModelServer
) -> None:
    model.play("hostile-markup")
    page, server = fine_page, sites.asking("fine", debug=True)
    requested: list[str] = []
    page.context.on("request", lambda request: requested.append(request.url))
    judged(page)
    _expect_nothing_foreign(page)
    page.locator(".second-opinion summary").first.click()
    pages.open_details(page)
    expect(page.locator('article[data-card^="m"]').first).to_be_visible()
    _expect_nothing_foreign(page)
    assert requested
    assert all(url.startswith((server.url, server.url.replace("http", "ws"))) for url in requested)


def _expect_nothing_foreign(page: Page) -> None:
    words = words_of(page)
    for forbidden in ("http", "javascript:", "<b>", "<img", "onerror", "srcdoc", FOREIGN_HOST):
        assert forbidden not in words, forbidden
    assert page.locator("main :is(img, iframe, script, b, object, embed)").count() == 0
    leading = page.evaluate(
        "[...document.querySelectorAll('main a')].map((a) => [a.origin === location.origin, a.href])"
    )
    assert leading
    assert all(own for own, _ in leading), leading
    assert "alert" not in words
