"""Tags: words by which staff find tickets that belong together."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.scoping import tenant_scope
from tests.factories import make_ticket
from tests.pages import Page
from tickets.actions.tagging import TAGS_PER_TICKET, add_tags, remove_tags
from tickets.enums import EventKind
from tickets.models import Tag, TicketTag
from tickets.queries import tags_around, tags_known_to, tags_of


@pytest.fixture
def ticket(in_scope):
    return make_ticket(requester=in_scope.customer, topic=in_scope.topic)


def names(ticket) -> list[str]:
    return [tag.name for tag in tags_of(ticket)]


def changes(ticket) -> list[tuple[list[str], list[str]]]:
    events = ticket.events.filter(kind=EventKind.TAGS_CHANGED)
    return [(event.data["added"], event.data["removed"]) for event in events]


def test_tags_are_added_and_taken_off_and_each_change_is_an_event(in_scope, ticket):
    add_tags(actor=in_scope.agent, ticket=ticket, names=["Roof", "Attic"])
    add_tags(actor=in_scope.agent, ticket=ticket, names=["attic ", "Siren"])
    remove_tags(actor=in_scope.agent, ticket=ticket, names=["ROOF", "nothing"])

    assert names(ticket) == ["Attic", "Siren"]
    assert changes(ticket) == [(["Attic", "Roof"], []), (["Siren"], []), ([], ["Roof"])]


def test_nothing_happens_where_nothing_changes(in_scope, ticket):
    add_tags(actor=in_scope.agent, ticket=ticket, names=["Roof"])
    add_tags(actor=in_scope.agent, ticket=ticket, names=["roof", " ROOF", ""])
    remove_tags(actor=in_scope.agent, ticket=ticket, names=["Attic"])

    assert len(changes(ticket)) == 1


def test_spellings_that_look_alike_are_one_tag_of_this_portal(in_scope, other_portal, ticket):
    with tenant_scope(other_portal.tenant):
        there = make_ticket(requester=other_portal.customer, topic=other_portal.topic)
        add_tags(actor=other_portal.agent, ticket=there, names=["Åska"])
    another = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    add_tags(actor=in_scope.agent, ticket=ticket, names=["Åska"])
    add_tags(actor=in_scope.agent, ticket=another, names=["  aska\n"])

    assert [tag.name for tag in Tag.objects.all()] == ["Åska"]
    assert TicketTag.objects.count() == 2


def test_only_staff_tag(in_scope, ticket):
    for door in (add_tags, remove_tags):
        with pytest.raises(PermissionError):
            door(actor=in_scope.customer, ticket=ticket, names=["Roof"])
    add_tags(actor=None, ticket=ticket, names=["By a rule"])
    assert names(ticket) == ["By a rule"]


def test_a_ticket_has_no_more_tags_than_it_may(in_scope, ticket):
    add_tags(actor=in_scope.agent, ticket=ticket, names=[f"tag {number:02}" for number in range(TAGS_PER_TICKET + 5)])
    add_tags(actor=in_scope.agent, ticket=ticket, names=["one more"])
    assert len(names(ticket)) == TAGS_PER_TICKET
    remove_tags(actor=in_scope.agent, ticket=ticket, names=["tag 00"])
    add_tags(actor=in_scope.agent, ticket=ticket, names=["one more", "and another"])
    assert "one more" in names(ticket)
    assert len(names(ticket)) == TAGS_PER_TICKET


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(max_size=60), max_size=6))
def test_whatever_is_typed_is_kept_as_words_or_left_out(in_scope, ticket, typed):
    remove_tags(actor=in_scope.agent, ticket=ticket, names=names(ticket))
    add_tags(actor=in_scope.agent, ticket=ticket, names=typed)

    kept = names(ticket)
    assert all(name.strip() and len(name) <= 40 and "\x00" not in name for name in kept)
    add_tags(actor=in_scope.agent, ticket=ticket, names=kept)
    assert names(ticket) == kept


def test_on_the_page_tags_are_added_found_and_taken_off(portal, other_portal, browse):
    with tenant_scope(portal.tenant):
        ticket = make_ticket(requester=portal.customer, topic=portal.topic)
    client, url = browse(portal, portal.agent), f"/desk/tickets/{ticket.number}/"

    assert client.post(f"{url}tags/", {"tags": "Roof, <b>Attic</b>,, roof"}).url == url
    for wrong in ("", " , ,", "x" * 41):
        assert client.post(f"{url}tags/", {"tags": wrong}).status_code == 422
    response = client.get(url)
    assert b"<b>Attic" not in response.content
    assert "Elin Lund added the tags <b>Attic</b>, Roof" in Page(response).text
    with tenant_scope(portal.tenant):
        assert f"/desk/?tag={Tag.objects.get(name='Roof').pk}" in Page(response).links()

    assert client.post(f"{url}tags/", {"remove": "Roof"}).url == url
    with tenant_scope(portal.tenant):
        assert names(ticket) == ["<b>Attic</b>"]
        assert [tag.name for tag in tags_known_to(portal.agent)] == ["<b>Attic</b>"]


def test_an_agent_is_told_no_tags_of_tickets_they_do_not_see(portal, other_portal, browse):
    with tenant_scope(portal.tenant):
        own = make_ticket(requester=portal.customer, topic=portal.topic)
        hidden = make_ticket(
            requester=portal.customer,
            topic=portal.topic,
            actor=portal.administrator,
            department=portal.other_department,
        )
        add_tags(actor=portal.administrator, ticket=own, names=["Roof"])
        add_tags(actor=portal.administrator, ticket=hidden, names=["Burglary at Volvo"])
        tag = Tag.objects.get(name="Burglary at Volvo")
        assert tags_around(own, portal.agent) == ([Tag.objects.get(name="Roof")], [])
        assert tags_around(own, portal.administrator)[1] == [tag]
    client = browse(portal, portal.agent)

    for url in ("/desk/", f"/desk/?tag={tag.pk}", f"/desk/tickets/{own.number}/"):
        assert b"Burglary" not in client.get(url).content
    assert b"Burglary" in browse(portal, portal.administrator).get(f"/desk/?tag={tag.pk}").content


def test_customers_see_no_tags(portal, other_portal, browse):
    with tenant_scope(portal.tenant):
        ticket = make_ticket(requester=portal.customer, topic=portal.topic)
        add_tags(actor=portal.agent, ticket=ticket, names=["Difficult"])

    response = browse(portal, portal.customer).get(f"/tickets/{ticket.number}/")

    assert b"Difficult" not in response.content
