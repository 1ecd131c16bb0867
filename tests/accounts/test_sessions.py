"""Where one is signed in: seen by its owner, ended at once, never kept alive by a link."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions.ending_sessions import end_session, end_sessions
from accounts.actions.limiting import forget_old_sessions
from accounts.browsers import browser_in_words
from accounts.enums import AccountEventKind
from accounts.models import AccountEvent, Session, User
from accounts.queries.security import session_mark
from accounts.scoping import tenant_scope
from accounts.tokens.passwords import password_link
from tests.factories import PASSWORD, make_ticket
from tests.pages import Page
from tickets.links import ticket_link

ANNA, NEW = "anna@kund.example", "Another-horse-9"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"


def sign_in(client, browser=FIREFOX, network="192.0.2.7"):
    client.post(
        "/sign-in/",
        {"email": ANNA, "password": PASSWORD},
        headers={"user-agent": browser},
        REMOTE_ADDR=network,
    )
    return client


def signed_in(client) -> bool:
    return client.get("/account/").status_code == 200


@pytest.fixture
def here(portal, other_portal, browse):
    return sign_in(browse(portal))


@pytest.fixture
def phone(portal, browse):
    return sign_in(browse(portal), PHONE, "2001:db8:1:2:3:4:5:6")


def page_of(client) -> Page:
    return Page(client.get("/account/security/"))


def test_the_owner_sees_where_they_are_signed_in(here, phone):
    page = page_of(here)

    assert page.main["data-total"] == "2"
    assert page.text.index("Firefox on Linux") < page.text.index("Safari on iPhone")
    assert "192.0.2.7" in page.text
    assert "2001:db8:1:2::/64" in page.text
    assert len(page.marked("data-this")) == 1


def test_no_page_carries_what_would_open_a_session(portal, here, phone):
    content = here.get("/account/security/").content.decode()

    for key in Session.objects.values_list("session_key", flat=True):
        assert key not in content
        assert session_mark(key) in content or key == here.session.session_key


def test_sessions_of_others_are_not_listed(portal, other_portal, here, browse):
    browse(portal, portal.agent)
    sign_in(browse(other_portal))

    assert page_of(here).main["data-total"] == "1"


def test_one_session_is_ended_by_its_owner(portal, here, phone):
    here.post(f"/account/security/sessions/{session_mark(phone.session.session_key)}/end/")

    assert not signed_in(phone)
    assert signed_in(here)
    with tenant_scope(portal.tenant):
        assert AccountEvent.objects.filter(kind=AccountEventKind.SESSIONS_ENDED).count() == 1


def test_ending_ones_own_session_signs_out(here):
    assert here.post(f"/account/security/sessions/{session_mark(here.session.session_key)}/end/").url == "/sign-in/"
    assert not signed_in(here)


def test_all_others_are_ended_at_once(portal, here, phone, browse):
    third = sign_in(browse(portal))
    here.post("/account/security/sessions/end/")

    assert [signed_in(client) for client in (here, phone, third)] == [True, False, False]


def test_nobody_ends_the_session_of_somebody_else(portal, other_portal, here, browse):
    mark = session_mark(here.session.session_key)
    elsewhere = sign_in(browse(other_portal))
    for client in (browse(portal, portal.agent), browse(portal, portal.administrator), elsewhere):
        assert client.post(f"/account/security/sessions/{mark}/end/").status_code == 404
    assert signed_in(here)
    with tenant_scope(portal.tenant), pytest.raises(PermissionError):
        end_session(actor=portal.agent, user=portal.customer, key=here.session.session_key)


def test_changing_the_password_ends_the_others(portal, here, phone):
    wrong = here.post("/account/security/password/", {"present": "wrong", "password": NEW})
    assert wrong.status_code == 422
    assert signed_in(phone)
    here.post("/account/security/password/", {"present": PASSWORD, "password": NEW})

    assert signed_in(here)
    assert not signed_in(phone)
    with tenant_scope(portal.tenant):
        assert User.objects.get(pk=portal.customer.pk).check_password(NEW)
        assert list(Session.objects.filter(user=portal.customer)) == [Session.objects.get(pk=here.session.session_key)]
        event = AccountEvent.objects.get(kind=AccountEventKind.PASSWORD_SET)
    assert event.data["first"] is False


def test_a_password_by_mail_ends_all(portal, here, phone, browse):
    with tenant_scope(portal.tenant):
        link = password_link(User.objects.get(pk=portal.customer.pk))
    fresh = browse(portal)
    fresh.post(link, {"password": NEW})

    assert [signed_in(client) for client in (here, phone, fresh)] == [False, False, True]


def test_a_first_password_is_told_apart_from_a_change(in_scope, browse):
    person = in_scope.customer
    person.set_unusable_password()
    person.save()
    browse(in_scope).post(password_link(person), {"password": NEW})

    assert AccountEvent.objects.get(kind=AccountEventKind.PASSWORD_SET).data["first"] is True


def test_whoever_has_no_password_is_led_to_the_mail(in_scope, browse):
    person = in_scope.customer
    person.set_unusable_password()
    person.save()
    client = browse(in_scope, person)

    assert client.get("/account/security/password/").url == "/password/"
    assert "You have none" in page_of(client).text


def test_a_deactivated_person_is_out_at_once_links_included(portal, here, browse):
    with tenant_scope(portal.tenant):
        ticket = make_ticket(requester=portal.customer, topic=portal.topic)
        link = ticket_link(ticket, portal.customer)
        password = password_link(User.objects.get(pk=portal.customer.pk))
        assert browse(portal).get(link).status_code == 200
        User.objects.filter(pk=portal.customer.pk).update(is_active=False)

    for url in ("/account/", "/tickets/", f"/tickets/{ticket.number}/", "/account/security/"):
        assert here.get(url).url.startswith("/sign-in/?next=")
    assert browse(portal).get(link).status_code == 404
    assert browse(portal).post(f"{link}reply/", {"body": "Hello"}).status_code == 404
    assert browse(portal).get(password).status_code == 404


def test_ending_sessions_is_recorded_and_stays_on_its_portal(portal, other_portal, here, phone, browse):
    elsewhere = sign_in(browse(other_portal))
    with tenant_scope(portal.tenant):
        assert end_sessions(actor=portal.administrator, user=portal.customer) == 2
        assert end_sessions(actor=portal.administrator, user=portal.customer) == 0
        event = AccountEvent.objects.get(kind=AccountEventKind.SESSIONS_ENDED)

    assert (event.actor_id, event.data) == (portal.administrator.pk, {"count": 2})
    assert [signed_in(client) for client in (here, phone, elsewhere)] == [False, False, True]


def test_when_a_session_was_seen_is_kept_fresh_but_not_with_every_page(here):
    key = here.session.session_key
    stale = timezone.now() - timedelta(minutes=11)
    Session.objects.filter(pk=key).update(seen_at=stale)
    with CaptureQueriesContext(connection) as first:
        here.get("/account/")
    fresh = Session.objects.get(pk=key).seen_at
    with CaptureQueriesContext(connection) as second:
        here.get("/account/")

    assert timezone.now() - fresh < timedelta(minutes=1)
    assert Session.objects.get(pk=key).seen_at == fresh
    assert len(first) == len(second) + 1


def test_the_page_costs_the_same_however_many_sessions(portal, here, browse):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            here.get("/account/security/")
        return len(queries)

    before = cost()
    for _time in range(5):
        sign_in(browse(portal))
    assert cost() == before


def test_sessions_that_ran_out_are_forgotten_and_not_listed(portal, here, phone):
    Session.objects.filter(pk=phone.session.session_key).update(expire_date=timezone.now() - timedelta(minutes=1))
    assert page_of(here).main["data-total"] == "1"
    forget_old_sessions()

    assert Session.objects.count() == 1


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox on Linux"),
        (PHONE, "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/140.0 Safari/537 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537 Chrome/140.0 Mobile Safari/537", "Chrome on Android"),
        ("curl/8", "An unknown browser"),
        ("", "An unknown browser"),
        ("<script>alert(1)</script> Windows", "Windows"),
    ],
)
def test_a_browser_is_named_as_its_owner_knows_it(user_agent, words):
    assert browser_in_words(user_agent) == words
