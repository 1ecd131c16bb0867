"""Answers that staff change, and those without which they close nothing."""

from uuid import uuid4

import pytest

from accounts.holdings import parts_about
from accounts.scoping import tenant_scope
from routing.models import RoutingSettings
from tests.factories import TopicFactory, ask, make_ticket
from tests.pages import Page
from tickets.actions.answering import NotAQuestion, set_answers
from tickets.actions.closing import close_ticket
from tickets.actions.handing_over import claim
from tickets.actions.priorities import set_priority_settings
from tickets.actions.replying import reply_to_ticket
from tickets.actions.setting_status import set_status
from tickets.actions.setting_topic import set_topic
from tickets.enums import Channel, EventKind, FieldAccess, FieldKind, Priority, PriorityUse, Status
from tickets.models import FieldAnswer, HelpTopic, Message, Ticket
from tickets.queries import missing_to_close
from tickets.rules import AnswersMissing

PARTS = [{"value": "s", "sv": "Siren", "en": "Siren"}, {"value": "p", "sv": "Panel", "en": "Panel"}]


@pytest.fixture
def questions(portal, other_portal):
    """One for customers, one that only staff see, and one to be answered before closing, if it was the panel."""
    with tenant_scope(portal.tenant):
        part = ask(portal.topic, "part", kind=FieldKind.CHOICE, choices=PARTS, label_en="Part", label_sv="Del")
        cost = ask(portal.topic, "cost", kind=FieldKind.NUMBER, label_en="Cost", access=FieldAccess.INTERNAL)
        cause = ask(
            portal.topic,
            "cause",
            label_en="Cause",
            access=FieldAccess.SHOWN,
            is_required_to_close=True,
            depends_on=part,
            depends_values=["p"],
        )
    return {"part": part, "cost": cost, "cause": cause}


@pytest.fixture
def ticket(portal, questions):
    with tenant_scope(portal.tenant):
        return make_ticket(requester=portal.customer, topic=portal.topic, answers={questions["part"]: "s"})


def values(portal, ticket) -> dict[str, str]:
    with tenant_scope(portal.tenant):
        return dict(FieldAnswer.objects.filter(ticket=ticket).values_list("key", "value"))


def test_staff_change_add_and_take_away_answers_and_the_event_tells_both(portal, ticket, questions, browse):
    with tenant_scope(portal.tenant):
        set_answers(actor=portal.agent, ticket=ticket, answers={questions["part"]: "p", questions["cost"]: "12"})
        set_answers(actor=portal.agent, ticket=ticket, answers={questions["part"]: "p", questions["cost"]: ""})
        set_answers(actor=portal.agent, ticket=ticket, answers={questions["cost"]: ""})
        events = ticket.events.filter(kind=EventKind.ANSWERS_CHANGED)
        assert [[change["key"] for change in event.data["changes"]] for event in events] == [["part", "cost"], ["cost"]]
        answer = FieldAnswer.objects.get(ticket=ticket, key="part")
        assert (answer.value, answer.words_sv, answer.search_key) == ("p", "Panel", answer.search_key)
        assert "panel" in answer.search_key
    assert values(portal, ticket) == {"part": "p"}
    text = Page(browse(portal, portal.agent).get(f"/desk/tickets/{ticket.number}/")).text
    assert "Elin Lund changed “Part” from “Siren” to “Panel”; “Cost” to “12”" in text
    assert "Elin Lund changed “Cost” from “12” to nothing" in text


def test_a_changed_answer_keeps_its_place(portal, ticket, questions):
    with tenant_scope(portal.tenant):
        set_answers(actor=portal.agent, ticket=ticket, answers={questions["cost"]: "1"})
        set_answers(actor=portal.agent, ticket=ticket, answers={questions["part"]: "p"})
        assert list(FieldAnswer.objects.filter(ticket=ticket).values_list("key", flat=True)) == ["part", "cost"]


