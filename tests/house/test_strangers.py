"""Whoever may not see something is told what they would be told of something that does not exist.

Every address of the resolver is asked, by GET and POST, with real numbers, ids and tokens of the first portal. An
address that is new must be put into one of the lists below before these tests pass again.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.queries.security import session_mark
from accounts.scoping import tenant_scope
from notifications.enums import MailKind
from notifications.muting_links import unsubscribe_link
from tests.conftest import Portal
from tests.factories import make_ticket
from tests.house.conftest import SECRET, House
from tests.pages import plain_answer, snapshot
from tickets.models import Ticket

# Everybody may open these; none shows anything about a person or a ticket.
PUBLIC = {
    "home",
    "topics",
    "file_ticket",
    "sign_in",
    "sign_out",
    "password_request",
    "password_set",
    "password_check",
    "sign_in_code",
    "register",
    "register_sent",
    "register_again",
    "verify",
    "invitation",
    "whom_to_ask",
    "contact",
    "contact_answer",
    "mail_help",
    "language",
    "brand_css",
    "logo",
    "help",
    "help_article",
    "help_file",
    "search",
    "suggestions",
    "solved",
    "help_vote",
}
PUBLIC |= {"service_messages", "service_feed", "service_subscription"}
# Everybody may open these for what they may read; the house's are for its staff, and nobody else is told of them.
FOR_READERS = {"service_message", "service_message_dismissal"}
# Whoever is in the middle of signing in, in the same browser; everybody else begins at the beginning.
UNDERWAY = {"sign_in_code_enter", "second_factor"}
# Whoever holds the unguessable token may open these, and nobody else.
BY_TOKEN = {
    "link",
    "link_reply",
    "link_closure",
    "link_nudge",
    "link_attachment",
    "link_collaborators",
    "link_collaborator_removal",
    "link_confidentiality",
    "unsubscribe",
    "service_subscription_confirm",
}
# A guest may open these for a ticket their own session filed; a signed-in person for their own tickets.
JUST_FILED = {"thanks", "thanks_more"}
# Every signed-in person; shows their own things only.
SIGNED_IN = {
    "account",
    "account_address",
    "account_address_sent",
    "account_data",
    "account_closure",
    "notification_choices",
    "my_tickets",
}
SIGNED_IN |= {"security", "security_password", "security_proof"}
# Every signed-in person who has just proven once more who they are, or is about to end something of their own.
OWN_SECURITY = {
    "security_app",
    "security_passkey",
    "recovery_codes",
    "recovery_codes_file",
    "recovery_codes_kept",
    "sessions_end",
}
# The person whose factor or session it is.
OWN_ROWS = {"security_factor_removal", "session_end"}
# The person who asked for it, signed in, by the link in their mail.
BY_OWN_LINK = {"account_address_confirm"}
# The requester of the ticket, and whoever else it is shared with, as tests/house/test_matrix.py has it.
REQUESTER = {
    "ticket",
    "ticket_reply",
    "ticket_closure",
    "ticket_nudge",
    "ticket_attachment",
    "ticket_collaborators",
    "ticket_collaborator_removal",
    "ticket_following",
    "ticket_confidentiality",
}
# Whoever is signed in and has no password yet.
WITHOUT_PASSWORD = {"welcome"}
# The contact person of an organisation: its own people and invitations.
CONTACT_PERSONS = {"colleagues", "colleague_places"}
CONTACT_PERSONS_ROWS = {"colleague_contact", "colleague_invitation_again", "colleague_revocation"}
# Every agent; shows what they may see.
AGENTS = {"desk", "desk_new", "desk_mails"}
AGENTS |= {"applications", "invitations", "invite"}
AGENTS |= {"people", "organisations", "organisation_new"}
# Every agent, of whatever department, and nobody of another portal.
AGENTS_ROWS = {
    "application",
    "application_approval",
    "application_refusal",
    "invitation_again",
    "invitation_revocation",
}
AGENTS_ROWS |= {
    "organisation_sites",
    "organisation_site",
    "organisation_site_removal",
    "organisation_site_return",
    "person",
    "person_details",
    "person_contact",
    "person_address_works",
    "person_organisation",
    "person_closure",
    "person_reopening",
    "organisation",
    "organisation_name",
    "organisation_notes",
    "organisation_replacement",
    "organisation_place",
    "organisation_administrators",
    "organisation_administrator",
    "organisation_administrator_removal",
    "organisation_provider_contacts",
    "organisation_provider_contact_removal",
}
# Agents who see the ticket.
ITS_AGENTS = {
    "desk_ticket",
    "desk_preview",
    "desk_attachment",
    "desk_reply",
    "desk_claim",
    "desk_assignment",
    "desk_department",
    "desk_status",
    "desk_priority",
    "desk_links",
    "desk_collaborators",
    "desk_collaborator_removal",
    "desk_confidentiality",
    "desk_mail",
    "mail_again",
    "desk_answers",
    "desk_topic",
    "desk_tags",
    "desk_followers",
    "desk_follower_removal",
    "desk_withdrawal",
    "desk_merger",
    "desk_separation",
    "desk_waiting",
    "desk_snooze",
    "desk_acts",
    "desk_article_search",
    "desk_nudge",
    "desk_take_on",
    "desk_carry_over",
}
# Agents who answer for a department, or for all; other agents find nothing there.
LEADS = {"dashboard", "dashboard_export"}
ADMINISTRATORS = {"portal_settings", "security_settings"}
ADMINISTRATORS |= {"access_settings", "private_domains"}
ADMINISTRATORS |= {"agreements", "agreement_new", "staff", "departments"}
# Files that come in, and lists that leave as files.
AGENTS |= {"desk_export"}
AGENTS |= {"searches", "searches_export"}
AGENTS |= {"people_export", "organisations_export", "applications_export", "invitations_export"}
ADMINISTRATORS |= {"people_import", "people_import_example", "organisations_import", "organisations_import_example"}
ADMINISTRATORS |= {"imports", "agreements_export"}
ADMINISTRATORS |= {"priority_settings", "help_settings"}
ADMINISTRATORS |= {"topics_settings", "topic_new"}
FILES = {name for name in AGENTS | LEADS | ADMINISTRATORS if name.endswith(("_export", "_example"))}  # what is no page
ADMINISTRATORS_DO = {"default_private_domains", "department_new", "guide_beginning"}  # by POST
ADMINISTRATORS_ROWS = {"private_domain_removal"}
ADMINISTRATORS_ROWS |= {"import_", "import_order", "import_removal", "import_problems"}
ADMINISTRATORS_ROWS |= {
    "person_role",
    "person_factors",
    "organisation_domains",
    "organisation_joining",
    "organisation_domain_removal",
    "organisation_agreement",
    "organisation_visibility",
    "organisation_department",
    "organisation_merger",
    "agreement",
    "agreement_retirement",
    "agreement_return",
    "department",
    "department_name",
    "department_sharing",
    "department_members",
    "department_member_removal",
    "department_place",
    "department_visibility",
    "department_mail",
    "department_default",
    "department_closure",
    "department_reopening",
}
ADMINISTRATORS_ROWS |= {"form_preview"}
ADMINISTRATORS |= {"levels", "level_new"}
ADMINISTRATORS_ROWS |= {"times_trial", "level", "level_removal"}
ADMINISTRATORS_ROWS |= {"topic", "topic_move", "topic_retirement", "topic_return"}
ADMINISTRATORS |= {"routing", "routing_rule_new", "routing_trial", "routing_tables", "routing_table_new"}
ADMINISTRATORS_DO |= {"routing_earlier"}
ADMINISTRATORS_ROWS |= {
    "organisation_exceptions",
    "organisation_exception_removal",
    "routing_rule",
    "routing_rule_place",
    "routing_rule_state",
    "routing_rule_removal",
    "routing_change",
    "routing_change_saving",
    "routing_table",
    "routing_table_rows",
    "routing_table_name",
    "routing_table_removal",
    "routing_table_export",
}
ADMINISTRATORS |= {"calendars", "calendar_new"}
ADMINISTRATORS_ROWS |= {"calendar", "calendar_days", "calendar_days_removal", "calendar_default", "calendar_removal"}
ADMINISTRATORS_ROWS |= {"department_calendar"}
ADMINISTRATORS |= {"ageing", "ageing_new", "alerts"}
ADMINISTRATORS_ROWS |= {"ageing_policy", "ageing_state", "ageing_removal"}
ADMINISTRATORS |= {"forms_settings", "form_new"}
ADMINISTRATORS_ROWS |= {"form_settings", "form_name", "form_copy", "form_removal", "form_field_new", "form_field"}
ADMINISTRATORS_ROWS |= {"form_field_place", "form_field_removal", "form_field_return"}
ADMINISTRATORS |= {"mail_settings", "address_new", "mailbox_new", "outgoing", "mail_rules", "mail_domains"}
ADMINISTRATORS_DO |= {"outgoing_test", "outgoing_test_mail", "mail_rules_test"}
ADMINISTRATORS |= {"wordings"}
# A kind of mail has one name on every portal: under it, each finds its own words.
BY_KIND = {"wording", "wording_return"}
ADMINISTRATORS_ROWS |= BY_KIND
ADMINISTRATORS_ROWS |= {"mailbox", "mailbox_test", "mailbox_state", "mailbox_removal"}
ADMINISTRATORS_ROWS |= {"address", "address_retirement", "address_return", "address_removal"}
ADMINISTRATORS |= {"guide_settings", "guide_preview", "guide_question_new"}
ADMINISTRATORS_ROWS |= {"guide_question", "guide_question_start", "guide_question_removal", "guide_answer_new"}
ADMINISTRATORS_ROWS |= {"guide_answer", "guide_answer_move", "guide_answer_removal"}
AGENTS |= {"desk_articles", "desk_article_new", "desk_reviews", "desk_sections"}
AGENTS_ROWS |= {
    "desk_article",
    "desk_article_place",
    "desk_article_state",
    "desk_article_holding",
    "desk_article_comments",
    "desk_article_comment",
    "desk_article_versions",
    "desk_article_restoring",
    "desk_article_file",
    "desk_section",
}
# Incoming mails: lists of what each agent may see, and one mail as they see it.
AGENTS |= {"desk_incoming", "incoming_upload", "sender_rules"}
AGENTS_ROWS |= {"sender_rule_removal"}
AGENTS_ROWS |= {"absences"}
ITS_AGENTS |= {
    "incoming_one",
    "incoming_source",
    "incoming_ticket",
    "incoming_reply",
    "incoming_discard",
    "incoming_again",
    "incoming_sender",
}
# Mail providers that prove who they are; to everybody else, and with none set up, they do not exist.
PROVIDERS = {"mail_hook", "mail_reports"}
# What can be booked; one occasion for whom it is. Who may book it does; what is one's own, one leaves.
PUBLIC |= {"booking", "occasion"}
AGENTS_ROWS |= {"occasion_booking"}
OWN_ROWS |= {"occasion_leaving", "occasion_calendar"}
AGENTS |= {"desk_booking", "desk_occasion_new", "desk_activities", "desk_activity_new"}
AGENTS_ROWS |= {"desk_occasion", "desk_occasion_edit", "desk_occasion_cancellation", "desk_occasion_export"}
AGENTS_ROWS |= {"desk_occasion_place", "desk_occasion_removal", "desk_occasion_first"}
AGENTS_ROWS |= {"desk_activity", "desk_activity_state"}
AGENTS |= {"desk_service_messages", "desk_service_message_new"}
OF_SERVICE_MESSAGES = {
    "desk_service_message",
    "desk_service_message_edit",
    "desk_service_message_publication",
    "desk_service_message_updates",
    "desk_service_message_end",
    "desk_service_message_removal",
    "desk_service_tickets",
    "desk_service_links",
    "desk_service_answer",
}
AGENTS_ROWS |= OF_SERVICE_MESSAGES
ADMINISTRATORS |= {"services_settings", "service_new"}
OF_SERVICES = {"service", "service_move", "service_offer"}
ADMINISTRATORS_ROWS |= OF_SERVICES
LISTS = (
    PUBLIC,
    BY_TOKEN,
    JUST_FILED,
    SIGNED_IN,
    BY_OWN_LINK,
    REQUESTER,
    AGENTS,
    ITS_AGENTS,
    LEADS,
    ADMINISTRATORS,
    UNDERWAY,
    OWN_SECURITY,
    OWN_ROWS,
    WITHOUT_PASSWORD,
    CONTACT_PERSONS,
    CONTACT_PERSONS_ROWS,
    AGENTS_ROWS,
    ADMINISTRATORS_DO,
    ADMINISTRATORS_ROWS,
    PROVIDERS,
    FOR_READERS,
)
# What only the desk reaches, and what only some of the customers do.
DESK = AGENTS | AGENTS_ROWS | LEADS | ADMINISTRATORS | ADMINISTRATORS_DO | ADMINISTRATORS_ROWS
CONTACTS = CONTACT_PERSONS | CONTACT_PERSONS_ROWS
PRIVATE = sorted(set().union(*LISTS[1:]) - UNDERWAY - FOR_READERS)

POSTED = {
    "body": "I was never here",
    "mode": "reply",
    "status": "closed",
    "priority": "urgent",
    "reopen": "",
    "subject": "Never",
    "email": "stranger@kund.example",
    "name": "Nobody",
    "next": "/",
}


def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry)
        else:
            yield entry


def names() -> list[str]:
    return [str(pattern.name) for pattern in patterns(get_resolver("helpdesk.urls"))]


def arguments(name: str, house: House, *, real: bool) -> dict[str, Any]:
    """The real identifiers an address is built from, or others in their place that belong to nothing."""
    token = house.link.rstrip("/").rsplit("/", 1)[1]
    uid, secret = house.password_link.rstrip("/").rsplit("/", 2)[1:]
    known = {
        "number": house.ticket.number if real else house.ticket.number + 5000,
        "pk": _row(name, house).pk + (0 if real else 5000),
        "row": _child(name, house).pk + (0 if real else 5000),
        "token": (secret if name == "password_set" else token) if real else "no.such",
        **({"number": 1} if real and name == "desk_article_restoring" else {}),
        **({"token": _stopping_token(house)} if real and name == "unsubscribe" else {}),
        **({"token": house.service_token} if real and name == "service_subscription_confirm" else {}),
        **({"token": house.address_link.rstrip("/").rsplit("/", 1)[1]} if real and name in BY_OWN_LINK else {}),
        "mark": session_mark(house.session.session_key) if real else "no-such",
        "uid": uid if real else "OTk5OTk5",
        "provider": "postmark" if real else "no-such",
        "slug": _slug(name, house) if real else "no-such-thing",
        "fingerprint": house.portal.tenant.brand_fingerprint,
        "kind": house.wording.kind if real else "no-such-kind",
        "language": house.wording.language,
    }
    pattern = next(found for found in patterns(get_resolver("helpdesk.urls")) if found.name == name)
    return {key: known[key] for key in pattern.pattern.converters}


def _slug(name: str, house: House) -> str:
    return house.article.slug if name.startswith("help_") else house.portal.topic.slug


def _stopping_token(house: House) -> str:
    with tenant_scope(house.portal.tenant):
        return unsubscribe_link(house.portal.customer, MailKind.CLOSED, timezone.now()).rstrip("/").rsplit("/", 1)[1]


def _row(name: str, house: House) -> Any:
    """The row whose id stands as `pk` in an address."""
    rows = {
        "security_factor_removal": house.factor,
        "application": house.application,
        "application_approval": house.application,
        "application_refusal": house.application,
        "invitation_again": house.invitation,
        "invitation_revocation": house.invitation,
        "colleague_contact": house.colleague,
        "colleague_invitation_again": house.invitation,
        "colleague_revocation": house.invitation,
        "private_domain_removal": house.private_domain,
        "organisation_exceptions": house.portal.organisation,
        "organisation_exception_removal": house.portal.organisation,
        "times_trial": house.recalculation,
        "level": house.level,
        "level_removal": house.level,
        "routing_change": house.trial,
        "routing_change_saving": house.trial,
        "desk_mail": house.delivery,
        **dict.fromkeys((name for name in AGENTS_ROWS if name.startswith("desk_occasion")), house.occasion),
        **dict.fromkeys(("desk_activity", "desk_activity_state"), house.occasion.activity),
        "mail_again": house.delivery,
        **dict.fromkeys(OF_SERVICES, house.service),
        **dict.fromkeys(FOR_READERS | OF_SERVICE_MESSAGES, house.service_message),
        "desk_attachment": house.note_attachment,
        "help_file": house.article_file,
        "desk_carry_over": house.answer,
        "desk_collaborator_removal": house.collaborator,
        "desk_follower_removal": house.portal.lead,
        "link_collaborator_removal": house.collaborator,
        "ticket_collaborator_removal": house.collaborator,
        "contact_answer": house.guide_answer,
        **dict.fromkeys(("guide_answer", "guide_answer_move", "guide_answer_removal"), house.guide_answer),
    }
    kinds = {
        "person": house.portal.customer,
        "absences": house.portal.agent,
        "organisation": house.domain.organisation,
        "agreement": house.agreement,
        "department": house.membership.department,
        "import": house.import_,
        "topic": house.portal.topic,
        "form": house.question.form,
        "address": house.address,
        "incoming": house.held,
        "sender": house.sender_rule,
        "mailbox": house.mailbox,
        "calendar": house.calendar,
        "ageing": house.policy,
        "occasion": house.occasion,
        "guide": house.guide_answer.question,
    }
    if name.startswith(("desk_article", "desk_section")):
        return house.article.section if name == "desk_section" else house.article
    if name.startswith("routing_"):
        kinds["routing"] = house.table if name.startswith("routing_table") else house.rule
    return rows.get(name) or kinds.get(name.split("_", maxsplit=1)[0], house.attachment)


def _child(name: str, house: House) -> Any:
    """The row whose id stands as `row` in an address, below its `pk`."""
    rows = {
        "organisation_domain_removal": house.domain,
        "desk_article_file": house.article_file,
        "desk_article_comment": house.article_vote,
        "organisation_site": house.site,
        "organisation_site_removal": house.site,
        "organisation_site_return": house.site,
        "organisation_provider_contact_removal": house.provider_contact,
        "department_member_removal": house.membership,
        "organisation_exception_removal": house.exception,
        **dict.fromkeys(("form_field", "form_field_place", "form_field_removal", "form_field_return"), house.question),
    }
    if name.startswith("desk_occasion"):
        return house.booking
    return rows.get(name, house.local_administrator)


def address(name: str, house: House, *, real: bool = True) -> str:
    return reverse(name, kwargs=arguments(name, house, real=real))


def ask(client: Client, method: str, url: str) -> Any:
    return client.get(url) if method == "get" else client.post(url, POSTED)


# The page whose form is sent there, and to which whoever signs in comes back; seen from the address.
FORM_AT = {
    "occasion_booking": "../",
    "desk_service_message_updates": "../",
    "desk_service_message_end": "../",
    "desk_service_answer": "../tickets/",
}


def came_from(name: str, url: str) -> str:
    """Where whoever signs in goes on to."""
    return urljoin(url, FORM_AT.get(name, ""))


def same_answer(client: Client, method: str, name: str, house: House) -> tuple[int, str, str]:
    """The answer about the real thing, after making sure that it is the one about nothing at all."""
    here, nowhere = address(name, house), address(name, house, real=False)
    found = plain_answer(ask(client, method, here), here, came_from(name, here), f"/{house.ticket.number}/")
    missing = plain_answer(
        ask(client, method, nowhere), nowhere, came_from(name, nowhere), f"/{house.ticket.number + 5000}/"
    )
    assert SECRET not in found[2]
    assert found == missing, f"{method} {name} tells that it exists"
    return found


def nothing_there(client: Client, method: str) -> str:
    """The answer at an address that leads nowhere, which shows again what was posted to it. It is asked for once and
    compared with many: what is posted in between must not show in it either."""
    return plain_answer(ask(client, method, "/no/such/page/"), "/no/such/page/")[2]


@pytest.fixture
def far_numbers(house: House, other_house: House) -> House:
    """The first portal's ticket has a number that the second portal does not have."""
    with tenant_scope(house.portal.tenant):
        while house.ticket.number <= other_house.ticket.number + 3:
            later = make_ticket(requester=house.portal.customer, topic=house.portal.topic, body=SECRET)
            house.ticket.number = later.number
        Ticket.objects.filter(pk=later.pk).update(number=later.number + 100)
        Ticket.objects.filter(pk=house.ticket.pk).update(number=later.number)
        house.ticket.refresh_from_db()
    return house


