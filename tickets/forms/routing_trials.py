"""An invented ticket, to see where it would go."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import Language
from accounts.folding import clean_text, fold_address
from accounts.forms.choosing import OrganisationField
from accounts.forms.fields import LineField
from accounts.models import Organisation, User
from accounts.passing import whole_number
from tickets.enums import Channel, FieldKind, LeadsTo, Priority
from tickets.forms.questions import QuestionsMixin
from tickets.models import FormField, HelpTopic
from tickets.queries import questions_of
from tickets.questions import Asked

NO_ANSWER = (FieldKind.HEADING, FieldKind.FILE)
WORDS = 5000


class InventedTicketForm(QuestionsMixin):
    """What routing looks at. The topic's questions are asked once it is chosen; none of them has to be answered."""

    topic = forms.ModelChoiceField(label=gettext_lazy("Help topic"), queryset=HelpTopic.objects.none())
    address = LineField(
        label=gettext_lazy("Mail address of whoever asks"),
        help_text=gettext_lazy("If it is known here, the person's organisation and earlier tickets count."),
        max_length=254,
        required=False,
    )
    organisation = OrganisationField(
        label=gettext_lazy("Organisation"),
        help_text=gettext_lazy("Of somebody who is not known here."),
        max_length=120,
        required=False,
    )
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=Channel.choices, initial=Channel.PORTAL)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=Language.choices)
    priority = forms.ChoiceField(
        label=gettext_lazy("Priority at the beginning"), choices=Priority.choices, initial=Priority.MEDIUM
    )
    words = forms.CharField(
        label=gettext_lazy("Subject or text"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=WORDS,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topics: Any = self.fields["topic"]
        topics.queryset = HelpTopic.objects.filter(is_active=True, leads_to=LeadsTo.FORM).select_related("form")
        topics.empty_label = _("Choose a topic")
        topics.error_messages |= {
            "required": _("Choose a help topic."),
            "invalid_choice": _("This topic is not offered any more. Choose another one."),
        }
        self.person: User | None = None
        self.ask(self._questions(), Asked.STAFF, required=())

    def clean_words(self) -> str:
        return clean_text(self.cleaned_data["words"])

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"]
        if address:
            people = User.objects.select_related("organisation__agreement")
            self.person = people.filter(email_key=fold_address(address)).first()
        return address

    def clean_organisation(self) -> Organisation | None:
        named: Organisation | None = self.cleaned_data["organisation"]
        return self.person.organisation if self.person else named

    def clean(self) -> None:
        self.settle_questions()

    def _questions(self) -> list[FormField]:
        """The questions of the chosen topic, as they are asked when it is filed; none while none is chosen."""
        chosen = whole_number(self.data.get("topic", "")) if self.is_bound else None
        topics = HelpTopic.objects.filter(is_active=True)
        topic = topics.filter(pk=chosen).first() if chosen is not None else None
        return [question for question in questions_of(topic) if question.kind not in NO_ANSWER] if topic else []
