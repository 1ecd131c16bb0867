"""An input that suggests what can be written in it. The browser's own list: it works with keyboard and screen reader,
without a script, and stays quick with thousands of lines."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class SuggestingInput(forms.TextInput):
    """`offered` are pairs of value and words; the words are what is written, the value is what a script may ask for."""

    def __init__(self, offered: Iterable[tuple[str, str]]) -> None:
        self.offered = list(offered)
        super().__init__(attrs={"autocomplete": "off"})

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        listed = f"{(attrs or {}).get('id') or f'id_{name}'}_list"
        field = super().render(name, value, {**(attrs or {}), "list": listed}, renderer)
        options = format_html_join(
            "", '<option value="{}" data-value="{}"></option>', ((words, value) for value, words in self.offered)
        )
        return format_html('{}<datalist id="{}">{}</datalist>', field, listed, options)