UNREMARKABLE = ("accounts.Session", "accounts.Allowance")


def changes(before: dict[str, list[Any]]) -> dict[str, list[Any]]:
    after = snapshot(without=UNREMARKABLE)
    return {label: [before[label], after[label]] for label in after if after[label] != before[label]}


def test_every_address_stands_in_exactly_one_list():
    found = names()

    assert len(found) == len(set(found)), "a name is used twice"
    assert sorted(found) == sorted(name for names in LISTS for name in names)


def test_public_addresses_show_no_stranger_anything_of_a_ticket(house: House, browse, subtests):
    client = browse(house.portal)
    for name in sorted(PUBLIC):
        with subtests.test(name):
            response = client.get(address(name, house))
            body = b"" if response.streaming else response.content
            assert response.status_code in (200, 404, 405)
            assert SECRET.encode() not in body
            assert house.portal.customer.name.encode() not in body or name == "password_set"


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", ["nobody", "customer", "elsewhere"])
def test_what_is_for_staff_to_read_is_not_there_for_others(
    house: House, other_portal: Portal, browse, method, role, subtests
):
    of = other_portal if role == "elsewhere" else house.portal
    client = browse(of, {"customer": house.portal.customer, "elsewhere": other_portal.agent}.get(role))
    nothing = nothing_there(client, method)
    before = snapshot(without=UNREMARKABLE)
    for name in sorted(FOR_READERS):
        with subtests.test(name):
            status, _about, text = same_answer(client, method, name, house)
            assert status in (404, 405)
            if status == 404:
                assert text == nothing
    assert changes(before) == {}


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_in_particular_is_sent_to_sign_in_or_told_there_is_nothing(house: House, browse, method, subtests):
    before = snapshot(without=UNREMARKABLE)
    for name in PRIVATE:
        if name in BY_TOKEN:
            continue
        with subtests.test(name):
            status, about, _text = same_answer(browse(house.portal), method, name, house)
            if name in PROVIDERS or name == "thanks" or (name == "thanks_more" and method == "get"):
                assert status in (404, 405)
            else:
                assert status == 405 or (status == 302 and "/sign-in/?next=" in about)
    assert changes(before) == {}


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", ["nobody", "customer", "administrator"])
def test_who_is_not_signing_in_is_sent_to_where_it_begins(house: House, browse, method, role, subtests):
    client = browse(house.portal, getattr(house.portal, role, None))
    before = snapshot(without=UNREMARKABLE)
    for name in sorted(UNDERWAY):
        with subtests.test(name):
            response = ask(client, method, address(name, house))
            assert response.status_code == 302
            assert response.url.startswith("/sign-in/") or role != "nobody"
    assert changes(before) == {}


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_factor_changes_only_after_a_fresh_proof(house: House, browse, method, subtests):
    client = browse(house.portal, house.portal.customer)
    before = snapshot(without=UNREMARKABLE)
    for name in ("security_app", "security_passkey", "recovery_codes"):
        with subtests.test(name):
            response = ask(client, method, address(name, house))
            assert response.status_code == 302
            assert response.url.startswith("/account/security/proof/?next=")
    assert changes(before) == {}


