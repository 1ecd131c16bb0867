"""Customers read a department's name only where it is meant for them; staff always do."""

import pytest

from accounts.scoping import tenant_scope
from routing.actions.departments import set_public
from tests.factories import make_ticket
from tests.pages import Page
from tickets.actions.closing_departments import close_department, move_open_tickets
from tickets.actions.handing_over import transfer
from tickets.enums import Audience, EventKind
from tickets.events import record_event
from tickets.held import _tickets


@pytest.fixture
def moved(portal, other_portal):
    """A ticket that the service desk received and handed over to the field service."""
    with tenant_scope(portal.tenant):
        ticket = make_ticket(requester=portal.customer, topic=portal.topic)
        transfer(actor=portal.lead, ticket=ticket, department=portal.other_department)
    return ticket


def read(portal, browse, who, ticket):
    place = "/desk" if who.is_agent else ""
    return browse(portal, who).get(f"{place}/tickets/{ticket.number}/").content.decode()


def hide(portal, *departments):
    with tenant_scope(portal.tenant):
        for department in departments:
            set_public(actor=portal.administrator, department=department, is_public=False)


def test_a_department_that_is_not_for_customers_has_the_portals_name(portal, moved, browse):
    shown = read(portal, browse, portal.customer, moved)
    assert "Service desk received the ticket" in shown
    assert "handed the ticket over from Service desk to Field service" in shown

    hide(portal, portal.other_department)

    hidden = read(portal, browse, portal.customer, moved)
    assert "Field service" not in hidden
    assert "field-service" not in hidden
    assert "handed the ticket over from Service desk to North support" in hidden
    assert "Field service" in read(portal, browse, portal.administrator, moved)


def test_a_handing_over_between_two_of_them_tells_neither(portal, moved, browse):
    hide(portal, portal.department, portal.other_department)

    hidden = read(portal, browse, portal.customer, moved)

    assert "Service desk" not in hidden
    assert "Field service" not in hidden
    assert "The ticket was handed over within North support" in hidden


def test_a_name_of_before_is_hidden_with_the_department_that_had_it(portal, moved, browse):
    with tenant_scope(portal.tenant):
        portal.other_department.name = "Field team"
        portal.other_department.save()
    assert "Field service" in read(portal, browse, portal.customer, moved)

    hide(portal, portal.other_department)

    assert "Field" not in read(portal, browse, portal.customer, moved)


def test_events_without_ids_show_only_names_that_are_known_to_be_public(portal, moved, browse):
    with tenant_scope(portal.tenant):
        for before, after in (("Service desk", "Field service"), ("Field service", "Long gone")):
            record_event(EventKind.TRANSFERRED, moved, actor=None, data={"from": before, "to": after})
    shown = read(portal, browse, portal.customer, moved)
    assert "The system handed the ticket over from Service desk to Field service" in shown
    assert "The system handed the ticket over from Field service to North support" in shown

    hide(portal, portal.other_department)

    assert "Field service" not in read(portal, browse, portal.customer, moved)


def test_a_department_that_closed_says_who_has_its_tickets(portal, moved, browse):
    with tenant_scope(portal.tenant):
        close_department(actor=None, department=portal.other_department, successor=portal.department)
        move_open_tickets()

    told = "Service desk took the ticket over from Field service, which has closed"
    assert told in Page(browse(portal, portal.customer).get(f"/tickets/{moved.number}/")).text
    hide(portal, portal.other_department)
    hidden = read(portal, browse, portal.customer, moved)
    assert "Field service" not in hidden
    assert "has closed" not in hidden
    assert told in Page(browse(portal, portal.administrator).get(f"/desk/tickets/{moved.number}/")).text


def test_a_topic_that_is_not_offered_is_not_named(portal, other_portal, browse):
    with tenant_scope(portal.tenant):
        ticket = make_ticket(requester=portal.customer, topic=portal.topic)
        [shown] = _tickets(portal.customer)
        assert shown["topic"] == "Fault report"
    assert "tickets about “Fault report”" in read(portal, browse, portal.customer, ticket)

    with tenant_scope(portal.tenant):
        type(portal.topic).objects.filter(pk=portal.topic.pk).update(audience=Audience.ORGANISATIONS)
        [shown] = _tickets(portal.customer)
        assert shown["topic"] == ""

    hidden = read(portal, browse, portal.customer, ticket)
    assert "Fault report" not in hidden
    assert "Service desk answers tickets like this one." in hidden
    assert "Fault report" in read(portal, browse, portal.agent, ticket)
