"""The queue: which tickets, in which order, found by which words; every row on exactly one page."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.paging import PAGE_SIZE
from accounts.scoping import tenant_scope
from routing.enums import Measure
from routing.models import Calendar, CalendarSpan
from tests.conftest import Portal, make_portal
from tests.factories import MemberFactory, UserFactory, make_ticket
from tests.pages import Page
from tickets.actions.closing import close_ticket
from tickets.actions.following import follow
from tickets.actions.handing_over import claim, transfer
from tickets.actions.replying import reply_to_ticket
from tickets.actions.setting_priority import set_priority
from tickets.actions.snoozing import snooze
from tickets.actions.waiting import wait_for_third_party
from tickets.due import Due
from tickets.enums import Channel, Priority
from tickets.models import Ticket
from tickets.queue import SORTS
from tickets.queue_views import VIEWS, end_of_today
from tickets.templatetags.helpdesk import time_left


def rows(page: Page) -> list[int]:
    found = (re.fullmatch(r"/desk/tickets/(\d+)/", link) for link in page.links())
    return [int(match[1]) for match in found if match]


@pytest.fixture
def busy(portal: Portal, other_portal: Portal) -> dict[str, Ticket]:
    """One ticket in each state; and as many next door, of which nothing may be seen."""
    for place in (other_portal, portal):
        with tenant_scope(place.tenant):
            made = {
                name: make_ticket(requester=place.customer, topic=place.topic, subject=f"{name} {place.tenant.slug}")
                for name in (
                    "fresh",
                    "mine",
                    "answered",
                    "closed",
                    "elsewhere",
                    "urgent",
                    "supplier",
                    "asleep",
                    "today",
                    "late",
                )
            }
            claim(actor=place.agent, ticket=made["mine"])
            reply_to_ticket(
                actor=place.lead, ticket=made["answered"], body="So?", channel=Channel.PORTAL, as_staff=True
            )
            close_ticket(actor=place.customer, ticket=made["closed"])
            transfer(actor=place.agent, ticket=made["elsewhere"], department=place.other_department)
            set_priority(actor=place.agent, ticket=made["urgent"], priority=Priority.URGENT)
            for name in ("fresh", "closed"):
                follow(actor=place.agent, ticket=made[name], user=place.agent)
            wait_for_third_party(actor=place.agent, ticket=made["supplier"], whom="Acme")
            claim(actor=place.agent, ticket=made["asleep"])
            snooze(actor=place.agent, ticket=made["asleep"], until=timezone.now() + timedelta(hours=3))
            now = timezone.now()
            _due(made["today"], now + (end_of_today() - now) / 2)
            _due(made["late"], now - timedelta(minutes=5))
            _due(made["mine"], end_of_today() + timedelta(minutes=1))
    return made


def _due(ticket: Ticket, at: datetime) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(first_due_at=at, due_at=at)


OPEN = {"fresh", "mine", "urgent", "answered", "supplier", "asleep", "today", "late"}
VIEW_ROWS = {
    "waiting": {"fresh", "mine", "urgent", "today", "late"},
    "mine": {"mine"},
    "followed": {"fresh"},
    "unassigned": {"fresh", "urgent", "today", "late"},
    "due_today": {"today"},
    "over": {"late"},
    "customer": {"answered"},
    "third_party": {"supplier"},
    "snoozed": {"asleep"},
    "untouched": {"fresh", "urgent", "today", "late"},
    "reopened": set(),
    "nudged": set(),
    "overslept": set(),
    "open": OPEN,
    "closed": {"closed"},
    "all": OPEN | {"closed"},
}


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_shows_its_tickets_and_no_others(busy, portal, browse, view):
    page = Page(browse(portal, portal.agent).get("/desk/", {"view": view}))

    assert {name for name, ticket in busy.items() if ticket.number in rows(page)} == VIEW_ROWS[view]
    assert page.main["data-total"] == str(len(VIEW_ROWS[view]))


def test_a_figure_is_the_exact_number_of_rows_of_the_list_it_opens(busy, portal, browse, subtests):
    with tenant_scope(portal.tenant):
        MemberFactory(department=portal.other_department, user=portal.agent)
    for person in (portal.agent, portal.lead, portal.administrator):
        client = browse(portal, person)
        figures = Page(client.get("/desk/")).marked("data-count")
        assert len(figures) >= 6
        for figure in figures:
            with subtests.test(f"{person} {figure['href']}"):
                opened = Page(client.get(figure["href"]))
                assert opened.main["data-total"] == figure["data-count"]
                if figure["href"].startswith("/desk/?"):
                    assert len(rows(opened)) == int(figure["data-count"])


def test_the_same_figures_stand_on_every_page_of_the_desk(busy, portal, browse):
    client = browse(portal, portal.agent)
    pages = [
        Page(client.get(url)) for url in ("/desk/", f"/desk/tickets/{busy['fresh'].number}/", "/desk/tickets/new/")
    ]
    figures = [
        {figure["href"]: figure["data-count"] for figure in page.marked("data-count") if "/desk/?" in figure["href"]}
        for page in pages
    ]

    assert figures[0]
    assert figures[0] == figures[1] == figures[2]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("fresh", {"fresh"}),
        ("FRESH north", {"fresh"}),
        ("north", OPEN | {"closed"}),
        ("south", set()),
        ("anna", OPEN | {"closed"}),
        ("ANNA@kund.example fresh", {"fresh"}),
        ("holm closed", {"closed"}),
        ("nobody at all", set()),
        ("%", set()),
        ("_", set()),
        ("' OR 1=1 --", set()),
        ("\x00", OPEN | {"closed"}),
        ("fre\x00sh", {"fresh"}),
        ("①②", set()),
        ("፩", set()),
        ("𝟙" * 300, set()),
        ("9" * 400, set()),
    ],
)
def test_search_finds_words_names_and_addresses(busy, portal, browse, words, found):
    response = browse(portal, portal.agent).get("/desk/", {"q": words})

    assert response.status_code == 200
    shown = rows(Page(response))
    assert {name for name, ticket in busy.items() if ticket.number in shown} == found


def test_search_finds_a_number_with_and_without_its_sign(busy, portal, browse):
    client = browse(portal, portal.agent)
    for words in (str(busy["closed"].number), f"#{busy['closed'].number}", f" {busy['closed'].number} "):
        assert rows(Page(client.get("/desk/", {"q": words}))) == [busy["closed"].number]
    assert rows(Page(client.get("/desk/", {"q": str(busy["elsewhere"].number)}))) == []


def test_search_finds_swedish_letters_however_they_are_typed(portal, browse):
    with tenant_scope(portal.tenant):
        person = UserFactory(name="Åsa Öberg", email="asa@kund.example")
        ticket = make_ticket(requester=person, topic=portal.topic, subject="Dörren på Ängsgatan går inte att låsa")
    client = browse(portal, portal.agent)

    for words in ("angsgatan", "ÄNGSGATAN", "dorren lasa", "åsa", "oberg", "A\u030angsgatan"[0:0] + "a\u0308ngsgatan"):
        assert rows(Page(client.get("/desk/", {"q": words}))) == [ticket.number], words


def test_search_stays_inside_what_the_agent_may_see(busy, portal, browse):
    with tenant_scope(portal.tenant):
        client = browse(portal, portal.agent)
    assert rows(Page(client.get("/desk/", {"q": "elsewhere"}))) == []
    assert rows(Page(browse(portal, portal.administrator).get("/desk/", {"q": "elsewhere"}))) == [
        busy["elsewhere"].number
    ]


def test_filters_narrow_and_their_chips_take_them_away_again(busy, portal, browse):
    client = browse(portal, portal.administrator)
    asked = {"view": "open", "department": portal.department.pk, "priority": "urgent", "q": "north", "sort": "newest"}
    page = Page(client.get("/desk/", asked))
    assert rows(page) == [busy["urgent"].number]

    chips = [given["href"] for given in page.all("a") if "chip" in given.get("class", "").split()]
    assert len(chips) == 3
    totals = [int(Page(client.get(url)).main["data-total"]) for url in chips]
    assert totals == [1, len(OPEN), 1]
    assert all("sort=newest" in url and "view=open" in url for url in chips)


@pytest.mark.parametrize(
    "query",
    [
        "view=nonsense",
        "sort=requester__password",
        "sort=-pk",
        "priority=highest",
        "department=x",
        "department=-1",
        "department=99999999999999999999999999",
        "department=²",
        "after=nonsense",
        "after=2026-01-01T00:00:00~1",
        "after=0001-01-01T00:00:00%2B14:00~1",
        "before=9999-12-31T23:59:59-14:00~1",
        "after=2026-13-45T00:00:00Z~1",
        "after=2026-01-01T00:00:00Z~99999999999999999999",
        "before=~&after=~",
        "sort=due&after=~1",
        "sort=due&before=~1",
        "sort=due&after=~x",
        "sort=snoozed&after=nonsense~1",
        "sort=newest&after=~1",
        "q=%00%ff",
    ],
)
def test_nonsense_in_the_address_is_no_trouble(busy, portal, browse, query):
    response = browse(portal, portal.agent).get(f"/desk/?{query}")

    assert response.status_code == 200


def test_nobody_sorts_by_fields_of_their_own_choice(busy, portal, browse):
    client = browse(portal, portal.agent)

    plain = rows(Page(client.get("/desk/?view=open")))

    for sort in ("requester__password", "-number", "assignee__email", "subject"):
        assert rows(Page(client.get("/desk/", {"view": "open", "sort": sort}))) == plain


@pytest.mark.parametrize("sort", SORTS)
def test_a_list_is_sorted_as_it_says(portal, browse, sort):
    with tenant_scope(portal.tenant):
        made = [make_ticket(requester=portal.customer, topic=portal.topic) for _number in range(6)]
        begin = timezone.now() - timedelta(days=9)
        for position, ticket in enumerate(made):
            Ticket.objects.filter(pk=ticket.pk).update(
                waiting_since=begin + timedelta(hours=position * 7 % 6),
                created_at=begin + timedelta(hours=position * 5 % 6),
                last_activity_at=begin + timedelta(hours=position * 11 % 6),
                due_at=begin + timedelta(hours=position * 13 % 5) if position % 3 else None,
            )
        order = SORTS[sort][1]
        wanted = sorted(Ticket.objects.all(), key=lambda ticket: _place(ticket, order.field), reverse=order.descending)

    shown = rows(Page(browse(portal, portal.agent).get("/desk/", {"sort": sort})))

    assert shown == [ticket.number for ticket in wanted]


def _place(ticket: Ticket, field: str) -> tuple:
    value = getattr(ticket, field)
    return value is None, value or 0, ticket.pk


def test_how_much_time_is_left_is_working_time_and_stands_in_the_row(busy, portal, browse):
    """The portal's hours are counted: where nobody works before the day after tomorrow, two days have no minutes."""
    in_two_days = timezone.localtime(timezone=ZoneInfo("Europe/Stockholm")) + timedelta(days=2)
    with tenant_scope(portal.tenant):
        closed = Calendar.objects.create(name="Mostly closed", zone="Europe/Stockholm", is_default=True)
        CalendarSpan.objects.create(calendar=closed, weekday=in_two_days.weekday(), opens=0, closes=24 * 60)
        _due(busy["late"], timezone.now() - timedelta(minutes=1))
        # Half past one: no clock is ever put forward or back between midnight and then.
        _due(busy["today"], in_two_days.replace(hour=1, minute=30, second=0, microsecond=0))

    text = Page(browse(portal, portal.agent).get("/desk/?view=waiting&sort=due")).text

    assert "First answer: 0 min over" in text or "First answer: 1 min over" in text
    assert "First answer: 1 h 30 min left" in text


