"""Service messages: the doors, who reads them, and the line on every page."""

import re
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, Tenant
from accounts.scoping import tenant_scope
from knowledge.actions.service_messages import (
    MessageRefused,
    add_update,
    discard_message,
    end_message,
    publish_message,
    reopen_message,
    save_message,
)
from knowledge.enums import Audience, Standing
from knowledge.models import Service, ServiceMessage, ServiceUpdate
from knowledge.queries.service_messages import messages_for, told_on_pages
from knowledge.searching import find
from knowledge.service_drafts import MessageDraft
from tests.factories import OrganisationFactory, UserFactory
from tests.pages import Page

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def queries_for(client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in asked.captured_queries]


def draft(**changes: Any) -> MessageDraft:
    values = {
        "kind": "disturbance",
        "severity": "down",
        "title_sv": "Larmen når inte fram",
        "title_en": "Alarms do not get through",
        "body_sv": "Vi letar efter felet.",
        "body_en": "We are looking for the fault.",
        "starts_at": timezone.now() - HOUR,
    }
    return MessageDraft(**{**values, **changes})


def told(portal, **changes: Any) -> ServiceMessage:
    message = save_message(actor=portal.agent, message=None, draft=draft(**changes))
    return publish_message(actor=portal.agent, message=message)


def banner(portal, reader) -> list[str]:
    tenant = Tenant.objects.get(pk=portal.tenant.pk)
    return [message.title_en for message in told_on_pages(tenant, reader, timezone.now())]


def test_a_draft_is_read_by_nobody_and_told_nowhere(in_scope):
    message = save_message(actor=in_scope.agent, message=None, draft=draft())

    assert message.stands() == Standing.DRAFT
    assert not messages_for(in_scope.agent).exists()
    assert banner(in_scope, in_scope.agent) == []
    assert not ServiceUpdate.objects.exists()


def test_publishing_tells_it_once_on_every_page(in_scope):
    message = told(in_scope)

    assert message.stands() == Standing.LASTING
    assert banner(in_scope, None) == banner(in_scope, in_scope.customer) == ["Alarms do not get through"]
    update = ServiceUpdate.objects.get()
    assert (update.told_at, update.author) == (None, in_scope.agent)
    with pytest.raises(MessageRefused, match="published"):
        publish_message(actor=in_scope.agent, message=message)


def test_what_is_not_to_be_mailed_is_marked_as_told(in_scope):
    message = save_message(actor=in_scope.agent, message=None, draft=draft())
    publish_message(actor=in_scope.agent, message=message, tells=False)

    assert ServiceUpdate.objects.get().told_at is not None


def test_it_leaves_the_pages_when_it_is_over_and_comes_back_when_it_is_not(in_scope):
    message = told(in_scope)
    add_update(actor=in_scope.agent, message=message, text_sv="", text_en="Found it.")
    message = end_message(actor=in_scope.agent, message=message, text_en="It works again.")

    assert message.stands() == Standing.OVER
    assert banner(in_scope, None) == []
    assert Tenant.objects.get(pk=in_scope.tenant.pk).service_messages_until is None
    with pytest.raises(MessageRefused, match="over"):
        add_update(actor=in_scope.agent, message=message, text_sv="", text_en="More.")

    message = reopen_message(actor=in_scope.agent, message=message, text_sv="", text_en="Not yet, after all.")
    assert message.stands() == Standing.LASTING
    assert banner(in_scope, None) == ["Alarms do not get through"]
    assert [update.is_end for update in ServiceUpdate.objects.order_by("pk")] == [False, False, True, False]


def test_after_a_day_a_new_one_is_written_instead(in_scope):
    message = told(in_scope)
    end_message(actor=in_scope.agent, message=message)
    ServiceMessage.objects.update(over_at=timezone.now() - DAY - HOUR)

    with pytest.raises(MessageRefused, match="too_late"):
        reopen_message(actor=in_scope.agent, message=message, text_sv="Nej", text_en="")


def test_planned_work_is_told_some_days_ahead_and_ends_by_itself(in_scope):
    now = timezone.now()
    told(in_scope, kind="planned", title_en="Far", starts_at=now + 5 * DAY, ends_at=now + 6 * DAY)
    told(in_scope, kind="planned", title_en="Near", starts_at=now + 2 * DAY, ends_at=now + 3 * DAY)
    told(in_scope, kind="planned", title_en="Silent", starts_at=now + 2 * HOUR, announced_days=0)

    assert banner(in_scope, None) == ["Near"]
    later = Tenant.objects.get(pk=in_scope.tenant.pk)
    assert [m.title_en for m in told_on_pages(later, None, now + 2 * DAY + HOUR)] == ["Silent", "Near", "Far"]
    assert [m.title_en for m in told_on_pages(later, None, now + 10 * DAY)] == ["Silent"]
    with pytest.raises(MessageRefused, match="past"):
        told(in_scope, kind="planned", starts_at=now - 2 * DAY, ends_at=now - DAY)


