"""Codes of an authenticator app (TOTP, RFC 6238), and the picture that takes its secret over. Pure."""

import hmac

import pyotp
import segno

STEP = 30  # seconds
DRIFT = 1  # steps a phone's clock may be off, either way


def new_app_secret() -> str:
    return pyotp.random_base32()


def app_address(secret: str, *, account: str, portal: str) -> str:
    """What the app is told, as an otpauth: address."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=portal.replace(":", " "))


def as_picture(text: str) -> str:
    """A QR code as a data: address for an <img>; black on white, whatever the page's colours."""
    return str(segno.make(text, error="m").svg_data_uri(scale=4, border=4, dark="#000", light="#fff"))


def accepted_step(secret: str, code: str, *, now: float, last_step: int) -> int | None:
    """The step whose code this is, if it is near `now` and later than the last one taken; else None.

    A code that was taken once is never taken again (replay), nor is one older than it.
    """
    totp, present = pyotp.TOTP(secret), int(now) // STEP
    given = code.encode()
    found = None
    for step in range(present - DRIFT, present + DRIFT + 1):
        if hmac.compare_digest(totp.at(step * STEP).encode(), given) and step > last_step and found is None:
            found = step
    return found
