"""Another mail address for one's own account: proven before it counts, and nobody else's."""

import pytest
from django.core import signing

from accounts.actions.changing_addresses import (
    AddressRequestVoid,
    AddressTaken,
    confirm_address,
    request_address,
)
from accounts.actions.passwords import set_password
from accounts.attempts import STRANGERS_AN_HOUR
from accounts.enums import AccountEventKind
from accounts.models import AccountEvent, OrganisationDomain, PrivateDomain, Session, User
from accounts.scoping import tenant_scope
from accounts.tokens.addresses import address_link, address_request_of_token
from notifications.actions.draining import drain
from notifications.composing import compose
from notifications.models import Delivery
from tests.factories import PASSWORD, OrganisationFactory, UserFactory, make_ticket
from tests.notifications.conftest import told
from tests.pages import plain_answer, snapshot
from tests.tickets.test_parallel import at_once
from tickets.links import link_of_token, ticket_link

NEW = "anna@new.example"
DATED = ("accounts.Session", "accounts.Allowance")


def ask(person: User, address: str = NEW) -> AccountEvent:
    request_address(actor=person, user=person, address=address)
    asked: AccountEvent = person.account_events.filter(kind=AccountEventKind.ADDRESS_REQUESTED).latest("pk")
    return asked


def confirm(person: User, asked: AccountEvent, session_key: str = "") -> User:
    return confirm_address(actor=person, user=person, asked=asked, session_key=session_key)


def path_of(asked: AccountEvent) -> str:
    return "/" + address_link(asked).split("/", 3)[3]


def token_of(asked: AccountEvent) -> str:
    return address_link(asked).rstrip("/").rsplit("/", 1)[1]


def test_the_whole_way_from_the_page_to_the_new_mailbox_and_back(in_scope, other_portal, browse):
    client = browse(in_scope, in_scope.customer)

    sent = client.post("/account/address/", {"address": NEW, "password": PASSWORD}, follow=True)
    assert sent.redirect_chain == [("/account/address/sent/", 302)]
    assert NEW in sent.content.decode()
    assert told(in_scope.tenant) == {(NEW, "address_requested")}
    letter = compose(Delivery.objects.get(template="address_requested"))
    assert letter.recipient == NEW
    assert in_scope.customer.name not in letter.text + letter.html
    path = path_of(in_scope.customer.account_events.get(kind="address_requested"))
    assert f"http://north.localhost:8000{path}" in letter.text

    before = snapshot(without=DATED)
    assert NEW in client.get(path).content.decode()
    assert snapshot(without=DATED) == before, "looking changes nothing, because mail filters look too"

    done = client.post(path, follow=True)
    assert done.redirect_chain == [("/account/", 302)]
    assert f"Your mail address is now {NEW}" in done.content.decode()
    in_scope.customer.refresh_from_db()
    assert in_scope.customer.email == in_scope.customer.email_key == NEW
    assert told(in_scope.tenant) == {("anna@kund.example", "address_changed")}
    assert told(other_portal.tenant) == set()


def test_the_mail_to_the_old_mailbox_goes_there_and_shows_little_of_the_new_one(in_scope, settings):
    confirm(in_scope.customer, ask(in_scope.customer))
    in_scope.customer.refresh_from_db()
    drain(in_scope.tenant)
    delivery = Delivery.objects.get(template="address_changed")
    letter = compose(delivery)
    assert delivery.address == letter.recipient == "anna@kund.example"
    assert NEW not in letter.text + letter.html
    assert "a…@new.example" in letter.text


def test_the_proof_is_asked_for_and_a_wrong_password_asks_nothing(in_scope, browse):
    client = browse(in_scope, in_scope.customer)
    wrong = client.post("/account/address/", {"address": NEW, "password": "guess"})
    assert wrong.status_code == 422
    assert "This is not your password" in wrong.content.decode()
    assert NEW in wrong.content.decode(), "what was typed is kept"
    assert client.post("/account/address/", {"address": NEW}).status_code == 422
    assert not in_scope.customer.account_events.exists()

    right = client.post("/account/address/", {"address": NEW, "password": PASSWORD})
    assert right.status_code == 302
    assert "password" not in client.get("/account/address/").context["form"].fields, "proven a moment ago"


