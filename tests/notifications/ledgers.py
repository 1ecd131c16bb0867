"""Rows of the ledger, as if their mails had come."""

import zlib
from datetime import datetime
from itertools import count
from typing import Any

from django.utils import timezone

from accounts.folding import fold_address, fold_text
from notifications.models import IncomingMail, MailAddress, RawMail

_numbers = count(1)


def eml(
    sender: str = "Sture <sture@away.example>", subject: str = "It beeps", body: str = "Loudly.", **more: str
) -> bytes:
    head = {"From": sender, "To": "fault@north.example", "Subject": subject, **more}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in head.items()]
    return "\r\n".join([*lines, "", body, ""]).encode()


def stored(
    *,
    sender: str = "sture@away.example",
    subject: str = "It beeps",
    state: str = "held",
    reason: str = "not_on_ticket",
    raw: bytes | None = None,
    received_at: datetime | None = None,
    **values: Any,
) -> IncomingMail:
    """One mail with its bytes. In the scope's tenant."""
    content = eml(sender, subject) if raw is None else raw
    mail: IncomingMail = IncomingMail.objects.create(
        source="pipe",
        source_key=f"pipe:{next(_numbers)}",
        digest="0" * 64,
        size=len(content),
        received_at=received_at or timezone.now(),
        processed_at=timezone.now(),
        state=state,
        reason="" if state in ("waiting", "reply", "new_ticket") else reason,
        sender=sender,
        sender_key=fold_address(sender) if sender else "",
        subject=subject,
        search_key=fold_text(f"{sender} {values.get('sender_name', '')} {subject}"),
        **values,
    )
    RawMail.objects.create(mail=mail, content=zlib.compress(content))
    return mail


def address_of(portal: Any, name: str = "fault", **values: Any) -> MailAddress:
    given = {"topic": portal.topic, **values}
    address: MailAddress = MailAddress.objects.create(email=f"{name}@{portal.tenant.slug}.example", **given)
    return address
