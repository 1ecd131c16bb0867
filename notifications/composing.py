"""From a delivery to the finished mail, in its reader's language and time zone."""

import re
from email.utils import format_datetime, formataddr
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.text import Truncator

from accounts.branding import accents
from accounts.models import Tenant, User
from accounts.scoping import current_tenant
from accounts.tokens.passwords import password_link
from notifications.account_mails import about_account
from notifications.addresses import ascii_address, body_text, header_line, mail_id_in_header
from notifications.enums import DESK_KINDS, MailKind, Trouble
from notifications.envelopes import Envelope, envelope_of, speaker_of
from notifications.facts import Letter, Refused
from notifications.mail.marks import mark
from notifications.mail.writing import words, write
from notifications.models import Delivery
from notifications.muting_links import unsubscribe_link
from notifications.naming import moment_in_words, name_of
from notifications.rounds import Outgoing
from notifications.worded import in_own_words
from tickets.answers import shown_answers, with_colon
from tickets.enums import Channel, EventKind, Status
from tickets.links import ticket_link
from tickets.models import Ticket, TicketEvent
from tickets.origins import origin_of
from tickets.queries import followers_of, takes_part, topics_known_to, where_it_leads

WORDS_LIMIT = 20_000  # characters of somebody's text in a mail; the rest is on the ticket's page
ANSWER_LIMIT = 500  # of one answer to a form's question, of which there may be many
WITH_FORM = frozenset({MailKind.CONFIRMATION, MailKind.NEW_TICKET, MailKind.ASSIGNED, MailKind.TRANSFERRED})


def compose(delivery: Delivery, round_: Outgoing | None = None) -> Letter:
    """The mail, made anew from the row each time it is sent; the Message-ID stays the same.

    Side effect: the life of the customer's link to the ticket is renewed. Raises ValueError when the recipient's
    address can stand in no mail, Refused where there is nothing to tell any more.
    """
    tenant, person, round_ = current_tenant(), delivery.recipient, round_ or Outgoing([delivery])
    recipient = ascii_address(delivery.address)
    person.tenant = tenant
    envelope = envelope_of(delivery, tenant, round_)
    with translation.override(person.reading_language), timezone.override(person.reading_time_zone):
        context = _context(delivery, tenant, round_) | _ways_back(delivery, envelope)
        subject, text, html = _said(delivery, context, round_)
    return Letter(
        subject=subject,
        sender_name=envelope.sender_name,
        sender=envelope.sender,
        reply_to=envelope.reply_to,
        bounces_to=envelope.bounces_to,
        recipient=recipient,
        text=body_text(re.sub(r"\n{3,}", "\n\n", text)).strip() + "\n",
        html=body_text(html).strip() + "\n",
        headers=_headers(delivery, str(context["unsubscribe_link"]), round_),
        files=context.get("files_along", ()),
    )


def as_message(letter: Letter) -> EmailMultiAlternatives:
    """The letter as Django and anymail know mails."""
    message = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        from_email=formataddr((letter.sender_name, letter.sender)),
        to=[letter.recipient],
        reply_to=[letter.reply_to],
        headers=letter.headers,
    )
    message.attach_alternative(letter.html, "text/html")
    for one in letter.files:
        message.attach(one.name, one.content, one.content_type)
    return message


def as_bytes(letter: Letter) -> bytes:
    """The letter as it goes over the wire, with CR LF at the ends of lines."""
    return write(
        [
            ("From", formataddr((letter.sender_name, letter.sender))),
            ("To", letter.recipient),
            ("Reply-To", letter.reply_to),
            ("Subject", words(letter.subject)),
            *letter.headers.items(),
        ],
        text=letter.text,
        html=letter.html,
        files=[(one.name, one.content_type, one.content) for one in letter.files],
    )


