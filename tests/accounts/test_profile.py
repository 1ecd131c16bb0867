"""What a person says about themselves, what they are told they are, and the clock they read by."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.actions.updating import update_account
from accounts.enums import AskingChannel
from accounts.models import AccountEvent, Agreement, User
from accounts.queries import portals
from accounts.queries.entitlement import obstacle_for
from accounts.scoping import tenant_scope
from accounts.timezones import city_of, is_time_zone, offered_zones, zone_choices
from notifications.actions.fanning_out import fan_out
from notifications.composing import compose
from notifications.models import Delivery
from tests.factories import make_ticket
from tests.pages import snapshot
from tickets.links import ticket_link
from tickets.models import Message, Ticket, TicketEvent

FORM = {"name": "Anna Holm", "phone": "", "language": "en", "time_zone": ""}
ALL = [zone for _region, zones in offered_zones() for zone in zones]


def at(portal, browse, zone: str, moment: datetime, *, language: str = "en"):
    """What the customer reads on their ticket's page and in its mail when its message was written at `moment`."""
    User.objects.filter(pk=portal.customer.pk).update(time_zone=zone, language=language)
    ticket = make_ticket(requester=portal.customer, topic=portal.topic)
    for model in (Message, TicketEvent):
        model._base_manager.update(created_at=moment)
    Ticket.objects.update(created_at=moment)
    fan_out(ticket.events.get(kind="opened"))
    page = browse(portal, portal.customer, language).get(f"/tickets/{ticket.number}/").content.decode()
    return page, compose(Delivery.objects.get(recipient=portal.customer)).text


@pytest.mark.parametrize(
    ("zone", "moment", "shown", "offset"),
    [
        ("", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "25 Oct 2026 02:30", "+02:00"),  # the portal's, Stockholm
        ("", datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "25 Oct 2026 02:30", "+01:00"),  # the same hour once more
        ("America/New_York", datetime(2026, 3, 8, 6, 30, tzinfo=UTC), "8 Mar 2026 01:30", "-05:00"),
        (
            "America/New_York",
            datetime(2026, 3, 8, 7, 30, tzinfo=UTC),
            "8 Mar 2026 03:30",
            "-04:00",
        ),  # 02:30 is left out
        ("Asia/Kathmandu", datetime(2026, 6, 1, 18, 30, tzinfo=UTC), "2 Jun 2026 00:15", "+05:45"),
        ("Pacific/Apia", datetime(2026, 6, 1, 12, 0, tzinfo=UTC), "2 Jun 2026 01:00", "+13:00"),
    ],
)
def test_pages_and_mails_follow_the_readers_clock_also_when_it_is_changed(
    in_scope, other_portal, browse, zone, moment, shown, offset
):
    page, mail = at(in_scope, browse, zone, moment)
    assert f'title="{shown}"' in page
    assert f'{moment.astimezone(ZoneInfo(zone or "Europe/Stockholm")):%Y-%m-%dT%H:%M:%S}{offset}"' in page
    assert shown in mail


def test_a_ticket_opened_by_its_link_shows_its_readers_clock(in_scope, other_portal, browse):
    at(in_scope, browse, "Asia/Kathmandu", datetime(2026, 6, 1, 18, 30, tzinfo=UTC))
    link = ticket_link(Ticket.objects.get(), User.objects.get(pk=in_scope.customer.pk))
    page = browse(in_scope).get("/" + link.split("/", 3)[3]).content.decode()
    assert 'title="2 Jun 2026 00:15"' in page


def test_each_reader_reads_by_their_own_clock(in_scope, other_portal, browse):
    User.objects.filter(pk=in_scope.agent.pk).update(time_zone="Asia/Tokyo")
    at(in_scope, browse, "America/New_York", datetime(2026, 6, 1, 12, 0, tzinfo=UTC))
    number = Ticket.objects.get().number
    assert (
        'title="1 Jun 2026 21:00"' in browse(in_scope, in_scope.agent).get(f"/desk/tickets/{number}/").content.decode()
    )
    lead = browse(in_scope, in_scope.lead).get(f"/desk/tickets/{number}/").content.decode()
    assert 'title="1 Jun 2026 14:00"' in lead


def test_nothing_of_one_readers_clock_stays_for_the_next(in_scope, other_portal, browse):
    User.objects.filter(pk=in_scope.customer.pk).update(time_zone="Asia/Tokyo")
    browse(in_scope, in_scope.customer).get("/account/")
    assert timezone.get_current_timezone_name() == "UTC"


def test_a_zone_that_is_not_known_any_more_breaks_no_page(in_scope, other_portal, browse):
    User.objects.filter(pk=in_scope.customer.pk).update(time_zone="Mars/Olympus")
    assert browse(in_scope, in_scope.customer).get("/account/").status_code == 200


def test_an_agreement_ends_by_the_portals_calendar_whatever_its_reader_chose(in_scope, monkeypatch):
    """In Auckland it is tomorrow already; the last day of the agreement is not over for that."""
    today = portals.portals_today()
    in_scope.organisation.agreement = Agreement.objects.create(name="Standard")
    in_scope.organisation.agreement_until = today
    in_scope.organisation.save()
    in_scope.customer.refresh_from_db()
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        with timezone.override(zone):
            assert portals.portals_today() == today
            assert obstacle_for(in_scope.customer, AskingChannel.WEB) is None


