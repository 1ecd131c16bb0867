"""What was just done, undone: a reply before anybody was told of it, whose words come back to where they were
written; and the button that other pages offer for this."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import PortalRequest
from accounts.rules import agents_only, post_only
from tickets.actions.withdrawing import TooLate, withdraw_reply
from tickets.enums import MessageKind
from tickets.views.desk import fetch


def tell_with_undo(request: PortalRequest, words: str, address: str) -> None:
    """Confirm what was just done, with a button that undoes it: `address` takes that by POST, with `undo`."""
    messages.success(request, words, extra_tags=address)


@post_only
@agents_only
def desk_withdrawal(request: PortalRequest, number: int, pk: int) -> HttpResponse:
    """Only its author takes a reply back; for everybody else there is nothing here."""
    found = fetch(request, number)
    sent = found.messages.filter(author=request.user, kind=MessageKind.REPLY, public_at__isnull=False)
    message = get_object_or_404(sent, pk=pk)
    back = redirect(f"{reverse('desk_ticket', args=[number])}#reply")
    if message.withdrawn_at is not None:
        return back
    try:
        withdraw_reply(actor=request.user, message=message, form_key=uuid4())
    except TooLate:
        messages.warning(request, _("It was too late to undo: the reply has been sent."))
        return redirect(f"{reverse('desk_ticket', args=[number])}#end")
    messages.success(request, _("The reply was not sent. What you wrote is back in the reply field."))
    return back