def _said(delivery: Delivery, context: dict[str, Any], round_: Outgoing) -> tuple[str, str, str]:
    """Subject, text and HTML: in the portal's own words where it has some, else in the original ones."""
    own = in_own_words(delivery.template, context, round_)
    template = "worded" if own else delivery.template
    subject = header_line(own["worded_subject"] if own else render_to_string(f"mail/{template}.subject.txt", context))
    context = context | own | {"title": subject}
    text, html = (render_to_string(f"mail/{template}.{ending}", context) for ending in ("txt", "html"))
    return subject, text, html


def _ways_back(delivery: Delivery, envelope: Envelope) -> dict[str, Any]:
    """What a reader can do with the mail itself: answer it, and stop such mails."""
    to_customer = envelope.takes_answers and delivery.template not in DESK_KINDS
    return {
        "takes_answers": envelope.takes_answers,
        "mark": mark(delivery.recipient.reading_language) if to_customer else "",
        "unsubscribe_link": _way_to_stop(delivery),
    }


def _way_to_stop(delivery: Delivery) -> str:
    """The address that stops such mails (RFC 8058); none where it would not: whoever on the desk has the ticket, or
    follows it, is told of it whatever they chose."""
    person, ticket, kind = delivery.recipient, delivery.ticket, MailKind(delivery.template)
    link = unsubscribe_link(person, kind, delivery.created_at)
    if not link or ticket is None or kind not in DESK_KINDS:
        return link
    return "" if ticket.assignee_id == person.pk or person in followers_of(ticket) else link


