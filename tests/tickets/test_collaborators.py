"""Colleagues on a ticket (I11): added when filing and later, mailed, taken off; and tickets kept from colleagues."""

import re

import pytest
from django.utils import timezone

from accounts.enums import Visibility
from accounts.models import User
from accounts.scoping import tenant_scope
from tests.factories import AgentFactory, OrganisationFactory, UserFactory, make_ticket
from tests.notifications.conftest import told
from tests.pages import Page
from tickets.actions.closing import close_ticket, reopen_ticket
from tickets.actions.collaborating import (
    NotAColleague,
    add_collaborator,
    remove_collaborator,
    set_confidentiality,
)
from tickets.actions.replying import reply_to_ticket
from tickets.enums import Channel
from tickets.links import link_of_token, ticket_link
from tickets.models import Collaborator, Ticket, TicketEvent

ANNA, BIRGIT = "anna@kund.example", "birgit@kund.example"


@pytest.fixture
def colleague(in_scope) -> User:
    User.objects.filter(pk=in_scope.customer.pk).update(verified_at=timezone.now())
    in_scope.customer.refresh_from_db()
    return UserFactory(email=BIRGIT, name="Birgit Ek", organisation=in_scope.organisation, verified_at=timezone.now())


@pytest.fixture
def ticket(in_scope, colleague) -> Ticket:
    made = make_ticket(requester=in_scope.customer, topic=in_scope.topic, subject="The siren beeps")
    told(in_scope.tenant)
    return made


def add(portal, ticket, user) -> None:
    add_collaborator(actor=portal.customer, ticket=ticket, user=user)


def events(ticket, *kinds: str) -> list[tuple[str, dict]]:
    return list(TicketEvent.objects.filter(ticket=ticket, kind__in=kinds).values_list("kind", "data"))


# -- who may be brought in ------------------------------------------------------------------------------------


def test_a_colleague_is_added_once_told_with_a_link_and_sees_everything(in_scope, ticket, colleague, browse):
    reply_to_ticket(actor=in_scope.agent, ticket=ticket, body="We look", channel=Channel.PORTAL, as_staff=True)
    told(in_scope.tenant)
    add(in_scope, ticket, colleague)
    add(in_scope, ticket, colleague)

    assert events(ticket, "collaborator_added") == [
        ("collaborator_added", {"user": colleague.pk, "name": "Birgit Ek", "follows": False})
    ]
    assert told(in_scope.tenant) == {(BIRGIT, "collaborator_added")}
    page = Page(browse(in_scope, colleague).get(f"/tickets/{ticket.number}/"))
    assert "We look" in page.text
    assert "Anna Holm added Birgit Ek to the ticket" in page.text


@pytest.mark.parametrize("who", ["unverified", "elsewhere", "closed", "staff", "other portal", "nobody"])
def test_a_customer_adds_nobody_but_active_proven_colleagues(in_scope, other_portal, ticket, colleague, who):
    now = timezone.now()
    with tenant_scope(other_portal.tenant):
        far = UserFactory(organisation=other_portal.organisation, verified_at=now)
    person = {
        "unverified": lambda: UserFactory(organisation=in_scope.organisation),
        "elsewhere": lambda: UserFactory(organisation=OrganisationFactory(), verified_at=now),
        "closed": lambda: UserFactory(organisation=in_scope.organisation, verified_at=now, is_active=False),
        "staff": lambda: AgentFactory(organisation=in_scope.organisation, verified_at=now),
        "other portal": lambda: far,
        "nobody": lambda: UserFactory(verified_at=now),
    }[who]()

    with pytest.raises(NotAColleague):
        add(in_scope, ticket, person)
    assert not Collaborator.objects.filter(ticket=ticket).exists()


def test_whoever_is_not_proven_themselves_brings_in_nobody(in_scope, ticket, colleague):
    in_scope.customer.verified_at = None

    with pytest.raises(NotAColleague):
        add(in_scope, ticket, colleague)


def test_who_takes_no_part_brings_in_nobody(in_scope, ticket, colleague):
    third = UserFactory(organisation=in_scope.organisation, verified_at=timezone.now())

    for person in (third, colleague):
        with pytest.raises(PermissionError):
            add_collaborator(actor=colleague, ticket=ticket, user=person)


