"""With which priority a ticket begins, who sees it, and how it is revised."""

import itertools

import pytest
from django import forms
from django.template import engines
from hypothesis import given
from hypothesis import strategies as st

from accounts.scoping import tenant_scope
from tests.conftest import make_portal
from tests.factories import make_ticket
from tests.pages import Page, snapshot
from tickets.actions.priorities import define_priority, set_priority_settings
from tickets.actions.setting_priority import set_priority
from tickets.enums import Channel, EventKind, Priority, PriorityUse
from tickets.forms.priorities import PriorityChoice
from tickets.links import ticket_link
from tickets.models import PriorityDefinition, PrioritySettings, TicketEvent
from tickets.priorities import priority_definitions, priority_settings, starting_priority

LOW, MEDIUM, HIGH, URGENT = Priority
URL = "/settings/priorities/"


# -- with which one a ticket begins ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "begins"),
    [
        ({}, (MEDIUM, "default")),
        ({"topic": "high"}, (HIGH, "topic")),
        ({"topic": "nonsense"}, (MEDIUM, "default")),
        ({"chosen": "urgent"}, (MEDIUM, "default")),
        ({"chosen": "urgent", "topic": "high"}, (HIGH, "topic")),
        ({"chosen": "urgent", "by_agent": True, "topic": "high", "channel": "mail"}, (URGENT, "agent")),
        ({"by_agent": True, "topic": "high"}, (HIGH, "topic")),
        ({"channel": "mail", "topic": "high"}, (LOW, "channel")),
        ({"channel": "mail", "by_agent": True}, (LOW, "channel")),
    ],
)
def test_a_ticket_begins_with_what_comes_first(values, begins):
    settings = PrioritySettings(use="hidden", by_channel={"mail": "low", "phone": "no such priority"})

    assert starting_priority(settings, **{"channel": Channel.PHONE, **values}) == begins


def test_customers_choose_only_where_they_may_and_the_channel_fixes_nothing():
    chosen = PrioritySettings(use="chosen", by_channel={"mail": "low"})

    assert starting_priority(chosen, channel="portal", topic="high", chosen="urgent") == (URGENT, "customer")
    assert starting_priority(chosen, channel="portal", topic="high") == (HIGH, "topic")
    assert starting_priority(chosen, channel="mail", chosen="urgent") == (LOW, "channel")
    for use in (PriorityUse.SHOWN, PriorityUse.HIDDEN):
        assert starting_priority(PrioritySettings(use=use), channel="portal", chosen="urgent")[1] == "default"


anything = st.one_of(st.none(), st.sampled_from(Priority.values), st.text(max_size=8))


@given(
    st.sampled_from(PriorityUse.values),
    st.dictionaries(st.sampled_from(Channel.values), anything),
    st.sampled_from(Channel.values),
    anything,
    anything,
    st.booleans(),
)
def test_there_is_always_one_of_the_four_and_only_agents_go_before_the_channel(
    use, fixed, channel, topic, chosen, agent
):
    settings = PrioritySettings(use=use, by_channel=fixed)
    priority, why = starting_priority(settings, channel=channel, topic=topic or "", chosen=chosen, by_agent=agent)

    assert priority in Priority.values
    assert (why == "agent") == (agent and chosen in Priority.values)
    if why != "agent" and fixed.get(channel) in Priority.values:
        assert (priority, why) == (fixed[channel], "channel")
    if use != PriorityUse.CHOSEN:
        assert why != "customer"


# -- what the portal says about them --------------------------------------------------------------------------------


def test_only_administrators_and_operators_say_what_priorities_mean(in_scope):
    for actor in (in_scope.agent, in_scope.customer):
        with pytest.raises(PermissionError):
            define_priority(actor=actor, priority=LOW, definitions=("a", "b"))
        with pytest.raises(PermissionError):
            set_priority_settings(actor=actor, use=PriorityUse.CHOSEN, default=LOW, by_channel={})
    define_priority(actor=None, priority=LOW, definitions=("kan vänta", "can wait"), examples=("", "a font"))
    define_priority(actor=in_scope.administrator, priority=LOW, definitions=("kan vänta", "waits"))
    set_priority_settings(actor=None, use=PriorityUse.SHOWN, default=HIGH, by_channel={"mail": "low", "phone": ""})
    set_priority_settings(actor=None, use=PriorityUse.CHOSEN, default=LOW, by_channel={"mail": "low", "phone": ""})

    assert [row.priority for row in priority_definitions()] == Priority.values
    assert [row.definition for row in priority_definitions()] == ["waits", "", "", ""]
    assert PriorityDefinition.objects.count() == PrioritySettings.objects.count() == 1
    settings = priority_settings()
    assert (settings.use, settings.default, settings.by_channel) == ("chosen", "low", {"mail": "low"})


def form_of(page: Page) -> dict[str, str]:
    return page.form(URL)


