"""Tips and checklists before a form: short, put away by whoever knows them, and back when their words change."""

import pytest

from knowledge.models import HelpSettings, TipsRead
from tests.pages import Page
from tickets.actions.arranging import update_topic
from tickets.models import Ticket

FILED = {"subject": "It beeps", "body": "Since this morning", "email": "new@kund.example", "name": "Nils New"}


@pytest.fixture
def tips(in_scope) -> HelpSettings:
    update_topic(actor=None, topic=in_scope.topic, values={"checklist_en": "Is it plugged in?"})
    return HelpSettings.objects.create(tips_en="Show the whole window\n\nSay what you did before")


def is_open(client) -> bool:
    page = Page(client.get("/tickets/new/fault/"))
    return "open" in page.marked("data-checklist")[0]


def test_the_portals_tips_stand_before_the_topics(tips, in_scope, browse):
    page = Page(browse(in_scope).get("/tickets/new/fault/"))

    assert "Show the whole window Say what you did before Is it plugged in?" in page.text


def test_a_tip_may_lead_to_an_article(in_scope, browse):
    HelpSettings.objects.create(tips_en="First read [what we ask](/help/what-we-ask/)")
    page = Page(browse(in_scope).get("/tickets/new/fault/"))

    assert "/help/what-we-ask/" in page.links()
    assert "First read what we ask" in page.text


@pytest.mark.parametrize("who", ["customer", None])
def test_who_knows_them_has_them_closed_until_their_words_change(tips, in_scope, other_portal, browse, who):
    client = browse(in_scope, getattr(in_scope, who) if who else None)
    assert is_open(client)

    assert (
        client.post("/tickets/new/fault/", {"subject": "Kept words", "email": "", "tips_read": "yes"}).status_code
        == 422
    )
    assert not is_open(client)
    assert is_open(browse(in_scope, in_scope.lead))
    assert "Is it plugged in?" in Page(client.get("/tickets/new/fault/")).text

    tips.tips_sv = "Visa hela fönstret"
    tips.save()
    assert is_open(client)
    assert client.post("/tickets/new/fault/", FILED | {"tips_read": "yes"}).status_code == 302
    assert not is_open(client)
    assert Ticket.objects.count() == 1


def test_a_forged_cookie_says_nothing(tips, in_scope, browse):
    client = browse(in_scope)
    client.post("/tickets/new/fault/", {"email": "", "tips_read": "yes"})
    client.cookies["tips-read"] = client.cookies["tips-read"].value.replace(":", "x:", 1)

    assert is_open(client)
    assert not TipsRead.objects.exists()


def test_nothing_stands_there_without_tips(in_scope, browse):
    client = browse(in_scope, in_scope.customer)

    assert Page(client.get("/tickets/new/fault/")).marked("data-checklist") == []
    client.post("/tickets/new/fault/", {"tips_read": "yes"})
    assert not TipsRead.objects.exists()
