"""T1, T4, T5, T6, T7, T11, T17, I10, I13: from the question to the answer and back, everybody told, nobody twice."""

from playwright.sync_api import expect

from tests.journeys.browsing import Reader
from tests.journeys.changing import change
from tests.journeys.conftest import Meet, Site

CUSTOMER, AGENT, LEAD, MARIA = (
    "per@hamnbolaget.example",
    "agent@larm.example",
    "johan@larm.example",
    "maria@larm.example",
)
SUBJECT = "Dörren vid magasin 7 går inte att öppna"
QUESTION, NOTE = "Läsaren blinkar rött för alla kort.", "Ring vaktmästaren först, han är sur."
FIRST_ANSWER, REPLY, LAST_ANSWER, AGAIN = (
    "Har ni provat att bryta strömmen?",
    "Ja, det hjälpte inte.",
    "Vi har bytt läsaren, nu fungerar den.",
    "Den blinkar rött igen.",
)


def speak(reader: Reader) -> None:
    """Mails come in the language of one's account."""
    reader.open("/account/")
    reader.field("language").select_option(reader.language)
    reader.press(reader.t("Save"), within="main")


def waiting_for_us(agent: Reader) -> int:
    """The queue's figure on its link is the number of its rows."""
    agent.open("/desk/")
    figure = agent.page.locator("nav [aria-current=page]").get_attribute("data-count")
    assert figure == agent.mark("total")
    return int(figure or 0)


def unread(customer: Reader) -> int:
    """The figure in the header; there is none when all is read."""
    figures = customer.page.locator("header [data-count]")
    return int(figures.get_attribute("data-count") or 0) if figures.count() else 0


