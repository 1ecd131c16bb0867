"""The mailboxes mail is read from, for the portal's administrators."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters

from accounts.requests import PortalRequest
from accounts.rules import administrators_only, post_only
from notifications.actions.mailboxes import (
    Found,
    MailboxKnown,
    SecretMissing,
    add_mailbox,
    remove_mailbox,
    set_mailbox_active,
    try_mailbox,
    update_mailbox,
)
from notifications.forms.mailboxes import MailboxForm
from notifications.imap import MailboxAway
from notifications.mailbox_words import trouble_in_words
from notifications.models import Mailbox


@sensitive_post_parameters("secret", "client_secret")
@administrators_only
def mailbox_new(request: PortalRequest) -> HttpResponse:
    form = MailboxForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_mailbox(actor=request.user, words=form.words)
        except (SecretMissing, MailboxKnown) as refusal:
            _explain(form, refusal)
        else:
            _test_saved(request, made)
            return redirect("mailbox", made.pk)
    context = {"form": form, "mailbox": None}
    return render(request, "notifications/settings/mailbox.html", context, status=422 if form.errors else 200)


@sensitive_post_parameters("secret", "client_secret")
@administrators_only
def mailbox(request: PortalRequest, pk: int) -> HttpResponse:
    found = _fetch(pk)
    if request.method != "POST":
        return _page(request, found)
    form = MailboxForm(request.POST, mailbox=found)
    if form.is_valid():
        try:
            saved = update_mailbox(actor=request.user, mailbox=found, words=form.words)
        except (SecretMissing, MailboxKnown) as refusal:
            _explain(form, refusal)
        else:
            _test_saved(request, saved)
            return redirect("mailbox", pk)
    return _page(request, found, status=422, form=form)


@post_only
@administrators_only
def mailbox_test(request: PortalRequest, pk: int) -> HttpResponse:
    """The server is asked while the reader waits; the page comes back with what was found."""
    found = _fetch(pk)
    try:
        result = try_mailbox(actor=request.user, mailbox=found)
    except MailboxAway as away:
        return _page(request, _fetch(pk), trouble={"words": away.trouble.label, "reply": away.reply})
    messages.success(request, _it_works(found, result))
    return redirect("mailbox", pk)


@post_only
@administrators_only
def mailbox_state(request: PortalRequest, pk: int) -> HttpResponse:
    is_active = request.POST.get("is_active") == "yes"
    found = set_mailbox_active(actor=request.user, mailbox=_fetch(pk), is_active=is_active)
    told = (
        _("%s is read again, with what has come meanwhile.")
        if is_active
        else _("%s is not read any more. What comes meanwhile waits there.")
    )
    messages.success(request, told % found)
    return redirect("mailbox", pk)


@post_only
@administrators_only
def mailbox_removal(request: PortalRequest, pk: int) -> HttpResponse:
    found = _fetch(pk)
    if request.POST.get("sure") != "yes":
        return _page(request, found, asks_removal=True, status=422)
    remove_mailbox(actor=request.user, mailbox=found)
    messages.success(request, _("%s is removed. The mails that came from it stay in the ledger.") % found)
    return redirect("mail_settings")


def _fetch(pk: int) -> Mailbox:
    found: Mailbox = get_object_or_404(Mailbox.objects.select_related("address"), pk=pk)
    return found


def _page(request: PortalRequest, found: Mailbox, status: int = 200, **more: Any) -> HttpResponse:
    context = {"mailbox": found, "form": MailboxForm(mailbox=found), "failing": trouble_in_words(found), **more}
    return render(request, "notifications/settings/mailbox.html", context, status=status)


def _test_saved(request: PortalRequest, saved: Mailbox) -> None:
    """The server is asked at once, so that nobody leaves with a mailbox that does not work, unless told so."""
    try:
        result = try_mailbox(actor=request.user, mailbox=saved)
    except MailboxAway:
        messages.warning(request, _("Saved, but it does not work yet. It is tried again each minute."))
    else:
        messages.success(request, _("Saved.") + " " + _it_works(saved, result))


def _it_works(found: Mailbox, result: Found) -> str:
    told = ngettext(
        "It works: the server let us in, and %(number)d mail lies in %(folder)s.",
        "It works: the server let us in, and %(number)d mails lie in %(folder)s.",
        result.mails,
    )
    return told % {"number": result.mails, "folder": found.folder}


def _explain(form: MailboxForm, refusal: ValueError) -> None:
    if isinstance(refusal, MailboxKnown):
        form.add_error("username", _("This folder of this mailbox is read already."))
    else:
        form.add_error("secret", _("Type it here: it goes to this server, with this name and this encryption."))