def test_the_settings_are_saved_and_shown_as_the_customer_sees_them(portal, other_portal, browse):
    client = browse(portal, portal.administrator)
    before = snapshot(without=("accounts.Session",))
    fields = form_of(Page(client.get(URL)))
    assert fields["use"] == "hidden"
    assert snapshot(without=("accounts.Session",)) == before

    fields |= {
        "use": "chosen",
        "default": "low",
        "channel_mail": "low",
        "urgent_definition_sv": "Driften står stilla <b>",
        "urgent_definition_en": "The service stands still",
        "urgent_example_en": "Nobody can sign in",
    }
    assert client.post(URL, fields).url == URL
    page = Page(client.get(URL))

    assert form_of(page) == {**fields, "csrfmiddlewaretoken": form_of(page)["csrfmiddlewaretoken"]}
    for words in ("Driften står stilla <b>", "The service stands still", "Example: Nobody can sign in"):
        assert words in page.text
    with tenant_scope(other_portal.tenant):
        assert priority_settings().use == "hidden"
        assert not PriorityDefinition.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"use": "x"}, {"default": ""}, {"channel_mail": "highest"}, {"low_definition_sv": "x" * 501}]
)
def test_wrong_settings_keep_what_was_typed_and_change_nothing(portal, other_portal, browse, wrong):
    client = browse(portal, portal.administrator)
    fields = {**form_of(Page(client.get(URL))), "high_example_sv": "Typed long", **wrong}

    response = client.post(URL, fields)

    assert response.status_code == 422
    assert form_of(Page(response))["high_example_sv"] == "Typed long"
    with tenant_scope(portal.tenant):
        assert not PrioritySettings.objects.exists()
        assert not PriorityDefinition.objects.exists()


# -- who sees it ----------------------------------------------------------------------------------------------------


@pytest.fixture
def ticket(portal, other_portal):
    with tenant_scope(portal.tenant):
        return make_ticket(requester=portal.customer, topic=portal.topic)


def use(portal, how: PriorityUse) -> None:
    with tenant_scope(portal.tenant):
        set_priority_settings(actor=None, use=how, default=MEDIUM, by_channel={})


def revise(portal, ticket, priority: Priority, reason: str) -> None:
    with tenant_scope(portal.tenant):
        set_priority(actor=portal.agent, ticket=ticket, priority=priority, reason=reason)


def customers_pages(portal, ticket, browse) -> list[str]:
    with tenant_scope(portal.tenant):
        link = ticket_link(ticket, portal.customer).split(":8000", 1)[-1]
    signed_in = browse(portal, portal.customer)
    link = link[link.index("/t/") :]
    pages = [signed_in.get(url) for url in (f"/tickets/{ticket.number}/", "/tickets/?show=all", "/")]
    return [Page(response).text for response in [*pages, browse(portal).get(link)]]


def test_hidden_means_that_customers_read_nothing_of_it(portal, ticket, browse):
    """I12"""
    use(portal, PriorityUse.HIDDEN)
    revise(portal, ticket, URGENT, "It burns in the cellar")

    for text in customers_pages(portal, ticket, browse):
        assert not any(word in text for word in ("Urgent", "urgent", "riority", "burns"))


@pytest.mark.parametrize("how", [PriorityUse.SHOWN, PriorityUse.CHOSEN])
def test_shown_they_read_it_and_each_revision_with_its_reason(portal, ticket, browse, how):
    use(portal, how)
    revise(portal, ticket, URGENT, "It burns <b>")

    page, tickets, home, by_link = customers_pages(portal, ticket, browse)
    for text in (page, by_link):
        assert "Priority urgent" in text
        assert "Elin Lund changed the priority from Medium to Urgent: It burns <b>" in text
    assert "Urgent" in tickets
    assert "Urgent" in home


def test_what_was_revised_while_it_was_hidden_stays_with_the_staff(portal, ticket, browse):
    revise(portal, ticket, HIGH, "A customer who shouts")
    use(portal, PriorityUse.SHOWN)
    revise(portal, ticket, LOW, "Solved by restarting")

    page, *_others = customers_pages(portal, ticket, browse)
    assert "restarting" in page
    assert "shouts" not in page
    use(portal, PriorityUse.HIDDEN)
    assert "restarting" not in customers_pages(portal, ticket, browse)[0]
    assert "shouts" in Page(browse(portal, portal.agent).get(f"/desk/tickets/{ticket.number}/")).text


# -- revising it ----------------------------------------------------------------------------------------------------


def test_a_revision_on_the_desk_needs_a_reason_and_says_who_reads_it(portal, ticket, browse):
    client, url = browse(portal, portal.agent), f"/desk/tickets/{ticket.number}/"
    for reason in ("", "   ", "x" * 201):
        assert client.post(f"{url}priority/", {"priority": "high", "reason": reason}).status_code == 422
    assert "Only staff read it." in Page(client.get(url)).text
    use(portal, PriorityUse.SHOWN)
    assert "The customer reads it, too." in Page(client.get(url)).text
    assert client.post(f"{url}priority/", {"priority": "high", "reason": "Two more called"}).url == url

    with tenant_scope(portal.tenant):
        (event,) = TicketEvent.objects.filter(kind=EventKind.PRIORITY_CHANGED)
        assert event.data == {"from": "medium", "to": "high", "reason": "Two more called", "shown": True}


def test_the_choice_shows_each_priority_with_its_definition(db):
    portal = make_portal("west")
    with tenant_scope(portal.tenant):
        define_priority(actor=None, priority=HIGH, definitions=("", "Work <stops>"), examples=("", "No alarms"))
        form = type("F", (forms.Form,), {"priority": PriorityChoice()})({"priority": "highest"})
        template = engines["django"].from_string(
            "{% include 'components/priority_choice.html' with field=form.priority %}"
        )
        html = template.render({"form": form})

    assert "Work &lt;stops&gt;" in html
    assert html.count('type="radio"') == 4
    assert "Choose one of the four priorities." in html
    order = [html.index(f'value="{priority}"') for priority in Priority]
    assert all(one < two for one, two in itertools.pairwise(order))