@pytest.mark.parametrize(
    ("minutes", "words"), [(599, "9 h 59 min left"), (600, "10 h left"), (659, "10 h left"), (-13093, "218 h over")]
)
def test_many_hours_are_said_without_their_minutes(minutes, words):
    with translation.override("en"):
        due = Due(timezone.now(), Measure.FIRST_ANSWER, timedelta(minutes=minutes), minutes < 0)
        assert f">{words}<" in time_left(due)


def test_what_is_not_due_comes_last_and_pages_go_on_into_it(walking, browse):
    portal, made = walking
    with tenant_scope(portal.tenant):
        for number, ticket in enumerate(made[:4]):
            Ticket.objects.filter(pk=ticket.pk).update(due_at=timezone.now() + timedelta(hours=4 - number))
    client = browse(portal, portal.agent)
    shown, address = [], "?sort=due"
    while address:
        page = Page(client.get(f"/desk/{address}"))
        shown += rows(page)
        address = next((given["href"] for given in page.all("a") if given.get("rel") == "next"), "")

    due = [ticket.number for ticket in reversed(made[:4])]
    assert shown == due + [ticket.number for ticket in made[4:]]


def test_names_in_lists_are_text(portal, browse):
    with tenant_scope(portal.tenant):
        person = UserFactory(name="<img src=x onerror=alert(1)>")
        make_ticket(requester=person, topic=portal.topic, subject="<b>bold</b>", body="<i>body</i>")
        portal.department.name = "<u>under</u>"
        portal.department.save()
    page = browse(portal, portal.agent).get("/desk/", {"q": "<b>"}).content.decode()

    for markup in ("<img src=x", "<b>bold", "<i>body", "<u>under", 'value="<b>'):
        assert markup not in page
    assert "&lt;b&gt;bold" in page