@pytest.mark.parametrize("method", ["get", "post"])
def test_another_customer_finds_nothing(house: House, browse, method, subtests):
    client = browse(house.portal, house.colleague)
    nothing = nothing_there(client, method)
    before = snapshot(without=UNREMARKABLE)
    for name in sorted(JUST_FILED | OWN_ROWS | REQUESTER | ITS_AGENTS | CONTACTS | DESK):
        with subtests.test(name):
            status, _about, text = same_answer(client, method, name, house)
            assert status in (404, 405)
            if status == 404:
                assert text == nothing
    assert changes(before) == {}


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_requester_finds_nothing_of_the_desk(house: House, browse, method, subtests):
    client = browse(house.portal, house.portal.customer)
    before = snapshot(without=UNREMARKABLE)
    for name in sorted(ITS_AGENTS | CONTACTS | DESK):
        with subtests.test(name):
            assert same_answer(client, method, name, house)[0] in (404, 405)
    assert changes(before) == {}


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_agent_of_another_department_finds_nothing(house: House, browse, method, subtests):
    client = browse(house.portal, house.outsider)
    nothing = nothing_there(client, method)
    before = snapshot(without=UNREMARKABLE)
    for name in sorted(JUST_FILED | REQUESTER | ITS_AGENTS | CONTACTS | DESK - AGENTS - AGENTS_ROWS):
        with subtests.test(name):
            status, _about, text = same_answer(client, method, name, house)
            assert status in (404, 405)
            if status == 404:
                assert text == nothing
    assert changes(before) == {}


