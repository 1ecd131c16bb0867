"""One verb, one door: rows are written in few places, and a ticket changes only where its rules are."""

import ast
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.house.test_imports import APPS, ROOT, modules

TICKET_FIELDS = {
    "status",
    "assignee",
    "assignee_id",
    "department",
    "department_id",
    "priority",
    "waiting_on",
    "waiting_since",
    "closed_at",
    "last_activity_at",
}
WEB = ("django.http", "django.shortcuts", "accounts.requests")
SEAMS = {"Ticket", "Message", "TicketEvent"}
CREATES = {"create", "bulk_create", "get_or_create", "update_or_create"}
WRITES = CREATES | {"save", "delete", "update", "bulk_update"}
# Outside actions/, rows are written only by what the doors are made of.
WRITERS = {
    "tickets.events",
    "tickets.links",
    "tickets.locking",
    "notifications.locking",
    "notifications.mail_locking",
    "notifications.transports",
}
# Fills a database for benchmarks, in bulk and with the past it needs; no part of the product uses it.
BULK = "helpdesk.management.commands.load_tickets"
# The places that mark text as safe, once each: what urlize has just escaped, or nh3 has just sanitised.
SAFE_PLACES = {"tickets.templatetags.helpdesk", "knowledge.templatetags.knowledge"}
# What the databases' full text is asked with, which Django has no words for; always on rows of a scoped manager.
FULL_TEXT = "knowledge.searching.engines"
# Where others than our own pages post: they prove themselves by a token or a signature, and no cookie counts.
CSRF_EXEMPT = {"notifications.views.unsubscribing"}
# The greppable opt-out from the scope: the worker's "who has something to do?" and operator commands.
# And one question about what is to be nobody else's on the whole installation, answered with yes or no.
EVERY_TENANT = {
    "accounts.scoping",
    "accounts.queries.imports",
    "notifications.destinations",
    "notifications.queries",
    "notifications.receivers",
    "routing.senders",
    "tickets.recalculations",
    "tickets.trials",
}


def trees() -> Iterator[tuple[str, ast.AST]]:
    for app in APPS:
        for name, path in modules(app):
            yield name, ast.parse(path.read_text(encoding="utf-8"))


def is_door(name: str) -> bool:
    return name.split(".")[1:2] == ["actions"]


def where(name: str, node: ast.AST) -> str:
    return f"{name}:{getattr(node, 'lineno', 0)} {ast.unparse(node)[:80]}"


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def test_a_tickets_state_is_assigned_only_in_its_actions_and_rules():
    found = []
    for name, tree in trees():
        if name.startswith(("tickets.actions", "accounts.", "routing.")) or name == "tickets.rules":
            continue  # accounts and routing know no ticket: what is closed there is an account or a department
        for node in ast.walk(tree):
            stored = isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
            of_itself = stored and ast.unparse(node.value) == "self" and ".models" not in name
            if stored and node.attr in TICKET_FIELDS and not of_itself:
                found.append(where(name, node))
            if isinstance(node, ast.Call) and _written_fields(node) & TICKET_FIELDS and _about_tickets(node):
                found.append(where(name, node))

    assert found == []


def _written_fields(call: ast.Call) -> set[str]:
    if isinstance(call.func, ast.Attribute) and call.func.attr == "update":
        return {word.arg for word in call.keywords if word.arg}
    if isinstance(call.func, ast.Name) and call.func.id == "setattr":
        return {argument.value for argument in call.args if isinstance(argument, ast.Constant)}
    return set()


def _about_tickets(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) or "icket" in ast.unparse(call.func)


def test_tickets_messages_and_events_are_made_only_by_their_doors():
    found = []
    for name, tree in trees():
        if name.startswith("tickets.actions") or name in ("tickets.events", BULK):
            continue
        for call in calls(tree):
            made = ast.unparse(call.func)
            by_name = made in SEAMS or re.match(rf"({'|'.join(SEAMS)})\.objects.*\.({'|'.join(CREATES)})$", made)
            by_relation = re.search(rf"\.(messages|events)\.({'|'.join(CREATES)})$", made)
            if by_name or by_relation:
                found.append(where(name, call))

    assert found == []


