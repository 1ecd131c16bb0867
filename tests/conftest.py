"""Every test has a second tenant, whose people must see nothing."""

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import Organisation, Tenant, User
from accounts.scoping import tenant_scope
from routing.models import Department
from tests import databases
from tests.factories import (
    AgentFactory,
    DepartmentFactory,
    MemberFactory,
    OrganisationFactory,
    TenantFactory,
    TopicFactory,
    UserFactory,
)
from tickets.models import HelpTopic

PARTS = {
    "sqlite": ("SQLite", lambda: connection.vendor == "sqlite"),
    "postgresql": ("PostgreSQL", lambda: connection.vendor == "postgresql"),
    "redis": ("Redis", lambda: bool(settings.CELERY_BROKER_URL)),
}


DATABASES = {"db", "transactional_db"}  # the fixtures that every test with a database has


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"only(part): about one engine alone, of {', '.join(PARTS)}; else not collected")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is about an engine this run does not have, and on the second engine also what asks no database
    at all, and so cannot tell one engine from another. The other test command has both."""
    left_out = [item for item in items if not is_told_by_this_run(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def is_told_by_this_run(item: Any) -> bool:
    parts = [mark.args[0] for mark in item.iter_markers("only")]
    if parts or connection.vendor == "sqlite":
        return all(PARTS[part][1]() for part in parts)
    return item.get_closest_marker("django_db") is not None or not DATABASES.isdisjoint(item.fixturenames)


def pytest_collection_finish() -> None:
    """The collector has nothing to find among what is here from now to the end, and less often in what tests make.

    Looking through all the modules and thousands of tests again and again took a tenth of the whole run.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    missing = [name for name, is_here in PARTS.values() if not is_here()]
    terminalreporter.write_line(
        f"Left out: tests that are about {' or '.join(missing)} alone, which this run does not have; "
        "make test and make test-services together run them all."
    )
    if connection.vendor != "sqlite":
        terminalreporter.write_line("Tests without any database: left out as well, make test runs them.")
        terminalreporter.write_line("Journeys: in Swedish, without axe and narrow windows, which make test looks at.")


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest) -> bool:
    """A file stays until the next run, which begins anew unless told to --reuse-db; databases of servers go."""
    return connection.vendor == "sqlite" or bool(request.config.getvalue("reuse_db"))


@pytest.fixture(scope="session")
def django_db_createdb(request: pytest.FixtureRequest) -> bool:
    return connection.vendor != "sqlite" and bool(request.config.getvalue("create_db"))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    database = Path(connection.settings_dict["TEST"]["NAME"] or "")
    is_reused = request.config.getvalue("reuse_db") and not request.config.getvalue("create_db") and database.exists()
    if connection.vendor == "sqlite" and not is_reused:
        databases.begin_anew(database)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    if connection.vendor == "sqlite":
        with django_db_blocker.unblock():
            databases.keep()


@dataclass
class Portal:
    """One tenant with the people and departments a helpdesk has at least."""

    tenant: Tenant
    department: Department
    other_department: Department
    topic: HelpTopic
    organisation: Organisation
    customer: User
    agent: User
    lead: User
    administrator: User

    @property
    def host(self) -> str:
        return self.tenant.primary_host


def make_portal(slug: str) -> Portal:
    tenant = TenantFactory(slug=slug)
    with tenant_scope(tenant):
        default = DepartmentFactory(name="Service desk", is_default=True)
        other = DepartmentFactory(name="Field service")
        agent = AgentFactory(email=f"agent@{slug}.example", name="Elin Lund")
        lead = AgentFactory(email=f"lead@{slug}.example", name="Johan Strand")
        administrator = AgentFactory(email=f"admin@{slug}.example", name="Maria Berg", role="administrator")
        MemberFactory(department=default, user=agent)
        MemberFactory(department=default, user=lead, is_lead=True)
        organisation = OrganisationFactory(name="Åby kommun")
        customer = UserFactory(email="anna@kund.example", name="Anna Holm", organisation=organisation)
        topic = TopicFactory(slug="fault", name_sv="Felanmälan", name_en="Fault report", department=default)
    return Portal(tenant, default, other, topic, organisation, customer, agent, lead, administrator)


@pytest.fixture(autouse=True)
def _fast_and_plain(settings) -> None:
    """Cheap password hashes and unhashed static names: neither is what these tests are about."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    # Static files straight from their folders: nothing is collected before the tests.
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True


@pytest.fixture(autouse=True)
def _files_aside(settings, tmp_path) -> None:
    """Files and kept mails of a test go to its own folder."""
    default = {**settings.STORAGES["default"], "OPTIONS": {"location": str(tmp_path / "files"), "base_url": None}}
    settings.STORAGES = settings.STORAGES | {"default": default}
    settings.MAIL_DIR = tmp_path / "mail"


@pytest.fixture(autouse=True)
def _nothing_kept(settings) -> None:
    """Figures are counted when they are asked for; and ids come again in the next test."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


@pytest.fixture(autouse=True)
def _servers_here(settings) -> None:
    """The mail servers of the tests are on this machine, which portals reach by default with SQLite alone."""
    settings.PRIVATE_MAIL_SERVERS = True


@pytest.fixture
def portal(db) -> Portal:
    return make_portal("north")


@pytest.fixture
def other_portal(db) -> Portal:
    """The second tenant."""
    return make_portal("south")


@pytest.fixture
def tenant(portal: Portal) -> Tenant:
    return portal.tenant


@pytest.fixture
def other_tenant(other_portal: Portal) -> Tenant:
    return other_portal.tenant


@pytest.fixture
def in_scope(portal: Portal, other_portal: Portal) -> Iterator[Portal]:
    """Inside the first tenant's scope, with the second one beside it."""
    with tenant_scope(portal.tenant):
        yield portal


@pytest.fixture
def browse() -> Callable[..., Client]:
    """A client on a portal's host, signed in as `user` if one is given; English unless told otherwise."""

    def make(portal: Portal, user: User | None = None, language: str = "en") -> Client:
        client = Client(headers={"host": f"{portal.host}:8000", "accept-language": language})
        if user is not None:
            with tenant_scope(portal.tenant):
                client.force_login(user, backend="accounts.backends.TenantBackend")
        return client

    return make
