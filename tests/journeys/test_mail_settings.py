"""I14, M3, T9: administrators say what becomes of mail and what mails say; agents take back and decide."""

import pytest
from playwright.sync_api import expect

from accounts.scoping import tenant_scope
from notifications.models import IncomingMail
from tests.journeys.by_mail import CUSTOMER, write
from tests.journeys.conftest import Meet, Site
from tickets.models import HelpTopic

ADMIN, AGENT = "admin@larm.example", "agent@larm.example"
STRANGER = ("Moa Ny", "moa@nykund.example")
ADDRESS = "batterier@larm.example"
TURN = "Frågor om batterier går till order@ numera."
WORDS = "Tack för att du hör av dig om {{ portal }}. Numret är {{ number }}."
STORY = "Order: fyra rökdetektorer till hus C"


def test_an_administrator_adds_an_address_and_retires_it_with_words(meet: Meet, larm: Site) -> None:
    admin = meet(ADMIN)
    with tenant_scope(larm.tenant):
        topic = str(HelpTopic.objects.get(slug="order").pk)
    admin.open("/settings/mail/")
    before = int(admin.mark("total"))
    admin.follow(admin.t("Add an address"))
    admin.fill(email=ADDRESS)
    admin.press(admin.t("Add the address"), within="main", status=422)  # about nothing
    assert admin.field("email").input_value() == ADDRESS
    admin.field("topic").select_option(topic)
    admin.press(admin.t("Add the address"), within="main")
    admin.is_told(admin.t("Mail to %s becomes tickets now.").replace("%s", ADDRESS))

    write(larm, ADDRESS, "Vilka batterier?", "Till fyra rökdetektorer.")
    assert set(larm.post.take()) >= {(CUSTOMER, "confirmation")}
    with tenant_scope(larm.tenant):
        assert larm.ticket("Vilka batterier?").topic.slug == "order"

    admin.fill(words_sv=TURN, words_en="Questions about batteries go to order@ now.")
    admin.press(admin.t("Retire the address"))
    admin.is_told(
        admin.t("%s takes no tickets any more. Whoever writes there is told where to turn.").replace("%s", ADDRESS)
    )
    write(larm, ADDRESS, "Vilka lampor?", "Till fyra armaturer.")
    letters = larm.post.take()
    assert set(letters) == {(CUSTOMER, "retired_address")}
    assert TURN in letters[CUSTOMER, "retired_address"].text
    with tenant_scope(larm.tenant):
        assert IncomingMail.objects.get(subject="Vilka lampor?").ticket is None

    admin.open("/settings/mail/")
    assert int(admin.mark("total")) == before  # retired ones are listed apart
    row = admin.page.locator(f"[data-address='{ADDRESS}']")
    with admin.goes_on():
        row.get_by_role("button").click()
    admin.is_told(admin.t("Mail to %s becomes tickets again.").replace("%s", ADDRESS))


def test_an_administrator_words_a_mail_and_goes_back_to_the_original(meet: Meet, larm: Site) -> None:
    admin = meet(ADMIN)
    admin.open("/settings/mail/")
    admin.follow(admin.t("What mails to customers say"))
    own_words = admin.page.locator("main a", has_text=admin.t("Own words"))
    expect(own_words).to_have_count(0)
    with admin.goes_on():
        admin.page.locator("main a[href$='/confirmation/sv/']").click()
    admin.fill(subject="Vi har det", text="{{ nobody_knows_it }}")
    admin.press(admin.t("Save the words"), status=422)
    assert admin.field("text").input_value() == "{{ nobody_knows_it }}"

    # Seen as a customer sees it, before it holds.
    admin.fill(text=WORDS)
    admin.press(admin.t("Show the preview"))
    expect(admin.page.locator("#preview")).to_contain_text("Numret är 1042.")
    write(larm, "order@larm.example", "Före", "Hej.")
    assert "Numret är" not in larm.post.take()[CUSTOMER, "confirmation"].text

    admin.press(admin.t("Save the words"))
    admin.is_told(admin.t("Saved. It holds from the next mail on."))
    write(larm, "order@larm.example", "Under tiden", "Hej igen.")
    letter = larm.post.take()[CUSTOMER, "confirmation"]
    number = larm.ticket("Under tiden").number
    assert f"Numret är {number}." in letter.text
    assert (
        letter.subject == f"[#{number}] Vi har det"
    )  # the second within the hour repeats nothing a stranger may have typed
    assert letter.ticket_link  # the way to the ticket stays whatever is written
    admin.follow(admin.t("What mails to customers say"))
    expect(own_words).to_have_count(1)

    with admin.goes_on():
        own_words.click()
    admin.page.locator("summary", has_text=admin.t("Use the original words again")).click()
    admin.press(admin.t("Throw them away"))
    admin.is_told(admin.t("The original words are used again."))
    write(larm, "order@larm.example", "Efteråt", "Hej en gång till.")
    assert "Numret är" not in larm.post.take()[CUSTOMER, "confirmation"].text


