from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.folding import fold_text
from accounts.languages import in_readers_language
from accounts.models import Organisation, TenantModel, User
from routing.models import Department, ServiceLevel
from tickets.enums import (
    WAITING_ON,
    WITH_THIRD_PARTY,
    Channel,
    FieldAccess,
    FieldKind,
    Priority,
    Status,
    WaitingOn,
)
from tickets.models.forms import FormField
from tickets.models.topics import HelpTopic

if TYPE_CHECKING:
    from tickets.due import Due


class TicketCounter(TenantModel):
    """The last number given on a portal. One row a tenant, counted up under its lock, never down."""

    last_number = models.PositiveBigIntegerField(default=1000)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant"], name="one_counter_per_tenant")]

    def __str__(self) -> str:
        return str(self.last_number)


class Ticket(TenantModel):
    """Somebody asked; it always waits for somebody in particular, since a moment. Changed only by doors.

    `waits_for` names a third party. `snoozed_until` keeps it out of sight, and silences what would call it stale, until
    then. `level` is the service level it has; the due times are what its clocks show (`tickets.timing`), kept to be
    searched and sorted: `due_at` is the next of them, and each is empty while its clock rests. `first_answer_minutes`
    is the working time the first answer took; `next_asked_at` is the question that the next answer's clock counts from.
    `nudged_at`: the customer asked for news, and nobody has answered since. `reminded_at`: they were told that we wait
    for their answer, and we still do.
    """

    number = models.PositiveBigIntegerField()
    subject = models.CharField(max_length=200)
    search_key = models.CharField(max_length=400, editable=False, default="")
    topic = models.ForeignKey(HelpTopic, on_delete=models.PROTECT, null=True, related_name="tickets")
    requester = models.ForeignKey(User, on_delete=models.PROTECT, related_name="requested_tickets")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="tickets")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="tickets")
    assignee = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="assigned_tickets")
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.OPEN)
    priority = models.CharField(max_length=6, choices=Priority.choices, default=Priority.MEDIUM)
    channel = models.CharField(max_length=6, choices=Channel.choices)
    is_confidential = models.BooleanField(default=False)  # from the requester's own colleagues; staff see it
    waiting_on = models.CharField(max_length=11, choices=WaitingOn.choices, default=WaitingOn.US)
    waiting_since = models.DateTimeField()
    waits_for = models.CharField(max_length=120, blank=True)
    snoozed_until = models.DateTimeField(null=True)
    nudged_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    level = models.ForeignKey(ServiceLevel, on_delete=models.SET_NULL, null=True, related_name="tickets")
    first_due_at = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True)
    next_asked_at = models.DateTimeField(null=True)
    solution_due_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    first_answered_at = models.DateTimeField(null=True)
    first_answer_minutes = models.PositiveIntegerField(null=True)
    times_reopened = models.PositiveSmallIntegerField(default=0)
    last_activity_at = models.DateTimeField()
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged")
    follows = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="followed_by")
    filing_key = models.UUIDField(null=True, editable=False)
    fingerprint = models.CharField(max_length=64, editable=False, default="")

    # Set for pages by `tickets.queries` and `tickets.queue`.
    age_band: str
    due: "Due | None" = None
    last_message_excerpt: str
    last_message_is_note: bool
    is_undelivered: bool = False
    columns: list["FieldAnswer"]
    reasons: list[str]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="number_once_per_tenant"),
            models.UniqueConstraint(fields=["tenant", "filing_key"], name="filed_once_per_form"),
            models.CheckConstraint(
                condition=Q(status=Status.CLOSED, closed_at__isnull=False)
                | (~Q(status=Status.CLOSED) & Q(closed_at__isnull=True)),
                name="closed_tickets_have_a_date",
            ),
            models.CheckConstraint(
                condition=Q(
                    *((Q(status=status) & Q(waiting_on=who)) for status, who in WAITING_ON.items()), _connector=Q.OR
                )
                | Q(status__in=WITH_THIRD_PARTY, waiting_on=WaitingOn.THIRD_PARTY),
                name="status_says_whom_it_waits_for",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "waiting_on", "waiting_since", "id"], name="ticket_waiting"),
            models.Index(
                fields=["tenant", "department", "waiting_on", "waiting_since", "id"], name="ticket_department"
            ),
            models.Index(fields=["tenant", "assignee", "waiting_on", "waiting_since", "id"], name="ticket_assignee"),
            models.Index(fields=["tenant", "requester", "-last_activity_at", "-id"], name="ticket_requester"),
            models.Index(fields=["organisation", "-last_activity_at", "-id"], name="ticket_organisation"),
            models.Index(fields=["tenant", "-last_activity_at", "-id"], name="ticket_activity"),
            models.Index(fields=["tenant", "fingerprint", "created_at"], name="ticket_fingerprint"),
            models.Index(fields=["tenant", "due_at", "id"], condition=Q(due_at__isnull=False), name="ticket_due"),
            models.Index(fields=["tenant", "waiting_on", "due_at", "id"], name="ticket_waiting_due"),
            # What the ageing round asks each minute: which tickets of a level and priority are due before a moment,
            # which of the open ones have slept, rested or come back too long, without passing over the closed ones.
            *(
                models.Index(
                    fields=["tenant", "level", "priority", f"{measure}_due_at"],
                    condition=Q(**{f"{measure}_due_at__isnull": False}),
                    name=f"ticket_{measure}_due",
                )
                for measure in ("first", "next", "solution")
            ),
            models.Index(fields=["tenant", "last_activity_at"], condition=Q(closed_at=None), name="ticket_resting"),
            models.Index(
                fields=["tenant", "snoozed_until"], condition=Q(snoozed_until__isnull=False), name="ticket_snoozed"
            ),
            models.Index(
                fields=["tenant", "times_reopened"],
                condition=Q(closed_at=None, times_reopened__gt=0),
                name="ticket_reopened",
            ),
            # The open ones, few among the many: in the order in which they are due; and all that the rail and the tiles
            # count of them, so that nothing else is read for it.
            models.Index(fields=["tenant", "due_at", "id"], condition=~Q(waiting_on="nobody"), name="ticket_open_due"),
            models.Index(
                fields=[
                    "tenant",
                    "department",
                    "assignee",
                    "waiting_on",
                    "waiting_since",
                    "snoozed_until",
                    "due_at",
                    "nudged_at",
                    "first_answered_at",
                    "times_reopened",
                    "id",
                ],
                condition=~Q(waiting_on="nobody"),
                name="ticket_open",
            ),
            # What charts ask: which tickets came in, were closed or got their first answer in some days, and of whom;
            # again with all that is counted.
            models.Index(fields=["tenant", "created_at", "department", "id"], name="ticket_came"),
            models.Index(
                fields=["tenant", "closed_at", "department", "id"],
                condition=Q(closed_at__isnull=False),
                name="ticket_went",
            ),
            models.Index(
                fields=[
                    "tenant",
                    "first_answered_at",
                    "department",
                    "level",
                    "priority",
                    "first_answer_minutes",
                    "id",
                ],
                condition=Q(first_answered_at__isnull=False),
                name="ticket_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_key = fold_text(self.subject)[:400]  # folded, a letter may become eighteen
        super().save(*args, **kwargs)

    @property
    def is_closed(self) -> bool:
        return self.status == Status.CLOSED

    @property
    def is_asleep(self) -> bool:
        """Whether it is put off now: it is on no list of what is to be done."""
        return self.snoozed_until is not None and self.snoozed_until > timezone.now()


class FieldAnswer(TenantModel):
    """What was answered to a question of a form, with the question as it was asked: a changed form loses no old answer.

    `value` is the answer as kept (dates in ISO 8601, a checkbox as "yes", several choices one a line, a file's name);
    `words` are a choice's words then. `search_key` is the answer folded, empty where it is not to be searched.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="answers")
    field = models.ForeignKey(FormField, on_delete=models.SET_NULL, null=True, related_name="answers")
    key = models.SlugField(max_length=40)
    kind = models.CharField(max_length=12, choices=FieldKind.choices, default=FieldKind.TEXT)
    access = models.CharField(max_length=8, choices=FieldAccess.choices, default=FieldAccess.CUSTOMER)
    label_sv = models.CharField(max_length=120, blank=True)
    label_en = models.CharField(max_length=120, blank=True)
    value = models.TextField()
    words_sv = models.TextField(blank=True)
    words_en = models.TextField(blank=True)
    search_key = models.CharField(max_length=400, editable=False, default="")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["ticket", "key"], name="answer_once_per_field")]
        indexes = [
            models.Index(fields=["tenant", "ticket"], condition=~models.Q(search_key=""), name="answer_searchable")
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.value}"

    @property
    def label(self) -> str:
        return in_readers_language(self.label_sv, self.label_en)

    @property
    def words(self) -> str:
        return in_readers_language(self.words_sv, self.words_en) or self.value
