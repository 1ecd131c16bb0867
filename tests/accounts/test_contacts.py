"""Named contacts: who asks for an organisation, how many, and what happens at the limit (S1, T14)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from accounts.actions.closing_accounts import close_account, reopen_account
from accounts.actions.contacts import (
    NoContact,
    appoint_contact_person,
    choose_colleague_sight,
    name_contact,
    replace_contact,
    unname_contact,
)
from accounts.actions.organising import set_agreement
from accounts.enums import AccountEventKind
from accounts.facts import NoPlaceLeft
from accounts.models import AccountEvent, Agreement, LocalAdministrator, User
from accounts.queries.advice import advice_for
from accounts.queries.entitlement import named_contacts_of
from accounts.scoping import tenant_scope
from tests.factories import AgentFactory, OrganisationFactory, UserFactory


@pytest.fixture
def company(in_scope):
    """An organisation with two places, of which one is taken."""
    agreement = Agreement.objects.create(name="Standard", contact_limit=2)
    organisation = OrganisationFactory(name="Hamnbolaget", agreement=agreement)
    UserFactory(name="Ada", organisation=organisation, is_named_contact=True)
    UserFactory(name="Bo", organisation=organisation)
    UserFactory(name="Cilla", organisation=organisation)
    return organisation


def called(name: str) -> User:
    return User.objects.get(name=name)


def names(organisation) -> list[str]:
    return [person.name for person in named_contacts_of(organisation)]


def events() -> list[tuple[str, dict]]:
    rows = AccountEvent.objects.filter(kind=AccountEventKind.CONTACT_CHANGED).order_by("pk")
    return [(row.user.name, row.data) for row in rows]


def test_the_last_place_is_given_and_the_next_one_refused(in_scope, company):
    name_contact(actor=in_scope.agent, user=called("Bo"))

    with pytest.raises(NoPlaceLeft) as refused:
        name_contact(actor=in_scope.agent, user=called("Cilla"))

    assert (refused.value.limit, refused.value.named) == (2, 2)
    assert names(company) == ["Ada", "Bo"]
    assert events() == [("Bo", {"is_named_contact": True, "organisation": "Hamnbolaget"})]


def test_naming_somebody_named_changes_nothing(in_scope, company):
    name_contact(actor=in_scope.agent, user=called("Ada"))

    assert events() == []


def test_replacing_is_one_step_and_keeps_the_number(in_scope, company):
    name_contact(actor=in_scope.agent, user=called("Bo"))

    replace_contact(actor=in_scope.agent, old=called("Ada"), new=called("Cilla"))

    assert names(company) == ["Bo", "Cilla"]
    assert [who for who, _data in events()] == ["Bo", "Ada", "Cilla"]


def test_a_smaller_limit_takes_nobodys_place_and_replacing_still_works(in_scope, company):
    name_contact(actor=in_scope.agent, user=called("Bo"))
    set_agreement(actor=in_scope.administrator, organisation=company, agreement=company.agreement, contact_limit=1)

    replace_contact(actor=in_scope.agent, old=called("Bo"), new=called("Cilla"))

    assert names(company) == ["Ada", "Cilla"]
    with pytest.raises(NoPlaceLeft) as refused:
        name_contact(actor=in_scope.agent, user=called("Bo"))
    assert (refused.value.limit, refused.value.named) == (1, 2)


def test_a_place_that_was_given_up_meanwhile_is_no_way_past_the_limit(in_scope, company):
    name_contact(actor=in_scope.agent, user=called("Bo"))
    unname_contact(actor=in_scope.agent, user=called("Ada"))
    name_contact(actor=in_scope.agent, user=called("Cilla"))

    with pytest.raises(NoPlaceLeft):
        replace_contact(actor=in_scope.agent, old=called("Ada"), new=UserFactory(organisation=company))
    assert names(company) == ["Bo", "Cilla"]


def test_without_a_limit_anybody_may_be_named(in_scope):
    organisation = OrganisationFactory()
    for _number in range(12):
        name_contact(actor=in_scope.agent, user=UserFactory(organisation=organisation))

    assert named_contacts_of(organisation).count() == 12


@pytest.mark.parametrize("kind", ["of_none", "staff", "closed"])
def test_who_can_be_no_contact_is_none(in_scope, company, kind):
    person = {
        "of_none": UserFactory,
        "staff": lambda: AgentFactory(organisation=company),
        "closed": lambda: UserFactory(organisation=company, is_active=False, closed_at=timezone.now()),
    }[kind]()

    with pytest.raises(NoContact):
        name_contact(actor=in_scope.agent, user=person)
    with pytest.raises(NoContact):
        appoint_contact_person(actor=in_scope.agent, user=person, is_contact_person=True)
    with pytest.raises(NoContact):
        choose_colleague_sight(actor=in_scope.agent, user=person, sees_colleagues=True)
    with pytest.raises(NoContact):
        replace_contact(actor=in_scope.agent, old=called("Ada"), new=person)
    assert names(company) == ["Ada"]


def test_a_place_goes_to_nobody_of_another_organisation(in_scope, company):
    stranger = UserFactory(organisation=OrganisationFactory())

    with pytest.raises(NoContact):
        replace_contact(actor=in_scope.agent, old=called("Ada"), new=stranger)


def test_the_contact_person_keeps_the_contacts_of_their_own_organisation_only(in_scope, company):
    keeper = UserFactory(organisation=company, is_contact_person=True, verified_at=timezone.now())
    other = UserFactory(organisation=OrganisationFactory())

    name_contact(actor=keeper, user=called("Bo"))
    for forbidden in (
        lambda: name_contact(actor=keeper, user=other),
        lambda: name_contact(actor=called("Cilla"), user=called("Cilla")),
        lambda: appoint_contact_person(actor=keeper, user=called("Bo"), is_contact_person=True),
        lambda: choose_colleague_sight(actor=keeper, user=called("Bo"), sees_colleagues=True),
        lambda: replace_contact(actor=keeper, old=called("Bo"), new=other),
    ):
        with pytest.raises(PermissionError):
            forbidden()
    assert names(company) == ["Ada", "Bo"]


@pytest.mark.parametrize("missing", ["proof", "leave", "access"])
def test_a_contact_person_needs_a_proven_address_and_the_portals_leave(in_scope, company, missing):
    keeper = UserFactory(
        organisation=company,
        is_contact_person=True,
        is_active=missing != "access",
        verified_at=None if missing == "proof" else timezone.now(),
    )
    in_scope.tenant.contacts_may_invite = missing != "leave"
    in_scope.tenant.save()

    with tenant_scope(in_scope.tenant), pytest.raises(PermissionError):
        name_contact(actor=keeper, user=called("Bo"))


def test_sight_and_appointment_are_told_apart_and_written_down(in_scope, company):
    appoint_contact_person(actor=in_scope.agent, user=called("Bo"), is_contact_person=True)
    choose_colleague_sight(actor=in_scope.agent, user=called("Cilla"), sees_colleagues=True)
    choose_colleague_sight(actor=in_scope.agent, user=called("Cilla"), sees_colleagues=True)
    appoint_contact_person(actor=in_scope.agent, user=called("Bo"), is_contact_person=False)

    assert not called("Bo").is_contact_person
    assert called("Cilla").sees_colleagues
    assert [(who, sorted(set(data) - {"organisation"})) for who, data in events()] == [
        ("Bo", ["is_contact_person"]),
        ("Cilla", ["sees_colleagues"]),
        ("Bo", ["is_contact_person"]),
    ]


def test_a_closed_account_frees_its_place_and_opening_it_takes_none(in_scope, company):
    name_contact(actor=in_scope.agent, user=called("Bo"))
    close_account(actor=in_scope.agent, user=called("Ada"))
    name_contact(actor=in_scope.agent, user=called("Cilla"))

    reopen_account(actor=in_scope.agent, user=called("Ada"))

    assert names(company) == ["Bo", "Cilla"]


@pytest.mark.only("postgresql")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["name", "replace"])
def test_of_two_who_take_the_last_place_at_once_one_gets_it(portal, other_portal, way):
    """I6 and S1: "the limit is reached" holds to the last place, however many decide at the same moment."""
    with tenant_scope(portal.tenant):
        agreement = Agreement.objects.create(name="Standard", contact_limit=2)
        organisation = OrganisationFactory(agreement=agreement)
        held = [UserFactory(organisation=organisation, is_named_contact=True)]
        if way == "replace":
            held.append(UserFactory(organisation=organisation, is_named_contact=True))
        hopeful = UserFactory.create_batch(8, organisation=organisation, password=None)
    barrier = Barrier(len(hopeful))

    def take(person: User) -> bool:
        try:
            with tenant_scope(portal.tenant):
                connection.ensure_connection()
                barrier.wait(30)
                if way == "name":
                    name_contact(actor=portal.agent, user=person)
                else:
                    replace_contact(actor=portal.agent, old=held[0], new=person)
        except NoPlaceLeft:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(len(hopeful)) as pool:
        got = list(pool.map(take, hopeful))

    assert sum(got) == 1
    with tenant_scope(portal.tenant):
        assert named_contacts_of(organisation).count() == 2


def test_whoever_lost_the_task_is_no_longer_whom_others_turn_to(in_scope, other_portal):
    organisation = in_scope.organisation
    organisation.contact_limit = 1
    organisation.save()
    old, new, reader = (
        UserFactory(email=f"{name}@kund.example", name=name, organisation=organisation)
        for name in ("old", "new", "reader")
    )
    for name in ("old", "switchboard"):
        LocalAdministrator.objects.create(organisation=organisation, name=name, email=f"{name}@kund.example")
    name_contact(actor=in_scope.agent, user=old)
    assert [helper.name for helper in advice_for(reader).administrators] == ["old", "switchboard"]

    replace_contact(actor=in_scope.agent, old=old, new=new)

    for person in (reader, old):
        person.refresh_from_db()
        assert [helper.name for helper in advice_for(person).administrators] == ["switchboard", "new"]
