"""A mail becomes part of a ticket: decided by the rules when it is read, or by a colleague afterwards."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.actions.registering import let_in, register_person
from accounts.models import User
from accounts.queries.people import person_at
from accounts.scoping import current_tenant
from accounts.uploading import safe_file_name
from notifications.mail.cleaning import clean_subject, first_words, fit, fit_line, is_fit_address, without_secrets
from notifications.mail.parsed import Label, MailFile, ParsedMail
from notifications.mail.quoting import split_html
from notifications.models import IncomingMail, MailAddress
from tickets.actions.attaching import keep_uploads
from tickets.actions.opening import open_ticket
from tickets.actions.replying import add_note, reply_to_ticket
from tickets.enums import Channel, MailLabel, Priority
from tickets.facts import ByMail, MailedTo
from tickets.filing_rules import FilingRules
from tickets.models import HelpTopic, Message, Ticket
from tickets.queries import takes_part

_CONTENT_ID = 200
_STEM = 130  # of a name with a number: what is kept is short enough not to be cut again


class NoSender(ValueError):
    """The mail does not say for certain who sent it: somebody has to say whose ticket it is to become."""


@dataclass(frozen=True)
class Taken:
    """What a mail became. `is_new`: False where the same mail had become it before."""

    ticket: Ticket
    message: Message
    user: User
    is_new: bool = True

    @property
    def changes(self) -> dict[str, Any]:
        """What the ledger's row says of it, beside its state."""
        return {"ticket": self.ticket, "message": self.message, "user": self.user}


def keep_files(mail: IncomingMail, parsed: ParsedMail) -> None:
    """Keep a mail's files for the ticket it is about to become part of, before anything is locked: storing them may
    take its time. All of them, whatever their size or kind: mail loses nothing. Done again, nothing happens."""
    if not parsed.attachments:
        return
    files = list(_named_once(parsed.attachments))
    keep_uploads(
        form_key=key_of(mail, parsed),
        files=[SimpleUploadedFile(name, file.content, file.content_type) for name, file in files],
        content_ids={name: fit_line(file.content_id, _CONTENT_ID) for name, file in files if file.content_id},
    )


def take_as_new(
    *,
    mail: IncomingMail,
    parsed: ParsedMail,
    address: MailAddress | None = None,
    topic: HelpTopic | None = None,
    actor: User | None = None,
    requester: User | None = None,
    forwarded: bool = False,
    follows: Ticket | None = None,
    is_vouched_for: bool = False,
    rules: FilingRules | None = None,
) -> Taken:
    """Open a ticket from a mail, for its sender, who is registered if nobody knew them (T8).

    `address` is the portal's that it came to; without one `topic` is needed. `actor` is the colleague who decided it
    (None: the rules); `requester` whose it becomes where that is not the sender. `forwarded`: it becomes that of the
    customer whose mail `parsed.forwarded` holds, and what the sender wrote above it an internal note. `follows`: the
    ticket it goes on from. Call `keep_files` before; whoever calls settles the ledger's row in the same transaction.
    The same mail taken again gives the ticket it made.

    Raises NoSender, and NotEntitled where the sender may not ask by mail and neither `actor` nor `is_vouched_for` says
    otherwise.
    """
    person, words = _requester(parsed, address, requester, forwarded=forwarded), _words(mail, parsed, forwarded)
    opener = actor or (_sender(parsed) if forwarded else None) or person
    found = open_ticket(
        actor=opener,
        requester=person,
        topic=topic or _topic(address),
        subject=_subject(parsed, words.body, forwarded=forwarded),
        body=words.body,
        channel=Channel.MAIL,
        filing_key=key_of(mail, parsed),
        language="" if person.language or address is None else address.language,
        by_mail=words.by_mail,
        mailed_to=_mailed_to(address, parsed),
        stated=_stated(mail, parsed, person),
        is_vouched_for=is_vouched_for or actor is not None,
        follows=follows,
        has_files=bool(parsed.attachments),
        rules=rules,
    )
    message = found.message or found.ticket.messages.order_by("pk")[0]
    if forwarded and found.outcome == "new":
        _note_what_was_added(opener, found.ticket, parsed)
    return Taken(found.ticket, message, person, is_new=found.outcome == "new")


def take_as_reply(
    *,
    mail: IncomingMail,
    parsed: ParsedMail,
    ticket: Ticket,
    author: User | None = None,
    as_staff: bool = False,
    written_by: str = "",
    actor: User | None = None,
) -> Taken:
    """Add a mail to a ticket as a public reply; a closed one reopens, except for a plain thank-you (T7).

    `author` is whose words it is, by default whoever has the sender's address; `written_by` the address it came from
    where that is not known to be the author's. `as_staff` only where it is proven that the agent wrote it: then nothing
    it quotes goes along, because their mails say what customers do not read. `actor` is the colleague who decided it
    (None: the rules), and then the author need not take part. Call `keep_files` before; whoever calls settles the
    ledger's row in the same transaction.

    Raises NoSender, and PermissionError where the author may not reply to the ticket.
    """
    person = author or _author(parsed, actor)
    if person.is_agent and not as_staff:
        written_by = written_by or parsed.sender or "?"
    words = _words(mail, parsed, forwarded=False)
    quotes = ByMail() if as_staff else words.by_mail
    key = key_of(mail, parsed)
    before = Message.objects.filter(submission_key=key).exists()
    message = reply_to_ticket(
        actor=person,
        ticket=ticket,
        body=words.body,
        channel=Channel.MAIL,
        as_staff=as_staff,
        form_key=key,
        by_mail=replace(quotes, written_by=written_by, label=words.by_mail.label),
        keeps_closed=parsed.is_thanks and not parsed.attachments,
        vouched_by=actor if actor is not None and not takes_part(person, ticket) else None,
    )
    return Taken(message.ticket, message, person, is_new=not before)


