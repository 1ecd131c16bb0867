"""A demo portal's hours, absences, topics, forms, priorities and routing, each through its door."""

from datetime import timedelta
from typing import Any

from accounts.actions.sites import add_sites
from accounts.models import Organisation, User
from accounts.queries.portals import portals_today
from accounts.scoping import current_tenant
from helpdesk.demo.scripts.parts import DemoAddress, DemoForm, DemoPortal
from notifications.actions.addressing import AddressWords, add_address, retire_address
from notifications.models import MailAddress
from routing.actions.absences import note_absence
from routing.actions.calendars import save_calendar, set_department_calendar
from routing.actions.departments import set_mail_identity, set_public
from routing.actions.levels import save_level
from routing.actions.ruling import save_rule
from routing.actions.tables import add_table
from routing.calendar_drafts import CalendarDraft
from routing.enums import Measure
from routing.facts import ConditionFact, RuleFact
from routing.models import Department, ServiceLevel
from routing.typed_hours import read_hours
from routing.working_time import Hours
from tickets.actions.arranging import add_topic
from tickets.actions.exceptions import set_exception
from tickets.actions.forms import add_field, add_form
from tickets.actions.priorities import define_priority, set_priority_settings
from tickets.enums import Priority, PriorityUse
from tickets.models import HelpTopic, TicketForm

Departments = dict[str, Department]


def arrange_calendars(script: DemoPortal, admin: User, departments: Departments) -> None:
    """When the portal is at work, and its departments that have hours of their own."""
    for name, entry in script.calendars.items():
        week = (read_hours(entry.weekdays),) * 5 + (read_hours(entry.weekends),) * 2
        hours = Hours(current_tenant().time_zone, week, country=entry.country, with_eves=entry.with_eves)
        calendar = save_calendar(actor=admin, calendar=None, draft=CalendarDraft(name, hours))
        for department in entry.departments:
            set_department_calendar(actor=admin, department=departments[department], calendar=calendar)


def arrange_absences(script: DemoPortal, admin: User, staff: dict[str, User]) -> None:
    """Who is away these days, and who stands in."""
    today = portals_today()
    for who, stand_in, since, until in script.absences:
        note_absence(
            actor=admin,
            user=staff[who],
            stand_in=staff[stand_in],
            since=today + timedelta(days=since),
            until=today + timedelta(days=until),
        )


def arrange_levels(script: DemoPortal) -> dict[str, ServiceLevel]:
    """What customers are promised, the first of it to everybody. Returns the service levels by name."""
    return {
        name: save_level(
            actor=None,
            level=None,
            name=name,
            calendar=None,
            is_default=position == 0,
            targets={
                (priority, measure): int(hours * 60)
                for priority, promised in targets.items()
                for measure, hours in zip(Measure, promised, strict=True)
                if hours is not None
            },
        )
        for position, (name, targets) in enumerate(script.levels.items())
    }


def arrange_departments(script: DemoPortal, admin: User, departments: Departments) -> None:
    """As what departments write, and whether customers read their names."""
    for name, details in script.department_details.items():
        words = {
            field: details.get(field, "") for field in ("mail_name", "mail_address", "signature_sv", "signature_en")
        }
        set_mail_identity(actor=admin, department=departments[name], **words)
        set_public(actor=admin, department=departments[name], is_public=details.get("is_public", True))


def arrange_topics(script: DemoPortal, admin: User, departments: Departments) -> dict[str, HelpTopic]:
    """Priorities, forms and topics. Returns the topics by slug."""
    _priorities(script, admin)
    forms = {name: _form(admin, name, form) for name, form in script.forms.items()}
    return {entry["slug"]: _topic(admin, entry, departments, forms) for entry in script.topics}


def arrange_customers(
    script: DemoPortal,
    admin: User,
    departments: Departments,
    organisations: dict[str, Organisation],
    topics: dict[str, HelpTopic],
) -> None:
    """The organisations' sites, and where their tickets on some topics go instead."""
    for name, entry in script.organisations.items():
        add_sites(actor=admin, organisation=organisations[name], sites=[(site, "") for site in entry.sites])
        for slug, department in entry.exceptions.items():
            chosen = departments[department] if department else None
            set_exception(actor=admin, organisation=organisations[name], topic=topics[slug], department=chosen)


def arrange_routing(script: DemoPortal, admin: User, departments: Departments) -> None:
    """Tables and rules."""
    tables = {}
    for name, rows in script.tables.items():
        pairs = [(value, departments[department].pk) for value, department in rows.items()]
        tables[name] = add_table(actor=admin, name=name, rows=pairs)
    for entry in script.rules:
        values: dict[str, Any] = {
            **entry,
            "conditions": tuple(_condition(**condition) for condition in entry["conditions"]),
            "department": departments[entry["department"]].pk if "department" in entry else None,
            "table": tables[entry["table"]].pk if "table" in entry else None,
            "tags": tuple(entry.get("tags", ())),
        }
        save_rule(actor=admin, rule=None, values=RuleFact(id=0, **values))


def arrange_addresses(
    script: DemoPortal, admin: User, departments: Departments, topics: dict[str, HelpTopic]
) -> dict[str, MailAddress]:
    """Where people write to by mail. Returns the addresses by what stands before the @."""
    return {entry.name: _address(script, admin, entry, departments, topics) for entry in script.addresses}


def _address(
    script: DemoPortal, admin: User, entry: DemoAddress, departments: Departments, topics: dict[str, HelpTopic]
) -> MailAddress:
    words = AddressWords(
        email=f"{entry.name}@{script.slug}.example",
        topic=topics[entry.topic],
        department=departments[entry.department] if entry.department else None,
        priority=entry.priority,
        language=entry.language,
    )
    made = add_address(actor=admin, words=words)
    if entry.retired:
        words_sv, words_en = entry.retired
        retire_address(actor=admin, address=made, words_sv=words_sv, words_en=words_en)
    return made


def _condition(fact: str, operator: str, values: list[str]) -> ConditionFact:
    return ConditionFact(fact, operator, tuple(values))


def _priorities(script: DemoPortal, admin: User) -> None:
    said = script.priorities
    if not said:
        return
    set_priority_settings(
        actor=admin,
        use=PriorityUse(said["use"]),
        default=Priority(said["default"]),
        by_channel=said.get("by_channel", {}),
    )
    for priority, words in said.get("definitions", {}).items():
        define_priority(actor=admin, priority=Priority(priority), definitions=words[:2], examples=words[2:])


def _form(admin: User, name: str, entry: DemoForm) -> TicketForm:
    form = add_form(actor=admin, name=name, ready=entry.ready)
    for values in entry.fields:
        add_field(actor=admin, form=form, values=values)
    return form


def _topic(admin: User, entry: dict[str, Any], departments: Departments, forms: dict[str, TicketForm]) -> HelpTopic:
    form = forms[entry["form"]] if "form" in entry else None
    return add_topic(actor=admin, **{**entry, "department": departments[entry["department"]], "form": form})
