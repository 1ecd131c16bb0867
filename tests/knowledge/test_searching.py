"""What a search of the help centre finds, and for whom."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.scoping import tenant_scope
from knowledge.actions.indexing import index_article, index_service_message, reindex
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
from knowledge.searching.scoring import ranked


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


@pytest.mark.parametrize(
    ("title", "asked"),
    [
        ("Byta batterier", "batteriet"),  # inflected
        ("Logga in", "inloggningen"),
        ("Återställ dörren", "aterstalla dorr"),  # without accents
        ("Larmcentral", "central"),  # the end of a compound
        ("Larmcentral", "larm"),  # its beginning
        ("Brandlarm", "brand larm"),  # written apart
        ("Centralen", "larmcentralen"),  # a compound finds its part
        ("Skolans bibliotek", "skolbibliotek"),
        ("E-post", "epost"),
        ("Epost", "e-post"),
        ("Övervakning", "överv"),  # not typed to its end
        ("Batteri", "baterri"),  # typing errors
        ("Nyckel", "nykcel"),
        ("Dator", "datr"),
    ],
)
def test_a_word_is_found_in_its_other_forms(in_scope, title, asked):
    row = article("right", title_sv=title)
    article("wrong", title_sv="Städning av fönster")

    assert found(asked) == [row.pk]


def test_mended_words_are_told_as_they_are_written(in_scope):
    article("lost", title_sv="Glömt lösenordet", body_sv="Byt lösenord.")

    assert find("glömt lösenrod", None).corrected == "glömt lösenord"
    assert find("glömt lösenord", None).corrected == ""


@pytest.mark.parametrize("words", ["siths", "schema"])
def test_nothing_is_mended_into_another_word(in_scope, words):
    """Neither into one that says nothing ("with", "them"), nor into one whose stem alone is near ("chef")."""
    article("permission", title_sv="Vem ger mig behörighet?", body_sv="Det gör din chef.")
    article("ways", title_en="Sign in with a card", body_en="Everybody else turns to them.")
    assert find(words, None) == Found()


def test_nothing_is_mended_with_words_of_what_one_may_not_read(in_scope):
    article("open", title_sv="Något annat")
    secret = article("secret", audience="staff", title_sv="Kassaskåpet", body_sv="Kombinationen")

    assert find("kasaskåpet", in_scope.customer) == Found()
    assert find("kasaskåpet", in_scope.agent).corrected == "kassaskåpet"
    assert found("kasaskåpet", in_scope.agent) == [secret.pk]


def test_what_is_closed_or_indexed_anew_during_a_search_is_left_out(in_scope, monkeypatch):
    closed, anew, stays = (article(slug, title_sv="Lösenord", body_sv="Byt lösenord") for slug in ("a", "b", "c"))

    def meanwhile(*args):
        ranking = ranked(*args)
        Article.objects.filter(pk=closed.pk).update(audience="staff")
        index_article(anew)
        return ranking

    monkeypatch.setattr("knowledge.searching.finding.ranked", meanwhile)

    assert found("lösenrod", in_scope.customer) == [stays.pk]


def test_titles_count_before_summaries_and_bodies(in_scope):
    body = article("body", title_sv="Ett", body_sv="Om sirenen.")
    heading = article("heading", title_sv="Två", body_sv="## Sirenen\n\nText.")
    summary = article("summary", title_sv="Tre", summary_sv="Om sirenen.")
    title = article("title", title_sv="Sirenen")

    assert found("siren") == [title.pk, summary.pk, heading.pk, body.pk]


def test_rare_words_count_before_common_ones(in_scope):
    for number in range(6):
        article(f"common-{number}", title_sv=f"Larm {number}")
    rare = article("rare", title_sv="Sirener", body_sv="De låter.")

    assert found("larm siren")[0] == rare.pk


def test_what_is_over_stands_behind_what_lasts(in_scope):
    over = message("Detectors down", over_at=timezone.now())
    lasting = message("Detectors down")

    assert found("detectors down") == [lasting.pk, over.pk]


def test_pages_are_parts_of_one_list(in_scope):
    rows = {article(f"a{number}", title_en=f"Siren {number}").pk for number in range(5)}
    pages = [find("siren", None, limit=2, offset=offset) for offset in (0, 2, 4, 6)]

    assert [len(page.hits) for page in pages] == [2, 2, 1, 0]
    assert {page.total for page in pages} == {5}
    assert {hit.pk for page in pages for hit in page.hits} == rows


def test_marks_stand_on_what_was_searched_for(in_scope):
    article(
        "long", title_sv="Byta batteri", body_sv="Något. " * 60 + "Batteriet sitter under <locket>. " + "Mer. " * 60
    )

    hit = find("batterier lock", None).hits[0]

    assert [hit.title[begin:end] for begin, end in hit.title_marks] == ["batteri"]
    assert [hit.snippet[begin:end] for begin, end in hit.snippet_marks] == ["Batteriet", "locket"]
    assert len(hit.snippet) < 220


def test_the_number_of_questions_to_the_database_does_not_grow(in_scope, django_assert_num_queries):
    for number in range(12):
        article(f"a{number}", title_en=f"Siren {number}", body_en="The siren is loud")
        if number in (0, 11):
            with django_assert_num_queries(5):
                assert find("loud sirens", in_scope.customer).total == number + 1


words = st.lists(st.sampled_from(["larm", "brandlarm", "brand", "siren", "sirenen", "dörr", "portkod"]), min_size=1)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shown=st.lists(words, max_size=3), hidden=st.lists(words, min_size=1, max_size=3), asked=words)
def test_what_one_may_not_read_changes_nothing_of_what_is_found(in_scope, shown, hidden, asked):
    """Neither hits nor their order, totals, snippets or mended words (also of mistyped ones)."""
    questions = [" ".join(asked), " ".join(word[:-2] + word[-1] for word in asked)]
    with transaction.atomic():
        for number, said in enumerate(shown):
            article(f"shown-{number}", title_sv=" ".join(said[:2]), body_sv=" ".join(said))
        for number, said in enumerate(hidden):
            article(f"hidden-{number}", audience="staff", title_sv=" ".join(said[:2]), body_sv=" ".join(said))

        before = [find(question, in_scope.customer) for question in questions]
        Article.objects.filter(audience="staff").update(published=None)
        reindex()
        after = [find(question, in_scope.customer) for question in questions]
        transaction.set_rollback(True)

    assert after == before


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_no_text_is_a_command(in_scope, text):
    for question in (text, f'larm {text}"', f"{text}* NEAR(larm) title_terms:larm"):
        find(question, None)


def test_indexing_everything_again_finds_the_same_and_forgets_old_words(in_scope, other_portal):
    with tenant_scope(other_portal.tenant):
        article("theirs", title_sv="Deras")
    row = article("alarm", title_sv="Larma av", body_sv="Koden")
    row.published.body_sv = "Knappen"
    row.published.save()

    call_command("reindex", portal=in_scope.tenant.slug, stdout=StringIO())

    assert found("knapp") == [row.pk]
    assert found("koden") == []
    assert set(KnownWord.objects.values_list("word", flat=True)) == {"larma", "av", "knappen"}
    with tenant_scope(other_portal.tenant):
        assert KnownWord.objects.count() == 1
    with pytest.raises(CommandError, match="no portal"):
        call_command("reindex", portal="nowhere")


@pytest.mark.only("sqlite")
def test_the_triggers_that_keep_the_index_are_there(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'knowledge_%'")
        found = {name for (name,) in cursor.fetchall()}

    assert found == {
        f"knowledge_{table}_{what}"
        for table in ("indexedtext", "knownword")
        for what in ("kept", "forgotten", "changed")
    }