def test_the_gravest_comes_first(in_scope):
    for severity in ("notice", "down", "partly"):
        told(in_scope, severity=severity, title_en=severity)

    assert banner(in_scope, None) == ["down", "partly", "notice"]


@pytest.mark.parametrize(
    ("audience", "readers"),
    [
        (Audience.EVERYBODY, {"nobody", "customer", "stranger", "agent"}),
        (Audience.SIGNED_IN, {"customer", "stranger", "agent"}),
        (Audience.ORGANISATIONS, {"customer", "agent"}),
        (Audience.STAFF, {"agent"}),
    ],
)
def test_it_is_read_by_those_it_is_for(in_scope, other_portal, browse, audience, readers):
    stranger = UserFactory(organisation=OrganisationFactory())
    message = told(in_scope, audience=audience, organisations=[in_scope.organisation.pk])
    address = reverse("service_message", args=[message.pk])
    people = {"nobody": None, "customer": in_scope.customer, "stranger": stranger, "agent": in_scope.agent}

    for name, person in people.items():
        client = browse(in_scope, person)
        page, home = client.get(address), client.get(reverse("service_messages"))
        assert page.status_code == (200 if name in readers else 404), name
        assert (message.title_en in home.content.decode()) == (name in readers), name
    feed = browse(in_scope).get(reverse("service_feed")).content.decode()
    assert (message.title_en in feed) == ("nobody" in readers)
    assert browse(other_portal, other_portal.agent).get(address).status_code == 404
    assert message.title_en not in browse(other_portal, other_portal.agent).get("/desk/").content.decode()


def test_customers_use_none_of_the_doors(in_scope):
    message = told(in_scope)
    for door in (
        lambda: save_message(actor=in_scope.customer, message=None, draft=draft()),
        lambda: publish_message(actor=in_scope.customer, message=message),
        lambda: add_update(actor=in_scope.customer, message=message, text_sv="a", text_en=""),
        lambda: end_message(actor=in_scope.customer, message=message),
        lambda: reopen_message(actor=in_scope.customer, message=message, text_sv="a", text_en=""),
        lambda: discard_message(actor=in_scope.customer, message=message),
    ):
        with pytest.raises(PermissionError):
            door()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"title_sv": "", "title_en": ""}, "title"),
        ({"title_sv": "x" * 121}, "title"),
        ({"body_sv": "x" * 5001}, "text"),
        ({"severity": "awful"}, "kind"),
        ({"ends_at": timezone.now() - 2 * HOUR}, "times"),
        ({"announced_days": 31}, "notice"),
        ({"audience": "organisations"}, "organisations"),
    ],
)
def test_what_cannot_be_kept_is_refused(in_scope, changes, why):
    with pytest.raises(MessageRefused, match=why):
        save_message(actor=in_scope.agent, message=None, draft=draft(**changes))


def test_organisations_and_services_of_other_portals_are_not_taken(in_scope, other_portal):
    with tenant_scope(other_portal.tenant):
        service = Service.objects.create(name_en="Theirs")
    foreign = Organisation(pk=other_portal.organisation.pk)
    with pytest.raises(MessageRefused, match="organisations"):
        save_message(
            actor=in_scope.agent, message=None, draft=draft(audience="organisations", organisations=[foreign.pk])
        )
    message = save_message(actor=in_scope.agent, message=None, draft=draft(services=[service.pk]))

    assert not message.affected.exists()


def test_only_drafts_are_thrown_away(in_scope):
    message = save_message(actor=in_scope.agent, message=None, draft=draft())
    discard_message(actor=in_scope.agent, message=message)
    assert not ServiceMessage.objects.exists()
    with pytest.raises(MessageRefused, match="published"):
        discard_message(actor=in_scope.agent, message=told(in_scope))


def test_hiding_it_lasts_until_there_is_news(in_scope, browse):
    message = told(in_scope)
    client = browse(in_scope)
    assert "Alarms do not get through" in Page(client.get("/")).text
    update = ServiceUpdate.objects.get().pk

    answer = client.post(
        reverse("service_message_dismissal", args=[message.pk]), {"update": update, "next": "/tickets/new/"}
    )
    assert answer.headers["Location"] == "/tickets/new/"
    assert answer.cookies["service-seen"]["max-age"] == ""  # until the browser is closed
    assert "Alarms do not get through" not in Page(client.get("/")).text

    add_update(actor=in_scope.agent, message=message, text_sv="", text_en="Found it.")
    assert "Alarms do not get through" in Page(client.get("/")).text


@pytest.mark.parametrize("cookie", ["-", "1-", "a-b.c", "9" * 3000, "1-2-3.\x00-1"])
def test_a_broken_cookie_hides_nothing(in_scope, browse, cookie):
    told(in_scope)
    client = browse(in_scope)
    client.cookies["service-seen"] = cookie

    assert "Alarms do not get through" in Page(client.get("/")).text