def test_a_collaborator_brings_in_others_but_takes_off_only_themselves(in_scope, ticket, colleague):
    third = UserFactory(organisation=in_scope.organisation, verified_at=timezone.now())
    add(in_scope, ticket, colleague)
    add_collaborator(actor=colleague, ticket=ticket, user=third)

    with pytest.raises(PermissionError):
        remove_collaborator(actor=colleague, ticket=ticket, user=third)
    remove_collaborator(actor=colleague, ticket=ticket, user=colleague)
    remove_collaborator(actor=in_scope.customer, ticket=ticket, user=third)
    assert [data["left"] for _kind, data in events(ticket, "collaborator_removed")] == [True, False]
    assert not Collaborator.objects.filter(ticket=ticket).exists()


def test_staff_add_any_active_customer_but_no_staff(in_scope, ticket):
    elsewhere = UserFactory(organisation=OrganisationFactory())
    add_collaborator(actor=in_scope.agent, ticket=ticket, user=elsewhere, as_staff=True)

    assert Collaborator.objects.get(ticket=ticket).user == elsewhere
    for person in (in_scope.lead, UserFactory(is_active=False)):
        with pytest.raises(NotAColleague):
            add_collaborator(actor=in_scope.agent, ticket=ticket, user=person, as_staff=True)
    with pytest.raises(PermissionError):
        add_collaborator(actor=elsewhere, ticket=ticket, user=in_scope.customer, as_staff=True)


# -- pages ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [BIRGIT, "BIRGIT@KUND.example ", "Birgit Ek", "birgit  ek"])
@pytest.mark.parametrize("way", ["signed in", "link"])
def test_a_colleague_is_found_by_name_or_address(in_scope, ticket, colleague, browse, words, way):
    client = browse(in_scope, in_scope.customer if way == "signed in" else None)
    url = f"/tickets/{ticket.number}/" if way == "signed in" else ticket_link(ticket, in_scope.customer)

    response = client.post(f"{url}collaborators/", {"colleague": words}, follow=True)

    assert response.status_code == 200
    assert "Birgit Ek is on the ticket now" in response.content.decode()
    assert Collaborator.objects.get(ticket=ticket).user == colleague


def test_an_address_elsewhere_is_answered_the_same_whether_registered_or_not(in_scope, ticket, colleague, browse):
    elsewhere = UserFactory(email="known@else.example", organisation=OrganisationFactory(), verified_at=timezone.now())
    client = browse(in_scope, in_scope.customer)
    answers = []
    for address in (elsewhere.email, "other@else.example", in_scope.agent.email):
        response = client.post(f"/tickets/{ticket.number}/collaborators/", {"colleague": address})
        assert response.status_code == 422
        answers.append(re.sub(r'value="[^"]*"', "", response.content.decode()).replace(address, "…"))

    plain = {re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "key", answer) for answer in answers}
    assert len(plain) == 1
    assert not Collaborator.objects.filter(ticket=ticket).exists()


def test_two_of_one_name_are_told_apart_by_address(in_scope, ticket, colleague, browse):
    UserFactory(name="Birgit Ek", organisation=in_scope.organisation, verified_at=timezone.now())
    client = browse(in_scope, in_scope.customer)

    page = client.post(f"/tickets/{ticket.number}/collaborators/", {"colleague": "Birgit Ek"})
    assert page.status_code == 422
    assert "Several people have this name" in page.content.decode()
    assert client.post(f"/tickets/{ticket.number}/collaborators/", {"colleague": BIRGIT}).status_code == 302


def test_a_customer_cannot_have_mails_sent_without_end(in_scope, ticket, colleague, browse, monkeypatch):
    monkeypatch.setattr("tickets.views.collaborating.ADDED_AN_HOUR", 2)
    client = browse(in_scope, in_scope.customer)
    url = f"/tickets/{ticket.number}/collaborators/"
    for _ in range(2):
        assert client.post(url, {"colleague": BIRGIT}).status_code == 302
        client.post(f"{url}{colleague.pk}/removal/")

    assert client.post(url, {"colleague": BIRGIT}).status_code == 429
    assert not Collaborator.objects.filter(ticket=ticket).exists()


