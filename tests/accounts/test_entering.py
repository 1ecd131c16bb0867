"""Registering, and asking whom to turn to: one page for everybody, whatever the portal knows of an address."""

import re
from datetime import timedelta
from unittest import mock

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.actions.asking_in import request_entry
from accounts.actions.closing_accounts import close_account
from accounts.actions.settling import forget_settled, settle
from accounts.actions.verifying import verify_address
from accounts.entering import decide_entry
from accounts.enums import AccountEventKind, ApplicationState, EntryRequestKind, Refusal, Role, WayIn
from accounts.facts import EntryFacts, EntryOutcome, Standing
from accounts.models import (
    AccountEvent,
    Agreement,
    Application,
    EntryRequest,
    Invitation,
    Organisation,
    OrganisationDomain,
    PrivateDomain,
    User,
)
from accounts.queries.people import person_at
from accounts.scoping import tenant_scope
from accounts.tokens.verification import verification_link, verification_of_link
from accounts.views import entering
from tests.factories import PASSWORD, UserFactory
from tests.pages import Page, plain_answer, snapshot

TYPED = {
    "email": "new@kund.example",
    "name": "Nora Ny",
    "phone": "08-123",
    "organisation": "Kund AB",
    "reason": "I answer for our alarms.",
    "website": "",
}


def ways(portal, strangers: str, known: str | None = None, **values: object) -> None:
    for name, value in {"strangers": strangers, "known_domains": known or strangers, **values}.items():
        setattr(portal.tenant, name, value)
    portal.tenant.save()


def settle_all() -> None:
    for asked in EntryRequest.objects.pending():
        settle(asked)


def kinds(address: str) -> list[str]:
    return list(AccountEvent.objects.filter(user=person_at(address)).order_by("pk").values_list("kind", flat=True))


def register(client, **typed):
    return client.post("/register/", {**TYPED, **typed})


# -- the decision, for every combination of facts -------------------------------------------------------------------

facts = st.builds(
    EntryFacts,
    standing=st.sampled_from(Standing),
    way=st.sampled_from(WayIn),
    organisation_is_known=st.booleans(),
    is_private=st.booleans(),
    refuses_private=st.booleans(),
    contacts_are_named=st.booleans(),
    places_left=st.booleans(),
)


@given(facts)
def test_every_decision_says_why_and_a_refusal_says_it_with_a_reason(known):
    decision = decide_entry(known)

    assert decision.outcome in EntryOutcome
    assert (decision.refusal is not None) == (decision.outcome == EntryOutcome.REFUSE)


@given(facts)
def test_a_closed_door_lets_nobody_in(known):
    decision = decide_entry(known)

    if known.way != WayIn.OPEN or known.standing != Standing.UNKNOWN:
        assert decision.outcome != EntryOutcome.REGISTER
    if known.way == WayIn.INVITATION:
        assert decision.outcome != EntryOutcome.APPLY
    if known.is_private and known.refuses_private:
        assert decision.outcome not in (EntryOutcome.REGISTER, EntryOutcome.APPLY)


@given(facts)
def test_whoever_is_known_is_told_how_they_stand_and_nothing_else(known):
    if known.standing != Standing.UNKNOWN:
        assert decide_entry(known).outcome in (
            EntryOutcome.ALREADY_IN,
            EntryOutcome.APPLIED_ALREADY,
            EntryOutcome.INVITED_ALREADY,
            EntryOutcome.CLOSED,
        )


# -- the page asks as much as the portal's ways in need ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("strangers", "known", "asked"),
    [
        ("open", "open", {"email", "name", "phone"}),
        ("invitation", "invitation", {"email"}),
        ("application", "application", {"email", "name", "phone", "organisation", "reason"}),
        ("invitation", "application", {"email", "name", "phone", "organisation", "reason"}),
        ("application", "open", {"email", "name", "phone", "organisation", "reason"}),
        ("invitation", "open", {"email", "name", "phone"}),
    ],
)
def test_the_form_asks_what_the_portals_ways_in_need(portal, other_portal, browse, strangers, known, asked):
    ways(portal, strangers, known)

    fields = Page(browse(portal).get("/register/")).form("/register/")

    assert set(fields) - {"csrfmiddlewaretoken", "next", "website"} == asked


