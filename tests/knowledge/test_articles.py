"""What the doors of articles do, and what they refuse."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.scoping import tenant_scope
from knowledge.actions.article_files import FileInUse, add_files, remove_file
from knowledge.actions.articles import (
    ChangedMeanwhile,
    WordsRefused,
    add_article,
    bring_back,
    discard_draft,
    mark_of,
    move_article,
    place_article,
    publish_article,
    put_away,
    restore_version,
    save_draft,
    unpublish_article,
)
from knowledge.actions.placing import PlaceRefused, SlugTaken
from knowledge.actions.reviewing import still_holds
from knowledge.actions.sections import (
    SectionInUse,
    SectionRefused,
    add_section,
    move_section,
    remove_section,
    update_section,
)
from knowledge.drafts import Place, Words
from knowledge.enums import Audience
from knowledge.models import Article, ArticleFile, HelpSettings, Section
from knowledge.queries.articles import desk_articles, newest_version
from knowledge.queries.readable import articles_for
from knowledge.queries.reading import readable_article
from knowledge.queries.reviews import next_review
from knowledge.rules import may_publish
from knowledge.searching import find
from routing.actions.arranging import add_member

WORDS = Words(title_sv="Byta lösenord", body_sv="Så här gör du.", title_en="Change password", body_en="Like this.")


@pytest.fixture
def section(in_scope) -> Section:
    return add_section(actor=in_scope.agent, names=("Konto", "Account"))


@pytest.fixture
def article(in_scope, section) -> Article:
    return add_article(actor=in_scope.agent, place=Place(section), words=WORDS)


def state_of(article: Article) -> str:
    return desk_articles().get(pk=article.pk).state


def test_an_article_is_a_draft_until_it_is_published(in_scope, article):
    assert article.slug == "byta-losenord"
    assert state_of(article) == "draft"
    assert not articles_for(in_scope.agent).exists()

    publish_article(actor=in_scope.agent, article=article)

    found = articles_for(None).get()
    assert found.published.title_en == "Change password"
    assert found.published.published_by == in_scope.agent
    assert found.review_at == next_review()
    assert state_of(article) == "published"


def test_readers_get_the_published_words_while_a_draft_is_written(in_scope, article):
    publish_article(actor=in_scope.agent, article=article)
    save_draft(actor=in_scope.lead, article=article, words=Words(title_en="New"), note="why")
    save_draft(actor=in_scope.lead, article=article, words=Words(title_en="Newer", body_en="text"))

    assert articles_for(None).get().published.title_en == "Change password"
    assert state_of(article) == "changed"
    assert [version.number for version in article.versions.all()] == [2, 1]
    draft = newest_version(article)
    assert (draft.author, draft.change_note) == (in_scope.lead, "why")

    publish_article(actor=in_scope.agent, article=article)

    assert articles_for(None).get().published.title_en == "Newer"
    assert article.versions.get(number=1).title_en == "Change password"


def test_saying_the_same_again_writes_nothing(in_scope, article):
    publish_article(actor=in_scope.agent, article=article)

    save_draft(actor=in_scope.lead, article=article, words=WORDS)
    publish_article(actor=in_scope.agent, article=article)

    assert article.versions.count() == 1


def test_the_later_of_two_writers_is_told(in_scope, article):
    seen = mark_of(newest_version(article))
    first = save_draft(actor=in_scope.agent, article=article, words=Words(title_en="First"), seen=seen)

    with pytest.raises(ChangedMeanwhile) as told:
        save_draft(actor=in_scope.lead, article=article, words=Words(title_en="Second"), seen=seen)
    with pytest.raises(ChangedMeanwhile):
        publish_article(actor=in_scope.lead, article=article, seen=seen)

    assert told.value.version == first
    save_draft(actor=in_scope.lead, article=article, words=Words(title_en="Both"), seen=mark_of(first))
    assert newest_version(article).title_en == "Both"


def test_what_was_published_once_is_restored_as_a_draft(in_scope, article):
    publish_article(actor=in_scope.agent, article=article)
    save_draft(actor=in_scope.agent, article=article, words=Words(title_en="Worse", body_en="b"))
    publish_article(actor=in_scope.agent, article=article)

    restore_version(actor=in_scope.agent, article=article, version=article.versions.get(number=1))

    assert Words.of(newest_version(article)) == WORDS
    assert articles_for(None).get().published.title_en == "Worse"
    assert discard_draft(actor=in_scope.agent, article=article)
    assert newest_version(article).title_en == "Worse"
    assert not discard_draft(actor=in_scope.agent, article=article)


def test_a_version_of_another_article_is_not_restored(in_scope, section, article):
    other = add_article(actor=in_scope.agent, place=Place(section), words=Words(title_en="Other"))

    with pytest.raises(ValueError, match="another"):
        restore_version(actor=in_scope.agent, article=article, version=newest_version(other))


def test_what_is_taken_back_is_a_draft_again(in_scope, article):
    publish_article(actor=in_scope.agent, article=article)

    unpublish_article(actor=in_scope.agent, article=article)

    assert state_of(article) == "draft"
    assert not articles_for(None).exists()
    assert Words.of(newest_version(article)) == WORDS
    publish_article(actor=in_scope.agent, article=article)
    assert articles_for(None).exists()


def test_what_is_put_away_comes_back_as_it_was(in_scope, article):
    publish_article(actor=in_scope.agent, article=article)

    put_away(actor=in_scope.agent, article=article)
    assert state_of(article) == "away"
    assert not articles_for(None).exists()

    bring_back(actor=in_scope.agent, article=article)
    assert articles_for(None).exists()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (Words(), "title"),
        (Words(title_en="t", body_sv="b"), "title_sv"),
        (Words(title_sv="t", summary_en="b"), "title_en"),
        (Words(title_en="t" * 151), "long"),
        (Words(title_en="t", body_en="b" * 100_001), "long"),
        (Words(title_en="\x00 \n"), "title"),
    ],
)
def test_words_that_are_refused(in_scope, article, words, why):
    with pytest.raises(WordsRefused) as refused:
        save_draft(actor=in_scope.agent, article=article, words=words)

    assert refused.value.why == why


def test_a_language_without_text_is_not_published(in_scope, section):
    article = add_article(actor=None, place=Place(section), words=Words(title_sv="a", body_sv="b", title_en="a"))

    with pytest.raises(WordsRefused) as refused:
        publish_article(actor=None, article=article)

    assert refused.value.why == "body_en"


@pytest.mark.parametrize(
    ("words", "why", "field"),
    [
        (Words(title_en="[…] cannot sign in", body_en="b"), "gap", "title_en"),
        (Words(title_sv="a", body_sv="Ring […] i dag."), "gap", "body_sv"),
        (Words(title_en="a", body_en="![what it shows](file:12)"), "file", "body_en"),
    ],
)
def test_what_was_left_out_or_is_not_there_is_not_published(in_scope, section, words, why, field):
    article = add_article(actor=None, place=Place(section), words=words)

    with pytest.raises(WordsRefused) as refused:
        publish_article(actor=None, article=article)

    assert (refused.value.why, refused.value.field) == (why, field)
    article.refresh_from_db()
    assert article.published is None


def test_an_address_leads_on_and_is_nobody_elses(in_scope, section, article):
    other = add_article(actor=in_scope.agent, place=Place(section), words=WORDS)
    assert other.slug == "byta-losenord-2"

    place_article(actor=in_scope.agent, article=article, place=Place(section, slug="password"))

    assert readable_article(None, "byta-losenord") is None  # it is not out
    publish_article(actor=in_scope.agent, article=article)
    assert readable_article(None, "byta-losenord") == article
    with pytest.raises(SlugTaken):
        place_article(actor=in_scope.agent, article=other, place=Place(section, slug="byta-losenord"))
    with pytest.raises(SlugTaken):
        place_article(actor=in_scope.agent, article=other, place=Place(section, slug="password"))
    place_article(actor=in_scope.agent, article=article, place=Place(section, slug="byta-losenord"))
    assert {readable_article(None, slug).slug for slug in ("byta-losenord", "password")} == {"byta-losenord"}


def test_an_article_for_organisations_names_them(in_scope, section, article):
    publish_article(actor=in_scope.agent, article=article)
    theirs = Place(section, audience=Audience.ORGANISATIONS, organisations=(in_scope.organisation,))

    place_article(actor=in_scope.agent, article=article, place=theirs)

    assert articles_for(in_scope.customer).exists()
    assert not articles_for(None).exists()
    with pytest.raises(PlaceRefused):
        place_article(actor=in_scope.agent, article=article, place=Place(section, audience=Audience.ORGANISATIONS))
    place_article(actor=in_scope.agent, article=article, place=Place(section, organisations=theirs.organisations))
    assert not article.organisations.exists()


def test_related_articles_and_owners_are_judged(in_scope, section, article):
    other = add_article(actor=in_scope.agent, place=Place(section), words=WORDS)

    place_article(actor=in_scope.agent, article=article, place=Place(section, related=(other, other)))

    assert [row.other for row in article.related.all()] == [other]
    for place in (
        Place(section, related=(article,)),
        Place(section, owner=in_scope.customer),
        Place(section, slug="../evil"),
        Place(section, audience="nobody"),
    ):
        with pytest.raises(PlaceRefused):
            place_article(actor=in_scope.agent, article=article, place=place)


def test_only_those_publish_whom_the_portal_lets(in_scope, article):
    HelpSettings.objects.create(agents_publish=False)
    add_member(actor=None, department=in_scope.other_department, user=in_scope.agent)

    assert [may_publish(one) for one in (in_scope.customer, in_scope.agent, in_scope.lead, in_scope.administrator)] == [
        False,
        False,
        True,
        True,
    ]
    with pytest.raises(PermissionError):
        publish_article(actor=in_scope.agent, article=article)
    publish_article(actor=in_scope.lead, article=article)
    for door in (unpublish_article, put_away, publish_article):
        with pytest.raises(PermissionError):
            door(actor=in_scope.agent, article=article)
    with pytest.raises(PermissionError):
        place_article(actor=in_scope.agent, article=article, place=Place(article.section))
    save_draft(actor=in_scope.agent, article=article, words=Words(title_en="Suggested"))


def test_customers_write_nothing(in_scope, section, article):
    who = in_scope.customer
    for refused in (
        lambda: add_article(actor=who, place=Place(section), words=WORDS),
        lambda: save_draft(actor=who, article=article, words=Words(title_en="x")),
        lambda: publish_article(actor=who, article=article),
        lambda: put_away(actor=who, article=article),
        lambda: place_article(actor=who, article=article, place=Place(section)),
        lambda: move_article(actor=who, article=article, before=True),
        lambda: add_section(actor=who, names=("a", "b")),
        lambda: remove_section(actor=who, section=section),
        lambda: add_files(actor=who, article=article, files=[]),
        lambda: still_holds(actor=who, article=article),
    ):
        with pytest.raises(PermissionError):
            refused()


def test_articles_and_sections_change_places(in_scope, section, article):
    second = add_article(actor=in_scope.agent, place=Place(section), words=WORDS)
    later = add_section(actor=in_scope.agent, names=("Konto", ""))

    assert later.slug == "konto-2"
    assert move_article(actor=in_scope.agent, article=second, before=True)
    assert not move_article(actor=in_scope.agent, article=second, before=True)
    assert list(Article.objects.all()) == [second, article]
    assert move_section(actor=in_scope.agent, section=section, before=False)
    assert list(Section.objects.all()) == [later, section]


def test_a_section_goes_only_when_it_is_empty(in_scope, section, article):
    with pytest.raises(SectionInUse):
        remove_section(actor=in_scope.agent, section=section)
    with pytest.raises(SectionRefused):
        update_section(actor=in_scope.agent, section=section, names=("", " "))

    empty = add_section(actor=in_scope.agent, names=("Tom", ""))
    remove_section(actor=in_scope.agent, section=empty)

    assert Section.objects.get() == section


def test_a_file_goes_only_when_no_current_words_show_it(in_scope, article):
    picture, text = add_files(
        actor=in_scope.agent,
        article=article,
        files=[
            SimpleUploadedFile("../../a.png", b"\x89PNG\r\n\x1a\n" + b"0" * 20),
            SimpleUploadedFile("evil.svg", b"<svg onload='alert(1)'/>", content_type="image/svg+xml"),
        ],
    )
    assert (picture.name, picture.content_type, text.content_type) == ("a.png", "image/png", "")
    save_draft(actor=None, article=article, words=Words(title_en="t", body_en=f"![how](file:{picture.pk})"))

    with pytest.raises(FileInUse):
        remove_file(actor=in_scope.agent, file=picture)
    remove_file(actor=in_scope.agent, file=text)
    remove_file(actor=in_scope.agent, file=text)

    assert ArticleFile.objects.get() == picture


def test_what_holds_is_asked_about_again_later(in_scope, article):
    HelpSettings.objects.create(review_months=1)
    Article.objects.filter(pk=article.pk).update(review_at=timezone.localdate() - timedelta(days=1))

    still_holds(actor=in_scope.agent, article=article)

    article.refresh_from_db()
    assert article.review_at == next_review() > timezone.localdate()
    assert next_review(date(2026, 1, 31)) == date(2026, 2, 28)
    assert next_review(date(2026, 12, 5)) == date(2027, 1, 5)


def test_nothing_of_it_is_on_another_portal(in_scope, other_portal, article):
    publish_article(actor=in_scope.agent, article=article)

    with tenant_scope(other_portal.tenant):
        assert not articles_for(other_portal.agent).exists()
        assert not desk_articles().exists()
        add_article(
            actor=other_portal.agent,
            place=Place(add_section(actor=other_portal.agent, names=("Konto", ""))),
            words=WORDS,
        )
        assert Article.objects.get().slug == "byta-losenord"


def test_what_is_out_is_found_and_nothing_else(in_scope, article):
    def found() -> list[int]:
        return [hit.pk for hit in find("password", None).hits]

    assert found() == []
    publish_article(actor=in_scope.agent, article=article)
    assert found() == [article.pk]
    put_away(actor=in_scope.agent, article=article)
    assert found() == []
    bring_back(actor=in_scope.agent, article=article)
    assert found() == [article.pk]
    unpublish_article(actor=in_scope.agent, article=article)
    assert found() == []
