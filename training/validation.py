"""How well the models do on documents that they never saw, fold by fold."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import roc_auc_score

from memo_coach.coaching.builtin.elements.reading import EXPECTED_FROM, MISSING_FROM
from training.memos_model import Rows, held_out, with_answers


def report(rows: Rows) -> str:
    """Return precision and recall of "missing" where it is expected, on the published readings and on all."""
    rows = with_answers(rows)
    chances = {answer: held_out(rows, answer) for answer in ("absent", "present", "expected", "remark")}

    def area(answer: str, among: np.ndarray) -> str:
        return f"{roc_auc_score(getattr(rows, answer)[among], chances[answer][among]):.3f}"

    lines = []
    for name, which in (
        ("published readings", rows.published),
        ("all readings", np.ones(len(rows.element), bool)),
    ):
        expected = which & rows.expected
        right_of_expected = np.mean((chances["expected"][which] > EXPECTED_FROM) == rows.expected[which])
        lines += [
            f"{name}: {len(set(rows.document[which]))} documents",
            f"  expected: AUC {area('expected', which)}, right {right_of_expected:.3f}",
            f"  absent, where expected: AUC {area('absent', expected)}",
            f"  present, where expected: AUC {area('present', expected)}",
            f"  remark: AUC {area('remark', which)}",
        ]
        for limit in (0.2, 0.24, MISSING_FROM, 0.32, 0.36, 0.4, 0.5):
            said = expected & (chances["absent"] >= limit)
            right, wrong = (said & rows.absent).sum(), (said & rows.present).sum()
            overlooked = (expected & ~said & rows.absent).sum()
            lines.append(
                f"  missing from {limit:.2f} on: precision {right / (right + wrong):.3f}, "
                f"recall {right / (right + overlooked):.3f}"
            )
    return "\n".join(lines) + "\n"