def test_what_is_wrong_is_said_and_what_was_typed_stays(portal, other_portal, browse):
    ways(portal, WayIn.APPLICATION)

    response = register(browse(portal), email="nonsense", phone="")

    assert response.status_code == 422
    kept = Page(response).form("/register/")
    assert (kept["email"], kept["name"], kept["reason"]) == ("nonsense", TYPED["name"], TYPED["reason"])
    with tenant_scope(portal.tenant):
        assert not EntryRequest.objects.exists()


def test_a_private_address_is_refused_at_once_where_the_portal_says_so(portal, other_portal, browse):
    """I6: it depends on the domain alone, so it tells nothing about anybody."""
    ways(portal, WayIn.APPLICATION, refuses_private_addresses=True)
    with tenant_scope(portal.tenant):
        PrivateDomain.objects.create(domain="gmail.com")
        UserFactory(email="known@gmail.com")

    for address in ("known@gmail.com", "nobody@gmail.com", "a@mail.GMAIL.com"):
        response = register(browse(portal), email=address)
        assert response.status_code == 422
        assert "private address" in response.content.decode()
    assert register(browse(portal), email="known@work.example").status_code == 302
    assert register(browse(other_portal), email="nobody@gmail.com").status_code == 302


def test_robots_fall_into_the_trap(portal, other_portal, browse):
    assert register(browse(portal), website="http://spam.example").status_code == 422
    with tenant_scope(portal.tenant):
        assert not EntryRequest.objects.exists()


def test_whoever_is_signed_in_is_told_so_and_shown_the_way_on(portal, other_portal, browse):
    page = Page(browse(portal, portal.customer).get("/register/?next=/tickets/?show=all"))

    assert "signed in already" in page.text
    assert "/tickets/?show=all" in page.links()


# -- the same answer for everybody ------------------------------------------------------------------------------------


@pytest.fixture
def various(in_scope):
    """Addresses the portal knows in every way there is."""
    organisation = Organisation.objects.create(name="Named", contact_limit=1)
    OrganisationDomain.objects.create(organisation=organisation, domain="named.example")
    UserFactory(email="contact@named.example", organisation=organisation, is_named_contact=True)
    applied = UserFactory(email="applied@kund.example", is_active=False)
    Application.objects.create(user=applied, created_at=timezone.now())
    invited = UserFactory(email="invited@kund.example", is_active=False)
    now = timezone.now()
    Invitation.objects.create(user=invited, created_at=now, expires_at=now + timedelta(days=1))
    closed = UserFactory(email="closed@kund.example")
    close_account(actor=in_scope.administrator, user=closed)
    UserFactory(email="fresh@kund.example", verified_at=None)
    return {
        "active": "anna@kund.example",
        "staff": "agent@north.example",
        "applied": applied.email,
        "invited": invited.email,
        "closed": closed.email,
        "unverified": "fresh@kund.example",
        "of a full organisation": "other@named.example",
        "unknown": "nobody@nowhere.example",
    }


@pytest.mark.parametrize("way", WayIn.values)
@pytest.mark.parametrize("url", ["/register/", "/whom-to-ask/"])
def test_the_answer_reads_the_same_for_every_address(in_scope, various, browse, way, url):
    ways(in_scope, way)
    answers, rows = set(), set()
    browse(in_scope).post(url, {**TYPED, "email": "first@kund.example"})  # the network's own allowance
    for address in various.values():
        client = browse(in_scope)
        before = snapshot()
        asked = client.post(url, {**TYPED, "email": address})
        after = snapshot()
        rows.add(tuple((label, len(after[label]) - len(before[label])) for label in sorted(after)))
        shown = client.get(asked.url)
        answers.add((asked.status_code, asked.url, plain_answer(shown, address)))

    assert len(answers) == 1
    assert len(rows) == 1, "the page itself did something else for one of them"


def test_when_an_address_has_had_its_mails_the_answer_is_still_the_same(in_scope, browse):
    """Another answer would tell that somebody asked for it."""
    answers = []
    for _time in range(entering.ENTRIES_PER_ADDRESS + 2):
        client = browse(in_scope)
        asked = register(client)
        answers.append((asked.status_code, asked.url, plain_answer(client.get(asked.url))))

    assert len(set(answers)) == 1
    assert EntryRequest.objects.count() == entering.ENTRIES_PER_ADDRESS


