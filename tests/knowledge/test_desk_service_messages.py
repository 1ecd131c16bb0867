"""Service messages on the desk: from a draft to its end, as an agent does it in pages."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from knowledge.enums import Audience, Standing
from knowledge.models import Service, ServiceMessage, ServiceSubscription, ServiceUpdate
from knowledge.queries.readable import readable_by
from knowledge.queries.subscribers import subscribers_of
from tests.factories import OrganisationFactory, UserFactory
from tests.knowledge.test_service_messages import draft, queries_for, told
from tests.pages import Page

WRITTEN = {
    "kind": "disturbance",
    "severity": "partly",
    "title_sv": "Inloggningen är långsam",
    "title_en": "Signing in is slow",
    "body_sv": "",
    "body_en": "It takes up to a minute.",
    "starts_at": "2026-11-20T08:00",
    "ends_at": "",
    "announced_days": "3",
    "audience": "everybody",
    "organisations": "",
}


def test_an_agent_writes_publishes_tells_and_ends_it(in_scope, browse):
    service = Service.objects.create(name_en="Sign-in")
    client = browse(in_scope, in_scope.agent)
    answer = client.post("/desk/service-messages/new/", {**WRITTEN, "services": [service.pk]})
    message = ServiceMessage.objects.get()
    address = f"/desk/service-messages/{message.pk}/"
    assert answer.headers["Location"] == address
    assert message.starts_at.isoformat() == "2026-11-20T07:00:00+00:00"  # the agent's clock is Stockholm's
    assert message.affected.get().service == service
    draft_page = Page(client.get(address))
    assert "Publish" in draft_page.text
    assert "Nobody who may read it subscribes by mail." in draft_page.text

    client.post(f"{address}publication/", draft_page.form("/publication/"))
    assert "Nobody is mailed." in Page(client.get(address)).text
    again = client.post(f"{address}publication/", draft_page.form("/publication/"), follow=True)
    assert (again.status_code, "published meanwhile" in Page(again).text) == (200, True)
    refused = client.post(f"{address}updates/", {"text_sv": "", "text_en": "", "tells": "on"})
    assert refused.status_code == 422
    client.post(f"{address}updates/", {"text_sv": "", "text_en": "Half of it is mended."})
    client.post(f"{address}end/", {"text_sv": "", "text_en": "", "tells": "on"})
    again = client.post(f"{address}end/", {"text_sv": "", "text_en": "", "tells": "on"}, follow=True)
    assert (again.status_code, "It is over already." in Page(again).text) == (200, True)
    assert client.post(f"{address}end/", {"text_sv": "", "text_en": "Mended.", "tells": "on"}).status_code == 422
    message.refresh_from_db()
    assert message.stands() == Standing.OVER
    assert [bool(update.told_at) for update in ServiceUpdate.objects.all()] == [False, True, False]

    client.post(f"{address}updates/", {"text_sv": "Det är kvar.", "text_en": "", "tells": ""})
    message.refresh_from_db()
    assert message.stands() == Standing.LASTING


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(in_scope, browse):
    client = browse(in_scope, in_scope.agent)
    wrong = {**WRITTEN, "title_sv": "", "title_en": "", "ends_at": "2026-11-19T08:00", "organisations": "Nowhere AB"}
    response = client.post("/desk/service-messages/new/", wrong)
    page = Page(response)

    assert response.status_code == 422
    assert "There is no organisation with the name Nowhere AB." in page.text
    assert page.forms[-1]["fields"]["body_en"] == "It takes up to a minute."
    for changes, said in (
        ({"title_sv": "", "title_en": ""}, "Write a title in one language at least."),
        ({"ends_at": "2026-11-19T08:00"}, "It ends before it begins."),
        ({"audience": "organisations"}, "Write for which organisations it is."),
        ({"starts_at": "0001-01-01T00:00"}, "between 1990 and 2199"),
        ({"services": "99999999999999999999"}, "taken away"),
    ):
        response = client.post("/desk/service-messages/new/", {**WRITTEN, **changes})
        assert response.status_code == 422, changes
        assert said in Page(response).text
    assert not ServiceMessage.objects.exists()


def test_a_draft_is_thrown_away_and_what_was_published_is_not(in_scope, browse):
    client = browse(in_scope, in_scope.agent)
    client.post("/desk/service-messages/new/", WRITTEN)
    message, published = ServiceMessage.objects.get(), told(in_scope)

    client.post(reverse("desk_service_message_removal", args=[message.pk]))
    refused = client.post(reverse("desk_service_message_removal", args=[published.pk]))
    assert refused.status_code == 422
    assert list(ServiceMessage.objects.all()) == [published]


def test_each_tab_counts_what_it_lists(in_scope, browse):
    told(in_scope)
    told(in_scope, kind="planned", starts_at=timezone.now() + timedelta(days=9))
    client = browse(in_scope, in_scope.agent)
    client.post("/desk/service-messages/new/", WRITTEN)
    page = Page(client.get("/desk/service-messages/"))
    tabs = {given["href"]: given["data-count"] for _tag, given in page.elements if "state=" in given.get("href", "")}

    assert sorted(tabs.values()) == ["0", "1", "1", "1"]
    for href, count in tabs.items():
        assert Page(client.get(href)).main["data-total"] == count


def test_the_desk_asks_as_often_for_many_as_for_few(in_scope, browse):
    services = [Service.objects.create(name_en=f"Service {number}").pk for number in range(3)]

    def asked() -> int:
        return len(queries_for(browse(in_scope, in_scope.agent), "/desk/service-messages/"))

    told(in_scope, services=services)
    few = asked()
    for _number in range(9):
        told(in_scope, services=services)
    assert asked() == few


@pytest.mark.parametrize("audience", Audience.values)
def test_those_who_are_mailed_are_those_who_may_read(in_scope, other_portal, audience):
    """Asked of everybody at once, it is the same as asked of each."""
    people = [in_scope.customer, in_scope.agent, in_scope.lead, UserFactory(organisation=OrganisationFactory())]
    for person in people:
        ServiceSubscription.objects.create(user=person)
    outside = UserFactory(is_active=False, organisation=in_scope.organisation)
    ServiceSubscription.objects.create(user=outside)
    message = told(in_scope, audience=audience, organisations=[in_scope.organisation.pk])

    def reads(person: User) -> bool:
        reader = person if person.is_active else None
        return bool(readable_by(ServiceMessage.objects.published(), reader).filter(pk=message.pk).exists())

    found = {row.user for row in subscribers_of(message).select_related("user")}
    assert found == {person for person in [*people, outside] if reads(person)}


def test_customers_find_nothing_of_it(in_scope, other_portal, browse):
    message = told(in_scope)
    for client in (browse(in_scope, in_scope.customer), browse(other_portal, other_portal.agent)):
        assert client.get(reverse("desk_service_message", args=[message.pk])).status_code == 404
        assert client.post(reverse("desk_service_message_end", args=[message.pk]), {}).status_code == 404
    theirs = browse(other_portal, other_portal.agent).get("/desk/service-messages/")
    assert draft().title_en not in theirs.content.decode()
