"""What pages of the help centre show."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from accounts.languages import foreign_language
from knowledge.markdown import Rendered, render, render_line

register = template.Library()


@register.filter
def shown(rendered: Rendered) -> SafeString:
    """The HTML of a text that has been rendered, and sanitised thereby."""
    return mark_safe(rendered.html)  # noqa: S308 - only `render` makes it, from what nh3 has sanitised


@register.filter
def markdown(text: str) -> SafeString:
    """A text of ours in Markdown, without files."""
    return shown(render(text))


@register.filter
def with_links(line: str) -> SafeString:
    """A line of ours, with the links that are written in it."""
    return shown(render_line(line))


@register.simple_tag
def lang(row: Any, field: str) -> SafeString | str:
    """The `lang` attribute of a text that a row keeps in both languages, where the reader gets the other one."""
    code = foreign_language(getattr(row, f"{field}_sv"), getattr(row, f"{field}_en"))
    return format_html('lang="{}"', code) if code else ""


@register.simple_tag
def marked(text: str, marks: Sequence[tuple[int, int]]) -> SafeString:
    """A plain text, with what was searched for marked in it. `marks`: positions from and to, in order and apart."""
    pieces, end = [], 0
    for begins, ends in marks:
        pieces.append((text[end:begins], text[begins:ends]))
        end = ends
    return format_html("{}{}", format_html_join("", "{}<mark>{}</mark>", pieces), text[end:])
