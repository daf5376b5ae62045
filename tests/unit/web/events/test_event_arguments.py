"""What an event carries is bounded before anything is kept of it."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
from reflex_base.utils.form import FORM_DATA_ENTRIES_KEY

from memo_coach.web.events.arguments import (
    LONGEST_ADDRESS,
    LONGEST_PATH,
    LONGEST_TEXT,
    MOST_ENTRIES,
    Unfit,
    characters_in,
    page_of,
)
from memo_coach.web.events.authorisation import checked
from tests.some import some

ROOT = "reflex___state____state.memo_coach___ui___states___"
CHOOSE_RUBRIC = f"{ROOT}write____write_state.choose_rubric"
REVIEW = f"{ROOT}write____write_state.review"
EVALUATE = f"{ROOT}write____write_state.evaluate"
ASK = f"{ROOT}chat____chat_state.ask"
CONDEMN = f"{ROOT}deletion____deletion_state.ask_about_memo"
REPORT = "reflex___state____state.reflex___state____frontend_event_exception_state.handle_frontend_exception"


@pytest.fixture(scope="module", autouse=True)
def application() -> Any:
    """Return the application, whose import registers its states and rules."""
    return importlib.import_module("memo_coach.memo_coach").app


def sent_form(**fields: Any) -> dict[str, Any]:
    """Return a form as a page sends it."""
    return {"form": {FORM_DATA_ENTRIES_KEY: [[name, value] for name, value in fields.items()]}}


def nested(depth: int) -> Any:
    return [] if depth == 0 else [nested(depth - 1)]


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        (CHOOSE_RUBRIC, {"rubric": "r" * LONGEST_TEXT}),
        (CONDEMN, {"memo": "m" * LONGEST_TEXT, "title": "t"}),
        (REVIEW, {"memo": "word " * 60_000}),
        (EVALUATE, {"form": {"memo": "word " * 60_000, "rubric": "status-update", "revision": "12"}}),
        (ASK, {"form": {"question": "why " * 2_000}}),
        (EVALUATE, sent_form(memo="word " * 60_000, memo_id="m1", revision="12", rubric="status-update")),
        (ASK, sent_form(question="why " * 2_000)),
        (REPORT, {"info": "Error: " * 5_000, "component_stack": "at x"}),
    ],
)
def test_what_pages_send_is_taken(name: str, payload: dict[str, Any]) -> None:
    assert checked(name, payload) == characters_in(payload)


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        (CHOOSE_RUBRIC, {"rubric": "r" * (LONGEST_TEXT + 1)}),
        (CONDEMN, {"memo": "m" * (LONGEST_TEXT + 1), "title": "t"}),
        (REVIEW, {"memo": "m" * 1_000_001}),
        (EVALUATE, {"form": {"memo": "m", "rubric": "r" * (LONGEST_TEXT + 1)}}),
        (EVALUATE, {"form": {"memo": "m", "another": "r" * (LONGEST_TEXT + 1)}}),
        (EVALUATE, {"form": {"n" * (LONGEST_TEXT + 1): "r"}}),
        (EVALUATE, {"form": {str(number): "" for number in range(MOST_ENTRIES + 1)}}),
        (EVALUATE, {"form": {"memo": [["m" * 400]]}}),
        (EVALUATE, {"form": {"memo": nested(5)}}),
        (EVALUATE, {"form": {"revision": 2**70}}),
        (ASK, {"form": {"question": "q" * 100_001}}),
        (ASK, sent_form(question="q" * 100_001)),
        (EVALUATE, sent_form(memo="m", rubric="r" * (LONGEST_TEXT + 1))),
        (EVALUATE, sent_form(memo="m", another=["r"])),
        (EVALUATE, sent_form(**{f"field {number}": "" for number in range(MOST_ENTRIES + 1)})),
        (EVALUATE, {"form": {FORM_DATA_ENTRIES_KEY: [["memo", "m"]], "more": "x" * 300}}),
        (EVALUATE, {"form": {FORM_DATA_ENTRIES_KEY: [["memo", "m", "m"]]}}),
        (EVALUATE, {"form": {FORM_DATA_ENTRIES_KEY: {"memo": "m"}}}),
        (EVALUATE, {"form": {FORM_DATA_ENTRIES_KEY: [[5, "m"]]}}),
        (REPORT, {"info": "x" * 50_001, "component_stack": ""}),
    ],
)
def test_what_is_longer_or_deeper_than_declared_is_refused(name: str, payload: dict[str, Any]) -> None:
    with pytest.raises(Unfit):
        checked(name, payload)


def test_a_text_is_bounded_in_every_handler_that_a_browser_may_call(application: Any) -> None:
    # Whatever is declared, nothing is longer than one frame of the socket.
    handlers = application._registration_context.event_handlers
    for name in some(handlers):
        with pytest.raises(Unfit):
            checked(name, {"value": "x" * 1_000_001})


def test_of_a_page_only_what_ours_send_is_kept() -> None:
    sent = {
        "pathname": "/details/e1",
        "asPath": "/details/e1?x=1",
        "query": {"evaluation": "e1", "long": "x" * (LONGEST_TEXT + 1), "n" * 400: "1", "list": ["a"] * 9},
        "headers": {"cookie": "x=y"},
        "anything": "x" * 900_000,
    }
    assert page_of(sent) == {
        "pathname": "/details/e1",
        "asPath": "/details/e1?x=1",
        "query": {"evaluation": "e1"},
    }


def test_a_query_that_another_site_made_long_is_left_out_and_the_page_works() -> None:
    sent = {"pathname": "/help", "asPath": "/help?ref=" + "x" * LONGEST_ADDRESS, "query": {"ref": "x" * 900}}
    assert page_of(sent) == {"pathname": "/help", "asPath": "/help"}


def test_a_path_longer_than_any_of_ours_is_no_page() -> None:
    assert page_of({"pathname": "/" + "x" * LONGEST_PATH, "asPath": "/"}) == {}


def test_too_many_parameters_are_none() -> None:
    query = {str(number): "x" for number in range(MOST_ENTRIES + 1)}
    assert page_of({"pathname": "/", "asPath": "/", "query": query}) == {"pathname": "/", "asPath": "/"}


@pytest.mark.parametrize("sent", [None, [], "x", {"pathname": 1}, {"pathname": "/", "asPath": ["/"]}])
def test_what_is_no_page_is_refused(sent: Any) -> None:
    with pytest.raises(Unfit):
        page_of(sent)
