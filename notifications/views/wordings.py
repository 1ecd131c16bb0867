"""The portal's own words in its mails, for its administrators."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.requests import PortalRequest
from accounts.rules import administrators_only, post_only
from notifications.actions.trying_mail import OnlyKept, send_wording_test
from notifications.actions.wording import restore_wording, save_wording
from notifications.facts import NotSent, Unheard
from notifications.forms.wording import WordingForm
from notifications.models import MailWording
from notifications.worded import Worded, judge, own_wording, put_in
from notifications.wording import Wording, WordingBroken
from notifications.wording_kinds import LANGUAGES, WORDED, WordedKind


@dataclass(frozen=True)
class Row:
    """A kind of mail in the list: whether it has words of its own in each language, and what is wrong with them."""

    worded: WordedKind
    languages: tuple[tuple[str, bool, str], ...]


@administrators_only
def wordings(request: PortalRequest) -> HttpResponse:
    own = {(row.kind, row.language): row for row in MailWording.objects.all()}
    rows = [
        Row(
            worded,
            tuple((language, (kind, language) in own, _trouble(own.get((kind, language)))) for language in LANGUAGES),
        )
        for kind, worded in WORDED.items()
    ]
    return render(request, "notifications/settings/wordings.html", {"rows": rows})


@administrators_only
def wording(request: PortalRequest, kind: str, language: str) -> HttpResponse:
    worded = _fetch(kind, language)
    if request.method != "POST":
        return _page(request, worded, language)
    form = WordingForm(request.POST, worded=worded)
    if not form.is_valid():
        return _page(request, worded, language, status=422, form=form)
    if "preview" in request.POST:
        return _page(request, worded, language, form=form, shown=form.wording)
    if "test" in request.POST:
        trouble = _test(request, worded, language, form.wording)
        return _page(request, worded, language, form=form, shown=form.wording, trouble=trouble)
    save_wording(actor=request.user, kind=kind, language=language, wording=form.wording)
    messages.success(request, _("Saved. It holds from the next mail on."))
    return redirect("wording", kind, language)


@post_only
@administrators_only
def wording_return(request: PortalRequest, kind: str, language: str) -> HttpResponse:
    _fetch(kind, language)
    restore_wording(actor=request.user, kind=kind, language=language)
    messages.success(request, _("The original words are used again."))
    return redirect("wording", kind, language)


def _fetch(kind: str, language: str) -> WordedKind:
    if kind not in WORDED or language not in LANGUAGES:
        raise Http404
    return WORDED[kind]


def _page(
    request: PortalRequest,
    worded: WordedKind,
    language: str,
    status: int = 200,
    shown: Wording | None = None,
    **given: Any,
) -> HttpResponse:
    own = own_wording(worded.kind, language)
    now = Wording(own.subject, own.text) if own else worded.start(language)
    context = {
        "worded": worded,
        "language": language,
        "languages": LANGUAGES,
        "way_words": worded.words_on_way(language),
        "own": own,
        "own_trouble": _trouble(own),
        "form": WordingForm(worded=worded, initial={"subject": now.subject, "text": now.text}),
        "preview": _preview(request, worded, language, shown or now),
        **given,
    }
    return render(request, "notifications/settings/wording.html", context, status=status)


def _preview(request: PortalRequest, worded: WordedKind, language: str, wording: Wording) -> Worded | None:
    try:
        return put_in(worded, wording, worded.samples(language, request.tenant.name))
    except WordingBroken:
        return None


def _test(request: PortalRequest, worded: WordedKind, language: str, wording: Wording) -> str:
    """Sends it to the reader; returns what went wrong, empty where nothing did."""
    try:
        address = send_wording_test(actor=request.user, worded=worded, language=language, wording=wording)
    except OnlyKept:
        messages.info(request, _("This installation keeps mails and sends none. The preview shows what it would say."))
    except NotSent as trouble:
        return str(trouble.trouble.label)
    except Unheard:
        return _("The mail was handed over, but the mail server never answered.")
    else:
        messages.success(request, _("A test mail is on its way to %s. Nothing is saved yet.") % address)
    return ""


def _trouble(own: MailWording | None) -> str:
    """What is wrong with a portal's own words; the original ones are sent then."""
    if own is None or own.kind not in WORDED:
        return ""
    try:
        judge(WORDED[own.kind], Wording(own.subject, own.text))
    except WordingBroken as broken:
        return broken.words
    return ""
