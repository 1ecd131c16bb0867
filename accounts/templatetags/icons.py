"""The icons of the installed set. Each is drawn once by a process: drawn anew for every place they took a fifteenth of
a queue page's time."""

from functools import lru_cache

from django import template
from heroicons.templatetags.heroicons import heroicon_mini as draw

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=500)
def heroicon_mini(name: str, *, size: int = 20) -> str:
    """The icon of this name as inline SVG, `size` pixels wide and high."""
    return draw(name, size=size)
