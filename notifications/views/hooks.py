"""Where mail providers bring mails and reports. Who calls is checked by anymail, by signature or shared secret."""

from typing import Any

from anymail.webhooks.base import AnymailCoreWebhookView
from django.http import Http404, HttpRequest, HttpResponse

from accounts.models import Tenant
from accounts.scoping import current_tenant, tenant_scope
from notifications.actions.provider_reports import take_report
from notifications.actions.receiving import digest_of, receive_mail
from notifications.destinations import portal_receiving
from notifications.enums import MailSource
from notifications.provider_hooks import hook_of, mail_of, require_signs
from notifications.views.calls import read_whole


class Hook(AnymailCoreWebhookView):
    """A provider's call. 404 for a provider that is not set up, 400 for a caller who cannot prove to be it, as far as
    possible before the call is read; whatever else goes wrong is answered with 500, so that the provider brings it
    again."""

    reports = False
    http_method_names = ("get", "head", "post", "options")

    def get(self, request: HttpRequest, provider: str) -> HttpResponse:
        """Nobody who opens it in a browser learns which provider this installation uses."""
        raise Http404

    def post(self, request: HttpRequest, provider: str) -> HttpResponse:
        hook: Any = hook_of(provider, reports=self.reports)
        if hook is None:
            raise Http404
        require_signs(hook, request)
        read_whole(request)
        hook.run_validators(request)
        for event in hook.parse_events(request):
            if getattr(event, "message", None) is not None:
                _take_mail(provider, event)
            elif self.reports:
                _take_report(event)
        return HttpResponse()

    def head(self, request: HttpRequest, provider: str) -> HttpResponse:
        """Some providers ask so whether the address exists."""
        if hook_of(provider, reports=self.reports) is None:
            raise Http404
        return HttpResponse()


def _take_mail(provider: str, event: Any) -> None:
    """For every portal it is addressed to; for the one whose host was called, where that says nothing."""
    mail = mail_of(event, digest_of)
    portals: dict[int, tuple[Tenant, str]] = {}
    for recipient in mail.recipients:
        owner = portal_receiving(recipient)
        if owner is not None:
            portals.setdefault(owner.pk, (owner, recipient))
    for tenant, recipient in portals.values() or [(current_tenant(), next(iter(mail.recipients), ""))]:
        with tenant_scope(tenant):
            receive_mail(
                raw=mail.raw,
                source=MailSource.WEBHOOK,
                source_key=f"hook:{provider}:{mail.name}",
                recipient=recipient,
            )


def _take_report(event: Any) -> None:
    """A provider knows one address to call for all portals of an installation; whose mail it was is asked of each."""
    here = current_tenant()
    for tenant in (here, *Tenant.objects.filter(is_active=True).exclude(pk=here.pk).order_by("pk")):
        with tenant_scope(tenant):
            if take_report(event):
                return
