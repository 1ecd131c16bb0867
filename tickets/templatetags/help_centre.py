"""What pages of the help centre show that has to do with tickets."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.languages import in_quotes
from accounts.requests import reader_of
from knowledge.models import Article
from tickets.queries import manual_topic_for

register = template.Library()


@register.inclusion_tag("components/something_missing.html", takes_context=True)
def something_missing(context: template.Context, article: Article | None = None) -> dict[str, Any]:
    """The way to the form about what is missing in the help centre (S10), which then says which article this is about.
    Nothing for who is not offered its topic."""
    request = context["request"]
    topic = manual_topic_for(reader_of(request))
    if topic is None:
        return {"url": ""}
    url = reverse("file_ticket", args=[topic.slug])
    if article is None:
        return {"url": url}
    begun = {
        "subject": _("Missing in %s") % in_quotes(article.published),
        "body": f"{request.build_absolute_uri(reverse('help_article', args=[article.slug]))}\n\n",
    }
    return {"url": f"{url}?{urlencode(begun)}"}