def test_the_portals_day_is_that_of_its_own_clock(in_scope, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 21, 23, 30, tzinfo=UTC))
    assert portals.portals_today() == date(2026, 11, 22), "half past midnight in Stockholm"


# --- Choosing ------------------------------------------------------------------------------------------------------


def test_saving_the_profile(in_scope, other_portal, browse):
    client = browse(in_scope, in_scope.customer)
    answer = client.post("/account/", FORM | {"phone": "08-1", "time_zone": "Asia/Tokyo"}, follow=True)
    assert "Your account is saved" in answer.content.decode()
    person = User.objects.get(pk=in_scope.customer.pk)
    assert (person.phone, person.time_zone) == ("08-1", "Asia/Tokyo")
    assert '<option value="Asia/Tokyo" selected>Tokyo</option>' in answer.content.decode()
    assert AccountEvent.objects.get(user=person).data == {"fields": ["phone", "time_zone"]}
    with tenant_scope(other_portal.tenant):
        assert User.objects.get(pk=other_portal.customer.pk).time_zone == ""


def test_saving_what_is_saved_already_changes_nothing(in_scope, other_portal, browse):
    client = browse(in_scope, in_scope.customer)
    before = snapshot(without=("accounts.Session",))
    client.post("/account/", FORM)
    assert snapshot(without=("accounts.Session",)) == before


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "Europe", "UTC\x00", "Europe/Stockholm "])
def test_what_is_no_time_zone_is_refused_by_the_form_and_the_door(in_scope, other_portal, browse, zone):
    answer = browse(in_scope, in_scope.customer).post("/account/", FORM | {"name": "Kept", "time_zone": zone})
    if answer.status_code == 302:  # white space around it is taken away
        assert User.objects.get(pk=in_scope.customer.pk).time_zone == zone.strip()
        return
    assert answer.status_code == 422
    assert 'value="Kept"' in answer.content.decode()
    with pytest.raises(ValueError, match="No such time zone"):
        update_account(actor=in_scope.customer, user=in_scope.customer, values={"time_zone": zone})
    assert User.objects.get(pk=in_scope.customer.pk).time_zone == ""


def test_the_list_is_short_and_every_zone_of_it_can_be_told():
    assert 100 < len(ALL) < 200
    assert len(ALL) == len(set(ALL))
    assert all(is_time_zone(zone) for zone in ALL)
    assert city_of("America/Argentina/Buenos_Aires") == "Buenos Aires"


@given(st.text(max_size=30))
def test_no_text_upsets_the_question_whether_it_is_a_zone(text):
    if is_time_zone(text):
        assert datetime(2026, 1, 1, tzinfo=UTC).astimezone(ZoneInfo(text)).utcoffset() < timedelta(days=1)


def test_a_zone_of_ones_own_that_is_not_offered_is_kept():
    groups = zone_choices("Europe/Isle_of_Man")
    assert groups[0][1] == [("Europe/Isle_of_Man", "Isle of Man")]
    assert zone_choices("Mars/Olympus") == zone_choices("") == zone_choices("Europe/Stockholm")


# --- What one is here ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "values", "words"),
    [
        ("customer", {}, "Åby kommun"),
        ("customer", {"is_named_contact": True}, "You are one of those who may ask us for your organisation"),
        ("customer", {"is_contact_person": True}, "you invite colleagues and say who may ask us"),
        ("customer", {"organisation": None}, "Your tickets are yours alone"),
        ("agent", {}, "You answer the tickets of your departments"),
        ("lead", {"role": "support_lead"}, "You answer for every ticket being answered"),
        ("administrator", {}, "You see every ticket and set up the portal"),
    ],
)
def test_the_page_says_what_one_is_and_what_it_means(in_scope, other_portal, browse, who, values, words):
    person = getattr(in_scope, who)
    User.objects.filter(pk=person.pk).update(**values)
    assert words in browse(in_scope, person).get("/account/").content.decode()


def test_who_may_not_ask_reads_why(in_scope, other_portal, browse):
    in_scope.organisation.agreement = Agreement.objects.create(name="Two", contact_limit=2)
    in_scope.organisation.save()
    assert "you are not among them" in browse(in_scope, in_scope.customer).get("/account/").content.decode()


def test_only_contact_persons_are_led_to_their_colleagues(in_scope, other_portal, browse):
    client = browse(in_scope, in_scope.customer)
    assert b"/account/colleagues/" not in client.get("/account/").content
    User.objects.filter(pk=in_scope.customer.pk).update(is_contact_person=True, verified_at=timezone.now())
    assert b"/account/colleagues/" in client.get("/account/").content


def test_every_page_of_the_account_leads_to_the_others(in_scope, other_portal, browse):
    client = browse(in_scope, in_scope.customer)
    pages = ["/account/", "/account/security/", "/account/notifications/", "/account/data/", "/account/closure/"]
    for page in pages:
        content = client.get(page).content.decode()
        assert content.count("<h1") == 1
        assert content.count('aria-current="page"') >= 1
        for other in pages:
            assert f'href="{other}"' in content
