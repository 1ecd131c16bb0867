"""The front page: what each reader begins with, and that it stays quick however much a portal has."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Agreement
from accounts.scoping import tenant_scope
from knowledge.actions.guide import AnswerWords, save_answer, save_question
from knowledge.models import Article, ArticleVersion, HelpSettings, Section
from routing.actions.calendars import add_office_hours
from tests.factories import TopicFactory, make_ticket
from tests.pages import Page
from tickets.actions.closing import close_ticket
from tickets.actions.replying import reply_to_ticket
from tickets.enums import Channel
from tickets.models import HelpTopic
from tickets.views.home import OWN

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def guide() -> None:
    what = save_question(actor=None, question=None, text=("Vad gäller det?", "What is the matter?"))
    for label in ("Access", "A wish"):
        words = AnswerWords(("", label), end="advice", words=("", "Ask"))
        save_answer(actor=None, question=what, answer=None, words=words)


def known(section: str, slug: str, **values) -> Article:
    row = Article.objects.create(
        slug=slug, section=Section.objects.get_or_create(slug=section, name_en=section)[0], **values
    )
    row.published = ArticleVersion.objects.create(
        article=row, number=1, title_en=f"How to {slug}", body_en="Long " * 50, published_at=timezone.now()
    )
    row.save()
    return row


def at(monkeypatch: pytest.MonkeyPatch, *moment: int) -> None:
    now = datetime(*moment, tzinfo=STOCKHOLM)  # type: ignore[misc]
    monkeypatch.setattr("routing.opening.timezone.now", lambda: now)


def test_it_begins_with_search_and_what_is_open(in_scope, browse):
    make_ticket(requester=in_scope.customer, topic=in_scope.topic, subject="My gate squeaks")
    HelpSettings.objects.create(welcome_en="We help you on weekdays")

    guest = Page(browse(in_scope).get("/"))
    customer = Page(browse(in_scope, in_scope.customer).get("/"))

    assert "We help you on weekdays" in guest.text
    assert "My gate squeaks" in customer.text
    assert "My gate squeaks" not in guest.text
    assert "/tickets/new/fault/" in guest.links()


def test_it_counts_unread_answers_also_of_tickets_it_does_not_list(in_scope, browse):
    """The front page counts with its own list; every other page asks `unread_total`."""
    client = browse(in_scope, in_scope.customer)

    def counted(address: str) -> list[str]:
        links = Page(client.get(address)).marked("data-count")
        return [link["data-count"] for link in links if link.get("href", "").endswith("show=unread")]

    assert counted("/") == counted("/help/") == []
    tickets = [make_ticket(requester=in_scope.customer, topic=in_scope.topic) for _ in range(OWN + 2)]
    for ticket in tickets[:3]:
        reply_to_ticket(actor=in_scope.agent, ticket=ticket, body="So", channel=Channel.PORTAL, as_staff=True)
    assert counted("/") == counted("/help/") == ["3"]

    for ticket in tickets:
        close_ticket(actor=in_scope.agent, ticket=ticket, as_staff=True)

    assert "Your open tickets" not in Page(client.get("/")).text
    assert counted("/") == counted("/help/") == ["3"]


def test_of_many_topics_the_most_used_stand_first_and_the_rest_one_step_away(in_scope, browse):
    for number in range(9):
        TopicFactory(slug=f"t{number}", uses=number, position=number + 1)

    page = Page(browse(in_scope).get("/"))

    shown = [link.split("/")[3] for link in page.links() if link.startswith("/tickets/new/") and len(link) > 13]
    assert shown == ["t8", "t7", "t6", "t5", "t4", "t3"]
    assert {"data-count": "10"}.items() <= next(a for a in page.all("a") if "data-count" in a).items()


def test_a_portal_may_lead_people_through_the_guide_first(in_scope, browse):
    guide()
    client = browse(in_scope)
    assert "What is the matter?" not in Page(client.get("/")).text
    assert "/contact/" in Page(client.get("/")).links()

    HelpSettings.objects.create(guide_first=True)

    page = Page(client.get("/"))
    assert "What is the matter?" in page.text
    assert "/tickets/new/fault/" not in page.links()
    choosing = Page(client.get("/tickets/new/"))
    assert choosing.text.index("What is the matter?") < choosing.text.index("Fault report")
    assert "What is the matter?" not in Page(client.get("/tickets/new/", {"q": "fault"})).text


def test_it_shows_only_articles_one_may_read(in_scope, other_portal, browse):
    known("Doors", "open-a-door")
    known("Doors", "break-a-door", audience="staff")
    known("Secrets", "keep-it", audience="signed_in")
    with tenant_scope(other_portal.tenant):
        known("Theirs", "not-yours")

    guest = Page(browse(in_scope).get("/"))
    customer = Page(browse(in_scope, in_scope.customer).get("/"))

    assert "/help/open-a-door/" in guest.links()
    assert "Secrets" not in guest.text
    assert "/help/keep-it/" in customer.links()
    for page in (guest, customer):
        assert "break" not in page.text
        assert "not-yours" not in page.text


def test_it_shows_few_articles_of_few_sections(in_scope, browse):
    for number in range(30):
        known(f"Section {number % 6}", f"article-{number}", audience="staff" if number % 6 == 0 else "everybody")

    shelves = browse(in_scope).get("/").context["shelves"]

    assert [str(shelf.section) for shelf in shelves] == [f"Section {number}" for number in (1, 2, 3, 4)]
    assert [[len(shelf.articles), shelf.total] for shelf in shelves] == [[3, 5]] * 4


def test_the_number_outside_office_hours_is_shown_when_it_is_closed(in_scope, browse, monkeypatch):
    in_scope.tenant.phone, in_scope.tenant.on_call_phone = "08-1", "070-2"
    in_scope.tenant.save()
    add_office_hours(actor=None)

    def shown(*moment: int) -> list[str]:
        at(monkeypatch, *moment)
        return [mark["data-phone"] for mark in Page(browse(in_scope, in_scope.customer).get("/")).marked("data-phone")]

    assert shown(2026, 11, 23, 10) == ["office"]
    assert shown(2026, 11, 22, 10) == ["on-call"]
    in_scope.organisation.agreement = Agreement.objects.create(name="Digital", shows_phone=False)
    in_scope.organisation.save()
    assert shown(2026, 11, 22, 10) == []


@pytest.mark.parametrize("is_urgent_only", [True, False])
def test_a_phone_says_whether_it_is_for_urgent_matters_only(in_scope, browse, is_urgent_only):
    in_scope.tenant.phone, in_scope.tenant.phone_is_urgent_only = "08-1", is_urgent_only
    in_scope.tenant.save()

    assert ("For urgent matters" in Page(browse(in_scope).get("/")).text) == is_urgent_only


def test_it_asks_as_much_of_a_large_portal_as_of_a_small_one(in_scope, browse):
    guide()
    known("One", "first")
    make_ticket(requester=in_scope.customer, topic=in_scope.topic)
    client = browse(in_scope, in_scope.customer)

    def queries() -> int:
        client.get("/")
        with CaptureQueriesContext(connection) as asked:
            client.get("/")
        return len(asked)

    few = queries()
    for number in range(30):
        known(f"Section {number % 7}", f"article-{number}")
        HelpTopic.objects.create(slug=f"more-{number}", name_en="More")
    for _number in range(7):
        make_ticket(requester=in_scope.customer, topic=in_scope.topic)

    assert queries() == few
    assert few <= 23
