"""Files: kept over errors, refused with words, and sent back so that no browser ever runs them."""

import unicodedata
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.pictures import picture_type
from accounts.scoping import tenant_scope
from accounts.uploading import FORBIDDEN_ENDINGS, NAME_LIMIT, safe_file_name
from tests.factories import make_ticket
from tests.pages import Page
from tickets.actions.attaching import drop_uploads, keep_uploads
from tickets.actions.tidying import sweep_uploads
from tickets.models import Attachment, Message, Ticket, Upload

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32
URL = "/tickets/new/fault/"


def file(name: str, content: bytes = b"some text", content_type: str = "text/plain") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type)


@pytest.fixture
def ticket(portal, other_portal) -> Ticket:
    with tenant_scope(portal.tenant):
        return make_ticket(requester=portal.customer, topic=portal.topic)


@pytest.fixture
def send(portal, ticket, browse):
    """Reply with files, as the customer; gives the answer and the files that now hang on the ticket."""
    client = browse(portal, portal.customer)

    def post(*files: SimpleUploadedFile, **fields: object):
        data = {"body": "See", "key": str(uuid4()), **fields}
        response = client.post(f"/tickets/{ticket.number}/reply/", {**data, "attachments": list(files)})
        with tenant_scope(portal.tenant):
            return response, list(Attachment.objects.filter(message__ticket=ticket).order_by("pk"))

    post.client = client
    return post


def fetch(send, ticket, attachment):
    return send.client.get(f"/tickets/{ticket.number}/attachments/{attachment.pk}/")


@pytest.mark.parametrize(
    ("name", "content", "claimed", "type_sent", "inline"),
    [
        ("photo.png", PNG, "text/html", "image/png", True),
        ("photo.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 20, "image/jpeg", "image/jpeg", True),
        ("photo.gif", b"GIF89a" + b"\0" * 20, "x", "image/gif", True),
        ("photo.webp", b"RIFF\0\0\0\0WEBP" + b"\0" * 20, "x", "image/webp", True),
        ("page.html", b"<script>alert(1)</script>", "text/html", "application/octet-stream", False),
        ("drawing.svg", b"<svg onload='alert(1)'/>", "image/svg+xml", "application/octet-stream", False),
        ("fake.png", b"<script>alert(1)</script>", "image/png", "application/octet-stream", False),
        ("doc.pdf", b"%PDF-1.7 <script>", "application/pdf", "application/octet-stream", False),
        ("page.xhtml", b"<?xml version='1.0'?><html/>", "application/xhtml+xml", "application/octet-stream", False),
        ("notes.txt", b"plain", "text/plain", "application/octet-stream", False),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value else "",
)
def test_only_pictures_are_shown_inline_and_their_bytes_decide(send, ticket, name, content, claimed, type_sent, inline):
    _response, (attachment,) = send(file(name, content, claimed))

    response = fetch(send, ticket, attachment)

    assert response.getvalue() == content
    assert response.headers["Content-Type"] == type_sent
    assert response.headers["Content-Disposition"].startswith("inline" if inline else "attachment")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "private" in response.headers["Cache-Control"]
    assert response.headers["Content-Length"] == str(len(content))


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\win.ini", "win.ini"),
        ("/absolute/name.txt", "name.txt"),
        ("invoice\u202egnp.txt", "invoicegnp.txt"),
        ("nul\x00byte.txt", "nulbyte.txt"),
        ("line\r\nbreak.txt", "linebreak.txt"),
        ('quo"te.txt', 'quo"te.txt'),
        ("..", "file"),
        ("...", "file"),
        ("", "file"),
        ("/", "file"),
        ("A\u030ang.txt", "Ång.txt"),
        ("b" * 300 + ".jpeg", "b" * 138 + ".jpeg"),
        ("🔥.txt", "🔥.txt"),
    ],
)
def test_a_name_is_made_harmless(sent, shown):
    assert safe_file_name(sent) == shown


