"""Mail providers bring mails and reports. Each call is proven, as anymail checks it; repeated calls have one effect."""

import base64
import hashlib
import hmac
import json
import zlib
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from accounts.scoping import every_tenant, tenant_scope
from notifications.actions.draining import always, fan_out_pending
from notifications.enums import MailSource
from notifications.mail.parsing import parse
from notifications.models import Delivery, IncomingMail, MailAddress
from notifications.views import hooks
from tests.conftest import Portal
from tests.factories import make_ticket

RAW = "From: anna@kund.example\r\nTo: help@south.example\r\nMessage-ID: <1@kund.example>\r\n\r\nDörren är öppen.\r\n"
SECRET = "provider:open-sesame"
SIGNED_IN = {"authorization": "Basic " + base64.b64encode(SECRET.encode()).decode()}


@pytest.fixture(autouse=True)
def _set_up(settings, portal: Portal, other_portal: Portal) -> None:
    settings.ANYMAIL = {"WEBHOOK_SECRET": [SECRET], "MAILGUN_WEBHOOK_SIGNING_KEY": "key"}
    for place in (portal, other_portal):
        with tenant_scope(place.tenant):
            MailAddress.objects.create(email=f"help@{place.tenant.slug}.example", topic=place.topic)


@pytest.fixture
def client(portal: Portal) -> Client:
    return Client(headers={"host": f"{portal.host}:8000"}, enforce_csrf_checks=True)


def postmark(**more: Any) -> dict[str, Any]:
    return {
        "FromFull": {"Email": "anna@kund.example", "Name": "Anna"},
        "MessageID": "22c74902",
        "OriginalRecipient": "help@north.example",
        "Headers": [],
        "RawEmail": RAW,
        **more,
    }


def bring(client: Client, said: dict[str, Any], provider: str = "postmark", where: str = "", **headers: str) -> Any:
    return client.post(
        f"/hooks/mail/{provider}/{where}",
        json.dumps(said),
        content_type="application/json",
        headers=headers or SIGNED_IN,
    )


def test_a_mail_is_stored_once_as_it_came_however_often_it_is_brought(
    portal: Portal, other_portal: Portal, client: Client
):
    for _call in range(3):
        assert bring(client, postmark()).status_code == 200

    with tenant_scope(portal.tenant):
        mail = IncomingMail.objects.get()
        assert mail.source == MailSource.WEBHOOK
        assert mail.recipient == "help@north.example"
        assert zlib.decompress(bytes(mail.raw.content)).decode() == RAW
    with tenant_scope(other_portal.tenant):
        assert not IncomingMail.objects.exists()


def test_one_that_the_provider_took_apart_is_put_together_and_stored_once(portal: Portal, client: Client):
    parts = {
        "TextBody": "Dörren är öppen.",
        "HtmlBody": "<p>Dörren är öppen.</p>",
        "Subject": "Hej på dig",
        "Attachments": [
            {"Name": "a.png", "ContentType": "image/png", "Content": base64.b64encode(b"\x89PNG").decode()}
        ],
    }
    said = {name: value for name, value in postmark(**parts).items() if name != "RawEmail"}
    for _call in range(2):
        assert bring(client, said).status_code == 200

    with tenant_scope(portal.tenant):
        raw = zlib.decompress(bytes(IncomingMail.objects.get().raw.content))
    assert b"anna@kund.example" in raw
    assert b"a.png" in raw


def test_two_mails_that_only_share_their_message_id_are_two(portal: Portal, client: Client):
    """Their writers choose it, and some providers name a mail in no other way."""

    def said(words: str) -> dict[str, Any]:
        headers = {"From": "robot@kund.example", "To": "help@north.example", "Message-ID": "<fixed@robot>"}
        listed = [{"Name": "Content-Type", "Value": "text/plain"}]
        return {
            "Sender": "robot@kund.example",
            "Recipient": "help@north.example",
            "Headers": headers,
            "Parts": [{"Headers": {one["Name"]: one["Value"] for one in listed}, "ContentRef": "Text-part"}],
            "Text-part": words,
        }

    for words in ("The first.", "The second.", "The first."):
        assert bring(client, said(words), "mailjet").status_code == 200

    with tenant_scope(portal.tenant):
        assert IncomingMail.objects.count() == 2