def test_only_staff_and_only_what_the_topic_asks(portal, other_portal, ticket, questions):
    with tenant_scope(portal.tenant):
        elsewhere = ask(TopicFactory(), "elsewhere")
        file = ask(portal.topic, "file", kind=FieldKind.FILE)
        for question in (elsewhere, file):
            with pytest.raises(NotAQuestion):
                set_answers(actor=portal.agent, ticket=ticket, answers={question: "x"})
        with pytest.raises(PermissionError):
            set_answers(actor=portal.customer, ticket=ticket, answers={questions["part"]: "p"})
    assert values(portal, ticket) == {"part": "s"}


def test_customers_read_what_is_theirs_and_nothing_of_internal_answers(portal, ticket, questions, browse):
    with tenant_scope(portal.tenant):
        answers = {questions["part"]: "p", questions["cost"]: "4711", questions["cause"]: "A loose wire"}
        set_answers(actor=portal.agent, ticket=ticket, answers=answers)

    text = Page(browse(portal, portal.customer).get(f"/tickets/{ticket.number}/")).text

    assert "A loose wire" in text
    assert "4711" not in text
    assert "Cost" not in text
    assert "changed" not in text, "the event is for staff"


def test_what_they_take_home_has_no_internal_answers_and_no_hidden_priority(portal, ticket, questions):
    with tenant_scope(portal.tenant):
        set_answers(actor=portal.agent, ticket=ticket, answers={questions["cost"]: "4711"})
        held = held_about(portal.customer)
        assert "Siren" in held
        assert "4711" not in held
        assert "MEDIUM" not in held
        set_priority_settings(actor=None, use=PriorityUse.SHOWN, default=Priority.MEDIUM, by_channel={})
        assert "MEDIUM" in held_about(portal.customer)


def held_about(person) -> str:
    return repr([list(part.rows(person)) for part in parts_about(person) if part.key == "tickets"])


def test_the_page_shows_the_answers_there_are_and_keeps_what_was_typed(portal, ticket, browse):
    client, url = browse(portal, portal.agent), f"/desk/tickets/{ticket.number}/answers/"
    fields = Page(client.get(url)).form("/answers/")
    assert (fields["field_part"], fields["field_cost"]) == ("s", "")

    wrong = client.post(url, {**fields, "field_cost": "much", "field_part": "p"})
    assert wrong.status_code == 422
    assert Page(wrong).form("/answers/")["field_cost"] == "much"
    forged = client.post(url, {**fields, "field_part": "forged"})
    assert forged.status_code == 422
    assert values(portal, ticket) == {"part": "s"}

    right = {"field_part": "p", "field_cost": "1.5", "field_cause": "Wire", "field_nothing": "x"}
    assert client.post(url, right).url == f"/desk/tickets/{ticket.number}/"
    assert values(portal, ticket) == {"part": "p", "cost": "1.5", "cause": "Wire"}


def test_an_answer_to_what_is_no_longer_asked_goes(portal, ticket, browse):
    client, url = browse(portal, portal.agent), f"/desk/tickets/{ticket.number}/answers/"
    client.post(url, {"field_part": "p", "field_cause": "Wire"})
    client.post(url, {"field_part": "s", "field_cause": "Wire"})

    assert values(portal, ticket) == {"part": "s"}


def test_what_two_change_at_once_is_lost_by_neither(portal, ticket, browse):
    url = f"/desk/tickets/{ticket.number}/answers/"
    first, second = browse(portal, portal.agent), browse(portal, portal.lead)
    fields = Page(first.get(url)).form("/answers/")

    assert second.post(url, {**fields, "field_cost": "7"}).status_code == 302
    assert first.post(url, {**fields, "field_part": "p", "field_cause": "Wire"}).status_code == 302

    assert values(portal, ticket) == {"part": "p", "cost": "7", "cause": "Wire"}


