"""What tickets hold about a person: those they take part in, as they see them on the pages."""

import re
from collections.abc import Iterable, Iterator
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.folding import clean_line
from accounts.holdings import Field, HeldFile, Part, Row, Worded, contribute
from accounts.models import User
from accounts.scoping import current_tenant
from tickets.answers import shown_answers
from tickets.enums import Channel, MessageKind, Priority, Status
from tickets.models import Attachment, Message, Reading, Ticket, TicketLink
from tickets.priorities import customers_see_priority
from tickets.queries import desk_tickets, messages_for, participating, topics_known_to

CHUNK = 100


def _tickets(person: User) -> Iterable[Row]:
    shows_priority = customers_see_priority()
    known = set(topics_known_to(person).values_list("pk", flat=True))
    for ticket in _theirs(person):
        answers = shown_answers(ticket, staff=False)
        yield {
            "number": ticket.number,
            "subject": ticket.subject,
            "topic": str(ticket.topic) if ticket.topic_id in known else "",
            "filed_by": _who(ticket.requester, person),
            "organisation": ticket.organisation.name if ticket.organisation else "",
            "status": Status(ticket.status),
            "priority": Priority(ticket.priority) if shows_priority else "",
            "channel": Channel(ticket.channel),
            "is_confidential": ticket.is_confidential,
            "filed_at": ticket.created_at,
            "closed_at": ticket.closed_at,
            "answers": [{"question": answer.label, "answer": answer.value} for answer in answers],
            "messages": [_message(message, person) for message in messages_for(ticket, staff=False)],
        }


def _theirs(person: User) -> Iterator[Ticket]:
    return participating(person).order_by("pk").iterator(chunk_size=CHUNK)


def _message(message: Message, person: User) -> Row:
    return {
        "at": message.created_at,
        "by": _author(message, person),
        "channel": Channel(message.channel),
        "text": message.body,
        "quoted": message.quoted,
        "files": [{"name": file.name, "size": file.size} for file in message.attachments.all()],
    }


def _author(message: Message, person: User) -> Worded | str:
    if message.author_id != person.pk and message.is_from_staff:
        return message.author.name or current_tenant().name
    return _who(message.author, person)


def _who(somebody: User, person: User) -> Worded | str:
    """A name, and never a mail address, of anybody but the person themselves."""
    if somebody.pk == person.pk:
        return Worded("self", _("you"))
    return somebody.name or _("somebody without a name")


def _own_files(person: User) -> Iterable[HeldFile]:
    """What they sent themselves. Files of others are on the tickets' pages."""
    own = Attachment.objects.filter(
        message__author=person, message__kind=MessageKind.REPLY, message__ticket__in=participating(person).values("pk")
    )
    for file in own.select_related("message__ticket").order_by("pk").iterator(chunk_size=CHUNK):
        name = f"files/{file.message.ticket.number}/{file.pk}-{_plain_name(file.name)}"
        yield HeldFile(name, partial(file.file.open, "rb"))


def _plain_name(name: str) -> str:
    """A file's name that leads nowhere else and that every system can store."""
    return re.sub(r'[\\/:*?"<>|]', "_", clean_line(name)).strip(". ")[-100:] or "file"


def _readings(person: User) -> Iterable[Row]:
    theirs = Reading.objects.filter(user=person, ticket__in=participating(person).values("pk"))
    for reading in theirs.select_related("ticket", "message").order_by("pk").iterator(chunk_size=CHUNK):
        yield {"ticket": reading.ticket.number, "until": reading.message.created_at}


def _links(person: User) -> Iterable[Row]:
    """When links were made and how long they hold; never the links, which open a ticket without a password."""
    theirs = TicketLink.objects.filter(user=person, ticket__in=participating(person).values("pk"))
    for link in theirs.select_related("ticket").order_by("pk").iterator(chunk_size=CHUNK):
        yield {
            "ticket": link.ticket.number,
            "made_at": link.created_at,
            "until": link.expires_at,
            "revoked_at": link.revoked_at,
        }


def _followed(person: User) -> Iterable[Row]:
    """What an agent follows, as far as they see it."""
    followed = desk_tickets(person).select_related(None).filter(followers__user=person)
    for number in followed.order_by("number").values_list("number", flat=True):
        yield {"ticket": number}


_NUMBER = Field("ticket", gettext_lazy("Ticket"))
PARTS = (
    Part(
        "tickets",
        gettext_lazy("Your tickets"),
        (
            Field("number", gettext_lazy("Number")),
            Field("subject", gettext_lazy("Subject")),
            Field("topic", gettext_lazy("Help topic")),
            Field("filed_by", gettext_lazy("Filed by")),
            Field("organisation", gettext_lazy("Organisation")),
            Field("status", gettext_lazy("Status")),
            Field("priority", gettext_lazy("Priority")),
            Field("channel", gettext_lazy("Filed")),
            Field("is_confidential", gettext_lazy("Confidential")),
            Field("filed_at", gettext_lazy("When")),
            Field("closed_at", gettext_lazy("Closed")),
            Field(
                "answers",
                gettext_lazy("Answers to the form"),
                (Field("question", gettext_lazy("Question")), Field("answer", gettext_lazy("Answer"))),
            ),
            Field(
                "messages",
                gettext_lazy("Messages"),
                (
                    Field("at", gettext_lazy("When")),
                    Field("by", gettext_lazy("By")),
                    Field("channel", gettext_lazy("How")),
                    Field("text", gettext_lazy("Text")),
                    Field("quoted", gettext_lazy("Quoted from earlier mails")),
                    Field(
                        "files",
                        gettext_lazy("Files"),
                        (Field("name", gettext_lazy("Name")), Field("size", gettext_lazy("Size in bytes"))),
                    ),
                ),
            ),
        ),
        _tickets,
        _own_files,
    ),
    Part(
        "readings", gettext_lazy("How far you have read"), (_NUMBER, Field("until", gettext_lazy("Until"))), _readings
    ),
    Part("followed_tickets", gettext_lazy("Tickets you follow"), (_NUMBER,), _followed, staff_only=True),
    Part(
        "ticket_links",
        gettext_lazy("Links to tickets in mails to you"),
        (
            _NUMBER,
            Field("made_at", gettext_lazy("Made")),
            Field("until", gettext_lazy("Good until")),
            Field("revoked_at", gettext_lazy("Ended")),
        ),
        _links,
    ),
)


def contribute_tickets() -> None:
    contribute(*PARTS)
