"""Which mail addresses are the portal's own: whoever is shown one is invited to ask there, and agreements may leave
mail out (S2). Asked through the topics that mail becomes tickets of, for the addresses themselves belong to
`notifications`."""

from accounts.folding import fold_address
from accounts.scoping import current_tenant
from routing.models import Department
from tickets.models import HelpTopic


def own_addresses() -> set[str]:
    """The folded addresses that the portal and its departments send as or receive mail at, also the retired ones."""
    received = HelpTopic.objects.filter(mail_addresses__isnull=False).values_list("mail_addresses__key", flat=True)
    sent_as = Department.objects.exclude(mail_address="").values_list("mail_address", flat=True)
    return {*received, *map(fold_address, [current_tenant().mail_address, *sent_as])}


def retired_addresses() -> set[str]:
    """The folded addresses that take no tickets any more: who writes there is only told where to turn (I14)."""
    retired = HelpTopic.objects.filter(mail_addresses__retired_at__isnull=False)
    return set(retired.values_list("mail_addresses__key", flat=True))
