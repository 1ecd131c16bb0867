from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from knowledge.models import SearchedWords
from knowledge.searched import countable

KEPT_FOR = timedelta(days=90)
MOST_A_DAY = 2000  # different words; what machines make up does not fill the table


def note_search(*, actor: User | None, words: str, found: bool) -> None:
    """Count that customers looked for these words today, and whether the help centre had something. By whom is not
    kept. Staff are not counted: they look for tickets and people, by name.

    Side effect: the row of the words and the day is counted up, in one transaction.
    """
    kept = "" if actor is not None and actor.is_agent else countable(words)
    if not kept:
        return
    today = timezone.localdate()
    with transaction.atomic():
        rows = SearchedWords.objects.filter(day=today, words=kept)
        if not rows.exists():
            if SearchedWords.objects.filter(day=today).count() >= MOST_A_DAY:
                return
            SearchedWords.objects.bulk_create([SearchedWords(day=today, words=kept)], ignore_conflicts=True)
        rows.update(times=F("times") + 1, in_vain=F("in_vain") + (0 if found else 1))


def forget_searches() -> int:
    """Delete what was searched for more than KEPT_FOR ago. Run by the worker in each tenant's scope. Returns how many
    rows."""
    deleted, _ = SearchedWords.objects.filter(day__lt=timezone.localdate() - KEPT_FOR).delete()
    return int(deleted)
