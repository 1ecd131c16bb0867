"""Which portal a mail is for, where the source does not say: asked of the envelope's recipient, before anything is
stored. What it is for inside the portal is decided later, when it is read."""

import re
from collections.abc import Iterable

from django.conf import settings

from accounts.folding import fold_address
from accounts.models import Tenant
from accounts.scoping import every_tenant
from notifications.addresses import header_line
from notifications.models import MailAddress
from notifications.tokens import without_token
from routing.models import Department

_LOOKED_AT = 64 * 1024  # bytes of a mail's head
_ADDRESSES = 200
# Where a mail server writes whom it was handed a mail for, the surest first (RFC 5321 leaves this to mail servers).
_FIELDS = ("x-original-to", "envelope-to", "x-envelope-to", "delivered-to", "to", "cc")
_FIELD = re.compile(rb"^(?P<name>[!-9;-~]{1,76}):(?P<value>[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)", re.MULTILINE)
_ADDRESS = re.compile(r"[^\s<>\"(),:;@\[\]]{1,64}@[A-Za-z0-9.\-\u0080-\uffff]{1,255}")


def portal_for(recipients: Iterable[str]) -> Tenant | None:
    """The active portal these addresses belong to: the one that receives mail at the first that is anybody's, else
    the one that sends from it, else the only one in its domain. Without any, DEFAULT_TENANT or the only portal there
    is. None where several could be meant."""
    keys = [key for address in recipients for key in _spellings(address)]
    with every_tenant():
        tenants = list(Tenant.objects.filter(is_active=True).order_by("pk"))
        found = next((owner for key in keys if (owner := _owner(key, tenants))), None)
        return found or next((only for key in keys if (only := _only_in_domain(key, tenants))), None) or _usual(tenants)


def portal_receiving(address: str) -> Tenant | None:
    """The active portal that receives or sends with this very address; None where no portal does."""
    with every_tenant():
        tenants = list(Tenant.objects.filter(is_active=True).order_by("pk"))
        return next((owner for key in _spellings(address) if (owner := _owner(key, tenants))), None)


def addressed_to(raw: bytes) -> list[str]:
    """Whom a mail says it is for, the surest first. Only a look at its head, to find the portal; never raises."""
    head = re.split(rb"\r?\n\r?\n", raw[:_LOOKED_AT], maxsplit=1)[0]
    found: dict[str, list[str]] = {name: [] for name in _FIELDS}
    for field in _FIELD.finditer(head):
        name = field["name"].decode("ascii").lower()
        if name in found:
            found[name] += _ADDRESS.findall(field["value"].decode("utf-8", "replace"))
    return [address for name in _FIELDS for address in found[name]][:_ADDRESSES]


def _spellings(address: str) -> list[str]:
    """An address's key, without our token, and without what follows a "+", which mail servers leave in (RFC 5233)."""
    bare = without_token(header_line(address))
    local, separator, domain = bare.rpartition("@")
    plain = f"{local.partition('+')[0]}{separator}{domain}"
    return [key for key in dict.fromkeys(map(fold_address, (bare, plain))) if "@" in key]


def _owner(key: str, tenants: list[Tenant]) -> Tenant | None:
    by_pk = {tenant.pk: tenant for tenant in tenants}
    receiving = MailAddress.objects.filter(key=key).values_list("tenant_id", flat=True).first()
    if receiving in by_pk:
        return by_pk[receiving]
    sending = {tenant.pk for tenant in tenants if fold_address(tenant.mail_address) == key}
    departments = Department.objects.exclude(mail_address="").values_list("tenant_id", "mail_address")
    sending |= {pk for pk, address in departments if fold_address(address) == key and pk in by_pk}
    return by_pk[sending.pop()] if len(sending) == 1 else None


def _only_in_domain(key: str, tenants: list[Tenant]) -> Tenant | None:
    domain = _domain(key)
    here = [tenant for tenant in tenants if _domain(fold_address(tenant.mail_address)) == domain]
    return here[0] if len(here) == 1 else None


def _usual(tenants: list[Tenant]) -> Tenant | None:
    if settings.DEFAULT_TENANT:
        return next((tenant for tenant in tenants if tenant.slug == settings.DEFAULT_TENANT), None)
    return tenants[0] if len(tenants) == 1 else None


def _domain(key: str) -> str:
    return key.rpartition("@")[2]
