"""What staff read of searches."""

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
from tests.pages import Page


def note(words: str, times: int, in_vain: int = 0, days_ago: int = 0) -> None:
    day = timezone.localdate() - timedelta(days=days_ago)
    SearchedWords.objects.create(day=day, words=words, times=times, in_vain=in_vain)


@pytest.fixture
def searched(in_scope: Portal, other_portal: Portal) -> Portal:
    note("toner", 3, 3)
    note("toner", 2, 1, days_ago=20)
    note("paper", 9)
    note("ink", 1, 1, days_ago=60)
    with tenant_scope(other_portal.tenant):
        note("southern words", 50, 50)
        note_solved(actor=None, key=uuid4(), article=make_article("south", title_en="South"))
    return in_scope


def words_on(client, **query: str) -> list[str]:
    page = Page(client.get(reverse("searches"), query))
    found = [link["href"] for link in page.all("a") if "table__main" in link.get("class", "")]
    assert page.main["data-total"] == str(len(found))
    return [href.rpartition("=")[2] for href in found]


def test_what_was_not_found_stands_first_and_is_counted_over_the_period(searched: Portal, browse):
    client = browse(searched, searched.agent)

    assert words_on(client) == ["toner"]
    assert words_on(client, days="90") == ["toner", "ink"]
    assert words_on(client, show="most") == ["paper", "toner"]
    assert words_on(client, show="most", days="nonsense") == ["paper", "toner"]
    assert '<td data-label="Times">5</td>' in client.get(reverse("searches")).content.decode()
    assert '<td data-label="Times">3</td>' in client.get(reverse("searches"), {"days": "7"}).content.decode()


def test_what_solved_it_is_counted(searched: Portal, browse):
    article, message = make_article("jam", title_en="Jam"), make_service_message("Down")
    for key in range(3):
        note_solved(actor=None, key=uuid4(), article=article)
        if not key:
            note_solved(actor=searched.customer, key=uuid4(), service_message=message)
    Solved.objects.filter(service_message=message).update(created_at=timezone.now() - timedelta(days=40))
    client = browse(searched, searched.agent)

    recent = Page(client.get(reverse("searches"), {"show": "solved"})).text
    assert "Jam 3" in recent
    Article.objects.update(archived_at=timezone.now())
    assert (
        reverse("desk_article", args=[article.pk]) in Page(client.get(reverse("searches"), {"show": "solved"})).links()
    )
    assert "Down" not in recent
    assert "South" not in recent
    assert "Down Service message 1" in Page(client.get(reverse("searches"), {"show": "solved", "days": "90"})).text


def test_the_file_has_all_of_the_period_and_no_formulas(searched: Portal, browse):
    note("=1+1", 1, 1)

    answer = browse(searched, searched.agent).get(reverse("searches_export"))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")

    assert [line.split(",")[0] for line in text.splitlines()[1:]] == ["paper", "toner", "'=1+1"]
    assert "southern" not in text


def test_customers_find_no_such_page(searched: Portal, browse):
    for name in ("searches", "searches_export"):
        assert browse(searched, searched.customer).get(reverse(name)).status_code == 404


def test_many_words_ask_no_more(searched: Portal, browse):
    client = browse(searched, searched.agent)
    client.get(reverse("searches"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("searches"))
    for number in range(120):
        note(f"word {number}", 1, 1)
    with CaptureQueriesContext(connection) as many:
        page = Page(client.get(reverse("searches")))

    assert len(many) == len(few)
    assert page.main["data-total"] == "121"
    assert "The first 100 of 121" in page.text
