"""Read a page as a program would: its elements, its words, its forms; and find out what an action changed."""

import re
from html.parser import HTMLParser
from typing import Any

from django.apps import apps
from django.http import HttpResponse
from django.http.response import HttpResponseBase

from accounts.scoping import every_tenant

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
Attributes = dict[str, str]


class Page(HTMLParser):
    """`elements` are (tag, attributes) in order; `text` is everything a reader could read."""

    def __init__(self, response: HttpResponseBase) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, Attributes]] = []
        self.forms: list[dict[str, Any]] = []
        self.scripts_with_text: list[str] = []
        self._words: list[str] = []
        self._inside: list[str] = []
        self._textarea: str | None = None
        self._select: str | None = None
        assert isinstance(response, HttpResponse), "a file is no page"
        self.feed(response.content.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.elements.append((tag, given))
        if tag not in VOID:
            self._inside.append(tag)
        if tag == "form":
            self.forms.append({"action": given.get("action", ""), "method": given.get("method", "get"), "fields": {}})
        elif tag == "textarea" and self.forms:
            self._textarea = given.get("name", "")
            self._fields()[self._textarea] = ""
        elif tag == "select" and self.forms:
            self._select = given.get("name", "")
        elif tag == "option" and self._select and "selected" in given:
            self._fields()[self._select] = given.get("value", "")
        elif tag == "input" and self.forms and given.get("name"):
            ticks = given.get("type") in ("checkbox", "radio")
            if given.get("type") not in ("file", "submit") and (not ticks or "checked" in given):
                self._fields()[given["name"]] = given.get("value", "on" if ticks else "")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            while self._inside.pop() != tag:
                pass
        if tag == "textarea":
            self._textarea = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._inside and self._inside[-1] in ("script", "style"):
            self.scripts_with_text.append(data)
            return
        if self._textarea is not None:
            fields = self._fields()
            # A browser drops one line end right after the opening tag.
            fields[self._textarea] += data if fields[self._textarea] else data.removeprefix("\n")
        self._words.append(data)

    def _fields(self) -> dict[str, str]:
        fields: dict[str, str] = self.forms[-1]["fields"]
        return fields

    @property
    def text(self) -> str:
        return " ".join("".join(self._words).split())

    @property
    def main(self) -> Attributes:
        return next(attributes for tag, attributes in self.elements if tag == "main")

    def all(self, tag: str) -> list[Attributes]:
        return [attributes for name, attributes in self.elements if name == tag]

    def links(self) -> list[str]:
        return [link["href"] for link in self.all("a") if "href" in link]

    def marked(self, mark: str) -> list[Attributes]:
        return [attributes for _tag, attributes in self.elements if mark in attributes]

    def form(self, action_ending: str) -> dict[str, str]:
        """What a browser would send for the form whose action ends so."""
        found = next(form for form in self.forms if re.split("[?#]", form["action"])[0].endswith(action_ending))
        fields: dict[str, str] = found["fields"]
        return fields


def snapshot(*, without: tuple[str, ...] = ()) -> dict[str, list[Any]]:
    """Every row of every table of every tenant, to compare before and after."""
    rows: dict[str, list[Any]] = {}
    with every_tenant():
        for model in apps.get_models(include_auto_created=True):
            if model._meta.label not in without:
                rows[model._meta.label] = sorted(map(repr, model._base_manager.values_list()))
    return rows


def plain_answer(response: HttpResponseBase, *hide: object) -> tuple[int, str, str]:
    """Status, type and text of an answer, without what differs by itself: tokens, keys, and whatever `hide` names."""
    content = response.content.decode() if isinstance(response, HttpResponse) else "a file"
    content = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "token", content)
    content = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "key", content)
    location = response.headers.get("Location", "")
    for word in sorted(map(str, hide), key=len, reverse=True):
        content, location = content.replace(word, "…"), location.replace(word, "…")
    return response.status_code, f"{response.headers.get('Content-Type', '')} {location}", content
