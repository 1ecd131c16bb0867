"""An address people write to, as its administrator sets it."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import Language
from accounts.folding import clean_text
from accounts.forms.fields import AddressField
from accounts.models import User
from notifications.actions.addressing import AddressWords
from notifications.models import MailAddress
from routing.forms import DepartmentField
from routing.models import Department
from tickets.enums import Priority
from tickets.models import HelpTopic
from tickets.queries import open_topics


class TopicField(forms.ModelChoiceField):
    """A topic that makes tickets, with the one above it where there is one."""

    def label_from_instance(self, topic: HelpTopic) -> str:
        return f"{topic.parent.name} › {topic.name}" if topic.parent else topic.name


class AddressForm(forms.Form):
    """What a mail to the address becomes."""

    email = AddressField(
        help_text=gettext_lazy(
            "Mail to it must reach this portal: through a connected mailbox, or because your mail server hands it over."
        ),
    )
    topic = TopicField(
        label=gettext_lazy("What is it about?"),
        help_text=gettext_lazy("The ticket gets this topic. What its form asks is asked afterwards, not in the mail."),
        queryset=HelpTopic.objects.none(),
    )
    department = DepartmentField(
        label=gettext_lazy("Who gets it?"),
        help_text=gettext_lazy("A routing rule may still send single tickets elsewhere."),
        queryset=Department.objects.none(),
        required=False,
    )
    priority = forms.ChoiceField(
        label=gettext_lazy("With which priority does it begin?"),
        help_text=gettext_lazy("Mail does not say how urgent it is, so it usually begins low. Agents revise it."),
        choices=Priority.choices,
        initial=Priority.LOW,
    )
    language = forms.ChoiceField(
        label=gettext_lazy("In which language are strangers answered?"),
        help_text=gettext_lazy("People the portal knows are written to in their own language."),
        required=False,
    )

    def __init__(self, *args: Any, actor: User, address: MailAddress | None = None, **kwargs: Any) -> None:
        if address is not None:
            named = ("email", "topic", "department", "priority", "language")
            kwargs = {"initial": {field: getattr(address, field) for field in named}, **kwargs}
        super().__init__(*args, **kwargs)
        topic, department, language = (self.fields[name] for name in ("topic", "department", "language"))
        chosen_topic = address.topic_id if address else None
        chosen_department = address.department_id if address else None
        offered = Q(pk__in=open_topics(actor).order_by().values("pk")) | Q(pk=chosen_topic)
        topic.queryset = HelpTopic.objects.filter(offered).select_related("parent")  # type: ignore[attr-defined]
        topic.empty_label = _("Choose a topic")  # type: ignore[attr-defined]
        topic.error_messages |= {
            "required": _("Choose what mail to this address is about."),
            "invalid_choice": _("This topic makes no tickets any more. Choose another one."),
        }
        departments = Department.objects.filter(Q(is_active=True) | Q(pk=chosen_department))
        department.queryset = departments.order_by("name")  # type: ignore[attr-defined]
        department.empty_label = _("The department the topic goes to")  # type: ignore[attr-defined]
        department.error_messages["invalid_choice"] = _("This department has just been closed. Choose another one.")
        language.choices = [("", _("The portal’s language")), *Language.choices]  # type: ignore[attr-defined]

    @property
    def words(self) -> AddressWords:
        """What the door takes, once the form is valid."""
        return AddressWords(**self.cleaned_data)


class RetirementForm(forms.Form):
    """Where people turn who write to a retired address."""

    words_sv = forms.CharField(
        label=gettext_lazy("In Swedish"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    words_en = forms.CharField(
        label=gettext_lazy("In English"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def clean_words_sv(self) -> str:
        return clean_text(self.cleaned_data["words_sv"])

    def clean_words_en(self) -> str:
        return clean_text(self.cleaned_data["words_en"])