def test_an_agent_takes_a_reply_back_and_sends_it_mended(meet: Meet, larm: Site) -> None:
    larm.tenant.undo_seconds = 120  # longer than the journey, so that nothing depends on its pace
    larm.tenant.save(update_fields=["undo_seconds"])
    number = larm.ticket(STORY).number
    agent, customer = meet(AGENT), meet("sofia@tallen.example")
    agent.open(f"/desk/tickets/{number}/")
    status = agent.mark("status")
    agent.fill(body="Vi skickar tre.")
    agent.press(agent.t("Send and wait for customer"))
    expect(agent.page.locator("[data-pending]")).to_be_visible()
    assert agent.mark("status") == "waiting_for_customer"

    # Nobody is told as long as it can be taken back.
    assert larm.post.take() == {}
    customer.open(f"/tickets/{number}/")
    customer.sees_not("Vi skickar tre.")

    agent.press(agent.t("Undo"))
    agent.is_told(agent.t("The reply was not sent. What you wrote is back in the reply field."))
    assert agent.mark("status") == status
    expect(agent.field("body")).to_have_value("Vi skickar tre.")
    larm.tenant.undo_seconds = 0
    larm.tenant.save(update_fields=["undo_seconds"])
    agent.fill(body="Vi skickar fyra.")
    agent.press(agent.t("Send and wait for customer"))
    letters = larm.post.take()
    assert set(letters) == {("sofia@tallen.example", "reply")}
    assert "Vi skickar fyra." in letters["sofia@tallen.example", "reply"].text
    customer.open(f"/tickets/{number}/")
    customer.sees("Vi skickar fyra.")
    customer.sees_not("Vi skickar tre.")


@pytest.mark.parametrize("decision", ["add", "aside"])
def test_an_agent_decides_on_a_held_mail(meet: Meet, larm: Site, skola: Site, decision: str) -> None:
    number = larm.ticket(STORY).number
    write(larm, "support@larm.example", f"Sv: [#{number}] Rökdetektorer", "Jag tar emot dem.", sender=STRANGER)
    assert larm.post.take() == {}
    assert larm.messages(STORY)[-1] != "Jag tar emot dem."

    agent = meet(AGENT)
    agent.open("/desk/incoming/?state=held")
    assert agent.mark("total") == "1"
    with agent.goes_on():
        agent.page.locator("main a.table__main").click()
    assert agent.mark("state") == "held"
    agent.sees("Jag tar emot dem.", STRANGER[1], agent.t("The sender is not on this ticket."))
    if decision == "add":
        assert agent.field("number").input_value() == str(number)
        agent.press(agent.t("Add it as a reply"))
        agent.is_told(agent.t("The mail is on ticket %d now.").replace("%d", str(number)))
        assert agent.path == f"/desk/tickets/{number}/"
        agent.sees("Jag tar emot dem.")
        assert larm.messages(STORY)[-1].strip() == "Jag tar emot dem."
    else:
        agent.press(agent.t("Put it aside"))
        agent.is_told(agent.t("The mail is put aside. Nothing follows from it; “Read it again” brings it back."))
        assert agent.mark("state") == "refused"
        agent.press(agent.t("Read again"))
        assert larm.post.take() == {}
        agent.open(agent.path)
        assert agent.mark("state") == "held"  # by the same rules as before
    agent.open("/desk/incoming/?state=held")
    assert agent.mark("total") == ("0" if decision == "add" else "1")

    stranger = meet("admin@skola.example", site=skola)
    stranger.open("/desk/incoming/")
    stranger.sees_not("Rökdetektorer", STRANGER[1])
