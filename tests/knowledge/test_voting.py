"""Was this helpful? Once for each reader, whoever they are."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from accounts.scoping import tenant_scope
from helpdesk.schedule import JOBS
from knowledge.actions.voting import forget_comments, vote
from knowledge.models import ArticleVote, HelpSettings
from tests.knowledge.shelf import write
from tests.pages import Page


@pytest.fixture
def article(in_scope):
    return write("reset", body_en="Press it.")


def counts(article):
    article.refresh_from_db()
    return article.helpful, article.unhelpful


def test_a_guest_votes_once_and_may_think_again(article, in_scope, browse):
    guest = browse(in_scope)
    answer = guest.post("/help/reset/vote/", {"helpful": "yes"})
    assert answer.url == "/help/reset/#helpful"
    assert counts(article) == (1, 0)
    guest.post("/help/reset/vote/", {"helpful": "yes"})
    assert counts(article) == (1, 0)
    guest.post("/help/reset/vote/", {"helpful": "no", "comment": "Which button?"})
    assert counts(article) == (0, 1)
    kept = ArticleVote.objects.get()
    assert (kept.comment, kept.version, len(kept.voter)) == ("Which button?", article.published, 64)
    page = Page(guest.get("/help/reset/"))
    assert "You said that it did not help." in page.text
    assert page.form("/vote/")["comment"] == "Which button?"
    browse(in_scope).post("/help/reset/vote/", {"helpful": "no"})
    assert counts(article) == (0, 2)


def test_a_signed_in_reader_is_one_reader_in_every_browser(article, in_scope, browse):
    for _browser in range(2):
        client = browse(in_scope, in_scope.customer)
        client.post("/help/reset/vote/", {"helpful": "yes"})
        assert "reader" not in "".join(client.cookies)
    browse(in_scope, in_scope.agent).post("/help/reset/vote/", {"helpful": "yes"})
    assert counts(article) == (2, 0)


def test_a_button_leaves_the_comment_and_a_new_comment_is_unseen(article, in_scope):
    kept = vote(actor=None, article=article, voter="a", is_helpful=False, comment="Old")
    ArticleVote.objects.update(read_at=kept.created_at)
    assert vote(actor=None, article=article, voter="a", is_helpful=True).comment == "Old"
    assert ArticleVote.objects.get().read_at is not None
    vote(actor=None, article=article, voter="a", is_helpful=True, comment="New")
    assert ArticleVote.objects.get().read_at is None


def test_comments_are_forgotten_after_a_time_and_votes_are_not(article, in_scope, other_portal):
    now = timezone.now()
    said = {
        "fresh": (364, None),
        "seen": (300, 89),
        "seen-long-ago": (300, 91),
        "old": (366, None),
        "changed": (900, 300),
    }
    for voter, (written, seen) in said.items():
        kept = vote(actor=None, article=article, voter=voter, is_helpful=True, comment=f"Ask Anna, {voter}")
        read_at = now - timedelta(days=seen) if seen is not None else None
        ArticleVote.objects.filter(pk=kept.pk).update(created_at=now - timedelta(days=written), read_at=read_at)
    vote(actor=None, article=article, voter="changed", is_helpful=True, comment="Anew")
    with tenant_scope(other_portal.tenant):
        assert forget_comments() == 0

    next(job for job in JOBS if job.name == "knowledge.forget_comments").run()
    left = dict(ArticleVote.objects.values_list("voter", "comment"))
    assert {voter for voter, comment in left.items() if comment} == {"fresh", "seen", "changed"}
    assert counts(article) == (5, 0)


def test_a_cookie_that_is_not_ours_is_a_new_reader(article, in_scope, other_portal, browse, settings):
    guest = browse(in_scope)
    guest.cookies[settings.READER_COOKIE_NAME] = "made:up"
    guest.post("/help/reset/vote/", {"helpful": "yes"})
    with tenant_scope(other_portal.tenant):
        there = write("reset")
    elsewhere = browse(other_portal)
    elsewhere.cookies[settings.READER_COOKIE_NAME] = guest.cookies[settings.READER_COOKIE_NAME].value
    elsewhere.post("/help/reset/vote/", {"helpful": "yes"})
    assert counts(article) == (1, 0)
    with tenant_scope(other_portal.tenant):
        assert counts(there) == (1, 0)
        assert ArticleVote.objects.get().voter
    assert ArticleVote.objects.count() == 1


@pytest.mark.parametrize(
    "posted",
    [{}, {"helpful": "perhaps"}, {"helpful": "no", "comment": "x" * 1001}, {"helpful": "yes", "website": "spam"}],
)
def test_what_cannot_be_taken_is_said_and_kept(article, in_scope, browse, posted):
    answer = browse(in_scope).post("/help/reset/vote/", posted)
    assert answer.status_code == 422
    page = Page(answer)
    assert page.marked("data-take-focus")
    assert page.form("/vote/")["comment"] == posted.get("comment", "")
    assert not ArticleVote.objects.exists()


def test_nobody_votes_on_what_they_may_not_read_or_where_it_is_not_asked(article, in_scope, other_portal, browse):
    write("inside", audience="staff")
    assert browse(in_scope, in_scope.customer).post("/help/inside/vote/", {"helpful": "yes"}).status_code == 404
    assert browse(other_portal).post("/help/reset/vote/", {"helpful": "yes"}).status_code == 404
    assert browse(in_scope).get("/help/reset/vote/").status_code == 405
    HelpSettings.objects.create(asks_if_helpful=False)
    assert browse(in_scope).post("/help/reset/vote/", {"helpful": "yes"}).status_code == 404
    assert "Was this helpful?" not in Page(browse(in_scope).get("/help/reset/")).text
    assert not ArticleVote.objects.exists()


def test_a_network_cannot_vote_without_end(article, in_scope, browse, monkeypatch):
    monkeypatch.setattr("knowledge.views.voting.VOTES_PER_NETWORK", 2)
    answers = [browse(in_scope).post("/help/reset/vote/", {"helpful": "no"}).status_code for _ in range(3)]
    assert answers == [302, 302, 429]
    assert counts(article) == (0, 2)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_both_counted(portal):
    with tenant_scope(portal.tenant):
        article = write("reset")
    together = Barrier(4)

    def say(voter: str) -> None:
        with tenant_scope(portal.tenant):
            together.wait()
            vote(actor=None, article=article, voter=voter, is_helpful=True)
        connection.close()

    threads = [Thread(target=say, args=(voter,)) for voter in ("a", "a", "b", "c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with tenant_scope(portal.tenant):
        assert counts(article) == (3, 0)
        assert ArticleVote.objects.count() == 3
