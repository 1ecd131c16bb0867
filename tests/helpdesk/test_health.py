"""Probes and the TLS front are answered on any host; the list of portals only where it belongs."""

import pytest
from django.db import OperationalError, connection
from django.test import Client

from helpdesk.schedule import JOBS, Job
from tests.pages import Page


@pytest.fixture
def probe() -> Client:
    return Client(headers={"host": "10.0.0.7:8000"})


def test_alive_needs_no_database(probe):
    """No `db` fixture: a query would fail the test."""
    assert probe.get("/healthz").content == b"ok\n"


def test_ready_when_the_database_answers_and_is_migrated(db, probe, monkeypatch):
    assert probe.get("/readyz").status_code == 200
    assert probe.get("/readyz").content == b"ready\n"


@pytest.mark.only("postgresql")
def test_postgresql_compiles_no_query_for_us(db):
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)


def test_not_ready_without_database_or_migrations(db, probe, monkeypatch):
    def gone():
        raise OperationalError

    monkeypatch.setattr("helpdesk.middleware._nothing_to_migrate", gone)
    assert Client().get("/readyz").status_code == 503
    monkeypatch.setattr("helpdesk.middleware._nothing_to_migrate", lambda: False)
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"migrations are missing\n")


@pytest.mark.parametrize(
    ("domain", "status"),
    [
        ("north.localhost", 200),
        ("NORTH.localhost.", 200),
        ("nowhere.example", 404),
        ("", 404),
        ("north.localhost\0", 404),
        ("*", 404),
        ("x" * 5000, 404),
    ],
)
def test_certificates_are_fetched_for_known_hosts_only(portal, probe, domain, status):
    assert probe.get("/hosts/known", {"domain": domain}).status_code == status


def test_a_closed_portals_host_gets_no_certificate(portal, probe):
    portal.tenant.is_active = False
    portal.tenant.save()

    assert probe.get("/hosts/known", {"domain": "north.localhost"}).status_code == 404


def test_the_list_of_portals_leads_to_each(portal, other_portal, settings):
    settings.PORTAL_LIST = True
    client = Client(headers={"host": "localhost:8000"})

    page = Page(client.get("/"))

    assert {portal.tenant.url("/"), other_portal.tenant.url("/")} <= set(page.links())
    assert client.get("/tickets/").status_code == 404
    settings.PORTAL_LIST = False
    assert client.get("/").content == b"Not found\n"


def test_a_portals_session_carried_to_the_list_of_portals_is_nobodys(portal, other_portal, settings, browse):
    settings.PORTAL_LIST = True
    client = browse(portal, portal.agent)

    assert client.get("/", headers={"host": "localhost:8000"}).status_code == 200
    assert client.get("/nothing/", headers={"host": "localhost:8000"}).status_code == 404


def test_every_job_of_the_schedule_exists_and_runs(portal, other_portal):
    for job in JOBS:
        job.run()


def test_one_tenants_trouble_holds_no_other_up(portal, other_portal, monkeypatch):
    from accounts.scoping import current_tenant

    seen = []

    def work():
        seen.append(current_tenant().slug)
        raise ZeroDivisionError

    monkeypatch.setattr("tickets.actions.tidying.sweep_uploads", work)
    Job("test", "tickets.actions.tidying:sweep_uploads", every=1, each_tenant=True).run()

    assert seen == ["north", "south"]
