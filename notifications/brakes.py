"""When mails come too often to be somebody's. What the headers say does not count here: a loop whose every header was
stripped is stopped as well (RFC 3834, section 2, asks for a limit on answers to one address)."""

import re
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from notifications.enums import MailKind, MailReason, MailState, Verdict
from notifications.models import Delivery, IncomingMail, MailSettings
from notifications.queries import mail_settings, of_one_mailbox, verdict_on
from tickets.models import Ticket

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SAME_SUBJECT_A_DAY = 3  # of mails that differ in nothing but numbers: a fourth was not written by anybody
NEW_TICKETS_A_DAY = 20  # of one sender; people with more to ask are accepted once by the staff
ON_ONE_TICKET_AN_HOUR = 8
ON_ONE_TICKET_A_DAY = 30
UNPROVEN_OF_ONE_DOMAIN = 60  # acknowledgements an hour
ACKNOWLEDGEMENTS_A_DAY = 4  # times those of an hour
_SEEN = ("received_at", "state", "reason", "decided_at", "subject")
_LOOKED_AT = 1_000  # of a sender's mails of a day; who sends more is stopped by those
_NUMBERS = re.compile(r"[\W\d_]+")


def is_looping(
    mail: IncomingMail,
    ticket: Ticket | None = None,
    *,
    is_accepted: bool | None = None,
    settings: MailSettings | None = None,
) -> bool:
    """Whether a mail is to be held, because its sender sends as only machines do: too many an hour, the same subject
    again and again, too many new tickets a day, or too much on one ticket (`ticket`, where it is known already).

    Asked before the mail is settled; the mail itself does not count. `is_accepted`: whether staff always accept the
    sender, and `settings` the portal's, where the caller knows them. Whom staff always accept may be a machine, and is
    held only for flooding one ticket. Otherwise a sender once held stays held until a day has passed or staff decide.
    """
    if not mail.sender_key:
        return False
    now = timezone.now()
    theirs = of_one_mailbox("sender_key", mail.sender_key)
    today = IncomingMail.objects.filter(theirs, received_at__gt=now - DAY).exclude(pk=mail.pk)
    if ticket is not None:
        lately = today.filter(received_at__gt=now - HOUR)
        on_it = lately.filter(ticket=ticket).count() >= ON_ONE_TICKET_AN_HOUR
        return on_it or today.filter(ticket=ticket).count() >= ON_ONE_TICKET_A_DAY
    if verdict_on(mail.sender_key) == Verdict.ACCEPT if is_accepted is None else is_accepted:
        return False
    # All at once: this is asked of every mail, and most senders have written nothing else today.
    rows = list(today.order_by("-received_at").values_list(*_SEEN, named=True)[:_LOOKED_AT])
    if not rows:
        return False
    limit = (settings or mail_settings()).mails_an_hour
    opened = [row for row in rows if row.state in (MailState.NEW_TICKET, MailState.HELD)]
    return (
        sum(row.received_at > now - HOUR for row in rows) >= limit
        or sum(_bare(row.subject) == _bare(mail.subject) for row in opened) >= SAME_SUBJECT_A_DAY
        or len(opened) >= NEW_TICKETS_A_DAY
        or any(row.reason == MailReason.LOOP and row.decided_at is None for row in opened)
    )


def may_acknowledge(person: User) -> bool:
    """Whether one more acknowledgement may go to this person's address: only so many an hour and a day, because anybody
    can make us mail anybody; and only so many an hour to addresses of one domain that nobody has proven, because there
    anybody can make addresses up."""
    now, limit = timezone.now(), mail_settings().acknowledgements_an_hour
    confirmations = Delivery.objects.filter(template=MailKind.CONFIRMATION)
    if person.verified_at is None and _of_domain(person, confirmations).count() >= UNPROVEN_OF_ONE_DOMAIN:
        return False
    sent = confirmations.filter(recipient__in=User.objects.filter(of_one_mailbox("email_key", person.email_key)))
    if sent.filter(created_at__gt=now - HOUR).count() >= limit:
        return False
    return bool(sent.filter(created_at__gt=now - DAY).count() < limit * ACKNOWLEDGEMENTS_A_DAY)


def _of_domain(person: User, confirmations: QuerySet[Delivery]) -> QuerySet[Delivery]:
    lately = confirmations.filter(created_at__gt=timezone.now() - HOUR, recipient__verified_at=None)
    return lately.filter(address__iendswith="@" + person.email_key.rpartition("@")[2])


def _bare(subject: str) -> str:
    return _NUMBERS.sub(" ", subject.casefold()).strip()