# -- pages ----------------------------------------------------------------------------------------------------------


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
)
@given(
    gaps=st.lists(st.integers(min_value=0, max_value=2), min_size=0, max_size=30),
    size=st.integers(min_value=1, max_value=7),
    sort=st.sampled_from(sorted(SORTS)),
)
def test_walking_forward_meets_every_row_once_and_back_again_too(walking, gaps, size, sort):
    """Also where many rows carry the same moment."""
    from django.http import QueryDict

    from accounts.paging import paginate

    portal, made = walking
    order = SORTS[sort][1]
    moment = timezone.now() - timedelta(days=30)
    with tenant_scope(portal.tenant):
        for ticket, gap in zip(made, gaps, strict=False):
            moment += timedelta(minutes=gap)
            missing = order.nulls_last and gap == 0
            Ticket.objects.filter(pk=ticket.pk).update(**{order.field: None if missing else moment})
        rows_asked = Ticket.objects.filter(pk__in=[ticket.pk for ticket, _gap in zip(made, gaps, strict=False)])
        wanted = [ticket.pk for ticket in order.apply(rows_asked)]

        def page(address: str):
            return paginate(rows_asked, order, QueryDict(address.lstrip("?")), shown=lambda found: found, size=size)

        pages, address = [], "view=open"
        while True:
            pages.append(page(address))
            address = pages[-1].next_url
            if not address:
                break
        assert [ticket.pk for one in pages for ticket in one.items] == wanted
        assert {one.total for one in pages} == {len(wanted)}
        assert all(len(one.items) == size for one in pages[:-1])
        assert pages[0].previous_url == ""

        back, last = [], pages[-1]
        while last.previous_url:
            last = page(last.previous_url)
            back.append([ticket.pk for ticket in last.items])
        assert back == [[ticket.pk for ticket in one.items] for one in reversed(pages[:-1])]
        assert last.previous_url == ""
        assert "view=open" in pages[0].next_url or len(pages) == 1


