"""A help topic as its administrator sets it."""

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.choosing import OrganisationsField, RowsField
from accounts.forms.fields import LineField, TextField
from accounts.models import Agreement, Organisation
from routing.forms import DepartmentField
from routing.models import Department
from tickets.actions.arranging import FIELDS, LEVELS, is_web_address
from tickets.enums import Audience, LeadsTo, Priority
from tickets.icons import ICONS
from tickets.models import HelpTopic, TicketForm
from tickets.topic_tree import Branch, flat, tree_of

PAIRS = {  # the door's keyword, and the columns it fills
    "names": "name",
    "descriptions": "description",
    "guidance": "guidance",
    "checklist": "checklist",
    "wish_answer": "wish_answer",
}

# Each choice with its consequence.
AUDIENCES = {
    Audience.EVERYBODY: gettext_lazy("Everybody who comes to the portal"),
    Audience.SIGNED_IN: gettext_lazy("Whoever is signed in. Others do not see that it exists."),
    Audience.ORGANISATIONS: gettext_lazy(
        "People of certain organisations, signed in. Others do not see that it exists."
    ),
    Audience.AGREEMENTS: gettext_lazy(
        "People whose organisation has a certain agreement, as long as it holds. Others do not see that it exists."
    ),
}
LEADS_TO = {
    LeadsTo.FORM: gettext_lazy("A form: they write to you, and it becomes a ticket."),
    LeadsTo.GUIDANCE: gettext_lazy("Guidance only: they read what to do, and no ticket is made."),
    LeadsTo.LINK: gettext_lazy("An address elsewhere: they leave the portal, and no ticket is made."),
}
# What a topic loses with its first topic below it.
BECOMES_HEADING = {
    LeadsTo.FORM: gettext_lazy(
        "%s leads to a form now. With topics below it, it becomes their heading and its form is no longer reached."
    ),
    LeadsTo.GUIDANCE: gettext_lazy(
        "%s leads to guidance now. With topics below it, it becomes their heading and its guidance is no longer "
        "reached."
    ),
    LeadsTo.LINK: gettext_lazy(
        "%s leads to an address now. With topics below it, it becomes their heading and the address is no longer "
        "reached."
    ),
}


def _pair(name: str, labels: tuple[Any, Any], field: Any = LineField, **options: Any) -> dict[str, forms.Field]:
    return {f"{name}_sv": field(label=labels[0], **options), f"{name}_en": field(label=labels[1], **options)}


