"""Who reads which ticket, for worlds made up at random: the query finds what a plain reading of the rules finds."""

import re
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.enums import Visibility
from accounts.models import Organisation, User
from tests.factories import OrganisationFactory, UserFactory, make_ticket
from tickets.as_known import AsKnown
from tickets.models import Collaborator, Ticket
from tickets.queries import counts_of, customer_tickets, participating, unread_of, unread_total

PEOPLE = 4


@st.composite
def person(draw: Any) -> dict[str, Any]:
    organisation = draw(st.sampled_from([None, 0, 1]))
    flag = st.booleans() if organisation is not None else st.just(value=False)
    return {
        "organisation": organisation,
        "is_contact_person": draw(flag),
        "sees_colleagues": draw(flag),
        "is_active": draw(st.sampled_from([True, True, True, False])),
        "verified": draw(st.booleans()),
        "role": draw(st.sampled_from(["customer", "customer", "customer", "agent"])),
    }


someone = st.integers(0, PEOPLE - 1)
case = st.fixed_dictionaries(
    {
        "requester": someone,
        "organisation": st.sampled_from([None, 0, 1]),
        "confidential": st.booleans(),
        "collaborators": st.sets(someone, max_size=2),
    }
)
worlds = st.fixed_dictionaries(
    {
        "modes": st.tuples(st.sampled_from(list(Visibility)), st.sampled_from(list(Visibility))),
        "people": st.lists(person(), min_size=PEOPLE, max_size=PEOPLE),
        "tickets": st.lists(case, min_size=1, max_size=5),
    }
)


def sees(world: dict, index: int, ticket: dict) -> tuple[bool, bool]:
    """Whether a person reads a ticket, and whether they take part in it. The rules, as the issue has them."""
    who = world["people"][index]
    part = who["is_active"] and (ticket["requester"] == index or index in ticket["collaborators"])
    if part or not who["is_active"] or not who["verified"] or who["role"] != "customer":
        return part, part
    if ticket["confidential"] or ticket["organisation"] is None or ticket["organisation"] != who["organisation"]:
        return False, False
    mode = world["modes"][who["organisation"]]
    if mode == Visibility.EVERYBODY:
        return True, False
    if mode == Visibility.CHOSEN:
        return who["is_contact_person"] or who["sees_colleagues"], False
    return mode == Visibility.CONTACT_PERSON and who["is_contact_person"], False


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=worlds)
def test_the_queries_find_exactly_what_the_rules_say(in_scope, world):
    with transaction.atomic():
        organisations = [Organisation.objects.create(name=f"O{n}", visibility=world["modes"][n]) for n in (0, 1)]
        people = [_person(values, organisations) for values in world["people"]]
        base = make_ticket(requester=UserFactory(password=None), topic=in_scope.topic)
        values = Ticket.objects.filter(pk=base.pk).values().get()
        tickets = [_ticket(values, n, made, organisations, people) for n, made in enumerate(world["tickets"])]
        for index, someone in enumerate(people):
            found = [sees(world, index, made) for made in world["tickets"]]
            reading = {ticket.pk for ticket, (reads, _part) in zip(tickets, found, strict=True) if reads}
            part = {ticket.pk for ticket, (_reads, part) in zip(tickets, found, strict=True) if part}
            assert sorted(customer_tickets(someone).values_list("pk", flat=True)) == sorted(reading)
            assert sorted(participating(someone).values_list("pk", flat=True)) == sorted(part)
            counts = counts_of(someone, AsKnown().is_closed())
            assert counts["", "all"] == len(reading)
            assert counts["mine", "all"] + counts["shared", "all"] == len(part)
            assert counts["organisation", "all"] == len(reading - part)
            assert {row.pk for row in unread_of(customer_tickets(someone), someone)} <= part
            assert counts["", "unread"] == unread_total(someone)
        transaction.set_rollback(True)


def _person(values: dict, organisations: list[Organisation]) -> User:
    own = {key: values[key] for key in ("is_contact_person", "sees_colleagues", "is_active", "role")}
    organisation = None if values["organisation"] is None else organisations[values["organisation"]]
    verified_at = timezone.now() if values["verified"] else None
    return UserFactory(password=None, organisation=organisation, verified_at=verified_at, **own)


def _ticket(values: dict, number: int, made: dict, organisations: list, people: list[User]) -> Ticket:
    organisation = None if made["organisation"] is None else organisations[made["organisation"]].pk
    changed = {
        "id": None,
        "number": values["number"] + 1 + number,
        "filing_key": None,
        "requester_id": people[made["requester"]].pk,
        "organisation_id": organisation,
        "is_confidential": made["confidential"],
    }
    ticket = Ticket.objects.bulk_create([Ticket(**{**values, **changed})])[0]
    for index in made["collaborators"] - {made["requester"]}:
        Collaborator.objects.create(ticket=ticket, user=people[index], created_at=timezone.now())
    return ticket


@pytest.mark.parametrize("mode", [Visibility.OWN, Visibility.EVERYBODY])
def test_finding_ones_tickets_reads_no_others(in_scope, mode):
    """Four thousand tickets of other people: the plans of both queries, and of the counts, walk none of them."""
    here = OrganisationFactory(visibility=mode)
    reader = UserFactory(organisation=here, verified_at=timezone.now())
    own = make_ticket(requester=reader, topic=in_scope.topic)
    values = Ticket.objects.filter(pk=own.pk).values().get()
    strangers = UserFactory.create_batch(50, password=None)
    rows = [
        Ticket(
            **{
                **values,
                "id": None,
                "number": own.number + 1 + n,
                "filing_key": None,
                "requester_id": strangers[n % 50].pk,
                "organisation_id": in_scope.organisation.pk,
            }
        )
        for n in range(4_000)
    ]
    Ticket.objects.bulk_create(rows, batch_size=1000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with CaptureQueriesContext(connection) as captured:
        list(customer_tickets(reader).order_by("-last_activity_at", "-pk")[:26])
        participating(reader).count()
        unread_total(reader)
        counts_of(reader, AsKnown().is_closed())
    for query in captured.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute(("EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN ") + query["sql"])
            plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
        # Of tickets; whether a table of two events is worth an index is for the database to say.
        assert not re.search(r"(Seq Scan on|SCAN) tickets_ticket\b", plan), plan
