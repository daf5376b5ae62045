"""Limits as they are typed: whole evaluations, dollars with a point or a comma, nothing for everybody's."""

from __future__ import annotations

import pytest

from memo_coach.services.accounts.errors import AccountUnfit
from memo_coach.services.accounts.typed_limits import typed_limits
from memo_coach.services.accounts.views import UserLimits


@pytest.mark.parametrize(
    ("evaluations", "dollars", "limits"),
    [
        ("", " ", UserLimits()),
        ("0", "0", UserLimits(0, 0)),
        ("20", "1.5", UserLimits(20, 1_500_000)),
        ("", "0,000001", UserLimits(None, 1)),
    ],
)
def test_what_is_typed_is_read(evaluations: str, dollars: str, limits: UserLimits) -> None:
    assert typed_limits(evaluations, dollars) == limits


@pytest.mark.parametrize(
    ("evaluations", "dollars"),
    [("-1", ""), ("1.5", ""), ("many", ""), ("100001", ""), ("", "1e99"), ("", "NaN"), ("", "0.0000001"),
     ("9" * 400, ""), ("", "sNaN"), ("", "Infinity")],
)  # fmt: skip
def test_what_is_no_limit_is_refused(evaluations: str, dollars: str) -> None:
    with pytest.raises(AccountUnfit):
        typed_limits(evaluations, dollars)
