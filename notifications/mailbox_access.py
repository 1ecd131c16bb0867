"""How a mailbox is opened: by its password, or by an access token that a sign-in service gives for it (RFC 6749)."""

import time
from dataclasses import dataclass

from accounts.sealing import Unreadable, unseal
from notifications.enums import MailboxSignIn, MailboxTrouble
from notifications.imap import MailboxAway, MailboxPlace
from notifications.models import Mailbox
from notifications.reaching import post_form

SPARE = 120.0  # seconds before its end in which a token is not begun with
_USUAL_LIFE = 600.0
_tokens: dict[tuple[int, str], tuple[str, float]] = {}  # by mailbox and sealed refresh token; of this process


@dataclass(frozen=True)
class Access:
    """`new_refresh_token`: the sign-in service wants to be asked with this one from now on."""

    place: MailboxPlace
    new_refresh_token: str = ""


def access_to(mailbox: Mailbox, *, timeout: float) -> Access:
    """What a conversation with the mailbox needs. Raises MailboxAway where no access can be had."""
    secret = _opened(mailbox.secret)
    if mailbox.sign_in == MailboxSignIn.PASSWORD:
        return Access(_place(mailbox, secret, uses_token=False))
    known, until = _tokens.get((mailbox.pk, mailbox.secret), ("", 0.0))
    if known and time.monotonic() < until:
        return Access(_place(mailbox, known, uses_token=True))
    token, life, renewed = _asked_for(mailbox, secret, timeout)
    if renewed in ("", secret):
        renewed = ""
        _tokens[mailbox.pk, mailbox.secret] = token, time.monotonic() + life - SPARE
    return Access(_place(mailbox, token, uses_token=True), renewed)


def forget_token(mailbox: Mailbox) -> None:
    """The server did not take it: another one is asked for next time."""
    _tokens.pop((mailbox.pk, mailbox.secret), None)


def _asked_for(mailbox: Mailbox, refresh_token: str, timeout: float) -> tuple[str, float, str]:
    """A new access token, its life in seconds, and the refresh token to use from now on (RFC 6749, section 6)."""
    fields = {"grant_type": "refresh_token", "refresh_token": refresh_token, "client_id": mailbox.client_id}
    if mailbox.client_secret:
        fields["client_secret"] = _opened(mailbox.client_secret)
    try:
        status, said = post_form(mailbox.token_url, fields, timeout=timeout)
    except (OSError, ValueError) as trouble:
        raise MailboxAway(MailboxTrouble.TOKEN, trouble) from trouble
    token = said.get("access_token")
    if status != 200 or not isinstance(token, str) or not token:
        raise MailboxAway(MailboxTrouble.TOKEN, said.get("error_description") or said.get("error") or status)
    life, renewed = said.get("expires_in"), said.get("refresh_token")
    return (
        token,
        float(life) if isinstance(life, int | float) else _USUAL_LIFE,
        renewed if isinstance(renewed, str) else "",
    )


def _place(mailbox: Mailbox, secret: str, *, uses_token: bool) -> MailboxPlace:
    return MailboxPlace(mailbox.host, mailbox.port, mailbox.security, mailbox.username, secret, uses_token)


def _opened(sealed: str) -> str:
    try:
        return unseal(sealed) if sealed else ""
    except Unreadable as reason:
        raise MailboxAway(MailboxTrouble.SIGN_IN, "the password was kept with another key; enter it again") from reason
