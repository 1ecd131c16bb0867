from collections.abc import Callable

from django.db import connection
from django.db.utils import Error as DatabaseError
from django.http import HttpRequest, HttpResponse

from accounts.queries.portals import is_known_host

GetResponse = Callable[[HttpRequest], HttpResponse]
PLAIN = "text/plain; charset=utf-8"
PERMISSIONS = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"


class HeadersMiddleware:
    """What every answer says besides the CSP: nothing may use devices, and pages about people are not kept."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


class HealthMiddleware:
    """Answers probes and the TLS front on any host, before a tenant is looked for.

    /healthz: the process is alive. /readyz: it can serve (database answers, migrations are in). /hosts/known: whether
    a certificate may be fetched for `domain`.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.migrated = False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return HttpResponse("ok\n", content_type=PLAIN)
        if request.path == "/readyz":
            return self.ready()
        if request.path == "/hosts/known":
            known = is_known_host(request.GET.get("domain", ""))
            return HttpResponse("known\n" if known else "unknown\n", status=200 if known else 404, content_type=PLAIN)
        return self.get_response(request)

    def ready(self) -> HttpResponse:
        try:
            if not self.migrated:
                self.migrated = _nothing_to_migrate()
            else:
                connection.ensure_connection()
                with connection.cursor() as cursor:
                    cursor.execute("SELECT 1")
        except DatabaseError:
            return HttpResponse("the database does not answer\n", status=503, content_type=PLAIN)
        if not self.migrated:
            return HttpResponse("migrations are missing\n", status=503, content_type=PLAIN)
        return HttpResponse("ready\n", content_type=PLAIN)


def _nothing_to_migrate() -> bool:
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