def test_leaving_and_being_taken_off_ends_page_link_and_mail(in_scope, ticket, colleague, browse):
    for leaves in (True, False):
        add(in_scope, ticket, colleague)
        told(in_scope.tenant)
        link = ticket_link(ticket, colleague)
        who = colleague if leaves else in_scope.customer
        assert browse(in_scope).get(link).status_code == 200

        url = f"/tickets/{ticket.number}/collaborators/{colleague.pk}/removal/"
        assert browse(in_scope, who).post(url).status_code == 302

        assert browse(in_scope).get(link).status_code == 404
        assert link_of_token(link.rstrip("/").rsplit("/", 1)[1]) is None
        assert browse(in_scope, colleague).get(f"/tickets/{ticket.number}/").status_code == 404
        reply_to_ticket(actor=in_scope.agent, ticket=ticket, body="News", channel=Channel.PORTAL, as_staff=True)
        assert told(in_scope.tenant) == {(ANNA, "reply")}
    add(in_scope, ticket, colleague)
    assert browse(in_scope).get(link).status_code == 404  # an old link does not come back to life


def test_leaving_by_the_link_says_so_and_ends_it(in_scope, ticket, colleague, browse):
    add(in_scope, ticket, colleague)
    link, client = ticket_link(ticket, colleague), browse(in_scope)

    response = client.post(f"{link}collaborators/{colleague.pk}/removal/", follow=True)

    assert "You have left ticket" in response.content.decode()
    assert client.get(link).status_code == 404


def test_the_requester_cannot_be_taken_off(in_scope, ticket, colleague, browse):
    add(in_scope, ticket, colleague)
    for person in (in_scope.customer, colleague):
        url = f"/tickets/{ticket.number}/collaborators/{in_scope.customer.pk}/removal/"
        assert browse(in_scope, person).post(url).status_code == 404
    desk = f"/desk/tickets/{ticket.number}/collaborators/{in_scope.customer.pk}/removal/"
    assert browse(in_scope, in_scope.agent).post(desk).status_code == 404


def test_staff_add_and_take_off_on_the_desk(in_scope, ticket, colleague, browse):
    client, url = browse(in_scope, in_scope.agent), f"/desk/tickets/{ticket.number}/"

    assert client.post(f"{url}collaborators/", {"colleague": "nobody@else.example"}).status_code == 422
    assert client.post(f"{url}collaborators/", {"colleague": BIRGIT}).status_code == 302
    page = Page(client.get(url))
    assert "Birgit Ek" in page.text
    assert client.post(f"{url}collaborators/{colleague.pk}/removal/").status_code == 302
    assert not Collaborator.objects.filter(ticket=ticket).exists()


def test_a_closed_account_keeps_nothing_of_the_ticket(in_scope, ticket, colleague, browse):
    add(in_scope, ticket, colleague)
    link = ticket_link(ticket, colleague)
    told(in_scope.tenant)
    User.objects.filter(pk=colleague.pk).update(is_active=False, closed_at=timezone.now())

    assert browse(in_scope).get(link).status_code == 404
    reply_to_ticket(actor=in_scope.agent, ticket=ticket, body="News", channel=Channel.PORTAL, as_staff=True)
    assert told(in_scope.tenant) == {(ANNA, "reply")}


# -- who is told ----------------------------------------------------------------------------------------------


def test_everybody_on_the_ticket_is_told_once_and_nobody_of_their_own_doing(in_scope, ticket, colleague):
    add(in_scope, ticket, colleague)
    told(in_scope.tenant)
    desk = [in_scope.agent.email, in_scope.lead.email]

    reply_to_ticket(actor=in_scope.agent, ticket=ticket, body="Hello", channel=Channel.PORTAL, as_staff=True)
    assert told(in_scope.tenant) == {(ANNA, "reply"), (BIRGIT, "reply")}
    reply_to_ticket(actor=colleague, ticket=ticket, body="Still", channel=Channel.LINK)
    assert told(in_scope.tenant) == {(ANNA, "colleague_reply"), *((agent, "customer_reply") for agent in desk)}
    reply_to_ticket(actor=in_scope.customer, ticket=ticket, body="Indeed", channel=Channel.LINK)
    assert told(in_scope.tenant) == {(BIRGIT, "colleague_reply"), *((agent, "customer_reply") for agent in desk)}
    close_ticket(actor=colleague, ticket=ticket)
    assert told(in_scope.tenant) == {(ANNA, "closed"), *((agent, "closed_by_customer") for agent in desk)}
    reopen_ticket(actor=in_scope.agent, ticket=ticket, as_staff=True)
    assert told(in_scope.tenant) == {(ANNA, "reopened"), (BIRGIT, "reopened")}