def key_of(mail: IncomingMail, parsed: ParsedMail) -> uuid.UUID:
    """The mail's own key: the same for all its copies, whatever way they came; two mails that only share their
    Message-ID, as some machines' do, are told apart by subject and date. Nobody outside can work it out: a form that
    came with it would pass for the mail."""
    said = [str(mail.tenant_id), str(mail.pk)]
    if parsed.message_id and parsed.sender:
        said[1:] = [parsed.sender.casefold(), parsed.message_id, parsed.subject, str(parsed.sent_at)]
    sealed = salted_hmac("notifications.taking", fit("\x1f".join(said)), algorithm="sha256").digest()
    return uuid.UUID(bytes=sealed[:16], version=4)


@dataclass(frozen=True)
class _Words:
    body: str
    by_mail: ByMail


def _words(mail: IncomingMail, parsed: ParsedMail, forwarded: bool) -> _Words:
    """What the ticket is told. What has no words of its own says what it quotes."""
    hosts = _hosts()
    if forwarded and parsed.forwarded is not None:
        body = without_secrets(fit(parsed.forwarded.text), hosts).strip()
        return _Words(body, ByMail(written_by=parsed.sender))
    new, quoted = (without_secrets(fit(text), hosts).strip() for text in (parsed.new_text, parsed.quoted_text))
    html = without_secrets(fit(parsed.html, limit=len(parsed.html)), hosts)
    if not new and quoted and not parsed.attachments:
        new, quoted = quoted, ""
    brought = ByMail(html=_written_now(html) if quoted else html, quoted=quoted, label=_label(parsed, new))
    return _Words(new, brought)


def _label(parsed: ParsedMail, words: str) -> str:
    """What the ticket says of the mail, where its words do not say all."""
    found = {file.label for file in parsed.attachments}
    labels = {
        MailLabel.ENCRYPTED: Label.ENCRYPTED in found,
        MailLabel.INVITATION: Label.CALENDAR in found,
        MailLabel.SIGNED: Label.SIGNATURE in found,
        MailLabel.EMPTY: not words,
    }
    return next((str(label) for label, fits in labels.items() if fits), "")


def _written_now(html: str) -> str:
    """Formatted words without what they quote, which the pages fold. Where a mail program marks no quotes, nothing: the
    plain words are shown, and the original is one step away."""
    new, quoted = split_html(html)
    return new if quoted else ""


def _subject(parsed: ParsedMail, body: str, *, forwarded: bool) -> str:
    theirs = parsed.forwarded.subject if forwarded and parsed.forwarded is not None else ""
    subject = clean_subject(theirs) or clean_subject(parsed.subject) or first_words(body)
    if subject:
        return without_secrets(subject, _hosts())
    with translation.override(current_tenant().language):
        return _("Mail without a subject")


def _hosts() -> list[str]:
    return [host.name for host in current_tenant().hosts.all()]


def _requester(parsed: ParsedMail, address: MailAddress | None, requester: User | None, *, forwarded: bool) -> User:
    if requester is not None:
        return requester
    sender, name = parsed.sender, parsed.sender_name
    if forwarded and parsed.forwarded is not None:
        sender, name = parsed.forwarded.sender, parsed.forwarded.sender_name
    if not is_fit_address(sender):
        raise NoSender
    person, _new = register_person(
        actor=None, email=sender, name=fit_line(name, 80), language=address.language if address else ""
    )
    return let_in(actor=None, user=person)


def _author(parsed: ParsedMail, actor: User | None) -> User:
    """Whose words a mail is by its sender's address. Somebody unknown is written down, not let in."""
    if not is_fit_address(parsed.sender):
        raise NoSender
    name = fit_line(parsed.sender_name, 80)
    return register_person(actor=actor, email=parsed.sender, name=name, is_active=False)[0]


def _sender(parsed: ParsedMail) -> User | None:
    return person_at(parsed.sender) if parsed.sender else None


def _topic(address: MailAddress | None) -> HelpTopic:
    if address is None:
        raise ValueError("A mail that came to none of the portal's addresses needs a topic")
    return address.topic


def _mailed_to(address: MailAddress | None, parsed: ParsedMail) -> MailedTo:
    if address is None:
        return MailedTo(is_automatic=parsed.is_automatic)
    priority = address.priority if address.priority in Priority.values else ""
    return MailedTo(address.email, address.department_id, priority, is_automatic=parsed.is_automatic)


def _stated(mail: IncomingMail, parsed: ParsedMail, person: User) -> dict[str, str]:
    """What the mail says of its sender where the record says otherwise."""
    name = fit_line(parsed.sender_name, 80)
    return {"name": name, "email": parsed.sender} if name and name != person.name else {}


def _note_what_was_added(opener: User, ticket: Ticket, parsed: ParsedMail) -> None:
    note = without_secrets(fit(parsed.new_text), _hosts()).strip()
    said = parsed.forwarded.text.strip() if parsed.forwarded is not None else ""
    if note and opener.is_agent and said[:200] not in note:
        add_note(actor=opener, ticket=ticket, body=note)


def _named_once(files: tuple[MailFile, ...]) -> Iterator[tuple[str, MailFile]]:
    """The files with names as they are kept, each once: what is kept under a name and size is taken as the same."""
    taken: set[str] = set()
    for file in files:
        name = safe_file_name(fit(file.name))
        stem, dot, ending = name.rpartition(".")
        number = 1
        while name in taken:
            number += 1
            name = f"{(stem or ending)[:_STEM]} ({number}){dot}{ending if stem else ''}"
        taken.add(name)
        yield name, file
