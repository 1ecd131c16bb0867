"""The dashboard: who has one, and that each figure is the list it opens, the row in the file, and what a slow look at
every ticket finds."""

import csv
import io
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.scoping import tenant_scope
from routing.models import DepartmentMember
from tests.factories import DepartmentFactory, OrganisationFactory, UserFactory, make_ticket
from tests.pages import Page
from tickets.actions.closing import close_ticket
from tickets.actions.noting_figures import note_figures
from tickets.models import DailyFigures, Ticket


def figures(page: Page) -> dict[str, tuple[int, str]]:
    """The tiles: what each says, and where it leads."""
    return {
        link["id"].removeprefix("tile-"): (int(link["data-count"]), link["href"])
        for link in page.all("a")
        if link.get("id", "").startswith("tile-")
    }


@pytest.fixture
def stale(portal, other_portal) -> dict[str, Ticket]:
    """Some tickets of the department that has a lead, one of another; and the same next door."""
    now = timezone.now()
    for place in (other_portal, portal):
        with tenant_scope(place.tenant):
            made = {
                name: make_ticket(requester=place.customer, topic=place.topic, subject=f"{name} {place.tenant.slug}")
                for name in ("fresh", "old", "over", "asked", "closed", "elsewhere")
            }
            close_ticket(actor=place.customer, ticket=made["closed"])
            rows = {
                "old": {"waiting_since": now - timedelta(days=5)},
                "over": {"due_at": now - timedelta(minutes=1), "assignee": place.agent},
                "asked": {"nudged_at": now, "times_reopened": 2, "first_answered_at": now, "first_answer_minutes": 7},
                "elsewhere": {"department": place.other_department},
            }
            for name, values in rows.items():
                Ticket.objects.filter(pk=made[name].pk).update(**values)
    return made


def test_only_who_answers_for_a_department_has_a_dashboard(portal, stale, browse):
    url = reverse("dashboard")

    assert browse(portal).get(url).status_code == 302
    assert browse(portal, portal.customer).get(url).status_code == 404
    assert browse(portal, portal.agent).get(url).status_code == 404
    assert browse(portal, portal.agent).get(reverse("dashboard_export")).status_code == 404
    assert browse(portal, portal.lead).get(url).status_code == 200
    assert browse(portal, portal.administrator).get(url).status_code == 200
    assert url in Page(browse(portal, portal.lead).get("/desk/")).links()
    assert url not in Page(browse(portal, portal.agent).get("/desk/")).links()


def test_a_lead_sees_the_figures_of_their_departments_and_those_below_alone(portal, stale, browse):
    lead = figures(Page(browse(portal, portal.lead).get("/desk/dashboard/")))
    everything = figures(Page(browse(portal, portal.administrator).get("/desk/dashboard/")))

    assert {key: number for key, (number, _url) in lead.items()} == {
        "over": 1,
        "due_today": 0,
        "waiting": 4,
        "untouched": 2,
        "unassigned": 3,
        "reopened": 1,
        "over1": 1,
        "over3": 1,
        "over7": 0,
        "nudged": 1,
        "overslept": 0,
    }
    assert everything["waiting"][0] == 5

    with tenant_scope(portal.tenant):
        Ticket.objects.filter(pk=stale["elsewhere"].pk).update(
            department=DepartmentFactory(name="Below", parent=portal.department)
        )
    lead = figures(Page(browse(portal, portal.lead).get("/desk/dashboard/")))
    assert lead["waiting"][0] == 5


def test_a_member_elsewhere_who_leads_here_counts_only_what_they_lead(portal, stale, browse):
    with tenant_scope(portal.tenant):
        DepartmentMember.objects.create(department=portal.other_department, user=portal.lead)
    client = browse(portal, portal.lead)

    number, url = figures(Page(client.get("/desk/dashboard/")))["waiting"]

    assert number == 4
    assert Page(client.get(url)).main["data-total"] == "4"
    assert Page(client.get("/desk/?view=waiting")).main["data-total"] == "5"


@pytest.mark.parametrize(("role", "by"), [("lead", "department"), ("administrator", "agreement")])
def test_every_tile_opens_as_many_tickets_as_it_says_on_page_and_in_files(portal, stale, browse, by, role, subtests):
    client = browse(portal, getattr(portal, role))
    page = Page(client.get("/desk/dashboard/", {"by": by, "period": "week"}))
    sheets = {
        chart: list(
            csv.reader(
                io.StringIO(client.get(f"/desk/dashboard/export/?chart={chart}&by={by}").getvalue().decode("utf-8-sig"))
            )
        )
        for chart in ("tiles", "waiting", "flow", "answers")
    }

    for key, (number, url) in figures(page).items():
        with subtests.test(key):
            assert Page(client.get(url)).main["data-total"] == str(number)
            assert (
                len(client.get(url.replace("/desk/?", "/desk/export/?")).getvalue().decode().strip().splitlines())
                == number + 1
            )
    assert [int(row[1]) for row in sheets["tiles"][1:]] == [number for number, _url in figures(page).values()]