@given(st.text(max_size=400))
def test_no_name_keeps_a_path_a_control_or_too_many_letters(name):
    safe = safe_file_name(name)

    assert 0 < len(safe) <= NAME_LIMIT
    assert "/" not in safe
    assert safe not in (".", "..")
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in safe)
    assert safe_file_name(safe) == safe


@given(st.binary(max_size=64))
def test_bytes_are_a_picture_only_with_a_pictures_beginning(head):
    known = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"RIFF")

    assert picture_type(head) is None or head.startswith(known)


def test_a_strange_name_is_sent_back_in_headers_that_hold(send, ticket):
    _response, (attachment,) = send(file('plan "ö" 🔥;\u202e.txt'))

    response = fetch(send, ticket, attachment)

    assert response.headers["Content-Disposition"].isascii()
    assert "\n" not in response.headers["Content-Disposition"]
    assert "\u202e" not in attachment.name
    response.getvalue()


def test_nothing_of_the_senders_name_reaches_the_disk(send, ticket, settings):
    _response, (attachment,) = send(file("evil.php", b"<?php"))

    assert "evil" not in attachment.file.name
    assert "php" not in attachment.file.name
    assert str(ticket.tenant_id) in attachment.file.name


@pytest.mark.parametrize("ending", sorted(FORBIDDEN_ENDINGS))
def test_programs_are_refused_whatever_their_case(send, ending):
    response, attachments = send(file(f"setup.{ending.upper()}"))

    assert response.status_code == 422
    assert attachments == []
    assert f"setup.{ending.upper()}" in Page(response).text


@pytest.mark.parametrize("name", ["setup.exe.", "setup.exe ", "setup.exe\u200b", "setup.e\u202exe", "a/setup.exe"])
def test_a_program_cannot_hide_behind_its_name(send, name):
    response, attachments = send(file(name))

    assert response.status_code == 422
    assert attachments == []


def test_an_empty_file_is_named(send):
    response, attachments = send(file("empty.txt", b""))

    assert response.status_code == 422
    assert "empty.txt" in Page(response).text
    assert attachments == []


def test_a_file_over_the_portals_limit_is_named_and_the_others_are_kept(portal, send, ticket):
    portal.tenant.attachment_limit_mb = 1
    portal.tenant.save()

    response, attachments = send(file("big.log", b"x" * (1024 * 1024 + 1)), file("small.txt"), body="My <words>")

    page = Page(response)
    form = page.form("/reply/")
    assert response.status_code == 422
    assert attachments == []
    assert "big.log" in page.text
    assert "1 MB" in page.text
    assert form["body"] == "My <words>"
    assert "small.txt" in page.text
    sent = send.client.post(f"/tickets/{ticket.number}/reply/", form)
    with tenant_scope(portal.tenant):
        assert sent.status_code == 302
        assert [(one.name, one.size) for one in Attachment.objects.all()] == [("small.txt", 9)]
        assert Upload.objects.count() == 0


def test_a_file_of_exactly_the_limit_is_welcome(portal, send):
    portal.tenant.attachment_limit_mb = 1
    portal.tenant.save()

    response, attachments = send(file("exact.log", b"x" * 1024 * 1024))

    assert response.status_code == 302
    assert [attachment.size for attachment in attachments] == [1024 * 1024]


def test_files_over_the_installations_limit_end_in_a_page_that_keeps_the_text(send, settings, monkeypatch):
    settings.ATTACHMENTS_LIMIT_MB = 1
    half = b"x" * (700 * 1024)

    response, attachments = send(file("a.log", half), file("b.log", half), body="Keep me")

    page = Page(response)
    assert response.status_code == 422
    assert page.form("/reply/")["body"] == "Keep me"
    assert "too large" in page.text
    assert attachments == []


def test_a_request_larger_than_anybody_reads_gets_a_page(portal, browse):
    response = browse(portal).generic(
        "POST", URL, b"--x\r\n", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(40 * 1024**3)
    )

    assert response.status_code == 413


