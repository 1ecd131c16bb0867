"""Invitations: who may invite whom, the link that takes the place, and a place that only one can take."""

import re
from datetime import timedelta
from unittest import mock

import pytest
from django.utils import timezone

from accounts.actions.applying import approve_application
from accounts.actions.closing_accounts import close_account
from accounts.actions.contacts import name_contact
from accounts.actions.inviting import accept_invitation, invite_again, invite_person, revoke_invitation
from accounts.actions.people import move_person, update_person
from accounts.enums import AccountEventKind, ApplicationState, Role
from accounts.facts import CannotInvite, Hindrance, InvitationState, NoPlaceLeft
from accounts.models import AccountEvent, Application, Invitation, Organisation, OrganisationDomain, User
from accounts.queries.entitlement import places_taken
from accounts.queries.people import person_at
from accounts.scoping import tenant_scope
from accounts.tokens.invitations import invitation_link, invitation_of_token
from accounts.views import colleagues
from tests.factories import AgentFactory, UserFactory
from tests.pages import Page, plain_answer, snapshot
from tests.tickets.test_parallel import at_once


@pytest.fixture
def organisation(in_scope) -> Organisation:
    organisation = Organisation.objects.create(name="Kund AB", contact_limit=2)
    OrganisationDomain.objects.create(organisation=organisation, domain="kund.example")
    return organisation


@pytest.fixture
def keeper(organisation) -> User:
    """The organisation's contact person."""
    return UserFactory(
        email="keeper@kund.example",
        name="Karin Keeper",
        organisation=organisation,
        is_contact_person=True,
        verified_at=timezone.now(),
    )


def path_of(invitation: Invitation) -> str:
    return re.sub(r"^https?://[^/]+", "", invitation_link(invitation))


def invited(actor, email="new@kund.example", **values) -> Invitation:
    return invite_person(actor=actor, email=email, **values)


def accept(invitation: Invitation, **values) -> User:
    return accept_invitation(actor=invitation.user, invitation=invitation, **values)


def fresh(invitation: Invitation) -> Invitation:
    return Invitation.objects.get(pk=invitation.pk)


def hindrance(actor, email, **values) -> Hindrance:
    before = snapshot()
    with pytest.raises(CannotInvite) as reason:
        invite_person(actor=actor, email=email, **values)
    assert snapshot() == before
    return reason.value.hindrance


# -- the doors --------------------------------------------------------------------------------------------------------


def test_nothing_works_before_the_invited_person_accepts(in_scope, organisation):
    invitation = invited(in_scope.agent, organisation=organisation, is_named_contact=True, name="Nora")

    person = person_at("new@kund.example")
    assert (person.is_active, person.organisation, person.is_named_contact) == (False, None, False)
    assert places_taken(organisation) == 1, "the place is kept"

    accept(invitation, phone="08-1")

    person.refresh_from_db()
    assert (person.is_active, person.organisation, person.is_named_contact) == (True, organisation, True)
    assert (person.name, person.phone, person.role) == ("Nora", "08-1", Role.CUSTOMER)
    assert person.verified_at is not None
    assert places_taken(organisation) == 1
    kinds = AccountEvent.objects.filter(user=person).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["registered", "invited", "verified", "invitation_accepted"]


def test_an_invitation_is_accepted_once(in_scope, organisation):
    invitation = invited(in_scope.agent, organisation=organisation)
    accept(invitation)

    with pytest.raises(CannotInvite) as reason:
        accept(invitation)

    assert reason.value.hindrance == Hindrance.OVER


@pytest.mark.parametrize("end", ["revoked", "expired"])
def test_an_invitation_that_is_over_lets_nobody_in(in_scope, organisation, end):
    invitation = invited(in_scope.agent, organisation=organisation)
    if end == "revoked":
        assert revoke_invitation(actor=in_scope.agent, invitation=invitation)
        assert not revoke_invitation(actor=in_scope.agent, invitation=invitation)
    else:
        Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now())

    with pytest.raises(CannotInvite):
        accept(fresh(invitation))

    assert not person_at("new@kund.example").is_active
    assert places_taken(organisation) == 0