def test_every_number_of_the_charts_says_how_many_tickets_its_list_has(portal, stale, browse):
    client = browse(portal, portal.administrator)
    links = Page(client.get("/desk/dashboard/", {"period": "week"})).all("a")
    counted = {link["href"]: link["data-count"] for link in links if "board=1" in link.get("href", "")}

    assert {url: Page(client.get(url)).main["data-total"] for url in counted} == counted
    assert any("waited=" in url for url in counted)
    assert any("open_on=" in url for url in counted)


def test_unknown_charts_and_parts_are_nothing(portal, stale, browse):
    client = browse(portal, portal.lead)

    assert client.get("/desk/dashboard/export/?chart=none").status_code == 404
    for query in ("of=department-9999999", "of=evil-1", "period=x&by=y&of=,,", "of=topic-none,department-none"):
        assert client.get(f"/desk/dashboard/?{query}").status_code == 200
        assert (
            client.get(f"/desk/?{query}&created=2026-99-01&closed=..&answered=1..2&open_on=0000&waited=x").status_code
            == 200
        )


def test_a_morning_is_written_down_once_and_compared_a_week_later(portal, other_portal, stale, browse, monkeypatch):
    noon = timezone.now().replace(hour=11, minute=0)

    def at(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    with tenant_scope(portal.tenant):
        at(noon.replace(hour=2))
        assert note_figures() == 0  # before eight
        at(noon)
        assert note_figures() == 2
        assert note_figures() == 0
        here = DailyFigures.objects.get(department=portal.department)
        assert here.counts["waiting"] == 4
    at(noon + timedelta(days=7))
    page = Page(browse(portal, portal.lead).get("/desk/dashboard/"))
    assert "as a week ago" in page.text
    with tenant_scope(portal.tenant):
        DailyFigures.objects.filter(pk=here.pk).update(counts=here.counts | {"waiting": 6, "untouched": 0})
    page = Page(browse(portal, portal.lead).get("/desk/dashboard/"))
    assert "2 fewer than a week ago" in page.text
    assert "2 more than a week ago" in page.text
    assert "a week ago" not in Page(browse(other_portal, other_portal.lead).get("/desk/dashboard/")).text

    at(noon + timedelta(days=62))
    with tenant_scope(portal.tenant):
        assert note_figures() == 2
        assert {row.day for row in DailyFigures.objects.all()} == {(noon + timedelta(days=62)).date()}


def test_who_may_see_different_tickets_shares_no_figures(portal, other_portal, stale, browse, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "dashboard"}}
    cache.clear()
    with tenant_scope(other_portal.tenant):
        Ticket.objects.all().update(waiting_on="customer", status="waiting_for_customer", closed_at=None)
    seen = [
        figures(Page(browse(place, person).get("/desk/dashboard/")))["waiting"][0]
        for place, person in (
            (portal, portal.lead),
            (portal, portal.administrator),
            (other_portal, other_portal.lead),
            (other_portal, other_portal.administrator),
        )
    ]
    assert seen == [4, 5, 0, 0]
    with tenant_scope(portal.tenant), CaptureQueriesContext(connection) as captured:
        browse(portal, portal.lead).get("/desk/dashboard/")
    assert not [query for query in captured.captured_queries if "COUNT" in query["sql"] and "band_" in query["sql"]]
    cache.clear()


def test_the_dashboard_costs_the_same_with_few_and_with_many_tickets(portal, stale, browse):
    client = browse(portal, portal.lead)

    def asked() -> int:
        client.get("/desk/dashboard/?by=organisation")
        with CaptureQueriesContext(connection) as captured:
            client.get("/desk/dashboard/?by=organisation")
        return len(captured)

    few = asked()
    with tenant_scope(portal.tenant):
        for _number in range(12):
            make_ticket(requester=UserFactory(organisation=OrganisationFactory()), topic=portal.topic)

    assert asked() == few <= 32


def test_only_the_figures_are_sent_again(portal, stale, browse):
    again = browse(portal, portal.lead).get("/desk/dashboard/", headers={"hx-request": "true"}).content.decode()

    assert again.strip().startswith("{#") is False
    assert again.count('id="board"') == 1
    assert "<html" not in again
    assert 'class="rail' not in again


def test_every_link_of_the_figures_has_an_id_of_its_own(portal, stale, browse):
    """By which the focus stays where it was when they are fetched again."""
    page = Page(browse(portal, portal.administrator).get("/desk/dashboard/"))
    begin = next(at for at, (_tag, given) in enumerate(page.elements) if given.get("id") == "board")
    ids = [given["id"] for _tag, given in page.elements if "id" in given]
    nameless = [
        given["href"]
        for tag, given in page.elements[begin:]
        if tag == "a" and "id" not in given and given.get("tabindex") != "-1" and "/desk/tickets/" not in given["href"]
    ]

    assert nameless == []
    assert len(ids) == len(set(ids))


def test_the_wall_screen_has_the_figures_and_nothing_else(portal, stale, browse):
    page = Page(browse(portal, portal.lead).get("/desk/dashboard/?wall=1"))

    assert figures(page)["waiting"][0] == 4
    assert not [given for given in page.all("header") if "rail" in given.get("class", "")]
    assert "/desk/dashboard/" in page.links()
