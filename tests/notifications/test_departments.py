"""A department's mails to customers carry its name, its address and its signature; never anybody's own (M3)."""

import pytest

from accounts.scoping import tenant_scope
from routing.actions.departments import set_mail_identity
from tests.factories import AgentFactory, UserFactory, make_ticket
from tests.notifications.servers import Taken
from tickets.actions.closing import close_ticket
from tickets.actions.closing_departments import close_department
from tickets.actions.handing_over import transfer
from tickets.actions.replying import reply_to_ticket
from tickets.enums import Channel


@pytest.fixture
def fire(in_scope):
    return identify(in_scope.department)


def identify(department, name="Fire alarms", address="fire@north.example"):
    return set_mail_identity(
        actor=None,
        department=department,
        mail_name=name,
        mail_address=address,
        signature_sv="Brandlarm\nJour 08-1",
        signature_en="Fire alarms <b>\nOn call 08-1",
    )


def to(person, taken) -> Taken:
    (found,) = [one for one in taken if one.recipient == person.email]
    return found


def test_a_departments_mails_carry_its_name_address_and_signature(in_scope, other_portal, fire, send_all):
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    mails = send_all(in_scope.tenant)

    taken = to(in_scope.customer, mails)
    assert taken.mail["From"] == "Fire alarms <fire@north.example>"
    assert taken.mail["Reply-To"] == taken.sender == "fire@north.example"
    assert "-- \nFire alarms <b>\nOn call 08-1\n\nNorth support" in taken.part("plain")
    assert "Fire alarms &lt;b&gt;<br>On call 08-1" in taken.part("html")

    desk = to(in_scope.lead, mails)
    assert desk.mail["From"] == "North support <support@north.example>"
    assert "On call" not in desk.part("plain")
    with tenant_scope(other_portal.tenant):
        make_ticket(requester=other_portal.customer, topic=other_portal.topic)
    theirs = to(other_portal.customer, send_all(other_portal.tenant))
    assert theirs.mail["From"] == "South support <support@south.example>"


def test_the_signature_is_in_the_readers_language(in_scope, fire, send_all):
    swede = UserFactory(language="sv")
    make_ticket(requester=swede, topic=in_scope.topic)

    taken = to(swede, send_all(in_scope.tenant))

    assert "Brandlarm\nJour 08-1" in taken.part("plain")


def test_the_mail_is_of_the_department_that_has_the_ticket_now(in_scope, fire, send_all):
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    send_all(in_scope.tenant)
    transfer(actor=in_scope.lead, ticket=ticket, department=in_scope.other_department)
    reply_to_ticket(actor=in_scope.lead, ticket=ticket, body="Done", channel=Channel.PORTAL, as_staff=True)

    taken = to(in_scope.customer, send_all(in_scope.tenant))

    assert taken.mail["From"] == "North support <support@north.example>"
    assert "On call" not in taken.part("plain")


def test_a_closed_department_speaks_with_its_successors_voice(in_scope, fire, send_all):
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    send_all(in_scope.tenant)
    identify(in_scope.other_department, "Field", "field@north.example")
    close_department(actor=None, department=fire, successor=in_scope.other_department, with_default=True)
    close_ticket(actor=in_scope.administrator, ticket=ticket, as_staff=True)

    taken = to(in_scope.customer, send_all(in_scope.tenant))

    assert taken.mail["From"] == "Field <field@north.example>"


@pytest.mark.parametrize("address", ["fire@north.example", "Fire@NORTH.example"])
def test_an_address_that_became_an_agents_own_is_used_no_more(in_scope, fire, send_all, address):
    """M3"""
    AgentFactory(email=address)
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)

    taken = to(in_scope.customer, send_all(in_scope.tenant))

    assert taken.mail["From"] == "Fire alarms <support@north.example>"


def test_a_mail_names_no_topic_its_reader_is_not_offered(in_scope, send_all):
    topic = in_scope.topic
    type(topic).objects.filter(pk=topic.pk).update(audience="organisations")
    make_ticket(requester=in_scope.customer, topic=topic)
    mails = send_all(in_scope.tenant)

    customers, desk = to(in_scope.customer, mails), to(in_scope.lead, mails)
    assert "Fault report" not in customers.part("plain") + customers.part("html")
    assert "Topic: Fault report" in desk.part("plain")


def test_a_mail_names_a_retired_topic_to_those_it_was_meant_for(in_scope, send_all):
    """Who chose it knows what it is called; that it is offered no more takes nothing from them."""
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    type(in_scope.topic).objects.filter(pk=in_scope.topic.pk).update(is_active=False)

    customers = to(in_scope.customer, send_all(in_scope.tenant))

    assert "Fault report" in customers.part("plain")


def test_an_address_at_another_domain_than_the_portals_is_used_no_more(in_scope, fire, send_all):
    """The operator moved the portal's address, or the row is older than the rule."""
    type(fire).objects.filter(pk=fire.pk).update(mail_address="boss@south.example")
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)

    taken = to(in_scope.customer, send_all(in_scope.tenant))

    assert taken.mail["From"] == "Fire alarms <support@north.example>"
    assert taken.sender == "support@north.example"


@pytest.mark.parametrize("address", ["fire@", "fïre@north.example", ""])
def test_an_address_no_server_takes_stops_no_mail(in_scope, fire, send_all, address):
    type(fire).objects.filter(pk=fire.pk).update(mail_address=address, mail_name="A\r\nBcc: x@evil.example")
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)

    taken = to(in_scope.customer, send_all(in_scope.tenant))

    assert taken.mail["Bcc"] is None
    assert taken.mail["From"].addresses[0].addr_spec == "support@north.example"
