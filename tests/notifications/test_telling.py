"""Who is told of what, and with which mail. The doors make the events, as in life."""

import pytest

from accounts.actions.import_people import SILENT
from accounts.enums import Role
from accounts.models import User
from accounts.scoping import tenant_scope
from notifications import telling
from notifications.models import Delivery
from routing.actions.ruling import save_rule
from routing.facts import RuleFact
from tests.conftest import make_portal
from tests.factories import AgentFactory, DepartmentFactory, MemberFactory, UserFactory, ask_for_password, make_ticket
from tests.notifications.conftest import told
from tickets.actions.closing import close_ticket, reopen_ticket
from tickets.actions.handing_over import assign, claim, transfer
from tickets.actions.replying import add_note, reply_to_ticket
from tickets.actions.setting_priority import set_priority
from tickets.actions.setting_status import set_status
from tickets.enums import Channel, Priority, Status

ANNA, AGENT, LEAD, ADMIN = "anna@kund.example", "agent@north.example", "lead@north.example", "admin@north.example"


@pytest.fixture
def ticket(in_scope):
    """An open ticket of the customer's in the default department, everybody told of it already."""
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    told(in_scope.tenant)
    return ticket


def test_opened_is_confirmed_to_the_customer_and_told_to_the_department(in_scope):
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    assert told(in_scope.tenant) == {(ANNA, "confirmation"), (AGENT, "new_ticket"), (LEAD, "new_ticket")}


def test_whom_a_rule_gives_the_new_ticket_gets_one_mail(in_scope):
    given = RuleFact(0, "Given", assigns="person", assignee=in_scope.agent.pk)
    save_rule(actor=None, rule=None, values=given, for_all=True)
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    assert told(in_scope.tenant) == {(ANNA, "confirmation"), (AGENT, "assigned"), (LEAD, "new_ticket")}


def test_a_ticket_written_down_by_an_agent_is_confirmed_and_told_to_the_others(in_scope):
    make_ticket(actor=in_scope.agent, requester=in_scope.customer, topic=in_scope.topic, channel=Channel.PHONE)
    assert told(in_scope.tenant) == {(ANNA, "confirmation"), (LEAD, "new_ticket")}


def test_an_agent_who_files_for_themselves_gets_the_confirmation_only(in_scope):
    make_ticket(requester=in_scope.agent, topic=in_scope.topic)
    assert told(in_scope.tenant) == {(AGENT, "confirmation"), (LEAD, "new_ticket")}


def test_an_answer_goes_to_the_customer_only(in_scope, ticket):
    reply_to_ticket(actor=in_scope.agent, ticket=ticket, body="Hello", channel=Channel.PORTAL, as_staff=True)
    assert told(in_scope.tenant) == {(ANNA, "reply")}


def test_a_customers_reply_goes_to_the_department(in_scope, ticket):
    reply_to_ticket(actor=in_scope.customer, ticket=ticket, body="Hello", channel=Channel.LINK)
    assert told(in_scope.tenant) == {(AGENT, "customer_reply"), (LEAD, "customer_reply")}


def test_an_assignee_outside_the_department_is_told_as_well_and_once(in_scope, ticket):
    claim(actor=in_scope.administrator, ticket=ticket)
    reply_to_ticket(actor=in_scope.customer, ticket=ticket, body="Hello", channel=Channel.LINK)
    assert told(in_scope.tenant) == {(AGENT, "customer_reply"), (LEAD, "customer_reply"), (ADMIN, "customer_reply")}


def test_an_assignee_in_the_department_gets_one_mail(in_scope, ticket):
    claim(actor=in_scope.agent, ticket=ticket)
    reply_to_ticket(actor=in_scope.customer, ticket=ticket, body="Hello", channel=Channel.LINK)
    assert told(in_scope.tenant) == {(AGENT, "customer_reply"), (LEAD, "customer_reply")}
    assert Delivery.objects.filter(recipient=in_scope.agent, template="customer_reply").count() == 1


@pytest.mark.parametrize("and_status", [Status.CLOSED, Status.WAITING_FOR_CUSTOMER, Status.IN_PROGRESS])
def test_an_answer_that_changes_the_status_is_one_mail(in_scope, ticket, and_status):
    reply_to_ticket(
        actor=in_scope.agent,
        ticket=ticket,
        body="Done",
        channel=Channel.PORTAL,
        as_staff=True,
        and_status=and_status,
    )
    assert told(in_scope.tenant) == {(ANNA, "reply")}


def test_a_reply_that_reopens_is_one_mail_to_each(in_scope, ticket):
    close_ticket(actor=in_scope.customer, ticket=ticket)
    told(in_scope.tenant)
    reply_to_ticket(actor=in_scope.customer, ticket=ticket, body="Not yet", channel=Channel.PORTAL)
    assert told(in_scope.tenant) == {(AGENT, "customer_reply"), (LEAD, "customer_reply")}


