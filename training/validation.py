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
    lines = []
    for name, which in (
        ("published readings", rows.published),
        ("all readings", np.ones(len(rows.element), bool)),
    ):
        expected = which & rows.expected
        lines += [
            f"{name}: {len(set(rows.document[which]))} documents",
            f"  expected: AUC {roc_auc_score(rows.expected[which], chances['expected'][which]):.3f}, right "
            f"{np.mean((chances['expected'][which] > EXPECTED_FROM) == rows.expected[which]):.3f}",
            f"  absent, where expected: AUC {roc_auc_score(rows.absent[expected], chances['absent'][expected]):.3f}",
            f"  present, where expected: AUC {roc_auc_score(rows.present[expected], chances['present'][expected]):.3f}",
            f"  remark: AUC {roc_auc_score(rows.remark[which], chances['remark'][which]):.3f}",
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
