"""What has to happen for each mail about an account to be sent. The doors do it, as in life."""

from datetime import timedelta

from django.utils import timezone

from accounts.actions.applying import approve_application, refuse_application
from accounts.actions.changing_addresses import confirm_address, request_address
from accounts.actions.closing_accounts import close_account
from accounts.actions.codes import request_code
from accounts.actions.inviting import invite_person
from accounts.actions.passwords import change_password
from accounts.actions.settling import settle
from accounts.enums import AccountEventKind, EntryRequestKind, Refusal, WayIn
from accounts.models import Application, EntryRequest, Organisation, OrganisationDomain, ProviderContact, User
from accounts.queries.people import person_at
from knowledge.actions.booking import book, cancel_booking
from knowledge.actions.occasions import OccasionWords, cancel_occasion, change_occasion, remind_participants
from knowledge.actions.service_messages import publish_message, save_message
from knowledge.actions.subscribing import subscribe
from knowledge.models import Activity, Booking, Occasion
from knowledge.service_drafts import MessageDraft
from notifications.actions.telling_service import tell_subscribers
from notifications.actions.turning_away import tell_retired
from notifications.models import MailAddress
from tests.conftest import Portal
from tests.factories import PASSWORD, UserFactory, ask_for_password


def settle_all() -> None:
    for asked in EntryRequest.objects.pending():
        settle(asked)


def ask(kind: EntryRequestKind, address: str, words: str = "") -> None:
    """A stranger asks for something on a page, and the worker settles it."""
    said = {"name": words[:100], "organisation": words[:100], "reason": words, "language": ""}
    settle(EntryRequest.objects.create(kind=kind, address=address, data=said))


def come_in(portal: Portal, words: str, language: str = "en") -> None:
    """Everybody who comes in, or does not: the mails of `notifications/entry_mails.py`. `words` is what people type."""
    tenant = portal.tenant
    tenant.entry_contact_sv, tenant.phone, tenant.phone_hours_sv = "Kundtjänst, 08-1", "08-2", "8–16"
    tenant.strangers = tenant.known_domains = WayIn.APPLICATION
    tenant.save()
    organisation = Organisation.objects.create(name=words[:60], contact_limit=1)
    OrganisationDomain.objects.create(organisation=organisation, domain="full.example")
    organisation.local_administrators.create(name=words[:60], phone="08-3", email="lotta@full.example")
    ProviderContact.objects.create(organisation=organisation, kind="account_manager", name=words[:60], phone="08-4")
    UserFactory(email="first@full.example", organisation=organisation, is_named_contact=True, language=language)
    for address in ("nora@new.example", "olle@new.example", "late@full.example"):
        ask(EntryRequestKind.REGISTER, address, words)
    User.objects.exclude(language=language).update(language=language)
    waiting = {application.user.email: application for application in Application.objects.filter(state="waiting")}
    approve_application(actor=portal.lead, application=waiting["nora@new.example"], organisation=portal.organisation)
    refuse_application(
        actor=portal.lead,
        application=waiting["olle@new.example"],
        refusal=Refusal.PRIVATE_ADDRESS,
        explanation=words,
    )
    ask(EntryRequestKind.ASK, "other@full.example", words)
    tenant.strangers = WayIn.OPEN
    tenant.save()
    ask(EntryRequestKind.REGISTER, "vera@new.example", words)
    UserFactory(email="known@new.example", verified_at=timezone.now(), language=language)
    ask(EntryRequestKind.REGISTER, "known@new.example", words)
    invite_person(
        actor=portal.lead,
        email="ivar@new.example",
        organisation=organisation,
        words=words,
        language=language,
    )
    close_account(actor=portal.administrator, user=UserFactory(email="gone@new.example", language=language))
    User.objects.exclude(language=language).update(language=language)


def write_to_retired(portal: Portal, words: str) -> None:
    """Somebody writes to an address that takes no mail any more, and that says where to turn in these words."""
    address = MailAddress.objects.create(
        email="old@north.example", topic=portal.topic, retired_at=timezone.now(), words_en=words, words_sv=words
    )
    tell_retired(sender="late@mail.example", name=words[:100], address=address)
    User.objects.filter(email="late@mail.example").update(language="en")


def follow_service(portal: Portal, words: str, language: str = "en") -> None:
    """Somebody asks for service messages by mail, and one is published for everybody who does."""
    ask(EntryRequestKind.SUBSCRIBE, "reader@mail.example")
    User.objects.filter(email="reader@mail.example").update(language=language)
    subscribe(actor=None, user=User.objects.get(email="reader@mail.example"))
    title = words[:120]
    draft = MessageDraft("disturbance", "down", title, title, words, words, timezone.now() - timedelta(hours=1))
    message = save_message(actor=portal.agent, message=None, draft=draft)
    publish_message(actor=portal.agent, message=message)
    while tell_subscribers():
        pass


def prove_oneself(portal: Portal, language: str = "en") -> None:
    """The mails about codes, passwords and addresses."""
    person = UserFactory(email="sure@new.example", verified_at=timezone.now(), language=language)
    coder = UserFactory(email="coder@new.example", verified_at=timezone.now(), language=language)
    request_code(address=coder.email)
    settle_all()
    change_password(actor=person, user=person, password=f"{PASSWORD}-again")
    request_address(actor=person, user=person, address="moved@new.example")
    asked = person.account_events.get(kind=AccountEventKind.ADDRESS_REQUESTED)
    confirm_address(actor=person, user=person, asked=asked)
    request_address(actor=person, user=person, address="again@new.example")
    ask_for_password(str(person_at("moved@new.example")))


def book_and_leave(portal: Portal, words: str, language: str = "en") -> None:
    """What can happen to a booking: the mails of `notifications/booking_mails.py`. `words` is what staff type."""
    title = words[:100]
    activity = Activity.objects.create(slug="training", kind="training", title_sv=title, title_en=title)
    soon = timezone.now().replace(second=0, microsecond=0) + timedelta(days=2)
    full, left, moved, off, near = (
        Occasion.objects.create(activity=activity, starts_at=soon, minutes=60, seats=1, place=title) for _ in range(5)
    )
    people = [UserFactory(email=f"booker{number}@kund.example", language=language) for number in range(2)]
    for person in people:
        book(actor=person, occasion=full, user=person)
    first = Booking.objects.create(occasion=left, user=people[0], state="booked")
    Booking.objects.create(occasion=left, user=people[1], state="waiting")
    cancel_booking(actor=people[0], booking=first)
    for one in (moved, off, near):
        Booking.objects.create(occasion=one, user=people[0], state="booked")
    later = OccasionWords(soon + timedelta(days=1), 60, 1, place=title)
    change_occasion(actor=portal.lead, occasion=moved, words=later)
    cancel_occasion(actor=portal.lead, occasion=off, reason=words[:300])
    remind_participants(actor=None, occasion=near, now=soon - timedelta(minutes=1))
