"""What the domains a portal sends from say about their mail, and what to add; for its administrators."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.folding import fold_domain, unfold_domain
from accounts.requests import PortalRequest
from accounts.rules import administrators_only
from notifications.actions.mail_settings import set_dkim_selectors
from notifications.dns_advice import judge
from notifications.dns_in_words import in_words
from notifications.forms.outgoing import SelectorsForm
from notifications.models import MailSettings
from notifications.queries import mail_settings
from notifications.receivers import sending_addresses


@administrators_only
def mail_domains(request: PortalRequest) -> HttpResponse:
    """The page comes at once and asks for each domain's part by itself; without a script, all are asked by `look`."""
    row = mail_settings()
    if request.method == "POST":
        form = SelectorsForm(request.POST)
        if form.is_valid():
            set_dkim_selectors(actor=request.user, selectors=form.cleaned_data["selectors"])
            messages.success(request, _("Saved. The keys are looked for under these names."))
            return redirect("mail_domains")
        return _page(request, row, form, status=422)
    domains = _domains()
    if "domain" in request.GET:
        if request.GET["domain"] not in domains:
            raise Http404
        part = {"domain": _judged(request.GET["domain"], row)}
        return render(request, "notifications/settings/_domain.html", part)
    return _page(request, row, SelectorsForm(initial={"selectors": row.dkim_selectors}))


def _page(request: PortalRequest, row: MailSettings, form: SelectorsForm, status: int = 200) -> HttpResponse:
    looks = "look" in request.GET
    domains = [_judged(name, row) if looks else {"name": name, "shown": unfold_domain(name)} for name in _domains()]
    context = {"form": form, "domains": domains, "looks": looks}
    return render(request, "notifications/settings/domains.html", context, status=status)


def _judged(name: str, row: MailSettings) -> dict[str, Any]:
    from notifications.dns_looking import look_up  # 2.5 MB that every other page does without

    names = [found.strip() for found in row.dkim_selectors.split(",") if found.strip()]
    leaves_by = row.smtp_host or (settings.MAIL.host if settings.MAIL.kind == "smtp" else "")
    is_named = "." in leaves_by and not leaves_by.replace(".", "").isdigit()
    found = judge(name, look_up(name, names=names), leaves_by=leaves_by if is_named else "", names_known=bool(names))
    return {"name": name, "shown": unfold_domain(name), "advice": [in_words(advice) for advice in found]}


def _domains() -> list[str]:
    found = (fold_domain(address.rpartition("@")[2]) for address in sending_addresses())
    return list(dict.fromkeys(filter(None, found)))