def _headers(delivery: Delivery, unsubscribe: str, round_: Outgoing) -> dict[str, str]:
    receipt = delivery.template == MailKind.CONFIRMATION and delivery.event.actor_id == delivery.recipient_id
    turned_away = delivery.account_event is not None and "answers" in delivery.account_event.data
    headers = {
        "Message-ID": delivery.message_id,
        "Date": format_datetime(delivery.created_at),
        "Auto-Submitted": "auto-replied" if receipt or turned_away else "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if unsubscribe:
        headers["List-Unsubscribe"] = f"<{unsubscribe}>"
        if unsubscribe.startswith("https:"):  # RFC 8058, 3.1
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    written = mail_id_in_header(delivery.event.data["answers"]) if turned_away else ""
    if written:  # RFC 3834, 3.1.5
        headers |= {"References": written, "In-Reply-To": written}
    if delivery.ticket:
        before = round_.threads.get(delivery.pk, [])
        headers["References"] = " ".join([_thread_id(delivery), *before])
        if before:
            headers["In-Reply-To"] = before[-1]
    return headers


def _thread_id(delivery: Delivery) -> str:
    """The root of all mails about one ticket to one person; a name only, no mail has it."""
    name = f"ticket{delivery.ticket.pk}.{delivery.recipient_id}"  # type: ignore[union-attr]
    seal = salted_hmac("notifications.thread", name, algorithm="sha256").hexdigest()[:16]
    return f"<{name}.{seal}@{delivery.message_id.rstrip('>').rpartition('@')[2]}>"


def _context(delivery: Delivery, tenant: Tenant, round_: Outgoing) -> dict[str, Any]:
    context = layout_of(tenant)
    if delivery.account_event is not None:
        return context | about_account(delivery, delivery.account_event)
    assert delivery.ticket_event is not None  # noqa: S101 - the database keeps it so (delivery_has_one_event)
    return context | _about_ticket(delivery, delivery.ticket_event, tenant, round_)


def layout_of(tenant: Tenant) -> dict[str, Any]:
    """What the layout of every mail needs, in the language that is active."""
    return {
        "tenant": tenant,
        "accent": _accent(tenant.colour),
        "language": translation.get_language(),
        "portal_url": tenant.url("/"),
        "link_days": settings.PASSWORD_RESET_TIMEOUT // (24 * 3600),
    }


@lru_cache(maxsize=256)
def _accent(colour: str) -> dict[str, str]:
    light, dark = accents(colour, dark=False), accents(colour, dark=True)
    return {
        "fill": light["--accent"],
        "text": light["--accent-text"],
        "ink": light["--accent-ink"],
        "dark_ink": dark["--accent-ink"],
    }


def _about_ticket(delivery: Delivery, event: TicketEvent, tenant: Tenant, round_: Outgoing) -> dict[str, Any]:
    ticket, data, person = event.ticket, event.data, delivery.recipient
    speaker = speaker_of(delivery)
    desk = delivery.template in DESK_KINDS
    message = event.message
    is_guest = data.get("channel") in (Channel.GUEST, Channel.MAIL)  # nobody has proved that the address is theirs
    text = body_text(message.body).strip() if message else ""
    context = {
        "ticket": ticket,
        "is_requester": ticket.requester_id == person.pk,
        "who": name_of(event.actor, tenant, desk=desk),
        "when": moment_in_words(event.created_at),
        "filed": moment_in_words(ticket.created_at),
        "personal_link": not desk,
        "link": tenant.url(reverse("desk_ticket", args=[ticket.number])) if desk else ticket_link(ticket, person),
        "is_guest": is_guest,
        "by_phone": data.get("channel") == Channel.PHONE,
        "passed_on": _is_passed_on(event),
        "echo": delivery.with_text or not is_guest,
        "text": text[:WORDS_LIMIT],
        "is_cut": len(text) > WORDS_LIMIT,
        "label": message.get_label_display() if message else "",
        "came_from": header_line(origin_of(message, staff=desk)) if message else "",
        "files": [header_line(file.name) for file in message.attachments.all()] if message else [],
        "closed": bool(data.get("closed")),
        "reopened": bool(data.get("reopened")),
        "waits_for_customer": data.get("status") == Status.WAITING_FOR_CUSTOMER,
        "department": str(data.get("to", "")),
        "by_rules": bool(data.get("by_rules")),
        "address": header_line(str(data.get("address", ""))),
        "server_words": header_line(str(data.get("words", ""))),
        "waiting_since": moment_in_words(ticket.waiting_since),
        "closes_after": bool(data.get("closes_after")),
        "signature": body_text(speaker.signature).strip() if speaker else "",
    }
    if delivery.template == MailKind.CONFIRMATION and not person.has_usable_password():
        context["password_link"] = password_link(person)
    if delivery.template == MailKind.MERGED:
        context |= _where_it_goes_on(ticket, person)
    if delivery.template in WITH_FORM:
        context |= _form_of(ticket, person, desk=desk, with_answers=desk or bool(context["echo"]))
        context["shows_priority"] = desk or round_.customers_see_priority
    return context


def _where_it_goes_on(ticket: Ticket, person: User) -> dict[str, Any]:
    """Raises Refused where the two have been taken apart meanwhile, or the person has left the other one."""
    leading = where_it_leads(ticket)
    if leading.pk == ticket.pk or not takes_part(person, leading):
        raise Refused(Trouble.LEFT)
    return {"leading": leading, "link": ticket_link(leading, person)}


def _is_passed_on(event: TicketEvent) -> bool:
    """Whether a colleague opened the ticket from a customer's mail that somebody had forwarded to us."""
    by_mail = event.kind == EventKind.OPENED and event.data.get("channel") == Channel.MAIL
    return bool(by_mail and event.message is not None and event.message.written_by)


def _form_of(ticket: Ticket, person: User, *, desk: bool, with_answers: bool) -> dict[str, Any]:
    """What the ticket's form was for and what was answered in it, as far as this reader sees it on the ticket's page.
    Answers are somebody's own words: they go where the text of the ticket goes, and nowhere else."""
    answers = shown_answers(ticket, staff=desk) if with_answers else []
    topic = ticket.topic
    names_topic = desk or (topic is not None and topics_known_to(person).filter(pk=topic.pk).exists())
    return {
        "topic": topic if names_topic else None,
        "answers": [
            (with_colon(header_line(answer.label)), Truncator(body_text(answer.value).strip()).chars(ANSWER_LIMIT))
            for answer in answers
        ],
    }
