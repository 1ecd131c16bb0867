from accounts.models import User
from tickets.models import Ticket, TicketCounter


def lock_ticket(ticket: Ticket) -> Ticket:
    """The ticket's row as it is now, locked until the transaction ends; every door begins with it."""
    # Locked alone, then read: PostgreSQL joins before it waits, and leaves out a row that was handed to another
    # department meanwhile, or gives it without its new assignee.
    Ticket.objects.select_for_update().only("pk").get(pk=ticket.pk)
    locked: Ticket = Ticket.objects.select_related("department", "requester", "assignee", "topic", "organisation").get(
        pk=ticket.pk
    )
    return locked


def lock_counter() -> TicketCounter:
    """The portal's number counter, locked: who files at the same moment waits for this transaction to end."""
    counter: TicketCounter | None = TicketCounter.objects.select_for_update().first()
    if counter is None:
        # The tenant's counter is unique, so of two who begin at once one waits and then finds the other's row.
        TicketCounter.objects.bulk_create([TicketCounter()], ignore_conflicts=True)
        counter = TicketCounter.objects.select_for_update().get()
    return counter


def same_person(one: User | None, other: User | None) -> bool:
    return one is not None and other is not None and one.pk == other.pk
