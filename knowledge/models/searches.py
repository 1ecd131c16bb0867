from django.db import models
from django.utils import timezone

from accounts.models import TenantModel, User
from knowledge.enums import SearchedFrom
from knowledge.models.articles import Article
from knowledge.models.service import ServiceMessage


class SearchedWords(TenantModel):
    """How often something was searched for in the help centre on a day, by whomever, and how often nothing was found.
    Kept for 90 days."""

    day = models.DateField()
    words = models.CharField(max_length=100)  # folded
    times = models.PositiveIntegerField(default=0)
    in_vain = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "day", "words"], name="words_once_a_day")]

    def __str__(self) -> str:
        return self.words


class Solved(TenantModel):
    """Somebody who was about to write a ticket, or searched, said that this solved it."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, null=True, related_name="solved")
    service_message = models.ForeignKey(ServiceMessage, on_delete=models.CASCADE, null=True, related_name="solved")
    searched_from = models.CharField(max_length=6, choices=SearchedFrom.choices)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    key = models.UUIDField(null=True)  # of the form it was shown at: counted once for each
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