def test_a_next_that_leads_elsewhere_is_not_followed(in_scope, browse):
    message = told(in_scope)
    address = reverse("service_message_dismissal", args=[message.pk])

    assert browse(in_scope).post(address, {"next": "https://evil.example/"}).headers["Location"] == "/service-messages/"


def test_a_page_asks_once_while_there_is_something_and_never_else(in_scope, browse):
    def asked() -> int:
        client = browse(in_scope, in_scope.customer)
        return sum("knowledge_servicemessage" in sql for sql in queries_for(client, "/account/"))

    assert asked() == 0
    for number in range(6):
        told(in_scope, title_en=f"Number {number}")
    assert asked() == 1


def test_lists_ask_as_often_for_many_as_for_few(in_scope, browse):
    services = [Service.objects.create(name_en=f"Service {number}") for number in range(3)]

    def asked() -> int:
        return len(queries_for(browse(in_scope), "/service-messages/"))

    def one_of_each() -> None:
        told(in_scope, services=[one.pk for one in services])
        told(in_scope, kind="planned", starts_at=timezone.now() + DAY, services=[services[0].pk])
        end_message(actor=in_scope.agent, message=told(in_scope, services=[services[1].pk]))

    one_of_each()
    few = asked()
    for _number in range(8):
        one_of_each()
    assert asked() == few


def test_work_that_is_to_come_says_from_when_to_when(in_scope, browse):
    begins = timezone.now() + 2 * DAY
    message = told(in_scope, kind="planned", starts_at=begins, ends_at=begins + HOUR)
    page = Page(browse(in_scope).get(reverse("service_message", args=[message.pk])))

    assert re.search(r"When \S+ \d\d:\d\d – \S+ \d\d:\d\d ", page.text)


def test_history_is_read_page_by_page(in_scope, browse):
    for number in range(27):
        message = told(in_scope, title_en=f"Past {number:02}", starts_at=timezone.now() - number * DAY - HOUR)
        end_message(actor=in_scope.agent, message=message)
    client = browse(in_scope)
    first = client.get("/service-messages/")

    page = Page(first)
    assert page.main["data-total"] == "27"
    onward = next(given["href"] for tag, given in page.elements if given.get("rel") == "next")
    second = Page(client.get(f"/service-messages/{onward}")).text
    assert "Past 25" in second
    assert "Past 26" in second
    assert "Past 24" not in second


def test_the_feed_is_asked_for_without_being_sent_again(in_scope, browse):
    message = told(in_scope)
    client = browse(in_scope)
    first = client.get(reverse("service_feed"))
    again = client.get(reverse("service_feed"), headers={"if-none-match": first.headers["ETag"]})
    add_update(actor=in_scope.agent, message=message, text_sv="", text_en="Found <it> & more.")
    news = client.get(reverse("service_feed"), headers={"if-none-match": first.headers["ETag"]})

    assert (first.status_code, again.status_code, news.status_code) == (200, 304, 200)
    assert first.headers["Content-Type"].startswith("application/atom+xml")
    assert "Found &lt;it&gt; &amp; more." in news.content.decode()
    assert _ids(first) == _ids(news)
    assert f"/service-messages/{message.pk}/" in first.content.decode()


def test_what_is_over_by_itself_is_over_in_the_feed_too(in_scope, browse):
    told(in_scope, ends_at=timezone.now() + HOUR)
    ServiceMessage.objects.update(ends_at=timezone.now() - HOUR / 2)

    assert "Over: Alarms do not get through" in browse(in_scope).get(reverse("service_feed")).content.decode()


def _ids(response) -> list[str]:
    return [
        node.text or "" for node in ElementTree.fromstring(response.content).iter("{http://www.w3.org/2005/Atom}id")
    ]


def test_words_in_the_other_language_are_marked(in_scope, browse):
    message = told(in_scope, title_en="", body_en="")
    response = browse(in_scope).get(reverse("service_message", args=[message.pk]))

    assert ("h1", {"lang": "sv"}) in Page(response).elements
    assert "not written in your language" in Page(response).text


def test_a_page_of_ones_own_shows_no_line_about_itself(in_scope, browse):
    message = told(in_scope)

    page = Page(browse(in_scope).get(reverse("service_message", args=[message.pk])))
    assert not [given for _tag, given in page.elements if given.get("class") == "service-banner"]


def test_it_is_found_by_those_who_may_read_it_once_it_is_published(in_scope):
    message = save_message(actor=in_scope.agent, message=None, draft=draft(audience=Audience.STAFF))
    assert find("alarms", in_scope.agent).total == 0
    publish_message(actor=in_scope.agent, message=message)
    add_update(actor=in_scope.agent, message=message, text_sv="", text_en="The exchange was flooded.")

    assert find("flooded", in_scope.agent).total == 1
    assert find("alarms", in_scope.customer).total == 0
