"""Where tickets meet service messages: services and topics, filing on what is disturbed, tickets about it."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from accounts.actions.closing_accounts import close_account
from accounts.scoping import tenant_scope
from knowledge.actions.service_messages import end_message, reopen_message, save_message
from knowledge.models import Service, ServiceMessage
from tests.factories import make_ticket
from tests.knowledge.test_service_messages import draft, told
from tests.pages import Page
from tickets.actions.answering_together import answer_together, give_answers
from tickets.actions.merging import merge_tickets
from tickets.actions.service_links import link_to_service_message
from tickets.known_trouble import messages_to_link
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
    client.post(reverse("service_move", args=[second.pk]), {"do": "up"})
    client.post(reverse("service_offer", args=[first.pk]), {})
    assert [(one.name_en, one.is_active) for one in Service.objects.all()] == [("Sign-in", True), ("Exchange", False)]
    assert TopicService.objects.filter(topic=in_scope.topic).count() == 2
    type(in_scope.topic).objects.filter(pk=in_scope.topic.pk).update(is_active=False)
    kept = {"name_en": "Log in", "name_sv": "", "topics": [in_scope.topic.pk]}
    assert client.post(reverse("service", args=[second.pk]), kept).status_code == 302
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


def test_a_guest_whose_account_is_closed_files_and_links_like_any_other(in_scope, browse):
    """Nothing tells them, or whoever uses their address, that it is closed."""
    message, address = disturbed(in_scope), f"/tickets/new/{in_scope.topic.slug}/"
    close_account(actor=in_scope.administrator, user=in_scope.customer)
    client = browse(in_scope)
    words = {"subject": "No alarms", "body": "Since this morning.", "email": in_scope.customer.email, "name": "Anna"}
    fields = filing_of(Page(client.get(address)))

    assert client.post(address, {**fields, **words, "phone": "", "about": [message.pk]}).status_code == 302
    assert TicketServiceMessage.objects.get().service_message == message


def test_the_links_are_in_the_tickets_history_which_staff_read(in_scope, browse):
    message, ticket = disturbed(in_scope), make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    client, desk = browse(in_scope, in_scope.agent), reverse("desk_ticket", args=[ticket.number])
    links = reverse("desk_service_links", args=[message.pk])
    assert f'formaction="{links}"' in client.get(desk).content.decode()

    for _again in range(2):
        back = client.post(links, {"ticket": [ticket.number], "next": desk})
    assert back.headers["Location"] == desk
    page = client.get(desk).content.decode()
    assert "linked the ticket to “Alarms do not get through”" in page
    assert f'formaction="{links}"' not in page
    client.post(links, {"ticket": [ticket.number], "unlink": "1", "next": "https://evil.example/"})
    assert "took away the link to “Alarms do not get through”" in Page(client.get(desk)).text
    kinds = ticket.events.filter(kind__startswith="service").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["service_linked", "service_unlinked"]
    theirs = Page(browse(in_scope, in_scope.customer).get(reverse("ticket", args=[ticket.number]))).text
    assert "linked the ticket" not in theirs
    assert "took away the link" not in theirs


def test_drafts_what_is_to_come_and_what_was_over_long_ago_are_not_offered(in_scope, other_portal):
    now = timezone.now()
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    save_message(actor=in_scope.agent, message=None, draft=draft(title_en="Draft"))
    told(in_scope, title_en="Soon", starts_at=now + timedelta(days=1))
    lately, past, lasting = (told(in_scope, title_en=title) for title in ("Lately", "Past", "Lasting"))
    for message, days in ((lately, 6), (past, 8)):
        ServiceMessage.objects.filter(pk=message.pk).update(over_at=now - timedelta(days=days))
    with tenant_scope(other_portal.tenant):
        told(other_portal, title_en="Theirs")

    offered = [message.title_en for message in messages_to_link(ticket, in_scope.agent, now)]
    assert sorted(offered) == ["Lasting", "Lately"]
    link_to_service_message(actor=in_scope.agent, ticket=ticket, message=lasting, as_staff=True)
    assert messages_to_link(ticket, in_scope.agent, now) == [lately]


def test_what_turned_out_not_to_be_over_is_answered_once_more_after_it_is(in_scope):
    message, ticket = disturbed(in_scope), make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    link_to_service_message(actor=in_scope.customer, ticket=ticket, message=message)

    def answer(words: str) -> int:
        answer = answer_together(actor=in_scope.agent, message=message, body=words, closes=False)
        give_answers()
        return answer.total if answer else 0

    end_message(actor=in_scope.agent, message=message)
    assert [answer("Over."), answer("Over.")] == [1, 0]
    reopen_message(actor=in_scope.agent, message=message, text_sv="", text_en="Not yet.")
    assert answer("Over.") == 0
    end_message(actor=in_scope.agent, message=message)
    assert [answer("Now it is."), answer("Now it is.")] == [1, 0]


def test_what_a_merged_ticket_waits_for_the_other_one_waits_for(in_scope):
    message = disturbed(in_scope)
    one, other = (make_ticket(requester=in_scope.customer, topic=in_scope.topic) for _number in range(2))
    link_to_service_message(actor=in_scope.customer, ticket=one, message=message)
    merge_tickets(actor=in_scope.agent, ticket=one, into=other)

    assert answer_together(actor=in_scope.agent, message=message, body="Over.", closes=True).total == 1
    give_answers()
    assert Message.objects.get(body="Over.").ticket == other
