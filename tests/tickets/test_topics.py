"""Help topics: who is offered which, how they are found, and what each leads to."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Agreement
from accounts.scoping import tenant_scope
from routing.models import RoutingRule
from tests.factories import AgentFactory, OrganisationFactory, TopicFactory, UserFactory, make_ticket
from tests.pages import Page, plain_answer
from tickets.actions.arranging import (
    MisplacedTopic,
    SlugTaken,
    add_topic,
    move_topic,
    restore_topic,
    retire_topic,
    update_topic,
)
from tickets.actions.counting import count_uses
from tickets.enums import Audience, LeadsTo
from tickets.models import HelpTopic, Ticket, TopicAgreement, TopicOrganisation
from tickets.queries import offered_topics, open_topics
from tickets.topic_tree import choice_for

FILED = {"subject": "It beeps", "body": "Since this morning", "email": "new@kund.example", "name": "Nils New"}


def slugs(rows) -> list[str]:
    return [row.slug for row in rows]


def arrange(name: str, parent: HelpTopic | None = None, **values) -> HelpTopic:
    return add_topic(actor=None, slug=name.lower(), names=("", name), parent=parent, **values)


# Who is offered what


@pytest.fixture
def audiences(in_scope):
    """A topic for each audience, and people of every kind."""
    agreement = Agreement.objects.create(name="Gold")
    gold = OrganisationFactory(agreement=agreement)
    arrange("Signed", audience=Audience.SIGNED_IN)
    arrange("Ours", audience=Audience.ORGANISATIONS, organisations=[in_scope.organisation])
    arrange("Golden", audience=Audience.AGREEMENTS, agreements=[agreement])
    return {
        "guest": None,
        "alone": UserFactory(),
        "ours": in_scope.customer,
        "golden": UserFactory(organisation=gold),
        "agent": in_scope.agent,
    }


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        ("guest", ["fault"]),
        ("alone", ["fault", "signed"]),
        ("ours", ["fault", "signed", "ours"]),
        ("golden", ["fault", "signed", "golden"]),
        ("agent", ["fault", "signed", "ours", "golden"]),
    ],
)
def test_a_topic_is_offered_to_its_audience(audiences, browse, in_scope, who, offered):
    person = audiences[who]

    assert slugs(open_topics(person)) == offered
    client = browse(in_scope, person)
    for slug in ("fault", "signed", "ours", "golden"):
        assert client.get(f"/tickets/new/{slug}/").status_code == (200 if slug in offered else 404)
    page = Page(client.get("/"))
    assert {link for link in page.links() if link.startswith("/tickets/new/") and link != "/tickets/new/"} == {
        f"/tickets/new/{slug}/" for slug in offered
    }


def test_what_is_not_offered_looks_like_what_is_not_there(audiences, browse, in_scope):
    for person in (None, audiences["alone"]):
        client = browse(in_scope, person)
        client.get("/")
        kept, missing = (client.get(f"/tickets/new/{slug}/") for slug in ("golden", "nothing"))

        assert plain_answer(kept, "golden") == plain_answer(missing, "nothing")
        assert ("/sign-in/?next=/tickets/new/golden/" in Page(kept).links()) == (person is None)


def test_what_is_not_offered_takes_no_ticket_either(audiences, browse, in_scope):
    response = browse(in_scope).post("/tickets/new/golden/", FILED)
    missing = browse(in_scope).post("/tickets/new/nothing/", FILED)

    assert response.status_code == missing.status_code == 410
    assert "Golden" not in Page(response).text
    assert not Ticket.objects.exists()


def test_an_agreement_that_has_ended_offers_nothing(audiences, in_scope):
    person = audiences["golden"]
    person.organisation.agreement_until = timezone.localdate() - timedelta(days=2)
    person.organisation.save()

    assert "golden" not in slugs(open_topics(person))


def test_who_may_not_see_a_heading_sees_nothing_below_it(in_scope):
    heading = arrange("Members", audience=Audience.SIGNED_IN)
    middle = arrange("Middle", heading)
    arrange("Inner", middle)

    assert slugs(offered_topics(None)) == ["fault"]
    assert slugs(open_topics(in_scope.customer)) == ["fault", "inner"]

    retire_topic(actor=in_scope.administrator, topic=heading)

    assert slugs(offered_topics(in_scope.agent)) == ["fault"]


def test_a_heading_takes_no_ticket_and_leads_to_what_is_below_it(in_scope, browse):
    heading = arrange("Alarms")
    arrange("Fire", heading)
    client = browse(in_scope, in_scope.customer)

    assert "alarms" not in slugs(open_topics(in_scope.customer))
    assert client.get("/tickets/new/alarms/").headers["Location"] == "/tickets/new/#topic-alarms"
    assert client.post("/tickets/new/alarms/", FILED).status_code == 410
    assert not Ticket.objects.exists()


def test_a_heading_without_anything_for_this_reader_is_left_out(in_scope):
    heading = arrange("Alarms")
    arrange("Fire", heading, audience=Audience.SIGNED_IN)

    assert [end.topic.slug for end in choice_for(None).tree] == ["fault"]
    assert slugs(open_topics(None)) == ["fault"]


def test_another_portals_topics_are_nobodys_here(in_scope, other_portal, browse):
    with tenant_scope(other_portal.tenant):
        TopicFactory(slug="theirs", name_en="Theirs")

    assert slugs(offered_topics(in_scope.administrator)) == ["fault"]
    assert browse(in_scope, in_scope.customer).get("/tickets/new/theirs/").status_code == 404


# What a topic leads to


def test_guidance_is_read_and_takes_no_ticket(in_scope, browse):
    arrange("Access", leads_to=LeadsTo.GUIDANCE, guidance=("", "Ask <b>whoever</b> gave you access."))
    client = browse(in_scope)

    page = client.get("/tickets/new/access/")

    assert "Ask &lt;b&gt;whoever&lt;/b&gt; gave you access." in page.content.decode()
    assert client.post("/tickets/new/access/", FILED).status_code == 410
    assert not Ticket.objects.exists()


def test_a_link_leads_out_and_says_where(in_scope, browse):
    arrange("Shop", leads_to=LeadsTo.LINK, link="https://www.shop.example/buy?a=1")
    client = browse(in_scope)

    links = [link for link in Page(client.get("/")).all("a") if "shop.example" in link["href"]]

    assert [link["rel"] for link in links] == ["noopener noreferrer"]
    page = Page(client.get("/tickets/new/shop/"))
    assert "Go to shop.example" in page.text
    assert "https://www.shop.example/buy?a=1" in page.links()
    assert client.post("/tickets/new/shop/", FILED).status_code == 410


@pytest.mark.parametrize("link", ["javascript:alert(1)", "ftp://files.example/", "//evil.example", "shop.example", ""])
def test_a_link_goes_to_the_web_and_nowhere_else(in_scope, link):
    with pytest.raises(ValueError, match="address"):
        arrange("Shop", leads_to=LeadsTo.LINK, link=link)


def test_an_icon_is_one_of_those_there_are(in_scope):
    with pytest.raises(ValueError, match="icon"):
        arrange("Shop", icon="../../etc")
    assert arrange("Fire", icon="fire").icon == "fire"


# Finding one


@pytest.mark.parametrize(
    ("words", "found"),
    [("brand", ["fire"]), ("ALARM fire", ["fire"]), ("sjuk", ["ill"]), ("alarms", ["fire", "burglar"]), ("zzz", [])],
)
def test_a_search_looks_in_both_languages_and_in_what_is_above(in_scope, browse, words, found):
    alarms = arrange("Alarms")
    add_topic(actor=None, slug="fire", names=("Brand", "Fire"), parent=alarms)
    add_topic(actor=None, slug="burglar", names=("Inbrott", "Burglary"), parent=alarms)
    add_topic(actor=None, slug="ill", names=("Frånvaro", "Absence"), descriptions=("Sjuk eller ledig", ""))

    choice = choice_for(in_scope.customer, words)
    page = Page(browse(in_scope, in_scope.customer).get("/tickets/new/", {"q": words}))

    assert [end.topic.slug for end in choice.found] == found
    shown = [link for link in page.links() if link.startswith("/tickets/new/") and "#" not in link]
    assert [link.split("/")[3] for link in shown if link != "/tickets/new/"] == found
    assert {"data-total": str(len(found))}.items() <= page.marked("data-topics-found")[0].items()


def test_a_search_shows_only_what_one_is_offered(audiences, in_scope):
    assert [end.topic.slug for end in choice_for(None, "gold").found] == []
    assert [end.topic.slug for end in choice_for(audiences["golden"], "gold").found] == ["golden"]


def test_what_is_asked_for_most_comes_first_where_there_are_many(in_scope):
    for number in range(12):
        arrange(f"Topic{number}")
    HelpTopic.objects.filter(slug="topic5").update(uses=9)
    HelpTopic.objects.filter(slug="topic2").update(uses=12)

    assert [end.topic.slug for end in choice_for(None).most_used] == ["topic2", "topic5"]

    for number in range(12):
        retire_topic(actor=None, topic=HelpTopic.objects.get(slug=f"topic{number}"))

    assert choice_for(None).most_used == []


@pytest.mark.parametrize("number", [3, 60])
def test_choosing_takes_as_many_queries_for_many_topics(in_scope, browse, django_assert_max_num_queries, number):
    heading = arrange("Heading")
    for at in range(number):
        TopicFactory(parent=heading, position=at)
    client = browse(in_scope)
    client.get("/tickets/new/")

    with django_assert_max_num_queries(8):
        client.get("/tickets/new/")


# Arranging them


def test_a_topic_is_arranged_by_administrators_only(in_scope):
    for actor in (in_scope.agent, in_scope.lead, in_scope.customer):
        with pytest.raises(PermissionError):
            add_topic(actor=actor, slug="x", names=("", "X"))
        with pytest.raises(PermissionError):
            update_topic(actor=actor, topic=in_scope.topic, values={"name_en": "Mine"})
        with pytest.raises(PermissionError):
            move_topic(actor=actor, topic=in_scope.topic, up=True)
        with pytest.raises(PermissionError):
            retire_topic(actor=actor, topic=in_scope.topic)
        with pytest.raises(PermissionError):
            restore_topic(actor=actor, topic=in_scope.topic)


def test_no_topic_stands_below_itself_or_too_deep(in_scope):
    one = arrange("One")
    two = arrange("Two", one)
    three = arrange("Three", two)

    low = arrange("Low")
    lower = arrange("Lower", low)
    for topic, parent in ((low, low), (low, lower), (one, one), (one, three), (in_scope.topic, three)):
        with pytest.raises(MisplacedTopic):
            update_topic(actor=None, topic=topic, values={"parent": parent})
    with pytest.raises(MisplacedTopic):  # it has two levels below it itself
        update_topic(actor=None, topic=one, values={"parent": in_scope.topic})
    assert update_topic(actor=None, topic=three, values={"parent": in_scope.topic}).parent == in_scope.topic


def test_nothing_new_stands_below_a_retired_topic(in_scope):
    retired = retire_topic(actor=None, topic=arrange("Old"))

    with pytest.raises(MisplacedTopic):
        arrange("New", retired)


def test_a_topic_has_its_address_alone(in_scope):
    with pytest.raises(SlugTaken):
        add_topic(actor=None, slug="fault", names=("", "Another"))
    other = arrange("Other")
    with pytest.raises(SlugTaken):
        update_topic(actor=None, topic=other, values={"slug": "fault"})
    assert HelpTopic.objects.get(pk=other.pk).slug == "other"


def test_rules_follow_a_topic_that_gets_another_address(in_scope):
    asked = [{"fact": "topic", "operator": "is", "values": ["fault", "other"]}]
    rule = RoutingRule.objects.create(name="Faults", conditions=asked)

    update_topic(actor=in_scope.administrator, topic=in_scope.topic, values={"slug": "trouble"})

    rule.refresh_from_db()
    assert rule.conditions[0]["values"] == ["trouble", "other"]


def test_topics_change_places_among_those_beside_them(in_scope):
    heading = arrange("Heading")
    for name in ("A", "B", "C"):
        arrange(name, heading)
    retire_topic(actor=None, topic=HelpTopic.objects.get(slug="b"))

    assert move_topic(actor=None, topic=HelpTopic.objects.get(slug="c"), up=True)
    assert not move_topic(actor=None, topic=HelpTopic.objects.get(slug="c"), up=True)
    assert slugs(HelpTopic.objects.filter(parent=heading, is_active=True)) == ["c", "a"]
    assert move_topic(actor=None, topic=HelpTopic.objects.get(slug="heading"), up=True)
    assert slugs(HelpTopic.objects.filter(parent=None)) == ["heading", "fault"]


def test_an_audience_is_replaced_as_a_whole(in_scope):
    other = OrganisationFactory()
    topic = arrange("Ours", audience=Audience.ORGANISATIONS, organisations=[in_scope.organisation])

    update_topic(actor=None, topic=topic, values={}, organisations=[other])

    assert [row.organisation for row in TopicOrganisation.objects.all()] == [other]
    update_topic(actor=None, topic=topic, values={"audience": Audience.EVERYBODY})
    assert TopicOrganisation.objects.count() == 1
    assert not TopicAgreement.objects.exists()


def test_a_retired_topic_can_be_offered_again(in_scope):
    retire_topic(actor=None, topic=in_scope.topic)
    assert slugs(open_topics(None)) == []
    restore_topic(actor=None, topic=in_scope.topic)
    assert slugs(open_topics(None)) == ["fault"]


# Before the form, and in the reply


def test_the_check_list_is_read_before_the_form(in_scope, browse):
    update_topic(actor=None, topic=in_scope.topic, values={"checklist_en": "Is it <plugged> in?\n\n Did you restart?"})

    page = Page(browse(in_scope).get("/tickets/new/fault/"))

    assert "Before you write Is it <plugged> in? Did you restart?" in page.text
    assert page.marked("data-wish") == []


def test_where_wishes_go_is_said_only_where_none_are_wanted(in_scope, browse):
    words = {"wish_answer_sv": "Till rådet.", "wish_answer_en": "To the council: https://wishes.example"}
    update_topic(actor=None, topic=in_scope.topic, values=words)
    assert "council" not in Page(browse(in_scope).get("/tickets/new/fault/")).text

    update_topic(actor=None, topic=in_scope.topic, values={"is_open_to_wishes": False})
    page = Page(browse(in_scope).get("/tickets/new/fault/"))

    assert "Is it a wish? To the council" in page.text
    assert "https://wishes.example" in page.links()
    # It is advice and no gate: a wish that is sent all the same is a ticket like any other.
    assert browse(in_scope, in_scope.customer).post("/tickets/new/fault/", FILED).status_code == 302
    assert Ticket.objects.count() == 1


def test_staff_put_where_wishes_go_into_their_reply_and_nothing_is_sent(in_scope, browse):
    in_scope.customer.language = "sv"
    in_scope.customer.save()
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    client = browse(in_scope, in_scope.agent)
    address = f"/desk/tickets/{ticket.number}/"
    assert [button for button in Page(client.get(address)).all("button") if button.get("name") == "insert"] == []
    words = {"is_open_to_wishes": False, "wish_answer_sv": "Till rådet.", "wish_answer_en": "To the council."}
    update_topic(actor=None, topic=in_scope.topic, values=words)
    reply = Page(client.get(address)).form("/reply/")

    once = client.post(f"{address}reply/", {**reply, "body": "Hej Anna,", "insert": "wish"})
    twice = client.post(f"{address}reply/", {**Page(once).form("/reply/"), "insert": "wish"})

    assert once.status_code == 200
    assert Page(once).form("/reply/")["body"] == Page(twice).form("/reply/")["body"] == "Hej Anna,\n\nTill rådet."
    assert ticket.messages.count() == 1
    sent = client.post(f"{address}reply/", Page(twice).form("/reply/"))
    assert sent.status_code == 302
    assert ticket.messages.last().body == "Hej Anna,\n\nTill rådet."


def test_nobody_of_another_department_puts_anything_in(in_scope, other_portal, browse):
    ticket = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    for portal in (in_scope, other_portal):
        stranger = None
        with tenant_scope(portal.tenant):
            stranger = AgentFactory()
        client = browse(portal, stranger)
        assert client.post(f"/desk/tickets/{ticket.number}/reply/", {"insert": "wish"}).status_code == 404


# How often


def test_uses_are_counted_for_ninety_days(in_scope, other_portal):
    other = arrange("Other")
    for _each in range(3):
        old = make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    Ticket.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=91))
    HelpTopic.objects.filter(pk=other.pk).update(uses=7)
    with tenant_scope(other_portal.tenant):
        make_ticket(requester=other_portal.customer, topic=other_portal.topic)

    assert count_uses() == 2
    assert dict(HelpTopic.objects.values_list("slug", "uses")) == {"fault": 2, "other": 0}
    assert count_uses() == 0
