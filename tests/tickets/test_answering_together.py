"""The tickets about a service message are answered together: one press, the rest is the worker's, each exactly once."""

import pytest
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from accounts.scoping import tenant_scope
from helpdesk.schedule import JOBS
from knowledge.models import ServiceMessage
from notifications.actions.draining import always, fan_out_pending
from notifications.models import Delivery
from tests.factories import UserFactory, make_ticket
from tests.notifications.conftest import let_time_pass
from tests.pages import Page
from tests.tickets.test_parallel import at_once
from tests.tickets.test_service_links import disturbed
from tickets.actions import answering_together
from tickets.actions.answering_together import answer_together, forget_shared_answers, give_answers
from tickets.actions.closing import close_ticket
from tickets.actions.service_links import link_to_service_message, unlink_from_service_message
from tickets.enums import EventKind
from tickets.models import Message, SharedAnswer, Ticket, TicketEvent, TicketServiceMessage
from tickets.rules import AnswersMissing


def linked(portal, message: ServiceMessage, number: int) -> list[Ticket]:
    tickets = [make_ticket(requester=UserFactory(), topic=portal.topic) for _each in range(number)]
    for ticket in tickets:
        link_to_service_message(actor=portal.agent, ticket=ticket, message=message, as_staff=True)
    return tickets


def replied(words: str) -> list[int]:
    """The tickets that got these words, each as often as it did."""
    return sorted(Message.objects.filter(body=words).values_list("ticket", flat=True))


def keys(tickets: list[Ticket]) -> list[int]:
    return [ticket.pk for ticket in tickets]


