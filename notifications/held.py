"""What notifications hold about a person: the mails to them, and which they chose not to get. Never a mail's text."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy

from accounts.holdings import Field, Part, Row, contribute
from accounts.models import User
from notifications.enums import DeliveryState, MailKind
from notifications.models import Delivery
from notifications.queries import muted_by, paces_of

CHUNK = 200


def _mails(person: User) -> Iterable[Row]:
    """Without those that would confirm a new address: one that was not sent would tell that somebody has it. That it
    was asked for stands among the account's events."""
    theirs = Delivery.objects.with_event().filter(recipient=person).order_by("pk")
    theirs = theirs.exclude(template=MailKind.ADDRESS_REQUESTED)
    for mail in theirs.iterator(chunk_size=CHUNK):
        yield {
            "at": mail.created_at,
            "kind": MailKind(mail.template),
            "address": mail.address,
            "ticket": mail.ticket.number if mail.ticket else None,
            "state": DeliveryState(mail.state),
            "sent_at": mail.sent_at,
        }


def _choices(person: User) -> Iterable[Row]:
    for kind in sorted(muted_by(person)):
        yield {"switched_off": kind}


def _collected(person: User) -> Iterable[Row]:
    for kind, pace in sorted(paces_of(person).items()):
        yield {"kind": kind, "pace": pace}


PARTS = (
    Part(
        "mail_choices",
        gettext_lazy("Mails you switched off"),
        (Field("switched_off", gettext_lazy("Kind")),),
        _choices,
    ),
    Part(
        "mails_collected",
        gettext_lazy("Mails that are collected for you"),
        (Field("kind", gettext_lazy("Kind")), Field("pace", gettext_lazy("How often"))),
        _collected,
    ),
    Part(
        "mails",
        gettext_lazy("Mails to you"),
        (
            Field("at", gettext_lazy("When")),
            Field("kind", gettext_lazy("Kind")),
            Field("address", gettext_lazy("To")),
            Field("ticket", gettext_lazy("Ticket")),
            Field("state", gettext_lazy("What became of it")),
            Field("sent_at", gettext_lazy("Sent")),
        ),
        _mails,
    ),
)


def contribute_mails() -> None:
    contribute(*PARTS)
