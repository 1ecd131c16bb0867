"""The form of a new ticket, as customers and agents fill it in."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.folding import clean_text
from accounts.forms.fields import BODY_LIMIT, AddressField, BodyField, LineField, TrapField
from accounts.models import Organisation, Tenant, User
from accounts.queries.colleagues import active_customers, colleagues_of, is_read_by_colleagues
from accounts.queries.people import person_at
from routing.models import Department
from routing.queries import department_choices
from tickets.answers import with_colon
from tickets.enums import Channel, Priority, PriorityUse
from tickets.field_rules import MOST_FIELDS
from tickets.forms.colleagues import COLLEAGUES_TO_TICK, ColleaguesChoice, ColleaguesField
from tickets.forms.fields import KeyField
from tickets.forms.kinds import Heading
from tickets.forms.messages import MessageForm
from tickets.forms.priorities import PriorityChoice
from tickets.forms.questions import PREFIX, QuestionsMixin, surroundings
from tickets.models import HelpTopic, TicketForm, Upload
from tickets.models.files import StoredFile
from tickets.priorities import priority_settings
from tickets.queries import questions_of, removed_questions
from tickets.questions import Asked, asked_person, may_answer

TICKS = ("yes", "ja", "on", "1", "true")  # what an address says to tick a box
NOT_PREFILLED = ("filing_key", "attachments", "email", "name", "phone", "website", "colleagues", "confidential")


class FilingForm(QuestionsMixin, MessageForm):
    """A topic's form: who asks (guests only), what about, and the topic's own questions as `field_<key>`.

    `asked` is whom it asks, where that does not follow from `person`.
    """

    key = None  # type: ignore[assignment]

    def __init__(
        self,
        *args: Any,
        topic: HelpTopic,
        person: User | None,
        tenant: Tenant,
        asked: Asked | None = None,
        overflow: bool = False,
        kept: Sequence[StoredFile] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, tenant=tenant, overflow=overflow, kept=kept, **kwargs)
        self.topic = topic
        self.asked = asked or asked_person(person)
        attachments = self.fields.pop("attachments")
        self.fields.pop("body")
        self.fields["filing_key"] = KeyField()
        if person is None and self.asked != Asked.KNOWN:
            self._ask_who()
        questions = questions_of(topic)
        self._ask_what(asks_more=bool(questions))
        self.fields["attachments"] = attachments
        organisation = person.organisation if person else self._organisation_of_caller()
        around = surroundings(
            questions,
            limit_mb=tenant.attachment_limit_mb,
            overflow=overflow,
            organisation=organisation,
            for_staff=self.asked == Asked.STAFF,
        )
        files = {file.field_key: file.name for file in kept if file.field_key}
        self.ask(questions, self.asked, around=around, files=files)
        self._ask_priority(topic)
        if person is not None:
            self._ask_who_reads(person)

    @property
    def colleagues(self) -> list[User]:
        """Whom the ticket is to be shared with from its beginning."""
        return list(self.cleaned_data.get("colleagues") or ())

    @property
    def is_confidential(self) -> bool:
        return bool(self.cleaned_data.get("confidential"))

    @property
    def priority(self) -> Priority | None:
        """What was chosen, if that was asked."""
        chosen = self.cleaned_data.get("priority")
        return Priority(chosen) if chosen else None

    def clean(self) -> dict[str, Any]:
        data = forms.Form.clean(self) or self.cleaned_data
        self.settle_questions()
        return data

    @property
    def words(self) -> str:
        """The text; below it the answers to questions that were removed since the page was opened, so that nothing
        somebody wrote is lost."""
        removed = self._removed_questions()
        lost = [
            f"{with_colon(removed[name])} {value}" for name in removed for value in self._typed(name) if value.strip()
        ]
        return "\n\n".join([self.cleaned_data["body"], *lost])

    def _removed_questions(self) -> dict[str, str]:
        """The posted names of questions this form asked before, with their labels."""
        keys = [name.removeprefix(PREFIX) for name in set(self.data) - set(self.fields) if name.startswith(PREFIX)]
        gone = removed_questions(self.topic, keys[:MOST_FIELDS]) if keys else []
        return {PREFIX + question.key: question.label for question in gone if may_answer(question, self.asked)}

    def _typed(self, name: str) -> list[str]:
        found = self.data.getlist(name) if isinstance(self.data, QueryDict) else [self.data[name]]
        return [clean_text(str(value))[:BODY_LIMIT] for value in found]

    @property
    def answer_files(self) -> dict[str, UploadedFile]:
        return self.files_sent()

    def still_wants(self, upload: Upload) -> bool:
        """A file that answers a question goes when another one replaces it, or the question is not asked after all."""
        if not upload.field_key:
            return True
        return upload.field_key in self.asked_keys and upload.field_key not in self.answer_files

    def prefill(self, query: QueryDict) -> None:
        """Begin with what an address brings along (`?subject=…&field_site=…`): what this person may answer, and what
        the field would take; the rest is passed over. Never who asks: a confirmation would follow to whoever wrote the
        address."""
        for name in set(query) & set(self.fields) - set(NOT_PREFILLED):
            field = self.fields[name]
            if field.disabled or isinstance(field, forms.FileField | Heading):
                continue
            if isinstance(field, forms.BooleanField) and str(query[name]).strip().lower() not in TICKS:
                continue
            several = isinstance(field, forms.MultipleChoiceField)
            try:
                value = field.clean(query.getlist(name) if several else query[name])
            except forms.ValidationError:
                continue
            if isinstance(field, BodyField) and str(query[name]).endswith("\n"):
                value += "\n\n"  # one writes on below it
            self.initial[name] = value

    def begin_with(self, typed: Mapping[str, Any]) -> None:
        """Begin with what somebody had typed before they were sent to sign in."""
        for name in set(typed) & set(self.fields):
            field = self.fields[name]
            if not field.disabled:  # nobody's words stand in for what is known
                self.initial[name] = True if isinstance(field, forms.BooleanField) else typed[name]

    def _ask_what(self, *, asks_more: bool) -> None:
        """`asks_more`: the topic's own questions ask for the details."""
        self.fields["subject"] = LineField(
            label=_("What is it about?"),
            max_length=200,
            help_text=_("One sentence is enough."),
            error_messages={
                "required": _("Write in one sentence what it is about."),
                "max_length": _("Write at most 200 characters here, and the rest below."),
            },
        )
        self.fields["body"] = BodyField(
            label=_("Tell us more"),
            help_text=_("What happened, or what do you need?")
            if asks_more
            else _("What happened, what did you expect, and what did you do just before?"),
            error_messages={
                "required": _("Tell us what happened, so that we can help."),
                "max_length": _("The text is longer than 200,000 characters. Send the rest as a file."),
            },
        )

    def _ask_priority(self, topic: HelpTopic) -> None:
        """Customers choose only where the portal lets them (A4), and nothing is fixed by the way they come (A3)."""
        settings = priority_settings()
        channel = Channel.GUEST if "email" in self.fields else Channel.PORTAL
        if settings.use == PriorityUse.CHOSEN and channel not in settings.by_channel:
            self.fields["priority"] = PriorityChoice(initial=topic.priority or settings.default)

    def _organisation_of_caller(self) -> Organisation | None:
        """Whose places are offered where an agent writes it down; a guest's address tells nothing."""
        return None

    def _ask_who_reads(self, person: User) -> None:
        people = colleagues_of(person)
        offered = list(people[: COLLEAGUES_TO_TICK + 1])
        if offered:
            self.fields["colleagues"] = (
                ColleaguesChoice(people=offered)
                if len(offered) <= COLLEAGUES_TO_TICK
                else ColleaguesField(
                    people=people,
                    help_text=_("Their mail addresses, with commas between them. They see the ticket and may reply."),
                    nobody=_("You have no colleague here with the address %s. Check it, or leave it out."),
                )
            )
        if is_read_by_colleagues(person):
            self.fields["confidential"] = forms.BooleanField(
                label=_("Keep this ticket from my other colleagues"),
                required=False,
                help_text=_(
                    "Colleagues at %(organisation)s may see its tickets. Tick the box, and they do not see this one."
                )
                % {"organisation": person.organisation},
            )

    def _ask_who(self) -> None:
        self.fields["email"] = AddressField(help_text=_("The confirmation and our answers go there."))
        self.fields["name"] = LineField(
            label=_("Name"),
            max_length=120,
            widget=forms.TextInput(attrs={"autocomplete": "name"}),
            error_messages={"required": _("Write your name.")},
        )
        self.fields["phone"] = LineField(
            label=_("Phone"),
            max_length=40,
            required=False,
            widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
        )
        self.fields["website"] = TrapField()


