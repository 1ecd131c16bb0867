"""The way in for mail servers: `manage.py receive_mail`, as a mail server calls it."""

import signal
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from django.conf import settings

from accounts.scoping import every_tenant, tenant_scope
from notifications.destinations import addressed_to, portal_for, portal_receiving
from notifications.enums import MailSource, MailState
from notifications.models import IncomingMail, MailAddress, RawMail
from tests.conftest import Portal
from tests.notifications.processes import DEADLINE, environment

RAW = b"From: anna@kund.example\r\nTo: help@south.example\r\nSubject: Hi\r\n\r\nThe door is open.\r\n"
DYING = str(Path(__file__).with_name("dying_command.py"))
RECEIVING = "notifications.actions.receiving"


@pytest.fixture
def addresses(portal: Portal, other_portal: Portal) -> None:
    for place in (portal, other_portal):
        with tenant_scope(place.tenant):
            MailAddress.objects.create(email=f"help@{place.tenant.slug}.example", topic=place.topic)


def pipe(env: dict[str, str], *arguments: str, raw: bytes = RAW) -> subprocess.CompletedProcess[bytes]:
    return run(env, "manage.py", "receive_mail", *arguments, raw=raw)


def run(env: dict[str, str], *command: str, raw: bytes = RAW) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, *command],
        input=raw,
        env=env,
        cwd=settings.BASE_DIR,
        capture_output=True,
        timeout=DEADLINE,
        check=False,
    )


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return environment(1, tmp_path)


@pytest.mark.django_db(transaction=True)
def test_a_mail_on_standard_input_is_stored_for_the_portal_it_is_addressed_to(
    portal: Portal, other_portal: Portal, addresses: None, env: dict[str, str]
):
    raw = RAW + bytes(range(256))
    first = pipe(env, "--recipient", "help@north.example", raw=raw)
    again = pipe(env, "--recipient", "help@north.example", raw=raw)

    assert (first.returncode, again.returncode) == (0, 0), first.stderr
    with tenant_scope(portal.tenant):
        mail = IncomingMail.objects.get()
        assert (mail.source, mail.state, mail.recipient) == (MailSource.PIPE, MailState.WAITING, "help@north.example")
        assert zlib.decompress(bytes(mail.raw.content)) == raw
    with tenant_scope(other_portal.tenant):
        assert not IncomingMail.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("trouble", "arguments", "raw"),
    [
        ({"DATABASE_URL": "sqlite:////nowhere/at/all.sqlite3"}, (), RAW),
        ({"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}, (), RAW),
        ({"DATABASE_URL": "postgres://a@b/c", "SECRET_KEY": ""}, (), RAW),
        ({}, ("--nonsense",), RAW),
        ({}, ("--recipient", "somebody@elsewhere.example"), RAW),
        ({}, (), b" \r\n"),
    ],
    ids=["no file", "no server", "no secret", "bad option", "no address", "no mail"],
)
def test_what_cannot_be_stored_stays_with_the_mail_server(
    portal: Portal, other_portal: Portal, addresses: None, env: dict[str, str], trouble, arguments, raw
):
    result = pipe(env | trouble, *arguments, raw=raw)

    assert result.returncode == 75
    assert b"Traceback" not in result.stderr
    assert result.stderr.strip()
    with every_tenant():
        assert not IncomingMail.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("step", "when"),
    [
        (f"{RECEIVING}:IncomingMail.save", "after"),
        (f"{RECEIVING}:RawMail.save", "after"),
        ("helpdesk.management.commands.receive_mail:receive_mail", "after"),
    ],
)
def test_killed_at_any_step_and_brought_again_there_is_one_whole_mail(
    portal: Portal, other_portal: Portal, addresses: None, env: dict[str, str], step: str, when: str
):
    killed = run(env, DYING, step, when, "receive_mail", "--recipient", "help@north.example")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    with every_tenant():
        assert IncomingMail.objects.count() == RawMail.objects.count()

    assert pipe(env, "--recipient", "help@north.example").returncode == 0

    with tenant_scope(portal.tenant):
        assert zlib.decompress(bytes(IncomingMail.objects.get().raw.content)) == RAW


@pytest.mark.parametrize(
    ("recipient", "slug"),
    [
        ("help@north.example", "north"),
        ("HELP+r12-0123456789abcdef@North.Example", "north"),
        ("help+newsletter@south.example", "south"),
        ("support@south.example", "south"),  # the portal's own
        ("anybody@north.example", "north"),  # in its domain only
        ("field@elsewhere.example", "north"),  # a department's
        ("anybody@nowhere.example", None),
        ("", None),
        ("\x00\udcff", None),
    ],
)
def test_the_recipient_says_which_portal(
    portal: Portal, other_portal: Portal, addresses: None, recipient: str, slug: str | None
):
    with tenant_scope(portal.tenant):
        portal.other_department.mail_address = "field@elsewhere.example"
        portal.other_department.save()

    found = portal_for([recipient])

    assert (found.slug if found else None) == slug


def test_the_address_that_is_somebodys_counts_before_a_domain(portal: Portal, other_portal: Portal, addresses: None):
    assert portal_for(["stranger@north.example", "help@south.example"]) == other_portal.tenant


def test_without_a_word_it_is_the_portal_named_in_the_settings_or_the_only_one(portal: Portal, settings):
    assert portal_for(["x@nowhere.example"]) == portal.tenant

    settings.DEFAULT_TENANT = "elsewhere"

    assert portal_for(["x@nowhere.example"]) is None


def test_a_portal_that_was_closed_receives_nothing(portal: Portal, other_portal: Portal, addresses: None):
    other_portal.tenant.is_active = False
    other_portal.tenant.save()

    assert portal_receiving("help@south.example") is None


def test_the_head_of_a_mail_names_its_recipients_the_surest_first():
    raw = (
        b'Subject: To: a@no.example\r\nTo: "x, y" <b@to.example>,\r\n\tc@to.example\r\nDelivered-To: d@in.example\r\n'
        b"CC: \xc3\xa5@r\xc3\xa5.example\r\n\r\nTo: e@no.example\r\n"
    )

    assert addressed_to(raw) == ["d@in.example", "b@to.example", "c@to.example", "å@rå.example"]
    assert addressed_to(b"") == addressed_to(b"\xff\x00" * 9) == []
    assert len(addressed_to(b"To: " + b"a@b.example, " * 900)) == 200
