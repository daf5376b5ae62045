"""Limits of an account as an administrator types them."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Final

from memo_coach.services.accounts.errors import AccountUnfit
from memo_coach.services.accounts.users import MOST_EVALUATIONS_A_DAY, MOST_MICRO_USD_A_DAY
from memo_coach.services.accounts.views import UserLimits
from memo_coach.translations import number, text

MICRO: Final = 1_000_000
LONGEST: Final = 20
"""Characters of a number that are read."""


def typed_limits(evaluations_a_day: str, usd_a_day: str) -> UserLimits:
    """Read both; what is empty is what holds for everybody. Dollars may have a comma for the point.

    Raises:
        AccountUnfit: one is no number from 0 to what may be.
    """
    return UserLimits(
        evaluations_a_day=_read(evaluations_a_day, 1, MOST_EVALUATIONS_A_DAY),
        micro_usd_a_day=_read(usd_a_day.replace(",", "."), MICRO, MOST_MICRO_USD_A_DAY),
    )


def _read(typed: str, unit: int, most: int) -> int | None:
    typed = typed.strip()
    if not typed:
        return None
    try:
        value = Decimal(typed) * unit if len(typed) <= LONGEST else Decimal(-1)
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or not 0 <= value <= most or value != value.to_integral_value():
        raise AccountUnfit(text("accounts.limit_unfit", most=number(most / unit)))
    return int(value)
