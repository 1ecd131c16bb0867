"""Whoever answers for articles is asked whether they still hold: once, in one mail, or whoever stands in."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from accounts.enums import AccountEventKind, Role
from accounts.models import AccountEvent
from accounts.scoping import tenant_scope
from knowledge.actions.reviewing import still_holds
from knowledge.models import Article
from notifications.actions import reviews
from notifications.actions.reviews import ask_about, ask_about_articles
from notifications.enums import MailKind
from notifications.models import Delivery
from routing.models import Absence
from tests.factories import AgentFactory
from tests.knowledge.due import have_articles_due
from tests.tickets.test_parallel import at_once


def asked() -> list[str]:
    return sorted(Delivery.objects.filter(template=MailKind.REVIEWS).values_list("address", flat=True))


def test_each_is_asked_about_all_theirs_in_one_mail_once(in_scope, other_portal, send_all):
    have_articles_due(in_scope.agent, "Byta lösenord", number=2)
    have_articles_due(in_scope.lead, "Invoices")
    with tenant_scope(other_portal.tenant):
        have_articles_due(other_portal.agent, "Elsewhere")

    assert ask_about_articles() == 2
    assert ask_about_articles() == 0

    mails = {taken.recipient: taken for taken in send_all(in_scope.tenant)}
    own = mails[in_scope.agent.email]
    assert own.mail["Subject"] == "North support: 2 articles to look through"
    for half in ("plain", "html"):
        assert own.part(half).count("Byta lösenord") == 2
        assert "Invoices" not in own.part(half)
        assert "/desk/help/reviews/" in own.part(half)
        day = date_format(timezone.localdate() - timedelta(days=1), "DATE_FORMAT")
        assert own.part(half).count(f"(since {day})") == 2  # no order of day and month that readers have to guess
    with tenant_scope(other_portal.tenant):
        assert asked() == []


def test_who_said_that_it_holds_is_asked_again_on_the_next_day_set(in_scope):
    [article] = have_articles_due(in_scope.agent)
    ask_about_articles()
    tomorrow = timezone.localdate() + timedelta(days=1)

    still_holds(actor=in_scope.agent, article=article, until=tomorrow)

    assert ask_about_articles() == 0
    assert ask_about_articles(tomorrow) == 1
    assert ask_about_articles(tomorrow) == 0


def test_what_is_settled_meanwhile_is_not_mailed(in_scope, send_all):
    [article] = have_articles_due(in_scope.agent)
    ask_about_articles()
    still_holds(actor=in_scope.lead, article=article)

    assert send_all(in_scope.tenant) == []


def test_of_who_is_away_the_stand_in_is_asked_and_else_the_support_lead(in_scope):
    support = AgentFactory(email="support@north.example", role=Role.SUPPORT_LEAD)
    today = timezone.localdate()
    Absence.objects.create(user=in_scope.agent, stand_in=in_scope.lead, since=today)
    gone = AgentFactory(email="gone@north.example")
    have_articles_due(in_scope.agent)
    have_articles_due(gone)
    gone.is_active = False
    gone.save()
    have_articles_due(None)

    assert ask_about_articles() == 2
    assert asked() == sorted([in_scope.lead.email, support.email])


def test_whoever_published_it_is_asked_where_nobody_answers_for_it(in_scope):
    [article] = have_articles_due(in_scope.lead)
    Article.objects.filter(pk=article.pk).update(owner=None)

    ask_about_articles()

    assert asked() == [in_scope.lead.email]


@pytest.mark.parametrize("step", ["AccountEvent.objects.create", "fan_out", "poke_worker"])
def test_a_worker_that_dies_between_two_steps_leaves_nothing_half_done(in_scope, monkeypatch, step):
    have_articles_due(in_scope.agent)
    with monkeypatch.context() as broken:
        broken.setattr(f"notifications.actions.reviews.{step}", _die)
        assert ask_about_articles() == 0
    assert asked() == []
    assert not AccountEvent.objects.filter(kind=AccountEventKind.REVIEWS_DUE).exists()

    assert ask_about_articles() == 1
    assert asked() == [in_scope.agent.email]


def _die(*_args: object, **_named: object) -> None:
    raise RuntimeError(f"killed in {reviews.__name__}")


@pytest.mark.django_db(transaction=True)
def test_of_several_workers_one_makes_the_mail(portal, other_portal):
    with tenant_scope(portal.tenant):
        keys = [article.pk for article in have_articles_due(portal.agent, number=3)]
    today = timezone.localdate()

    made = at_once(portal, lambda _: ask_about(actor=None, user=portal.agent, articles=keys, day=today), times=4)

    assert sorted(made) == [False, False, False, True]
    with tenant_scope(portal.tenant):
        assert asked() == [portal.agent.email]
        assert ask_about_articles() == 0