def test_an_address_gets_at_most_three_mails_an_hour_however_it_is_spelled_and_asked(in_scope, browse):
    for number, spelling in enumerate(["New@Kund.example", "new@kund.example", "NEW@KUND.EXAMPLE"] * 3):
        register(browse(in_scope), email=spelling) if number % 2 else browse(in_scope).post(
            "/whom-to-ask/", {"email": spelling}
        )

    assert EntryRequest.objects.count() == entering.ENTRIES_PER_ADDRESS


@pytest.mark.parametrize("url", ["/register/", "/whom-to-ask/"])
def test_a_network_that_asks_too_often_waits_and_keeps_what_it_typed(in_scope, browse, monkeypatch, url):
    monkeypatch.setattr(entering, "ENTRIES_PER_NETWORK", 2)
    for number in range(2):
        assert browse(in_scope).post(url, {**TYPED, "email": f"a{number}@kund.example"}).status_code == 302

    refused = browse(in_scope).post(url, {**TYPED, "email": "a3@kund.example"})

    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) >= 60
    assert Page(refused).form(url)["email"] == "a3@kund.example"
    assert EntryRequest.objects.count() == 2


def test_send_again_waits_a_minute_and_then_asks_once_more(in_scope, browse):
    client = browse(in_scope)
    assert client.post("/register/sent/again/").url == "/register/"
    register(client)

    early = client.post("/register/sent/again/", follow=True)
    assert "Give it a minute" in early.content.decode()
    assert EntryRequest.objects.count() == 1
    with mock.patch.object(entering.time, "time", return_value=timezone.now().timestamp() + 61):
        again = client.post("/register/sent/again/", follow=True)
    assert "once more" in again.content.decode()
    first, second = EntryRequest.objects.order_by("pk")
    assert (first.kind, first.address, first.data) == (second.kind, second.address, second.data)


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_next_never_leads_away(in_scope, browse, target):
    client = browse(in_scope)
    register(client, next=target)
    assert client.session[entering.ENTERING_KEY]["next"] == ""
    links = Page(browse(in_scope, in_scope.customer).get("/register/", {"next": target})).links()
    assert not [link for link in links if "evil" in link or link.startswith("javascript")]


# -- what the worker makes of it --------------------------------------------------------------------------------------


def test_on_an_open_portal_registering_makes_an_account_that_is_not_verified(in_scope, browse):
    """T8"""
    register(browse(in_scope))
    assert person_at(TYPED["email"]) is None
    settle_all()

    person = person_at(TYPED["email"])
    assert (person.name, person.phone, person.is_active, person.verified_at) == ("Nora Ny", "08-123", True, None)
    assert person.role == Role.CUSTOMER
    assert kinds(TYPED["email"]) == [AccountEventKind.REGISTERED, AccountEventKind.VERIFICATION_REQUESTED]


def test_a_request_is_settled_once(in_scope, browse):
    register(browse(in_scope))
    asked = EntryRequest.objects.get()

    assert [settle(asked), settle(asked)] == [True, False]
    assert kinds(TYPED["email"]).count(AccountEventKind.VERIFICATION_REQUESTED) == 1


def test_the_same_application_twice_is_one_waiting_application(in_scope, browse):
    ways(in_scope, WayIn.APPLICATION)
    register(browse(in_scope))
    register(browse(in_scope), reason="Again")
    settle_all()

    application = Application.objects.get()
    assert (application.state, application.organisation_name, application.reason) == (
        ApplicationState.WAITING,
        "Kund AB",
        "I answer for our alarms.",
    )
    assert not application.user.is_active
    assert kinds(TYPED["email"]) == ["registered", "applied", "applied"]


def test_nothing_a_stranger_types_changes_anybody_on_record(in_scope, browse, various):
    for address in various.values():
        register(browse(in_scope), email=address, name="Mallory", phone="666")
    settle_all()

    changed = User.objects.filter(name="Mallory").values_list("email", flat=True)
    assert set(changed) == {various["unknown"], various["of a full organisation"]}


@pytest.mark.parametrize("way", WayIn.values)
def test_nobody_gets_back_into_a_closed_account_by_registering(in_scope, browse, various, way):
    ways(in_scope, way)
    register(browse(in_scope), email=various["closed"])
    settle_all()

    assert not person_at(various["closed"]).is_active
    assert kinds(various["closed"])[-1] == AccountEventKind.NOT_ENTITLED


