from django.db import models
from django.db.models import Q

from accounts.models import TenantModel
from knowledge.models.articles import Article
from knowledge.models.service import ServiceMessage


class IndexedText(TenantModel):
    """What is searched of an article or a service message, in one language. Only of what is out; who may read it is
    asked of the article or message itself, in the same query.

    `title` and `text` are plain words, for showing. The terms are what `searching.words` made of them, by where they
    stood: words in small letters without accents and endings, single spaces between. The databases' own index of the
    terms (PostgreSQL: the column `vector`; SQLite: the table `knowledge_indexedtext_terms`) is made by migration 0007
    and keeps itself.
    """

    article = models.ForeignKey(Article, on_delete=models.CASCADE, null=True, related_name="indexed")
    service_message = models.ForeignKey(ServiceMessage, on_delete=models.CASCADE, null=True, related_name="indexed")
    language = models.CharField(max_length=2)
    title = models.CharField(max_length=150)
    text = models.TextField(blank=True)
    title_terms = models.TextField(blank=True)
    summary_terms = models.TextField(blank=True)
    heading_terms = models.TextField(blank=True)
    body_terms = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(article__isnull=True) ^ Q(service_message__isnull=True), name="indexed_text_of_one_thing"
            ),
            models.UniqueConstraint(fields=["article", "language"], name="article_indexed_once_per_language"),
            models.UniqueConstraint(
                fields=["service_message", "language"], name="service_message_indexed_once_per_language"
            ),
        ]
        # Who may read them is asked without looking at the texts.
        indexes = [models.Index(fields=["tenant", "article", "service_message", "id"], name="indexed_text_of")]

    def __str__(self) -> str:
        return self.title


class KnownWord(TenantModel):
    """A word that stands, or has stood, in an indexed text of the portal: what typing errors are mended with, and what
    compounds are taken apart by. `term` is what the index has instead of it.

    It says nothing about who may read where it stands: a word is shown to nobody without asking the index for a text
    that this reader may read.
    """

    language = models.CharField(max_length=2)
    word = models.CharField(max_length=40)  # in small letters, as it is written
    folded = models.CharField(max_length=40)  # without accents
    term = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "language", "word"], name="known_word_once")]
        indexes = [
            models.Index(fields=["tenant", "term"], name="known_word_term"),
            models.Index(fields=["tenant", "folded"], name="known_word_folded"),
        ]

    def __str__(self) -> str:
        return self.word
