"""As whom a department's mails may be sent. The operator answers for each portal's own address, and so for its domain;
administrators choose within that, and never what belongs to another portal."""

import unicodedata

from accounts.enums import Role
from accounts.folding import fold_address
from accounts.models import Tenant, User
from accounts.scoping import current_tenant, every_tenant
from routing.models import Department

_UNFIT = frozenset('<>@,;"“”„«»')  # with these a name reads like another address, or like two senders
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def is_plain_name(name: str) -> bool:
    """Whether the words can be a sender's name and pass for nothing else."""
    plain = unicodedata.normalize("NFKC", name)
    return not any(char in _UNFIT or unicodedata.category(char) in _UNSEEN for char in plain)


def portals_domain() -> str:
    """The domain of the portal's own address: the only one its departments send from."""
    return _domain(current_tenant().mail_address)


def is_of_portals_domain(address: str) -> bool:
    return _domain(address) == portals_domain()


def is_taken_elsewhere(address: str) -> bool:
    """Whether another portal or one of its departments sends from the address, or somebody who works at any portal has
    it as their own. Says nothing of whose it is."""
    key, here = fold_address(address), current_tenant()
    with every_tenant():
        senders = [
            *Tenant.objects.exclude(pk=here.pk).values_list("mail_address", flat=True),
            *Department.objects.exclude(tenant=here).exclude(mail_address="").values_list("mail_address", flat=True),
        ]
        staff = User.objects.filter(email_key=key, is_active=True).exclude(role=Role.CUSTOMER)
        return key in map(fold_address, senders) or staff.exists()


def _domain(address: str) -> str:
    return fold_address(address).rpartition("@")[2]