def test_former_staff_does_not_get_back_in_either(in_scope, browse):
    User.objects.filter(pk=in_scope.agent.pk).update(is_active=False)
    register(browse(in_scope), email=in_scope.agent.email)
    settle_all()

    assert not person_at(in_scope.agent.email).is_active


def test_where_a_customers_places_are_taken_the_application_is_refused_at_once_with_that_reason(in_scope, various):
    """I6"""
    ways(in_scope, WayIn.APPLICATION)
    asked = EntryRequest.objects.create(kind=EntryRequestKind.REGISTER, address="other@named.example", data=TYPED)
    settle(asked)
    again = EntryRequest.objects.create(kind=EntryRequestKind.REGISTER, address="other@named.example", data=TYPED)
    settle(again)

    application = Application.objects.get(user__email="other@named.example")
    assert (application.state, application.refusal) == (ApplicationState.REFUSED, Refusal.LIMIT_REACHED)
    assert kinds("other@named.example")[-2:] == ["refused", "refused"]


def test_asking_whom_to_turn_to_lets_nobody_in_and_applies_for_nothing(in_scope, browse, various):
    for way in WayIn.values:
        ways(in_scope, way)
        for address in various.values():
            settle(EntryRequest.objects.create(kind=EntryRequestKind.ASK, address=f"{way}{address}", data={}))
            assert not person_at(f"{way}{address}").is_active
            assert kinds(f"{way}{address}")[-1] == AccountEventKind.NOT_ENTITLED
    assert Application.objects.count() == 1


def test_look_alike_addresses_are_different_people_and_one_domain_in_two_spellings_is_one(in_scope, browse):
    cyrillic = "аnna@kund.example"  # its first letter is not the Latin one
    register(browse(in_scope), email=cyrillic)
    register(browse(in_scope), email="bo@åby.example")
    register(browse(in_scope), email="bo@xn--by-xia.example")
    settle_all()

    assert person_at(cyrillic) is None or person_at(cyrillic).pk != in_scope.customer.pk
    assert kinds(in_scope.customer.email) == []
    assert User.objects.filter(email_key="bo@xn--by-xia.example").count() == 1


# -- the link in the mail ---------------------------------------------------------------------------------------------


@pytest.fixture
def newcomer(in_scope):
    return UserFactory(email="new@kund.example", verified_at=None, password=None)


def path_of(link: str) -> str:
    return re.sub(r"^https?://[^/]+", "", link)


def signed_in(client) -> bool:
    return client.get("/account/").status_code == 200


def test_looking_at_the_link_changes_nothing_and_the_button_verifies_and_signs_in(in_scope, browse, newcomer):
    client, link = browse(in_scope), path_of(verification_link(newcomer))
    before = snapshot(without=("accounts.Session",))
    for _time in range(3):
        assert client.get(link).status_code == 200
    assert snapshot(without=("accounts.Session",)) == before

    response = client.post(link)

    assert response.url == "/welcome/"
    assert signed_in(client)
    assert User.objects.get(pk=newcomer.pk).verified_at is not None
    shown = Page(client.get("/welcome/"))
    assert any("/password/" in address for address in shown.links())


def test_the_link_leads_on_to_where_the_newcomer_wanted_to_go(in_scope, browse):
    client = browse(in_scope)
    register(client, next="/tickets/?show=closed")
    settle_all()

    response = client.post(path_of(verification_link(person_at(TYPED["email"]))))

    assert response.url == "/welcome/?next=%2Ftickets%2F%3Fshow%3Dclosed"
    assert "/tickets/?show=closed" in Page(client.get(response.url)).links()