def test_a_ticket_from_question_to_answer_and_back(meet: Meet, larm: Site) -> None:
    agent, customer = meet(AGENT), meet(CUSTOMER)
    speak(agent), speak(customer)
    before, read_before = waiting_for_us(agent), unread(customer)

    # Filed: routed by its topic, confirmed to the customer, told to the department.
    customer.open("/tickets/new/passagesystem/")
    customer.fill(subject=SUBJECT, body=QUESTION)
    customer.field("field_scope").select_option("one")
    customer.press(customer.t("Send ticket"))
    number = customer.mark("ticket")
    letters = larm.post.take()
    assert set(letters) == {
        (CUSTOMER, "confirmation"),
        (AGENT, "new_ticket"),
        (LEAD, "new_ticket"),
        (MARIA, "new_ticket"),
    }
    assert {letters[CUSTOMER, "confirmation"].language, letters[AGENT, "new_ticket"].language} == {agent.language}

    # In the queue, with the reason why it is there.
    assert waiting_for_us(agent) == before + 1
    row = agent.page.locator("[data-row]", has_text=SUBJECT)
    expect(row).to_contain_text("Per Nyström, Hamnbolaget")
    expect(row.locator(".row__dot")).to_be_visible()
    agent.open(letters[AGENT, "new_ticket"].desk_link)
    assert agent.heading == SUBJECT
    marks = [agent.mark(name) for name in ("ticket", "status", "waiting-on", "department")]
    assert marks == [number, "open", "us", "passagesystem"]
    agent.sees(
        agent.t(
            "%(department)s handled this person’s earlier ticket %(subject)s about the same topic.",
            department="Passagesystem",
            subject=str(larm.ticket("Två passerkort fungerar inte efter bytet av läsare").number),
        )
    )

    # Claimed, and noted for colleagues only.
    agent.press(agent.t("Take it"))
    agent.is_told(agent.t("The ticket is yours."))
    agent.page.get_by_label(agent.t("Internal note"), exact=True).check()
    expect(agent.button(agent.t("Send and wait for customer"))).to_be_hidden()
    agent.fill(body=NOTE)
    agent.press(agent.t("Save note"))
    agent.sees(NOTE)
    assert larm.post.take() == {}

    # Answered: the ticket waits for the customer, who gets a mail with a link and sees an unread mark.
    agent.fill(body=FIRST_ANSWER)
    agent.press(agent.t("Send and wait for customer"))
    assert (agent.mark("status"), agent.mark("waiting-on")) == ("waiting_for_customer", "customer")
    assert waiting_for_us(agent) == before
    letters = larm.post.take()
    assert set(letters) == {(CUSTOMER, "reply")}
    answer = letters[CUSTOMER, "reply"]
    assert FIRST_ANSWER in answer.text
    assert NOTE not in answer.text + answer.html
    assert f"[#{number}]" in answer.subject
    assert (answer.language, AGENT in answer.text + answer.html) == (customer.language, False)

    customer.open("/tickets/")
    assert unread(customer) == read_before + 1
    ours = customer.page.locator(".list__item", has_text=SUBJECT)
    expect(ours).to_contain_text(customer.t("new reply"))
    assert SUBJECT in customer.page.locator(".list__item").first.inner_text()  # latest activity first
    customer.open(answer.ticket_link)  # a look through the mail's link changes nothing, mail filters look too
    customer.open("/tickets/")
    expect(ours).to_contain_text(customer.t("new reply"))
    customer.follow(SUBJECT)
    customer.sees(FIRST_ANSWER, customer.t("We need an answer from you."))
    customer.sees_not(NOTE)
    customer.follow(customer.t("My tickets"), within="main")
    expect(ours).not_to_contain_text(customer.t("new reply"))
    assert unread(customer) == read_before

    # Answered back: the agents learn it, their queue marks it.
    customer.follow(SUBJECT)
    customer.fill(body=REPLY)
    customer.press(customer.t("Send reply"))
    assert (customer.mark("status"), customer.mark("waiting-on")) == ("in_progress", "us")
    letters = larm.post.take()
    assert set(letters) == {(person, "customer_reply") for person in (AGENT, LEAD, MARIA)}
    assert waiting_for_us(agent) == before + 1
    expect(row.locator(".row__dot")).to_be_visible()
    with agent.goes_on():
        agent.page.get_by_role("link", name=SUBJECT).first.click()
    agent.sees(REPLY)

    # Answered and closed: one mail says both.
    agent.fill(body=LAST_ANSWER)
    agent.press(agent.t("Send and close"))
    assert (agent.mark("status"), agent.mark("waiting-on")) == ("closed", "nobody")
    letters = larm.post.take()
    assert set(letters) == {(CUSTOMER, "reply")}
    closed = agent.t("With this answer the ticket is closed.")
    missing = "Is something still missing? Answer this mail or write on the ticket's page, and it opens again."
    assert f"{closed} {agent.t(missing)}" in " ".join(letters[CUSTOMER, "reply"].text.split())
    customer.open("/tickets/?show=closed")
    expect(ours).to_contain_text(customer.t("new reply"))

    # Reopened by a reply in the portal.
    customer.follow(SUBJECT)
    customer.sees(customer.t("This ticket is closed."), customer.t("Reply and reopen"))
    customer.fill(body=AGAIN)
    customer.press(customer.t("Send reply"))
    customer.is_told(customer.t("Sent. The ticket is open again."))
    assert customer.mark("waiting-on") == "us"
    assert {kind for _person, kind in larm.post.take()} == {"customer_reply"}

    # Handed over to another department, and there to a colleague.
    agent.open(f"/desk/tickets/{number}/")
    change(agent, "department", label="Order")
    assert agent.mark("department") == "order"
    agent.sees(
        agent.t(
            "%(who)s handed the ticket over from %(before)s to %(after)s",
            who="Elin Lund",
            before="Passagesystem",
            after="Order",
        )
    )
    assert set(larm.post.take()) == {("olle@larm.example", "transferred")}
    change(agent, "assignee", label="Olle Persson")
    agent.is_told(agent.t("The ticket is now with %s.").replace("%s", "Olle Persson"))
    assert set(larm.post.take()) == {("olle@larm.example", "assigned")}
    change(agent, "priority", value="urgent", reason="Magasinet står öppet.")
    assert larm.ticket(SUBJECT).priority == "urgent"
    johan = meet(LEAD)
    johan.open(f"/desk/tickets/{number}/", status=404)  # it has left his departments

    # Closed by the customer; whoever has it learns that, and the history stays.
    customer.open(f"/tickets/{number}/")
    customer.press(customer.t("Close the ticket"))
    customer.is_told(customer.t("The ticket is closed. You can open it again whenever you like."))
    letters = larm.post.take()
    assert set(letters) == {("olle@larm.example", "closed_by_customer"), (AGENT, "closed_by_customer")}
    customer.press(customer.t("Reopen the ticket"))
    assert {kind for _person, kind in larm.post.take()} == {"reopened_by_customer"}
    customer.sees(QUESTION, FIRST_ANSWER, REPLY, LAST_ANSWER, AGAIN)

    # Closed by the staff without a word: the customer gets a mail of its own about that.
    agent.open(f"/desk/tickets/{number}/")
    change(agent, "status", value="closed")
    letters = larm.post.take()
    assert set(letters) == {(CUSTOMER, "closed")}
    assert letters[CUSTOMER, "closed"].ticket_link == answer.ticket_link


def test_an_answer_by_the_link_in_a_mail_takes_the_unread_mark_away(meet: Meet, larm: Site) -> None:
    ticket = larm.ticket("Order: fyra rökdetektorer till hus C")
    agent, customer = meet(AGENT), meet("sofia@tallen.example")
    before = unread(customer)
    agent.open(f"/desk/tickets/{ticket.number}/")
    agent.fill(body=FIRST_ANSWER)
    agent.press(agent.t("Send and wait for customer"))
    link = larm.post.take()["sofia@tallen.example", "reply"].ticket_link
    customer.open("/tickets/")
    assert unread(customer) == before + 1
    elsewhere = meet()
    elsewhere.open(link)
    elsewhere.fill(body=REPLY)
    elsewhere.press(elsewhere.t("Send reply"))
    customer.open("/tickets/")
    assert unread(customer) == before
