"""What the writing page hands to the editor's script."""

from __future__ import annotations

import json
import re

from memo_coach.ui.assets import ASSETS
from memo_coach.ui.pages import write

SAID = re.compile(r"""(?:message|say)\((?:[^()"]*\? )?"(\w+)"(?: : "(\w+)")?""")


def test_every_sentence_that_the_script_says_reaches_the_page() -> None:
    script = (ASSETS / "editor.js").read_text("utf-8")
    names = {name for found in SAID.findall(script) for name in found if name}
    assert {"saved", "words", "word", "too_long", "two_files"} <= names
    page = json.dumps(write.page().render(), default=str)
    for name in names:
        assert f"data-{name.replace('_', '-')}" in page