@pytest.mark.parametrize(
    ("recipient", "expected"),
    [
        ("help@south.example", ["south"]),  # the portal it is for, whichever host the provider calls
        ("someone@elsewhere.example", ["north"]),
        ("help@south.example, help@north.example", ["north", "south"]),
        (None, ["south"]),  # the mail's own head
    ],
)
def test_it_goes_to_the_portal_it_is_addressed_to(client: Client, recipient: str | None, expected: list[str]):
    assert bring(client, postmark(OriginalRecipient=recipient)).status_code == 200

    with every_tenant():
        found = IncomingMail.objects.values_list("tenant__slug", flat=True)
        assert sorted(found) == expected


def test_a_mail_larger_than_a_form_is_taken(portal: Portal, client: Client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000

    assert bring(client, postmark(RawEmail=RAW + "x" * 5000)).status_code == 200

    with tenant_scope(portal.tenant):
        assert IncomingMail.objects.get().size > 5000


def mailgun(key: str = "key", **more: str) -> dict[str, str]:
    signature = hmac.new(key.encode(), b"1529006854tok", hashlib.sha256).hexdigest()
    proof = {"timestamp": "1529006854", "token": "tok", "signature": signature}
    return {"recipient": "help@north.example", "body-mime": RAW, **proof, **more}


@pytest.mark.parametrize("encoding", ["multipart", "urlencoded"])
def test_a_form_larger_than_people_send_is_taken_with_its_files(
    portal: Portal, other_portal: Portal, client: Client, settings, encoding: str
):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    said = mailgun(**{"body-mime": RAW + "å" * 5000})
    if encoding == "multipart":
        answer = client.post("/hooks/mail/mailgun/", said, headers=SIGNED_IN)
    else:
        form = "application/x-www-form-urlencoded"
        answer = client.post("/hooks/mail/mailgun/", urlencode(said), content_type=form, headers=SIGNED_IN)

    assert answer.status_code == 200
    with tenant_scope(portal.tenant):
        assert zlib.decompress(bytes(IncomingMail.objects.get().raw.content)).decode() == RAW + "å" * 5000
    with tenant_scope(other_portal.tenant):
        assert not IncomingMail.objects.exists()


def test_files_of_a_form_arrive_as_they_are(portal: Portal, client: Client):
    """A mail that Mailgun has taken apart; what is in a file may look like anything."""
    content = b"\r\n\r\n--x\x00\xff" * 3
    said: dict[str, Any] = {**mailgun(), "attachment-count": "1", "message-headers": '[["Subject", "Hej"]]'}
    said = {name: value for name, value in said.items() if name != "body-mime"} | {"body-plain": "Hej"}
    answer = client.post(
        "/hooks/mail/mailgun/", said | {"attachment-1": SimpleUploadedFile("å.bin", content)}, headers=SIGNED_IN
    )

    assert answer.status_code == 200
    with tenant_scope(portal.tenant):
        mail = parse(zlib.decompress(bytes(IncomingMail.objects.get().raw.content)))
    assert [(one.name, one.content) for one in mail.attachments] == [("å.bin", content)]


@pytest.mark.parametrize(
    ("provider", "headers", "expected"),
    [
        ("postmark", {"accept": "*/*"}, 400),
        ("mailgun", {"authorization": "Basic bm9ib2R5Om5vdGhpbmc="}, 400),
        ("mandrill", {"accept": "*/*"}, 400),
        ("mailersend", SIGNED_IN, 404),  # not set up
        ("postmark", SIGNED_IN | {"content-length": str(76 * 1024 * 1024)}, 413),
    ],
)
def test_who_cannot_be_the_provider_is_refused_before_the_call_is_read(
    client: Client, monkeypatch: pytest.MonkeyPatch, provider: str, headers: dict[str, str], expected: int
):
    def reads(*_args: object) -> bytes:
        raise AssertionError("the call was read")

    monkeypatch.setattr(HttpRequest, "read", reads)
    assert bring(client, postmark(), provider, **headers).status_code == expected


def test_who_does_not_sign_is_refused_before_the_call_is_read(client: Client, settings, monkeypatch):
    settings.ANYMAIL = {"MAILERSEND_INBOUND_SECRET": "key"}
    monkeypatch.setattr(HttpRequest, "read", None)

    assert bring(client, postmark(), "mailersend").status_code == 400


@pytest.mark.parametrize("body", [b"", b"--x\r\n", b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\nb"])
def test_what_is_no_form_is_refused(client: Client, body: bytes):
    for kind in ("multipart/form-data; boundary=x", "multipart/form-data"):
        answer = client.post("/hooks/mail/mailgun/", body, content_type=kind, headers=SIGNED_IN)
        assert answer.status_code == 400


def test_a_signature_is_checked(portal: Portal, client: Client, settings):
    settings.ANYMAIL = {"WEBHOOK_SECRET": [], "MAILGUN_WEBHOOK_SIGNING_KEY": "key"}

    assert client.post("/hooks/mail/mailgun/", mailgun("another")).status_code == 400
    assert client.post("/hooks/mail/mailgun/", {"recipient": "help@north.example", "body-mime": RAW}).status_code == 400
    with every_tenant():
        assert not IncomingMail.objects.exists()

    for _call in range(2):
        assert client.post("/hooks/mail/mailgun/", mailgun()).status_code == 200
    with tenant_scope(portal.tenant):
        assert zlib.decompress(bytes(IncomingMail.objects.get().raw.content)).decode() == RAW


@pytest.mark.parametrize("headers", [{"accept": "*/*"}, {"authorization": "Basic bm9ib2R5Om5vdGhpbmc="}])
@pytest.mark.parametrize("where", ["", "reports/"])
def test_who_cannot_prove_to_be_the_provider_is_refused(client: Client, headers: dict[str, str], where: str):
    assert bring(client, postmark(), where=where, **headers).status_code == 400

    with every_tenant():
        assert not IncomingMail.objects.exists()


@pytest.mark.parametrize("where", ["", "reports/"])
def test_a_provider_that_could_not_prove_itself_does_not_exist(client: Client, settings, where: str):
    """anymail would only warn, and take mails from anybody."""
    settings.ANYMAIL = {}

    for provider in ("postmark", "mailjet", "resend", "nonsense", "base"):
        assert bring(client, postmark(), provider, where).status_code == 404
        assert client.head(f"/hooks/mail/{provider}/{where}").status_code == 404


def test_providers_may_look_whether_the_address_exists_and_nobody_else(client: Client):
    assert client.head("/hooks/mail/postmark/").status_code == 200
    assert client.get("/hooks/mail/postmark/").status_code == 404


def test_what_could_not_be_stored_is_brought_again(client: Client, monkeypatch: pytest.MonkeyPatch):
    def fails(**_values: object) -> None:
        raise OperationalError("the disk is full")

    client.raise_request_exception = False
    monkeypatch.setattr(hooks, "receive_mail", fails)
    assert bring(client, postmark()).status_code >= 500

    monkeypatch.undo()
    assert bring(client, postmark()).status_code == 200


def test_a_report_reaches_the_very_mail_of_whichever_portal(portal: Portal, other_portal: Portal, client: Client):
    with tenant_scope(other_portal.tenant):
        make_ticket(requester=other_portal.customer, topic=other_portal.topic)
        fan_out_pending(always)
        delivery = Delivery.objects.get(recipient=other_portal.customer)
        Delivery.objects.filter(pk=delivery.pk).update(
            provider_id="pm-1", state="sent", next_attempt_at=None, sent_at=timezone.now()
        )
    said = {"RecordType": "Bounce", "Type": "HardBounce", "MessageID": "pm-1", "Details": "550 no such user", "ID": 4}
    said |= {"Email": delivery.address, "BouncedAt": "2026-11-21T10:00:00Z"}
    for _call in range(2):
        assert bring(client, said, where="reports/").status_code == 200

    with tenant_scope(other_portal.tenant):
        delivery.refresh_from_db()
        assert delivery.bounced_at is not None
        assert "550" in delivery.server_reply
