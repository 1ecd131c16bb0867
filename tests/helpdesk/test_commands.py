"""Portals are founded by commands, through the ordinary doors; demo portals once."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import AccountEvent, Tenant, TenantHost, User
from accounts.scoping import tenant_scope
from helpdesk.demo.building import PASSWORD
from helpdesk.demo.scripts import PORTALS
from knowledge.actions.usual_help import SECTION
from knowledge.models import ArticleVersion, Occasion, Section
from notifications.models import IncomingMail, MailAddress
from routing.models import Absence, Department, DepartmentMember
from routing.queries import default_department
from tests.pages import Page, snapshot
from tickets.enums import EventKind, Status, WaitingOn
from tickets.models import HelpTopic, Ticket, TicketEvent
from tickets.standing import standings


def create_tenant(slug="west", *more: str, host="west.example") -> str:
    out = StringIO()
    call_command(
        "create_tenant", slug, "--name", "West <b>", "--host", host, "--admin", "boss@west.example", *more, stdout=out
    )
    return out.getvalue()


def test_a_new_portal_can_be_used_at_once(portal):
    said = create_tenant()

    tenant = Tenant.objects.get(slug="west")
    assert "http://west.example" in said
    assert tenant.mail_address == "support@west.example"
    with tenant_scope(tenant):
        boss = User.objects.get()
        assert boss.is_administrator
        assert not boss.has_usable_password()
        assert DepartmentMember.objects.get(user=boss).department == default_department()
        topic = HelpTopic.objects.get()
    client = Client(headers={"host": "west.example"})
    form = {"email": "g@kund.example", "name": "G", "subject": "S", "body": "B"}
    assert client.post(f"/tickets/new/{topic.slug}/", form).status_code == 302
    with tenant_scope(tenant):
        assert Ticket.objects.count() == 1
    with tenant_scope(portal.tenant):
        assert Ticket.objects.count() == 0
        assert Department.objects.count() == 2


def test_a_new_portal_has_tips_and_shows_customers_no_placeholder(portal):
    create_tenant()

    with tenant_scope(Tenant.objects.get(slug="west")):
        (section,) = Section.objects.all()
        assert (section.name_sv, section.name_en) == SECTION
    guest = Client(headers={"host": "west.example"})
    form = Page(guest.get("/tickets/new/support/"))
    assert "Skriv vad du gjorde" in form.text
    for path in ("/", "/help/", "/contact/"):
        assert section.name_sv not in Page(guest.get(path)).text
    assert section.name_sv not in Page(guest.get("/help/", {"section": section.slug})).text
    with tenant_scope(portal.tenant):
        assert not Section.objects.exists()


@pytest.mark.parametrize(
    ("slug", "more", "host"),
    [
        ("north", (), "west.example"),
        ("west", (), "north.localhost"),
        ("not a slug", (), "west.example"),
        ("west", ("--colour", "red"), "west.example"),
        ("west", ("--mail", "nonsense"), "west.example"),
    ],
)
def test_a_portal_that_cannot_be_is_refused_whole(portal, slug, more, host):
    before = snapshot()

    with pytest.raises(CommandError):
        create_tenant(slug, *more, host=host)

    assert snapshot() == before


def test_a_logo_must_be_a_picture(portal, tmp_path):
    (tmp_path / "logo.svg").write_text("<svg/>")
    (tmp_path / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 20)
    with pytest.raises(CommandError):
        create_tenant("west", "--logo", str(tmp_path / "logo.svg"))
    create_tenant("west", "--logo", str(tmp_path / "logo.png"))

    assert Client(headers={"host": "west.example"}).get("/brand/logo/").headers["Content-Type"] == "image/png"


@pytest.fixture
def demo(db, settings):
    settings.EMBEDDED = True
    call_command("create_demo", stdout=StringIO())


def test_the_demo_portals_with_a_history_made_through_the_doors(demo):
    assert (
        {script.slug for script in PORTALS}
        == {"larm", "vard", "plan", "passer", "skola"}
        == set(Tenant.objects.values_list("slug", flat=True))
    )
    for tenant in Tenant.objects.all():
        with tenant_scope(tenant):
            tickets = list(Ticket.objects.all())
            assert len(tickets) >= 4
            assert {Status.OPEN, Status.CLOSED} <= {ticket.status for ticket in tickets}
            for ticket in tickets:
                kinds = [event.kind for event in ticket.events.order_by("pk")]
                assert kinds[:2] == [EventKind.OPENED, EventKind.ROUTED]
                told = [event.created_at for event in ticket.events.order_by("pk")]
                assert told == sorted(told)
                assert ticket.created_at <= ticket.last_activity_at
            assert TicketEvent.objects.filter(kind=EventKind.REPLIED).exists()
            assert AccountEvent.objects.exists()
            lately = timezone.now() - timedelta(days=20)
            assert not ArticleVersion.objects.filter(changed_at__gt=lately).exists()
            assert not Occasion.objects.filter(created_at__gt=lately).exists()


def test_some_of_the_demo_has_been_left_lying(demo):
    now = timezone.now()
    week_ago = now - timedelta(days=7)
    for tenant in Tenant.objects.filter(slug__in=["larm", "passer"]):
        with tenant_scope(tenant):
            ours = Ticket.objects.filter(waiting_on=WaitingOn.US)
            assert ours.filter(waiting_since__lt=week_ago, assignee=None, first_answered_at=None).exists()
            assert ours.filter(waiting_since__lt=now - timedelta(days=3), snoozed_until=None).count() >= 2
            assert ours.filter(snoozed_until__gt=now).exists()
            assert ours.exclude(nudged_at=None).exists()
            assert ours.filter(due_at__lt=now).exists()
            assert Absence.objects.exists()
            assert Ticket.objects.filter(waiting_on=WaitingOn.THIRD_PARTY).exclude(waits_for="").exists()
            assert Ticket.objects.filter(waiting_on=WaitingOn.CUSTOMER, waiting_since__lt=week_ago).exists()
            for ticket in Ticket.objects.prefetch_related("events"):
                told = standings(ticket.events.all())[-1]
                assert (ticket.waiting_on, ticket.waiting_since) == (told.waiting_on, told.since)
    with tenant_scope(Tenant.objects.get(slug="larm")):
        assert Ticket.objects.filter(times_reopened=2).exists()
        assert Ticket.objects.filter(snoozed_until__lt=now).exists()


def test_the_demo_sign_ins_work_on_each_portal(demo, settings):
    for tenant in Tenant.objects.all():
        host = tenant.primary_host
        for email, home in (
            ("customer@kund.example", "/tickets/"),
            ("colleague@kund.example", "/tickets/"),
            ("contact@kund.example", "/tickets/"),
            (f"agent@{tenant.slug}.example", "/desk/"),
            (f"lead@{tenant.slug}.example", "/desk/"),
            (f"supportlead@{tenant.slug}.example", "/desk/"),
            (f"admin@{tenant.slug}.example", "/desk/"),
        ):
            client = Client(headers={"host": host})
            assert client.post("/sign-in/", {"email": email, "password": PASSWORD}).url == home, email
            page = client.get(home)
            assert page.status_code == 200
        assert int(Page(page).main["data-total"]) > 0


def test_the_demo_ledger_shows_every_kind_of_end(demo):
    ends = {}
    for tenant in Tenant.objects.all():
        with tenant_scope(tenant):
            ends[tenant.slug] = set(IncomingMail.objects.values_list("state", "reason"))
            assert MailAddress.objects.exists()
            assert not IncomingMail.objects.filter(state__in=["waiting", "failed"]).exists()
    assert ends == {
        "larm": {
            ("new_ticket", ""),
            ("reply", ""),
            ("refused", "automatic"),
            ("refused", "bulk"),
            ("held", "not_on_ticket"),
            ("held", "unproven_colleague"),
            ("held", "unknown_address"),
        },
        "vard": {("new_ticket", ""), ("refused", "not_let_in")},
        "plan": {("new_ticket", ""), ("refused", "not_let_in")},
        "passer": {("new_ticket", "")},
        "skola": {("refused", "retired")},
    }


def test_a_second_run_keeps_what_is_there(demo):
    before = snapshot()

    call_command("create_demo", stdout=StringIO())

    assert snapshot() == before


def test_published_passwords_stay_out_of_production(db, settings):
    settings.EMBEDDED = False
    with pytest.raises(CommandError, match="--force"):
        call_command("create_demo", stdout=StringIO())

    assert not TenantHost.objects.exists()
