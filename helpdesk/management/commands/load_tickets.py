import random
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts.folding import fold_text
from accounts.models import Organisation, Tenant, User
from accounts.scoping import tenant_scope
from helpdesk.loading.histories import THIRD_PARTY, Happening, Histories
from routing.models import Department, DepartmentMember
from routing.promises import Promises
from tickets.answers import kept_answer
from tickets.enums import Channel, EventKind, Priority, Status
from tickets.locking import lock_counter
from tickets.models import FieldAnswer, HelpTopic, Message, Ticket, TicketEvent
from tickets.queries import questions_of
from tickets.standing import standings
from tickets.timing import Timing, times_of

CHUNK = 1000
PEOPLE = 400
# Most ask for nothing special, few for everything at once.
PRIORITIES = [Priority.LOW] * 30 + [Priority.MEDIUM] * 45 + [Priority.HIGH] * 20 + [Priority.URGENT] * 5
THINGS = (
    "Centralapparaten",
    "Larmknappen",
    "Kortläsaren",
    "Dörren",
    "Sirenen",
    "Rökdetektorn",
    "Kameran",
    "Mottagaren",
)
TROUBLES = (
    "piper",
    "svarar inte",
    "visar felkod 31",
    "går inte att koppla till",
    "behöver bytas",
    "larmar av sig själv",
)
TOWNS = ("Malmö", "Göteborg", "Lunds kommun", "Hamnbolaget", "Brf Tallen", "Strandby friskola")
PLACES = ("Rådhuset", "Kulturhuset", "Solhöjd", "magasin 4", "hus C", "Skolan Öster", "depån", "simhallen")
SENTENCES = (
    "Det började i går kväll och har fortsatt sedan dess.",
    "Vi har inte ändrat något i anläggningen.",
    "Samma sak hände i våras och då byttes en säkring.",
    "Kan någon titta på det innan helgen?",
    "Serienumret är 4471 och dosan sitter till vänster om entrén.",
    "Personalen har stängt av summern så länge.",
)


