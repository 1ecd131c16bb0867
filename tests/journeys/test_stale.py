"""Nothing goes stale unseen: leads see what waits, open exactly the tickets behind each figure, and act on them."""

import re
from datetime import timedelta

from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import expect

from accounts.scoping import tenant_scope
from notifications.actions.alerting import send_alerts
from tests.journeys.browsing import Reader
from tests.journeys.conftest import Meet, Site
from tickets.actions.escalating import escalate_stale
from tickets.actions.following_changes import work_on_times
from tickets.enums import EventKind
from tickets.models import Ticket, TicketEvent

DOOR = "Dörrkontakten vid lastkaj 2 släpper"
UNTOUCHED = "Sabotagelarm på sektion 4 varje natt"
LISTED = """links => Promise.all(links.map(async link => {
    const list = new DOMParser().parseFromString(await (await fetch(link.href)).text(), "text/html");
    return [link.id, [Number(link.dataset.count), Number(list.querySelector("main").dataset.total)]];
}))"""


def open_tile(reader: Reader, key: str) -> int:
    """Follow a figure to its list, which is as long as the figure says."""
    reader.open("/desk/dashboard/")
    tile = reader.page.locator(f"#{key}")
    figure = tile.get_attribute("data-count")
    with reader.goes_on():
        tile.click()
    assert reader.mark("total") == figure, key
    return int(figure or "0")


def listed_behind_tiles(reader: Reader) -> dict[str, list[int]]:
    """Of each figure what it says, and how many tickets its list says it has."""
    reader.open("/desk/dashboard/")
    return dict(reader.page.locator(".tile a").evaluate_all(LISTED))


def act_on(reader: Reader, number: int) -> None:
    """Go from a ticket's line in a list to what can be done from there."""
    with reader.goes_on():
        reader.page.locator(f".row__act[href*='/desk/tickets/{number}/acts/']").click()


def times_changed(site: Site) -> int:
    with tenant_scope(site.tenant):
        return TicketEvent.objects.filter(kind=EventKind.TIMES_CHANGED).count()


def undo(reader: Reader) -> None:
    with reader.goes_on():
        reader.page.locator(".notice__undo button").click()


def test_each_figure_of_the_dashboard_opens_its_list(meet: Meet, larm: Site, passer: Site) -> None:
    lead = meet("lead@larm.example")
    found = listed_behind_tiles(lead)
    assert len(found) > 8
    assert all(figure == total for figure, total in found.values()), found
    untouched, _total = found["tile-untouched"]
    assert open_tile(lead, "tile-untouched") == untouched >= 2

    # The support lead sees at least as much, on each portal its own; who leads nothing sees no dashboard.
    above = meet("supportlead@larm.example")
    assert open_tile(above, "tile-untouched") >= untouched
    elsewhere = meet("supportlead@passer.example", site=passer)
    assert open_tile(elsewhere, "tile-untouched") >= 1
    elsewhere.sees("Besökskorten slutar gälla redan vid lunch")
    elsewhere.sees_not(UNTOUCHED)
    elsewhere.open("/desk/dashboard/?wall=1")
    # On a tablet no preview stands beside the list, and one acts from a row as elsewhere.
    elsewhere.page.set_viewport_size({"width": 820, "height": 1100})
    elsewhere.open("/desk/")
    expect(elsewhere.page.locator(".row__act").first).to_be_visible()
    meet("agent@passer.example", site=passer).open("/desk/dashboard/", status=200)  # leads Behörigheter
    meet("noor@passer.example", site=passer).open("/desk/dashboard/", status=404)


def test_a_lead_acts_on_tickets_from_the_board_and_comes_back_to_it(meet: Meet, larm: Site) -> None:
    number = larm.ticket(UNTOUCHED).number
    lead = meet("lead@larm.example")
    before = open_tile(lead, "tile-untouched")
    act_on(lead, number)
    lead.field("assignee").select_option(label="Johan Strand")
    lead.press(lead.t("Give it to them"))
    assert lead.mark("total") == str(before - 1)  # back in the list, where it is no longer
    taken = larm.ticket(UNTOUCHED).assignee
    assert taken is not None
    assert taken.name == "Johan Strand"

    lead.open("/desk/dashboard/")
    act_on(lead, number)
    lead.field("body").fill("Jag ringer Sofia efter lunch.")
    lead.press(lead.t("Save the note"))
    assert lead.path == "/desk/dashboard/"
    lead.is_told(lead.t("The note is saved. Only staff see it."))
    assert larm.messages(UNTOUCHED)[-1] == "Jag ringer Sofia efter lunch."
    act_on(lead, number)
    with lead.goes_on():
        lead.page.locator("button[name=when][value=tomorrow]").click()
    assert lead.path == "/desk/dashboard/"
    assert lead.page.locator(f"#ticket-{number}").count() == 0
    undo(lead)
    assert larm.ticket(UNTOUCHED).snoozed_until is None


