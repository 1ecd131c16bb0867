"""How mail goes out and how answers come back, for the portal's administrators."""

import time
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts.requests import PortalRequest
from accounts.rules import administrators_only, post_only
from notifications.actions.mail_settings import PasswordMissing, set_mail_rules, set_outgoing
from notifications.actions.trying_mail import OnlyKept, send_test_mail, send_token_test, try_server
from notifications.facts import NotSent, Unheard
from notifications.forms.outgoing import OutgoingForm, RulesForm
from notifications.models import IncomingMail
from notifications.queries import mail_settings

TOKEN_TEST = "token_test"  # noqa: S105 - a name in the session
GIVE_UP = 15 * 60  # seconds after which a test mail that has not come will not come


@sensitive_post_parameters("password")
@administrators_only
def outgoing(request: PortalRequest) -> HttpResponse:
    if request.method != "POST":
        return _outgoing_page(request)
    form = OutgoingForm(request.POST, row=mail_settings())
    if form.is_valid():
        try:
            saved = set_outgoing(actor=request.user, server=form.server)
        except PasswordMissing:
            form.add_error("password", _("Type it here: it goes to this server, with this name and this encryption."))
        else:
            if not saved.smtp_host:
                messages.success(request, _("Mails leave by the installation’s server now."))
                return redirect("outgoing")
            return _tested(request, saved.smtp_host)
    return _outgoing_page(request, status=422, form=form)


def _tested(request: PortalRequest, host: str) -> HttpResponse:
    """The server is asked at once, so that nobody leaves with one that takes no mails, unless told so."""
    try:
        try_server(actor=request.user)
    except NotSent as trouble:
        told = _("Mails leave by %s now, but it does not work yet. Until it does, they wait here.") % host
        messages.warning(request, told)
        return _outgoing_page(request, trouble=_in_words(trouble))
    messages.success(request, _("Mails leave by %s now. It works: the server answers and lets us in.") % host)
    return redirect("outgoing")


@post_only
@administrators_only
def outgoing_test(request: PortalRequest) -> HttpResponse:
    """The server is asked while the reader waits."""
    try:
        try_server(actor=request.user)
    except OnlyKept:
        messages.info(request, _kept())
    except NotSent as trouble:
        return _outgoing_page(request, trouble=_in_words(trouble))
    else:
        messages.success(request, _("It works: the server answers and lets us in."))
    return redirect("outgoing")


@post_only
@administrators_only
def outgoing_test_mail(request: PortalRequest) -> HttpResponse:
    try:
        address = send_test_mail(actor=request.user)
    except OnlyKept:
        messages.info(request, _kept())
    except (NotSent, Unheard) as trouble:
        return _outgoing_page(request, trouble=_in_words(trouble))
    else:
        messages.success(request, _("A test mail is on its way to %s. Look also among the unwanted mails.") % address)
    return redirect("outgoing")


@administrators_only
def mail_rules(request: PortalRequest) -> HttpResponse:
    if request.method != "POST":
        return _rules_page(request)
    form = RulesForm(request.POST, row=mail_settings())
    if not form.is_valid():
        return _rules_page(request, status=422, form=form)
    set_mail_rules(actor=request.user, rules=form.rules)
    messages.success(request, _("Saved. It holds from the next mail on."))
    return redirect("mail_rules")


@post_only
@administrators_only
def mail_rules_test(request: PortalRequest) -> HttpResponse:
    """Send a mail to the portal's own address with something after a "+"; the page then looks whether it has come."""
    try:
        message_id = send_token_test(actor=request.user)
    except OnlyKept:
        messages.info(request, _kept())
    except (NotSent, Unheard) as trouble:
        return _rules_page(request, trouble=_in_words(trouble))
    else:
        request.session[TOKEN_TEST] = {"id": message_id, "at": int(time.time())}
    return redirect("mail_rules")


def _outgoing_page(request: PortalRequest, status: int = 200, **more: Any) -> HttpResponse:
    row = mail_settings()
    context = {
        "form": OutgoingForm(row=row),
        "row": row,
        "installation": "" if settings.MAIL.kind != "smtp" else settings.MAIL.host,
        "is_kept": settings.MAIL.kind == "keep",
        **more,
    }
    return render(request, "notifications/settings/outgoing.html", context, status=status)


def _rules_page(request: PortalRequest, status: int = 200, **more: Any) -> HttpResponse:
    context = {"form": RulesForm(row=mail_settings()), "test": _token_test(request), **more}
    return render(request, "notifications/settings/rules.html", context, status=status)


def _token_test(request: PortalRequest) -> str:
    """How the test of answers stands: "", "waiting", "arrived" or "missing"."""
    test = request.session.get(TOKEN_TEST)
    if not test:
        return ""
    if IncomingMail.objects.filter(mail_id__in=[test["id"], test["id"].strip("<>")]).exists():
        return "arrived"
    return "missing" if time.time() - test["at"] > GIVE_UP else "waiting"


def _kept() -> str:
    return _("This installation keeps mails and sends none, so there is nothing to test. Name a server first.")


def _in_words(trouble: NotSent | Unheard) -> dict[str, str]:
    if isinstance(trouble, NotSent):
        return {"words": str(trouble.trouble.label), "reply": trouble.reply}
    return {"words": _("The mail was handed over, but the mail server never answered."), "reply": str(trouble)}
