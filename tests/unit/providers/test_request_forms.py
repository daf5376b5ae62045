"""What a model takes of a request is learned from what it refuses."""

from __future__ import annotations

from memo_coach.providers.client import RequestForm
from memo_coach.providers.request_forms import RequestForms

MODEL = "openai/some"


def forms() -> RequestForms:
    return RequestForms(lambda model: "schema")


def test_a_refused_schema_becomes_a_tool_call_then_json_then_plain_text() -> None:
    known = forms()
    form: RequestForm | None = known.of(MODEL)
    modes = []
    while form is not None:
        modes.append(form.mode)
        form = known.adapt(MODEL, form, {"format"}, shaped=True)
    assert modes == ["schema", "tool", "json", "plain"]
    assert known.of(MODEL).mode == "plain"


def test_what_one_request_learned_the_next_one_knows() -> None:
    known = forms()
    first = known.of(MODEL)
    learned = known.adapt(MODEL, first, {"format"}, shaped=True)
    assert known.adapt(MODEL, first, {"format"}, shaped=True) == learned
    assert known.of("openai/other").mode == "schema"


def test_temperature_seed_usage_and_the_limits_name_are_given_up_when_refused() -> None:
    known = forms()
    form = known.adapt(MODEL, known.of(MODEL), {"temperature", "seed", "usage", "most-tokens"}, shaped=True)
    assert form == RequestForm("schema", temperature=False, seed=False, usage=False, renamed_limit=True)


def test_a_refusal_that_names_nothing_to_leave_out_stands() -> None:
    known = forms()
    assert known.adapt(MODEL, known.of(MODEL), (), shaped=True) is None
    assert known.adapt(MODEL, known.of(MODEL), {"format"}, shaped=False) is None