def test_one_press_answers_all_of_them_and_the_page_says_how_far_it_is(in_scope, browse, monkeypatch):
    monkeypatch.setattr(answering_together, "A_TURN", 2)
    message = disturbed(in_scope)
    tickets = linked(in_scope, message, 5)
    unseen = linked(in_scope, message, 1)[0]
    Ticket.objects.filter(pk=unseen.pk).update(department=in_scope.other_department)
    client, page = browse(in_scope, in_scope.agent), reverse("desk_service_tickets", args=[message.pk])
    press = reverse("desk_service_answer", args=[message.pk])

    assert client.post(press, {"body": ""}).status_code == 422
    for _twice in range(2):
        assert client.post(press, {"body": "It works again.", "closes": "on"}).url == page
    assert replied("It works again.") == []
    assert SharedAnswer.objects.get().total == 5
    assert give_answers()
    shown = Page(client.get(page))
    assert "2 of 5 tickets answered" in shown.text
    assert "Answer them together" not in shown.text
    part = client.get(page, headers={"HX-Request": "true"})
    assert "2 of 5 tickets answered" in Page(part).text
    assert not Page(part).all("main")
    assert "tickets answered" not in Page(browse(in_scope, in_scope.lead).get(page)).text

    while give_answers():
        pass
    assert replied("It works again.") == keys(tickets)
    assert set(Ticket.objects.filter(pk__in=keys(tickets)).values_list("status", flat=True)) == {"closed"}
    assert Ticket.objects.get(pk=unseen.pk).status != "closed"
    assert "5 tickets are answered." in Page(client.get(page)).text
    assert client.get(page, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_what_is_closed_or_taken_away_meanwhile_is_left_out(in_scope, browse):
    message = disturbed(in_scope)
    answered, closed, other, moved = linked(in_scope, message, 4)
    answer_together(actor=in_scope.agent, message=message, body="Over.", closes=False)
    close_ticket(actor=in_scope.agent, ticket=closed, as_staff=True)
    unlink_from_service_message(actor=in_scope.agent, ticket=other, message=message)
    Ticket.objects.filter(pk=moved.pk).update(department=in_scope.other_department)

    assert not give_answers()
    assert replied("Over.") == [answered.pk]
    answer = SharedAnswer.objects.get()
    assert (answer.done, answer.left_out, bool(answer.ended_at)) == (1, 3, True)
    text = Page(browse(in_scope, in_scope.agent).get(reverse("desk_service_tickets", args=[message.pk]))).text
    assert "1 ticket is answered. 3 were left out" in text


def test_a_worker_that_dies_or_a_task_that_comes_twice_answers_none_twice(in_scope, monkeypatch):
    message = disturbed(in_scope)
    tickets = linked(in_scope, message, 4)
    answer_together(actor=in_scope.agent, message=message, body="Over.", closes=True)
    fan_out_pending(always)
    real, times = answering_together.reply_to_ticket, []

    def dies(**given):
        times.append(given)
        made = real(**given)
        if len(times) in (2, 4):
            raise KeyboardInterrupt if len(times) == 2 else OperationalError("gone")  # nothing is committed yet
        return made

    monkeypatch.setattr(answering_together, "reply_to_ticket", dies)
    for trouble in (KeyboardInterrupt, OperationalError):
        with pytest.raises(trouble):
            give_answers()
    assert len(replied("Over.")) == 2
    for _often in range(3):
        give_answers()

    assert replied("Over.") == keys(tickets)
    assert SharedAnswer.objects.get().done == 4
    events = TicketEvent.objects.filter(kind=EventKind.REPLIED, ticket__in=tickets)
    let_time_pass()
    fan_out_pending(always)
    told = Delivery.objects.filter(ticket_event__in=events).values_list("recipient", flat=True)
    assert sorted(told) == sorted(ticket.requester_id for ticket in tickets)


def test_one_ticket_that_cannot_be_answered_holds_no_other_up(in_scope, monkeypatch):
    message = disturbed(in_scope)
    first, second, third = linked(in_scope, message, 3)
    answer_together(actor=in_scope.agent, message=message, body="Over.", closes=True)
    real = answering_together.reply_to_ticket

    def stumbles(**given):
        if given["ticket"] == first:
            raise RuntimeError("unforeseen")
        if given["ticket"] == second and given["and_status"] == "closed":
            raise AnswersMissing([])
        return real(**given)

    monkeypatch.setattr(answering_together, "reply_to_ticket", stumbles)
    assert not give_answers()
    assert replied("Over.") == [second.pk, third.pk]
    answer = SharedAnswer.objects.get()
    assert (answer.done, answer.kept_open, answer.left_out) == (2, 1, 1)
    assert Ticket.objects.get(pk=second.pk).status == "in_progress"  # what is missing is ours to answer
    monkeypatch.undo()
    again = answer_together(actor=in_scope.agent, message=message, body="Once more.", closes=True)
    assert again.total == 1


def test_its_job_is_on_the_clock_and_what_was_given_is_forgotten_after_a_week(in_scope, other_portal):
    message = disturbed(in_scope)
    tickets = linked(in_scope, message, 2)
    answer_together(actor=in_scope.agent, message=message, body="Over.", closes=False)
    next(job for job in JOBS if job.name == "tickets.give_answers").run()
    assert replied("Over.") == keys(tickets)
    assert forget_shared_answers() == 0
    SharedAnswer.objects.update(ended_at=timezone.now() - answering_together.KEPT_FOR)
    with tenant_scope(other_portal.tenant):
        assert forget_shared_answers() == 0
    assert forget_shared_answers() == 1
    assert TicketServiceMessage.objects.filter(answered_at__isnull=False).count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_once_and_two_workers_answer_each_ticket_once(portal):
    with tenant_scope(portal.tenant):
        message = disturbed(portal)
        tickets = linked(portal, message, 5)

    def press(number: int) -> object:
        actor = (portal.agent, portal.lead)[number % 2]
        return answer_together(actor=actor, message=message, body="Over.", closes=True)

    def work(_number: int) -> None:
        while give_answers():
            pass

    at_once(portal, press, times=4)
    at_once(portal, work, times=3)
    with tenant_scope(portal.tenant):
        assert replied("Over.") == keys(tickets)
        assert sum(SharedAnswer.objects.values_list("done", flat=True)) == 5
        assert not SharedAnswer.objects.filter(ended_at=None).exists()