def test_an_answer_changed_meanwhile_is_shown_before_it_is_changed_again(portal, ticket, browse):
    url = f"/desk/tickets/{ticket.number}/answers/"
    first, second = browse(portal, portal.agent), browse(portal, portal.lead)
    fields = Page(first.get(url)).form("/answers/")
    second.post(url, {**fields, "field_cost": "7", "field_part": "p", "field_cause": "Mouse"})

    both = Page(answer := first.post(url, {**fields, "field_cost": "8", "field_part": "p", "field_cause": "Wire"}))

    assert answer.status_code == 422
    assert "Somebody has meanwhile answered “7”." in both.text
    assert "Somebody has meanwhile answered “Mouse”." in both.text
    assert "meanwhile answered “Panel”" not in both.text, "both say the same"
    assert both.form("/answers/")["field_cost"] == "8"
    assert values(portal, ticket) == {"part": "p", "cost": "7", "cause": "Mouse"}

    assert first.post(url, both.form("/answers/")).status_code == 302
    assert values(portal, ticket) == {"part": "p", "cost": "8", "cause": "Wire"}

    fields = Page(first.get(url)).form("/answers/")
    second.post(url, {**fields, "field_cost": ""})
    gone = Page(first.post(url, {**fields, "field_cost": "9"}))
    assert "Somebody has meanwhile taken this answer away." in gone.text
    assert "cost" not in values(portal, ticket)


def test_a_topic_without_questions_says_so(portal, other_portal, browse):
    with tenant_scope(portal.tenant):
        ticket = make_ticket(requester=portal.customer, topic=TopicFactory(department=portal.department))
    page = Page(browse(portal, portal.agent).get(f"/desk/tickets/{ticket.number}/answers/"))

    assert "No questions" in page.text
    assert f"/desk/tickets/{ticket.number}/" in page.links()


# -- before closing -------------------------------------------------------------------------------------------------


@pytest.fixture
def panel(portal, ticket, questions):
    """The ticket, now about the panel: its cause has to be answered."""
    with tenant_scope(portal.tenant):
        set_answers(actor=portal.agent, ticket=ticket, answers={questions["part"]: "p"})
    return ticket


def status_of(portal, ticket) -> str:
    with tenant_scope(portal.tenant):
        return Ticket.objects.get(pk=ticket.pk).status


def test_what_is_not_asked_has_not_to_be_answered(portal, ticket):
    with tenant_scope(portal.tenant):
        assert missing_to_close(ticket) == []
        close_ticket(actor=portal.agent, ticket=ticket, as_staff=True)
    assert status_of(portal, ticket) == Status.CLOSED


def test_staff_close_nothing_before_it_is_answered_in_no_way(portal, panel, questions):
    with tenant_scope(portal.tenant):
        ways = (
            lambda: close_ticket(actor=portal.agent, ticket=panel, as_staff=True),
            lambda: set_status(actor=portal.agent, ticket=panel, status=Status.CLOSED),
            lambda: reply_to_ticket(
                actor=portal.agent,
                ticket=panel,
                body="Done",
                channel=Channel.PORTAL,
                as_staff=True,
                and_status=Status.CLOSED,
            ),
        )
        for close in ways:
            with pytest.raises(AnswersMissing) as refused:
                close()
            assert refused.value.questions == [questions["cause"]]
        assert Message.objects.filter(ticket=panel).count() == 1
        set_answers(actor=portal.agent, ticket=panel, answers={questions["cause"]: "Wire"})
        ways[2]()
    assert status_of(portal, panel) == Status.CLOSED


def test_customers_close_theirs_whatever_is_missing(portal, panel, browse):
    client = browse(portal, portal.customer)

    assert client.post(f"/tickets/{panel.number}/closure/").status_code == 302

    assert status_of(portal, panel) == Status.CLOSED


def test_a_closed_ticket_is_answered_without_new_questions(portal, panel, browse):
    with tenant_scope(portal.tenant):
        close_ticket(actor=portal.customer, ticket=panel)
        reply_to_ticket(
            actor=portal.agent,
            ticket=panel,
            body="PS",
            channel=Channel.PORTAL,
            as_staff=True,
            and_status=Status.CLOSED,
        )
    assert status_of(portal, panel) == Status.CLOSED


