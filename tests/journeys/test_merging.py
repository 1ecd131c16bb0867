"""Two mails about one matter: merged, answered in one place also by mail, and taken apart again."""

from tests.journeys.by_mail import CUSTOMER, answer, write
from tests.journeys.conftest import Meet, Site

AGENT = "agent@larm.example"
FIRST, SECOND = "Sirenen i källaren tjuter", "Källaren: fortfarande ett fasligt tjut"


def test_two_tickets_are_merged_answered_as_one_and_taken_apart(meet: Meet, larm: Site, skola: Site) -> None:
    for subject in (FIRST, SECOND):
        write(larm, "support@larm.example", subject, "Det har tjutit sedan i morse.")
        letters = larm.post.take()
    confirmation = letters[CUSTOMER, "confirmation"]
    leading, merged = larm.ticket(FIRST), larm.ticket(SECOND)

    agent = meet(AGENT)
    agent.open(f"/desk/tickets/{merged.number}/")
    agent.page.locator("summary", has_text=agent.t("Is there another ticket about the same?")).click()
    agent.page.get_by_label(agent.t("Number of the other ticket")).fill("999999")
    agent.press(agent.t("Merge into that ticket"), status=422)
    agent.page.get_by_label(agent.t("Number of the other ticket")).fill(f"#{leading.number}")
    agent.press(agent.t("Merge into that ticket"))
    assert agent.mark("ticket") == str(leading.number)
    agent.sees(agent.t("Answered here as well:"), SECOND)
    larm.post.deliver()

    # The mail about the merged one is answered: the words stand where the two are answered now, and nothing reopens.
    answer(larm, confirmation, "Det slutade, men började igen.")
    assert {kind for _address, kind in larm.post.take()} == {"customer_reply", "merged"}
    assert larm.messages(FIRST)[-1].strip() == "Det slutade, men började igen."
    assert len(larm.messages(SECOND)) == 1
    assert larm.ticket(SECOND).is_closed
    agent.open(f"/desk/tickets/{leading.number}/")
    agent.sees("Det slutade, men började igen.")

    # The customer is led there as well.
    customer = meet(CUSTOMER)
    customer.open(f"/tickets/{merged.number}/")
    with customer.goes_on():
        customer.page.locator(f'main a[href$="/tickets/{leading.number}/"]').first.click()
    customer.sees("Det slutade, men började igen.")

    # Taken apart both stand as before, and a mail reaches the one it is about again.
    agent.open(f"/desk/tickets/{merged.number}/")
    agent.press(agent.t("Undo the merging"))
    assert not larm.ticket(SECOND).is_closed
    larm.post.deliver()
    answer(larm, confirmation, "Nu är det tyst i källaren.")
    larm.post.take()
    assert larm.messages(SECOND)[-1].strip() == "Nu är det tyst i källaren."
    customer.open(f"/tickets/{merged.number}/")
    customer.sees("Nu är det tyst i källaren.")
    stranger = meet("admin@skola.example", site=skola)
    stranger.open(f"/desk/tickets/{merged.number}/", status=404)
