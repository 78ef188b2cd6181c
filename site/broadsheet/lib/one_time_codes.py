"""The codes of an authenticator app (RFC 6238): six digits, SHA-1, a new one each thirty seconds.

These are what every app can do; longer codes and other hashes, many read over in silence.
"""

import hmac
from datetime import datetime
from typing import TYPE_CHECKING

from broadsheet.lib.lazy import lazily

if TYPE_CHECKING:
    import pyotp
    import segno
else:
    pyotp = lazily("pyotp")
    segno = lazily("segno")

SECONDS = 30
DIGITS = 6
# A clock may be a step behind or ahead, and a code may be typed slowly (RFC 6238, section 5.2).
STEPS = (0, -1, 1)


def new_secret() -> str:
    """160 random bits (RFC 4226, section 4) in base 32."""
    return str(pyotp.random_base32(32))


def address(secret: str, *, account: str, issuer: str) -> str:
    """What the app reads from the QR code: `otpauth://totp/…`."""
    return str(pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer))


def drawn(address: str) -> str:
    """The QR code as SVG: dark on light in both schemes, for not every app reads the reverse."""
    code = segno.make(address, error="m", micro=False)
    return str(
        code.svg_inline(
            border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr-code", lineclass=None
        )
    )


def step_of(typed: str, secret: str, at: datetime) -> int | None:
    """The time step whose code it is, within one of now; None if it is none. Spaces do not matter."""
    digits = "".join(typed.split())
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
        return None
    now = int(at.timestamp()) // SECONDS
    totp = pyotp.TOTP(secret, digits=DIGITS, interval=SECONDS)
    found = [step for step in STEPS if hmac.compare_digest(totp.generate_otp(now + step), digits)]
    return now + found[0] if found else None
