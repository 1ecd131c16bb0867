from django.db import models
from django.utils import timezone

from accounts.models import TenantModel
from knowledge.models.articles import Article
from knowledge.models.service import ServiceMessage


class SearchedWords(TenantModel):
    """How often something was searched for in the help centre on a day, and how often it had nothing about it. Who did
    is not kept. Kept for 90 days."""

    day = models.DateField()
    words = models.CharField(max_length=100)  # as knowledge/searched.py counts them
    times = models.PositiveIntegerField(default=0)
    in_vain = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "day", "words"], name="words_once_a_day")]

    def __str__(self) -> str:
        return self.words


class Solved(TenantModel):
    """Somebody who was about to write a ticket said that this solved it. Who is not kept."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, null=True, related_name="solved")
    service_message = models.ForeignKey(ServiceMessage, on_delete=models.CASCADE, null=True, related_name="solved")
    key = models.UUIDField()  # of the form it was shown at: counted once for each
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(article__isnull=True) ^ models.Q(service_message__isnull=True),
                name="one_thing_solved_it",
            ),
            models.UniqueConstraint(fields=["tenant", "key"], name="solved_once_a_form"),
        ]
        indexes = [models.Index(fields=["tenant", "created_at"], name="solved_list")]

    def __str__(self) -> str:
        return f"{self.article or self.service_message}"
