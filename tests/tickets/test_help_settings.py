"""How the help centre is set, and the way from it to a ticket about what is missing."""

from urllib.parse import parse_qs, urlsplit

import pytest

from accounts.actions.helpers import add_local_administrator
from accounts.scoping import tenant_scope
from knowledge.models import HelpSettings
from tests.factories import TopicFactory
from tests.knowledge.shelf import write
from tests.pages import Page
from tickets.actions.help import TopicHasNoForm, set_manual_topic
from tickets.models import ManualTopic

TYPED = {
    "welcome_sv": "Hej",
    "welcome_en": "Hello there",
    "tips_sv": "Ett\n\n två ",
    "tips_en": "",
    "guide_first": "on",
    "agents_publish": "on",
    "review_months": "6",
}


def missing_links(response):
    return [link for link in Page(response).links() if link.startswith("/tickets/new/fault/")]


def test_an_administrator_sets_it_and_finds_it_again(in_scope, other_portal, browse):
    client = browse(in_scope, in_scope.administrator)
    assert client.get("/settings/help/").status_code == 200
    answer = client.post("/settings/help/", TYPED | {"manual_topic": in_scope.topic.pk})
    assert answer.url == "/settings/help/"
    kept = HelpSettings.objects.get()
    assert (kept.welcome_sv, kept.welcome_en, kept.tips_sv, kept.review_months) == ("Hej", "Hello there", "Ett\ntvå", 6)
    assert (kept.guide_first, kept.asks_if_helpful, kept.agents_publish) == (True, False, True)
    assert ManualTopic.objects.get().topic == in_scope.topic
    form = Page(client.get("/settings/help/")).form("/settings/help/")
    assert (form["manual_topic"], form["tips_sv"]) == (str(in_scope.topic.pk), "Ett\ntvå")
    client.post("/settings/help/", TYPED | {"manual_topic": ""})
    assert not ManualTopic.objects.exists()
    assert HelpSettings.objects.count() == 1
    with tenant_scope(other_portal.tenant):
        assert not HelpSettings.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [{"review_months": "0"}, {"review_months": ""}, {"tips_en": "a\nb\nc\nd\ne\nf"}, {"welcome_en": "x" * 301}],
)
def test_wrong_answers_are_named_and_nothing_is_lost(in_scope, browse, wrong):
    client = browse(in_scope, in_scope.administrator)
    answer = client.post("/settings/help/", TYPED | wrong)
    assert answer.status_code == 422
    form = Page(answer).form("/settings/help/")
    assert {name: form[name] for name in ("welcome_sv", *wrong)} == {"welcome_sv": "Hej"} | wrong
    assert not HelpSettings.objects.exists()


def test_a_topic_of_another_portal_or_without_a_form_is_refused(in_scope, other_portal, browse):
    client = browse(in_scope, in_scope.administrator)
    heading, link = TopicFactory(), TopicFactory(leads_to="link", link="https://elsewhere.example/")
    TopicFactory(parent=heading)
    for topic in (other_portal.topic, heading, link, TopicFactory(is_active=False)):
        assert client.post("/settings/help/", TYPED | {"manual_topic": topic.pk}).status_code == 422
    assert not ManualTopic.objects.exists()
    with pytest.raises(TopicHasNoForm):
        set_manual_topic(actor=None, topic=heading)
    with pytest.raises(PermissionError):
        set_manual_topic(actor=in_scope.agent, topic=None)


def test_what_is_missing_becomes_a_ticket_that_names_the_article(in_scope, browse):
    write("reset", title_en="Reset the panel")
    client = browse(in_scope, in_scope.customer)
    assert not missing_links(client.get("/help/reset/"))
    set_manual_topic(actor=None, topic=in_scope.topic)
    assert missing_links(client.get("/help/")) == ["/tickets/new/fault/"]
    [link] = missing_links(client.get("/help/reset/"))
    begun = parse_qs(urlsplit(link).query)
    assert begun["subject"] == ["Missing in “Reset the panel”"]
    form = Page(client.get(link)).form("/tickets/new/fault/")
    assert form["subject"] == "Missing in “Reset the panel”"
    assert form["body"].endswith("/help/reset/\n\n")  # what is missing is written below it


def test_who_is_not_offered_the_topic_is_not_asked(in_scope, browse):
    write("reset")
    set_manual_topic(actor=None, topic=in_scope.topic)
    in_scope.topic.audience = "signed_in"
    in_scope.topic.save()
    assert not missing_links(browse(in_scope).get("/help/reset/"))
    assert missing_links(browse(in_scope, in_scope.customer).get("/help/reset/"))


def test_who_may_not_ask_is_told_who_asks_for_them(in_scope, browse):
    write("reset")
    set_manual_topic(actor=None, topic=in_scope.topic)
    add_local_administrator(actor=None, organisation=in_scope.organisation, name="Lotta Local", phone="08-77")
    client = browse(in_scope, in_scope.customer)
    for url in ("/help/", "/help/reset/"):
        page = Page(client.get(url))
        assert "Write to us" in page.text
        assert "Lotta Local" not in page.text

    in_scope.organisation.contact_limit = 1
    in_scope.organisation.save()
    for url in ("/help/", "/help/reset/"):
        page = Page(client.get(url))
        assert "Lotta Local 08-77" in page.text
        assert "Write to us" not in page.text
        assert not missing_links(client.get(url))
    assert "Write to us" in Page(browse(in_scope, in_scope.agent).get("/help/reset/")).text
    assert "Lotta Local" not in browse(in_scope).get("/help/reset/").content.decode()
