"""Which addresses a portal may say it receives mail at. Mail is brought to the portal that names its address, so no
portal may name one that is another's: whoever runs the installation answers for each portal's address and domain."""

from accounts.folding import fold_address
from accounts.models import Tenant
from accounts.scoping import current_tenant, every_tenant
from notifications.models import MailAddress
from routing.models import Department
from routing.senders import is_of_portals_domain, is_taken_elsewhere


def is_received_elsewhere(address: str) -> bool:
    """Whether mail to this address is another portal's: it receives or sends with it, or the address lies in the domain
    that another portal has and this one has not. Says nothing of whose it is."""
    if is_taken_elsewhere(address):
        return True
    key, here = fold_address(address), current_tenant()
    with every_tenant():
        if MailAddress.objects.exclude(tenant=here).filter(key=key).exists():
            return True
    others = Tenant.objects.exclude(pk=here.pk).values_list("mail_address", flat=True)
    return not is_of_portals_domain(address) and _domain(key) in {_domain(fold_address(other)) for other in others}


def sending_addresses() -> list[str]:
    """The addresses the portal and its open departments send as: where people answer to."""
    departments = Department.objects.filter(is_active=True).exclude(mail_address="").order_by("name")
    found = [current_tenant().mail_address, *departments.values_list("mail_address", flat=True)]
    return list({fold_address(address): address for address in found}.values())


def addresses_not_received() -> list[str]:
    """Addresses people answer to of which nothing says what a new mail there becomes."""
    known = set(MailAddress.objects.values_list("key", flat=True))
    return [address for address in sending_addresses() if fold_address(address) not in known]


def _domain(key: str) -> str:
    return key.rpartition("@")[2]
