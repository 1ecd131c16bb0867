"""Who may ask (S1, S2, S7): those who may not are told why and whom to turn to, lose nothing, and file nothing."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import WayIn
from accounts.facts import NotEntitled, Obstacle
from accounts.models import (
    AccountEvent,
    Agreement,
    EntryRequest,
    LocalAdministrator,
    OrganisationDomain,
    PrivateDomain,
    ProviderContact,
    User,
)
from accounts.scoping import tenant_scope
from tests.factories import OrganisationFactory, UserFactory, make_ticket
from tests.notifications.conftest import told
from tests.pages import Page, snapshot
from tickets.actions.handing_over import claim
from tickets.actions.opening import open_ticket
from tickets.actions.replying import reply_to_ticket
from tickets.enums import Channel, Status
from tickets.models import Ticket, TicketEvent

WORDS = {"subject": "The siren beeps", "body": "Since this morning", "field_site": "Hall"}
GUEST = {**WORDS, "email": "new@kund.example", "name": "Nils", "phone": "070"}
URL = "/tickets/new/fault/"


@pytest.fixture
def agreement(in_scope) -> Agreement:
    made = Agreement.objects.create(name="Standard", contact_limit=2)
    in_scope.organisation.agreement = made
    in_scope.organisation.save()
    return made


@pytest.fixture
def helped(in_scope) -> None:
    LocalAdministrator.objects.create(
        organisation=in_scope.organisation, name="Lotta Local", email="lotta@kund.example", phone="08-1 23"
    )
    ProviderContact.objects.create(organisation=in_scope.organisation, kind="account_manager", name="Mans", phone="9")


def hinder(portal, obstacle: Obstacle) -> None:
    organisation, today = portal.organisation, timezone.localdate()
    if obstacle == Obstacle.AGREEMENT_ENDED:
        organisation.agreement_until = today - timedelta(days=2)
    elif obstacle == Obstacle.AGREEMENT_LATER:
        organisation.agreement_from = today + timedelta(days=2)
    elif obstacle == Obstacle.NOT_NAMED:
        organisation.contact_limit = 2
    else:
        organisation.agreement = Agreement.objects.create(name="Phone only", allows_web=False)
    organisation.save()


# -- signed in ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("obstacle", list(Obstacle))
def test_whoever_may_not_ask_reads_why_and_whom_to_turn_to_and_loses_nothing(in_scope, helped, browse, obstacle):
    hinder(in_scope, obstacle)
    client = browse(in_scope, in_scope.customer)
    before = snapshot(without=("accounts.Session",))
    for response in (client.get("/tickets/new/"), client.get(URL), client.post(URL, WORDS)):
        page = Page(response)
        assert response.status_code == (403 if response.request["REQUEST_METHOD"] == "POST" else 200)
        assert "Lotta Local" in page.text
        assert "mailto:lotta@kund.example" in page.links()
        assert "Mans" in page.text
        assert not any(form["action"] == URL for form in page.forms)
    for words in WORDS.values():
        assert words in page.text
    assert snapshot(without=("accounts.Session",)) == before


def test_the_door_refuses_before_anything_is_written_unless_staff_write_it_down(in_scope, agreement):
    words = {"topic": in_scope.topic, "subject": "A", "body": "B"}
    with pytest.raises(NotEntitled) as refused:
        open_ticket(actor=in_scope.customer, requester=in_scope.customer, channel=Channel.PORTAL, **words)
    assert refused.value.obstacle == Obstacle.NOT_NAMED
    assert not Ticket.objects.exists()

    open_ticket(actor=in_scope.agent, requester=in_scope.customer, channel=Channel.PHONE, **words)
    User.objects.filter(pk=in_scope.customer.pk).update(is_named_contact=True)
    in_scope.customer.refresh_from_db()
    open_ticket(actor=in_scope.customer, requester=in_scope.customer, channel=Channel.PORTAL, **words)
    open_ticket(actor=in_scope.agent, requester=in_scope.agent, channel=Channel.PORTAL, **words)


def test_a_ticket_one_has_stays_open_to_who_may_ask_no_more(in_scope, browse):
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    hinder(in_scope, Obstacle.NOT_NAMED)
    client = browse(in_scope, in_scope.customer)

    assert client.post(f"/tickets/{ticket.number}/reply/", {"body": "Still"}).status_code == 302
    assert client.get("/tickets/new/").status_code == 200


def test_an_agent_is_warned_once_and_may_go_on(in_scope, agreement, browse):
    client, url = browse(in_scope, in_scope.agent), "/desk/tickets/new/?topic=fault"
    words = {"topic": "fault", "email": in_scope.customer.email, "name": "A", "priority": "medium", **WORDS}

    response = client.post(url, words)
    page = Page(response)
    assert response.status_code == 422
    assert "named who may ask" in page.text
    assert not Ticket.objects.exists()
    form = page.form("/desk/tickets/new/")
    assert form["despite"] == "1"
    assert client.post(url, {**words, **form}).status_code == 302
    assert Ticket.objects.get().requester == in_scope.customer


def test_an_agent_is_warned_of_somebody_new_at_a_domain_with_named_contacts(in_scope, agreement, browse):
    OrganisationDomain.objects.create(organisation=in_scope.organisation, domain="kommun.example")
    client, url = browse(in_scope, in_scope.agent), "/desk/tickets/new/?topic=fault"
    words = {"topic": "fault", "email": "new@kommun.example", "name": "A", "priority": "medium", **WORDS}

    assert client.post(url, words).status_code == 422
    assert not User.objects.filter(email="new@kommun.example").exists()
    assert client.post(url, {**words, "email": "new@else.example"}).status_code == 302


# -- guests ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", [WayIn.APPLICATION, WayIn.INVITATION])
def test_where_guests_do_not_file_they_learn_the_ways_in_and_keep_their_words(in_scope, browse, way):
    in_scope.tenant.strangers = way
    in_scope.tenant.save()
    client = browse(in_scope)
    for url in ("/tickets/new/", URL):
        page = Page(client.get(url))
        assert f"/sign-in/?next={url}" in page.links()
        assert not any("email" in form["fields"] for form in page.forms)

    response = client.post(URL, GUEST)
    assert response.status_code == 302
    assert "/sign-in/" in response.headers["Location"]
    with tenant_scope(in_scope.tenant):
        client.force_login(in_scope.customer, backend="accounts.backends.TenantBackend")
    page = Page(client.get(URL))
    assert page.form(URL)["subject"] == WORDS["subject"]
    assert not Ticket.objects.exists()
    assert not User.objects.filter(email=GUEST["email"]).exists()


def answers(in_scope, browse, addresses) -> list[tuple[int, str]]:
    found = []
    for address in addresses:
        response = browse(in_scope).post(URL, {**GUEST, "email": address})
        text = response.content.decode().replace(address, "…")
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)
        found.append((response.status_code, re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "key", text)))
    return found


def test_people_of_an_organisation_with_named_contacts_sign_in_known_or_not(in_scope, agreement, browse):
    OrganisationDomain.objects.create(organisation=in_scope.organisation, domain="kund.example")
    UserFactory(email="named@kund.example", organisation=in_scope.organisation, is_named_contact=True)
    UserFactory(email="gone@kund.example", organisation=in_scope.organisation, is_active=False)
    addresses = [in_scope.customer.email, "named@kund.example", "gone@kund.example", "nobody@kund.example"]

    found = answers(in_scope, browse, addresses)

    assert {status for status, _text in found} == {403}
    assert len(set(found)) == 1
    assert all(words in found[0][1] for words in WORDS.values())
    assert not Ticket.objects.exists()
    assert not User.objects.filter(email="nobody@kund.example").exists()
    assert sorted(EntryRequest.objects.values_list("address", "kind")) == sorted((a, "ask") for a in addresses)


def test_what_a_guest_typed_waits_in_the_form_after_signing_in(in_scope, agreement, browse):
    OrganisationDomain.objects.create(organisation=in_scope.organisation, domain="kund.example")
    client = browse(in_scope)
    client.post(URL, GUEST)
    User.objects.filter(pk=in_scope.customer.pk).update(is_named_contact=True)
    client.force_login(in_scope.customer, backend="accounts.backends.TenantBackend")

    assert Page(client.get(URL)).form(URL)["body"] == WORDS["body"]


def test_a_person_put_into_such_an_organisation_by_hand_signs_in_too(in_scope, agreement, browse):
    in_scope.customer.email = "anna@elsewhere.example"
    in_scope.customer.save()

    assert answers(in_scope, browse, ["anna@elsewhere.example"])[0][0] == 403
    assert not Ticket.objects.exists()
    assert answers(in_scope, browse, ["other@elsewhere.example"])[0][0] == 302


@pytest.mark.parametrize("way", [WayIn.APPLICATION, WayIn.INVITATION])
def test_where_a_customers_people_are_let_in_first_a_guest_at_their_domain_files_nothing(in_scope, browse, way):
    in_scope.tenant.known_domains = way
    in_scope.tenant.save()
    OrganisationDomain.objects.create(organisation=in_scope.organisation, domain="kund.example")

    assert answers(in_scope, browse, ["nobody@kund.example"])[0][0] == 403
    assert not User.objects.filter(email="nobody@kund.example").exists()
    assert answers(in_scope, browse, ["nobody@else.example"])[0][0] == 302


@pytest.mark.parametrize("restricted", [True, False])
def test_a_guests_form_costs_the_same_for_known_and_unknown_addresses(in_scope, browse, restricted):
    """The time is spent in the database, so the number of questions is what can be compared on a busy machine; measured
    alone, known and unknown addresses took 24.9 and 22.5 ms."""
    OrganisationDomain.objects.create(organisation=in_scope.organisation, domain="kund.example")
    if restricted:
        hinder(in_scope, Obstacle.NOT_NAMED)
    costs = []
    for address in (in_scope.customer.email, "nobody@kund.example"):
        with CaptureQueriesContext(connection) as captured:
            response = browse(in_scope).post(URL, {**GUEST, "email": address})
        assert response.status_code == (403 if restricted else 302)
        costs.append(len(captured))
    assert abs(costs[0] - costs[1]) <= 2, costs


@pytest.mark.parametrize("obstacle", list(Obstacle))
def test_no_obstacle_of_an_organisation_tells_its_known_people_from_others(in_scope, browse, obstacle):
    OrganisationDomain.objects.create(organisation=in_scope.organisation, domain="kund.example")
    hinder(in_scope, obstacle)

    found = answers(in_scope, browse, [in_scope.customer.email, "nobody@kund.example"])
    assert len(set(found)) == 1
    assert found[0][0] == 403


def test_a_private_address_is_refused_on_the_form_known_or_not_where_the_portal_says_so(in_scope, browse):
    PrivateDomain.objects.create(domain="web.example")
    UserFactory(email="known@web.example")
    assert answers(in_scope, browse, ["free@web.example"])[0][0] == 302
    in_scope.tenant.refuses_private_addresses = True
    in_scope.tenant.save()

    found = answers(in_scope, browse, ["known@web.example", "nobody@web.example"])

    assert len(set(found)) == 1
    assert found[0][0] == 422
    assert "private one" in found[0][1]
    assert Ticket.objects.count() == 1


def test_nobody_is_mailed_without_end_by_guests_who_may_not_file(in_scope, agreement, browse):
    OrganisationDomain.objects.create(organisation=in_scope.organisation, domain="kund.example")

    found = answers(in_scope, browse, ["x@kund.example"] * 5)

    assert {status for status, _text in found} == {403}
    assert EntryRequest.objects.count() == 3


def test_the_mailbox_is_told_what_applies(in_scope, agreement, browse):
    from notifications.actions.draining import drain
    from notifications.models import Delivery

    OrganisationDomain.objects.create(organisation=in_scope.organisation, domain="kund.example")
    answers(in_scope, browse, [in_scope.customer.email])
    while drain(in_scope.tenant):
        pass

    assert list(Delivery.objects.values_list("recipient__email", "template", "state")) == [
        (in_scope.customer.email, "not_entitled", "sent")
    ]


# -- the phone ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shows", [True, False])
def test_the_phone_is_shown_only_to_those_whose_agreement_shows_it(in_scope, browse, shows):
    in_scope.tenant.phone, in_scope.tenant.phone_hours_sv = "08-555 12 34", "weekdays 8–16"
    in_scope.tenant.save()
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    in_scope.organisation.agreement = Agreement.objects.create(name="A", shows_phone=shows)
    in_scope.organisation.save()
    client = browse(in_scope, in_scope.customer)
    for url in ("/", f"/tickets/{ticket.number}/"):
        text = Page(client.get(url)).text
        assert ("08-555 12 34" in text) == shows
        assert ("For urgent matters" in text) == shows
    assert "weekdays 8–16" in Page(browse(in_scope).get("/")).text
    assert "08-555 12 34" in Page(browse(in_scope, UserFactory()).get("/")).text


# -- closed accounts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", list(WayIn))
def test_strangers_read_the_phone_where_they_may_ask_and_where_no_agreement_leaves_it_out(in_scope, browse, way):
    in_scope.tenant.phone, in_scope.tenant.strangers = "08-555 12 34", way
    in_scope.tenant.save()

    assert "08-555 12 34" in browse(in_scope).get("/").content.decode()
    Agreement.objects.create(name="Digital", shows_phone=False)
    assert ("08-555 12 34" in browse(in_scope).get("/").content.decode()) == (way == WayIn.OPEN)


def test_a_closed_persons_address_is_answered_like_any_other_and_staff_see_it(in_scope, browse):
    closed = UserFactory(email="closed@kund.example", is_active=False, closed_at=timezone.now())
    found = [browse(in_scope).post(URL, {**GUEST, "email": a}, follow=True) for a in (closed.email, "n@kund.example")]
    texts = {
        re.sub(r"\b1\d{3}\b", "N", Page(response).text.replace(closed.email, "…").replace("n@kund.example", "…"))
        for response in found
    }
    assert len(texts) == 1

    ticket = Ticket.objects.get(requester=closed)
    assert "The account is closed" in Page(browse(in_scope, in_scope.agent).get(f"/desk/tickets/{ticket.number}/")).text
    assert (closed.email, "confirmation") not in told(in_scope.tenant)


def test_a_guests_ticket_is_theirs_once_they_prove_the_address(in_scope, browse):
    from accounts.actions.verifying import verify_address

    OrganisationDomain.objects.create(organisation=in_scope.organisation, domain="kund.example")
    browse(in_scope).post(URL, GUEST)
    person = User.objects.get(email=GUEST["email"])
    verify_address(actor=person, user=person)

    client = browse(in_scope, person)
    assert client.get(f"/tickets/{Ticket.objects.get().number}/").status_code == 200
    assert 'data-total="1"' in client.get("/tickets/").content.decode()


@pytest.mark.parametrize("end", ["closed", "role_changed"])
def test_who_leaves_the_desk_leaves_no_open_ticket_behind(in_scope, other_portal, end):
    open_one, closed_one = (make_ticket(requester=in_scope.customer, topic=in_scope.topic) for _ in range(2))
    for ticket in (open_one, closed_one):
        claim(actor=in_scope.agent, ticket=ticket)
    reply_to_ticket(
        actor=in_scope.agent,
        ticket=closed_one,
        body="Done",
        channel=Channel.PORTAL,
        as_staff=True,
        and_status=Status.CLOSED,
    )
    told(in_scope.tenant)
    values = {"is_active": False, "closed_at": timezone.now()} if end == "closed" else {"role": "customer"}
    User.objects.filter(pk=in_scope.agent.pk).update(**values)
    AccountEvent.objects.create(actor=in_scope.administrator, user=in_scope.agent, kind=end)

    for _ in range(2):
        told(in_scope.tenant)

    open_one.refresh_from_db()
    closed_one.refresh_from_db()
    assert (open_one.assignee, open_one.status) == (None, Status.OPEN)
    assert closed_one.assignee == in_scope.agent
    events = TicketEvent.objects.filter(kind="assigned", ticket=open_one)
    assert [event.data["from"] for event in events] == ["Elin Lund"]
    reply_to_ticket(actor=in_scope.customer, ticket=closed_one, body="Not yet", channel=Channel.PORTAL)
    closed_one.refresh_from_db()
    assert (closed_one.assignee, closed_one.status) == (None, Status.OPEN)


def test_an_account_that_only_changed_leaves_its_tickets(in_scope):
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    claim(actor=in_scope.agent, ticket=ticket)
    AccountEvent.objects.create(actor=None, user=in_scope.agent, kind="role_changed")
    told(in_scope.tenant)

    ticket.refresh_from_db()
    assert ticket.assignee == in_scope.agent


# -- the desk's filters ---------------------------------------------------------------------------------------


def test_the_queue_is_narrowed_to_a_person_or_an_organisation(in_scope, browse):
    elsewhere = UserFactory(name="Vera Far", organisation=OrganisationFactory(name="Far AB"))
    theirs = make_ticket(requester=elsewhere, topic=in_scope.topic)
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    client = browse(in_scope, in_scope.agent)
    for query, label in (
        (f"requester={elsewhere.pk}", "Customer: Vera Far"),
        (f"organisation={elsewhere.organisation_id}", "Organisation: Far AB"),
    ):
        response = client.get(f"/desk/?{query}")
        page = Page(response)
        assert [row.pk for row in response.context["page"].items] == [theirs.pk]
        assert label in page.text
        assert "/desk/" in page.links()
    for nonsense in ("requester=x", "organisation=-1"):
        assert 'data-total="2"' in client.get(f"/desk/?view=all&{nonsense}").content.decode()
    assert 'data-total="0"' in client.get(f"/desk/?requester={'9' * 18}").content.decode()
