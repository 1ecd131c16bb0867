"""An upgrade keeps what agreements called their service level: as a level of that name."""

from importlib import import_module

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from accounts.models import Agreement
from accounts.scoping import tenant_scope
from routing.models import AgreementLevel, ServiceLevel
from tests.databases import bring_back

NAME = "0007_levels_of_agreements"
TEXTS = {"Ambulance": "Guld", "Fire": "Guld", "Police": "24/7 – “jour”", "Nobody": "", "Chosen": "Guld"}


@pytest.fixture
def old(portal, other_portal):
    """The models as they were, and the columns as they were, with the same agreements on both portals."""
    bring_back("accounts_agreement", "service_level")
    bring_back("accounts_tenant", "entry_contact", "phone_hours")
    for place in (portal, other_portal):
        with tenant_scope(place.tenant):
            for name, text in TEXTS.items():
                made = Agreement.objects.create(name=name)
                with connection.cursor() as cursor:
                    cursor.execute("UPDATE accounts_agreement SET service_level = %s WHERE id = %s", [text, made.pk])
            silver = ServiceLevel.objects.create(name="Silver")
            AgreementLevel.objects.create(agreement=Agreement.objects.get(name="Chosen"), level=silver)
    return MigrationExecutor(connection).loader.project_state(("routing", NAME)).apps


def texts() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id, name, service_level FROM accounts_agreement")
        return {(tenant, name): text for tenant, name, text in cursor.fetchall()}


def test_each_text_becomes_one_level_of_its_own_portal(portal, other_portal, old):
    migration = import_module(f"routing.migrations.{NAME}")
    migration.fill(old, None)
    migration.fill(old, None)

    for place in (portal, other_portal):
        with tenant_scope(place.tenant):
            levels = dict(AgreementLevel.objects.values_list("agreement__name", "level__name"))
            assert levels == {"Ambulance": "Guld", "Fire": "Guld", "Police": "24/7 – “jour”", "Chosen": "Silver"}
            assert sorted(ServiceLevel.objects.values_list("name", flat=True)) == ["24/7 – “jour”", "Guld", "Silver"]
            for level in ServiceLevel.objects.all():
                assert (level.targets.count(), level.is_default, level.calendar) == (0, False, None)


def test_going_back_puts_the_names_where_they_were(portal, other_portal, old):
    migration = import_module(f"routing.migrations.{NAME}")
    before = texts()
    migration.fill(old, None)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_agreement SET service_level = ''")

    migration.back(old, None)

    for key, text in texts().items():
        assert text == ("Silver" if key[1] == "Chosen" else before[key])
