"""Nothing goes stale unseen: leads see what waits, open exactly the tickets behind each figure, and act on them."""

import re
from datetime import timedelta

from django.core.cache import cache
from django.utils import timezone

from accounts.scoping import tenant_scope
from notifications.actions.alerting import send_alerts
from tests.journeys.browsing import Reader
from tests.journeys.conftest import Meet, Site
from tickets.actions.escalating import escalate_stale
from tickets.models import Ticket

DOOR = "Dörrkontakten vid lastkaj 2 släpper"
UNTOUCHED = "Sabotagelarm på sektion 4 varje natt"


def open_tile(reader: Reader, key: str) -> int:
    """Follow a figure to its list, which is as long as the figure says."""
    reader.open("/desk/dashboard/")
    tile = reader.page.locator(f"#{key}")
    figure = tile.get_attribute("data-count")
    with reader.goes_on():
        tile.click()
    assert reader.mark("total") == figure, key
    return int(figure or "0")


def tiles(reader: Reader) -> list[str]:
    reader.open("/desk/dashboard/")
    return list(reader.page.locator(".tile a").evaluate_all("links => links.map(link => link.id)"))


def undo(reader: Reader) -> None:
    with reader.goes_on():
        reader.page.locator(".notice__undo button").click()


def test_each_figure_of_the_dashboard_opens_its_list(meet: Meet, larm: Site, passer: Site) -> None:
    lead = meet("lead@larm.example")
    counted = {key: open_tile(lead, key) for key in tiles(lead)}
    assert counted["tile-untouched"] >= 2
    assert sum(counted.values()) > 10

    # The support lead sees at least as much, on each portal its own; who leads nothing sees no dashboard.
    above = meet("supportlead@larm.example")
    assert open_tile(above, "tile-untouched") >= counted["tile-untouched"]
    elsewhere = meet("supportlead@passer.example", site=passer)
    assert open_tile(elsewhere, "tile-untouched") >= 1
    elsewhere.sees("Besökskorten slutar gälla redan vid lunch")
    elsewhere.sees_not(UNTOUCHED)
    elsewhere.open("/desk/dashboard/?wall=1")
    meet("agent@passer.example", site=passer).open("/desk/dashboard/", status=200)  # leads Behörigheter
    meet("noor@passer.example", site=passer).open("/desk/dashboard/", status=404)


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