def test_guessing_the_password_here_is_slow(in_scope, browse):
    client = browse(in_scope, in_scope.customer)
    for _number in range(STRANGERS_AN_HOUR):
        client.post("/account/address/", {"address": NEW, "password": "guess"})
    refused = client.post("/account/address/", {"address": NEW, "password": PASSWORD})
    assert refused.status_code == 422
    assert "Too many attempts" in refused.content.decode()


def test_whoever_has_no_password_is_sent_for_a_code(in_scope, browse):
    person = UserFactory(password=None)
    client = browse(in_scope, person)
    page = client.get("/account/address/").content.decode()
    assert "Show once more that it is you" in page
    assert 'name="address"' not in page
    client.post("/account/address/", {"address": NEW})
    assert not person.account_events.exists()


def test_the_page_says_the_same_of_every_address_and_only_a_free_one_gets_a_mail(in_scope, other_portal, browse):
    other = UserFactory(email="Bo.Ek@kund.example")
    gone = UserFactory(email="gone@kund.example", is_active=False)
    with tenant_scope(other_portal.tenant):
        UserFactory(email="there@kund.example")
    answers = []
    for address in (other.email, "bo.ek@KUND.example", gone.email, "nobody@kund.example", "there@kund.example"):
        person = UserFactory()
        client = browse(in_scope, person)
        posted = client.post("/account/address/", {"address": address, "password": PASSWORD})
        page = client.get("/account/address/sent/")
        answers.append((plain_answer(posted), plain_answer(page, address, person.email, person)))
    assert all(answer == answers[0] for answer in answers)
    assert {address for address, _kind in told(in_scope.tenant)} == {"nobody@kund.example", "there@kund.example"}


@pytest.mark.parametrize(
    "spelling",
    [
        "bo@bücher.example",
        "BO@xn--bcher-kva.example",
        "bo@BÜCHER.example",
        "bo@bu\u0308cher.example",
        "Bo@bücher.example",
    ],
)
def test_somebody_elses_address_in_no_spelling(in_scope, spelling):
    UserFactory(email="bo@bücher.example")
    asked = ask(in_scope.customer, spelling)
    assert told(in_scope.tenant) == set()
    before = snapshot()
    with pytest.raises(AddressTaken):
        confirm(in_scope.customer, asked)
    assert snapshot() == before


def test_letters_that_only_look_alike_are_another_mailbox(in_scope):
    """A Cyrillic "о" in the domain is another domain, and its ASCII form says so; nobody's place is taken by it."""
    UserFactory(email="bo@books.example")
    asked = ask(in_scope.customer, "bo@b\u043eoks.example")
    assert confirm(in_scope.customer, asked).email_key == "bo@xn--boks-55d.example"


@pytest.mark.parametrize(
    "address", ["bo", "bo@", "b\u043e@kund.example", "a@b@kund.example", "bo@kund", "", "x" * 250 + "@kund.example"]
)
def test_what_is_no_address_is_refused(in_scope, browse, address):
    page = browse(in_scope, in_scope.customer).post("/account/address/", {"address": address, "password": PASSWORD})
    assert page.status_code == 422
    assert not in_scope.customer.account_events.exists()


def test_private_addresses_are_refused_where_the_portal_says_so_but_not_to_staff(in_scope, browse):
    PrivateDomain.objects.create(domain="webmail.example")
    typed = {"address": "anna@webmail.example", "password": PASSWORD}
    in_scope.tenant.refuses_private_addresses = True
    in_scope.tenant.save()
    refused = browse(in_scope, in_scope.customer).post("/account/address/", typed)
    assert refused.status_code == 422
    assert "private address" in refused.content.decode()
    assert browse(in_scope, in_scope.agent).post("/account/address/", typed).status_code == 302
    in_scope.tenant.refuses_private_addresses = False
    in_scope.tenant.save()
    assert browse(in_scope, in_scope.customer).post("/account/address/", typed).status_code == 302


def test_nobody_makes_us_mail_one_address_over_and_over(in_scope, browse):
    answers = []
    for _number in range(5):
        client = browse(in_scope, UserFactory())
        answers.append(client.post("/account/address/", {"address": NEW, "password": PASSWORD}).status_code)
    assert answers == [302, 302, 302, 422, 422]
    assert AccountEvent.objects.filter(kind="address_requested").count() == 3


# --- Links ---------------------------------------------------------------------------------------------------------


