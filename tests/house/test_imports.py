"""The order of the house: apps import downward only, and inside an app each module only what stands to its left."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APPS = ("accounts", "routing", "knowledge", "tickets", "notifications", "helpdesk")

# DESIGN.md: enums, facts → models → rules, queries → events, locking, actions → forms → views, tasks, commands → urls.
# Modules with a job of their own stand where their imports allow it. A new module must be given a place here.
PLACES: tuple[tuple[str, ...], ...] = (
    ("enums", "facts"),
    # pure: values in, values out; no table
    ("folding", "icons", "languages", "patterns", "webmail", "timezones", "pictures", "branding", "scoping", "poking"),
    (
        "uploading",
        "formatted",
        "private_parts",
        "markdown",
        "addresses",
        "reaching",
        "dns_advice",
        "ready_forms",
        "mail",
    ),
    ("wording", "wording_kinds"),
    ("public_holidays",),
    ("working_time",),
    ("clocks", "typed_hours", "typed_durations", "promised", "putting_off", "booking_times"),
    (
        "smtp",
        "imap",
    ),
    ("sealing", "authenticator", "browsers", "passkeys", "password_rules"),
    ("csv_reading", "csv_cells", "table_reading", "alphabets", "import_columns", "import_rows"),
    ("entering", "entitlement", "judging"),
    ("models", "sessions"),
    # read, and decide; change nothing
    (
        "rules",
        "whose",
        "mail_facts",
        "incoming",
        "filing_rules",
        "field_rules",
        "form_uses",
        "queries",
        "searching",
        "senders",
        "receivers",
        "own_addresses",
        "rounds",
        "mail_servers",
        "dns_in_words",
        "dns_looking",
        "requests",
        "passing",
        "serving",
        "devices",
        "voters",
        "tokens",
        "drafts",
        "service_drafts",
        "seen",
        "known_trouble",
        "feeds",
        "conditions",
        "comparing",
        "choosing",
        "checking",
        "cautions_in_words",
        "hours_in_words",
        "routing_facts",
        "promises",
        "calendar_drafts",
        "opening",
        "ageing",
        "presence",
        "leads",
        "standing",
        "timing",
        "clocks_in_words",
        "asking_news",
        "expected",
        "times_in_words",
        "calendar_files",
        "recalculations",
        "rule_catalogue",
        "rules_in_words",
        "trials",
        "topic_tree",
        "turning",
        "guide_check",
        "searched",
        "backends",
        "checks",
        "paging",
        "due",
        "queue_views",
        "dashboard",
        "queue",
        "exporting",
        "agreements",
        "answers",
        "questions",
        "priorities",
        "department_names",
        "origins",
        "as_known",
        "timeline",
        "events_in_words",
        "reasons_in_words",
        "problems_in_words",
        "choices",
        "muting_links",
        "subscription_links",
        "brakes",
        "ledger",
        "holdings",
        "mailbox_words",
        "mailbox_access",
        "ladder",
        "telling",
    ),
    (
        "events",
        "locking",
        "mail_locking",
        "links",
        "entry_mails",
        "security_mails",
        "service_mails",
        "account_mails",
        "booking_mails",
        "worded",
        "composing",
        "digests",
        "alerts",
        "mornings",
        "reviews",
        "destinations",
        "provider_hooks",
        "envelopes",
        "naming",
        "transports",
        "held",
        "packing",
    ),
    ("actions",),
    ("forms",),
    ("signing_in", "attempts", "watching", "passkey_places"),  # what the views begin with
    ("views", "tasks", "management", "middleware", "context", "kept_text", "templatetags", "proving"),
    (
        "account_urls",
        "booking_urls",
        "customer_urls",
        "desk_urls",
        "entering_urls",
        "form_urls",
        "guide_urls",
        "incoming_urls",
        "routing_urls",
        "service_urls",
        "security_urls",
        "settings_urls",
        "times_urls",
        "topic_urls",
        "transfer_urls",
        "urls",
    ),
)
PLACE = {name: place for place, names in enumerate(PLACES) for name in names}


def modules(app: str) -> Iterator[tuple[str, Path]]:
    for path in sorted((ROOT / app).rglob("*.py")):
        if "migrations" not in path.parts:
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports(path: Path) -> Iterator[str]:
    """The house's modules a module imports, wherever in it; what only a type checker reads does not count."""
    names = {name for app in APPS for name, _path in modules(app)}
    for node in _without_type_checking(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            found = [name if name in names else str(node.module) for name in whole]
        else:
            continue
        yield from (name for name in found if name.split(".")[0] in APPS)


def _without_type_checking(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        yield node
        yield from _without_type_checking(node)


@pytest.mark.parametrize("app", APPS)
def test_an_app_imports_only_those_below_it(app: str):
    above = APPS[APPS.index(app) + 1 :]
    upward = [
        f"{name} imports {found}"
        for name, path in modules(app)
        for found in imports(path)
        if found.split(".")[0] in above
    ]

    assert upward == []


@pytest.mark.parametrize("app", APPS[:-1])
def test_a_module_has_a_place_and_imports_only_what_stands_to_its_left(app: str):
    to_the_right = []
    for name, path in modules(app):
        if name.count(".") == 0 or name == f"{app}.apps":
            continue
        own = name.split(".")[1]
        assert own in PLACE, f"{name} has no place yet: give it one in PLACES"
        for found in imports(path):
            other_app, _, rest = found.partition(".")
            if other_app == app and rest and PLACE[rest.split(".")[0]] > PLACE[own]:
                to_the_right.append(f"{name} imports {found}")

    assert to_the_right == []


@pytest.mark.parametrize("app", APPS)
def test_no_module_imports_itself_through_others(app: str):
    graph = {
        name: {found for found in imports(path) if found.startswith(f"{app}.") and found != name}
        for name, path in modules(app)
    }

    order = list(TopologicalSorter(graph).static_order())

    assert len(order) >= len(graph)


def test_the_walk_sees_imports_inside_functions_and_whole_packages():
    source = "def late():\n    from tickets import rules\n\nimport accounts.models\n"

    found = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import | ast.ImportFrom)]

    assert len(found) == 2
    assert "accounts.enums" in imports(ROOT / "accounts" / "models" / "people.py")
    assert "tickets.actions.closing" in imports(ROOT / "tickets" / "actions" / "setting_status.py")