def test_sending_again_renews_the_same_row_and_earlier_links_work(in_scope, organisation):
    invitation = invited(in_scope.agent, organisation=organisation)
    link = path_of(invitation)
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now() - timedelta(days=1))

    assert invite_again(actor=in_scope.agent, invitation=invitation)

    assert Invitation.objects.count() == 1
    assert fresh(invitation).state == InvitationState.OPEN
    assert invitation_of_token(link.strip("/").split("/")[1]).pk == invitation.pk
    accept(fresh(invitation))
    assert not invite_again(actor=in_scope.agent, invitation=invitation)


def test_an_invitation_answers_a_waiting_application(in_scope, organisation):
    person = UserFactory(email="new@kund.example", is_active=False)
    application = Application.objects.create(user=person, created_at=timezone.now())
    accept(invited(in_scope.agent, organisation=organisation))

    application.refresh_from_db()
    assert (application.state, application.decided_by) == (ApplicationState.APPROVED, in_scope.agent)


def test_an_active_customer_without_organisation_is_invited_to_join(in_scope, organisation):
    person = UserFactory(email="alone@kund.example", name="Alone")
    invitation = invited(in_scope.agent, person.email, organisation=organisation, name="Other name")
    person.refresh_from_db()
    assert person.organisation is None

    accept(invitation, name="Mallory", phone="666")

    person.refresh_from_db()
    assert (person.organisation, person.name, person.phone) == (organisation, "Alone", "666")


def test_staff_are_told_why_somebody_is_not_invited(in_scope, organisation):
    UserFactory(email="elsewhere@kund.example", organisation=in_scope.organisation)
    UserFactory(email="here@kund.example", organisation=organisation)
    closed = UserFactory(email="closed@kund.example")
    close_account(actor=in_scope.administrator, user=closed)
    invited(in_scope.agent, "open@kund.example")

    assert hindrance(in_scope.agent, "elsewhere@kund.example", organisation=organisation) == Hindrance.ELSEWHERE
    assert hindrance(in_scope.agent, "HERE@kund.example", organisation=organisation) == Hindrance.ALREADY_IN
    assert hindrance(in_scope.agent, in_scope.lead.email, organisation=organisation) == Hindrance.STAFF
    assert hindrance(in_scope.agent, closed.email, organisation=organisation) == Hindrance.CLOSED
    assert hindrance(in_scope.agent, "open@kund.example", organisation=organisation) == Hindrance.INVITED
    assert hindrance(in_scope.administrator, "here@kund.example", role=Role.AGENT) == Hindrance.ALREADY_IN


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPPORT_LEAD, Role.ADMINISTRATOR])
def test_only_administrators_invite_staff(in_scope, other_portal, role):
    lead = AgentFactory(role=Role.SUPPORT_LEAD)
    for actor in (in_scope.agent, lead, in_scope.customer):
        with pytest.raises(PermissionError):
            invited(actor, "colleague@north.example", role=role)

    person = accept(invited(in_scope.administrator, "colleague@north.example", role=role))
    assert person.role == role


def test_an_agent_cannot_send_or_withdraw_an_invitation_of_staff(in_scope):
    invitation = invited(in_scope.administrator, "colleague@north.example", role=Role.ADMINISTRATOR)
    for door in (invite_again, revoke_invitation):
        with pytest.raises(PermissionError):
            door(actor=in_scope.agent, invitation=invitation)


def test_a_contact_person_invites_into_their_own_organisation_only(in_scope, organisation, keeper):
    assert invited(keeper, organisation=organisation).invited_by == keeper
    refused = [
        {"organisation": in_scope.organisation},
        {"organisation": None},
        {"organisation": organisation, "role": Role.AGENT},
        {"organisation": organisation, "is_contact_person": True},
    ]
    for values in refused:
        with pytest.raises(PermissionError):
            invited(keeper, "second@kund.example", **values)
    with pytest.raises(CannotInvite) as reason:
        invited(keeper, "second@elsewhere.example", organisation=organisation)
    assert reason.value.hindrance == Hindrance.NOT_OWN_DOMAIN


@pytest.mark.parametrize(
    "change",
    [{"is_contact_person": False}, {"verified_at": None}, {"is_active": False}],
)
def test_who_keeps_no_contacts_invites_nobody(in_scope, organisation, keeper, change):
    for name, value in change.items():
        setattr(keeper, name, value)
    keeper.save()
    with pytest.raises(PermissionError):
        invited(keeper, organisation=organisation)