def test_a_link_works_once(in_scope, browse):
    client = browse(in_scope, in_scope.customer)
    path = path_of(ask(in_scope.customer))
    client.post(path)
    before = snapshot(without=DATED)
    again = client.post(path)
    assert again.status_code == client.get(path).status_code == 404
    assert "no longer works" in again.content.decode()
    assert snapshot(without=DATED) == before


def test_forged_truncated_and_foreign_links(in_scope, other_portal, browse):
    asked = ask(in_scope.customer)
    token = token_of(asked)
    elsewhere = signing.Signer(salt=f"accounts.address.{other_portal.tenant.pk}", sep=".").sign(str(asked.pk))
    forged = signing.Signer(salt=f"accounts.address.{in_scope.tenant.pk}", sep=".", key="guess").sign(str(asked.pk))
    client = browse(in_scope, in_scope.customer)
    for spoilt in (token[:-1], token[1:], token + "a", token.split(".")[0], ".", "å.ä", elsewhere, forged):
        assert address_request_of_token(spoilt, in_scope.customer) is None
        assert client.post(f"/account/address/{spoilt}/").status_code == 404
    in_scope.customer.refresh_from_db()
    assert in_scope.customer.email == "anna@kund.example"


def test_a_link_is_good_for_its_owner_alone(in_scope, other_portal, browse):
    """A mistyped address must not hand the account to whoever reads the mail there."""
    path = path_of(ask(in_scope.customer))
    stranger = browse(in_scope).post(path)
    assert stranger.status_code == 302
    assert stranger.headers["Location"].startswith("/sign-in/?next=")
    assert browse(in_scope, UserFactory()).post(path).status_code == 404
    assert browse(in_scope, in_scope.administrator).post(path).status_code == 404
    assert browse(other_portal, other_portal.customer).post(path).status_code == 404
    in_scope.customer.refresh_from_db()
    assert in_scope.customer.email == "anna@kund.example"


def test_an_expired_link(in_scope, settings):
    asked = ask(in_scope.customer)
    settings.PASSWORD_RESET_TIMEOUT = 0
    assert address_request_of_token(token_of(asked), in_scope.customer) is None
    with pytest.raises(AddressRequestVoid):
        confirm(in_scope.customer, asked)


def test_only_the_last_address_asked_for_counts(in_scope):
    first, second = ask(in_scope.customer, "typo@new.example"), ask(in_scope.customer)
    assert address_request_of_token(token_of(first), in_scope.customer) is None
    with pytest.raises(AddressRequestVoid):
        confirm(in_scope.customer, first)
    assert confirm(in_scope.customer, second).email == NEW


def test_a_link_is_bound_to_the_address_it_was_asked_from(in_scope):
    """Whoever else changes the address meanwhile, by whatever door."""
    asked = ask(in_scope.customer)
    in_scope.customer.email = "set.by.staff@kund.example"
    in_scope.customer.save()
    assert address_request_of_token(token_of(asked), in_scope.customer) is None
    with pytest.raises(AddressRequestVoid):
        confirm(in_scope.customer, asked)


def test_a_new_password_ends_what_a_thief_asked_for(in_scope):
    asked = ask(in_scope.customer, "thief@evil.example")
    set_password(actor=in_scope.customer, user=in_scope.customer, password="Another-horse-8")
    assert address_request_of_token(token_of(asked), in_scope.customer) is None
    with pytest.raises(AddressRequestVoid):
        confirm(in_scope.customer, asked)


def test_nobody_changes_somebody_elses_address(in_scope):
    asked = ask(in_scope.customer)
    for actor in (in_scope.administrator, in_scope.agent):
        with pytest.raises(PermissionError):
            request_address(actor=actor, user=in_scope.customer, address=NEW)
        with pytest.raises(PermissionError):
            confirm_address(actor=actor, user=in_scope.customer, asked=asked)
    with pytest.raises(PermissionError):
        confirm(in_scope.agent, asked)


# --- What follows --------------------------------------------------------------------------------------------------


def test_sessions_elsewhere_end_and_this_one_stays(in_scope, browse):
    here, elsewhere = browse(in_scope, in_scope.customer), browse(in_scope, in_scope.customer)
    bystander = browse(in_scope, in_scope.agent)
    here.post(path_of(ask(in_scope.customer)))
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302
    assert bystander.get("/account/").status_code == 200
    assert Session.objects.filter(user=in_scope.customer).count() == 1


