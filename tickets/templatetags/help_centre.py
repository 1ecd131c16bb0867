"""What pages of the help centre show that has to do with tickets."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.enums import AskingChannel
from accounts.languages import in_quotes
from accounts.queries.advice import advice_for
from accounts.queries.entitlement import obstacle_for
from accounts.requests import PortalRequest, reader_of
from knowledge.models import Article
from tickets.queries import manual_topic_for

register = template.Library()


@register.inclusion_tag("components/something_missing.html", takes_context=True)
def something_missing(context: template.Context, article: Article | None = None) -> dict[str, Any]:
    """The way to the form about what is missing in the help centre (S10), which then says which article this is about.
    Nothing for who is not offered its topic, or may not ask."""
    request = context["request"]
    topic = manual_topic_for(reader_of(request))
    if topic is None or _is_kept_from_asking(request):
        return {"url": ""}
    url = reverse("file_ticket", args=[topic.slug])
    if article is None:
        return {"url": url}
    begun = {
        "subject": _("Missing in %s") % in_quotes(article.published),
        "body": f"{request.build_absolute_uri(reverse('help_article', args=[article.slug]))}\n\n",
    }
    return {"url": f"{url}?{urlencode(begun)}"}


@register.inclusion_tag("components/next_step.html", takes_context=True)
def next_step(context: template.Context) -> dict[str, Any]:
    """Where to go on from a page that did not help: to us, or for who may not ask us to those who ask for them (S7)."""
    request = context["request"]
    return {"advice": advice_for(request.user) if _is_kept_from_asking(request) else None}


def _is_kept_from_asking(request: PortalRequest) -> bool:
    reader = reader_of(request)
    return reader is not None and obstacle_for(reader, AskingChannel.WEB) is not None