def test_other_hours_say_first_how_many_tickets_they_move(meet: Meet, larm: Site, passer: Site) -> None:
    admin = meet("admin@larm.example")
    admin.open("/settings/calendars/")
    admin.follow("Kontorstid")
    admin.fill(**{f"day_{day}": "" for day in range(7)})
    admin.press(admin.t("Save the calendar"), status=422)  # never open: nothing would ever be due

    admin.fill(**{f"day_{day}": "8-12, 13-15" for day in range(5)})
    admin.press(admin.t("Save the calendar"))
    question = admin.page.locator("#weighed strong").inner_text()
    moved, total = (int(number) for number in re.findall(r"\d+", question))
    assert 0 < moved < total
    before = times_changed(larm)
    work_on_times()
    assert times_changed(larm) == before  # it is only asked
    admin.press(admin.t("Yes, change it"))
    admin.is_told(admin.t("“%s” is saved.") % "Kontorstid")
    assert admin.field("day_4").input_value() == "08:00–12:00, 13:00–15:00"
    elsewhere = times_changed(passer)
    work_on_times()
    assert times_changed(larm) == before + moved
    assert times_changed(passer) == elsewhere


def test_a_lead_lets_a_ticket_wait_elsewhere_and_puts_it_off(meet: Meet, larm: Site) -> None:
    lead = meet("lead@larm.example")
    lead.open(f"/desk/tickets/{larm.ticket(DOOR).number}/")
    assert lead.mark("waiting-on") == "us"
    lead.page.locator("details:has(.why) > summary").first.click()
    assert lead.page.locator(".why:visible li").count() >= 4  # started, rested, and why

    lead.page.locator("details:has([name=whom]) > summary").click()
    lead.page.locator("[name=whom]").fill("Porttillverkaren")
    with lead.goes_on():
        lead.page.locator("form:has([name=whom]) button[type=submit]").click()
    assert lead.mark("waiting-on") == "third_party"
    lead.sees("Porttillverkaren")
    undo(lead)
    assert lead.mark("waiting-on") == "us"

    lead.page.locator("details:has([name=when]) > summary").click()
    with lead.goes_on():
        lead.page.locator("button[name=when][value=tomorrow]").click()
    until = larm.ticket(DOOR).snoozed_until
    assert until is not None
    assert until > timezone.now()
    undo(lead)
    assert larm.ticket(DOOR).snoozed_until is None


def test_a_customer_asks_for_news_and_the_lead_sees_it(meet: Meet, larm: Site) -> None:
    subject = "Batterifel på centralen i Kulturhuset"
    number = larm.ticket(subject).number
    lead = meet("lead@larm.example")
    before = open_tile(lead, "tile-nudged")
    lead.sees_not(subject)
    customer = meet("colleague@kund.example", java_script_enabled=False)
    customer.open(f"/tickets/{number}/")
    ask = customer.page.locator("form[action$='/nudge/'] button")
    with customer.goes_on():
        ask.click()
    assert ask.count() == 0  # once a working day
    cache.clear()  # a figure may be some seconds old
    assert open_tile(lead, "tile-nudged") == before + 1
    lead.sees(subject)


def test_one_mail_a_round_leads_to_im_on_it(meet: Meet, larm: Site) -> None:
    # Brandlarm and Inbrottslarm are on call around the clock: it is always working time there.
    with tenant_scope(larm.tenant):
        assert escalate_stale() > 5
    larm.post.take()
    with tenant_scope(larm.tenant):
        send_alerts(timezone.now() + timedelta(minutes=1))
    letters = larm.post.take()
    assert {kind for _person, kind in letters} == {"alert"}
    assert ("supportlead@larm.example", "alert") in letters
    letter = letters["lead@larm.example", "alert"]
    assert UNTOUCHED in letter.text
    number = larm.ticket(UNTOUCHED).number
    (address,) = set(re.findall(rf"https?://\S+/desk/tickets/{number}/\S+", letter.text))

    lead = meet()
    lead.page.goto(address)
    assert lead.path == "/sign-in/"
    lead.fill(email="lead@larm.example", password="Demo-2026!")
    lead.press(lead.t("Sign in"), within="main")
    assert larm.ticket(UNTOUCHED).assignee is None  # opening it is not yet saying so
    with lead.goes_on():
        lead.page.locator("main form button[type=submit]").click()
    taken = larm.ticket(UNTOUCHED).assignee
    assert taken is not None
    assert taken.email == "lead@larm.example"

    with tenant_scope(larm.tenant):
        assert send_alerts(timezone.now() + timedelta(minutes=1)) == 0  # nothing is told twice
        assert Ticket.objects.filter(subject=UNTOUCHED, assignee=taken).exists()
    assert larm.post.take() == {}
