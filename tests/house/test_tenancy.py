"""Every model belongs to a tenant, and neither reads nor writes cross from one into another."""

from typing import Any

import pytest
from django.apps import apps
from django.core import checks
from django.db import models
from django_scopes import ScopeError, scope

from accounts.checks import SHARED_BY_DESIGN, every_model_is_tenant_data
from accounts.models import Event, Organisation, Tenant, TenantModel, User
from accounts.models.events import AppendOnly
from accounts.scoping import current_tenant, every_tenant, tenant_scope
from tests.factories import UserFactory, make_ticket
from tests.house.conftest import House
from tests.pages import snapshot
from tickets.models import Message, Ticket, TicketEvent

MODELS = [model for model in apps.get_models(include_auto_created=True) if issubclass(model, TenantModel)]
KEYS = [(model, key) for model in MODELS for key in model._tenant_keys()]


def row_of(model: type[TenantModel], tenant: Tenant) -> Any:
    with tenant_scope(tenant):
        row = model.objects.order_by("pk").first()
    assert row is not None, f"furnish() makes no {model._meta.label} yet"
    return row


def test_every_model_is_tenant_data_or_shared_by_design():
    assert every_model_is_tenant_data(None) == []
    assert len(SHARED_BY_DESIGN) == 7, "a model that all tenants share needs a reason"


def test_the_start_up_check_names_a_model_that_is_neither(monkeypatch):
    monkeypatch.setattr("accounts.checks.SHARED_BY_DESIGN", SHARED_BY_DESIGN - {"accounts.Session"})

    found = every_model_is_tenant_data(None)

    assert [(error.id, error.obj._meta.label) for error in found] == [("accounts.E001", "accounts.Session")]
    assert all(isinstance(error, checks.Error) for error in found)


def test_reading_without_a_scope_raises(db, subtests):
    for model in MODELS:
        with subtests.test(model._meta.label):
            with pytest.raises(ScopeError):
                list(model.objects.all())
            with pytest.raises(ScopeError):
                model.objects.count()
            with pytest.raises(ScopeError):
                model.objects.filter(pk=1).update(pk=2)


def test_whose_rows_are_read_is_decided_anew_by_each_query(portal, other_portal, monkeypatch):
    """Also where the queries of fewer tenants are kept than there are (`TENANTS_KEPT`)."""
    monkeypatch.setattr("accounts.models.tenancy.TENANTS_KEPT", 1)

    def read() -> set[int]:
        return set(User.objects.values_list("tenant", flat=True))

    for one in (portal, other_portal, portal):
        with tenant_scope(one.tenant):
            assert read() == {one.tenant.pk}
            with every_tenant():
                assert {portal.tenant.pk, other_portal.tenant.pk} <= read()
            assert read() == {one.tenant.pk}
    with pytest.raises(ScopeError):
        read()


def test_a_tenant_reads_its_own_rows_only(house: House, other_house: House, subtests):
    for model in MODELS:
        with subtests.test(model._meta.label):
            theirs = row_of(model, other_house.portal.tenant)

            with tenant_scope(house.portal.tenant):
                assert model.objects.exists()
                assert not model.objects.filter(pk=theirs.pk).exists()
                assert {row.tenant_id for row in model.objects.all()} == {house.portal.tenant.pk}


def test_a_row_of_another_tenant_is_neither_saved_nor_deleted(house: House, other_house: House, subtests):
    for model in MODELS:
        with subtests.test(model._meta.label):
            theirs = row_of(model, other_house.portal.tenant)
            before = snapshot()

            with tenant_scope(house.portal.tenant):
                for write in (theirs.save, theirs.delete):
                    with pytest.raises((ScopeError, AppendOnly)):
                        write()

            assert snapshot() == before


def test_a_row_is_not_created_for_another_tenant(house: House, other_house: House, subtests):
    for model in MODELS:
        with subtests.test(model._meta.label):
            new = {"tenant": other_house.portal.tenant}
            before = snapshot()

            with tenant_scope(house.portal.tenant):
                with pytest.raises(ScopeError, match="another tenant"):
                    model(**new).save()
                with pytest.raises(ScopeError, match="another tenant"):
                    model.objects.create(**new)
                with pytest.raises(ScopeError, match="another tenant"):
                    model.objects.bulk_create([model(**new)])

            assert snapshot() == before


def test_nothing_is_written_without_a_scope(house: House, subtests):
    for model in MODELS:
        with subtests.test(model._meta.label):
            mine = row_of(model, house.portal.tenant)

            with pytest.raises((ScopeError, AppendOnly)):
                mine.save()
            with pytest.raises((ScopeError, AppendOnly)):
                mine.delete()
            with pytest.raises(ScopeError):
                model(tenant=house.portal.tenant).save()


def test_a_row_never_moves_to_another_tenant(house: House, other_house: House, subtests):
    for model in MODELS:
        with subtests.test(model._meta.label):
            other = other_house.portal.tenant
            with tenant_scope(house.portal.tenant):
                for change in ({"tenant": other}, {"tenant_id": other.pk}):
                    with pytest.raises((ScopeError, AppendOnly)):
                        model.objects.all().update(**change)


def test_a_key_into_another_tenant_is_refused_by_id_and_by_object(house: House, other_house: House, subtests):
    for model, key in KEYS:
        with subtests.test(f"{model._meta.label}.{key.name}"):
            theirs = row_of(key.related_model, other_house.portal.tenant)
            with tenant_scope(house.portal.tenant):
                for value in ({key.attname: theirs.pk}, {key.name: theirs}):
                    with pytest.raises(ScopeError, match=key.name):
                        model.objects.bulk_create([model(**value)])
                    with pytest.raises(ScopeError, match=key.name):
                        model(**value).guard_write()


