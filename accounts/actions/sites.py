"""An organisation's sites: the places its tickets are about."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from accounts.actions.organising import NameTaken, lock_organisation
from accounts.folding import fold_text
from accounts.models import Organisation, Site, User
from accounts.rules import require_staff


def add_sites(*, actor: User | None, organisation: Organisation, sites: Iterable[tuple[str, str]]) -> list[Site]:
    """Write down places of an organisation's, each with name and address; they are suggested in forms from now on.

    One that is there already stays, with the address if one is given now; one that was removed is back. Returns those
    that are new or back. Raises PermissionError unless the actor is staff. `actor` is None for operator commands.
    """
    require_staff(actor)
    with transaction.atomic():
        locked = lock_organisation(organisation)
        known = {site.name_key: site for site in locked.sites.all()}
        added = []
        for name, address in sites:
            site = known.setdefault(fold_text(name)[:400], Site(organisation=locked, name=name, address=address))
            is_new = site.pk is None or not site.is_active
            if not is_new and address in ("", site.address):
                continue
            site.address, site.is_active = address or site.address, True
            site.save()
            if is_new:
                added.append(site)
    return added


def update_site(*, actor: User | None, site: Site, name: str, address: str = "") -> Site:
    """Change a site's name and address. Answers in older tickets keep what was said.

    Raises NameTaken, PermissionError unless the actor is staff.
    """
    require_staff(actor)
    with transaction.atomic():
        locked = _lock(site)
        if (locked.name, locked.address) == (name, address):
            return locked
        locked.name, locked.address = name, address
        try:
            with transaction.atomic():
                locked.save()
        except IntegrityError:
            raise NameTaken from None
    return locked


def remove_site(*, actor: User | None, site: Site) -> Site:
    """Suggest a site in forms no more. It can be brought back; tickets keep what they say of it.

    Raises PermissionError unless the actor is staff.
    """
    return _set_active(actor, site, is_active=False)


def restore_site(*, actor: User | None, site: Site) -> Site:
    """Suggest a removed site again. Raises PermissionError unless the actor is staff."""
    return _set_active(actor, site, is_active=True)


def _set_active(actor: User | None, site: Site, *, is_active: bool) -> Site:
    require_staff(actor)
    with transaction.atomic():
        locked = _lock(site)
        if locked.is_active != is_active:
            locked.is_active = is_active
            locked.save(update_fields=["is_active"])
    return locked


def _lock(site: Site) -> Site:
    lock_organisation(site.organisation)
    locked: Site = Site.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=site.pk)
    return locked
