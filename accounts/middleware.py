from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from accounts.queries.portals import tenant_for_host
from accounts.scoping import tenant_scope
from accounts.timezones import is_time_zone

GetResponse = Callable[[HttpRequest], HttpResponse]


class TenantMiddleware:
    """Host name → tenant → scope for the whole request. An unknown host gets a plain 404."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        host = _host_name(request)
        tenant = tenant_for_host(host)
        if tenant is not None:
            request.tenant = tenant  # type: ignore[attr-defined]
            with tenant_scope(tenant), timezone.override(tenant.time_zone):
                return self.get_response(request)
        if settings.PORTAL_LIST and host in (settings.BASE_HOST, "127.0.0.1"):
            request.tenant = None  # type: ignore[attr-defined]
            request.urlconf = "helpdesk.urls_portal_list"
            return self.get_response(request)
        return HttpResponseNotFound("Not found\n", content_type="text/plain; charset=utf-8")


def _host_name(request: HttpRequest) -> str:
    try:
        host = request.get_host()
    except DisallowedHost:
        return ""
    return host.rsplit(":", 1)[0].rstrip(".").lower()


class LanguageMiddleware:
    """The reader's language: their choice (cookie, then account), else what the browser asks for, else the portal's."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = chosen_language(request)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        response.headers.setdefault("Content-Language", language)
        return response


class TimeZoneMiddleware:
    """Dates and times as the signed-in reader's clock shows them; everybody else reads the portal's."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user: Any = getattr(request, "user", None)
        if user is None or not user.is_authenticated or not (user.time_zone and is_time_zone(user.time_zone)):
            return self.get_response(request)
        with timezone.override(user.time_zone):
            return self.get_response(request)


def chosen_language(request: HttpRequest) -> str:
    """The language this request is to be answered in; always one the product speaks."""
    offered = dict(settings.LANGUAGES)
    cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if cookie in offered:
        return cookie
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated and user.language:
        return str(user.language)
    asked = [part.split(";")[0].strip()[:2].lower() for part in request.headers.get("Accept-Language", "").split(",")]
    for language in asked:
        if language in offered:
            return language
    tenant = getattr(request, "tenant", None)
    return tenant.language if tenant is not None else settings.LANGUAGE_CODE