def test_an_agent_of_another_department_sees_no_trace_in_lists(house: House, browse, subtests):
    client = browse(house.portal, house.outsider)
    for url in (
        "/desk/?view=all",
        f"/desk/?q={house.ticket.number}",
        f"/desk/?q={SECRET}",
        f"/desk/?view=all&department={house.portal.department.pk}",
        "/desk/mails/",
        "/desk/incoming/",
        f"/desk/incoming/?q={SECRET}",
        f"/desk/mails/?q={house.portal.customer.email}",
        "/tickets/?show=all",
    ):
        with subtests.test(url):
            content = client.get(url).content.decode()
            assert f"{SECRET} beeps" not in content
            assert 'data-total="0"' in content


@pytest.mark.parametrize("role", ["customer", "agent", "lead", "administrator"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_people_of_another_portal_find_nothing_on_their_own_host(
    far_numbers: House, other_house: House, browse, method, role, subtests
):
    client = browse(other_house.portal, getattr(other_house.portal, role))
    before = snapshot(without=UNREMARKABLE)
    for name in sorted(
        BY_TOKEN
        | BY_OWN_LINK
        | OWN_ROWS
        | JUST_FILED
        | REQUESTER
        | ITS_AGENTS
        | CONTACTS
        | AGENTS_ROWS
        | ADMINISTRATORS_ROWS - BY_KIND
    ):
        with subtests.test(name):
            assert same_answer(client, method, name, far_numbers)[0] in (404, 405)
    assert changes(before) == {}


@pytest.mark.parametrize("role", ["customer", "agent", "administrator"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_session_of_another_portal_is_nobodys_here(
    house: House, other_portal: Portal, browse, method, role, subtests
):
    visitor = browse(other_portal, getattr(other_portal, role))
    carried = visitor.cookies[settings.SESSION_COOKIE_NAME].value
    before = snapshot(without=UNREMARKABLE)
    for name in PRIVATE:
        if name in BY_TOKEN:
            continue
        with subtests.test(name):
            client = browse(house.portal)
            client.cookies[settings.SESSION_COOKIE_NAME] = carried
            status, about, _text = same_answer(client, method, name, house)
            assert status in (404, 405) or (status == 302 and "/sign-in/" in about)
    assert changes(before) == {}


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_opens_nothing_for_a_token_that_is_not_whole(house: House, browse, method, subtests):
    token = arguments("link", house, real=True)["token"]
    before = snapshot(without=UNREMARKABLE)
    for spoilt in (token[:-1], token[1:], token.split(".")[0], token + "a", token.swapcase(), ".", "a.b", "å.ä"):
        for name in sorted(BY_TOKEN):
            with subtests.test(f"{name} {spoilt}"):
                url = reverse(name, kwargs={**arguments(name, house, real=True), "token": spoilt})
                response = ask(browse(house.portal), method, url)
                assert response.status_code in (404, 405)
                assert SECRET.encode() not in response.content
    assert changes(before) == {}


def test_a_link_opens_its_own_ticket_only(house: House, browse):
    with tenant_scope(house.portal.tenant):
        other = make_ticket(requester=house.colleague, topic=house.portal.topic)
    client = browse(house.portal)

    assert client.get(address("link", house)).status_code == 200
    assert client.get(address("link_attachment", house)).getvalue() == b"attic"
    for name, kwargs in (
        ("ticket", {"number": house.ticket.number}),
        ("ticket", {"number": other.number}),
        ("desk_ticket", {"number": house.ticket.number}),
    ):
        assert client.get(reverse(name, kwargs=kwargs)).status_code == 302
    note = {**arguments("link_attachment", house, real=True), "pk": house.note_attachment.pk}
    assert client.get(reverse("link_attachment", kwargs=note)).status_code == 404


def test_files_are_reached_only_through_their_own_ticket(house: House, browse):
    with tenant_scope(house.portal.tenant):
        own = make_ticket(requester=house.colleague, topic=house.portal.topic)
    client = browse(house.portal, house.colleague)

    assert client.get(f"/tickets/{own.number}/").status_code == 200
    assert client.get(f"/tickets/{own.number}/attachments/{house.attachment.pk}/").status_code == 404


def test_the_requester_does_not_reach_a_notes_file(house: House, browse):
    client = browse(house.portal, house.portal.customer)

    mine = client.get(f"/tickets/{house.ticket.number}/attachments/{house.attachment.pk}/")
    notes = client.get(f"/tickets/{house.ticket.number}/attachments/{house.note_attachment.pk}/")

    assert mine.status_code == 200
    assert mine.getvalue() == b"attic"
    assert notes.status_code == 404


def test_those_who_may_are_let_in(house: House, browse, subtests):
    """The other half: the addresses are right, and the strangers above were really refused."""
    doors = {
        house.portal.customer: SIGNED_IN | BY_OWN_LINK | {"ticket", "ticket_attachment", "thanks"},
        house.portal.agent: AGENTS
        | SIGNED_IN
        | {"desk_ticket", "desk_preview", "desk_attachment", "desk_mail"}
        | {"incoming_one", "incoming_source"},
        house.portal.lead: {"desk_ticket", "desk_mail"} | LEADS,
        house.portal.administrator: AGENTS
        | ADMINISTRATORS
        | LEADS
        | {"application", "desk_ticket", "desk_mail", "organisation", "person", "agreement", "department", "topic"}
        | {"routing_rule", "routing_table", "routing_table_rows", "routing_table_export", "routing_change"}
        | {
            "organisation_department",
            "organisation_merger",
            "organisation_sites",
            "person_organisation",
            "person_closure",
        }
        | {"form_settings", "form_field_new", "form_field", "address", "mailbox"},
    }
    for person, allowed in doors.items():
        client = browse(house.portal, person)
        for name in sorted(allowed):
            with subtests.test(f"{person} {name}"):
                response = client.get(address(name, house))
                assert response.status_code == 200
                assert response.getvalue()


@pytest.mark.parametrize(
    "host", ["nowhere.example", "north.localhost.evil.example", "a b", "", "north", "[::1]", "%00"]
)
def test_an_unknown_host_gets_a_plain_404_at_every_address(house: House, host: str, subtests):
    client = Client(headers={"host": host})
    for name in [*names(), "/no/such/page/"]:
        with subtests.test(name):
            url = name if name.startswith("/") else address(name, house)
            for response in (client.get(url), client.post(url, POSTED)):
                assert response.status_code == 404
                assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
                assert response.content == b"Not found\n"


@pytest.mark.parametrize("host", ["north.localhost", "NORTH.localhost:8000", "north.localhost.", "North.LocalHost.:80"])
def test_a_host_is_known_however_it_is_written(portal: Portal, other_portal: Portal, host: str):
    response = Client(headers={"host": host}).get("/")

    assert response.status_code == 200
    assert portal.tenant.name in response.content.decode()
    assert other_portal.tenant.name not in response.content.decode()


def test_a_closed_portal_is_an_unknown_host(portal: Portal):
    portal.tenant.is_active = False
    portal.tenant.save()

    assert Client(headers={"host": portal.host}).get("/").content == b"Not found\n"


def test_one_portal_for_all_hosts_where_the_installation_says_so(portal: Portal, other_portal: Portal, settings):
    settings.DEFAULT_TENANT = other_portal.tenant.slug

    for host in ("nowhere.example", portal.host):
        assert other_portal.tenant.name in Client(headers={"host": host}).get("/").content.decode()