def test_where_the_portal_says_no_contact_person_invites(in_scope, organisation, keeper):
    in_scope.tenant.contacts_may_invite = False
    in_scope.tenant.save()
    with pytest.raises(PermissionError):
        invited(keeper, organisation=organisation)


def test_places_are_kept_for_the_invited_and_given_back(in_scope, organisation):
    """S1"""
    first = invited(in_scope.agent, "a@kund.example", organisation=organisation, is_named_contact=True)
    invited(in_scope.agent, "b@kund.example", organisation=organisation, is_named_contact=True)

    with pytest.raises(NoPlaceLeft):
        invited(in_scope.agent, "c@kund.example", organisation=organisation, is_named_contact=True)
    named = UserFactory(email="d@kund.example", organisation=organisation)
    with pytest.raises(NoPlaceLeft):
        name_contact(actor=in_scope.agent, user=named)
    assert accept(first).is_named_contact, "one's own place is there"
    revoke_invitation(actor=in_scope.agent, invitation=Invitation.objects.get(user__email="b@kund.example"))
    invited(in_scope.agent, "c@kund.example", organisation=organisation, is_named_contact=True)


def test_a_place_that_was_given_away_when_the_invitation_had_run_out(in_scope, organisation):
    invitation = invited(in_scope.agent, "a@kund.example", organisation=organisation, is_named_contact=True)
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now())
    for name in ("b", "c"):
        UserFactory(email=f"{name}@kund.example", organisation=organisation, is_named_contact=True)

    with pytest.raises(NoPlaceLeft):
        invite_again(actor=in_scope.agent, invitation=fresh(invitation))


def test_a_new_invitation_replaces_one_that_ran_out(in_scope, organisation):
    old = invited(in_scope.agent, organisation=organisation)
    Invitation.objects.filter(pk=old.pk).update(expires_at=timezone.now())

    new = invited(in_scope.agent, organisation=organisation)

    assert (fresh(old).state, fresh(new).state) == (InvitationState.REVOKED, InvitationState.OPEN)


# -- the link ---------------------------------------------------------------------------------------------------------


def signed_in(client) -> bool:
    return client.get("/account/").status_code == 200


def test_the_link_shows_what_it_is_and_the_button_takes_it(in_scope, browse, organisation):
    invitation = invited(in_scope.agent, organisation=organisation, is_named_contact=True)
    client, link = browse(in_scope), path_of(invitation)
    before = snapshot(without=("accounts.Session",))
    shown = client.get(link)
    assert snapshot(without=("accounts.Session",)) == before
    assert "Kund AB" in shown.content.decode()
    assert client.post(link, {"name": ""}).status_code == 422

    response = client.post(link, {"name": "Nora Ny", "phone": ""})

    assert response.url == "/welcome/"
    assert signed_in(client)
    assert person_at("new@kund.example").name == "Nora Ny"


