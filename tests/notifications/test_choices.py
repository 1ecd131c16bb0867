"""Which mails people chose not to get, and that somebody is told nonetheless."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.enums import Role
from accounts.models import AccountEvent, User
from accounts.scoping import tenant_scope
from knowledge.actions.subscribing import subscribe
from notifications.actions.choosing_mails import choose_mails
from notifications.choices import choices_of, left_after_muting
from notifications.enums import DESK_KINDS, MailKind
from notifications.models import MutedMail
from notifications.queries import muted_by, paces_of
from tests.factories import MemberFactory, make_ticket
from tests.knowledge.booking import make_occasion
from tests.notifications.conftest import told
from tests.notifications.test_telling import ADMIN, AGENT, ANNA, LEAD
from tests.pages import Page
from tickets.actions.closing import close_ticket, reopen_ticket
from tickets.actions.handing_over import assign, claim, transfer
from tickets.actions.replying import reply_to_ticket
from tickets.enums import Channel

people = st.integers(1, 5)
mails = st.frozensets(st.tuples(people, st.sampled_from(MailKind)), max_size=15)


@given(told=mails, muted=mails, concerned=st.frozensets(people))
def test_choices_are_heard_but_the_desk_is_never_deaf(told, muted, concerned):
    left = left_after_muting(told, muted, concerned=concerned)

    assert left <= told, "nobody is told who would not have been"
    assert told - muted <= left, "whoever switched nothing off is told"
    for kind in MailKind:
        group = {one for one in told if one[1] == kind}
        heard = group & left
        if kind in DESK_KINDS:
            assert bool(heard) == bool(group), "somebody of a group on the desk is always told"
            assert {one for one in group if one[0] in concerned} <= heard
            overruled = {one for one in heard & muted if one[0] not in concerned}
            assert not overruled or heard == group, "and if choices are overruled, then everybody's"
            assert not overruled or not group - muted, "which happens only where all have switched it off"
        else:
            assert heard == group - muted, "a customer's choice is about themselves alone"


def mute(person: User, *kinds: str) -> None:
    choose_mails(actor=person, user=person, wanted={choice.kind for choice in choices_of(person)} - set(kinds))


@pytest.fixture
def ticket(in_scope):
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    told(in_scope.tenant)
    return ticket


def test_a_new_ticket_is_not_mailed_to_who_does_not_want_it(in_scope):
    mute(in_scope.agent, "new_ticket")
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    assert told(in_scope.tenant) == {(ANNA, "confirmation"), (LEAD, "new_ticket")}


def test_where_a_whole_department_has_switched_it_off_all_of_them_are_told(in_scope):
    mute(in_scope.agent, "new_ticket")
    mute(in_scope.lead, "new_ticket")
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    assert told(in_scope.tenant) == {(ANNA, "confirmation"), (AGENT, "new_ticket"), (LEAD, "new_ticket")}


def test_who_wants_the_mail_but_is_away_does_not_count(in_scope):
    """The lead wanted it, but their account is closed: the agent is the last one left."""
    mute(in_scope.agent, "new_ticket")
    User.objects.filter(pk=in_scope.lead.pk).update(is_active=False)
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    assert told(in_scope.tenant) == {(ANNA, "confirmation"), (AGENT, "new_ticket")}


def test_replies_on_others_tickets_can_be_switched_off_but_not_on_ones_own(in_scope, ticket):
    mute(in_scope.agent, "customer_reply", "closed_by_customer", "reopened_by_customer")
    reply_to_ticket(actor=in_scope.customer, ticket=ticket, body="Hello", channel=Channel.LINK)
    assert told(in_scope.tenant) == {(LEAD, "customer_reply")}
    claim(actor=in_scope.agent, ticket=ticket)
    reply_to_ticket(actor=in_scope.customer, ticket=ticket, body="Hello", channel=Channel.LINK)
    assert told(in_scope.tenant) == {(AGENT, "customer_reply"), (LEAD, "customer_reply")}
    close_ticket(actor=in_scope.customer, ticket=ticket)
    assert (AGENT, "closed_by_customer") in told(in_scope.tenant)


def test_a_customer_switches_off_closing_and_reopening_but_no_answer(in_scope, ticket):
    mute(in_scope.customer, "closed", "reopened")
    close_ticket(actor=in_scope.agent, ticket=ticket, as_staff=True)
    reopen_ticket(actor=in_scope.agent, ticket=ticket, as_staff=True)
    assert told(in_scope.tenant) == set()
    reply_to_ticket(actor=in_scope.agent, ticket=ticket, body="Hello", channel=Channel.PORTAL, as_staff=True)
    assert told(in_scope.tenant) == {(ANNA, "reply")}


def test_what_nobody_may_do_without_comes_whatever_the_rows_say(in_scope, ticket):
    for kind in ("confirmation", "reply", "assigned", "password"):
        for person in (in_scope.customer, in_scope.agent):
            MutedMail.objects.create(user=person, kind=kind)
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    assert (ANNA, "confirmation") in told(in_scope.tenant)
    reply_to_ticket(actor=in_scope.lead, ticket=ticket, body="Hello", channel=Channel.PORTAL, as_staff=True)
    assert told(in_scope.tenant) == {(ANNA, "reply")}
    assign(actor=in_scope.lead, ticket=ticket, assignee=in_scope.agent)
    assert told(in_scope.tenant) == {(AGENT, "assigned")}


def test_a_handed_over_ticket(in_scope, ticket):
    for person in (in_scope.agent, in_scope.administrator):
        MemberFactory(department=in_scope.other_department, user=person)
    mute(in_scope.agent, "transferred")
    transfer(actor=in_scope.lead, ticket=ticket, department=in_scope.other_department)
    assert told(in_scope.tenant) == {(ADMIN, "transferred")}


def test_nobody_may_do_without_mails_about_accounts_or_answers_to_their_own_ticket():
    never = {"confirmation", "reply", "assigned", "password", "code", "security", "invitation", "closed_account"}
    for role in Role:
        kinds = {choice.kind for choice in choices_of(User(role=role))}
        assert kinds
        assert not kinds & never
        assert (kinds <= DESK_KINDS) == (role != Role.CUSTOMER)
        assert ("new_application" in kinds) == (role in (Role.ADMINISTRATOR, Role.SUPPORT_LEAD))


def test_choosing_from_the_page(in_scope, other_portal, browse):
    client = browse(in_scope, in_scope.customer)
    page = client.get("/account/notifications/").content.decode()
    at_once = '<option value="at_once" selected>'
    assert page.count(at_once) == len(choices_of(in_scope.customer))
    chosen = {"closed": "at_once", "collaborator_added": "daily", "reopened": "off", "colleague_reply": "off"}
    answer = client.post("/account/notifications/", chosen, follow=True).content.decode()
    assert "Your choices are saved" in answer
    assert muted_by(in_scope.customer) == {"reopened", "colleague_reply"}
    assert paces_of(in_scope.customer) == {"collaborator_added": "daily"}
    assert (answer.count(at_once), answer.count('<option value="daily" selected>')) == (1, 1)
    others = {"closed": "hourly", "collaborator_added": "off", "reopened": "at_once", "new_ticket": "off"}
    client.post("/account/notifications/", chosen | others | {"confirmation": "off"})
    assert muted_by(in_scope.customer) == {"collaborator_added", "colleague_reply"}
    assert paces_of(in_scope.customer) == {"closed": "hourly"}
    wrong = client.post("/account/notifications/", chosen | {"closed": "whenever"})
    assert wrong.status_code == 422
    assert paces_of(in_scope.customer) == {"closed": "hourly"}
    with tenant_scope(other_portal.tenant):
        assert muted_by(other_portal.customer) == set()
        assert not MutedMail.objects.exists()


def test_a_choice_is_written_down_once(in_scope):
    mute(in_scope.customer, "closed")
    mute(in_scope.customer, "closed")
    assert AccountEvent.objects.get(user=in_scope.customer).data == {"fields": ["mails"]}


def test_choices_are_ones_own(in_scope):
    with pytest.raises(PermissionError):
        choose_mails(actor=in_scope.administrator, user=in_scope.customer, wanted=set())
    assert not MutedMail.objects.exists()


@pytest.mark.parametrize("role", ["customer", "agent", "lead", "administrator"])
def test_the_page_offers_what_the_role_gets(in_scope, browse, role):
    person = getattr(in_scope, role)
    page = browse(in_scope, person).get("/account/notifications/").content.decode()
    for choice in choices_of(person):
        assert f'name="{choice.kind}"' in page
    assert ('name="new_application"' in page) == (role == "administrator")


def test_the_page_says_whether_service_messages_are_mailed_and_where_to_change_it(in_scope, browse):
    client = browse(in_scope, in_scope.customer)

    page = Page(client.get("/account/notifications/"))
    assert "Disturbances and planned work are not mailed to you." in page.text
    assert "/service-messages/subscription/" in page.links()
    assert "what you book" not in page.text
    subscribe(actor=in_scope.customer, user=in_scope.customer)
    make_occasion()

    page = Page(client.get("/account/notifications/"))
    assert "Disturbances and planned work that concern you are mailed to you." in page.text
    assert "Mails about what you book" in page.text