def test_closing_by_its_status_asks_for_what_is_missing_right_there(portal, panel, browse):
    client, url = browse(portal, portal.agent), f"/desk/tickets/{panel.number}/"

    refused = client.post(f"{url}status/", {"status": "closed"})
    page = Page(refused)
    assert refused.status_code == 422
    assert "Before the ticket is closed" in page.text
    assert page.form("/status/") == {"csrfmiddlewaretoken": page.form("/status/")["csrfmiddlewaretoken"]} | {
        "status": "closed",
        "field_cause": "",
    }
    assert status_of(portal, panel) != Status.CLOSED

    assert client.post(f"{url}status/", {"status": "closed", "field_cause": "Wire"}).url == url
    assert status_of(portal, panel) == Status.CLOSED
    assert values(portal, panel)["cause"] == "Wire"


def test_a_topic_given_while_somebody_closes_asks_its_own_questions(portal, panel, questions, browse, monkeypatch):
    client, url = browse(portal, portal.agent), f"/desk/tickets/{panel.number}/"
    with tenant_scope(portal.tenant):
        other = TopicFactory(department=portal.department)
        ask(other, "done", access=FieldAccess.SHOWN, is_required_to_close=True, label_en="What was done?")

    def late(**values):
        set_topic(actor=portal.lead, ticket=panel, topic=other)
        return set_answers(**values)

    monkeypatch.setattr("tickets.views.desk_actions.set_answers", late)
    refused = client.post(f"{url}status/", {"status": "closed", "field_cause": "Wire"})

    assert refused.status_code == 422
    assert "What was done?" in Page(refused).text
    assert status_of(portal, panel) != Status.CLOSED
    assert values(portal, panel) == {"part": "p"}


def test_closing_with_a_reply_keeps_the_words_and_sends_them_once_it_is_answered(portal, panel, browse):
    client, url = browse(portal, portal.agent), f"/desk/tickets/{panel.number}/"
    sent = {"body": "It was the <wire>.", "mode": "reply", "and_status": "closed", "key": str(uuid4())}

    refused = client.post(f"{url}reply/", sent)
    page = Page(refused)
    assert refused.status_code == 422
    fields = page.form("/reply/")
    assert (fields["body"], fields["key"], fields["field_cause"]) == (sent["body"], sent["key"], "")
    with tenant_scope(portal.tenant):
        assert Message.objects.filter(ticket=panel).count() == 1

    done = client.post(f"{url}reply/", {**sent, "field_cause": "Wire"})
    assert done.status_code == 302
    assert status_of(portal, panel) == Status.CLOSED
    assert values(portal, panel)["cause"] == "Wire"
    with tenant_scope(portal.tenant):
        assert Message.objects.filter(ticket=panel).count() == 2


def test_a_note_or_a_reply_that_closes_nothing_is_asked_nothing(portal, panel, browse):
    client, url = browse(portal, portal.agent), f"/desk/tickets/{panel.number}/reply/"
    for fields in ({"mode": "note", "and_status": "closed"}, {"mode": "reply", "and_status": "in_progress"}):
        assert client.post(url, {"body": "b", "key": str(uuid4()), **fields}).status_code == 302


def test_an_answer_that_asks_for_another_one_is_followed_by_it(portal, panel, questions, browse):
    with tenant_scope(portal.tenant):
        deeper = ask(
            portal.topic,
            "deeper",
            kind=FieldKind.CHOICE,
            choices=PARTS,
            label_en="Deeper",
            is_required_to_close=True,
        )
        ask(
            portal.topic,
            "deepest",
            label_en="Deepest",
            is_required_to_close=True,
            depends_on=deeper,
            depends_values=["p"],
        )
    client, url = browse(portal, portal.agent), f"/desk/tickets/{panel.number}/status/"

    first = Page(client.post(url, {"status": "closed"}))
    assert ("Deeper" in first.text, "Deepest" in first.text) == (True, False)
    second = Page(client.post(url, {"status": "closed", "field_cause": "Wire", "field_deeper": "p"}))
    assert "Deepest" in second.text
    assert client.post(url, {"status": "closed", "field_deepest": "Yes"}).status_code == 302
    assert values(portal, panel) == {"part": "p", "cause": "Wire", "deeper": "p", "deepest": "Yes"}


