"""The help centre's search: articles and service messages, behind `find`."""

from knowledge.searching.finding import find
from knowledge.searching.found import ALL, Found, Hit, Kind

__all__ = ["ALL", "Found", "Hit", "Kind", "find"]
