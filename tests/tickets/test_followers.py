"""Agents who follow a ticket: who may, what they are told, and how they stop."""

import pytest

from accounts.scoping import tenant_scope
from notifications.actions.choosing_mails import choose_mails
from tests.factories import AgentFactory, MemberFactory, UserFactory, make_ticket
from tests.notifications.conftest import told
from tests.pages import Page
from tickets.actions.closing import close_ticket
from tickets.actions.following import CannotFollow, follow, unfollow
from tickets.actions.handing_over import transfer
from tickets.actions.replying import add_note, reply_to_ticket
from tickets.enums import Channel, EventKind
from tickets.models import Follower


@pytest.fixture
def ticket(in_scope):
    made = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    told(in_scope.tenant)
    return made


def writes(portal, ticket, body="Hello"):
    reply_to_ticket(actor=portal.customer, ticket=ticket, body=body, channel=Channel.LINK)


def test_who_follows_is_told_what_customers_write_and_close_and_of_nothing_else(in_scope, ticket):
    follow(actor=in_scope.administrator, ticket=ticket, user=in_scope.administrator)
    follow(actor=in_scope.administrator, ticket=ticket, user=in_scope.administrator)
    address = in_scope.administrator.email
    told(in_scope.tenant)

    writes(in_scope, ticket)
    assert (address, "customer_reply") in told(in_scope.tenant)
    close_ticket(actor=in_scope.customer, ticket=ticket)
    assert (address, "closed_by_customer") in told(in_scope.tenant)
    add_note(actor=in_scope.agent, ticket=ticket, body="n")
    reply_to_ticket(actor=in_scope.agent, ticket=ticket, body="b", channel=Channel.PORTAL, as_staff=True)
    assert address not in {person for person, _kind in told(in_scope.tenant)}

    unfollow(actor=in_scope.administrator, ticket=ticket, user=in_scope.administrator)
    unfollow(actor=in_scope.administrator, ticket=ticket, user=in_scope.administrator)
    writes(in_scope, ticket, "Again")
    assert address not in {person for person, _kind in told(in_scope.tenant)}
    kinds = list(ticket.events.filter(kind__startswith="follower").values_list("kind", flat=True))
    assert kinds == [EventKind.FOLLOWER_ADDED, EventKind.FOLLOWER_REMOVED]


def test_following_is_heard_before_what_somebody_has_switched_off(in_scope, ticket):
    for person in (in_scope.agent, in_scope.lead):
        choose_mails(actor=person, user=person, wanted=[])
    follow(actor=in_scope.agent, ticket=ticket, user=in_scope.agent)
    told(in_scope.tenant)

    writes(in_scope, ticket)

    # The follower is told, and the others too: who follows is nobody they could rely on.
    assert {person for person, _kind in told(in_scope.tenant)} == {in_scope.agent.email, in_scope.lead.email}


def test_only_who_sees_the_ticket_follows_it(in_scope, other_portal, ticket):
    elsewhere, gone = AgentFactory(), AgentFactory(is_active=False)
    MemberFactory(department=in_scope.other_department, user=elsewhere)
    MemberFactory(department=in_scope.department, user=gone)
    for person in (elsewhere, gone, in_scope.customer, other_portal.agent):
        with pytest.raises(CannotFollow):
            follow(actor=in_scope.agent, ticket=ticket, user=person)
    with pytest.raises(PermissionError):
        follow(actor=in_scope.customer, ticket=ticket, user=in_scope.agent)
    with pytest.raises(PermissionError):
        unfollow(actor=in_scope.customer, ticket=ticket, user=in_scope.agent)

    assert not Follower.objects.exists()


def test_who_sees_it_no_longer_is_told_nothing_more(in_scope, ticket):
    follow(actor=None, ticket=ticket, user=in_scope.agent)
    transfer(actor=in_scope.administrator, ticket=ticket, department=in_scope.other_department)
    told(in_scope.tenant)

    writes(in_scope, ticket)

    assert in_scope.agent.email not in {person for person, _kind in told(in_scope.tenant)}


def test_an_agent_follows_and_lets_a_colleague_follow_on_the_page(portal, other_portal, browse):
    with tenant_scope(portal.tenant):
        ticket = make_ticket(requester=portal.customer, topic=portal.topic)
        elsewhere = AgentFactory()
    client, url = browse(portal, portal.agent), f"/desk/tickets/{ticket.number}/"

    assert client.post(f"{url}followers/").url == url
    assert client.post(f"{url}followers/", {"user": portal.lead.pk}).url == url
    for person in (portal.customer.pk, elsewhere.pk, other_portal.agent.pk, "", "x", "9" * 20):
        assert client.post(f"{url}followers/", {"user": person}).status_code == 422
    text = Page(client.get(url)).text
    assert "Elin Lund lets Johan Strand follow it" in text
    assert client.post(f"{url}followers/{portal.lead.pk}/removal/").url == url
    for person in (portal.lead, portal.administrator, other_portal.agent):
        assert client.post(f"{url}followers/{person.pk}/removal/").status_code == 404
    with tenant_scope(portal.tenant):
        assert [row.user for row in Follower.objects.all()] == [portal.agent]
    assert client.get("/desk/?view=followed").context["page"].total == 1
    assert browse(portal, portal.lead).get("/desk/?view=followed").context["page"].total == 0


def test_customers_see_nothing_of_followers(portal, other_portal, browse):
    with tenant_scope(portal.tenant):
        ticket = make_ticket(requester=portal.customer, topic=portal.topic)
        follow(actor=portal.lead, ticket=ticket, user=portal.lead)
        follow(actor=portal.lead, ticket=ticket, user=portal.agent)

    text = Page(browse(portal, portal.customer).get(f"/tickets/{ticket.number}/")).text

    assert "follow" not in text
    assert portal.agent.name not in text


def test_a_customer_cannot_be_among_those_who_follow_even_later(in_scope, ticket):
    """An agent who has become a customer is told nothing as staff."""
    person = AgentFactory()
    MemberFactory(department=in_scope.department, user=person)
    follow(actor=None, ticket=ticket, user=person)
    person.role = UserFactory.build().role
    person.save()
    told(in_scope.tenant)

    writes(in_scope, ticket)

    assert person.email not in {address for address, _kind in told(in_scope.tenant)}
