"""Ways out for a mail: kept (embedded default), SMTP, or a provider through anymail."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import requests
from anymail.exceptions import (
    AnymailAPIError,
    AnymailError,
    AnymailRecipientsRefused,
    AnymailUnsupportedFeature,
)
from django.conf import settings
from django.core.mail import get_connection

from accounts.scoping import current_tenant
from notifications.composing import as_bytes, as_message
from notifications.enums import Trouble
from notifications.facts import Letter, NotSent, Refused, ServerAway, Unheard
from notifications.mail_servers import own_server
from notifications.models import Delivery, KeptMail, MailSettings
from notifications.smtp import Conversation

BeforeHandingOver = Callable[[], None]


class Transport(Protocol):
    """Sends mails one by one. Returning means sent; all else is an exception of `notifications.facts`."""

    def send(self, delivery: Delivery, letter: Letter, *, before_handing_over: BeforeHandingOver) -> str:
        """`before_handing_over` is called just before the one step from which on the mail may leave us. Returns how a
        provider names the mail in its reports, empty where none does."""

    def close(self) -> None: ...


@contextmanager
def open_transport(out: MailSettings) -> Iterator[Transport]:
    """The way out of the portal with these settings: its own server, else what EMAIL_URL asks for. Connects with the
    first mail, and serves any number of them."""
    kinds: dict[str, type[Transport]] = {"keep": KeepTransport, "smtp": SmtpTransport, "anymail": ProviderTransport}
    transport = OwnServerTransport(out) if out.smtp_host else kinds[settings.MAIL.kind]()
    try:
        yield transport
    finally:
        transport.close()


class KeepTransport:
    """Sends nothing: keeps the mail as a row and a file. Doing it twice leaves one of each, so nothing is unknown."""

    def send(self, delivery: Delivery, letter: Letter, *, before_handing_over: BeforeHandingOver) -> str:
        raw, name = as_bytes(letter), kept_file_name(delivery)
        try:
            write_whole(settings.MAIL_DIR / name, raw)
        except OSError as trouble:
            raise NotSent(Trouble.STORING, type(trouble).__name__) from trouble
        KeptMail.objects.update_or_create(delivery=delivery, defaults={"raw": raw, "file_name": name})
        return ""

    def close(self) -> None:
        pass


class SmtpTransport:
    """One conversation with the mail server for all mails of a batch."""

    def __init__(self) -> None:
        self.conversation = Conversation(settings.MAIL, timeout=settings.MAIL_TIMEOUT)

    def send(self, delivery: Delivery, letter: Letter, *, before_handing_over: BeforeHandingOver) -> str:
        self.conversation.send(
            sender=letter.bounces_to,
            recipient=letter.recipient,
            content=as_bytes(letter),
            before_final_dot=before_handing_over,
        )
        return ""

    def close(self) -> None:
        self.conversation.close()


class OwnServerTransport(SmtpTransport):
    """A conversation with the server a portal's administrators have named: reached with care, and begun with the first
    mail, so that a password nobody can read any more is that mail's trouble, and shown there."""

    def __init__(self, out: MailSettings) -> None:
        self.settings, self._begun = out, False

    def send(self, delivery: Delivery, letter: Letter, *, before_handing_over: BeforeHandingOver) -> str:
        if not self._begun:
            server = own_server(self.settings)
            assert server is not None  # noqa: S101 - only made for settings that name one
            self.conversation = Conversation(server, timeout=settings.MAIL_TIMEOUT, is_guarded=True)
            self._begun = True
        return super().send(delivery, letter, before_handing_over=before_handing_over)

    def close(self) -> None:
        if self._begun:
            super().close()


class ProviderTransport:
    """A mail provider's HTTP interface, through Django's backend (anymail)."""

    def __init__(self) -> None:
        self.connection = get_connection()

    def send(self, delivery: Delivery, letter: Letter, *, before_handing_over: BeforeHandingOver) -> str:
        before_handing_over()
        try:
            return self._post(letter)
        except AnymailRecipientsRefused as refusal:
            raise Refused(Trouble.RECIPIENT, _one_line(refusal)) from refusal
        except AnymailAPIError as error:
            raise _meaning(error) from error
        except (AnymailError, ValueError) as error:  # the mail never got as far as the provider
            raise Refused(Trouble.CONTENT, _one_line(error)) from error

    def close(self) -> None:
        self.connection.close()

    def _post(self, letter: Letter) -> str:
        message: Any = as_message(letter)
        message.connection = self.connection
        # A provider that rewrites links would take the password links apart, and learn them.
        message.track_clicks = message.track_opens = False
        try:
            message.send()
        except AnymailUnsupportedFeature:  # raised before anything is posted
            del message.track_clicks, message.track_opens
            message.send()
        name = message.anymail_status.message_id
        return "" if name is None else str(name)[:200]


def kept_file_name(delivery: Delivery) -> str:
    """A name a person can read: when, which portal, to whom. Fixed for a delivery."""
    tenant = current_tenant()
    when = delivery.created_at.astimezone(ZoneInfo(tenant.time_zone))
    readable = re.sub(r"[^A-Za-z0-9@._+-]", "_", delivery.address)[:80]
    return f"{when:%Y-%m-%d_%H%M%S}_{tenant.slug}_{readable}_{delivery.pk}.eml"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever finds half of it; readable by its owner only, for it may hold links."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def _meaning(error: AnymailAPIError) -> Exception:
    status = error.status_code
    if status is None:
        return _without_answer(error)
    if status in (401, 403):
        return ServerAway(Trouble.SIGN_IN, _one_line(error))
    if status == 429 or status >= 500:
        return NotSent(Trouble.LATER, _one_line(error))
    if status >= 400:
        return Refused(Trouble.CONTENT, _one_line(error))
    return Unheard(_one_line(error))  # it was accepted, but the answer makes no sense


def _without_answer(error: AnymailAPIError) -> Exception:
    never_connected = (requests.ConnectTimeout, requests.exceptions.SSLError, requests.exceptions.ProxyError)
    if isinstance(error, never_connected) or "NewConnectionError" in repr(error.__cause__):
        return ServerAway(Trouble.AWAY, _one_line(error))
    return Unheard(_one_line(error))


def _one_line(error: Any) -> str:
    return " ".join(str(error).split())[:500]