def test_only_events_py_records_ticket_events():
    found = [
        where(name, call)
        for name, tree in trees()
        if name not in ("tickets.events", BULK)
        for call in calls(tree)
        if re.match(rf"TicketEvent(\.objects\.({'|'.join(CREATES)}))?$", ast.unparse(call.func))
    ]

    assert found == []


def test_rows_are_written_only_behind_doors():
    found = []
    for name, tree in trees():
        if is_door(name) or name in WRITERS or name.split(".")[0] == "helpdesk":
            continue
        found += [
            where(name, call)
            for call in calls(tree)
            if isinstance(call.func, ast.Attribute) and call.func.attr in WRITES and not _harmless(call)
        ]

    assert found == []


def _harmless(call: ast.Call) -> bool:
    target = ast.unparse(call.func.value)  # type: ignore[attr-defined]
    is_mapping = call.func.attr == "update" and not re.search(r"objects|filter|all\(\)", target)  # type: ignore[attr-defined]
    return target == "super()" or is_mapping


def test_no_app_listens_to_signals():
    found = [
        where(name, node)
        for name, tree in trees()
        for node in ast.walk(tree)
        if (isinstance(node, ast.ImportFrom) and re.search(r"django\.dispatch|signals$", node.module or ""))
        or (isinstance(node, ast.Import) and any("signals" in alias.name for alias in node.names))
    ]

    assert found == []


