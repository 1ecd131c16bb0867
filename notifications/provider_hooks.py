"""Mail providers' calls, understood and checked by anymail: who may call, and what came."""

import secrets
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import policy
from email.generator import BytesGenerator
from importlib import import_module
from io import BytesIO
from typing import Any

from anymail.exceptions import (
    AnymailConfigurationError,
    AnymailImproperlyInstalled,
    AnymailWebhookValidationFailure,
)
from anymail.webhooks.base import AnymailBasicAuthMixin, AnymailCoreWebhookView
from django.conf import settings
from django.http import HttpRequest

from notifications.destinations import addressed_to

# Where anymail keeps them: the view for mails that come in, the one for reports.
_VIEWS = {
    "brevo": ("brevo", "BrevoInboundWebhookView", "BrevoTrackingWebhookView"),
    "mailersend": ("mailersend", "MailerSendInboundWebhookView", "MailerSendTrackingWebhookView"),
    "mailgun": ("mailgun", "MailgunInboundWebhookView", "MailgunTrackingWebhookView"),
    "mailjet": ("mailjet", "MailjetInboundWebhookView", "MailjetTrackingWebhookView"),
    "mandrill": ("mandrill", "MandrillCombinedWebhookView", "MandrillCombinedWebhookView"),
    "postal": ("postal", "PostalInboundWebhookView", "PostalTrackingWebhookView"),
    "postmark": ("postmark", "PostmarkInboundWebhookView", "PostmarkTrackingWebhookView"),
    "resend": ("resend", "ResendInboundWebhookView", "ResendTrackingWebhookView"),
    "sparkpost": ("sparkpost", "SparkPostInboundWebhookView", "SparkPostTrackingWebhookView"),
}


# In which header those sign who sign there; Mailgun signs in the call itself.
_SIGNATURES = {
    "Mandrill": "X-Mandrill-Signature",
    "MailerSend": "Signature",
    "Postal": "X-Postal-Signature",
    "Resend": "Svix-Signature",
}
_MADE_HERE = ("content-type", "content-transfer-encoding", "mime-version")


@dataclass(frozen=True)
class Brought:
    """A mail a provider brought: `name` is the same whenever it brings this mail again."""

    raw: bytes
    name: str
    recipients: tuple[str, ...]


def hook_of(provider: str, *, reports: bool) -> AnymailCoreWebhookView | None:
    """anymail's view for a provider's calls; None for a provider it does not know, and for one whose calls could not be
    told from anybody's, because neither its signing key nor MAIL_HOOK_SECRET is set."""
    if provider not in _VIEWS:
        return None
    module, inbound, tracking = _VIEWS[provider]
    view = getattr(import_module(f"anymail.webhooks.{module}"), tracking if reports else inbound)
    is_shared = bool(settings.ANYMAIL.get("WEBHOOK_SECRET"))
    try:
        # Without a shared secret one that nobody knows stands in, until it is clear that a signature is checked.
        hook: Any = view() if is_shared else view(webhook_secret=secrets.token_urlsafe())
    except (AnymailConfigurationError, AnymailImproperlyInstalled):
        return None
    if not is_shared:
        if hook.warn_if_no_basic_auth:
            return None
        hook.basic_auth = []
    return hook


def require_signs(hook: AnymailCoreWebhookView, request: HttpRequest) -> None:
    """Refuse who cannot be the provider by the call's headers alone, before its mail is read. Whether a signature is
    right is checked with the whole call. Raises AnymailWebhookValidationFailure, which is answered with 400."""
    AnymailBasicAuthMixin.validate_request(hook, request)
    header = _SIGNATURES.get(hook.esp_name)
    if header and not hook.basic_auth and header not in request.headers:
        raise AnymailWebhookValidationFailure(f"{hook.esp_name} would have signed its call")


def mail_of(event: Any, digest: Callable[..., str]) -> Brought:
    """The mail of anymail's inbound event, with its bytes as they came where the provider passes them on."""
    message = event.message
    exact = _raw_of(event.esp_event)
    raw = exact or _written_out(message)
    envelope = tuple(_addresses(getattr(message, "envelope_recipient", None)))
    said = " ".join(envelope).encode(errors="replace")
    name = digest(said, raw) if exact else str(event.event_id or digest(said, *_words_of(message)))
    return Brought(raw, name, envelope or tuple(addressed_to(raw)))


def _words_of(message: Any) -> Iterator[bytes]:
    """All a mail says, whatever boundaries it was put together with this time. Its Message-ID alone names no mail:
    whoever writes it chooses it."""
    for name, value in message.items():
        if name.lower() not in _MADE_HERE:
            yield f"{name}: {value}".encode(errors="replace")
    for part in message.walk():
        if not part.is_multipart():
            yield str(part.get_content_type()).encode()
            yield part.get_payload(decode=True) or b""


def _raw_of(call: Any) -> bytes:
    if isinstance(call, dict):
        content, event = call.get("content"), call.get("msg")
        found = call.get("RawEmail") or (event.get("raw_msg") if isinstance(event, dict) else "") or ""
        if not found and isinstance(content, dict):  # SparkPost
            whole = str(content.get("email_rfc822") or "").encode(errors="surrogateescape")
            return b64decode(whole) if content.get("email_rfc822_is_base64") else whole
    else:
        form = getattr(call, "POST", {})
        found = form.get("body-mime") or form.get("email") or ""
    return found.encode(errors="surrogateescape") if isinstance(found, str) else b""


def _written_out(message: Any) -> bytes:
    """The message as bytes, its headers as they came and none of them folded anew."""
    for part in message.walk():
        _spell_name(part)
    into = BytesIO()
    BytesGenerator(into, mangle_from_=False, policy=policy.compat32.clone(linesep="\r\n", max_line_length=0)).flatten(
        message
    )
    return into.getvalue()


def _spell_name(part: Any) -> None:
    """Write a file's name as RFC 2231 has it; else a header that holds more than ASCII is encoded whole, and lost."""
    name = part.get_filename() or ""
    if name.isascii():
        return
    part.policy = policy.compat32  # which keeps what it is given
    for header, parameter in (("Content-Disposition", "filename"), ("Content-Type", "name")):
        if part.get_param(parameter, header=header):
            part.set_param(parameter, name, header=header, charset="utf-8")


def _addresses(envelope: object) -> Iterator[str]:
    for address in str(envelope or "").split(","):
        if address.strip():
            yield address.strip()
