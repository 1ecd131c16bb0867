"""Filing: fill in a topic's form, read what happens next."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.actions.limiting import Ask, network_of, spend_allowance, spend_allowances
from accounts.actions.registering import register_person
from accounts.enums import AskingChannel, Refusal
from accounts.facts import NotEntitled
from accounts.folding import fold_address
from accounts.kept_text import as_initial, keep_and_sign_in, take_kept_text, typed_words
from accounts.models import User
from accounts.passing import client_address, whole_number
from accounts.queries.entitlement import obstacle_for
from accounts.queries.guests import GuestAnswer, answer_to_guest
from accounts.queries.people import person_at
from accounts.requests import PortalRequest
from accounts.rules import post_only
from knowledge.models import ServiceMessage
from tickets.actions.opening import Opened, open_ticket, was_sent
from tickets.actions.replying import reply_to_ticket
from tickets.actions.service_links import link_to_service_message
from tickets.enums import Channel
from tickets.expected import expected_answer
from tickets.forms.filing import FilingForm
from tickets.forms.messages import MessageForm
from tickets.known_trouble import known_trouble
from tickets.models import HelpTopic, Ticket, Upload
from tickets.queries import open_topics, participating
from tickets.searching import suggests
from tickets.topic_tree import choice_for
from tickets.views.entitling import not_entitled, sign_in_first, sign_in_for_organisation
from tickets.views.files import bound
from tickets.views.suggesting import suggested_again
from tickets.views.tips import asks_to_put_away, put_away, tips_before

FILED_KEY = "filed"  # in the session: tickets a guest filed, which they may add to but not read, and as whom they wrote
UPLOADS_PER_NETWORK = 120  # forms with files an hour, by people who are not signed in


def file_ticket(request: PortalRequest, slug: str) -> HttpResponse:
    reader = request.user if request.user.is_authenticated else None
    topic = open_topics(reader).filter(slug=slug).first()
    if request.user.is_authenticated:
        if obstacle_for(request.user, AskingChannel.WEB):
            return not_entitled(request)
        return _file(request, topic, request.user)
    if request.method == "POST" and (not request.tenant.guests_file or "email" not in request.POST):
        return keep_and_sign_in(request, request.path)
    return _file(request, topic, None) if request.tenant.guests_file else sign_in_first(request)


def _file(request: PortalRequest, topic: HelpTopic | None, person: User | None) -> HttpResponse:
    if topic is None:
        return _topic_is_gone(request)
    response = _answer(request, topic, person)
    if asks_to_put_away(request):
        put_away(request, response, tips_before(request, topic))
    return response


def _answer(request: PortalRequest, topic: HelpTopic, person: User | None) -> HttpResponse:
    if request.method != "POST":
        form = FilingForm(topic=topic, person=person, tenant=request.tenant)
        form.prefill(request.GET)
        form.begin_with(as_initial(take_kept_text(request, request.path)))
        return _filing_page(request, topic, form, [])
    wait = _files_must_wait(request) if person is None else 0
    form, key, kept = bound(request, FilingForm, "filing_key", refuse_files=wait > 0, topic=topic, person=person)
    if not wait and person is None and form.is_valid():
        wait, answer = _answer_to_guest(request, form, topic, key)
        if answer is not None:
            return answer
    if wait:
        return _filing_page(request, topic, form, kept, status=429, refused={"wait_minutes": wait})
    if not form.is_valid():
        return _filing_page(request, topic, form, kept, status=422)
    try:
        opened = _open(request, topic, form, key, person)
        return _thank(request, opened, form.cleaned_data.get("email", ""))
    except NotEntitled:  # since a moment ago
        return not_entitled(request) if person else sign_in_for_organisation(request, form)


def _answer_to_guest(
    request: PortalRequest, form: FilingForm, topic: HelpTopic, key: UUID
) -> tuple[int, HttpResponse | None]:
    """The minutes a guest has to wait, and the page that is answered where they may not file under this address.

    Where their portal refuses the address, the form is given that error instead.
    """
    answer = answer_to_guest(form.cleaned_data["email"])
    if answer == GuestAnswer.PRIVATE_ADDRESS:
        form.add_error("email", Refusal.PRIVATE_ADDRESS.label)
        return 0, None
    wait = 0 if _sent_before(form, topic, key) else _guest_must_wait(request, form.cleaned_data["email"])
    if answer == GuestAnswer.SIGN_IN and not wait:
        return 0, sign_in_for_organisation(request, form)
    return wait, None


def thanks(request: PortalRequest, number: int) -> HttpResponse:
    ticket, own = _thanked_ticket(request, number)
    return _thanks_page(request, ticket, own, MessageForm(tenant=request.tenant))


@post_only
def thanks_more(request: PortalRequest, number: int) -> HttpResponse:
    """Add to a ticket just filed. A guest may add, as they could by filing again, but reads nothing by it."""
    if not request.user.is_authenticated and not request.session.get(FILED_KEY):
        return keep_and_sign_in(request, reverse("ticket", args=[number]))
    ticket, own = _thanked_ticket(request, number)
    wait = 0 if own else _files_must_wait(request)
    form, key, kept = bound(request, MessageForm, "key", refuse_files=wait > 0)
    if form.is_valid() and not own:
        wait = _guest_must_wait(request, ticket.requester.email)
    if wait:
        form.add_error(None, _please_wait(wait))
    if not form.is_valid():
        return _thanks_page(request, ticket, own, form, kept, status=429 if wait else 422)
    reply_to_ticket(
        actor=ticket.requester,
        ticket=ticket,
        body=form.cleaned_data["body"],
        channel=Channel.PORTAL if own else Channel.GUEST,
        form_key=key,
    )
    messages.success(request, _("Added to ticket %d.") % number)
    return redirect("thanks", number)


def _thanks_page(
    request: PortalRequest,
    ticket: Ticket,
    own: bool,
    form: MessageForm,
    kept: list[Upload] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "ticket": ticket,
        # What a guest typed and never what is on record, which would tell that the address is known, or a newer one.
        "address": ticket.requester.email if own else request.session[FILED_KEY][str(ticket.pk)],
        "can_open": own,
        # As a guest sees it: what is promised to whoever has this address would tell who has it.
        "expected_within": expected_answer(ticket.requester if own else None),
        "form": form,
        "kept": kept or [],
        "reply_url": reverse("thanks_more", args=[ticket.number]),
        "attachment_limit_mb": request.tenant.attachment_limit_mb,
    }
    return render(request, "tickets/thanks.html", context, status=status)


def _open(request: PortalRequest, topic: HelpTopic, form: FilingForm, key: UUID, person: User | None) -> Opened:
    data = form.cleaned_data
    stated = {}
    if person is None:
        stated = {"name": data["name"], "phone": data["phone"], "email": data["email"]}
        requester, _new = register_person(
            actor=None, email=data["email"], name=data["name"], phone=data["phone"], language=get_language() or ""
        )
    else:
        requester = person
    opened = open_ticket(
        actor=requester,
        requester=requester,
        topic=topic,
        subject=data["subject"],
        body=form.words,
        channel=Channel.GUEST if person is None else Channel.PORTAL,
        answers=form.answers(),
        filing_key=key,
        priority=form.priority,
        stated=stated,
        is_confidential=form.is_confidential,
        colleagues=form.colleagues,
        language=get_language() or "",
    )
    for message in _chosen(request, _known(request, topic)):
        link_to_service_message(actor=requester, ticket=opened.ticket, message=message)
    return opened


def _known(request: PortalRequest, topic: HelpTopic) -> list[ServiceMessage]:
    reader = request.user if request.user.is_authenticated else None
    return known_trouble(request.tenant, topic, reader, timezone.now())


def _chosen(request: PortalRequest, known: list[ServiceMessage]) -> list[ServiceMessage]:
    """What the writer says the ticket is about, of what they are told of."""
    wanted = {whole_number(text) for text in request.POST.getlist("about")}
    return [message for message in known if message.pk in wanted]


def _thank(request: PortalRequest, opened: Opened, typed: str) -> HttpResponse:
    if not request.user.is_authenticated:
        filed = {**request.session.get(FILED_KEY, {}), str(opened.ticket.pk): typed}
        request.session[FILED_KEY] = dict(list(filed.items())[-20:])
    if opened.outcome == "repeated":
        messages.info(request, _("You had sent this already. It is one ticket, and nothing was sent twice."))
    elif opened.outcome == "added":
        messages.success(request, _("You had sent this already, so what was new was added to the same ticket."))
    return redirect("thanks", opened.ticket.number)


def _sent_before(form: FilingForm, topic: HelpTopic, key: UUID) -> bool:
    data = form.cleaned_data
    return was_sent(
        requester=person_at(data["email"]),
        topic=topic,
        subject=data["subject"],
        body=form.words,
        answers=form.answers(),
        filing_key=key,
    )


def _files_must_wait(request: PortalRequest) -> int:
    """Minutes until somebody not signed in may send files again. Asked before any is kept, right form or wrong."""
    if not request.FILES:
        return 0
    return spend_allowance(kind="guest-files", key=network_of(client_address(request)), limit=UPLOADS_PER_NETWORK)


def _guest_must_wait(request: PortalRequest, email: str) -> int:
    """Minutes until a guest may file or add again; 0 for at once. Exact across processes."""
    tenant, network = request.tenant, network_of(client_address(request))
    return spend_allowances(
        Ask("guest-address", fold_address(email), tenant.guest_limit_per_address),
        Ask("guest-network", network, tenant.guest_limit_per_network),
    )


def _please_wait(minutes: int) -> str:
    return ngettext(
        "Nothing was sent, and nothing you wrote is lost. Wait %(counter)s minute and press the button again.",
        "Nothing was sent, and nothing you wrote is lost. Wait %(counter)s minutes and press the button again.",
        minutes,
    ) % {"counter": minutes}


def _filing_page(
    request: PortalRequest,
    topic: HelpTopic,
    form: FilingForm,
    kept: list[Upload],
    *,
    status: int = 200,
    refused: dict[str, int] | None = None,
) -> HttpResponse:
    reader = request.user if request.user.is_authenticated else None
    known = _known(request, topic)
    context = {
        "topic": topic,
        "tips": tips_before(request, topic),
        "known": known,
        "chosen": [message.pk for message in _chosen(request, known)],
        "form": form,
        "suggests": suggests(reader),
        "suggested": suggested_again(request, form),
        "expected_within": expected_answer(reader),
        "kept": [upload for upload in kept if not upload.field_key],
        "kept_answers": [upload for upload in kept if upload.field_key],
        "refused": refused,
        "attachment_limit_mb": request.tenant.attachment_limit_mb,
    }
    response = render(request, "tickets/filing.html", context, status=status)
    if refused:
        response.headers["Retry-After"] = str(refused["wait_minutes"] * 60)
    return response


def _topic_is_gone(request: PortalRequest) -> HttpResponse:
    """A topic that is not there, or not for this reader, which is the same to them: whoever wrote loses nothing, and
    everybody chooses another one. Who is not signed in may be offered more when they are."""
    reader = request.user if request.user.is_authenticated else None
    context: dict[str, Any] = {"choice": choice_for(reader)}
    if request.method != "POST":
        return render(request, "tickets/topics.html", {**context, "missing": True}, status=404)
    context |= {"gone": True, "typed": typed_words(request)}
    return render(request, "tickets/topics.html", context, status=410)


def _thanked_ticket(request: PortalRequest, number: int) -> tuple[Ticket, bool]:
    """The ticket just filed, and whether the reader is signed in as its requester. Nobody else comes here, whatever
    they may read: what is added here is added in the requester's name."""
    if request.user.is_authenticated:
        return get_object_or_404(participating(request.user), number=number, requester=request.user), True
    filed = [int(key) for key in request.session.get(FILED_KEY, {})]
    if not filed:
        raise Http404
    return get_object_or_404(Ticket.objects.select_related("requester"), number=number, pk__in=filed), False