class TopicForm(forms.Form):
    """Everything about a topic. `values()`, `organisations` and `agreements` are what the doors take."""

    def __init__(self, *args: Any, topic: HelpTopic | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.topic = topic
        self.fields |= {
            **_pair("name", (_("Name in Swedish"), _("Name in English")), max_length=80, required=False),
            **_pair(
                "description",
                (_("One line below it, in Swedish"), _("One line below it, in English")),
                max_length=200,
                required=False,
            ),
            "slug": forms.SlugField(
                label=_("Word in its address"),
                max_length=60,
                required=False,
                help_text=_("Small letters, digits and hyphens. Links to the old address stop working when it changes.")
                if topic
                else _("Small letters, digits and hyphens. Empty: made from the name."),
                error_messages={"invalid": _("Write only small letters a–z, digits and hyphens.")},
            ),
            "icon": forms.ChoiceField(
                label=_("Drawing"),
                choices=[("", _("None")), *ICONS.items()],
                required=False,
                widget=forms.RadioSelect,
            ),
            "parent": self._place(),
            "makes_heading": forms.BooleanField(label=_("Yes, make it a heading"), required=False),
        }
        self._ask_for_whom()
        self._ask_what_follows()
        self._ask_for_advice()

    def clean_slug(self) -> str:
        return str(self.cleaned_data["slug"]).lower()

    def clean_link(self) -> str:
        link = self.cleaned_data["link"]
        if self.data.get("leads_to") == LeadsTo.LINK and not is_web_address(link):
            raise forms.ValidationError(_("Write the whole address of a page, such as https://example.com/shop"))
        return link if is_web_address(link) else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("name_sv") and not data.get("name_en") and not self.errors.keys() & {"name_sv", "name_en"}:
            self.add_error("name_sv", _("Write its name in one language at least."))
        if data.get("leads_to") == LeadsTo.GUIDANCE and not data.get("guidance_sv") and not data.get("guidance_en"):
            self.add_error("guidance_sv", _("Write what to do, in one language at least."))
        if data.get("audience") == Audience.ORGANISATIONS and data.get("organisations") == []:
            self.add_error("organisations", _("Write to which organisations it is offered."))
        if data.get("audience") == Audience.AGREEMENTS and not data.get("agreements"):
            self.add_error("agreements", _("Choose under which agreements it is offered."))
        if data.get("is_open_to_wishes") is False and not data.get("wish_answer_sv") and not data.get("wish_answer_en"):
            self.add_error("wish_answer_sv", _("Write where wishes go, in one language at least."))
        parent = data.get("parent")
        if parent is not None and not data.get("makes_heading") and self._becomes_heading(parent):
            self.add_error("makes_heading", BECOMES_HEADING[LeadsTo(parent.leads_to)] % parent)
        return data

    def values(self) -> dict[str, Any]:
        """What the door takes, by the names of the topic's columns."""
        data = self.cleaned_data
        slug = data["slug"] or (self.topic.slug if self.topic else free_slug(data["name_sv"] or data["name_en"]))
        return {**{name: data[name] for name in FIELDS}, "slug": slug}

    def values_of_new(self) -> dict[str, Any]:
        """The same as the keywords of `add_topic`."""
        values = self.values()
        pairs = {door: (values.pop(f"{column}_sv"), values.pop(f"{column}_en")) for door, column in PAIRS.items()}
        return values | pairs

    @staticmethod
    def of(topic: HelpTopic) -> dict[str, Any]:
        """The form's first values for a topic."""
        organisations = Organisation.objects.filter(help_topics__topic=topic).order_by("name")
        return {
            **{name: getattr(topic, name) for name in FIELDS},
            "organisations": "\n".join(organisations.values_list("name", flat=True)),
            "agreements": list(topic.agreements.values_list("agreement_id", flat=True)),
        }

    def _place(self) -> forms.ModelChoiceField:
        """Where it may stand: not below itself, not deeper than pages show, below nothing retired but where it is."""
        places = [
            branch
            for branch in flat(tree_of(HelpTopic.objects.all()))
            if branch.depth < LEVELS - 1 and self._may_stand_below(branch)
        ]
        field = forms.ModelChoiceField(
            label=_("Stands below"),
            queryset=HelpTopic.objects.filter(pk__in=[branch.topic.pk for branch in places]),
            required=False,
            empty_label=_("no other topic"),
            help_text=_("One that has topics below it becomes their heading, and leads nowhere itself."),
            error_messages={"invalid_choice": _("This topic cannot have others below it. Choose another one.")},
        )
        field.choices = [("", field.empty_label)] + [
            (branch.topic.pk, f"{'– ' * branch.depth}{branch.topic.name}") for branch in places
        ]
        return field

    def _may_stand_below(self, branch: Branch) -> bool:
        topic = self.topic
        if topic is None:
            return branch.topic.is_active
        return topic.pk not in branch.line and (branch.topic.is_active or branch.topic.pk == topic.parent_id)

    def _becomes_heading(self, parent: HelpTopic) -> bool:
        """Whether this is the first topic offered below one that leads somewhere itself so far."""
        topic = self.topic
        if topic is not None and (topic.parent_id == parent.pk or not topic.is_active):
            return False
        return not parent.children.filter(is_active=True).exists()

    def _ask_for_whom(self) -> None:
        self.fields["audience"] = forms.ChoiceField(
            label=_("Who is offered it?"),
            choices=list(AUDIENCES.items()),
            initial=Audience.EVERYBODY,
            widget=forms.RadioSelect,
        )
        self.fields["organisations"] = OrganisationsField(
            label=_("Organisations"), help_text=_("Their names, one a line, as they stand under Organisations.")
        )
        offered = Agreement.objects.filter(is_active=True)
        if self.topic:
            offered = offered | Agreement.objects.filter(help_topics__topic=self.topic)
        self.fields["agreements"] = RowsField(
            label=_("Agreements"),
            queryset=offered.distinct().order_by("name"),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            error_messages={"invalid_choice": _("This agreement is no longer offered. Choose another one.")},
        )

    def _ask_what_follows(self) -> None:
        self.fields["leads_to"] = forms.ChoiceField(
            label=_("What does it lead to?"),
            choices=list(LEADS_TO.items()),
            initial=LeadsTo.FORM,
            widget=forms.RadioSelect,
        )
        self.fields["form"] = forms.ModelChoiceField(
            label=_("Form"),
            queryset=TicketForm.objects.order_by("name"),
            required=False,
            empty_label=_("Only what all forms ask: what it is about, more about it, files"),
            error_messages={"invalid_choice": _("This form has just been removed. Choose another one.")},
        )
        open_now = Department.objects.filter(is_active=True)
        if self.topic and self.topic.department_id:
            open_now = open_now | Department.objects.filter(pk=self.topic.department_id)
        self.fields["department"] = DepartmentField(
            label=_("Department"),
            queryset=open_now.order_by("name"),
            required=False,
            empty_label=_("The one that takes what nothing else decides"),
            help_text=_("Where its tickets go when neither the organisation nor a rule decides."),
            error_messages={"invalid_choice": _("This department has just been closed. Choose another one.")},
        )
        self.fields["priority"] = forms.ChoiceField(
            label=_("Priority"),
            choices=[("", _("As the portal’s settings say")), *Priority.choices],
            required=False,
            help_text=_("With which its tickets begin. Rules and staff can change it."),
        )
        guidance = (_("Guidance in Swedish"), _("Guidance in English"))
        self.fields |= _pair("guidance", guidance, TextField, rows=6, max_length=5000)
        self.fields["link"] = LineField(
            label=_("Address"),
            max_length=300,
            required=False,
            widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        )

    def _ask_for_advice(self) -> None:
        self.fields |= _pair(
            "checklist",
            (_("Check list in Swedish"), _("Check list in English")),
            TextField,
            max_length=2000,
            help_text=_(
                "One point a line. It is read above the form; nothing has to be ticked. "
                "A link is written [words](/address/)."
            ),
        )
        self.fields["is_open_to_wishes"] = forms.BooleanField(
            label=_("Wishes may be sent here"),
            required=False,
            initial=True,
            help_text=_(
                "Switched off, the form says quietly where wishes go instead, and staff can put the same words into "
                "their reply. Whoever sends a wish all the same still gets a ticket."
            ),
        )
        self.fields |= _pair(
            "wish_answer",
            (_("Where wishes go, in Swedish"), _("Where wishes go, in English")),
            TextField,
            max_length=2000,
        )


def free_slug(name: str) -> str:
    """A word for a new topic's address, made from its name, that no other topic has."""
    plain = slugify(name)[:50] or "topic"
    taken = set(HelpTopic.objects.filter(slug__startswith=plain).values_list("slug", flat=True))
    return next(word for word in _numbered(plain) if word not in taken)


def _numbered(plain: str) -> Any:
    yield plain
    number = 2
    while True:
        yield f"{plain}-{number}"
        number += 1
