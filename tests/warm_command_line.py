"""The command line as the processes of tests find it: it has judged a memo in each language before.

The first memo has the coach read its rubrics and words and compile its patterns, which takes longer than to
judge one. What is kept of that is the same for every memo. Only the process that all others are forked from
loads this.
"""

from __future__ import annotations

import tests.command_line  # noqa: F401 - what the commands need, loaded
from memo_coach.coaching.builtin.coach import evaluate_text
from memo_coach.coaching.rubric.reader import shipped_rubrics
from memo_coach.coaching.samples import samples

for _language in ("en", "es"):
    _rubric = shipped_rubrics()[0]
    evaluate_text(samples(_rubric.id, _language)[0].text, _rubric)
