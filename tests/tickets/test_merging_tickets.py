"""Two tickets about the same: one leads to the other, and nobody reads more than they may."""

from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.scoping import tenant_scope
from routing.actions.arranging import add_member
from tests.factories import AgentFactory, OrganisationFactory, UserFactory, make_ticket
from tests.pages import Page
from tickets.actions.closing import close_ticket, reopen_ticket
from tickets.actions.collaborating import add_collaborator, set_confidentiality
from tickets.actions.merging import CannotMerge, merge_tickets, unmerge_ticket
from tickets.actions.replying import reply_to_ticket
from tickets.enums import Channel, EventKind, Status
from tickets.links import ticket_link
from tickets.models import Ticket, TicketEvent
from tickets.queries import participants_of, where_it_leads


def colleague(portal, **values):
    return UserFactory(organisation=portal.organisation, verified_at=timezone.now(), **values)


@pytest.fixture
def leading(in_scope) -> Ticket:
    in_scope.customer.verified_at = timezone.now()
    in_scope.customer.save()
    return make_ticket(requester=in_scope.customer, topic=in_scope.topic, subject="The siren is dead")


@pytest.fixture
def ticket(in_scope, leading) -> Ticket:
    """Of a colleague of the other's requester."""
    return make_ticket(requester=colleague(in_scope), topic=in_scope.topic, subject="No sound at all")


def merge(portal, ticket: Ticket, leading: Ticket) -> Ticket:
    return merge_tickets(actor=portal.agent, ticket=ticket, into=leading)


def row(ticket: Ticket) -> tuple:
    return Ticket.objects.values_list(
        "status", "waiting_on", "waiting_since", "closed_at", "last_activity_at", "assignee", "merged_into"
    ).get(pk=ticket.pk)


def kinds(ticket: Ticket) -> list[str]:
    return list(TicketEvent.objects.filter(ticket=ticket).order_by("pk").values_list("kind", flat=True))


def reply(ticket: Ticket, actor, **values):
    return reply_to_ticket(actor=actor, ticket=ticket, body="And now?", channel=Channel.PORTAL, **values)


def test_the_merged_one_is_closed_and_its_requester_comes_along(in_scope, ticket, leading):
    before = row(leading)
    merged = merge(in_scope, ticket, leading)

    assert (merged.is_closed, merged.merged_into) == (True, leading)
    assert participants_of(leading) == [in_scope.customer, ticket.requester]
    assert kinds(ticket)[-1] == EventKind.MERGED
    assert kinds(leading)[-2:] == [EventKind.COLLABORATOR_ADDED, EventKind.MERGED]
    assert row(leading) == before
    merge(in_scope, ticket, leading)
    assert kinds(ticket).count(EventKind.MERGED) == 1


def test_who_still_waits_is_not_merged_into_silence(in_scope, ticket, leading):
    """A closed ticket that an open one leads to is open again; between two closed ones nothing happens."""
    close_ticket(actor=in_scope.agent, ticket=leading, as_staff=True)
    merge(in_scope, ticket, leading)

    leading.refresh_from_db()
    assert (leading.is_closed, leading.waiting_on) == (False, "us")
    assert kinds(leading)[-2:] == [EventKind.REOPENED, EventKind.MERGED]


def test_of_two_closed_tickets_none_is_opened(in_scope, ticket, leading):
    for one in (ticket, leading):
        close_ticket(actor=in_scope.agent, ticket=one, as_staff=True)
    ticket.refresh_from_db()
    merge(in_scope, ticket, leading)

    leading.refresh_from_db()
    assert leading.is_closed


def test_nobody_is_brought_into_what_they_may_not_read(in_scope, ticket, leading):
    stranger = make_ticket(requester=UserFactory(organisation=OrganisationFactory()), topic=in_scope.topic)
    with pytest.raises(CannotMerge, match="strangers"):
        merge(in_scope, stranger, leading)
    set_confidentiality(actor=in_scope.customer, ticket=leading, is_confidential=True)
    with pytest.raises(CannotMerge, match="strangers"):
        merge(in_scope, ticket, leading)
    nowhere = make_ticket(requester=UserFactory(), topic=in_scope.topic)
    with pytest.raises(CannotMerge, match="strangers"):
        merge(in_scope, nowhere, make_ticket(requester=UserFactory(), topic=in_scope.topic))
    assert participants_of(leading) == [in_scope.customer]
    assert not Ticket.objects.exclude(merged_into=None).exists()


