"""Applications on the desk: everything there is to see, the decision, and what the applicant is told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actions.applying import approve_application, refuse_application
from accounts.actions.closing_accounts import close_account, reopen_account
from accounts.enums import AccountEventKind, ApplicationState, Refusal
from accounts.facts import NoPlaceLeft
from accounts.models import AccountEvent, Application, Invitation, Organisation, OrganisationDomain, User
from accounts.scoping import tenant_scope
from tests.factories import UserFactory
from tests.pages import Page, snapshot
from tests.tickets.test_speed import MOST, queries


@pytest.fixture
def organisation(in_scope) -> Organisation:
    organisation = Organisation.objects.create(name="Kund AB", contact_limit=1)
    OrganisationDomain.objects.create(organisation=organisation, domain="kund.example")
    return organisation


@pytest.fixture
def application(in_scope, organisation) -> Application:
    applicant = UserFactory(email="nora@kund.example", name="Nora Ny", is_active=False, password=None)
    return Application.objects.create(
        user=applicant, organisation_name="Kund", reason="I answer for the alarms.", created_at=timezone.now()
    )


def fresh(application) -> Application:
    return Application.objects.select_related("user__organisation", "decided_by").get(pk=application.pk)


def test_an_approved_applicant_is_in_with_organisation_and_place(in_scope, organisation, application):
    """I3"""
    assert approve_application(
        actor=in_scope.agent, application=application, organisation=organisation, is_named_contact=True
    )

    after = fresh(application)
    assert (after.state, after.decided_by) == (ApplicationState.APPROVED, in_scope.agent)
    assert (after.user.is_active, after.user.organisation, after.user.is_named_contact) == (True, organisation, True)
    event = AccountEvent.objects.get(user=after.user)
    assert (event.kind, event.actor) == (AccountEventKind.APPROVED, in_scope.agent)


def test_a_second_decision_changes_nothing(in_scope, organisation, application):
    assert refuse_application(actor=in_scope.agent, application=application, refusal=Refusal.OTHER, explanation="No")
    before = snapshot()

    assert not approve_application(actor=in_scope.lead, application=application, organisation=organisation)
    assert not refuse_application(actor=in_scope.lead, application=application, refusal=Refusal.LIMIT_REACHED)

    assert snapshot() == before
    assert not fresh(application).user.is_active


def test_nobody_gets_a_place_over_the_limit(in_scope, organisation, application):
    """S1"""
    UserFactory(email="first@kund.example", organisation=organisation, is_named_contact=True)
    before = snapshot()

    with pytest.raises(NoPlaceLeft) as full:
        approve_application(
            actor=in_scope.agent, application=application, organisation=organisation, is_named_contact=True
        )

    assert (full.value.limit, full.value.named) == (1, 1)
    assert snapshot() == before
    assert approve_application(actor=in_scope.agent, application=application, organisation=organisation)


def test_an_open_invitation_ends_with_the_approval(in_scope, organisation, application):
    now = timezone.now()
    invitation = Invitation.objects.create(user=application.user, created_at=now, expires_at=now + timedelta(days=1))
    approve_application(actor=in_scope.agent, application=application, organisation=organisation)

    invitation.refresh_from_db()
    assert invitation.revoked_at is not None


def test_only_staff_decide(in_scope, other_portal, organisation, application):
    for actor in (in_scope.customer, UserFactory(organisation=organisation, is_contact_person=True)):
        with pytest.raises(PermissionError):
            approve_application(actor=actor, application=application, organisation=organisation)
        with pytest.raises(PermissionError):
            refuse_application(actor=actor, application=application, refusal=Refusal.OTHER)
    with pytest.raises(ValueError, match="organisation"):
        approve_application(actor=in_scope.agent, application=application, organisation=None, is_named_contact=True)


# -- pages ------------------------------------------------------------------------------------------------------------


def test_the_list_has_what_waits_first_and_finds_by_name_address_and_organisation(in_scope, browse, application):
    other = UserFactory(email="old@else.example", is_active=False)
    Application.objects.create(
        user=other, state="refused", refusal="other", created_at=timezone.now(), decided_at=timezone.now()
    )
    client = browse(in_scope, in_scope.agent)

    page = Page(client.get("/desk/applications/"))
    assert page.main["data-total"] == "1"
    assert "Nora Ny" in page.text
    assert [tab["data-count"] for tab in page.marked("data-count") if "state=" in tab.get("href", "")] == [
        "1",
        "0",
        "1",
        "2",
    ]
    for words in ("nora", "KUND.example", "kund nora"):
        assert Page(client.get("/desk/applications/", {"q": words})).main["data-total"] == "1"
    assert Page(client.get("/desk/applications/", {"q": "nora else"})).main["data-total"] == "0"
    assert Page(client.get("/desk/applications/", {"state": "all"})).main["data-total"] == "2"
    assert Page(client.get("/desk/applications/", {"state": "nonsense", "after": "x~y"})).main["data-total"] == "1"


def test_the_page_shows_what_was_typed_and_what_the_rules_see(in_scope, browse, organisation, application):
    UserFactory(email="first@kund.example", organisation=organisation, is_named_contact=True)
    Application.objects.create(
        user=application.user,
        state="refused",
        refusal="limit_reached",
        created_at=timezone.now(),
        decided_at=timezone.now(),
    )

    page = Page(browse(in_scope, in_scope.agent).get(f"/desk/applications/{application.pk}/"))

    for words in (
        "nora@kund.example",
        "I answer for the alarms.",
        "The domain kund.example belongs to Kund AB.",
        "1 of 1 places",
        "Earlier application",
    ):
        assert words in page.text
    assert page.form("/approval/")["organisation"] == "Kund AB"
    assert "is_named_contact" not in page.form("/approval/")
    assert page.form("/refusal/")["refusal"] == "limit_reached"


def test_an_agent_lets_in_by_the_page(in_scope, browse, organisation, application):
    client = browse(in_scope, in_scope.agent)
    form = Page(client.get(f"/desk/applications/{application.pk}/")).form("/approval/")
    assert "is_named_contact" in form
    form["is_named_contact"] = "on"

    answer = client.post(f"/desk/applications/{application.pk}/approval/", form, follow=True)

    assert "Nora Ny is let in" in answer.content.decode()
    assert User.objects.get(pk=application.user_id).is_named_contact
    late = browse(in_scope, in_scope.lead).post(f"/desk/applications/{application.pk}/approval/", form, follow=True)
    assert "Elin Lund decided this a moment ago." in late.content.decode()


def test_what_stops_an_approval_is_said_beside_the_field_and_nothing_is_lost(
    in_scope, browse, organisation, application
):
    UserFactory(email="first@kund.example", organisation=organisation, is_named_contact=True)
    client, url = browse(in_scope, in_scope.agent), f"/desk/applications/{application.pk}/approval/"

    full = client.post(url, {"organisation": "kund ab", "is_named_contact": "on", "is_contact_person": "on"})
    assert full.status_code == 422
    assert "room for 1 named contact" in full.content.decode()
    assert "is_contact_person" in Page(full).form("/approval/")
    unknown = client.post(url, {"organisation": "Nowhere AB"})
    assert unknown.status_code == 422
    assert "no organisation with this name" in unknown.content.decode()
    nobody = client.post(url, {"organisation": "", "is_named_contact": "on"})
    assert nobody.status_code == 422
    assert fresh(application).state == ApplicationState.WAITING


def test_an_organisation_of_another_portal_is_none_here(in_scope, other_portal, browse, application):
    with tenant_scope(other_portal.tenant):
        Organisation.objects.create(name="Southern only")

    answer = browse(in_scope, in_scope.agent).post(
        f"/desk/applications/{application.pk}/approval/", {"organisation": "Southern only"}
    )

    assert answer.status_code == 422


def test_a_refusal_needs_a_reason_and_another_reason_needs_words(in_scope, browse, application):
    client, url = browse(in_scope, in_scope.agent), f"/desk/applications/{application.pk}/refusal/"

    assert client.post(url, {}).status_code == 422
    assert client.post(url, {"refusal": "other"}).status_code == 422
    assert client.post(url, {"refusal": "because"}).status_code == 422
    assert client.post(url, {"refusal": "other", "explanation": "Not yet."}).status_code == 302
    after = fresh(application)
    assert (after.state, after.refusal, after.explanation) == (ApplicationState.REFUSED, "other", "Not yet.")
    assert "Not yet." in Page(client.get(f"/desk/applications/{application.pk}/")).text


def test_the_rail_counts_what_waits(in_scope, browse, application):
    page = Page(browse(in_scope, in_scope.agent).get("/desk/"))

    assert [link["data-count"] for link in page.all("a") if link["href"] == "/desk/applications/"] == ["1"]


def test_the_list_costs_the_same_with_one_and_with_thirty(in_scope, browse, application):
    client = browse(in_scope, in_scope.agent)
    one = queries(client, "/desk/applications/?state=all")
    for _time in range(30):
        Application.objects.create(user=UserFactory(is_active=False), created_at=timezone.now())

    assert queries(client, "/desk/applications/?state=all") == one <= MOST


def test_closing_and_reopening_lets_nobody_in(in_scope, other_portal):
    person = UserFactory(email="waiting@kund.example", is_active=False, password="")

    close_account(actor=in_scope.agent, user=person)
    reopened = reopen_account(actor=in_scope.agent, user=person)

    assert (reopened.is_active, reopened.closed_at) == (False, None)
    reopened = reopen_account(actor=in_scope.agent, user=close_account(actor=in_scope.agent, user=in_scope.customer))
    assert reopened.is_active