DOORS = [
    "knowledge.actions.help_settings:set_help_settings",
    "knowledge.actions.voting:vote",
    "tickets.actions.help:set_manual_topic",
    "knowledge.actions.service_messages:save_message",
    "knowledge.actions.service_messages:publish_message",
    "knowledge.actions.service_messages:add_update",
    "knowledge.actions.service_messages:end_message",
    "knowledge.actions.service_messages:reopen_message",
    "knowledge.actions.service_messages:discard_message",
    "knowledge.actions.noting_searches:note_search",
    "knowledge.actions.noting_solved:note_solved",
    "knowledge.actions.services:save_service",
    "knowledge.actions.services:move_service",
    "knowledge.actions.services:set_service_active",
    "tickets.actions.answering_together:answer_together",
    "tickets.actions.service_links:set_topics_of_service",
    "tickets.actions.service_links:link_to_service_message",
    "tickets.actions.service_links:unlink_from_service_message",
    "tickets.actions.service_links:carry_links",
    "knowledge.actions.subscribing:subscribe",
    "knowledge.actions.subscribing:unsubscribe",
    "tickets.actions.opening:open_ticket",
    "tickets.actions.replying:reply_to_ticket",
    "tickets.actions.replying:add_note",
    "tickets.actions.withdrawing:withdraw_reply",
    "tickets.actions.merging:merge_tickets",
    "tickets.actions.merging:unmerge_ticket",
    "tickets.actions.closing:close_ticket",
    "tickets.actions.closing:reopen_ticket",
    "tickets.actions.waiting:wait_for_third_party",
    "tickets.actions.waiting:wait_for_us",
    "tickets.actions.snoozing:snooze",
    "tickets.actions.snoozing:wake",
    "tickets.actions.nudging:nudge",
    "tickets.actions.nudging:nudge_assignee",
    "tickets.actions.handing_over:claim",
    "tickets.actions.taking_on:take_on",
    "tickets.actions.handing_over:assign",
    "tickets.actions.handing_over:transfer",
    "tickets.actions.setting_status:set_status",
    "tickets.actions.setting_priority:set_priority",
    "tickets.actions.priorities:define_priority",
    "tickets.actions.priorities:set_priority_settings",
    "tickets.actions.tagging:add_tags",
    "tickets.actions.tagging:remove_tags",
    "tickets.actions.answering:set_answers",
    "tickets.actions.setting_topic:set_topic",
    "tickets.actions.following:follow",
    "tickets.actions.following:unfollow",
    "tickets.actions.reading:mark_read",
    "tickets.actions.arranging:add_topic",
    "tickets.actions.arranging:update_topic",
    "tickets.actions.arranging:move_topic",
    "tickets.actions.arranging:retire_topic",
    "tickets.actions.arranging:restore_topic",
    "routing.actions.absences:note_absence",
    "routing.actions.ageing:save_policy",
    "routing.actions.ageing:pause_policy",
    "routing.actions.ageing:remove_policy",
    "routing.actions.ageing:set_alerts",
    "routing.actions.absences:remove_absence",
    "routing.actions.arranging:add_department",
    "routing.actions.arranging:add_member",
    "routing.actions.arranging:set_responsible_department",
    "accounts.actions.passwords:set_password",
    "accounts.actions.passwords:change_password",
    "accounts.actions.ending_sessions:end_sessions",
    "accounts.actions.ending_sessions:end_session",
    "accounts.actions.ending_sessions:note_seen",
    "accounts.actions.factors:add_app",
    "accounts.actions.factors:add_passkey",
    "accounts.actions.factors:remove_factor",
    "accounts.actions.factors:reset_factors",
    "accounts.actions.factors:renew_recovery_codes",
    "accounts.actions.factors:use_app_code",
    "accounts.actions.factors:use_recovery_code",
    "accounts.actions.factors:use_passkey",
    "accounts.actions.security_settings:set_security",
    "accounts.actions.registering:register_person",
    "accounts.actions.updating:update_account",
    "accounts.actions.updating:update_portal",
    "accounts.actions.changing_addresses:request_address",
    "accounts.actions.changing_addresses:confirm_address",
    "notifications.actions.choosing_mails:choose_mails",
    "notifications.actions.choosing_mails:stop_mails",
    "notifications.actions.choosing_mails:resume_mails",
    "notifications.actions.sending_again:send_again",
    "notifications.actions.receiving:receive_mail",
    "notifications.actions.taking:take_as_new",
    "notifications.actions.taking:take_as_reply",
    "notifications.actions.deciding:accept_as_new",
    "notifications.actions.deciding:accept_to",
    "notifications.actions.deciding:discard",
    "notifications.actions.deciding:read_again",
    "notifications.actions.deciding:judge_sender",
    "notifications.actions.deciding:forget_judgement",
    "notifications.actions.digesting:gather",
    "notifications.actions.alerting:alert",
    "notifications.actions.mornings:choose_morning",
    "notifications.actions.mornings:tell_morning",
    "notifications.actions.reviews:ask_about",
    "knowledge.actions.reviewing:see_comment",
    "tickets.actions.carrying_over:article_from_answer",
    "notifications.actions.bouncing:mark_bounced",
    "notifications.actions.bouncing:mark_arrived",
    "notifications.actions.bouncing:mark_complained",
    "notifications.actions.bouncing:forget_bounces",
    "accounts.actions.importing:upload_import",
    "accounts.actions.importing:order_import",
    "accounts.actions.importing:discard_import",
    "accounts.actions.agreeing:add_agreement",
    "accounts.actions.agreeing:offer_agreement",
    "accounts.actions.agreeing:retire_agreement",
    "accounts.actions.agreeing:update_agreement",
    "accounts.actions.closing_accounts:close_account",
    "accounts.actions.closing_accounts:reopen_account",
    "accounts.actions.contacts:appoint_contact_person",
    "accounts.actions.contacts:choose_colleague_sight",
    "accounts.actions.contacts:name_contact",
    "accounts.actions.contacts:replace_contact",
    "accounts.actions.contacts:unname_contact",
    "accounts.actions.domains:add_domain",
    "accounts.actions.domains:join_people",
    "accounts.actions.domains:remove_domain",
    "accounts.actions.helpers:add_local_administrator",
    "accounts.actions.helpers:remove_local_administrator",
    "accounts.actions.helpers:remove_provider_contact",
    "accounts.actions.helpers:set_provider_contact",
    "accounts.actions.helpers:update_local_administrator",
    "accounts.actions.organising:add_organisation",
    "accounts.actions.organising:set_agreement",
    "accounts.actions.organising:set_visibility",
    "accounts.actions.organising:update_organisation",
    "accounts.actions.people:move_person",
    "accounts.actions.sites:add_sites",
    "accounts.actions.sites:update_site",
    "accounts.actions.sites:remove_site",
    "accounts.actions.sites:restore_site",
    "accounts.actions.people:set_role",
    "accounts.actions.people:update_person",
    "routing.actions.departments:make_default",
    "routing.actions.departments:move_department",
    "routing.actions.departments:reopen_department",
    "routing.actions.departments:set_mail_identity",
    "routing.actions.departments:set_public",
    "tickets.actions.closing_departments:close_department",
    "tickets.actions.trials:start_trial",
    "routing.actions.levels:save_level",
    "routing.actions.levels:remove_level",
    "routing.actions.levels:promise_level",
    "tickets.actions.recalculating:weigh",
    "tickets.actions.recalculating:change_times",
    "tickets.actions.recalculating:begin_daily",
    "routing.actions.arranging:remove_member",
    "routing.actions.pointing:point_rules",
    "routing.actions.arranging:rename_department",
    "routing.actions.arranging:set_shared",
    "tickets.actions.forms:add_form",
    "tickets.actions.forms:rename_form",
    "tickets.actions.forms:copy_form",
    "tickets.actions.forms:remove_form",
    "tickets.actions.forms:add_field",
    "tickets.actions.forms:update_field",
    "tickets.actions.forms:move_field",
    "tickets.actions.forms:remove_field",
    "tickets.actions.forms:restore_field",
    "tickets.actions.merging_organisations:merge_organisations",
    "routing.actions.usual_policies:add_usual_policies",
    "routing.actions.ruling:save_rule",
    "routing.actions.ruling:move_rule",
    "routing.actions.ruling:set_rule_active",
    "routing.actions.ruling:remove_rule",
    "routing.actions.ruling:set_earlier_days",
    "routing.actions.tables:add_table",
    "routing.actions.tables:replace_rows",
    "routing.actions.tables:rename_table",
    "routing.actions.tables:remove_table",
    "notifications.actions.mailboxes:add_mailbox",
    "notifications.actions.mailboxes:remove_mailbox",
    "notifications.actions.mailboxes:set_mailbox_active",
    "notifications.actions.mailboxes:try_mailbox",
    "notifications.actions.mailboxes:update_mailbox",
    "notifications.actions.mail_settings:set_dkim_selectors",
    "notifications.actions.mail_settings:set_mail_rules",
    "notifications.actions.mail_settings:set_outgoing",
    "notifications.actions.trying_mail:send_test_mail",
    "notifications.actions.trying_mail:send_wording_test",
    "notifications.actions.wording:restore_wording",
    "notifications.actions.wording:save_wording",
    "notifications.actions.trying_mail:send_token_test",
    "notifications.actions.trying_mail:try_server",
    "notifications.actions.addressing:add_address",
    "notifications.actions.addressing:remove_address",
    "notifications.actions.addressing:restore_address",
    "notifications.actions.addressing:retire_address",
    "notifications.actions.addressing:update_address",
    "tickets.actions.escalating:escalate",
    "tickets.actions.reminding:close_unanswered",
    "tickets.actions.reminding:remind_customer",
    "tickets.actions.exceptions:set_exception",
    "tickets.actions.exceptions:remove_exception",
    "routing.actions.calendars:add_office_hours",
    "routing.actions.calendars:make_portals_calendar",
    "routing.actions.calendars:remove_calendar",
    "routing.actions.calendars:save_calendar",
    "routing.actions.calendars:set_department_calendar",
    "knowledge.actions.articles:add_article",
    "knowledge.actions.articles:save_draft",
    "knowledge.actions.articles:publish_article",
    "knowledge.actions.articles:unpublish_article",
    "knowledge.actions.articles:restore_version",
    "knowledge.actions.articles:discard_draft",
    "knowledge.actions.articles:put_away",
    "knowledge.actions.articles:bring_back",
    "knowledge.actions.articles:place_article",
    "knowledge.actions.articles:move_article",
    "knowledge.actions.sections:add_section",
    "knowledge.actions.sections:update_section",
    "knowledge.actions.sections:move_section",
    "knowledge.actions.sections:remove_section",
    "knowledge.actions.article_files:add_files",
    "knowledge.actions.article_files:remove_file",
    "knowledge.actions.reviewing:still_holds",
    "knowledge.actions.activities:save_activity",
    "knowledge.actions.activities:set_activity_offered",
    "knowledge.actions.booking:book",
    "knowledge.actions.booking:cancel_booking",
    "knowledge.actions.booking:cancel_bookings_of",
    "knowledge.actions.booking:put_first",
    "knowledge.actions.occasions:add_occasions",
    "knowledge.actions.occasions:cancel_occasion",
    "knowledge.actions.occasions:change_occasion",
    "knowledge.actions.occasions:remind_participants",
    "knowledge.actions.tips:note_tips_read",
    "knowledge.actions.guide:save_question",
    "knowledge.actions.guide:begin_with",
    "knowledge.actions.guide:remove_question",
    "knowledge.actions.guide:save_answer",
    "knowledge.actions.guide:move_answer",
    "knowledge.actions.guide:remove_answer",
    "tickets.actions.guide:save_guide_answer",
]