@pytest.mark.parametrize(
    ("state", "words"),
    [("accepted", "accepted already"), ("revoked", "withdrawn"), ("expired", "too old")],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_that_is_over_says_so_and_shows_a_way_on(in_scope, browse, organisation, state, words, method):
    invitation = invited(in_scope.agent, organisation=organisation)
    now = timezone.now()
    change = {"accepted": {"accepted_at": now}, "revoked": {"revoked_at": now}, "expired": {"expires_at": now}}
    Invitation.objects.filter(pk=invitation.pk).update(**change[state])
    client = browse(in_scope)

    response = getattr(client, method)(path_of(invitation), {"name": "Nora"})

    assert response.status_code == 404
    assert words in response.content.decode()
    assert "/sign-in/" in Page(response).links()
    assert not signed_in(client)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_spoilt_link_lets_nobody_in(in_scope, other_portal, browse, organisation, method):
    invitation = invited(in_scope.agent, organisation=organisation)
    token = path_of(invitation).strip("/").split("/")[1]
    public_id, seal = token.split(".")
    with tenant_scope(other_portal.tenant):
        foreign = invite_person(actor=other_portal.agent, email="new@kund.example")
        foreign_token = path_of(foreign).strip("/").split("/")[1]
    spoilt = (token[:-1], token + "a", public_id, f"{public_id}.", f".{seal}", seal, "x.y", "å.ä", foreign_token)
    for text in spoilt:
        client = browse(in_scope)
        response = getattr(client, method)(f"/invitations/{text}/", {"name": "Nora"})
        assert response.status_code == 404, text
        assert not signed_in(client)
    assert fresh(invitation).state == InvitationState.OPEN


def test_a_link_ends_when_the_person_gets_another_address(in_scope, organisation):
    """Whoever reads the old mailbox must not get in."""
    invitation = invited(in_scope.agent, organisation=organisation)
    token = path_of(invitation).strip("/").split("/")[1]
    person = invitation.user
    person.email = "moved@kund.example"
    person.save()

    assert invitation_of_token(token) is None


def test_somebody_signed_in_as_another_is_told_before_they_accept(in_scope, browse, organisation):
    invitation = invited(in_scope.agent, organisation=organisation)
    client = browse(in_scope, in_scope.customer)

    assert "signed in as somebody else" in client.get(path_of(invitation)).content.decode()
    client.post(path_of(invitation), {"name": "Nora"})

    assert "new@kund.example" in client.get("/account/").content.decode()


def test_a_place_lost_meanwhile_is_said_and_nobody_is_let_in(in_scope, browse, organisation):
    invitation = invited(in_scope.agent, organisation=organisation, is_named_contact=True)
    for name in ("b", "c"):
        UserFactory(email=f"{name}@kund.example", organisation=organisation, is_named_contact=True)

    response = browse(in_scope).post(path_of(invitation), {"name": "Nora"})

    assert response.status_code == 409
    assert "2 contacts" in response.content.decode()
    assert not person_at("new@kund.example").is_active


# -- the desk's pages -------------------------------------------------------------------------------------------------


def test_an_agent_invites_sends_again_and_withdraws_by_the_pages(in_scope, browse, organisation):
    client = browse(in_scope, in_scope.agent)
    sent = client.post(
        "/desk/invitations/new/",
        {"email": "new@kund.example", "organisation": "Kund AB", "is_named_contact": "on", "role": "administrator"},
    )
    assert sent.url == "/desk/invitations/"
    invitation = Invitation.objects.get()
    assert (invitation.role, invitation.organisation, invitation.is_named_contact) == ("customer", organisation, True)

    early = client.post(f"/desk/invitations/{invitation.pk}/again/", follow=True).content.decode()
    assert "a moment ago" in early
    Invitation.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    assert "sent again" in client.post(f"/desk/invitations/{invitation.pk}/again/", follow=True).content.decode()
    assert "is withdrawn" in client.post(f"/desk/invitations/{invitation.pk}/revocation/", follow=True).content.decode()
    assert fresh(invitation).state == InvitationState.REVOKED


@pytest.mark.parametrize("state", [*InvitationState, "all"])
def test_the_list_has_a_tab_for_every_state(in_scope, browse, organisation, state):
    now = timezone.now()
    for kind in InvitationState:
        invitation = invited(in_scope.agent, f"{kind}@kund.example", organisation=organisation)
        change = {"accepted": {"accepted_at": now}, "revoked": {"revoked_at": now}, "expired": {"expires_at": now}}
        Invitation.objects.filter(pk=invitation.pk).update(**change.get(kind, {"created_at": now}))

    page = Page(browse(in_scope, in_scope.agent).get("/desk/invitations/", {"state": state, "q": "kund"}))

    assert page.main["data-total"] == ("4" if state == "all" else "1")
    if state != "all":
        assert f"{state}@kund.example" in page.text


def test_agents_do_not_touch_the_invitations_of_staff_by_the_pages(in_scope, browse):
    invitation = invited(in_scope.administrator, "colleague@north.example", role=Role.AGENT)
    client = browse(in_scope, in_scope.agent)

    for noun in ("again", "revocation"):
        assert client.post(f"/desk/invitations/{invitation.pk}/{noun}/").status_code == 404
    assert fresh(invitation).state == InvitationState.OPEN


def test_why_somebody_is_not_invited_stands_beside_the_address(in_scope, browse, organisation):
    UserFactory(email="elsewhere@kund.example", organisation=in_scope.organisation)

    response = browse(in_scope, in_scope.agent).post(
        "/desk/invitations/new/", {"email": "elsewhere@kund.example", "organisation": "Kund AB"}
    )

    assert response.status_code == 422
    assert f"belongs to {in_scope.organisation.name}" in response.content.decode()


# -- the contact person's page ----------------------------------------------------------------------------------------


def test_the_page_shows_the_places_and_the_own_people_only(in_scope, browse, organisation, keeper):
    UserFactory(email="bo@kund.example", name="Bo Named", organisation=organisation, is_named_contact=True)
    invited(in_scope.agent, "c@kund.example", organisation=organisation, is_named_contact=True)
    invited(in_scope.agent, "elsewhere@kund.example", organisation=in_scope.organisation)

    page = Page(browse(in_scope, keeper).get("/account/colleagues/"))

    assert "2 of 2" in page.text
    assert "Bo Named" in page.text
    assert "c@kund.example" in page.text
    for outside in ("elsewhere@kund.example", in_scope.customer.name, in_scope.agent.name):
        assert outside not in page.text


def test_replacing_a_contact_is_one_step(in_scope, browse, organisation, keeper):
    old = UserFactory(email="bo@kund.example", organisation=organisation, is_named_contact=True)
    new = UserFactory(email="c@kund.example", organisation=organisation)
    UserFactory(email="d@kund.example", organisation=organisation, is_named_contact=True)
    client = browse(in_scope, keeper)

    assert client.post(f"/account/colleagues/{new.pk}/contact/", {"value": "yes"}, follow=True).status_code == 200
    new.refresh_from_db()
    assert not new.is_named_contact, "both places are taken"
    client.post("/account/colleagues/places/", {"old": old.pk, "new": new.pk})

    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.is_named_contact, new.is_named_contact) == (False, True)


