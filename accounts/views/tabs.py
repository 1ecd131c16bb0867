"""The tabs above a list: one for each state, with its count and its address."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse


def tabs_of(
    url_name: str, labels: Mapping[str, Any], counts: Mapping[str, int], *, current: str, words: str
) -> list[dict[str, Any]]:
    """`words`: what was searched for, kept from tab to tab."""
    tabs = []
    for key, label in labels.items():
        query = urlencode({name: value for name, value in (("state", str(key)), ("q", words)) if value})
        tabs.append(
            {
                "key": str(key),
                "label": label,
                "count": counts.get(key, 0),
                "url": f"{reverse(url_name)}?{query}",
                "current": key == current,
            }
        )
    return tabs
