"""T7, T9, I13, I14: somebody who never opens the portal files by mail, answers by mail, and is heard."""

from accounts.scoping import tenant_scope
from notifications.models import IncomingMail
from tests.journeys.by_mail import CUSTOMER, answer, write
from tests.journeys.conftest import Meet, Site

SUBJECT = "Sirenen i trapphus 2 tjuter"
# Where people write to: the topic and the priority it stands for. The department is the organisation's own, which
# counts before the address's.
FOUR = {
    "support": ("brandlarm", "low"),
    "order": ("order", "medium"),
    "service": ("inbrottslarm", "high"),
    "info": ("salj", "low"),
}


def test_a_customer_files_answers_and_reopens_by_mail(meet: Meet, larm: Site, skola: Site) -> None:
    write(larm, "support@larm.example", SUBJECT, "Den har tjutit två gånger i dag.")
    letters = larm.post.take()
    confirmation = letters[CUSTOMER, "confirmation"]
    ticket = larm.ticket(SUBJECT)
    assert f"[#{ticket.number}]" in confirmation.subject
    assert SUBJECT in confirmation.subject

    # The staff see that it came by mail, and answer in the portal.
    agent = meet("agent@larm.example")
    agent.open(f"/desk/tickets/{ticket.number}/")
    agent.sees(SUBJECT, "Den har tjutit två gånger i dag.")
    agent.fill(body="Vad står det på panelen?")
    agent.press(agent.t("Send and wait for customer"))
    reply = larm.post.take()[CUSTOMER, "reply"]
    assert "Vad står det på panelen?" in reply.text

    # The customer answers the mail, and never leaves the mail program.
    answer(larm, reply, "Fel 31, slinga 4.")
    assert {kind for _address, kind in larm.post.take()} == {"customer_reply"}
    agent.open(f"/desk/tickets/{ticket.number}/")
    agent.sees("Fel 31, slinga 4.")
    assert larm.messages(SUBJECT)[-1].strip() == "Fel 31, slinga 4."  # what it repeats is folded away

    # Closed, and reopened by an answer.
    agent.fill(body="Vi har bytt sirenen.")
    agent.press(agent.t("Send and close"))
    closing = larm.post.take()[CUSTOMER, "reply"]
    assert larm.ticket(SUBJECT).status == "closed"
    answer(larm, closing, "Nu tjuter den igen.")
    larm.post.take()
    assert larm.ticket(SUBJECT).status != "closed"
    assert larm.messages(SUBJECT)[-1].strip() == "Nu tjuter den igen."

    with tenant_scope(larm.tenant):
        mails = IncomingMail.objects.filter(ticket=ticket).order_by("pk")
        assert list(mails.values_list("state", flat=True)) == ["new_ticket", "reply", "reply"]
    with tenant_scope(skola.tenant):
        assert not IncomingMail.objects.filter(sender_key=CUSTOMER, subject__contains=SUBJECT).exists()


def test_each_of_four_addresses_leads_where_it_is_for(meet: Meet, larm: Site, skola: Site) -> None:
    for name in FOUR:
        write(larm, f"{name}@larm.example", f"Till {name}", "Kan ni ringa mig?")
    larm.post.deliver()

    for name, (topic, priority) in FOUR.items():
        ticket = larm.ticket(f"Till {name}")
        with tenant_scope(larm.tenant):
            assert (ticket.topic.slug, ticket.priority) == (topic, priority), name
        assert ticket.requester.email == CUSTOMER
    customer = meet(CUSTOMER)
    customer.open("/tickets/")
    customer.sees(*(f"Till {name}" for name in FOUR))


def test_a_retired_address_says_politely_where_to_turn_once_a_day(meet: Meet, larm: Site, skola: Site) -> None:
    for number in range(3):
        write(skola, "support@skola.example", f"Schemat {number}", "Jag ser inte mitt schema.")
    letters = skola.post.take()

    (letter,) = (letter for (address, _kind), letter in letters.items() if address == CUSTOMER)
    assert letter.kind == "retired_address"
    assert "/tickets/new/" in letter.text
    with tenant_scope(skola.tenant):
        mails = IncomingMail.objects.filter(subject__startswith="Schemat")
        said = list(mails.order_by("pk").values_list("state", "reason"))
        assert said == [("refused", "retired"), ("refused", "retired_again"), ("refused", "retired_again")]
    administrator = meet("admin@skola.example", site=skola)
    administrator.open("/desk/incoming/")
    administrator.sees("Schemat 0", "Schemat 1", "Schemat 2")
