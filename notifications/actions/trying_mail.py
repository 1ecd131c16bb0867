"""Mails that are sent at once, on an administrator's word, to see whether sending works. They are about nobody, so no
delivery is made; they go to the administrator or to the portal itself, and nowhere else (DESIGN, fault 9)."""

from dataclasses import replace
from email.utils import formatdate, make_msgid

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Tenant, User
from accounts.rules import require_administrator
from accounts.scoping import current_tenant
from notifications.addresses import ascii_address, body_text, header_line
from notifications.composing import as_bytes, as_message, layout_of
from notifications.enums import Trouble
from notifications.facts import Letter, NotSent, Refused
from notifications.mail_servers import own_server
from notifications.queries import mail_settings
from notifications.smtp import Conversation, Server
from notifications.worded import put_in, shown
from notifications.wording import Wording
from notifications.wording_kinds import WordedKind

PATIENCE = 8.0  # seconds the server has for each step


class OnlyKept(Exception):
    """This installation keeps mails and sends none."""


def try_server(*, actor: User | None) -> None:
    """Connect to the server the portal's mails leave by and sign in; nothing is sent.

    Raises ServerAway with what is wrong, OnlyKept, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    server, is_guarded = _server()
    talk = Conversation(server, timeout=PATIENCE, is_guarded=is_guarded)
    try:
        talk.knock()
    finally:
        talk.close()


def send_test_mail(*, actor: User) -> str:
    """Send the actor a mail as the portal sends them. Returns the address. Raises NotSent or Unheard with what went
    wrong, OnlyKept, PermissionError unless the actor is an administrator."""
    require_administrator(actor)
    tenant = current_tenant()
    words = _("This is a test. If you read it, the portal’s mails reach you.")
    _send(_letter(tenant, actor.email, _("Test mail from %s") % tenant.name, words))
    return actor.email


def send_wording_test(*, actor: User, worded: WordedKind, language: str, wording: Wording) -> str:
    """Send the actor a mail in these words, with invented values and the link to the portal's start. Returns the
    address.

    Raises WordingBroken, NotSent or Unheard with what went wrong, OnlyKept, PermissionError unless the actor is an
    administrator.
    """
    require_administrator(actor)
    tenant = current_tenant()
    with override(language):
        values = worded.samples(language, tenant.name)
        said = put_in(worded, wording, values)
        way = {worded.way: "0000 0000" if worded.way == "digits" else tenant.url("/")}
        context = layout_of(tenant) | values | way | shown(worded, said) | {"title": said.subject}
        text, html = (render_to_string(f"mail/worded.{ending}", context) for ending in ("txt", "html"))
    letter = _letter(tenant, actor.email, said.subject, "")
    _send(replace(letter, text=body_text(text).strip() + "\n", html=body_text(html).strip() + "\n"))
    return actor.email


def send_token_test(*, actor: User) -> str:
    """Send a mail to the portal's own address with something after a "+", as answers come in. It is read and put aside
    as our own; that it came at all is what is tested. Returns its Message-ID.

    Raises NotSent or Unheard, OnlyKept, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    tenant = current_tenant()
    local, _at, domain = tenant.mail_address.rpartition("@")
    words = _("This tests whether answers to your mails arrive. Nothing needs to be done.")
    letter = _letter(tenant, f"{local}+test@{domain}", _("Test of answers by mail"), words)
    _send(letter)
    return letter.headers["Message-ID"]


def _letter(tenant: Tenant, recipient: str, subject: str, words: str) -> Letter:
    sender = ascii_address(tenant.mail_address)
    headers = {
        "Message-ID": make_msgid("test", domain=tenant.primary_host),
        "Date": formatdate(localtime=False),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    return Letter(
        subject=header_line(subject),
        sender_name=header_line(tenant.name),
        sender=sender,
        reply_to=sender,
        bounces_to=sender,
        recipient=ascii_address(recipient),
        text=f"{words}\n",
        html=format_html("<p>{}</p>", words),
        headers=headers,
    )


def _send(letter: Letter) -> None:
    if settings.MAIL.kind == "anymail" and not mail_settings().smtp_host:
        _send_by_provider(letter)
        return
    server, is_guarded = _server()
    talk = Conversation(server, timeout=PATIENCE, is_guarded=is_guarded)
    try:
        talk.send(
            sender=letter.bounces_to,
            recipient=letter.recipient,
            content=as_bytes(letter),
            before_final_dot=lambda: None,
        )
    finally:
        talk.close()


def _send_by_provider(letter: Letter) -> None:
    try:
        as_message(letter).send()
    except ValueError as reason:
        raise Refused(Trouble.CONTENT, str(reason)) from reason
    except Exception as trouble:  # each provider's library has its own kinds
        raise NotSent(Trouble.AWAY, str(trouble)[:500]) from trouble


def _server() -> tuple[Server, bool]:
    """The server, and whether it is reached with care."""
    own = own_server(mail_settings())
    if own is not None:
        return own, True
    if settings.MAIL.kind != "smtp":
        raise OnlyKept
    return settings.MAIL, False
