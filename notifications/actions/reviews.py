"""Asking whoever answers for articles whether they still hold, once for each day that was set for it."""

import logging
from collections import defaultdict
from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.enums import AccountEventKind
from accounts.models import AccountEvent, User
from accounts.poking import poke_worker
from knowledge.models import Article
from knowledge.queries.reviews import answers_for, due_articles, not_asked_yet
from notifications.actions.fanning_out import fan_out
from routing.leads import support_leads
from routing.presence import Presence

AT_ONCE = 500  # articles of a portal in one turn; the others in the next
log = logging.getLogger(__name__)


def ask_about_articles(today: date | None = None) -> int:
    """Ask about every article whose day has come, each person in one mail. Returns how many mails follow.

    Called by the clock. Whoever stands in is asked instead of who is away; where nobody who answers for an article is
    left, the support leads are; where there is nobody at all, the article is due on the desk's page and asked about
    once there is. One person's trouble is logged and holds nobody else up.
    """
    day = today or timezone.localdate()
    rows = not_asked_yet(due_articles(day)).select_related("owner", "published__published_by", "published__author")
    presence, whose, number = Presence(day), defaultdict(list), 0
    for article in rows[:AT_ONCE]:
        for person in _asked_about(article, presence):
            whose[person].append(article.pk)
    for person, keys in whose.items():
        try:
            number += ask_about(actor=None, user=person, articles=keys, day=day)
        except Exception:
            log.exception("Person %s could not be asked about articles", person.pk)
    return number


def ask_about(*, actor: User | None, user: User, articles: list[int], day: date) -> bool:
    """Ask a person about those of the articles (their ids) that are due on the day and that nobody has been asked about
    since it was set: once, however often and by however many workers this is called. Records `reviews_due`; event,
    delivery and the articles' marks are there together or not at all. Returns whether a mail follows."""
    with transaction.atomic():
        locked = Article.objects.select_for_update(of=("self",)).filter(pk__in=articles).order_by("pk")
        open_ones = set(
            not_asked_yet(due_articles(day)).filter(pk__in=[row.pk for row in locked]).values_list("pk", flat=True)
        )
        if not (open_ones and user.is_active and user.is_agent):
            return False
        Article.objects.filter(pk__in=open_ones).update(asked_for=F("review_at"))
        event = AccountEvent.objects.create(
            actor=actor, user=user, kind=AccountEventKind.REVIEWS_DUE, data={"articles": sorted(open_ones)}
        )
        fan_out(event)
        poke_worker()
    return True


def _asked_about(article: Article, presence: Presence) -> list[User]:
    person = answers_for(article)
    here = presence.instead_of(person) if person is not None else None
    return [here] if here is not None else presence.here_of(support_leads())[:1]