def test_links_in_the_old_mailbox_open_no_ticket_any_more(in_scope, browse):
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    other = make_ticket(requester=UserFactory(), topic=in_scope.topic)
    old = ticket_link(ticket, in_scope.customer)
    others = ticket_link(other, other.requester)
    assert browse(in_scope).get("/" + old.split("/", 3)[3]).status_code == 200

    person = confirm(in_scope.customer, ask(in_scope.customer))

    assert browse(in_scope).get("/" + old.split("/", 3)[3]).status_code == 404
    assert browse(in_scope).get("/" + others.split("/", 3)[3]).status_code == 200
    new = ticket_link(ticket, person)
    assert new != old
    assert browse(in_scope).get("/" + new.split("/", 3)[3]).status_code == 200
    assert ticket_link(ticket, person) == new


def test_a_mail_that_was_being_made_for_the_old_mailbox_carries_a_dead_link(in_scope):
    """The worker read the person before the change: the link it makes is of the address it sends to."""
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    as_the_worker_knows = User.objects.get(pk=in_scope.customer.pk)
    person = confirm(in_scope.customer, ask(in_scope.customer))
    link = ticket_link(ticket, as_the_worker_knows)
    assert link_of_token(link.rstrip("/").rsplit("/", 1)[1]) is None
    assert link_of_token(ticket_link(ticket, person).rstrip("/").rsplit("/", 1)[1]) is not None


def test_a_change_of_spelling_keeps_the_links(in_scope):
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    link = ticket_link(ticket, in_scope.customer)
    person = confirm(in_scope.customer, ask(in_scope.customer, "Anna@Kund.example"))
    assert person.email == "Anna@Kund.example"
    assert ticket_link(ticket, person) == link


def test_a_person_stays_in_the_organisation_and_whoever_had_none_joins_theirs(in_scope):
    theirs = OrganisationFactory(name="New employer")
    OrganisationDomain.objects.create(organisation=theirs, domain="new.example")
    alone = UserFactory(email="alone@webmail.example")
    assert confirm(in_scope.customer, ask(in_scope.customer)).organisation == in_scope.organisation
    assert confirm(alone, ask(alone, "alone@new.example")).organisation == theirs
    assert confirm(in_scope.agent, ask(in_scope.agent, "agent@new.example")).organisation is None


def test_the_new_address_signs_in_and_the_old_one_does_not(in_scope, browse):
    confirm(in_scope.customer, ask(in_scope.customer))
    for address, status in ((NEW, 302), ("anna@kund.example", 422)):
        answer = browse(in_scope).post("/sign-in/", {"email": address, "password": PASSWORD})
        assert answer.status_code == status


def test_mails_that_wait_go_to_the_new_address(in_scope):
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    told(in_scope.tenant)
    confirm(in_scope.customer, ask(in_scope.customer))
    drain(in_scope.tenant)
    assert Delivery.objects.get(template="confirmation").address == NEW


@pytest.mark.only("postgresql")
@pytest.mark.django_db(transaction=True)
def test_two_people_who_confirm_one_address_at_once(portal, other_portal):
    with tenant_scope(portal.tenant):
        people = UserFactory.create_batch(4)
        asked = [ask(person, "wanted@new.example") for person in people]

    def work(number: int) -> str:
        try:
            confirm(people[number], asked[number])
        except AddressTaken:
            return "taken"
        return "mine"

    assert sorted(at_once(portal, work, 4)) == ["mine", "taken", "taken", "taken"]
    with tenant_scope(portal.tenant):
        assert User.objects.filter(email_key="wanted@new.example").count() == 1
        assert AccountEvent.objects.filter(kind="address_changed").count() == 1


@pytest.mark.only("postgresql")
@pytest.mark.django_db(transaction=True)
def test_one_link_pressed_many_times_at_once_changes_the_address_once(portal, other_portal):
    with tenant_scope(portal.tenant):
        asked = ask(portal.customer)

    def work(_number: int) -> str:
        try:
            confirm(portal.customer, asked)
        except AddressRequestVoid:
            return "void"
        return "changed"

    assert sorted(at_once(portal, work, 4)) == ["changed", "void", "void", "void"]
    with tenant_scope(portal.tenant):
        assert AccountEvent.objects.filter(kind="address_changed").count() == 1