def test_whoever_staff_added_before_may_come_along(in_scope, leading):
    stranger = make_ticket(requester=UserFactory(), topic=in_scope.topic)
    add_collaborator(actor=in_scope.agent, ticket=leading, user=stranger.requester, as_staff=True)

    assert merge(in_scope, stranger, leading).merged_into == leading


def test_strangers_on_the_merged_one_stay_behind(in_scope, ticket, leading):
    stranger = UserFactory()
    add_collaborator(actor=in_scope.agent, ticket=ticket, user=stranger, as_staff=True)
    merge(in_scope, ticket, leading)

    assert stranger not in participants_of(leading)
    assert stranger in participants_of(ticket)


def test_there_are_no_circles_chains_or_selves(in_scope, ticket, leading):
    third = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    with pytest.raises(CannotMerge, match="same"):
        merge(in_scope, ticket, ticket)
    merge(in_scope, ticket, leading)
    for one, other in ((leading, ticket), (ticket, third), (third, ticket)):
        with pytest.raises(CannotMerge, match="merged"):
            merge(in_scope, one, other)
    merge(in_scope, leading, third)

    assert where_it_leads(ticket) == third


def test_only_agents_who_see_both_merge_them(in_scope, other_portal, ticket, leading):
    elsewhere = AgentFactory()
    add_member(actor=None, department=in_scope.other_department, user=elsewhere)
    for person in (elsewhere, in_scope.customer):
        with pytest.raises(PermissionError):
            merge_tickets(actor=person, ticket=ticket, into=leading)
        with pytest.raises(PermissionError):
            unmerge_ticket(actor=person, ticket=ticket)


def test_what_is_written_on_it_goes_to_the_other(in_scope, ticket, leading):
    merge(in_scope, ticket, leading)
    own, staffs = reply(ticket, ticket.requester), reply(ticket, in_scope.agent, as_staff=True)

    assert own.ticket == staffs.ticket == leading
    assert Ticket.objects.get(pk=ticket.pk).is_closed


def test_who_may_not_write_there_writes_on_the_ticket_itself(in_scope, ticket, leading):
    stranger = UserFactory()
    add_collaborator(actor=in_scope.agent, ticket=ticket, user=stranger, as_staff=True)
    merge(in_scope, ticket, leading)
    sent = reply(ticket, stranger)

    ticket.refresh_from_db()
    assert (sent.ticket, ticket.merged_into, ticket.is_closed) == (ticket, None, False)
    assert TicketEvent.objects.filter(ticket=leading, kind=EventKind.MERGED).last().data["undone"]


def test_undone_both_stand_as_before(in_scope, ticket, leading):
    before, people = row(ticket), participants_of(leading)
    merge(in_scope, ticket, leading)
    unmerge_ticket(actor=in_scope.agent, ticket=ticket)

    assert row(ticket) == before
    assert participants_of(leading) == people
    unmerge_ticket(actor=in_scope.agent, ticket=ticket)
    assert kinds(ticket).count(EventKind.MERGED) == 2


def test_who_has_written_in_the_other_stays_there(in_scope, ticket, leading):
    merge(in_scope, ticket, leading)
    reply(ticket, ticket.requester)
    unmerge_ticket(actor=in_scope.agent, ticket=ticket)

    assert ticket.requester in participants_of(leading)


def test_reopened_it_stands_on_its_own(in_scope, ticket, leading):
    merge(in_scope, ticket, leading)
    reopen_ticket(actor=ticket.requester, ticket=ticket)

    ticket.refresh_from_db()
    assert (ticket.merged_into, ticket.status) == (None, Status.OPEN)


# -- in the browser ---------------------------------------------------------------------------------------------------


