"""The form of a new ticket, as customers and agents fill it in."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from accounts.forms.fields import AddressField, LineField, TrapField
from accounts.models import User
from accounts.queries.colleagues import active_customers, colleagues_of, is_read_by_colleagues
from tickets.enums import Priority
from tickets.forms.colleagues import COLLEAGUES_TO_TICK, ColleaguesChoice, ColleaguesField
from tickets.forms.fields import BodyField, KeyField
from tickets.forms.messages import MessageForm
from tickets.forms.questions import form_field, kept_answer
from tickets.models import FormField, HelpTopic
from tickets.queries import questions_of


class FilingForm(MessageForm):
    """A topic's form: who asks (guests only), what about, and the topic's own questions as `field_<key>`."""

    key = None  # type: ignore[assignment]

    def __init__(self, *args: Any, topic: HelpTopic, person: User | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        attachments = self.fields.pop("attachments")
        self.fields.pop("body")
        self.fields["filing_key"] = KeyField()
        if person is None:
            self._ask_who()
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
            help_text=_("What happened, what did you expect, and what did you do just before?"),
            error_messages={
                "required": _("Tell us what happened, so that we can help."),
                "max_length": _("The text is longer than 200,000 characters. Send the rest as a file."),
            },
        )
        self.fields["attachments"] = attachments
        self.questions = questions_of(topic)
        for question in self.questions:
            self.fields[f"field_{question.key}"] = form_field(question)
        if person is not None:
            self._ask_who_reads(person)

    @property
    def colleagues(self) -> list[User]:
        """Whom the ticket is to be shared with from its beginning."""
        return list(self.cleaned_data.get("colleagues") or ())

    @property
    def is_confidential(self) -> bool:
        return bool(self.cleaned_data.get("confidential"))

    def clean(self) -> dict[str, Any]:
        return forms.Form.clean(self) or self.cleaned_data

    def answers(self) -> dict[FormField, str]:
        """The answers to the topic's own questions, as they are kept."""
        return {question: kept_answer(self.cleaned_data.get(f"field_{question.key}")) for question in self.questions}

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
    """A ticket an agent files for somebody who called."""

    def __init__(self, *args: Any, topic: HelpTopic, **kwargs: Any) -> None:
        super().__init__(*args, topic=topic, person=None, **kwargs)
        del self.fields["website"]
        self.fields["email"].help_text = _("The person gets a confirmation there, and can answer.")
        self.fields["body"].help_text = ""
        self.fields["priority"] = forms.ChoiceField(
            label=_("Priority"), choices=Priority.choices, initial=Priority.MEDIUM
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