def test_what_is_needed_before_closing_is_said_before_anybody_closes(portal, other_portal, panel, browse):
    client, url = browse(portal, portal.agent), f"/desk/tickets/{panel.number}/"
    assert "Cause needed before closing" in Page(client.get(url)).text
    assert "Cause (needed before closing)" in Page(client.get(f"{url}answers/")).text
    assert "Cost (optional)" in Page(client.get(f"{url}answers/")).text

    client.post(f"{url}answers/", {"field_part": "p", "field_cause": "Wire"})
    assert "needed before closing" not in Page(client.get(url)).text


# -- another topic --------------------------------------------------------------------------------------------------


def test_another_topic_keeps_the_answers_and_the_department(portal, other_portal, panel, browse):
    with tenant_scope(portal.tenant):
        other = TopicFactory(name_en="Order <x>", department=portal.other_department)
        closed = TopicFactory(is_active=False)
    with tenant_scope(other_portal.tenant):
        theirs = HelpTopic.objects.get(slug="fault")
    client, url = browse(portal, portal.agent), f"/desk/tickets/{panel.number}/"
    assert "From an earlier form" not in Page(client.get(url)).text + Page(client.get(f"{url}answers/")).text
    for wrong in (theirs.pk, closed.pk, "", "x", "9" * 20):
        assert client.post(f"{url}topic/", {"topic": wrong}).status_code == 422

    assert client.post(f"{url}topic/", {"topic": other.pk}).url == url

    with tenant_scope(portal.tenant):
        now = Ticket.objects.get(pk=panel.pk)
        assert (now.topic, now.department) == (other, portal.department)
        set_topic(actor=portal.agent, ticket=panel, topic=other)
        assert panel.events.filter(kind=EventKind.TOPIC_CHANGED).count() == 1
        with pytest.raises(PermissionError):
            set_topic(actor=portal.customer, ticket=panel, topic=portal.topic)
    page = client.get(url)
    assert "Elin Lund changed the topic from “Fault report” to “Order <x>”" in Page(page).text
    assert "From an earlier form Part Panel" in Page(page).text, "what was answered is still there"
    answers = Page(client.get(f"{url}answers/")).text
    assert "These answers stay as they are. Part Panel" in answers
    assert values(portal, panel) == {"part": "p"}


def test_a_ticket_about_something_else_may_be_routed_again(portal, panel, browse):
    with tenant_scope(portal.tenant):
        other = TopicFactory(department=portal.other_department)
        RoutingSettings.objects.create(earlier_days=30)
        claim(actor=portal.agent, ticket=panel)
    client, url = browse(portal, portal.administrator), f"/desk/tickets/{panel.number}/"

    assert client.post(f"{url}topic/", {"topic": other.pk, "again": "on"}).url == url

    with tenant_scope(portal.tenant):
        now = Ticket.objects.get(pk=panel.pk)
        assert (now.topic, now.department, now.assignee) == (other, portal.other_department, None)
        kinds = list(panel.events.order_by("pk").values_list("kind", flat=True))
        assert kinds[-2:] == [EventKind.TOPIC_CHANGED, EventKind.TRANSFERRED]
        name = portal.administrator.public_name
    page = Page(client.get(url))
    again = f"The rules chose Field service again, because the topic was changed by {name}"
    assert page.text.count(again) == 2, "in the timeline and as the reason"
    assert "handed the ticket over" not in page.text
    assert f"Decided: Field service answers tickets about “{other.name_en}”." in page.text
    assert "Too late: Service desk takes what nothing else decides." in page.text
    assert client.post(f"{url}topic/", {"topic": portal.topic.pk, "again": "on"}).url == url
    assert browse(portal, portal.agent).post(f"{url}topic/", {"topic": other.pk, "again": "on"}).url == "/desk/"