def test_a_contact_person_touches_nobody_elses_people(in_scope, other_portal, browse, organisation, keeper):
    with tenant_scope(other_portal.tenant):
        foreign = UserFactory(email="x@south.example")
    outsider = UserFactory(email="bo@else.example", organisation=in_scope.organisation, is_named_contact=True)
    invitation = invited(in_scope.agent, "else@kund.example", organisation=in_scope.organisation)
    client = browse(in_scope, keeper)
    before = snapshot(without=("accounts.Session",))
    for pk in (outsider.pk, foreign.pk, in_scope.agent.pk):
        for value in ("yes", "no"):
            assert client.post(f"/account/colleagues/{pk}/contact/", {"value": value}).status_code == 404
        client.post("/account/colleagues/places/", {"old": keeper.pk, "new": pk})
        client.post("/account/colleagues/places/", {"old": pk, "new": keeper.pk})
    for noun in ("again", "revocation"):
        url = f"/account/colleagues/invitations/{invitation.pk}/{noun}/"
        assert client.post(url).status_code == 404
    assert snapshot(without=("accounts.Session",)) == before


def test_the_answer_to_a_contact_person_tells_nothing_about_others(in_scope, browse, organisation, keeper):
    """Whoever belongs elsewhere, works here or was closed out is answered about like somebody nobody knows."""
    UserFactory(email="elsewhere@kund.example", name="Secret Name", organisation=in_scope.organisation)
    AgentFactory(email="staff@kund.example", name="Secret Name")
    closed = UserFactory(email="closed@kund.example", name="Secret Name")
    close_account(actor=in_scope.administrator, user=closed)
    answers = set()
    for address in ("elsewhere@kund.example", "staff@kund.example", "closed@kund.example", "nobody@kund.example"):
        Invitation.objects.all().update(revoked_at=timezone.now())
        response = browse(in_scope, keeper).post("/account/colleagues/", {"email": address}, follow=True)
        assert "Secret Name" not in response.content.decode()
        page = plain_answer(response, address)
        answers.add(re.sub(r"/invitations/\d+/|<time.*?</time>", "", page[2]))

    assert len(answers) == 1


def test_taking_such_an_invitation_changes_nothing_and_says_why(in_scope, browse, organisation, keeper):
    UserFactory(email="elsewhere@kund.example", organisation=in_scope.organisation)
    AgentFactory(email="staff@kund.example")
    for address, words in (("elsewhere@kund.example", "another organisation"), ("staff@kund.example", "on the desk")):
        invitation = invited(keeper, address, organisation=organisation)
        client = browse(in_scope)
        response = client.post(path_of(invitation), {"name": "Nora"})
        assert response.status_code == 409
        assert words in response.content.decode()
        assert not signed_in(client)
        assert person_at(address).organisation != organisation


