"""What is told of a service message goes to all who subscribe and may read it, in batches."""

from django.db import transaction
from django.utils import timezone

from accounts.enums import AccountEventKind
from accounts.models import AccountEvent
from accounts.poking import poke_worker
from knowledge.models import ServiceUpdate
from knowledge.queries.subscribers import subscribers_of

BATCH = 200


def tell_subscribers() -> bool:
    """One batch of the oldest update that nobody else is busy with. Called by the clock, and restartable anywhere:
    events and how far they have come are there together or not at all, so that everybody is told exactly once.

    Records `service_told` for each, from which the mail follows. Returns whether something may be left.
    """
    with transaction.atomic():
        untold = ServiceUpdate.objects.filter(told_at=None).select_for_update(skip_locked=True, of=("self",))
        update = untold.select_related("service_message").order_by("pk").first()
        if update is None:
            return False
        waiting = subscribers_of(update.service_message).filter(pk__gt=update.told_up_to).order_by("pk")
        # Not who subscribed after it was told: they have read it, or will.
        batch = list(waiting.filter(created_at__lte=update.created_at).values_list("pk", "user_id")[:BATCH])
        AccountEvent.objects.bulk_create(
            [
                AccountEvent(
                    actor_id=update.author_id,
                    user_id=person,
                    kind=AccountEventKind.SERVICE_TOLD,
                    data={"update": update.pk},
                )
                for _key, person in batch
            ]
        )
        update.told_up_to = batch[-1][0] if batch else update.told_up_to
        update.told_at = timezone.now() if len(batch) < BATCH else None
        update.save(update_fields=["told_up_to", "told_at"])
        poke_worker()
    return True
