"""Where the help centre meets topics."""

from django.db import transaction

from accounts.models import User
from accounts.rules import require_administrator
from tickets.models import HelpTopic, ManualTopic
from tickets.queries import with_form


class TopicHasNoForm(ValueError):
    """Nobody can write under this topic."""


def set_manual_topic(*, actor: User | None, topic: HelpTopic | None) -> None:
    """Choose the topic of tickets about what is missing in the help centre (S10); None: readers are not asked.

    For administrators (None: an operator's command). Raises TopicHasNoForm for one that is retired, a heading, or leads
    elsewhere.
    """
    require_administrator(actor)
    with transaction.atomic():
        if topic is None:
            ManualTopic.objects.all().delete()
            return
        if not with_form(HelpTopic.objects.filter(is_active=True)).filter(pk=topic.pk).exists():
            raise TopicHasNoForm
        ManualTopic.objects.update_or_create(defaults={"topic": topic})