def test_a_mail_on_its_way_does_not_reach_who_was_taken_off_meanwhile(in_scope, ticket, colleague):
    from notifications.actions.draining import drain
    from notifications.models import Delivery

    add(in_scope, ticket, colleague)
    told(in_scope.tenant)
    reply_to_ticket(actor=in_scope.agent, ticket=ticket, body="Secret", channel=Channel.PORTAL, as_staff=True)
    told(in_scope.tenant)
    remove_collaborator(actor=in_scope.customer, ticket=ticket, user=colleague)
    while drain(in_scope.tenant):
        pass

    states = dict(Delivery.objects.filter(template="reply").values_list("recipient__email", "state"))
    assert states == {ANNA: "sent", BIRGIT: "failed"}
    assert Delivery.objects.get(template="reply", recipient=colleague).trouble == "left"


# -- filing ---------------------------------------------------------------------------------------------------


def test_colleagues_are_ticked_when_filing(in_scope, colleague, browse):
    UserFactory(name="Unproven", organisation=in_scope.organisation)
    client, url = browse(in_scope, in_scope.customer), "/tickets/new/fault/"
    page = Page(client.get(url))
    offered = [box["value"] for box in page.all("input") if box.get("name") == "colleagues"]
    assert offered == [str(colleague.pk)]

    client.post(url, {"subject": "A", "body": "B", "colleagues": [colleague.pk]})

    ticket = Ticket.objects.get()
    assert [row.user for row in Collaborator.objects.filter(ticket=ticket)] == [colleague]
    assert (BIRGIT, "collaborator_added") in told(in_scope.tenant)
    assert not ticket.is_confidential


def test_with_many_colleagues_their_addresses_are_written(in_scope, colleague, browse):
    UserFactory.create_batch(31, organisation=in_scope.organisation, verified_at=timezone.now(), password=None)
    outsider = UserFactory(organisation=OrganisationFactory(), verified_at=timezone.now())
    client, url = browse(in_scope, in_scope.customer), "/tickets/new/fault/"
    words = {"subject": "A", "body": "B"}
    errors = []
    for stranger in (outsider.email, "nobody@else.example"):
        response = client.post(url, {**words, "colleagues": f"{BIRGIT}; {stranger}"})
        assert response.status_code == 422
        errors.append(next(e for e in response.context["form"].errors["colleagues"]).replace(stranger, "…"))
    assert len(set(errors)) == 1

    client.post(url, {**words, "colleagues": f"{BIRGIT.upper()},"})
    assert Collaborator.objects.get().user == colleague


def test_an_agent_shares_what_they_file_on_behalf(in_scope, colleague, browse):
    elsewhere = UserFactory(email="vera@else.example")
    client, url = browse(in_scope, in_scope.agent), "/desk/tickets/new/?topic=fault"
    words = {"topic": "fault", "email": ANNA, "name": "Anna", "subject": "A", "body": "B", "priority": "medium"}

    assert client.post(url, {**words, "colleagues": "nobody@else.example"}).status_code == 422
    client.post(url, {**words, "colleagues": f"{BIRGIT} vera@else.example", "confidential": "on"})

    ticket = Ticket.objects.get()
    assert ticket.is_confidential
    assert {row.user for row in Collaborator.objects.filter(ticket=ticket)} == {colleague, elsewhere}


def test_forged_colleagues_are_refused_with_everything_kept(in_scope, colleague, browse):
    outsider = UserFactory(organisation=OrganisationFactory(), verified_at=timezone.now())
    client, url = browse(in_scope, in_scope.customer), "/tickets/new/fault/"

    response = client.post(url, {"subject": "Kept words", "body": "B", "colleagues": [outsider.pk]})

    assert response.status_code == 422
    assert "Kept words" in response.content.decode()
    assert not Ticket.objects.exists()


# -- organisation's tickets, following, confidential ---------------------------------------------------------


@pytest.fixture
def seen_by_all(in_scope) -> None:
    in_scope.organisation.visibility = Visibility.EVERYBODY
    in_scope.organisation.save()


def test_who_reads_by_their_organisation_neither_replies_nor_is_told_until_they_follow(
    in_scope, seen_by_all, ticket, colleague, browse
):
    client, url = browse(in_scope, colleague), f"/tickets/{ticket.number}/"
    page = Page(client.get(url))
    assert "It has beeped" in page.text
    assert not any(form["action"].endswith("/reply/") for form in page.forms)
    for address in ("reply/", "closure/", "collaborators/", "confidentiality/"):
        assert client.post(f"{url}{address}", {"body": "Me too", "colleague": ANNA}).status_code == 404
    reply_to_ticket(actor=in_scope.agent, ticket=ticket, body="Hello", channel=Channel.PORTAL, as_staff=True)
    assert told(in_scope.tenant) == {(ANNA, "reply")}

    client.post(f"{url}following/")
    assert told(in_scope.tenant) == set()  # their own doing
    assert events(ticket, "collaborator_added")[0][1]["follows"]
    assert client.post(f"{url}reply/", {"body": "Me too"}).status_code == 302
    assert (ANNA, "colleague_reply") in told(in_scope.tenant)