def test_too_many_files_at_once_are_refused_with_the_text_kept(send, settings):
    settings.ATTACHMENTS_PER_MESSAGE = 3

    response, attachments = send(*[file(f"{n}.txt") for n in range(4)], body="Keep me")

    assert response.status_code == 422
    assert Page(response).form("/reply/")["body"] == "Keep me"
    assert attachments == []


def test_a_kept_file_whose_tick_is_taken_away_is_dropped(portal, send, ticket):
    key = str(uuid4())
    response, _none = send(file("keep.txt"), file("drop.txt"), file("empty.txt", b""), key=key)
    with tenant_scope(portal.tenant):
        uploads = {upload.name: upload.key for upload in Upload.objects.all()}
    assert set(uploads) == {"keep.txt", "drop.txt"}

    response, attachments = send(key=key, kept=uploads["keep.txt"])

    assert response.status_code == 302
    assert [attachment.name for attachment in attachments] == ["keep.txt"]


def test_kept_files_belong_to_their_form(portal, other_portal, send, ticket):
    """Neither another form's key nor its files' numbers bring somebody else's files along."""
    with tenant_scope(portal.tenant):
        (secret,) = keep_uploads(form_key=uuid4(), files=[file("secret.txt")])
    with tenant_scope(other_portal.tenant):
        (theirs,) = keep_uploads(form_key=uuid4(), files=[file("theirs.txt")])

    _response, attachments = send(kept=[secret.key, theirs.key])

    assert attachments == []
    with tenant_scope(portal.tenant):
        assert Upload.objects.filter(pk=secret.pk).exists()


def test_nothing_but_a_file_that_is_gone_is_no_message(portal, send, ticket):
    response, _attachments = send(body="", kept="999999")

    assert response.status_code == 422
    with tenant_scope(portal.tenant):
        assert Message.objects.filter(ticket=ticket).count() == 1


def test_a_file_alone_is_a_message(portal, send):
    response, attachments = send(file("photo.png", PNG), body="")

    assert response.status_code == 302
    assert len(attachments) == 1


def test_a_file_that_vanished_from_the_disk_is_a_404(send, ticket):
    _response, (attachment,) = send(file("plan.txt"))
    attachment.file.storage.delete(attachment.file.name)

    assert fetch(send, ticket, attachment).status_code == 404


def test_forgotten_uploads_are_swept_after_a_day_and_attached_files_never(
    portal, other_portal, send, ticket, django_capture_on_commit_callbacks
):
    _response, (attachment,) = send(file("sent.txt"))
    with tenant_scope(other_portal.tenant):
        (next_door,) = keep_uploads(form_key=uuid4(), files=[file("next door.txt")])
        Upload.objects.update(created_at=timezone.now() - timedelta(days=2))
    with tenant_scope(portal.tenant):
        (old,) = keep_uploads(form_key=uuid4(), files=[file("old.txt")])
        Upload.objects.update(created_at=timezone.now() - timedelta(days=1, minutes=1))
        (new,) = keep_uploads(form_key=uuid4(), files=[file("new.txt")])

        with django_capture_on_commit_callbacks(execute=True):
            assert sweep_uploads() == 1

        assert list(Upload.objects.all()) == [new]
        assert not old.file.storage.exists(old.file.name)
        assert attachment.file.storage.exists(attachment.file.name)
    with tenant_scope(other_portal.tenant):
        assert list(Upload.objects.all()) == [next_door]


@pytest.mark.django_db(transaction=True)
def test_a_dropped_file_stays_when_its_transaction_is_undone(portal, other_portal):
    """A crash between dropping and committing leaves the row, which must still find its bytes."""
    key = uuid4()
    with tenant_scope(portal.tenant):
        (kept,) = keep_uploads(form_key=key, files=[file("plan.txt")])
        with transaction.atomic():
            drop_uploads(form_key=key, ids=[kept.pk])
            transaction.set_rollback(True)

        with Upload.objects.get().file.open() as content:
            assert content.read() == b"some text"
        drop_uploads(form_key=key, ids=[kept.pk])
        assert not kept.file.storage.exists(kept.file.name)
