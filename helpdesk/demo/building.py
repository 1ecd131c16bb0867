"""Make a demo portal: its people, departments and topics, then its stories, each step through its door."""

from typing import Any

from accounts.actions.agreeing import add_agreement
from accounts.actions.asking_in import request_entry
from accounts.actions.contacts import appoint_contact_person, name_contact
from accounts.actions.domains import add_domain
from accounts.actions.founding import add_staff, found_tenant
from accounts.actions.helpers import add_local_administrator, set_provider_contact
from accounts.actions.inviting import invite_person
from accounts.actions.organising import add_organisation, set_agreement, set_visibility
from accounts.actions.passwords import set_password
from accounts.actions.registering import register_person
from accounts.actions.security_settings import set_security
from accounts.actions.settling import settle
from accounts.actions.updating import ACCESS_FIELDS, update_access
from accounts.actions.verifying import verify_address
from accounts.enums import EntryRequestKind, ProviderContactKind, Role, Visibility
from accounts.models import Agreement, Organisation, Tenant, User
from accounts.scoping import tenant_scope
from helpdesk.demo.arranging import (
    arrange_absences,
    arrange_addresses,
    arrange_calendars,
    arrange_customers,
    arrange_departments,
    arrange_levels,
    arrange_routing,
    arrange_topics,
)
from helpdesk.demo.helping import arrange_bookings, arrange_help
from helpdesk.demo.living import at, live
from helpdesk.demo.scripts.parts import DemoOrganisation, DemoPortal
from routing.actions.arranging import add_department, add_member, set_responsible_department
from routing.actions.levels import promise_level
from routing.actions.usual_policies import add_usual_policies
from routing.models import Department, ServiceLevel

LONG_AGO = 24 * 60.0  # hours
PASSWORD = "Demo-2026!"  # noqa: S105 - printed for everybody who starts the demo


def build(script: DemoPortal, host: str) -> Tenant:
    """Found the portal and live through its stories. The worker then mails as it would have."""
    tenant = found_tenant(
        slug=script.slug,
        name=script.name,
        hosts=[host],
        mail_address=f"support@{script.slug}.example",
        language=script.language,
        colour=script.colour,
    )
    staff = {name: _staff(tenant, script, name) for name in script.staff}
    with tenant_scope(tenant):
        _set_access(tenant, script, staff["admin"])
        for person in staff.values():
            verify_address(actor=None, user=person)
        add_usual_policies(actor=None)
        departments = _departments(script, staff)
        arrange_calendars(script, staff["admin"], departments)
        arrange_absences(script, staff["admin"], staff)
        organisations = _organisations(script, departments)
        arrange_departments(script, staff["admin"], departments)
        topics = arrange_topics(script, staff["admin"], departments)
        arrange_customers(script, staff["admin"], departments, organisations, topics)
        arrange_routing(script, staff["admin"], departments)
        arrange_addresses(script, staff["admin"], departments, topics)
        arrange_help(script, staff, topics)
        with at(LONG_AGO):
            people = {**staff, **_customers(script, staff["admin"], organisations)}
        _waiting(script, staff["admin"], organisations)
        arrange_bookings(script, people)
        for happening in sorted(script.stories, key=lambda story: -story.hours):
            live(happening, people, topics, departments)
    return tenant


def _staff(tenant: Tenant, script: DemoPortal, name: str) -> User:
    role = {"admin": Role.ADMINISTRATOR, "supportlead": Role.SUPPORT_LEAD}.get(name, Role.AGENT)
    address = f"{name}@{script.slug}.example"
    return add_staff(tenant=tenant, email=address, name=script.staff[name], role=role, password=PASSWORD)


def _set_access(tenant: Tenant, script: DemoPortal, admin: User) -> None:
    as_founded = {field: getattr(tenant, field) for field in ACCESS_FIELDS}
    update_access(actor=admin, values=as_founded | script.access)
    set_security(actor=admin, password_policy=script.password_policy, staff_need_second_factor=False)
    tenant.refresh_from_db()  # the scope's own object, which decides from now on


def _departments(script: DemoPortal, staff: dict[str, User]) -> dict[str, Department]:
    made: dict[str, Department] = {}
    for position, (name, parent) in enumerate(script.departments):
        made[name] = add_department(actor=None, name=name, parent=made.get(parent), is_default=position == 0)
        for member in script.members.get(name, ()):
            add_member(
                actor=None, department=made[name], user=staff[member.lstrip("*")], is_lead=member.startswith("*")
            )
    return made


def _organisations(script: DemoPortal, departments: dict[str, Department]) -> dict[str, Organisation]:
    levels = arrange_levels(script)
    agreements = {entry["name"]: _agreement(entry, levels) for entry in script.agreements}
    return {name: _organisation(name, entry, agreements, departments) for name, entry in script.organisations.items()}


def _agreement(entry: dict[str, Any], levels: dict[str, ServiceLevel]) -> Agreement:
    agreement = add_agreement(actor=None, values=entry)
    promise_level(actor=None, agreement=agreement, level=levels[entry["level"]])
    return agreement


def _organisation(
    name: str, entry: DemoOrganisation, agreements: dict[str, Agreement], departments: dict[str, Department]
) -> Organisation:
    organisation = add_organisation(actor=None, name=name, notes=entry.notes)
    if entry.department:
        set_responsible_department(actor=None, organisation=organisation, department=departments[entry.department])
    if entry.agreement:
        set_agreement(actor=None, organisation=organisation, agreement=agreements[entry.agreement])
    set_visibility(actor=None, organisation=organisation, visibility=Visibility(entry.visibility))
    for domain in entry.domains:
        add_domain(actor=None, organisation=organisation, domain=domain)
    for person, email, phone in entry.administrators:
        add_local_administrator(actor=None, organisation=organisation, name=person, email=email, phone=phone)
    for kind, (person, email, phone) in entry.provider.items():
        set_provider_contact(
            actor=None,
            organisation=organisation,
            kind=ProviderContactKind(kind),
            name=person,
            email=email,
            phone=phone,
        )
    organisation.refresh_from_db()
    return organisation


def _customers(script: DemoPortal, admin: User, organisations: dict[str, Organisation]) -> dict[str, User]:
    people = {}
    for address, entry in script.customers.items():
        person, _new = register_person(
            actor=None,
            email=address,
            name=entry.name,
            phone=entry.phone,
            organisation=organisations.get(entry.organisation),
        )
        set_password(actor=person, user=person, password=PASSWORD)
        if entry.is_named_contact:
            name_contact(actor=admin, user=person)
        if entry.is_contact_person:
            appoint_contact_person(actor=admin, user=person, is_contact_person=True)
        people[address] = User.objects.select_related("organisation__agreement").get(pk=person.pk)
    return people


def _waiting(script: DemoPortal, admin: User, organisations: dict[str, Organisation]) -> None:
    """Those who have applied, and those who are invited and have not come yet."""
    for entry in script.applications:
        typed = {
            "name": entry.name,
            "organisation": entry.organisation,
            "phone": entry.phone,
            "reason": entry.reason,
            "language": script.language,
        }
        with at(entry.hours):
            settle(request_entry(kind=EntryRequestKind.REGISTER, address=entry.address, data=typed))
    for address, name, organisation in script.invitations:
        with at(20):
            invite_person(
                actor=admin, email=address, name=name, organisation=organisations[organisation], is_named_contact=True
            )
