"""Two agents at the same service message, date or activity: the later one is told, loses nothing, and sees both."""

from datetime import timedelta

import pytest
from django.urls import reverse

from knowledge.actions import activities, occasions
from knowledge.actions.activities import save_activity
from knowledge.actions.occasions import change_occasion
from knowledge.actions.service_messages import publish_message, save_message
from knowledge.models import Service
from knowledge.seen import Outdated
from tests.factories import OrganisationFactory
from tests.knowledge.booking import events, make_occasion
from tests.knowledge.test_service_messages import draft, told
from tests.pages import Page


@pytest.fixture
def client(in_scope, browse):
    return browse(in_scope, in_scope.agent)


def as_sent(page: Page) -> dict[str, str]:
    """What a browser would send of the page's editor."""
    fields = next(form["fields"] for form in page.forms if "seen" in form["fields"])
    return {name: value for name, value in fields.items() if name != "csrfmiddlewaretoken"}


def sent_again(client, address: str, stale: dict[str, str], *, theirs: str, mine: str) -> None:
    """Saving what is out of date tells, shows both and keeps what was typed; saving again means it."""
    told = client.post(address, stale)
    page = Page(told)
    assert told.status_code == 422
    assert "Somebody else has saved this meanwhile" in page.text
    assert theirs in page.text
    assert mine in page.text
    again = as_sent(page)
    assert {**again, "seen": ""} == {**stale, "seen": ""}
    assert client.post(address, again).status_code == 302


def test_a_service_message(in_scope, client):
    services = [Service.objects.create(name_en=name).pk for name in ("Sign-in", "Reports")]
    message = told(in_scope, services=services[:1])
    address = reverse("desk_service_message_edit", args=[message.pk])
    stale = {**as_sent(Page(client.get(address))), "body_en": "Half of it is mended."}
    theirs = draft(starts_at=message.starts_at, body_en="All of it is mended.", severity="notice", services=services)
    save_message(actor=in_scope.lead, message=message, draft=theirs)

    sent_again(client, address, stale, theirs="All", mine="Half")
    message.refresh_from_db()
    assert (message.body_en, message.severity) == ("Half of it is mended.", "down")
    assert message.affected.get().service_id == services[0]


def test_what_is_different_is_told_field_by_field_and_nothing_else(in_scope, client):
    services = [Service.objects.create(name_en=name).pk for name in ("Sign-in", "Reports")]
    there = OrganisationFactory(name="Ekonomi AB")
    message = told(in_scope)
    address = reverse("desk_service_message_edit", args=[message.pk])
    stale = {**as_sent(Page(client.get(address))), "title_en": "Mine"}
    theirs = {"services": services, "audience": "organisations", "organisations": [there.pk]}
    theirs |= {"starts_at": message.starts_at, "ends_at": message.starts_at + timedelta(days=9), "severity": "notice"}
    save_message(actor=in_scope.lead, message=message, draft=draft(**theirs))

    differing = client.post(address, stale).context["differing"]
    labels = [field.label for field in differing]
    assert labels == [
        "How much is affected?",
        "Title in English",
        "Ends",
        "Who may read it?",
        "Organisations",
        "What is affected?",
    ]
    removed = {field.label: "".join(part.text for part in field.parts if part.kind != "added") for field in differing}
    assert removed["What is affected?"] == "Sign-in, Reports"
    assert removed["Organisations"] == "Ekonomi AB"


def test_the_same_form_sent_twice_is_no_news(in_scope, client):
    message = told(in_scope)
    address = reverse("desk_service_message_edit", args=[message.pk])
    sent = {**as_sent(Page(client.get(address))), "body_en": "Half of it is mended."}

    assert [client.post(address, sent).status_code for _twice in range(2)] == [302, 302]


def test_nobody_changes_what_is_out_believing_it_a_draft_or_publishes_what_they_have_not_read(in_scope, client):
    message = save_message(actor=in_scope.agent, message=None, draft=draft())
    edit, shown = (reverse(f"desk_service_message{name}", args=[message.pk]) for name in ("_edit", ""))
    stale = {**as_sent(Page(client.get(edit))), "body_en": "Not sure yet."}
    read = Page(client.get(shown)).form("/publication/")
    theirs = draft(starts_at=message.starts_at, body_en="Theirs.")
    save_message(actor=in_scope.lead, message=message, draft=theirs)

    publication = reverse("desk_service_message_publication", args=[message.pk])
    refused = client.post(publication, read)
    assert refused.status_code == 422
    assert "Read it once more" in Page(refused).text
    publish_message(actor=in_scope.lead, message=message)
    assert client.post(edit, stale).status_code == 422
    message.refresh_from_db()
    assert message.body_en == "Theirs."


def test_a_date(in_scope, client):
    occasion = make_occasion(host=in_scope.agent)
    address = reverse("desk_occasion_edit", args=[occasion.pk])
    stale = {**as_sent(Page(client.get(address))), "place": "Room 5"}
    words = occasions.words_of(occasion)
    theirs = type(words)(**{**words.__dict__, "place": "Hall 9", "host": in_scope.lead, "minutes": 90})
    change_occasion(actor=in_scope.lead, occasion=occasion, words=theirs)

    sent_again(client, address, stale, theirs="Hall 9", mine="Room 5")
    occasion.refresh_from_db()
    assert (occasion.place, occasion.minutes, occasion.host) == ("Room 5", 60, in_scope.agent)
    assert events() == []  # nobody had booked


def test_an_activity(in_scope, client):
    activity = make_occasion().activity
    address = reverse("desk_activity", args=[activity.pk])
    stale = {**as_sent(Page(client.get(address))), "body_en": "Bring *tea*."}
    words = activities.words_of(activity)
    changed = {"body_en": "Bring *milk*.", "audience": "organisations", "organisations": (in_scope.organisation,)}
    save_activity(actor=in_scope.lead, activity=activity, words=type(words)(**{**words.__dict__, **changed}))

    sent_again(client, address, stale, theirs="*milk*", mine="*tea*")
    activity.refresh_from_db()
    assert (activity.body_en, activity.audience) == ("Bring *tea*.", "signed_in")


def test_doors_that_are_told_nothing_of_it_do_not_ask(in_scope):
    message = told(in_scope)
    save_message(actor=in_scope.agent, message=message, draft=draft(title_en="Anew"))
    with pytest.raises(Outdated):
        save_message(actor=in_scope.agent, message=message, draft=draft(title_en="Again"), seen="")
    message.refresh_from_db()
    assert message.title_en == "Anew"
