"""The Help page: frameworks as their document has them, and what becomes of a memo."""

from __future__ import annotations

import json

from memo_coach.coaching.documents.frameworks import shipped_frameworks
from memo_coach.ui.pages.help import page
from tests.some import some


def test_the_page_shows_each_framework_with_its_example() -> None:
    shown = str(page())
    for framework in some(shipped_frameworks().frameworks):
        for text in (framework.name, framework.idea, framework.caption, framework.example):
            assert json.dumps(text["en"]) in shown


def test_the_page_says_when_a_memo_goes_to_a_model() -> None:
    assert "a memo goes to that model when you evaluate it with the model coach" in str(page())
