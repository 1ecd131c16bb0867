"""What pages of the help centre show."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from knowledge.markdown import Rendered, render

register = template.Library()


@register.filter
def shown(rendered: Rendered) -> SafeString:
    """The HTML of a text that has been rendered, and sanitised thereby."""
    return mark_safe(rendered.html)  # noqa: S308 - only `render` makes it, from what nh3 has sanitised


@register.filter
def markdown(text: str) -> SafeString:
    """A text of ours in Markdown, without files."""
    return shown(render(text))
