"""What is shown to somebody who writes a ticket, and what is counted when it helped."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.scoping import tenant_scope
from knowledge.actions.noting_solved import note_solved
from knowledge.models import Article, SearchedWords, Solved
from tests.conftest import Portal
from tests.knowledge.known import make_article, make_service_message
from tests.pages import Page, snapshot
from tickets.models import Ticket


@pytest.fixture
def known(in_scope: Portal, other_portal: Portal) -> Portal:
    make_article("printer-jams", title_en="When the printer jams", body_en="Open the lid, take the sheet out.")
    make_article("printer-key", audience="staff", title_en="The printer jams key", body_en="In the cellar.")
    make_service_message("The printer jams everywhere")
    over = timezone.now() - timedelta(hours=1)
    make_service_message("The printer jams no more", starts_at=over - timedelta(hours=1), over_at=over)
    with tenant_scope(other_portal.tenant):
        make_article("printer-south", title_en="When the printer jams in the south")
    return in_scope


def suggested(client, subject: str, body: str = "") -> list[str]:
    response = client.post(reverse("suggestions"), {"subject": subject, "body": body})
    assert response.status_code == 200
    return Page(response).links()


def form_page(client, portal: Portal) -> Page:
    return Page(client.get(reverse("file_ticket", args=[portal.topic.slug])))


def test_what_is_known_is_suggested_to_whom_it_is_for(known: Portal, browse):
    found = suggested(browse(known), "printer jams")

    assert "/help/printer-jams/" in found
    assert "/help/printer-key/" in suggested(browse(known, known.agent), "printer jams")
    assert not {"/help/printer-key/", "/help/printer-south/"} & set(found)
    assert len(found) == 2, "a disturbance that is over is no answer"


def test_the_address_of_a_page_says_nothing(known: Portal, browse):
    assert suggested(browse(known), "", "http://north.localhost:8000/help/printer-jams/?q=printer+jams") == []
    assert "/help/printer-jams/" in suggested(browse(known), "printer", "www.example.com jams")


def test_what_is_over_takes_no_place(known: Portal, browse):
    over = timezone.now() - timedelta(minutes=5)
    for number in range(8):
        make_service_message(f"Jams {number}", starts_at=over, over_at=over, body_en="The printer jams")

    assert "/help/printer-jams/" in suggested(browse(known), "printer jams")


@pytest.mark.parametrize("subject", ["", "printer", "it is", "a b c d", "\x00", "!!!"])
def test_too_few_words_suggest_nothing(known: Portal, browse, subject: str):
    assert suggested(browse(known), subject) == []


def test_no_more_than_three_and_always_the_same_number_of_queries(known: Portal, browse):
    client = browse(known, known.customer)
    suggested(client, "printer jams")
    with CaptureQueriesContext(connection) as few:
        suggested(client, "printer jams")
    for number in range(9):
        make_article(f"jams-{number}", title_en=f"The printer jams {number}")
        make_service_message(f"The printer jams at {number}")
    with CaptureQueriesContext(connection) as many:
        found = suggested(client, "printer jams")

    assert len(found) == 3
    assert len(many) == len(few)


def test_nothing_that_is_typed_is_kept(known: Portal, browse):
    before = snapshot(without=("accounts.Allowance", "accounts.Session"))
    suggested(browse(known), "printer jams quetzalcoatl", "My number is 0701234567")

    assert snapshot(without=("accounts.Allowance", "accounts.Session")) == before
    assert browse(known).get(reverse("suggestions"), {"subject": "printer jams"}).status_code == 405


def test_very_many_from_one_place_get_none(known: Portal, browse, monkeypatch):
    monkeypatch.setattr("tickets.views.suggesting.SUGGESTIONS_AN_HOUR", 0)

    response = browse(known).post(reverse("suggestions"), {"subject": "printer jams"})

    assert response.status_code == 429


def test_the_form_has_a_place_for_them_where_there_is_something_to_suggest(known: Portal, other_portal, browse):
    with tenant_scope(other_portal.tenant):
        Article.objects.update(archived_at=timezone.now())

    assert form_page(browse(known), known).marked("data-suggestions")
    assert not form_page(browse(other_portal), other_portal).marked("data-suggestions")


def test_a_form_that_was_wrong_shows_them_without_a_script(known: Portal, browse):
    client = browse(known)
    url = reverse("file_ticket", args=[known.topic.slug])
    page = form_page(client, known)

    answer = client.post(url, page.form(url) | {"email": "", "subject": "The printer jams", "body": "Open the lid?"})

    assert answer.status_code == 422
    assert "/help/printer-jams/" in Page(answer).links()


def test_a_wrong_form_asks_no_more_often_than_others(known: Portal, browse, monkeypatch):
    monkeypatch.setattr("tickets.views.suggesting.SUGGESTIONS_AN_HOUR", 0)
    client, url = browse(known), reverse("file_ticket", args=[known.topic.slug])

    answer = client.post(url, form_page(client, known).form(url) | {"email": "", "subject": "The printer jams"})

    assert answer.status_code == 422
    assert "/help/printer-jams/" not in Page(answer).links()


def test_what_solved_it_is_counted_once_a_form_and_nothing_is_filed(known: Portal, browse):
    client = browse(known)
    key = form_page(client, known).form(reverse("solved"))["key"]
    article, other = Article.objects.get(slug="printer-jams"), make_article("other", title_en="Other")
    for pk in (article.pk, article.pk, other.pk):
        answer = client.post(reverse("solved"), {"key": key, "article": pk})
        assert (answer.status_code, answer.headers["Location"]) == (302, reverse("solved"))

    assert [row.article_id for row in Solved.objects.all()] == [article.pk]
    assert not Ticket.objects.exists()
    assert not SearchedWords.objects.exists()
    assert reverse("topics") in Page(client.get(reverse("solved"))).links()


def test_a_service_message_may_have_solved_it(known: Portal, browse):
    message = make_service_message("Nothing works")
    browse(known).post(reverse("solved"), {"key": uuid4(), "service_message": message.pk})

    assert Solved.objects.get().service_message == message


@pytest.mark.parametrize("slug", ["printer-key", "printer-south"])
def test_what_one_may_not_read_has_solved_nothing(known: Portal, other_portal: Portal, browse, slug: str):
    with tenant_scope(known.tenant if slug == "printer-key" else other_portal.tenant):
        pk = Article.objects.get(slug=slug).pk
    answers = [
        browse(known).post(reverse("solved"), {"key": uuid4(), **which}).status_code
        for which in ({"article": pk}, {"article": 0}, {"article": "x"}, {}, {"article": pk, "service_message": pk})
    ]

    assert answers == [404] * 5
    assert not Solved.objects.exists()


def test_one_network_counts_only_so_often(known: Portal, browse, monkeypatch):
    monkeypatch.setattr("tickets.views.suggesting.SOLVED_AN_HOUR", 1)
    pk = Article.objects.get(slug="printer-jams").pk
    for _ in range(3):
        assert browse(known).post(reverse("solved"), {"key": uuid4(), "article": pk}).status_code == 302

    assert Solved.objects.count() == 1


def test_one_thing_solved_it(known: Portal):
    with pytest.raises(ValueError, match="One thing"):
        note_solved(actor=None, key=uuid4())