class Command(BaseCommand):
    help = "Fill a portal with realistic tickets for benchmarks and trials. Writes rows in bulk and sends no mail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", type=int, help="how many tickets")
        parser.add_argument("--portal", default="larm", help="the portal's short name")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["portal"]).first()
        if tenant is None:
            raise CommandError(f"There is no portal called {options['portal']}; manage.py create_demo makes some")
        with tenant_scope(tenant):
            loader = _Loader(random.Random(20261121))  # noqa: S311 - the same tickets every time
            done = 0
            while done < options["number"]:
                done += loader.load(min(CHUNK, options["number"] - done))
                self._progress(done, options["number"])
        self.stdout.write("")

    def _progress(self, done: int, of: int) -> None:
        bar = "#" * (40 * done // of)
        self.stdout.write(f"\r[{bar:<40}] {done} of {of} tickets", ending="")
        self.stdout.flush()


class _Loader:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.now = timezone.now()
        self.histories = Histories(chance, self.now)
        self.promises = Promises()
        self.topics = list(HelpTopic.objects.filter(is_active=True))
        self.questions = {topic.pk: questions_of(topic) for topic in self.topics}
        self.departments = list(Department.objects.filter(is_active=True))
        self.members: dict[int, list[User]] = {}
        for member in DepartmentMember.objects.select_related("user"):
            self.members.setdefault(member.department_id, []).append(member.user)
        self.people = self._people()

    def load(self, number: int) -> int:
        with transaction.atomic():
            counter = lock_counter()
            events = [row for i in range(number) for row in self._ticket(counter.last_number + 1 + i)]
            tickets = [row.ticket for row in events if row.kind == EventKind.OPENED]
            counter.last_number += number
            counter.save(update_fields=["last_number"])
            Ticket.objects.bulk_create(tickets)
            Message.objects.bulk_create([row.message for row in events if row.message])
            FieldAnswer.objects.bulk_create([row for ticket in tickets for row in self._answers(ticket)])
            TicketEvent.objects.bulk_create(events)
        return number

    def _people(self) -> list[User]:
        organisations = list(Organisation.objects.all()) or [None]
        known = set(User.objects.values_list("email_key", flat=True))
        new = [
            User(
                email=f"person{n}@load.example",
                email_key=f"person{n}@load.example",
                name=f"Person {n}",
                search_key=f"person {n} person{n}@load.example",
                organisation=self.chance.choice(organisations),
                password="!",  # noqa: S106 - unusable
            )
            for n in range(PEOPLE)
            if f"person{n}@load.example" not in known
        ]
        User.objects.bulk_create(new)
        return list(User.objects.filter(role="customer").select_related("organisation").order_by("pk"))

    def _ticket(self, number: int) -> list[TicketEvent]:
        """A ticket's events, and with them its messages and itself, none of them written yet."""
        chance = self.chance
        department, end, requester = chance.choice(self.departments), self.histories.end(), chance.choice(self.people)
        hours = self.promises.hours(None, department.pk)
        told = self.histories.of(end, self.histories.begin(end, hours), hours)
        members = self.members.get(department.pk, [])
        assignee = chance.choice(members) if members and end != Status.OPEN else None
        subject = f"{chance.choice(THINGS)} {chance.choice(TROUBLES)} i {chance.choice(PLACES)}"
        ticket = Ticket(
            number=number,
            subject=subject,
            search_key=fold_text(subject),
            topic=chance.choice(self.topics),
            requester=requester,
            organisation=requester.organisation,
            department=department,
            assignee=assignee,
            status=_status(end, assignee),
            priority=chance.choice(PRIORITIES),
            channel=Channel.PORTAL,
            created_at=told[0].at,
            last_activity_at=max(row.at for row in told if row.kind != EventKind.SNOOZED),
        )
        events = [self._event(ticket, row) for row in told if row.kind != EventKind.CLAIMED or assignee]
        self._stand(ticket, events)
        return events

    def _event(self, ticket: Ticket, row: Happening) -> TicketEvent:
        staff = ticket.assignee or next(iter(self.members.get(ticket.department_id, [])), None)
        author = (staff or ticket.requester) if row.by_staff else ticket.requester
        message = self._message(ticket, author, row) if row.speaks else None
        is_routing = row.kind == EventKind.ROUTED
        return TicketEvent(
            ticket=ticket,
            kind=row.kind,
            actor=None if is_routing else author,
            message=message,
            data=_routed(ticket) if is_routing else row.data,
            created_at=row.at,
            fanned_out_at=row.at,
        )

    def _stand(self, ticket: Ticket, events: list[TicketEvent]) -> None:
        """Whom it waits for, and what its clocks show, as the doors and the worker would have left it."""
        timing = Timing(ticket, self.promises, self.now, events)
        timing.told = standings(events)
        last = timing.told[-1]
        stands: dict[str, Any] = {
            "waiting_on": last.waiting_on,
            "waiting_since": last.since,
            "closed_at": last.closed_at,
        }
        for event in events:
            if event.kind == EventKind.WAITING_CHANGED:
                stands["waits_for"] = event.data["whom"]
            elif event.kind == EventKind.NUDGED:
                stands["nudged_at"] = event.created_at
            elif event.kind == EventKind.SNOOZED:
                stands["snoozed_until"] = datetime.fromisoformat(event.data["until"])
        for name, value in (stands | times_of(timing)).items():
            setattr(ticket, name, value)

    def _message(self, ticket: Ticket, author: User, row: Happening) -> Message:
        body = " ".join(self.chance.choices(SENTENCES, k=self.chance.randint(1, 8)))
        return Message(ticket=ticket, author=author, body=body, channel=Channel.PORTAL, created_at=row.at)

    def _answers(self, ticket: Ticket) -> Iterator[FieldAnswer]:
        said = {"site": self.chance.choice(PLACES), "municipality": self.chance.choice(TOWNS)}
        for field in self.questions.get(ticket.topic_id or 0, ()):
            if field.key in said:
                yield kept_answer(ticket, field, said[field.key])


def _routed(ticket: Ticket) -> dict[str, Any]:
    name = ticket.department.name
    return {
        "department": name,
        "reasons": [{"step": "topic", "subject": "", "department": name, "outcome": "chosen"}],
    }


def _status(end: str, assignee: User | None) -> Status:
    if end in (THIRD_PARTY, Status.IN_PROGRESS):
        return Status.IN_PROGRESS if assignee else Status.OPEN
    return Status(end)