def test_nobody_thanks_or_adds_in_the_requesters_name(in_scope, seen_by_all, ticket, colleague, browse):
    add(in_scope, ticket, colleague)
    client = browse(in_scope, colleague)

    assert client.get(f"/tickets/{ticket.number}/thanks/").status_code == 404
    assert client.post(f"/tickets/{ticket.number}/thanks/more/", {"body": "I am Anna"}).status_code == 404
    assert ticket.messages.count() == 1


def test_a_confidential_ticket_is_gone_for_colleagues_at_once(in_scope, seen_by_all, ticket, colleague, browse):
    client, url = browse(in_scope, colleague), f"/tickets/{ticket.number}/"
    assert client.get(url).status_code == 200

    assert browse(in_scope, in_scope.customer).post(f"{url}confidentiality/", {"confidential": "1"}).status_code == 302

    assert client.get(url).status_code == 404
    assert client.post(f"{url}following/").status_code == 404
    assert 'data-total="0"' in client.get("/tickets/?show=all").content.decode()
    page = Page(browse(in_scope, in_scope.customer).get(url))
    assert "Confidential" in page.text
    assert "Anna Holm made the ticket confidential" in page.text
    assert "Confidential" in Page(browse(in_scope, in_scope.agent).get(f"/desk{url}")).text
    browse(in_scope, in_scope.agent).post(f"/desk{url}confidentiality/")
    assert client.get(url).status_code == 200
    assert [data["confidential"] for _kind, data in events(ticket, "confidentiality_changed")] == [True, False]


def test_only_the_requester_and_staff_decide_about_confidentiality(in_scope, ticket, colleague):
    add(in_scope, ticket, colleague)

    with pytest.raises(PermissionError):
        set_confidentiality(actor=colleague, ticket=ticket, is_confidential=True)
    with pytest.raises(PermissionError):
        set_confidentiality(actor=colleague, ticket=ticket, is_confidential=True, as_staff=True)


@pytest.mark.parametrize("visibility", list(Visibility))
def test_confidentiality_is_asked_about_only_where_colleagues_could_see(in_scope, ticket, browse, visibility):
    in_scope.organisation.visibility = visibility
    in_scope.organisation.save()
    client = browse(in_scope, in_scope.customer)
    asked = visibility != Visibility.OWN

    page = Page(client.get("/tickets/new/fault/"))
    assert any(box.get("name") == "confidential" for box in page.all("input")) == asked
    page = Page(client.get(f"/tickets/{ticket.number}/"))
    assert any(form["action"].endswith("/confidentiality/") for form in page.forms) == asked
    if asked:
        client.post("/tickets/new/fault/", {"subject": "A", "body": "B", "confidential": "on"})
        assert Ticket.objects.latest("pk").is_confidential


def test_my_tickets_can_be_told_apart(in_scope, seen_by_all, ticket, colleague, browse):
    own = make_ticket(requester=colleague, topic=in_scope.topic, subject="Birgit's own")
    shared = make_ticket(requester=in_scope.customer, topic=in_scope.topic, subject="Shared one")
    add(in_scope, shared, colleague)
    client = browse(in_scope, colleague)

    for whose, subjects in {
        "": {own.subject, shared.subject, ticket.subject},
        "mine": {own.subject},
        "shared": {shared.subject},
        "organisation": {ticket.subject},
        "nonsense": {own.subject, shared.subject, ticket.subject},
    }.items():
        response = client.get(f"/tickets/?whose={whose}")
        page = Page(response)
        assert {row.subject for row in response.context["page"].items} == subjects
        assert page.main["data-total"] == str(len(subjects))
    counts = {link["href"]: int(link["data-count"]) for link in page.marked("data-count") if "whose" in link["href"]}
    assert counts == {"?show=open&whose=mine": 1, "?show=open&whose=shared": 1, "?show=open&whose=organisation": 1}
    lonely = UserFactory()
    assert "whose=" not in browse(in_scope, lonely).get("/tickets/").content.decode()