@pytest.fixture
def walking(db):
    portal = make_portal("walk")
    with tenant_scope(portal.tenant):
        first = make_ticket(requester=portal.customer, topic=portal.topic)
        values = Ticket.objects.filter(pk=first.pk).values().get()
        values.pop("id")
        Ticket.objects.bulk_create(
            Ticket(**{**values, "number": first.number + n, "filing_key": None}) for n in range(1, 30)
        )
        return portal, list(Ticket.objects.order_by("pk"))


def test_pages_of_the_queue_link_to_each_other(walking, browse):
    portal, made = walking
    client = browse(portal, portal.agent)

    first = Page(client.get("/desk/?sort=newest"))
    (after,) = [given["href"] for given in first.all("a") if given.get("rel") == "next"]
    second = Page(client.get(f"/desk/{after}"))
    (before,) = [given["href"] for given in second.all("a") if given.get("rel") == "prev"]

    assert len(rows(first)) == PAGE_SIZE
    assert len(rows(second)) == len(made) - PAGE_SIZE
    assert not set(rows(first)) & set(rows(second))
    assert rows(Page(client.get(f"/desk/{before}"))) == rows(first)
    assert first.main["data-total"] == second.main["data-total"] == str(len(made))


def test_a_ticket_that_moves_between_two_looks_hides_no_other(walking, browse):
    """Keyset pages: what changes on the first page shifts no row past the reader."""
    portal, made = walking
    client = browse(portal, portal.agent)
    first = Page(client.get("/desk/?sort=newest"))
    (after,) = [given["href"] for given in first.all("a") if given.get("rel") == "next"]
    with tenant_scope(portal.tenant):
        close_ticket(actor=portal.customer, ticket=Ticket.objects.get(number=rows(first)[0]))

    second = Page(client.get(f"/desk/{after}"))

    assert set(rows(first)) | set(rows(second)) == {ticket.number for ticket in made}
