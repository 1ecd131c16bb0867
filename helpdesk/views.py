"""Answers when something went wrong: nothing typed is lost, and every page says what to do."""

import logging
import secrets
import sys

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db.utils import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _  # said in the language that _page chooses

from accounts.kept_text import typed_words
from accounts.middleware import chosen_language

log = logging.getLogger("helpdesk.trouble")
DATABASE_AWAY = (OperationalError, InterfaceError)
RETRY_AFTER = 10  # seconds
NEVER_SHOWN_AGAIN = {"csrfmiddlewaretoken", "password", "present", "code", "recovery", "digits", "answer", "website"}


def portal_list(request: HttpRequest) -> HttpResponse:
    """The portals of this installation, on the embedded default's own host."""
    from accounts.models import Tenant

    tenants = Tenant.objects.filter(is_active=True).prefetch_related("hosts").order_by("name")
    portals = [{"name": tenant.name, "url": tenant.url("/"), "description": tenant.primary_host} for tenant in tenants]
    return render(request, "accounts/portals.html", {"portals": portals})


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Also met by somebody whose ticket was handed away while they wrote: their words are shown again."""
    return render(request, "errors/404.html", {"typed": typed_words(request)}, status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Also reached by forms larger than any allowed: the reader then learns that, and may go back to their text."""
    too_large = isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent | MultiPartParserError)
    status = 413 if too_large else 400
    return _page("errors/400.html", status, {"too_large": too_large}, request)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose security token no longer fits (another tab signed in, cookies were cleared): send it again.

    Offered only to forms that come from this very host; others get a plain refusal.
    """
    log.info("Form token refused at %s: %s", request.path, reason)
    origin = request.headers.get("Origin")
    if request.method != "POST" or (origin and origin != f"{request.scheme}://{request.get_host()}"):
        return _page("errors/403.html", 403, {}, request)
    get_token(request)
    return _resend(request, 403, _("This page had been open for so long that it could not be sent safely."))


def trouble(request: HttpRequest) -> HttpResponse:
    """The last resort. A database that is locked or gone is a 503 that can be tried again; all else a 500."""
    problem = sys.exc_info()[1]
    reference = secrets.token_hex(4)
    log.error("Trouble %s at %s: %r", reference, request.path, problem)
    if not isinstance(problem, DATABASE_AWAY):
        return _page("errors/500.html", 500, {"reference": reference}, request)
    if request.method == "POST":
        response = _resend(request, 503, _("The database did not answer just now."))
    else:
        response = _page("errors/503.html", 503, {"reference": reference}, request)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def _resend(request: HttpRequest, status: int, reason: str | Promise) -> HttpResponse:
    """The form once more, with a token that fits its cookie, also where trouble came before the middleware for it."""
    tokens = CsrfViewMiddleware(lambda request: HttpResponse())
    tokens.process_request(request)
    fields = [
        (name, value, name)
        for name, values in request.POST.lists()
        for value in values
        if name not in NEVER_SHOWN_AGAIN and not name.startswith("csrf")
    ]
    lost = [file.name for _name, files in request.FILES.lists() for file in files]
    context: dict[str, object] = {
        "fields": fields,
        "action": request.get_full_path(),
        "reason": reason,
        "files_lost": lost,
        "csrf_token": get_token(request),
    }
    response = _page("errors/resend.html", status, context, request)
    tokens.process_response(request, response)
    return response


def _page(template: str, status: int, context: dict[str, object], request: HttpRequest) -> HttpResponse:
    """A page that needs neither database nor session, in the language cookies or browser ask for."""
    with translation.override(_language_without_database(request)):
        return HttpResponse(render_to_string(template, context), status=status)


def _language_without_database(request: HttpRequest) -> str:
    plain = HttpRequest()
    plain.META, plain.COOKIES = request.META, request.COOKIES
    return chosen_language(plain)