def test_closing_and_reopening_by_the_staff_tells_the_customer(in_scope, ticket):
    close_ticket(actor=in_scope.agent, ticket=ticket, as_staff=True)
    assert told(in_scope.tenant) == {(ANNA, "closed")}
    reopen_ticket(actor=in_scope.agent, ticket=ticket, as_staff=True)
    assert told(in_scope.tenant) == {(ANNA, "reopened")}


def test_closing_and_reopening_by_the_customer_tells_the_department(in_scope, ticket):
    close_ticket(actor=in_scope.customer, ticket=ticket)
    assert told(in_scope.tenant) == {(AGENT, "closed_by_customer"), (LEAD, "closed_by_customer")}
    reopen_ticket(actor=in_scope.customer, ticket=ticket)
    assert told(in_scope.tenant) == {(AGENT, "reopened_by_customer"), (LEAD, "reopened_by_customer")}


def test_notes_claims_priorities_and_statuses_tell_nobody(in_scope, ticket):
    add_note(actor=in_scope.agent, ticket=ticket, body="Between us")
    claim(actor=in_scope.agent, ticket=ticket)
    set_priority(actor=in_scope.agent, ticket=ticket, priority=Priority.URGENT)
    set_status(actor=in_scope.agent, ticket=ticket, status=Status.WAITING_FOR_CUSTOMER)
    assert told(in_scope.tenant) == set()


def test_assigning_tells_the_assignee_unless_they_did_it(in_scope, ticket):
    assign(actor=in_scope.lead, ticket=ticket, assignee=in_scope.agent)
    assert told(in_scope.tenant) == {(AGENT, "assigned")}
    assign(actor=in_scope.lead, ticket=ticket, assignee=in_scope.lead)
    assign(actor=in_scope.lead, ticket=ticket, assignee=None)
    assert told(in_scope.tenant) == set()


def test_a_transfer_tells_the_new_department_but_not_who_did_it(in_scope, ticket):
    there = AgentFactory(email="there@north.example")
    for person in (there, in_scope.lead):
        MemberFactory(department=in_scope.other_department, user=person)
    transfer(actor=in_scope.lead, ticket=ticket, department=in_scope.other_department)
    assert told(in_scope.tenant) == {("there@north.example", "transferred")}


def test_a_department_without_agents_falls_to_the_lead_above_it(in_scope):
    team = DepartmentFactory(name="Team", parent=DepartmentFactory(name="Unit", parent=in_scope.department))
    in_scope.topic.department = team
    in_scope.topic.save()
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    assert told(in_scope.tenant) == {(ANNA, "confirmation"), (LEAD, "new_ticket")}


def test_a_department_without_agents_or_lead_falls_to_the_administrators(in_scope):
    in_scope.topic.department = in_scope.other_department
    in_scope.topic.save()
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    assert told(in_scope.tenant) == {(ANNA, "confirmation"), (ADMIN, "new_ticket")}


def test_closed_accounts_and_former_agents_are_told_nothing(in_scope):
    for person, values in ((in_scope.agent, {"is_active": False}), (in_scope.lead, {"role": Role.CUSTOMER})):
        type(person).objects.filter(pk=person.pk).update(**values)
    gone = UserFactory(is_active=False)
    make_ticket(requester=gone, topic=in_scope.topic)
    assert told(in_scope.tenant) == {(ADMIN, "new_ticket")}


def test_an_assignee_who_left_the_desk_is_told_nothing(in_scope, ticket):
    claim(actor=in_scope.administrator, ticket=ticket)
    User.objects.filter(pk=in_scope.administrator.pk).update(role=Role.CUSTOMER)
    reply_to_ticket(actor=in_scope.customer, ticket=ticket, body="Hello", channel=Channel.LINK)
    assert told(in_scope.tenant) == {(AGENT, "customer_reply"), (LEAD, "customer_reply")}


def test_whoever_asks_for_a_password_gets_it_and_nobody_else(in_scope):
    ask_for_password("ANNA@kund.example")
    ask_for_password(AGENT)
    ask_for_password("stranger@kund.example")
    assert told(in_scope.tenant) == {(ANNA, "password"), (AGENT, "password")}


def test_another_tenants_people_are_told_nothing(in_scope, other_portal, ticket):
    reply_to_ticket(actor=in_scope.customer, ticket=ticket, body="Hello", channel=Channel.LINK)
    told(in_scope.tenant)
    assert told(other_portal.tenant) == set()
    with tenant_scope(other_portal.tenant):
        assert Delivery.objects.count() == 0


def test_the_same_address_on_two_portals_is_two_people(in_scope):
    third = make_portal("third")
    with tenant_scope(third.tenant):
        make_ticket(requester=third.customer, topic=third.topic)
    assert told(in_scope.tenant) == set()
    assert (ANNA, "confirmation") in told(third.tenant)


def test_what_an_import_records_as_done_tells_nobody():
    """Its hundred thousand events are never looked at by a worker, so there must be nobody to tell."""
    assert not set(SILENT) & set(telling._ACCOUNT)