def test_a_contact_person_cannot_have_us_write_to_many(in_scope, browse, organisation, keeper, monkeypatch):
    """DESIGN, fault 9"""
    monkeypatch.setattr(colleagues, "INVITATIONS_AN_HOUR", 2)
    client = browse(in_scope, keeper)
    statuses = [client.post("/account/colleagues/", {"email": f"p{n}@kund.example"}).status_code for n in range(4)]

    assert statuses == [302, 302, 422, 422]
    assert Invitation.objects.count() == 2


# -- many at once -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_many_who_accept_one_invitation_at_once_one_gets_it(portal, other_portal):
    with tenant_scope(portal.tenant):
        invitation = invite_person(actor=portal.agent, email="new@kund.example", organisation=portal.organisation)

    def take(_number):
        try:
            accept_invitation(actor=invitation.user, invitation=invitation)
        except CannotInvite as reason:
            return reason.hindrance
        return "in"

    results = at_once(portal, take)

    assert sorted(results) == ["in"] + [Hindrance.OVER] * (len(results) - 1)
    with tenant_scope(portal.tenant):
        assert AccountEvent.objects.filter(kind=AccountEventKind.INVITATION_ACCEPTED).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ways", ["named", "approved", "invited", "mixed"])
def test_the_last_free_place_goes_to_one_whatever_door_they_come_through(portal, other_portal, ways):
    """S1: on PostgreSQL under row locks, on SQLite one after the other."""
    with tenant_scope(portal.tenant):
        organisation = Organisation.objects.create(name="Kund AB", contact_limit=2)
        UserFactory(organisation=organisation, is_named_contact=True)
        people = UserFactory.create_batch(6, organisation=organisation)
        applications = [
            Application.objects.create(user=UserFactory(is_active=False), created_at=timezone.now()) for _n in range(6)
        ]

    def take(number):
        way = ("named", "approved", "invited")[number % 3] if ways == "mixed" else ways
        try:
            if way == "named":
                name_contact(actor=portal.agent, user=people[number])
            elif way == "approved":
                approve_application(
                    actor=portal.agent,
                    application=applications[number],
                    organisation=organisation,
                    is_named_contact=True,
                )
            else:
                invite_person(
                    actor=portal.agent,
                    email=f"p{number}@kund.example",
                    organisation=organisation,
                    is_named_contact=True,
                )
        except NoPlaceLeft as full:
            return f"{full.named} of {full.limit}"
        return "taken"

    results = at_once(portal, take, times=6)

    assert sorted(results) == ["2 of 2"] * 5 + ["taken"]
    with tenant_scope(portal.tenant):
        assert places_taken(organisation) == 2


@pytest.mark.django_db(transaction=True)
def test_one_person_invited_by_many_at_once_has_one_invitation(portal, other_portal):
    def invite(_number):
        try:
            invite_person(actor=portal.agent, email="new@kund.example")
        except CannotInvite as reason:
            return reason.hindrance
        return "sent"

    results = at_once(portal, invite)

    assert (results.count("sent"), results.count(Hindrance.INVITED)) == (1, len(results) - 1)
    with tenant_scope(portal.tenant):
        assert Invitation.objects.count() == 1


def test_a_moment_is_what_the_wait_counts_from(in_scope, browse, organisation):
    invitation = invited(in_scope.agent, organisation=organisation)
    client = browse(in_scope, in_scope.agent)
    later = timezone.now() + timedelta(seconds=61)
    with mock.patch("accounts.views.invitations.time.time", return_value=later.timestamp()):
        answer = client.post(f"/desk/invitations/{invitation.pk}/again/", follow=True)

    assert "sent again" in answer.content.decode()


def test_whoever_is_invited_to_the_staff_is_the_administrators_and_no_customers(in_scope, other_portal):
    invitation = invite_person(actor=in_scope.administrator, email="new.admin@north.example", role=Role.ADMINISTRATOR)
    for act in (
        lambda: move_person(actor=in_scope.agent, user=invitation.user, organisation=in_scope.organisation),
        lambda: close_account(actor=in_scope.agent, user=invitation.user),
        lambda: update_person(actor=in_scope.agent, user=invitation.user, values={"name": "Mallory"}),
    ):
        with pytest.raises(PermissionError):
            act()
    move_person(actor=in_scope.administrator, user=invitation.user, organisation=in_scope.organisation)

    person = accept_invitation(actor=invitation.user, invitation=invitation)

    assert (person.role, person.organisation) == (Role.ADMINISTRATOR, None)
