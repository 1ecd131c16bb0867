"""The desk's pages about articles."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.scoping import tenant_scope
from knowledge.actions.articles import add_article, mark_of, publish_article, save_draft
from knowledge.actions.sections import add_section
from knowledge.drafts import Place, Words
from knowledge.models import Article, ArticleVote, HelpSettings, Section
from knowledge.queries.articles import newest_version
from tests.factories import OrganisationFactory
from tests.pages import Page

WORDS = Words(title_sv="Byta lösenord", body_sv="Så här.", title_en="Change password", body_en="Like this.")
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


@pytest.fixture
def section(in_scope) -> Section:
    return add_section(actor=in_scope.agent, names=("Konto", "Account"))


@pytest.fixture
def article(in_scope, section) -> Article:
    return add_article(actor=in_scope.agent, place=Place(section), words=WORDS)


@pytest.fixture
def agent(in_scope, browse):
    return browse(in_scope, in_scope.agent)


def typed(article: Article, **values: str) -> dict[str, str]:
    return {**WORDS.as_fields(), "seen": mark_of(newest_version(article)), **values}


def test_an_article_is_written_shown_saved_and_published(in_scope, agent, section):
    new = reverse("desk_article_new")
    assert "Password" in agent.get(f"{new}?title=Password").content.decode()
    posted = {"section": section.pk, "title_en": "Reset", "body_en": "## First\n\n<script>x</script>"}

    shown = agent.post(new, {**posted, "preview": "1"}).content.decode()
    assert 'id="part-first">First</h' in shown
    assert "<script>x" not in shown
    assert not Article.objects.exists()
    wrong = agent.post(new, {**posted, "title_en": ""})
    assert wrong.status_code == 422
    assert "## First" in wrong.content.decode()
    assert "Choose the section it stands in." in agent.post(new, {**posted, "section": section.pk + 1}).content.decode()

    made = agent.post(new, posted)
    article = Article.objects.get()
    assert made.url == reverse("desk_article", args=[article.pk])
    assert article.owner == in_scope.agent
    agent.post(made.url, {**posted, "seen": mark_of(newest_version(article)), "publish": "1"})
    article.refresh_from_db()
    assert article.published.title_en == "Reset"


def test_the_later_of_two_loses_nothing(in_scope, agent, article):
    url, stale = reverse("desk_article", args=[article.pk]), typed(article, body_en="Mine, at last.")
    save_draft(actor=in_scope.lead, article=article, words=Words(title_en="Change password", body_en="Theirs."))

    told = agent.post(url, stale)

    text = told.content.decode()
    assert told.status_code == 422
    assert "Mine, at last." in text
    assert "Theirs." in text
    assert "Johan Strand" in text
    assert newest_version(article).body_en == "Theirs."
    again = agent.post(url, {**stale, "seen": told.context["form"]["seen"].value()})
    assert again.status_code == 302
    assert newest_version(article).body_en == "Mine, at last."


def test_files_are_kept_beside_what_is_typed(in_scope, agent, article):
    url = reverse("desk_article", args=[article.pk])
    kept = agent.post(url, typed(article, body_en="not saved yet", upload="1", files=SimpleUploadedFile("a.png", PNG)))
    file = article.files.get()
    assert "not saved yet" in kept.content.decode()
    assert f"![a.png](file:{file.pk})" in kept.content.decode()
    assert newest_version(article).body_en == "Like this."
    answer = agent.get(reverse("desk_article_file", args=[article.pk, file.pk]))
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/png", "nosniff")

    bad = agent.post(url, typed(article, upload="1", files=SimpleUploadedFile("run.exe", b"MZ")))
    assert bad.status_code == 422
    agent.post(url, typed(article, body_en=f"![x](file:{file.pk})"))
    assert agent.post(url, typed(article, remove=str(file.pk))).status_code == 422
    agent.post(url, typed(article, body_en="without"))
    agent.post(url, typed(article, remove=str(file.pk)))
    assert not article.files.exists()


def test_a_file_of_another_article_is_not_served_or_removed(in_scope, agent, section, article):
    other = add_article(actor=None, place=Place(section), words=WORDS)
    agent.post(reverse("desk_article", args=[other.pk]), typed(other, upload="1", files=SimpleUploadedFile("a", b"a")))
    file = other.files.get()

    assert agent.get(reverse("desk_article_file", args=[article.pk, file.pk])).status_code == 404
    assert (
        agent.post(reverse("desk_article", args=[article.pk]), typed(article, remove=str(file.pk))).status_code == 404
    )
    assert other.files.exists()


def test_the_list_finds_by_title_section_state_and_owner(in_scope, agent, section, article):
    url = reverse("desk_articles")
    publish_article(actor=None, article=article)

    def total(**asked: object) -> int:
        return agent.get(url, asked).context["page"].total

    assert total() == total(q="LÖSEN") == total(state="published") == total(section=section.pk) == 1
    assert total(q="nothing") == total(state="draft") == total(owner="me") == total(section=999_999, state="away") == 0
    save_draft(actor=None, article=article, words=Words(title_en="Other"))
    assert total(state="changed") == total(q="other") == 1
    agent.post(reverse("desk_article_state", args=[article.pk]), {"do": "away"})
    assert (total(), total(state="away")) == (0, 1)


def test_the_list_asks_as_much_for_many_as_for_few(in_scope, agent, section, article, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        agent.get(reverse("desk_articles"))
    for number in range(12):
        add_article(actor=in_scope.agent, place=Place(section, owner=in_scope.lead), words=Words(title_en=f"A{number}"))
    with django_assert_num_queries(len(few)):
        agent.get(reverse("desk_articles"))


def test_an_article_is_placed(in_scope, agent, section, article):
    url = reverse("desk_article_place", args=[article.pk])
    posted = {
        "section": section.pk,
        "slug": "Nytt ord",
        "audience": "organisations",
        "owner": in_scope.lead.pk,
        "review_at": "2027-01-02",
    }
    assert agent.post(url, posted).status_code == 422  # no organisation

    agent.post(url, {**posted, "organisations": in_scope.organisation.name})

    article.refresh_from_db()
    assert (article.slug, article.audience, article.owner) == ("nytt-ord", "organisations", in_scope.lead)
    assert article.organisations.get().organisation == in_scope.organisation


def test_ids_of_another_portal_are_refused(in_scope, other_portal, agent, section, article):
    url = reverse("desk_article_place", args=[article.pk])
    with tenant_scope(other_portal.tenant):
        foreign = add_section(actor=None, names=("Annan", ""))
        foreign_name = OrganisationFactory(name="Annan AB").name
        theirs = add_article(actor=None, place=Place(foreign), words=WORDS)
        publish_article(actor=None, article=theirs)
    posted = {"section": section.pk, "slug": "x", "audience": "organisations", "owner": other_portal.agent.pk}

    assert agent.post(url, {**posted, "organisations": foreign_name}).status_code == 422
    assert agent.post(url, {**posted, "section": foreign.pk, "audience": "staff", "owner": ""}).status_code == 422
    related = {**posted, "audience": "staff", "owner": "", "find": "Change", "find_now": "1"}
    own = add_article(actor=None, place=Place(section), words=Words(title_en="Changed", body_en="How."))
    publish_article(actor=None, article=own)
    offered = agent.post(url, {**related, "related": theirs.pk}).content.decode()
    assert f'name="related" value="{own.pk}"' in offered
    assert f'name="related" value="{theirs.pk}"' not in offered
    alone = {**posted, "audience": "staff", "owner": ""}
    for wrong in (theirs.pk, article.pk, "x", "9" * 30):
        assert agent.post(url, {**alone, "related": wrong}).status_code == 422
    article.refresh_from_db()
    assert article.slug == "byta-losenord"


def test_a_gap_is_said_beside_its_words_and_what_was_typed_can_be_mended(in_scope, agent, article):
    url = reverse("desk_article", args=[article.pk])

    page = Page(agent.post(url, typed(article, body_en="Call […] today.", publish="1"), follow=True))

    assert "something was left out" in page.text
    article.refresh_from_db()
    assert article.published is None
    form = {**page.form(url), "body_en": "Call us today.", "publish": "1"}
    assert agent.post(url, form).status_code == 302
    article.refresh_from_db()
    assert article.published.body_en == "Call us today."


def test_two_versions_are_compared_and_an_older_one_restored(in_scope, agent, article):
    publish_article(actor=None, article=article)
    save_draft(actor=in_scope.lead, article=article, words=Words(**{**WORDS.as_fields(), "body_en": "Like that."}))
    publish_article(actor=in_scope.lead, article=article)
    url = reverse("desk_article_versions", args=[article.pk])

    page = agent.get(url, {"from": "1", "to": "2"})

    text = page.content.decode()
    assert "<del>" in text
    assert "<ins>" in text
    assert [change.field for change in page.context["changes"]] == ["body_en"]
    restoring = reverse("desk_article_restoring", args=[article.pk, 1])
    agent.post(restoring, {"seen": "stale"})
    assert newest_version(article).number == 2
    agent.post(restoring, {"seen": page.context["mark"]})
    assert (newest_version(article).number, newest_version(article).body_en) == (3, "Like this.")


def test_related_articles_are_found_by_their_titles_and_what_is_typed_stays(in_scope, agent, section, article):
    others = [
        publish_article(
            actor=None,
            article=add_article(
                actor=None, place=Place(section), words=Words(title_en=f"Röde report {number}", body_en="x")
            ),
        )
        for number in range(12)
    ]
    url = reverse("desk_article_place", args=[article.pk])
    posted = {"section": section.pk, "slug": "other", "audience": "staff", "owner": "", "review_at": ""}
    boxes = Page(agent.post(url, {**posted, "find": "rode rep", "related": others[11].pk}))
    offered = [given for given in boxes.all("input") if given.get("name") == "related"]
    assert len(offered) == 11
    assert (offered[0]["value"], "checked" in offered[0], "checked" in offered[1]) == (str(others[11].pk), True, False)
    assert boxes.form(url)["slug"] == "other"
    article.refresh_from_db()
    assert (article.slug, article.related.count()) == ("byta-losenord", 0)
    assert "Nothing was found" in Page(agent.post(url, {**posted, "find": "zebra", "find_now": "1"})).text

    chosen = {**posted, "related": [others[11].pk, others[3].pk], "find": "rode", "save": "1"}
    assert agent.post(url, chosen).status_code == 302
    assert set(article.related.values_list("other", flat=True)) == {others[11].pk, others[3].pk}


def test_history_and_place_stay_small_however_much_there_is(in_scope, agent, section, article):
    history, place = (reverse(f"desk_article_{name}", args=[article.pk]) for name in ("versions", "place"))

    def measured() -> list[tuple[int, int]]:
        found = []
        for url in (history, place):
            with CaptureQueriesContext(connection) as asked:
                answer = agent.get(url)
            found.append((len(asked), len(answer.content)))
        return found

    def more(number: int) -> None:
        for each in range(number):
            words = Words(title_en=f"Change {each}", body_en=f"{number} {each} " + "long " * 200)
            save_draft(actor=in_scope.agent, article=article, words=words)
            publish_article(actor=in_scope.agent, article=article)
            other = add_article(actor=None, place=Place(section), words=words)
            publish_article(actor=None, article=other)
            OrganisationFactory()

    more(30)
    few = measured()
    more(30)
    many = measured()
    assert [asked for asked, _size in many] == [asked for asked, _size in few]
    assert all(abs(one - other) < 600 for (_a, one), (_b, other) in zip(few, many, strict=True))
    page = Page(agent.get(history))
    assert page.main["data-total"] == "60"
    older = next(given["href"] for given in page.all("a") if given.get("rel") == "next")
    text = Page(agent.get(f"{history}{older}")).text
    assert "35. Change" in text
    assert "36. Change" not in text


def test_who_may_not_publish_is_not_offered_it_and_cannot(in_scope, agent, article):
    HelpSettings.objects.create(agents_publish=False)
    url = reverse("desk_article", args=[article.pk])

    assert 'name="publish"' not in agent.get(url).content.decode()
    agent.post(url, typed(article, publish="1"))
    agent.post(reverse("desk_article_state", args=[article.pk]), {"do": "unpublish"})

    article.refresh_from_db()
    assert article.published is None


def test_sections_are_added_moved_and_removed(in_scope, agent, section):
    agent.post(reverse("desk_sections"), {"name_sv": "Andra", "name_en": ""})
    other = Section.objects.exclude(pk=section.pk).get()
    assert agent.post(reverse("desk_sections"), {"name_sv": " "}).status_code == 422

    agent.post(reverse("desk_section", args=[other.pk]), {"do": "up"})
    assert list(Section.objects.all()) == [other, section]
    agent.post(reverse("desk_section", args=[other.pk]), {"do": "remove"})
    assert Section.objects.get() == section


def test_comments_are_read_and_marked(in_scope, agent, article):
    vote = ArticleVote.objects.create(article=article, voter="v", is_helpful=False, comment="<b>no picture</b>")
    url = reverse("desk_article_comments", args=[article.pk])

    page = agent.get(url)
    assert "&lt;b&gt;no picture" in page.content.decode()
    assert page.context["unseen"] == 1
    agent.post(reverse("desk_article_comment", args=[article.pk, vote.pk]), {"seen": "yes"})
    assert agent.get(url).context["unseen"] == 0
    agent.post(reverse("desk_article_comment", args=[article.pk, vote.pk]), {"seen": "no"})
    assert agent.get(url).context["unseen"] == 1


def test_what_is_due_is_listed_until_it_holds(in_scope, agent, article):
    publish_article(actor=None, article=article)
    Article.objects.update(review_at="2026-01-01")
    url = reverse("desk_reviews")
    assert 'data-total="1"' in agent.get(url).content.decode()

    agent.post(reverse("desk_article_holding", args=[article.pk]))

    assert 'data-total="0"' in agent.get(url).content.decode()
