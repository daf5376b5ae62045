"""Limits of an account as an administrator types them."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Final

from memo_coach.services.accounts.errors import AccountUnfit
from memo_coach.services.accounts.users import MOST_EVALUATIONS_A_DAY, MOST_MICRO_USD_A_DAY
from memo_coach.services.accounts.views import UserLimits
from memo_coach.translations import number, text

MICRO: Final = 1_000_000
NONE: Final = "none"
"""Typed for no model at all, in every language: it stands among names of models."""
LONGEST_MODELS: Final = 2_000
"""Characters of names of models that are read."""
LONGEST: Final = 20
"""Characters of a number that are read."""


def typed_limits(
    evaluations_a_day: str, usd_a_day: str, models: str = "", configured: tuple[str, ...] = ()
) -> UserLimits:
    """Read them; what is empty is what holds for everybody. Dollars may have a comma for the point.

    ``models`` are names of the configured ones, by commas, or the word for none.

    Raises:
        AccountUnfit: one is no number from 0 to what may be, or no model that there is.
    """
    return UserLimits(
        evaluations_a_day=_read(evaluations_a_day, 1, MOST_EVALUATIONS_A_DAY),
        micro_usd_a_day=_read(usd_a_day.replace(",", "."), MICRO, MOST_MICRO_USD_A_DAY),
        models=_models(models, configured),
    )


def _models(typed: str, configured: tuple[str, ...]) -> tuple[str, ...] | None:
    parts = typed[:LONGEST_MODELS].split(",")
    names = tuple(dict.fromkeys(name.strip() for name in parts if name.strip()))
    if not names:
        return None
    if names == (NONE,):
        return ()
    if not set(names) <= set(configured):
        known = ", ".join((NONE, *configured))
        raise AccountUnfit(text("accounts.model_unknown", known=known))
    return names


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