class OnBehalfForm(FilingForm):
    """A ticket an agent files for somebody who called. Where it goes and how urgent it is, the agent may decide."""

    def __init__(self, *args: Any, topic: HelpTopic, departments: Iterable[Department], **kwargs: Any) -> None:
        super().__init__(*args, topic=topic, person=None, asked=Asked.STAFF, **kwargs)
        del self.fields["website"]
        self.fields["email"].help_text = _("The person gets a confirmation there, and can answer.")
        self.fields["body"].help_text = ""
        self.departments = {str(department.pk): department for department in departments}
        self.fields["department"] = forms.ChoiceField(
            label=_("Department"),
            choices=[
                ("", _("Where the rules send it")),
                *department_choices(self.departments.values()),
            ],
            required=False,
            error_messages={"invalid_choice": _("This department is not there any more. Choose another one.")},
        )
        self.fields["colleagues"] = ColleaguesField(
            people=active_customers(),
            help_text=_(
                "Mail addresses of customers who are to see the ticket and may reply, with commas between them."
            ),
            nobody=_("No active customer has the address %s. Check it, or leave it out."),
        )
        self.fields["confidential"] = forms.BooleanField(
            label=_("Confidential: keep it from the customer's other colleagues"), required=False
        )
        self.fields["despite"] = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def department(self) -> Department | None:
        """Where it goes whatever the rules say, if the agent has chosen."""
        return self.departments.get(self.cleaned_data["department"])

    def _ask_priority(self, topic: HelpTopic) -> None:
        self.fields["priority"] = forms.ChoiceField(
            label=_("Priority"),
            choices=[("", _("As topic, channel and rules decide")), *Priority.choices],
            required=False,
        )

    def _organisation_of_caller(self) -> Organisation | None:
        address = self.data.get("email") or self.initial.get("email") or ""
        caller = person_at(str(address)) if address else None
        return caller.organisation if caller else None


class PreviewForm(FilingForm):
    """A form as `asked` would see it under some topic; `customer` stands for the organisation of whoever is known."""

    def __init__(self, *args: Any, form: TicketForm, asked: Asked, customer: str, **kwargs: Any) -> None:
        self.customer = Organisation(name=customer) if asked == Asked.KNOWN else None
        super().__init__(*args, topic=HelpTopic(form=form), person=None, asked=asked, **kwargs)

    def _organisation_of_caller(self) -> Organisation | None:
        return self.customer