def test_a_loaded_row_may_not_be_pointed_into_another_tenant(house: House, other_house: House):
    with tenant_scope(house.portal.tenant):
        ticket = Ticket.objects.get(pk=house.ticket.pk)
        ticket.requester_id = other_house.portal.customer.pk
        with pytest.raises(ScopeError, match="requester"):
            ticket.save()
        with pytest.raises(ScopeError, match="requester"):
            ticket.save(update_fields=["requester"])


def test_a_bulk_update_does_not_reach_another_tenants_rows(house: House, other_house: House):
    with tenant_scope(house.portal.tenant):
        changed = Ticket.objects.filter(pk=other_house.ticket.pk).update(subject="taken")

    assert changed == 0


def test_a_relation_reached_from_another_tenants_object_gives_nothing(house: House, other_house: House):
    with tenant_scope(house.portal.tenant):
        assert list(other_house.ticket.messages.all()) == []
        assert list(other_house.portal.organisation.people.all()) == []


def test_a_relations_manager_creates_nothing_in_another_tenant(house: House, other_house: House):
    with tenant_scope(house.portal.tenant), pytest.raises(ScopeError):
        other_house.ticket.links.create(user=house.portal.customer, expires_at=house.ticket.created_at)


def test_get_or_create_and_update_or_create_stay_inside(house: House, other_house: House):
    with tenant_scope(house.portal.tenant):
        mine, created = Organisation.objects.get_or_create(name="Only elsewhere")
    with tenant_scope(other_house.portal.tenant):
        assert created
        assert not Organisation.objects.filter(pk=mine.pk).exists()
        with pytest.raises(ScopeError):
            Organisation.objects.update_or_create(name="New", defaults={"tenant": house.portal.tenant})


def test_the_same_address_is_two_people_on_two_portals(house: House, other_house: House):
    assert house.portal.customer.email == other_house.portal.customer.email
    assert house.portal.customer.pk != other_house.portal.customer.pk
    with tenant_scope(house.portal.tenant):
        assert User.objects.get(email="anna@kund.example") == house.portal.customer


@pytest.mark.parametrize("nobody", [None, Tenant(slug="unsaved")])
def test_no_scope_is_entered_for_nobody(nobody):
    with pytest.raises(ScopeError), tenant_scope(nobody):
        pass


def test_the_current_tenant_is_known_inside_and_nowhere_else(house: House, other_house: House):
    with pytest.raises(ScopeError):
        current_tenant()
    with tenant_scope(house.portal.tenant):
        with tenant_scope(other_house.portal.tenant):
            assert current_tenant() == other_house.portal.tenant
        assert current_tenant() == house.portal.tenant
    with every_tenant(), pytest.raises(ScopeError):
        current_tenant()
    with scope(tenant=None), pytest.raises(ScopeError):
        current_tenant()


def test_reading_everybodys_rows_does_not_allow_writing_them(house: House):
    with every_tenant():
        ticket = Ticket.objects.get(pk=house.ticket.pk)
        with pytest.raises(ScopeError):
            ticket.save()
        with pytest.raises(ScopeError):
            Ticket.objects.filter(pk=ticket.pk).update(subject="changed")


EVENTS = [model for model in MODELS if issubclass(model, Event)]


@pytest.mark.parametrize("model", EVENTS, ids=lambda model: model._meta.label)
def test_history_is_neither_changed_nor_deleted(house: House, model):
    with tenant_scope(house.portal.tenant):
        event = model.objects.first()
        event.data = {"rewritten": True}
        for rewrite in (
            event.save,
            event.delete,
            model.objects.all().delete,
            lambda: model.objects.update(data={}),
            lambda: model.objects.update(fanned_out_at=None, kind="closed"),
        ):
            with pytest.raises(AppendOnly):
                rewrite()
        assert model.objects.get(pk=event.pk).data != {"rewritten": True}


def test_bulk_updates_of_history_are_refused_too(house: House):
    with tenant_scope(house.portal.tenant):
        event = TicketEvent.objects.first()
        event.kind = "closed"
        with pytest.raises(AppendOnly):
            TicketEvent.objects.bulk_update([event], ["kind"])


def test_bulk_updates_move_no_row_to_another_tenant(house: House, other_house: House):
    with tenant_scope(house.portal.tenant):
        ticket = Ticket.objects.get(pk=house.ticket.pk)
        ticket.tenant = other_house.portal.tenant
        with pytest.raises(ScopeError):
            Ticket.objects.bulk_update([ticket], ["tenant"])


def test_a_bulk_update_does_not_point_into_another_tenant(house: House, other_house: House):
    theirs = other_house.portal
    with tenant_scope(house.portal.tenant):
        with pytest.raises(ScopeError):
            Ticket.objects.filter(pk=house.ticket.pk).update(department=theirs.department)
        with pytest.raises(ScopeError):
            Message.objects.filter(ticket=house.ticket).update(author_id=theirs.customer.pk)
        ticket = Ticket.objects.get(pk=house.ticket.pk)
        ticket.assignee_id = theirs.agent.pk
        with pytest.raises(ScopeError):
            Ticket.objects.bulk_update([ticket], ["assignee"])
        assert Ticket.objects.filter(pk=house.ticket.pk).update(department=house.portal.other_department.pk) == 1


def test_deleting_reaches_no_other_tenants_rows(house: House, other_house: House):
    """Cascades follow keys, and no key leaves its tenant; so a delete stays inside."""
    with tenant_scope(house.portal.tenant):
        person = UserFactory()
        make_ticket(requester=person, topic=house.portal.topic)
        with pytest.raises(models.ProtectedError):
            person.delete()
    with tenant_scope(other_house.portal.tenant):
        assert Ticket.objects.filter(pk=other_house.ticket.pk).exists()
