"""A form as customers see it, to be tried and never sent."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.requests import PortalRequest
from accounts.rules import administrators_only
from tickets.forms.filing import PreviewForm
from tickets.models import TicketForm
from tickets.questions import Asked

READERS = {
    Asked.KNOWN: gettext_lazy("Somebody we know"),
    Asked.UNKNOWN: gettext_lazy("Somebody we do not know"),
}
LANGUAGES = {"sv": "Svenska", "en": "English"}


@administrators_only
def form_preview(request: PortalRequest, pk: int) -> HttpResponse:
    """As somebody known or unknown sees it, in either language (`?reader=unknown&language=sv`)."""
    found: TicketForm = get_object_or_404(TicketForm, pk=pk)
    reader = Asked.UNKNOWN if request.GET.get("reader") == Asked.UNKNOWN.value else Asked.KNOWN
    language = request.GET.get("language")
    language = language if language in LANGUAGES else translation.get_language()[:2]
    with translation.override(language):
        form = PreviewForm(form=found, asked=reader, tenant=request.tenant, customer=_("The customer’s organisation"))
        sample = render_to_string(
            "tickets/settings/_form_sample.html",
            {"form": form, "attachment_limit_mb": request.tenant.attachment_limit_mb},
            request=request,
        )
    context = {
        "found": found,
        "sample": sample,
        "language": language,
        "readers": [(key.value, words, key == reader) for key, words in READERS.items()],
        "reader": reader.value,
        "languages": [(key, words, key == language) for key, words in LANGUAGES.items()],
    }
    return render(request, "tickets/settings/form_preview.html", context)
