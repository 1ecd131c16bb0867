"""Two organisations become one: nothing is lost, nothing is left behind, and the page says before what will happen."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from django_scopes import ScopeError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.enums import AccountEventKind, ProviderContactKind, Visibility
from accounts.models import (
    AccountEvent,
    Agreement,
    Invitation,
    LocalAdministrator,
    Organisation,
    OrganisationDomain,
    ProviderContact,
    Site,
    User,
)
from accounts.scoping import tenant_scope
from knowledge.models import (
    Activity,
    ActivityOrganisation,
    Article,
    ArticleOrganisation,
    ServiceMessage,
    ServiceMessageOrganisation,
)
from routing.models import Department, OrganisationDepartment, RoutingRule
from tests.conftest import make_portal
from tests.factories import OrganisationFactory, TopicFactory, UserFactory, make_ticket
from tests.knowledge.shelf import write
from tests.pages import Page, snapshot
from tickets.actions import merging_organisations
from tickets.actions.merging_organisations import SomethingLeft, merge_organisations, plan_merger, relations
from tickets.models import HelpTopic, OrganisationException, Ticket, TopicOrganisation

SIDES = st.fixed_dictionaries(
    {
        "people": st.integers(0, 3),
        "named": st.integers(0, 2),
        "tickets": st.integers(0, 2),
        "domains": st.integers(0, 2),
        "administrators": st.lists(st.sampled_from(["Lotta", "Nils", "Olle"]), max_size=3, unique=True),
        "contacts": st.sets(st.sampled_from(ProviderContactKind.values)),
        "invitations": st.integers(0, 1),
        "agreement": st.sampled_from([None, "Standard", "Enterprise"]),
        "limit": st.sampled_from([None, 3]),
        "until": st.sampled_from([None, date(2027, 3, 31)]),
        "department": st.sampled_from([None, "Service desk", "Field service"]),
        "sites": st.dictionaries(
            st.sampled_from(["City hall", "School"]), st.sampled_from(["", "Torget 1", "Gatan 2"])
        ),
        "topics": st.sets(st.sampled_from(["one", "two"])),
        "articles": st.sets(st.sampled_from(["one", "two"])),
        "exceptions": st.dictionaries(
            st.sampled_from(["one", "two"]), st.sampled_from([None, "Service desk", "Field service"])
        ),
        "visibility": st.sampled_from(Visibility.values),
        "notes": st.sampled_from(["", "Ring first.", "Pays late."]),
    }
)


def build(portal, side: dict, number: int) -> Organisation:
    """An organisation with as much of everything as `side` says."""
    name = f"Side {number}"
    agreement = Agreement.objects.get_or_create(name=side["agreement"])[0] if side["agreement"] else None
    made: Organisation = OrganisationFactory(
        name=name,
        agreement=agreement,
        contact_limit=side["limit"],
        agreement_until=side["until"],
        visibility=side["visibility"],
        notes=side["notes"],
    )
    UserFactory.create_batch(side["people"], organisation=made, password=None)
    UserFactory.create_batch(side["named"], organisation=made, is_named_contact=True, password=None)
    for _each in range(side["tickets"]):
        ticket = make_ticket(requester=UserFactory(password=None), topic=portal.topic)
        Ticket.objects.filter(pk=ticket.pk).update(organisation=made)
    for position in range(side["domains"]):
        OrganisationDomain.objects.create(organisation=made, domain=f"d{position}-{number}.example")
    for helper in side["administrators"]:
        LocalAdministrator.objects.create(organisation=made, name=helper, phone="1")
    for kind in side["contacts"]:
        ProviderContact.objects.create(organisation=made, kind=kind, name=f"{kind} of {name}", phone=f"{number}")
    now = timezone.now()
    for _each in range(side["invitations"]):
        invited = UserFactory(is_active=False, password=None)
        Invitation.objects.create(
            user=invited, organisation=made, created_at=now, expires_at=now + timedelta(days=1), is_named_contact=True
        )
    if side["department"]:
        department = Department.objects.get(name=side["department"])
        OrganisationDepartment.objects.create(organisation=made, department=department)
    topics = {slug: HelpTopic.objects.filter(slug=slug).first() or TopicFactory(slug=slug) for slug in ("one", "two")}
    for site, address in side["sites"].items():
        Site.objects.create(organisation=made, name=site, address=address)
    for slug in side["topics"]:
        TopicOrganisation.objects.create(organisation=made, topic=topics[slug])
    for slug in side["articles"]:
        ArticleOrganisation.objects.create(
            organisation=made, article=Article.objects.filter(slug=slug).first() or write(slug)
        )
    for slug, chosen in side["exceptions"].items():
        goes_to = Department.objects.get(name=chosen) if chosen else None
        OrganisationException.objects.create(organisation=made, topic=topics[slug], department=goes_to)
    return made


def clear() -> None:
    OrganisationDepartment.objects.all().delete()
    for model in (Invitation, ProviderContact, LocalAdministrator, OrganisationDomain):
        model.objects.all().delete()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=SIDES, other=SIDES)
def test_nothing_is_lost_whatever_the_two_have(in_scope, one, other):
    clear()
    number = Organisation.objects.count() * 2 + AccountEvent.objects.count()
    source, target = build(in_scope, one, number), build(in_scope, other, number + 1)
    sides = (source, target)
    people = set(User.objects.filter(organisation__in=sides).values_list("pk", "is_named_contact"))
    moved_people = list(User.objects.filter(organisation=source).values_list("pk", flat=True))
    tickets = set(Ticket.objects.filter(organisation__in=sides).values_list("pk", flat=True))
    domains = set(OrganisationDomain.objects.filter(organisation__in=sides).values_list("domain", flat=True))
    helpers = set(LocalAdministrator.objects.filter(organisation__in=sides).values_list("name", "phone"))
    contacts = {row.name for row in ProviderContact.objects.filter(organisation__in=sides)}
    invitations = set(Invitation.objects.filter(organisation__in=sides).values_list("pk", flat=True))
    plan = plan_merger(source, target)

    kept = merge_organisations(actor=in_scope.administrator, source=source, target=target)

    kept = Organisation.objects.get(pk=kept.pk)
    assert not Organisation.objects.filter(pk=source.pk).exists()
    assert set(User.objects.filter(organisation=kept).values_list("pk", "is_named_contact")) == people
    assert set(Ticket.objects.filter(organisation=kept).values_list("pk", flat=True)) == tickets
    assert set(kept.domains.values_list("domain", flat=True)) == domains
    assert set(kept.local_administrators.values_list("name", "phone")) == helpers
    assert set(kept.invitations.values_list("pk", flat=True)) == invitations
    rows = {row.name for row in kept.provider_contacts.all()}
    assert all(name in rows or name in kept.notes for name in contacts)
    # What the one had and the other keeps in its own way can be read in the notes.
    sites = dict(kept.sites.values_list("name", "address"))
    assert sites == one["sites"] | other["sites"]
    assert all(not address or sites[name] == address or address in kept.notes for name, address in one["sites"].items())
    assert set(kept.help_topics.values_list("topic__slug", flat=True)) == one["topics"] | other["topics"]
    assert set(kept.articles.values_list("article__slug", flat=True)) == one["articles"] | other["articles"]
    assert plan.in_help_centre == len(one["articles"] - other["articles"])
    exceptions = dict(kept.routing_exceptions.values_list("topic__slug", "department__name"))
    assert exceptions == one["exceptions"] | other["exceptions"]
    for slug, name in one["exceptions"].items():
        topic = HelpTopic.objects.get(slug=slug)
        assert exceptions[slug] == name or f"{topic} → {name or 'as if it had no department'}" in kept.notes
    for words in (one["notes"], other["notes"]):
        assert words in kept.notes
    if one["agreement"]:
        assert str(kept.agreement) == one["agreement"] or one["agreement"] in kept.notes
    if other["agreement"]:
        assert str(kept.agreement) == other["agreement"]
    if one["limit"]:
        assert kept.contact_limit == 3 or "own number of named contacts: 3" in kept.notes
    if one["department"]:
        responsible = OrganisationDepartment.objects.get(organisation=kept).department.name
        assert responsible == (other["department"] or one["department"])
        assert responsible == one["department"] or one["department"] in kept.notes
    assert kept.visibility == other["visibility"]
    events = AccountEvent.objects.filter(kind=AccountEventKind.MOVED, user__in=moved_people)
    assert sorted(event.user_id for event in events) == sorted(moved_people)
    assert (plan.people, plan.tickets, plan.domains) == (len(moved_people), one["tickets"], one["domains"])


def test_rules_that_ask_for_the_one_ask_for_the_other(in_scope):
    source, target = OrganisationFactory(), OrganisationFactory()
    own = [str(source.pk), str(target.pk), "999999"]
    asked = [
        {"fact": "organisation", "operator": "is", "values": own},
        {"fact": "words", "operator": "is", "values": own},
    ]
    rule = RoutingRule.objects.create(name="Theirs", conditions=asked)

    merge_organisations(actor=in_scope.administrator, source=source, target=target)

    rule.refresh_from_db()
    assert [one["values"] for one in rule.conditions] == [[str(target.pk), "999999"], own]


def test_what_the_help_centre_has_for_the_one_it_has_for_the_other(in_scope, other_portal, browse):
    source, target = OrganisationFactory(), OrganisationFactory()
    now = timezone.now()
    article = write("guide", audience="organisations", organisation=source)
    message = ServiceMessage.objects.create(
        kind="disturbance", severity="down", title_en="x", starts_at=now, published_at=now, audience="organisations"
    )
    activity = Activity.objects.create(title_en="Course", audience="organisations")
    for one in (source, target):
        ServiceMessageOrganisation.objects.create(service_message=message, organisation=one)
    ActivityOrganisation.objects.create(activity=activity, organisation=source)
    address = f"/desk/organisations/{source.pk}/merger/?into={target.pk}"
    assert "For it in the help centre 2" in Page(browse(in_scope, in_scope.administrator).get(address)).text

    merge_organisations(actor=in_scope.administrator, source=source, target=target)

    for row in (article, message, activity):
        assert row.organisations.get().organisation == target


def test_every_way_to_point_at_an_organisation_is_known():
    """A new model that points at organisations must be moved, too, or its row stops a merger."""
    assert {relation.related_model._meta.label for relation in relations()} >= {
        "accounts.User",
        "accounts.OrganisationDomain",
        "accounts.LocalAdministrator",
        "accounts.ProviderContact",
        "accounts.Invitation",
        "routing.OrganisationDepartment",
        "tickets.Ticket",
        "accounts.Site",
        "tickets.TopicOrganisation",
        "tickets.OrganisationException",
        "knowledge.ArticleOrganisation",
        "knowledge.ServiceMessageOrganisation",
        "knowledge.ActivityOrganisation",
    }
    assert len(relations()) == 13, "merge_organisations must move this one as well"


def test_what_is_not_moved_stops_the_merger_and_nothing_is_changed(in_scope, monkeypatch):
    source, target = OrganisationFactory(), OrganisationFactory()
    make_ticket(requester=UserFactory(organisation=source), topic=in_scope.topic)
    monkeypatch.setattr(merging_organisations, "_move_rows", lambda old, kept: None)
    before = snapshot()

    with pytest.raises(SomethingLeft, match=r"tickets\.Ticket"):
        merge_organisations(actor=in_scope.administrator, source=source, target=target)

    assert snapshot() == before


def test_only_administrators_merge_and_never_one_with_itself(in_scope, other_portal):
    source, target = OrganisationFactory(), OrganisationFactory()
    with tenant_scope(other_portal.tenant):
        far = OrganisationFactory()

    for actor in (in_scope.agent, in_scope.lead, in_scope.customer):
        with pytest.raises(PermissionError):
            merge_organisations(actor=actor, source=source, target=target)
    with pytest.raises(ValueError, match="itself"):
        merge_organisations(actor=in_scope.administrator, source=source, target=source)
    with pytest.raises((KeyError, ScopeError)):
        merge_organisations(actor=in_scope.administrator, source=source, target=far)


def test_the_page_says_what_moves_then_does_it(portal, other_portal, browse):
    with tenant_scope(portal.tenant):
        agreement = Agreement.objects.create(name="Standard", contact_limit=1)
        target = OrganisationFactory(name="Hamnbolaget", agreement=agreement)
        UserFactory(organisation=target, is_named_contact=True)
        source = OrganisationFactory(name="Hamnen AB", agreement=Agreement.objects.create(name="Old terms"))
        person = UserFactory(organisation=source, is_named_contact=True)
        make_ticket(requester=person, topic=portal.topic)
    client = browse(portal, portal.administrator)
    address = f"/desk/organisations/{source.pk}/merger/"
    before = snapshot(without=("accounts.Session",))

    choice = Page(client.get(address, {"q": "hamn"}))
    summary = Page(client.get(address, {"into": target.pk}))

    assert f"{address}?into={target.pk}" in choice.links()
    assert f"{address}?into={source.pk}" not in choice.links()
    assert "Merge Hamnen AB into Hamnbolaget?" in summary.text
    assert "Agreement: Old terms" in summary.text
    assert snapshot(without=("accounts.Session",)) == before

    done = Page(client.post(address, {"into": str(target.pk)}, follow=True))

    assert "Hamnen AB is part of Hamnbolaget now." in done.text
    assert done.marked("data-places")[0]["data-places"] == "2 / 1"
    assert client.get(f"/desk/organisations/{source.pk}/").status_code == 404
    assert client.post(address, {"into": str(target.pk)}).status_code == 404
    moved = Page(client.get(f"/desk/people/{person.pk}/"))
    assert "Moved from Hamnen AB to Hamnbolaget" in moved.text


@pytest.mark.parametrize("into", ["far", "itself", "nobody", "nonsense"])
def test_nothing_merges_into_what_is_not_there(portal, other_portal, browse, into):
    far_portal = make_portal("west")
    with tenant_scope(far_portal.tenant):
        for _number in range(9):
            far = OrganisationFactory()
    client = browse(portal, portal.administrator)
    address = f"/desk/organisations/{portal.organisation.pk}/merger/"
    before = snapshot(without=("accounts.Session",))

    key = {"far": far.pk, "itself": portal.organisation.pk, "nobody": 10**12, "nonsense": "1\x00"}[into]
    client.get(address, {"into": key})
    answer = client.post(address, {"into": str(key)})

    assert answer.status_code == 302
    assert answer.headers["Location"] == address
    assert snapshot(without=("accounts.Session",)) == before
