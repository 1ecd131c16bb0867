"""The token in the address a mail is answered to: it says which mail of ours, to whom, and cannot be made up.

`support+r<number of the delivery>-<seal>@…`. The seal covers the tenant and the delivery, so a token of one portal
means nothing on another. It lives as long as the mail it stands for: when the links to a ticket are taken back, so are
the tokens of all mails sent before. With "b" for "r" it is the sender of the envelope, to which bounces come.
"""

import re
from hmac import compare_digest

from django.utils.crypto import salted_hmac

from accounts.scoping import current_tenant
from notifications.models import Delivery
from tickets.enums import EventKind

_ADDRESS = re.compile(r"(?P<base>[^@+]+)\+(?P<token>[rb][0-9a-z]{1,13}-[0-9a-f]{16})@(?P<domain>[^@]+)", re.ASCII)
_THREAD = re.compile(r"<(?P<name>ticket(?P<ticket>\d{1,19})\.\d{1,19})\.(?P<seal>[0-9a-f]{16})@[^>]+>", re.ASCII)
_OURS = re.compile(r"<[at]\d+\.\d+\.[0-9a-f]{16}@", re.ASCII)
_LOCAL_PART = 64  # RFC 5321, 4.5.3.1.1
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def answer_address(delivery: Delivery, base: str, *, bounces: bool = False) -> str:
    """`base` with the delivery's token in it; `base` itself where that would be too long for an address."""
    local, _at, domain = base.rpartition("@")
    address = f"{local}+{_token(delivery.pk, 'b' if bounces else 'r')}@{domain}"
    return base if len(address) - len(domain) - 1 > _LOCAL_PART else address


def delivery_answered(address: str) -> Delivery | None:
    """The mail of ours that an address stands for; None where it bears no token, a forged one, another portal's, or one
    that was taken back."""
    found = _ADDRESS.fullmatch(address.strip().lower())
    if found is None:
        return None
    kind, number = found["token"][0], int(found["token"][1:].partition("-")[0], 36)
    if number >= 2**63 or not compare_digest(_token(number, kind), found["token"]):
        return None
    delivery: Delivery | None = Delivery.objects.with_story().filter(pk=number).first()
    return None if delivery is None or was_taken_back(delivery) else delivery


def is_for_bounces(address: str) -> bool:
    """Whether it is the sender of one of our envelopes, to which mail servers alone have something to say."""
    found = _ADDRESS.fullmatch(address.strip().lower())
    return found is not None and found["token"].startswith("b") and delivery_answered(address) is not None


def was_taken_back(delivery: Delivery) -> bool:
    """Whether staff made the links of the delivery's ticket worthless after it was sent."""
    if delivery.ticket is None:
        return False
    return bool(
        delivery.ticket.events.filter(kind=EventKind.LINKS_REVOKED, created_at__gte=delivery.created_at).exists()
    )


def is_like_ours(message_id: str) -> bool:
    """Whether a Message-ID has the form of our mails' (`notifications.actions.fanning_out.message_id_for`), so that it
    is worth asking for the mail. It proves nothing."""
    return _OURS.match(message_id) is not None


def thread_named(message_id: str) -> int | None:
    """The id of the ticket whose thread a Message-ID names (`notifications.composing`); None where it is none of ours.
    It proves nothing: it stands in all mails about the ticket."""
    found = _THREAD.match(message_id)
    if found is None:
        return None
    seal = salted_hmac("notifications.thread", found["name"], algorithm="sha256").hexdigest()[:16]
    number = int(found["ticket"])
    return number if compare_digest(seal, found["seal"]) and number < 2**63 else None


def without_token(address: str) -> str:
    """The address a token was put into; every other address as it is."""
    found = _ADDRESS.fullmatch(address.strip().lower())
    return f"{found['base']}@{found['domain']}" if found else address


def _token(number: int, kind: str) -> str:
    name = f"{kind}{current_tenant().pk}.{number}"
    seal = salted_hmac("notifications.answer", name, algorithm="sha256").hexdigest()[:16]
    return f"{kind}{_base36(number)}-{seal}"


def _base36(number: int) -> str:
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
        if not number:
            return digits
