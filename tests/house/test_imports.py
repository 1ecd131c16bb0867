"""The order of the house: apps import downward only, and inside an app each module only what stands to its left."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APPS = ("accounts", "routing", "tickets", "notifications", "helpdesk")

# DESIGN.md: enums, facts → models → rules, queries → events, locking, actions → forms → views, tasks, commands → urls.
# Modules with a job of their own stand where their imports allow it. A new module must be given a place here.
PLACES: tuple[tuple[str, ...], ...] = (
    ("enums", "facts"),
    # pure: values in, values out; no table
    ("folding", "icons", "languages", "patterns", "webmail", "timezones", "pictures", "branding", "scoping", "poking"),
    ("uploading", "formatted", "addresses", "reaching", "dns_advice", "ready_forms", "mail"),
    ("wording", "wording_kinds"),
    ("public_holidays",),
    ("working_time",),
        "clocks_in_words",