def test_a_verified_person_joins_the_organisation_of_their_domain(in_scope, browse, newcomer):
    """T13: by a verified address, and not before."""
    organisation = Organisation.objects.create(name="Kund AB")
    OrganisationDomain.objects.create(organisation=organisation, domain="kund.example")
    assert User.objects.get(pk=newcomer.pk).organisation is None

    browse(in_scope).post(path_of(verification_link(newcomer)))

    assert User.objects.get(pk=newcomer.pk).organisation == organisation


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_used_link_signs_nobody_in_and_says_what_to_do(in_scope, browse, newcomer, method):
    link = path_of(verification_link(newcomer))
    verify_address(actor=newcomer, user=newcomer)
    client = browse(in_scope)

    response = getattr(client, method)(link)

    assert response.status_code == 404
    assert "confirmed already" in response.content.decode()
    assert "/sign-in/" in Page(response).links()
    assert not signed_in(client)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_spoilt_link_signs_nobody_in_and_shows_a_way_on(in_scope, other_portal, browse, newcomer, method):
    link = path_of(verification_link(newcomer))
    uid, token = link.strip("/").split("/")[1:]
    other = UserFactory(email="other@kund.example", verified_at=None)
    other_uid = path_of(verification_link(other)).strip("/").split("/")[1]
    spoilt = [
        f"/verify/{uid}/{token[:-1]}/",
        f"/verify/{uid}/{token}x/",
        f"/verify/{uid[:-1]}/{token}/",
        f"/verify/{other_uid}/{token}/",
        "/verify/å/ä/",
        "/verify/OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5/x-y/",
    ]
    for url in spoilt:
        client = browse(in_scope)
        response = getattr(client, method)(url)
        assert response.status_code == 404, url
        assert "/register/" in Page(response).links()
        assert not signed_in(client)
    assert getattr(browse(other_portal), method)(link).status_code == 404
    assert User.objects.get(pk=newcomer.pk).verified_at is None


def test_a_link_ends_after_its_time_with_the_address_and_with_the_account(in_scope, newcomer, settings):
    uid, token = path_of(verification_link(newcomer)).strip("/").split("/")[1:]
    assert verification_of_link(uid, token) is not None
    newcomer.email = "moved@kund.example"
    newcomer.save()
    assert verification_of_link(uid, token) is None
    newcomer.email = "new@kund.example"
    newcomer.is_active = False
    newcomer.save()
    assert verification_of_link(uid, token) is None
    newcomer.is_active = True
    newcomer.save()
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert verification_of_link(uid, token) is None


def test_whoever_chose_a_password_first_may_still_use_the_link(in_scope, newcomer):
    uid, token = path_of(verification_link(newcomer)).strip("/").split("/")[1:]
    newcomer.set_password(PASSWORD)
    newcomer.last_login = timezone.now()
    newcomer.save()

    assert verification_of_link(uid, token) is not None


# -- whom to ask (S7) -------------------------------------------------------------------------------------------------


def test_somebody_not_named_reads_who_their_administrators_are(in_scope, browse):
    agreement = Agreement.objects.create(name="Standard", contact_limit=2)
    in_scope.organisation.agreement = agreement
    in_scope.organisation.save()
    in_scope.organisation.local_administrators.create(name="Lotta Local", phone="08-555", email="lotta@kund.example")

    page = Page(browse(in_scope, in_scope.customer).get("/whom-to-ask/"))

    assert "Lotta Local" in page.text
    assert {"tel:08-555", "mailto:lotta@kund.example"} <= set(page.links())


def test_a_stranger_reads_nobodys_name_on_a_page(in_scope, browse, various):
    client = browse(in_scope)
    client.post("/whom-to-ask/", {"email": "other@named.example"})

    for url in ("/whom-to-ask/", "/register/sent/", "/register/", "/mail-help/"):
        assert "contact@named.example" not in client.get(url).content.decode()


def test_what_strangers_typed_is_forgotten_a_month_after_it_was_settled(in_scope, other_portal):
    with tenant_scope(other_portal.tenant):
        settle(request_entry(kind=EntryRequestKind.ASK, address="theirs@nowhere.example"))
        EntryRequest.objects.update(fanned_out_at=timezone.now() - timedelta(days=31))
    old, young, waiting = (
        request_entry(kind=EntryRequestKind.ASK, address=f"{name}@nowhere.example")
        for name in ("old", "young", "waiting")
    )
    for days, asked in ((31, old), (29, young)):
        settle(asked)
        EntryRequest.objects.filter(pk=asked.pk).update(fanned_out_at=timezone.now() - timedelta(days=days))

    assert forget_settled() == 1

    assert set(EntryRequest.objects.values_list("pk", flat=True)) == {young.pk, waiting.pk}
    assert AccountEvent.objects.filter(user__email=old.address).exists()
    with tenant_scope(other_portal.tenant):
        assert EntryRequest.objects.count() == 1
