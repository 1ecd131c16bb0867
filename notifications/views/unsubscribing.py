"""Stop one kind of mail by the address in such a mail, without signing in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import User
from knowledge.queries.subscribers import is_subscribed
from notifications.actions.choosing_mails import resume_mails, stop_mails
from notifications.choices import choices_of
from notifications.enums import MailKind
from notifications.muting_links import meant_by
from notifications.queries import muted_by, paces_of


# The mail provider that asks on its reader's behalf comes without cookies (RFC 8058, 3.1). The token alone counts here,
# whoever is signed in, so that there is nothing a forged request could do with somebody's session.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET only asks, because mail scanners open every address; POST does it."""
    meant = meant_by(token)
    if meant is None:  # told alike of every such link, whoever's it was
        return render(request, "notifications/unsubscribe_gone.html", status=404)
    person, kind = meant
    if request.method == "POST":
        return _decided(request, person, kind)
    context = {"kind": kind, "sentence": _sentence(person, kind), "is_stopped": _is_stopped(person, kind)}
    return render(request, "notifications/unsubscribe.html", context)


def _decided(request: HttpRequest, person: User, kind: MailKind) -> HttpResponse:
    again = request.POST.get("again") and kind != MailKind.DIGEST
    if again:
        resume_mails(user=person, kind=kind)
        messages.success(request, _("You get these mails again."))
    else:
        stop_mails(user=person, kind=kind)
        if request.POST.get("List-Unsubscribe") == "One-Click":
            with override(person.reading_language):
                return HttpResponse(_("You get no such mails any more."), content_type="text/plain; charset=utf-8")
        messages.success(request, _("You get no such mails any more."))
    return redirect(request.path)


def _sentence(person: User, kind: MailKind) -> str:
    return next((str(choice.sentence) for choice in choices_of(person) if choice.kind == kind), "")


def _is_stopped(person: User, kind: MailKind) -> bool:
    if kind == MailKind.SERVICE_MESSAGE:
        return not is_subscribed(person)
    return not paces_of(person) if kind == MailKind.DIGEST else kind in muted_by(person)
