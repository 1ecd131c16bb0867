"""The demo's story is told by doors that believe it is earlier: what they write of the help centre says so too."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db.models import DateTimeField
from django.utils import timezone

from accounts.models import TenantModel
from helpdesk.demo.living import at
from knowledge.actions.articles import add_article, publish_article, save_draft
from knowledge.actions.booking import book
from knowledge.actions.noting_solved import note_solved
from knowledge.actions.sections import add_section
from knowledge.actions.service_messages import add_update, end_message, publish_message, save_message
from knowledge.actions.subscribing import subscribe
from knowledge.actions.voting import vote
from knowledge.drafts import Place, Words
from knowledge.models import (
    Article,
    ArticleVersion,
    ArticleVote,
    Booking,
    Occasion,
    ServiceMessage,
    ServiceSubscription,
    ServiceUpdate,
    Solved,
)
from tests.factories import make_ticket
from tests.knowledge.booking import make_occasion
from tests.knowledge.test_service_messages import draft
from tickets.actions.answering_together import answer_together, give_answers
from tickets.actions.service_links import link_to_service_message
from tickets.models import SharedAnswer, TicketServiceMessage

AGO = 20 * 24.0  # hours
WRITTEN = (Article, ArticleVersion, ArticleVote, Booking, Occasion, ServiceMessage, ServiceSubscription, ServiceUpdate)
ALL = (*WRITTEN, Solved, SharedAnswer, TicketServiceMessage)
STILL_TO_COME = {"starts_at"}


def moments(model: type[TenantModel]) -> list[tuple[str, Any]]:
    names = [field.name for field in model._meta.fields if isinstance(field, DateTimeField)]
    rows = model.objects.values(*names)
    assert rows, model
    return [(f"{model.__name__}.{name}", row[name]) for row in rows for name in names if name not in STILL_TO_COME]


def written_then(portal: Any) -> None:
    """Something by every door that a demo may use."""
    section = add_section(actor=portal.agent, names=("Konto", "Account"))
    article = add_article(actor=portal.agent, place=Place(section), words=Words(title_en="One", body_en="One."))
    article = publish_article(actor=portal.agent, article=article)
    save_draft(actor=portal.agent, article=article, words=Words(title_en="Two", body_en="Two."))
    vote(actor=None, article=article, voter="a", is_helpful=False, comment="Which?")
    note_solved(actor=None, key=uuid4(), article=article)
    subscribe(actor=portal.customer, user=portal.customer)
    told = save_message(actor=portal.agent, message=None, draft=draft(starts_at=timezone.now()))
    publish_message(actor=portal.agent, message=told)
    add_update(actor=portal.agent, message=told, text_sv="", text_en="Half of it.", tells=False)
    ticket = make_ticket(requester=portal.customer, topic=portal.topic)
    link_to_service_message(actor=portal.agent, ticket=ticket, message=told, as_staff=True)
    end_message(actor=portal.agent, message=told, tells=False)
    answer_together(actor=portal.agent, message=told, body="Over.", closes=True)
    give_answers()
    occasion = make_occasion(starts_at=timezone.now() + timedelta(days=90))
    book(actor=portal.customer, occasion=occasion, user=portal.customer)


def test_what_doors_write_of_the_help_centre_is_as_old_as_they_believe(in_scope):
    before = timezone.now() - timedelta(hours=AGO - 1)
    with at(AGO):
        written_then(in_scope)

    told = [pair for model in ALL for pair in moments(model)]
    assert [(name, moment) for name, moment in told if isinstance(moment, datetime) and moment > before] == []
