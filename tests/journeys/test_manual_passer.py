"""The access-control company's manual, line by line (row A): which priority a ticket has, and who decides it."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from accounts.scoping import tenant_scope
from tests.journeys.browsing import Reader
from tests.journeys.changing import change
from tests.journeys.conftest import Meet, Site
from tests.journeys.manual import manual
from tickets.actions.opening import open_ticket
from tickets.enums import Channel, Priority
from tickets.models import HelpTopic

LANGUAGE = "sv"
OSKAR, TILDA = "customer@kund.example", "colleague@kund.example"
AGENT = "agent@passer.example"
REASON = "Gäller alla nya kort i huset, inte bara ett."
MEANINGS = (
    ("Ett mindre fel, eller en fråga.", "En dörr öppnar inte för en person som borde ha tillträde."),
    ("En del av en funktion är borta, men det går att komma runt felet.", "Nya kort når inte dörrarna."),
    ("En funktion är borta och arbete står still.", "kort som fungerade i går släpper inte in någon."),
    ("Flera system är nere på en gång", "Både inloggningen och dörrarna är utslagna"),
)


@pytest.fixture
def language() -> str:
    return LANGUAGE


def begin(reader: Reader, passer: Site, subject: str, product: str) -> None:
    reader.open("/tickets/new/")
    reader.follow(passer.topic("fel", reader.language), within="main")
    reader.fill(subject=subject, body="Sedan i morse.")
    reader.field("field_product").select_option(product)


def arrives_by_mail(passer: Site, address: str, subject: str) -> int:
    """A ticket as the mail gateway files it."""
    with tenant_scope(passer.tenant):
        sender = User.objects.get(email=address)
        opened = open_ticket(
            actor=sender,
            requester=sender,
            topic=HelpTopic.objects.get(slug="fel"),
            subject=subject,
            body="Mitt nya kort ger rött ljus.",
            channel=Channel.MAIL,
        )
        return int(opened.ticket.number)


def test_which_priority_to_choose(meet: Meet, passer: Site) -> None:
    oskar = meet(OSKAR, site=passer)
    begin(oskar, passer, "Garageporten öppnar inte", "doors")

    manual("A4", "which priority should I choose? Low, medium, high and urgent, each with what it means and an example")
    offered = oskar.page.locator("fieldset.priority-choice .choice")
    names = offered.locator(".priority-choice__name").all_inner_texts()
    assert names == [oskar.t(name) for name in ("Low", "Medium", "High", "Urgent")]
    for place, (meaning, example) in enumerate(MEANINGS):
        expect(offered.nth(place).locator(".priority-choice__words")).to_contain_text(meaning)
        expect(offered.nth(place).locator(".priority-choice__example")).to_contain_text(example)

    manual("A3", "in the portal the customer chooses the priority")
    offered.nth(2).click()
    expect(offered.nth(2).locator("input")).to_be_checked()
    oskar.fill(subject="")
    oskar.press(oskar.t("Send ticket"), status=422)  # what was chosen is kept
    expect(offered.nth(2).locator("input")).to_be_checked()
    oskar.fill(subject="Garageporten öppnar inte")
    oskar.press(oskar.t("Send ticket"))
    number = oskar.mark("ticket")
    assert passer.ticket("Garageporten öppnar inte").priority == Priority.HIGH
    oskar.follow(oskar.t("Open the ticket"), within="main")
    oskar.sees(f"{oskar.t('Priority')} {oskar.t('High').lower()}")
    oskar.open("/tickets/")
    expect(oskar.page.locator(".list__item", has_text="Garageporten öppnar inte")).to_contain_text(oskar.t("High"))

    agent = meet(AGENT, site=passer)
    agent.open(f"/desk/tickets/{number}/")
    agent.sees(agent.t("The customer chose the priority %(priority)s.", priority=agent.t("High").lower()))


def test_a_priority_is_chosen_without_scripts(meet: Meet, passer: Site) -> None:
    guest = meet(site=passer, java_script_enabled=False)
    begin(guest, passer, "Inloggningen är nere", "web")

    manual("A4", "the definitions are in view where the priority is chosen")
    guest.fill(email="vakt@torget.example", name="Vakten")
    guest.page.locator("[name=priority][value=urgent]").check()
    guest.press(guest.t("Send ticket"))
    ticket = passer.ticket("Inloggningen är nere")
    assert (ticket.priority, ticket.department.name) == (Priority.URGENT, "System")


def test_a_priority_by_mail(meet: Meet, passer: Site) -> None:
    subject = "Nya kortet fungerar inte"
    number = arrives_by_mail(passer, TILDA, subject)
    agent, tilda = meet(AGENT, site=passer), meet(TILDA, site=passer)

    manual("A3", "by mail the priority is always low to begin with")
    assert passer.ticket(subject).priority == Priority.LOW
    tilda.open(f"/tickets/{number}/")
    tilda.sees(f"{tilda.t('Priority')} {tilda.t('Low').lower()}")
    agent.open(f"/desk/tickets/{number}/")
    agent.sees(
        agent.t(
            "Tickets %(channel)s begin with the priority %(priority)s.",
            channel=agent.t("by mail"),
            priority=agent.t("Low").lower(),
        )
    )

    manual("A3", "and is revised at the moment an agent has it")
    change(agent, "priority", status=422, value="medium")
    agent.sees(agent.t("Say in a few words why it is revised."))
    assert passer.ticket(subject).priority == Priority.LOW
    agent.open(f"/desk/tickets/{number}/")
    change(agent, "priority", value="medium", reason=REASON)
    agent.is_told(agent.t("The priority is now: %s.").replace("%s", agent.t("Medium")))
    assert passer.ticket(subject).priority == Priority.MEDIUM
    tilda.open(f"/tickets/{number}/")
    tilda.sees(
        tilda.t(
            "%(who)s changed the priority from %(before)s to %(after)s: %(reason)s",
            who="Emil Dahlin",
            before=tilda.t("Low"),
            after=tilda.t("Medium"),
            reason=REASON,
        ),
        f"{tilda.t('Priority')} {tilda.t('Medium').lower()}",
    )


def test_what_staff_answer_before_they_close(meet: Meet, passer: Site) -> None:
    subject, answer = "Kort 10024471 ger rött ljus", "Kortet är aktiverat igen."
    oskar = meet(OSKAR, site=passer)
    begin(oskar, passer, subject, "cards")
    oskar.fill(field_card="1234")
    oskar.press(oskar.t("Send ticket"), status=422)
    oskar.sees("Skriv kortets åtta siffror.")
    oskar.fill(field_card="10024471")
    oskar.press(oskar.t("Send ticket"))
    number = oskar.mark("ticket")
    cause = passer.question("fel", "cause", LANGUAGE)

    # The cause is for the staff, and has to be known before they close.
    agent = meet(AGENT, site=passer)
    agent.open(f"/desk/tickets/{number}/")
    assert agent.mark("department") == "behorigheter"
    agent.fill(body=answer)
    agent.press(agent.t("Send and close"), status=422)
    agent.sees(agent.t("Before the ticket is closed"), cause)
    assert agent.field("body").input_value() == answer
    assert passer.messages(subject) == ["Sedan i morse."]
    agent.field("field_cause").select_option("fault")
    agent.press(agent.t("Send and close"))
    assert agent.mark("status") == "closed"
    agent.sees(cause)
    assert passer.messages(subject) == ["Sedan i morse.", answer]

    oskar.open(f"/tickets/{number}/")
    oskar.sees(answer, "10024471", oskar.t("This ticket is closed."))
    oskar.sees_not(cause)
    oskar.press(oskar.t("Reopen the ticket"))
    oskar.press(oskar.t("Close the ticket"))  # customers are asked nothing
    assert oskar.mark("status") == "closed"