@pytest.mark.parametrize("door", DOORS)
def test_a_door_takes_keywords_names_its_actor_and_says_what_it_does(door: str):
    module, name = door.split(":")
    function: Any = getattr(import_module(module), name)
    signature = inspect.signature(function)

    assert {parameter.kind for parameter in signature.parameters.values()} == {inspect.Parameter.KEYWORD_ONLY}
    assert "actor" in signature.parameters
    assert "request" not in signature.parameters
    assert inspect.getdoc(function)


@pytest.mark.parametrize("app", APPS)
def test_actions_never_see_a_request(app: str):
    found = [
        where(name, node)
        for name, path in modules(app)
        if is_door(name)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.arg) and node.arg == "request")
        or (
            isinstance(node, ast.ImportFrom) and node.module in ("django.http", "django.shortcuts", "accounts.requests")
        )
    ]

    assert found == []


def test_nothing_steps_around_csrf_escaping_or_the_scope():
    found = []
    for name, tree in trees():
        for node in ast.walk(tree):
            word = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
            if word == "csrf_exempt" and name not in CSRF_EXEMPT:
                found.append(where(name, node))
            if word == "_base_manager" or (word == "RawSQL" and name != FULL_TEXT):
                found.append(where(name, node))
            if (
                name != FULL_TEXT
                and isinstance(node, ast.Call)
                and re.search(r"objects.*\.(raw|extra)$", ast.unparse(node.func))
            ):
                found.append(where(name, node))
            marks_safe = isinstance(node, ast.Call) and ast.unparse(node.func) in (
                "mark_safe",
                "SafeString",
                "SafeText",
            )
            if marks_safe and name not in SAFE_PLACES:
                found.append(where(name, node))
            if word in ("every_tenant", "scopes_disabled") and name not in EVERY_TENANT:
                found.append(where(name, node))

    assert found == []


@pytest.mark.parametrize("place", sorted(SAFE_PLACES))
def test_a_place_marks_text_as_safe_exactly_once(place: str):
    source = (ROOT / place.replace(".", "/")).with_suffix(".py").read_text(encoding="utf-8")

    assert source.count("mark_safe(") == 1


TEMPLATES = sorted((ROOT / "templates").rglob("*"))


@pytest.mark.parametrize("path", [path for path in TEMPLATES if path.suffix == ".html"], ids=str)
def test_a_template_escapes_everything_and_carries_no_inline_code(path: Path):
    source = path.read_text(encoding="utf-8")
    is_mail = path.parent.name == "mail"  # no policy applies to a mail, and mail programs know no style sheets

    assert not re.search(r"\|\s*safe\b|\bsafeseq\b|autoescape\s+off", source)
    assert not re.search(r"<[^>{]*\son\w+\s*=", source)
    assert "javascript:" not in source
    if not is_mail:
        assert not re.search(r"<style\b|\sstyle\s*=", source)
        assert not re.search(r"<script(?![^>]*\ssrc=)", source)
