"""What staff decide about incoming mails and their senders, and mails they bring in as files."""

import hashlib

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.paging import Order, paginate
from accounts.passing import safe_next
from accounts.requests import PortalRequest
from accounts.rules import agents_only, post_only
from notifications.actions.deciding import (
    NotJudgeable,
    accept_as_new,
    accept_to,
    discard,
    forget_judgement,
    judge_sender,
    read_again,
)
from notifications.actions.receiving import receive_mail
from notifications.enums import MailSource, Verdict
from notifications.forms.incoming import NewTicketForm, SenderForm, TicketForm, UploadForm
from notifications.ledger import incoming_seen_by
from notifications.models import SenderRule
from notifications.views.incoming import fetch, mail_page
from tickets.models import Ticket
from tickets.queries import works_on

BY_KEY = Order("key", by_text=True)


@post_only
@agents_only
def incoming_ticket(request: PortalRequest, pk: int) -> HttpResponse:
    """Accept as a new ticket; of the customer whose mail was passed on, where that was asked for."""
    mail = fetch(request, pk)
    form = NewTicketForm(request.POST, mail=mail, agent=request.user)
    if not form.is_valid():
        return mail_page(request, mail, status=422, new_form=form)
    ticket = accept_as_new(
        actor=request.user,
        mail=mail,
        forwarded=bool(request.POST.get("forwarded")),
        sender=form.cleaned_data.get("sender", ""),
        topic=form.cleaned_data.get("topic"),
    )
    return _accepted(request, pk, ticket, _("The mail is ticket %d now, and its sender is told."))


@post_only
@agents_only
def incoming_reply(request: PortalRequest, pk: int) -> HttpResponse:
    """Accept to the ticket with the number given, which this agent must see."""
    mail = fetch(request, pk)
    form = TicketForm(request.POST, mail=mail, agent=request.user)
    if not form.is_valid():
        return mail_page(request, mail, status=422, ticket_form=form)
    ticket = accept_to(
        actor=request.user,
        mail=mail,
        ticket=form.cleaned_data["number"],
        sender=form.cleaned_data.get("sender", ""),
    )
    return _accepted(request, pk, ticket, _("The mail is on ticket %d now."))


@post_only
@agents_only
def incoming_discard(request: PortalRequest, pk: int) -> HttpResponse:
    if discard(actor=request.user, mail=fetch(request, pk)):
        messages.success(request, _("The mail is put aside. Nothing follows from it; “Read it again” brings it back."))
    else:
        _decided_meanwhile(request)
    return _onwards(request, pk)


@post_only
@agents_only
def incoming_again(request: PortalRequest, pk: int) -> HttpResponse:
    if read_again(actor=request.user, mail=fetch(request, pk)):
        messages.success(request, _("The mail is read again in a moment, by the rules as they are now."))
    else:
        _decided_meanwhile(request)
    return _onwards(request, pk)


@post_only
@agents_only
def incoming_sender(request: PortalRequest, pk: int) -> HttpResponse:
    """Judge who sent this mail. The address is the mail's, never one that was posted."""
    mail = fetch(request, pk)
    verdict = request.POST.get("verdict", "")
    if verdict not in Verdict.values:
        return _onwards(request, pk)
    try:
        judge_sender(actor=request.user, key=mail.sender, verdict=Verdict(verdict))
    except NotJudgeable:
        messages.error(request, _not_judgeable())
    else:
        _say_judged(request, mail.sender, verdict)
    return _onwards(request, pk)


@agents_only
def sender_rules(request: PortalRequest) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    form = SenderForm(posted, agent=request.user, initial={"verdict": Verdict.BLOCK})
    if request.method == "POST" and form.is_valid():
        verdict = Verdict(form.cleaned_data["verdict"])
        try:
            rule = judge_sender(actor=request.user, key=form.cleaned_data["key"], verdict=verdict)
        except NotJudgeable:
            form.add_error("key", _not_judgeable())
        else:
            _say_judged(request, rule.key, verdict)
            return redirect("sender_rules")
    page = paginate(SenderRule.objects.all(), BY_KEY, request.GET, shown=lambda rows: rows.select_related("created_by"))
    context = {"page": page, "form": form}
    return render(request, "notifications/senders.html", context, status=422 if form.errors else 200)


@post_only
@agents_only
def sender_rule_removal(request: PortalRequest, pk: int) -> HttpResponse:
    rule: SenderRule = get_object_or_404(SenderRule, pk=pk)
    if rule.key.startswith("@") and not request.user.is_administrator:
        messages.error(request, _("Only administrators judge a whole domain."))
    else:
        forget_judgement(actor=request.user, rule=rule)
        messages.success(request, _("Mails from %s are decided like everybody else’s again.") % rule.key)
    return redirect(safe_next(request, reverse("sender_rules")))


@agents_only
def incoming_upload(request: PortalRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "notifications/incoming_upload.html", {"form": UploadForm(agent=request.user)})
    overflow = getattr(request, "uploads_over_limit", False)
    form = UploadForm(request.POST, request.FILES, agent=request.user, overflow=overflow)
    if not form.is_valid():
        return render(request, "notifications/incoming_upload.html", {"form": form}, status=422)
    address = form.cleaned_data["address"]
    keys = []
    for file in form.cleaned_data["mails"]:
        raw = file.read()
        keys.append(f"upload:{hashlib.sha256(raw).hexdigest()}")
        receive_mail(
            raw=raw,
            source=MailSource.UPLOAD,
            source_key=keys[-1],
            recipient=address.email if address else "",
            actor=request.user,
        )
    words = ngettext(
        "%d mail is stored. It is read in a moment; reload this page to see what became of it.",
        "%d mails are stored. They are read in a moment; reload this page to see what became of them.",
        len(set(keys)),
    )
    messages.success(request, words % len(set(keys)))
    for trouble in form.left_out:
        messages.error(request, trouble)
    return redirect("desk_incoming")


def _accepted(request: PortalRequest, pk: int, ticket: Ticket | None, words: str) -> HttpResponse:
    if ticket is None:
        _decided_meanwhile(request)
        return _onwards(request, pk)
    messages.success(request, words % ticket.number)
    if works_on(request.user, ticket):
        return redirect(f"{reverse('desk_ticket', args=[ticket.number])}#end")
    return redirect("desk_incoming")  # routing took it to another department


def _onwards(request: PortalRequest, pk: int) -> HttpResponse:
    """Back to where the form stood; to the list where the mail is no longer this agent's to see."""
    is_seen = incoming_seen_by(request.user).filter(pk=pk).exists()
    return redirect(safe_next(request, reverse("incoming_one", args=[pk])) if is_seen else reverse("desk_incoming"))


def _decided_meanwhile(request: PortalRequest) -> None:
    messages.info(request, _("This mail has been decided already, or is being read. Nothing has changed."))


def _say_judged(request: PortalRequest, key: str, verdict: str) -> None:
    if verdict == Verdict.BLOCK:
        words = _("Mails from %s are refused from now on. What has come already stays as it is.")
    else:
        words = _("Mails from %s are always accepted from now on. What is held still waits for somebody to decide.")
    messages.success(request, words % key)


def _not_judgeable() -> str:
    return _("This address cannot be judged: it is a colleague’s, one of the portal’s own, or no mail address at all.")