def test_staff_merge_on_the_page_and_take_apart_again(portal, other_portal, ticket, leading, browse):
    client = browse(portal, portal.agent)
    page = Page(client.post(f"/desk/tickets/{ticket.number}/merger/", {"into": f"#{leading.number}"}, follow=True))

    assert page.main["data-ticket"] == str(leading.number)
    assert f"/desk/tickets/{ticket.number}/separation/" in [form["action"] for form in page.forms]
    page = Page(client.get(f"/desk/tickets/{ticket.number}/"))
    assert f"/desk/tickets/{leading.number}/" in page.links()
    assert f"merged the ticket into {leading.number}" in page.text
    words = {"body": "Both are mended", "key": str(uuid4()), "mode": "reply"}
    page = Page(client.post(f"/desk/tickets/{ticket.number}/reply/", words, follow=True))
    assert page.main["data-ticket"] == str(leading.number)
    assert "Both are mended" in page.text
    client.post(f"/desk/tickets/{ticket.number}/separation/")
    assert Ticket.objects.get(pk=ticket.pk).merged_into is None


def test_a_number_one_does_not_see_is_as_good_as_none(portal, other_portal, ticket, leading, browse):
    with tenant_scope(portal.tenant):
        hidden = make_ticket(requester=portal.customer, topic=portal.topic)
        Ticket.objects.filter(pk=hidden.pk).update(department=portal.other_department)
    client = browse(portal, portal.agent)
    answers = []
    for number in (hidden.number, 999_999, "x"):
        response = client.post(f"/desk/tickets/{ticket.number}/merger/", {"into": number})
        answers.append((response.status_code, "You see no ticket with this number" in Page(response).text))

    assert answers == [(422, True)] * 3


def test_why_not_is_said(portal, other_portal, leading, browse):
    with tenant_scope(portal.tenant):
        stranger = make_ticket(requester=UserFactory(), topic=portal.topic)
    response = browse(portal, portal.agent).post(
        f"/desk/tickets/{stranger.number}/merger/", {"into": str(leading.number)}
    )

    assert response.status_code == 422
    assert "may not read the other one" in Page(response).text


def test_its_customers_are_led_to_the_other_as_far_as_they_see_it(portal, other_portal, ticket, leading, browse):
    with tenant_scope(portal.tenant):
        stranger = UserFactory()
        add_collaborator(actor=portal.agent, ticket=ticket, user=stranger, as_staff=True)
        merge(portal, ticket, leading)
        link = ticket_link(ticket, ticket.requester)
    url = f"/tickets/{ticket.number}/"
    page = Page(browse(portal, ticket.requester).get(url))
    assert f"/tickets/{leading.number}/" in page.links()

    for client, address in ((browse(portal, stranger), url), (browse(portal), link[link.index("/t/") :])):
        page = Page(client.get(address))
        assert "together with another ticket" in page.text
        assert leading.subject not in page.text
        assert str(leading.number) not in page.text


def test_a_customers_answer_to_it_is_found_on_the_other(portal, other_portal, ticket, leading, browse):
    with tenant_scope(portal.tenant):
        merge(portal, ticket, leading)
        link = ticket_link(ticket, ticket.requester)
    link = link[link.index("/t/") :]
    words = {"body": "Still dead", "key": str(uuid4())}
    page = Page(browse(portal, ticket.requester).post(f"/tickets/{ticket.number}/reply/", words, follow=True))
    assert page.main["data-ticket"] == str(leading.number)
    assert "Still dead" in page.text

    page = Page(browse(portal).post(f"{link}reply/", {"body": "By link", "key": str(uuid4())}, follow=True))
    assert page.main["data-ticket"] == str(ticket.number)
    assert f"Your answer is on ticket {leading.number}" in page.text
    with tenant_scope(portal.tenant):
        assert leading.messages.filter(body="By link").exists()


def test_what_a_ticket_goes_on_from_is_shown(portal, other_portal, ticket, leading, browse):
    Ticket.objects.filter(pk=ticket.pk).update(follows=leading)

    page = Page(browse(portal, portal.agent).get(f"/desk/tickets/{ticket.number}/"))
    assert f"/desk/tickets/{leading.number}/" in page.links()
    assert "Goes on from" in page.text
    page = Page(browse(portal, portal.agent).get(f"/desk/tickets/{leading.number}/"))
    assert "Went on as" in page.text
    page = Page(browse(portal, ticket.requester).get(f"/tickets/{ticket.number}/"))
    assert leading.subject not in page.text  # a colleague's, which they do not see
