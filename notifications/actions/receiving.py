"""The one door of every mail that reaches us: it is stored before anything reads it."""

import hashlib
import zlib
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.poking import poke_worker
from notifications.addresses import header_line
from notifications.enums import MailSource
from notifications.models import IncomingMail, Mailbox, RawMail

_SOURCE_KEY = 200
_RECIPIENT = 320  # RFC 5321, 4.5.3.1: 64 before the "@", 255 after it
_QUICKLY = 1  # zlib's level: a mail waits for this, and base64 shrinks little more at higher ones


def receive_mail(
    *,
    raw: bytes,
    source: MailSource,
    source_key: str,
    recipient: str = "",
    mailbox: Mailbox | None = None,
    received_at: datetime | None = None,
    size: int | None = None,
    actor: User | None = None,
) -> IncomingMail:
    """Store a mail that reached us, in the scope's tenant. Once this returns it is safe, and a worker will read it.

    `source_key` names the mail at its source: the same key again stores nothing and returns the row there is, so every
    source may bring a mail as often as it likes until it has heard that it is stored, and must mark it as fetched only
    then. `recipient` is the envelope's, where the source knows it. `size` is given where only a mail's beginning was
    brought. `actor` is the colleague who uploaded it, None for machines. Nothing is parsed here, so no mail is too
    broken to be stored. Raises database errors only; nothing is stored then.
    """
    now = timezone.now()
    mail = IncomingMail(
        source=source,
        source_key=_fitting(source_key),
        mailbox=mailbox,
        recipient=header_line(recipient)[:_RECIPIENT],
        digest=hashlib.sha256(raw).hexdigest(),
        size=len(raw) if size is None else size,
        received_at=received_at or now,
        next_attempt_at=now,
    )
    content = zlib.compress(raw, _QUICKLY)
    try:
        with transaction.atomic(durable=True):
            mail.save(force_insert=True)
            RawMail.objects.create(mail=mail, content=content)
            poke_worker()
    except IntegrityError:
        # Stored before, or by somebody faster: the constraint decides. Few are brought twice, so nobody looks first.
        known: IncomingMail | None = IncomingMail.objects.filter(source_key=mail.source_key).first()
        if known is None:
            raise
        return known
    return mail


def _fitting(source_key: str) -> str:
    """A key that fits its column and any database: what is too long, or holds what is none, stands by its digest."""
    if len(source_key) <= _SOURCE_KEY and source_key.isprintable():
        return source_key
    kind = source_key.partition(":")[0]
    digest = digest_of(source_key.encode(errors="replace"))
    return f"{kind}:{digest}" if kind.isalnum() and len(kind) < 10 else digest


def digest_of(*parts: bytes) -> str:
    """The SHA-256 of all parts, told apart: what a source that numbers nothing names its mails by."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()
