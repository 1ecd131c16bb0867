"""Who sees which incoming mails, and how they are found."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.scoping import tenant_scope
from notifications.ledger import (
    Asked,
    counts_of_incoming,
    incoming_of_ticket,
    incoming_seen_by,
    is_told_of_waiting,
    matching_incoming,
    raw_bytes,
    rule_about,
    waiting_for_decision,
)
from notifications.models import IncomingMail, SenderRule
from routing.actions.arranging import add_member
from tests.factories import AgentFactory, TopicFactory, make_ticket
from tests.notifications.ledgers import address_of, eml, stored


@pytest.fixture
def elsewhere(in_scope):
    """An agent of another department."""
    agent = AgentFactory()
    add_member(actor=None, department=in_scope.other_department, user=agent)
    return agent


def seen(agent) -> set[int]:
    return set(incoming_seen_by(agent).values_list("pk", flat=True))


def test_a_mail_about_a_ticket_is_seen_by_whoever_sees_the_ticket(in_scope, elsewhere):
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    other_topic = TopicFactory(department=in_scope.other_department)
    theirs = address_of(in_scope, "theirs", topic=other_topic)
    mail = stored(ticket=ticket, address=theirs)

    assert seen(in_scope.agent) == seen(in_scope.lead) == seen(in_scope.administrator) == {mail.pk}
    assert seen(elsewhere) == set(), "that it came to their address does not show them a ticket they do not see"
    assert seen(in_scope.customer) == set()


def test_a_mail_about_no_ticket_is_seen_where_its_address_leads(in_scope, elsewhere):
    by_topic = stored(address=address_of(in_scope, "fault"))
    by_department = stored(address=address_of(in_scope, "field", department=in_scope.other_department))
    to_nobody = stored(reason="unknown_address")

    assert seen(in_scope.agent) == {by_topic.pk}
    assert seen(elsewhere) == {by_department.pk}
    assert seen(in_scope.administrator) == seen(AgentFactory(role="support_lead"))
    assert seen(in_scope.administrator) == {by_topic.pk, by_department.pk, to_nobody.pk}
    assert waiting_for_decision(elsewhere) == 1


def test_another_portal_sees_none_of_it(in_scope, other_portal):
    stored(address=address_of(in_scope))
    with tenant_scope(other_portal.tenant):
        assert seen(other_portal.administrator) == set()


def test_it_is_searched_by_sender_subject_message_id_number_and_day(in_scope):
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    anna = stored(
        sender="Anna@Kund.example", sender_name="Anna Åberg", subject="Larmet piper", mail_id="<a1@kund.example>"
    )
    bo = stored(
        sender="bo@away.example", subject="Order 77", ticket=ticket, state="reply", recipient="order@north.example"
    )

    def found(words: str) -> set[int]:
        return set(matching_incoming(IncomingMail.objects.all(), Asked(words)).values_list("pk", flat=True))

    assert found("ANNA@kund.EXAMPLE") == found("åberg") == found("aberg LARMET") == {anna.pk}
    assert found("<a1@kund.example>") == found("a1@kund.example") == {anna.pk}
    assert found(f"#{ticket.number}") == found("bo@away") == found("77") == {bo.pk}
    assert found("order@north.example") == {bo.pk}
    assert found("") == {anna.pk, bo.pk}
    assert found("nothing\x00 like% this_") == found("@") - {anna.pk, bo.pk} == set()


def test_days_are_those_of_the_reader_and_both_ends_count(in_scope, settings):
    settings.TIME_ZONE = "Europe/Stockholm"
    late = stored(received_at=datetime(2026, 3, 1, 22, 30, tzinfo=UTC))  # 23.30 in Stockholm
    later = stored(received_at=datetime(2026, 3, 1, 23, 30, tzinfo=UTC))  # 00.30 on the second

    def found(since: int | None, until: int | None) -> set[int]:
        days = [datetime(2026, 3, day, tzinfo=UTC).date() if day else None for day in (since, until)]
        with timezone.override("Europe/Stockholm"):
            mails = matching_incoming(IncomingMail.objects.all(), Asked(since=days[0], until=days[1]))
            return set(mails.values_list("pk", flat=True))

    assert found(1, 1) == found(None, 1) == {late.pk}
    assert found(2, None) == found(2, 2) == {later.pk}
    assert found(1, 2) == {late.pk, later.pk}


def test_states_are_counted_in_one_query(in_scope, django_assert_num_queries):
    stored()
    stored(state="refused", reason="bulk")
    stored(state="failed", reason="broken")
    with django_assert_num_queries(1):
        counts = counts_of_incoming(IncomingMail.objects.all())
    assert dict(counts) == {"held": 1, "refused": 1, "failed": 1}
    assert counts["reply"] == 0


def test_leads_and_who_sees_all_are_told_of_what_waits(in_scope):
    assert [is_told_of_waiting(person) for person in (in_scope.lead, in_scope.administrator)] == [True, True]
    assert not is_told_of_waiting(in_scope.agent)
    assert not is_told_of_waiting(in_scope.customer)


def test_a_ticket_knows_its_mails_and_those_held_because_of_it(in_scope):
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    other = make_ticket(requester=in_scope.customer, topic=in_scope.topic, subject="Other")
    became = stored(state="new_ticket", ticket=ticket, message=ticket.messages.first())
    held = stored(ticket=ticket, received_at=timezone.now() + timedelta(seconds=1))
    stored(state="refused", reason="automatic", ticket=ticket)
    stored(ticket=other)

    assert incoming_of_ticket(ticket) == [became, held]


def test_the_bytes_come_back_as_they_were_in_pieces(in_scope):
    raw = eml(body="x" * 300_000) + bytes(range(256))
    assert raw_bytes(stored(raw=raw)) == raw
    assert raw_bytes(stored(raw=b"")) == b""


def test_a_rule_about_the_address_goes_before_one_about_its_domain(in_scope):
    SenderRule.objects.create(key="@kund.example", verdict="block")
    SenderRule.objects.create(key="anna@kund.example", verdict="accept")
    assert rule_about("anna@kund.example").verdict == "accept"
    assert rule_about("bo@kund.example").verdict == "block"
    assert rule_about("bo@sub.kund.example") is None
    assert rule_about("") is None
