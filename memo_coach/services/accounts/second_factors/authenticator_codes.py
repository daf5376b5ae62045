"""Codes of an authenticator app (RFC 6238): six digits that change every half minute."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from memo_coach.services.accounts.second_factors.views import AuthenticatorSetup

STEP_SECONDS: Final = 30
STEPS_BESIDE: Final = 1
"""A clock may be so many half minutes early or late (RFC 6238, 5.2)."""
_DIGITS: Final = re.compile(r"[0-9]{6}", re.ASCII)
_SPACES: Final = re.compile(r"[\s-]+")
LONGEST_TYPED: Final = 64


def new_secret() -> str:
    """Return a fresh secret of 160 bits, in base 32."""
    import pyotp  # noqa: PLC0415 - who has none does without

    return pyotp.random_base32(32)


def step_of(secret: str, typed: str, now: datetime) -> int | None:
    """Return the half minute whose code was typed; ``None`` where it is that of none near now."""
    import pyotp  # noqa: PLC0415

    code = _SPACES.sub("", typed[:LONGEST_TYPED])
    if not _DIGITS.fullmatch(code):
        return None
    generator, current = pyotp.TOTP(secret), int(now.timestamp()) // STEP_SECONDS
    for step in range(current - STEPS_BESIDE, current + STEPS_BESIDE + 1):
        if pyotp.utils.strings_equal(generator.generate_otp(step), code):
            return step
    return None


def setup_of(secret: str, email: str, installation: str) -> AuthenticatorSetup:
    """Return what an app has to know, to be typed and to be photographed."""
    import pyotp  # noqa: PLC0415
    import segno  # noqa: PLC0415

    address = pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=installation)
    # Dark on light whatever the page looks like: not all cameras read it the other way round.
    picture = segno.make(address, error="m", micro=False).svg_inline(
        scale=4, border=4, dark="#000", light="#fff", omitsize=True, svgclass="code-picture", lineclass=None
    )
    grouped = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return AuthenticatorSetup(grouped, picture)
