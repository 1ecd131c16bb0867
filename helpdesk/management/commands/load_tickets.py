import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts.folding import fold_text
from accounts.models import Organisation, Tenant, User
from accounts.scoping import tenant_scope
from routing.models import Department, DepartmentMember
from tickets.answers import kept_answer
from tickets.enums import WAITING_ON, Channel, EventKind, Priority, Status
from tickets.locking import lock_counter
from tickets.models import FieldAnswer, HelpTopic, Message, Ticket, TicketEvent
from tickets.queries import questions_of

CHUNK = 1000
PEOPLE = 400
# Of a hundred tickets: most are done, some wait for the customer, the rest for us.
STATUSES = [Status.CLOSED] * 80 + [Status.WAITING_FOR_CUSTOMER] * 9 + [Status.IN_PROGRESS] * 7 + [Status.OPEN] * 4
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
            tickets = Ticket.objects.bulk_create([self._ticket(counter.last_number + 1 + i) for i in range(number)])
            counter.last_number += number
            counter.save(update_fields=["last_number"])
            messages = Message.objects.bulk_create([row for ticket in tickets for row in self._messages(ticket)])
            FieldAnswer.objects.bulk_create([row for ticket in tickets for row in self._answers(ticket)])
            first = {message.ticket_id: message for message in reversed(messages)}
            TicketEvent.objects.bulk_create(
                [row for ticket in tickets for row in self._events(ticket, first[ticket.pk])]
            )
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

    def _ticket(self, number: int) -> Ticket:
        chance = self.chance
        status, requester = chance.choice(STATUSES), chance.choice(self.people)
        subject = f"{chance.choice(THINGS)} {chance.choice(TROUBLES)} i {chance.choice(PLACES)}"
        created = self.now - timedelta(minutes=chance.randint(1, 60 * 24 * 400))
        latest = min(self.now, created + timedelta(minutes=chance.randint(1, 60 * 24 * 20)))
        department = chance.choice(self.departments)
        members = self.members.get(department.pk, [])
        assignee = chance.choice(members) if members and status != Status.OPEN else None
        return Ticket(
            number=number,
            subject=subject,
            search_key=fold_text(subject),
            topic=chance.choice(self.topics),
            requester=requester,
            organisation=requester.organisation,
            department=department,
            assignee=assignee,
            status=status,
            priority=chance.choice(Priority.values),
            channel=Channel.PORTAL,
            waiting_on=WAITING_ON[status],
            waiting_since=latest,
            last_activity_at=latest,
            created_at=created,
            closed_at=latest if status == Status.CLOSED else None,
        )

    def _messages(self, ticket: Ticket) -> Iterator[Message]:
        answered = ticket.status in (Status.CLOSED, Status.WAITING_FOR_CUSTOMER)
        members = self.members.get(ticket.department_id) or [ticket.requester]
        yield self._message(ticket, ticket.requester, ticket.created_at)
        for turn in range(self.chance.randint(0, 2)):
            yield self._message(ticket, self.chance.choice(members), ticket.created_at + timedelta(minutes=turn + 1))
            yield self._message(ticket, ticket.requester, ticket.created_at + timedelta(minutes=turn + 2))
        if answered:
            yield self._message(ticket, self.chance.choice(members), ticket.last_activity_at)

    def _message(self, ticket: Ticket, author: User, at: datetime) -> Message:
        body = " ".join(self.chance.choices(SENTENCES, k=self.chance.randint(1, 8)))
        return Message(ticket=ticket, author=author, body=body, channel=Channel.PORTAL, created_at=at)

    def _answers(self, ticket: Ticket) -> Iterator[FieldAnswer]:
        said = {"site": self.chance.choice(PLACES), "municipality": self.chance.choice(TOWNS)}
        for field in self.questions.get(ticket.topic_id or 0, ()):
            if field.key in said:
                yield kept_answer(ticket, field, said[field.key])

    def _events(self, ticket: Ticket, first: Message) -> Iterator[TicketEvent]:
        done = {"ticket": ticket, "created_at": ticket.created_at, "fanned_out_at": ticket.created_at}
        reasons = [{"step": "topic", "subject": "", "department": ticket.department.name, "outcome": "chosen"}]
        yield TicketEvent(kind=EventKind.OPENED, actor=ticket.requester, message=first, **done)
        yield TicketEvent(
            kind=EventKind.ROUTED, data={"department": ticket.department.name, "reasons": reasons}, **done
        )
        if ticket.status == Status.CLOSED:
            yield TicketEvent(kind=EventKind.CLOSED, actor=ticket.requester, data={"by": "staff"}, **done)
