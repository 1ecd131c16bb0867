"""How good the search is, by sixty questions written before it was; and how it is with many articles."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.scoping import tenant_scope
from helpdesk.loading.articles import load_more, load_search_set, missed, questions, texts
from knowledge.models import Article, IndexedText
from knowledge.searching import find
from knowledge.searching.engines import best_of, matching, words_like, words_with

ENOUGH = 54


def test_the_set_is_whole():
    asked = questions()

    assert len(asked) == len({question.words for question in asked}) == 60
    assert {question.language for question in asked} == {"sv", "en"}
    assert {question.slug for question in asked} <= set(texts())
    assert len(texts()) >= 110


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_right_article_is_among_the_first_three(in_scope, language):
    load_search_set()

    with translation.override(language):
        wrong = missed()

    assert len(questions()) - len(wrong) >= ENOUGH, wrong


@pytest.mark.only("postgresql")
def test_texts_and_words_are_found_by_their_indexes(in_scope):
    load_search_set()
    load_more(300)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SET LOCAL enable_seqscan = off")  # the tables are small; what is asked is whether it can
    rows = IndexedText.objects.all()

    assert "indexed_text_terms" in matching(rows, [["siren"], ["larm"]], every=True).explain()
    assert "indexed_text_terms" in best_of(rows, [["siren"]], every=False)[:10].explain()
    for asked in (lambda: words_with({"brand"}), lambda: words_like("brandlrm")):
        assert asked()
        assert "known_word_trigrams" in _plan_of_last(asked)


def _plan_of_last(ask) -> str:
    with CaptureQueriesContext(connection) as captured:
        ask()
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + captured.captured_queries[-1]["sql"])
        return "\n".join(row[0] for row in cursor.fetchall())


def test_a_portal_is_filled_with_articles_that_are_found(in_scope, other_portal):
    call_command("load_articles", 3, portal=in_scope.tenant.slug, stdout=StringIO())
    call_command("load_articles", 2, portal=in_scope.tenant.slug, stdout=StringIO())

    assert Article.objects.count() == 5
    assert find(Article.objects.get(slug="load-4").published.title_sv, None).hits[0].url == "/help/load-4/"
    with tenant_scope(other_portal.tenant):
        assert not Article.objects.exists()
    with pytest.raises(CommandError, match="no portal"):
        call_command("load_articles", 3, portal="nowhere")
