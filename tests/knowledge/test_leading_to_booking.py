"""Whether pages lead to Booking: while something is held there, and without asking where nothing ever was."""

from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Tenant
from accounts.scoping import tenant_scope
from knowledge.actions.booking import book
from knowledge.actions.occasions import OccasionWords, add_occasions, cancel_occasion, change_occasion, words_of
from knowledge.enums import Repeat
from knowledge.models import Activity, Occasion
from knowledge.queries.bookings import LONGEST, has_something_to_book
from tests.factories import UserFactory
from tests.knowledge.booking import make_occasion


@pytest.fixture
def training(in_scope) -> Activity:
    return Activity.objects.create(slug="training", kind="training", title_en="Training", audience="signed_in")


def at(moment: datetime, seats: int = 2) -> OccasionWords:
    return OccasionWords(starts_at=moment, minutes=60, seats=seats)


def coming(days: int) -> datetime:
    return timezone.now().replace(second=0, microsecond=0) + timedelta(days=days)


def last(portal) -> datetime | None:
    return Tenant.objects.get(pk=portal.tenant.pk).last_occasion_at


def leads(portal, person, now: datetime | None = None) -> bool:
    """As a request asks: with the portal as it is now."""
    with tenant_scope(Tenant.objects.get(pk=portal.tenant.pk)):
        return has_something_to_book(person, now or timezone.now())


def test_pages_lead_there_while_something_can_be_booked(in_scope, other_portal, training, browse):
    def shown(place, person=None) -> bool:
        return b'href="/booking/"' in browse(place, person).get("/").content

    assert not shown(in_scope, in_scope.customer)
    (occasion,) = add_occasions(actor=in_scope.agent, activity=training, words=at(coming(3)))

    assert shown(in_scope, in_scope.customer)
    assert not shown(in_scope)  # it is for those who are signed in
    assert not shown(other_portal, other_portal.customer)
    cancel_occasion(actor=in_scope.agent, occasion=occasion)
    assert not shown(in_scope, in_scope.customer)


def test_whoever_has_a_place_is_led_there_until_the_longest_is_over(in_scope, training):
    (occasion,) = add_occasions(actor=in_scope.agent, activity=training, words=at(coming(3)))
    has_place, has_none = in_scope.customer, UserFactory()
    book(actor=has_place, occasion=occasion, user=has_place)
    begun, over = occasion.starts_at + timedelta(minutes=1), occasion.starts_at + LONGEST

    assert leads(in_scope, has_place, begun)
    assert not leads(in_scope, has_none, begun)
    assert not leads(in_scope, has_place, over)


def test_the_last_of_a_series_counts_and_so_does_a_later_time(in_scope, other_portal, training):
    *_, final = add_occasions(
        actor=in_scope.agent, activity=training, words=at(coming(3)), repeat=Repeat.WEEKLY, times=4
    )
    assert last(in_scope) == final.starts_at

    add_occasions(actor=in_scope.agent, activity=training, words=at(coming(1)))
    assert last(in_scope) == final.starts_at

    later = final.starts_at + timedelta(days=30)
    words = OccasionWords(**vars(words_of(final)) | {"starts_at": later})
    change_occasion(actor=in_scope.agent, occasion=final, words=words)
    assert last(in_scope) == later
    assert last(other_portal) is None


def test_nothing_is_asked_where_nothing_is_held(in_scope):
    with CaptureQueriesContext(connection) as asked:
        assert not has_something_to_book(in_scope.customer, timezone.now())

    assert len(asked) == 0


def test_what_was_entered_before_is_noted_for_its_own_portal(portal, other_portal):
    moments = {}
    for days, place in ((5, portal), (9, other_portal)):
        with tenant_scope(place.tenant):
            moments[place.tenant.pk] = make_occasion(starts_at=coming(days)).starts_at
            make_occasion(starts_at=coming(days - 2))
    Tenant.objects.update(last_occasion_at=None)

    import_module("knowledge.migrations.0009_note_the_last_occasion").note(Unscoped(), None)

    assert {pk: Tenant.objects.get(pk=pk).last_occasion_at for pk in moments} == moments


class Unscoped:
    """The models as a migration has them: without a tenant in the air."""

    def get_model(self, app: str, name: str):
        model = apps.get_model(app, name)
        return type(name, (), {"objects": model._base_manager}) if model is Occasion else model
