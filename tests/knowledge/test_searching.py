"""What a search of the help centre finds, and for whom."""

import pytest
from django.utils import timezone

from accounts.scoping import tenant_scope
from knowledge.actions.indexing import index_article, index_service_message
from knowledge.models import (
    Article,
    ArticleOrganisation,
    ArticleVersion,
    IndexedText,
    KnownWord,
    Section,
    ServiceMessage,
)
from knowledge.searching import Found, Kind, find


def article(slug: str, *, audience: str = "everybody", **words: str) -> Article:
    section, _ = Section.objects.get_or_create(slug="all", defaults={"name_en": "All"})
    row = Article.objects.create(slug=slug, section=section, audience=audience)
    row.published = ArticleVersion.objects.create(
        article=row, number=1, published_at=row.created_at, **(words or {"title_en": slug})
    )
    row.save()
    index_article(row)
    return row


def message(title: str, *, audience: str = "everybody", **values: object) -> ServiceMessage:
    now = timezone.now()
    row = ServiceMessage.objects.create(
        kind="disturbance",
        severity="down",
        audience=audience,
        title_en=title,
        starts_at=now,
        published_at=now,
        **values,
    )
    index_service_message(row)
    return row


def found(words: str, reader=None) -> list[int]:
    return [hit.pk for hit in find(words, reader).hits]


def test_words_find_articles_and_service_messages_of_this_portal_alone(in_scope, other_portal):
    one = article("batteries", title_en="Change batteries", body_en="Open the lid of the **detector**.")
    down = message("Detectors do not answer")
    with tenant_scope(other_portal.tenant):
        article("theirs", title_en="Detector")

    hits = find("detector", None).hits

    assert {(hit.kind, hit.pk) for hit in hits} == {(Kind.ARTICLE, one.pk), (Kind.SERVICE_MESSAGE, down.pk)}
    assert find("detector", None, kinds=frozenset({Kind.ARTICLE})).total == 1


@pytest.mark.parametrize("words", ["", " ", "?!", "\x00", '"', "zzz", "a" * 10_000, "AND OR NOT", "'; --", "%", "*"])
def test_words_that_say_nothing_find_nothing(in_scope, words):
    article("one", title_en="One", body_en="Words")

    assert find(words, in_scope.agent) == Found()


def test_what_is_for_others_is_found_by_those_who_may_read_it(in_scope):
    rows = {
        audience: article(audience, audience=audience, title_en="Detector")
        for audience in ("everybody", "signed_in", "organisations", "staff")
    }
    ArticleOrganisation.objects.create(article=rows["organisations"], organisation=in_scope.organisation)
    everybody, signed_in, organisations, staff = (row.pk for row in rows.values())

    assert set(found("detector")) == {everybody}
    assert set(found("detector", in_scope.customer)) == {everybody, signed_in, organisations}
    assert set(found("detector", in_scope.agent)) == {everybody, signed_in, organisations, staff}


def test_what_is_taken_back_or_put_away_is_not_found(in_scope):
    taken, away = article("taken", title_en="Detector"), article("away", title_en="Detector")
    taken.published = None
    taken.save()
    away.archived_at = away.created_at
    away.save()
    assert found("detector") == []  # also before the index hears of it

    index_article(taken)
    index_article(away)

    assert not IndexedText.objects.exists()


def test_both_languages_are_found_and_shown_once(in_scope):
    row = article("alarm", title_sv="Larma av", body_sv="Tryck koden", title_en="Disarm", body_en="Press the code")

    assert found("koden") == found("code") == [row.pk]
    assert [hit.title for hit in find("koden", None).hits] == ["Larma av"]
    assert IndexedText.objects.count() == 2


def test_indexing_again_changes_what_is_there(in_scope):
    row = article("alarm", title_sv="Larma av", title_en="Disarm")
    row.published.title_sv, row.published.title_en = "", "Arm"
    index_article(row)

    assert [(text.language, text.title) for text in IndexedText.objects.all()] == [("en", "Arm")]
    assert set(KnownWord.objects.values_list("word", flat=True)) == {"larma", "av", "disarm", "arm"}
