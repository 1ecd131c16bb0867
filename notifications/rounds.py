"""What the mails that leave in one round share, and where each stands in its reader's conversations."""

from collections.abc import Iterable
from functools import cached_property
from itertools import chain

from django.db.models import Max, Min, OuterRef, Subquery

from notifications.addresses import mail_id_in_header
from notifications.enums import DESK_KINDS, MailState
from notifications.models import Delivery, IncomingMail, MailSettings, MailWording
from notifications.queries import mail_settings, receiving_keys
from tickets.priorities import customers_see_priority


class Outgoing:
    """What the mails of one round share: asked once for all of them, when the first one needs it. Never kept longer,
    so that a change in the settings counts from the next round on."""

    def __init__(self, deliveries: Iterable[Delivery] = ()) -> None:
        self.deliveries = list(deliveries)

    @cached_property
    def settings(self) -> MailSettings:
        return mail_settings()

    @cached_property
    def receiving_keys(self) -> set[str] | None:
        return receiving_keys()

    @cached_property
    def wordings(self) -> dict[tuple[str, str], MailWording]:
        """The portal's own words, by kind of mail and language."""
        return {(row.kind, row.language): row for row in MailWording.objects.all()}

    @cached_property
    def threads(self) -> dict[int, list[str]]:
        return threads_of(self.deliveries)

    @cached_property
    def customers_see_priority(self) -> bool:
        return customers_see_priority()


def threads_of(deliveries: Iterable[Delivery]) -> dict[int, list[str]]:
    """For each of these mails about a ticket, by its id, the Message-IDs that it stands below in its reader's mail
    program: the first and the latest mail about the ticket to the same person before it, and for a customer the last
    mail they wrote on the ticket themselves. In three queries."""
    mails = [mail for mail in deliveries if mail.ticket is not None]
    if not mails:
        return {}
    ends = {key: ends for key, *ends in _ends_before(mails)}
    sent = dict(Delivery.objects.filter(pk__in=set(chain(*ends.values()))).values_list("pk", "message_id"))
    theirs = _last_mails_from([mail for mail in mails if mail.template not in DESK_KINDS])
    found = {}
    for mail in mails:
        earlier = [sent[key] for key in dict.fromkeys(ends.get(mail.pk, ())) if key in sent]
        answered = theirs.get((mail.ticket.pk, mail.recipient_id), "")  # type: ignore[union-attr]
        found[mail.pk] = [*earlier, answered] if answered else earlier
    return found


def _ends_before(mails: list[Delivery]) -> Iterable[tuple[int, int | None, int | None]]:
    """The id of each mail, and of the first and the last one about the same ticket to the same person before it."""
    earlier = Delivery.objects.filter(
        recipient=OuterRef("recipient"), ticket_event__ticket=OuterRef("ticket_event__ticket"), pk__lt=OuterRef("pk")
    )
    grouped = earlier.order_by().values("recipient")
    rows = Delivery.objects.filter(pk__in=[mail.pk for mail in mails]).annotate(
        first=Subquery(grouped.annotate(end=Min("pk")).values("end")),
        last=Subquery(grouped.annotate(end=Max("pk")).values("end")),
    )
    return rows.values_list("pk", "first", "last")


def _last_mails_from(mails: list[Delivery]) -> dict[tuple[int, int], str]:
    """The Message-ID of the last mail that its recipient wrote on a ticket, by ticket and person, as far as it can
    stand in a header."""
    if not mails:
        return {}
    theirs = IncomingMail.objects.filter(
        ticket__in={mail.ticket for mail in mails},
        user__in={mail.recipient_id for mail in mails},
        state__in=(MailState.NEW_TICKET, MailState.REPLY),
    )
    last = theirs.order_by().values("ticket", "user").annotate(last=Max("pk")).values("last")
    rows = IncomingMail.objects.filter(pk__in=last).values_list("ticket_id", "user_id", "mail_id")
    return {(ticket, user): mail_id for ticket, user, mail_id in rows if mail_id_in_header(mail_id)}
