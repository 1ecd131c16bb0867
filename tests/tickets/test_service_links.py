"""Where tickets meet service messages: services and topics, filing on what is disturbed, tickets about it."""

import pytest
from django.urls import reverse

from knowledge.actions.service_messages import end_message
from knowledge.models import Service
from tests.factories import make_ticket
from tests.knowledge.test_service_messages import told
from tests.pages import Page
from tickets.actions import answering_together
from tickets.actions.answering_together import answer_together
from tickets.actions.closing import close_ticket
from tickets.actions.service_links import link_to_service_message
from tickets.models import Message, Ticket, TicketServiceMessage, TopicService


def disturbed(portal, **changes):
    """A service of the portal's topic, and what is told of it."""
    service = Service.objects.create(name_en="Exchange")
    TopicService.objects.create(service=service, topic=portal.topic)
    return told(portal, services=[service.pk], **changes)


def filing_of(page: Page) -> dict[str, str]:
    return next(form["fields"] for form in page.forms if "filing_key" in form["fields"])


def test_an_administrator_names_services_orders_them_and_says_which_topics_are_about_them(
    in_scope, other_portal, browse
):
    client = browse(in_scope, in_scope.administrator)
    for name in ("Exchange", "Sign-in"):
        form = {"name_sv": "", "name_en": name, "topics": [in_scope.topic.pk]}
        assert client.post("/settings/services/new/", form).status_code == 302
    assert client.post("/settings/services/new/", {"name_sv": "", "name_en": ""}).status_code == 422
    foreign = {"name_en": "Theirs", "topics": [other_portal.topic.pk]}
    assert client.post("/settings/services/new/", foreign).status_code == 422

    first, second = Service.objects.all()
    client.post(reverse("service_move", args=[second.pk]), {"direction": "up"})
    client.post(reverse("service_offer", args=[first.pk]), {})
    assert [(one.name_en, one.is_active) for one in Service.objects.all()] == [("Sign-in", True), ("Exchange", False)]
    assert TopicService.objects.filter(topic=in_scope.topic).count() == 2
    client.post(reverse("service", args=[first.pk]), {"name_en": "Phones", "name_sv": ""})
    assert list(TopicService.objects.values_list("service", flat=True)) == [second.pk]
    assert Page(client.get("/settings/services/")).main["data-total"] == "2"
    assert browse(in_scope, in_scope.agent).get("/settings/services/").status_code == 404


def test_who_files_on_an_affected_topic_is_told_first_and_can_say_that_it_is_about_it(in_scope, browse):
    message, other = disturbed(in_scope), told(in_scope, title_en="Elsewhere")
    client, address = browse(in_scope, in_scope.customer), f"/tickets/new/{in_scope.topic.slug}/"
    page = Page(client.get(address))
    assert "We know of this: Alarms do not get through" in page.text
    assert "We know of this: Elsewhere" not in page.text

    wrong = client.post(address, {**filing_of(page), "subject": "", "body": "x", "about": [message.pk]})
    assert wrong.status_code == 422
    ticked = [given for _tag, given in Page(wrong).elements if given.get("name") == "about"]
    assert "checked" in ticked[0]
    said = {**filing_of(page), "subject": "No alarms", "body": "Since this morning.", "about": [message.pk, other.pk]}
    assert client.post(address, said).status_code == 302
    ticket = Ticket.objects.get()
    link = TicketServiceMessage.objects.get()
    assert (link.ticket, link.service_message, link.linked_by) == (ticket, message, in_scope.customer)
    assert "This ticket is about" in Page(client.get(reverse("ticket", args=[ticket.number]))).text


def test_what_is_for_staff_or_over_is_not_told_at_the_form(in_scope, browse):
    disturbed(in_scope, audience="staff")
    end_message(actor=in_scope.agent, message=disturbed(in_scope, title_en="Past"))

    text = Page(browse(in_scope, in_scope.customer).get(f"/tickets/new/{in_scope.topic.slug}/")).text
    assert "We know of this" not in text


def test_an_agent_links_likely_tickets_and_lets_go_of_them(in_scope, other_portal, browse):
    message = disturbed(in_scope)
    near, far = (make_ticket(requester=in_scope.customer, topic=in_scope.topic) for _number in range(2))
    Ticket.objects.filter(pk=far.pk).update(department=in_scope.other_department)
    client, address = browse(in_scope, in_scope.agent), reverse("desk_service_tickets", args=[message.pk])
    assert near.subject in Page(client.get(address)).text

    links = reverse("desk_service_links", args=[message.pk])
    client.post(links, {"ticket": [near.number, far.number, "x", "99999999999"]})
    assert [link.ticket for link in TicketServiceMessage.objects.all()] == [near]  # the other one is not seen
    assert Page(client.get(address)).main["data-total"] == "1"
    assert "This ticket is about" in Page(client.get(reverse("desk_ticket", args=[near.number]))).text
    assert browse(in_scope, in_scope.customer).post(links, {"ticket": [near.number]}).status_code == 404
    assert browse(other_portal, other_portal.agent).get(address).status_code == 404

    client.post(links, {"ticket": [near.number], "unlink": "1"})
    assert not TicketServiceMessage.objects.exists()


def test_linked_open_tickets_are_answered_together_each_once(in_scope, browse, monkeypatch):
    monkeypatch.setattr(answering_together, "A_TURN", 2)
    message = disturbed(in_scope)
    tickets = [make_ticket(requester=in_scope.customer, topic=in_scope.topic) for _number in range(4)]
    unseen = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    Ticket.objects.filter(pk=unseen.pk).update(department=in_scope.other_department)
    for one in (*tickets, unseen):
        link_to_service_message(actor=in_scope.customer, ticket=one, message=message)
    close_ticket(actor=in_scope.agent, ticket=tickets[3], as_staff=True)
    client, address = browse(in_scope, in_scope.agent), reverse("desk_service_answer", args=[message.pk])

    assert client.post(address, {"body": ""}).status_code == 422
    first = Page(client.post(address, {"body": "It works again.", "closes": "on"}))
    assert "2 tickets are answered." in first.text
    assert first.forms[-1]["fields"]["body"] == "It works again."  # for the rest
    for _again in range(2):
        client.post(address, {"body": "It works again.", "closes": "on"})
    replies = Message.objects.filter(author=in_scope.agent, body="It works again.")
    assert sorted(replies.values_list("ticket", flat=True)) == [one.pk for one in tickets[:3]]
    assert set(Ticket.objects.filter(pk__in=[one.pk for one in tickets]).values_list("status", flat=True)) == {"closed"}
    assert Ticket.objects.get(pk=unseen.pk).status != "closed"


def test_what_stops_in_the_middle_goes_on_where_it_was(in_scope, monkeypatch):
    message = disturbed(in_scope)
    tickets = [make_ticket(requester=in_scope.customer, topic=in_scope.topic) for _number in range(3)]
    for one in tickets:
        link_to_service_message(actor=in_scope.customer, ticket=one, message=message)
    real, times = answering_together.reply_to_ticket, []

    def dies_second(**given):
        times.append(given)
        if len(times) == 2:
            raise KeyboardInterrupt
        return real(**given)

    monkeypatch.setattr(answering_together, "reply_to_ticket", dies_second)
    with pytest.raises(KeyboardInterrupt):
        answer_together(actor=in_scope.agent, message=message, body="Over.", closes=False)
    answer_together(actor=in_scope.agent, message=message, body="Over.", closes=False)

    replies = Message.objects.filter(body="Over.")
    assert sorted(replies.values_list("ticket", flat=True)) == [one.pk for one in tickets]
