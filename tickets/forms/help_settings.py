from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import BodyField, LineField
from knowledge.models import HelpSettings
from tickets.models import HelpTopic, ManualTopic
from tickets.queries import with_form

TIPS_HELP = _(
    "One a line, at most five, short. Shown above every form until the reader puts them away. "
    "A link is written [words](/address/)."
)
MOST_TIPS = 5


class TipsField(BodyField):
    """A tip a line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, rows=4, max_length=2000, help_text=TIPS_HELP, **kwargs)

    def clean(self, value: Any) -> str:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > MOST_TIPS:
            raise forms.ValidationError(_("Nobody reads more than five. Keep those that matter most."))
        return "\n".join(lines)


class HelpSettingsForm(forms.Form):
    """How a portal's help centre is."""

    welcome_sv = LineField(
        label=_("Words on the front page, in Swedish"),
        required=False,
        max_length=300,
        help_text=_("A sentence or two below the welcome. Empty: ours."),
    )
    welcome_en = LineField(label=_("Words on the front page, in English"), required=False, max_length=300)
    guide_first = forms.BooleanField(
        label=_("Lead people through “Where do I turn?” first"),
        required=False,
        help_text=_("The front page begins with its first question. All topics are still there, below."),
    )
    tips_sv = TipsField(label=_("Tips before a form, in Swedish"))
    tips_en = TipsField(label=_("Tips before a form, in English"))
    asks_if_helpful = forms.BooleanField(
        label=_("Ask readers whether an article helped"),
        required=False,
        help_text=_("They answer with yes or no, and may add a comment that only staff read."),
    )
    manual_topic = forms.ModelChoiceField(
        label=_("Topic of tickets about what is missing in the help centre"),
        queryset=HelpTopic.objects.none(),
        required=False,
        empty_label=_("None: readers are not asked"),
        help_text=_("“Is something missing?” below each article leads to its form, for those who are offered it."),
    )
    agents_publish = forms.BooleanField(
        label=_("Everybody on the staff may publish articles"),
        required=False,
        help_text=_("If not, all may write drafts; leads of departments, support leads and administrators publish."),
    )
    review_months = forms.IntegerField(
        label=_("Months until an article is looked through again"),
        min_value=1,
        max_value=60,
        help_text=_("Whoever answers for it is asked by mail whether it still holds. Counts from the next time on."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": _("Write a whole number."), "required": _("Write a number of months.")},
    )

    def __init__(self, *args: Any, settings: HelpSettings, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topics = with_form(HelpTopic.objects.filter(is_active=True)).select_related("parent")
        self.fields["manual_topic"].queryset = topics  # type: ignore[attr-defined]
        self.initial = {name: getattr(settings, name) for name in self.fields if name != "manual_topic"}
        chosen = ManualTopic.objects.first()
        self.initial["manual_topic"] = chosen.topic_id if chosen else None

    @property
    def settings(self) -> dict[str, Any]:
        """What `set_help_settings` takes."""
        data = self.cleaned_data
        plain = ("guide_first", "asks_if_helpful", "agents_publish", "review_months")
        return {
            "welcome": (data["welcome_sv"], data["welcome_en"]),
            "tips": (data["tips_sv"], data["tips_en"]),
            **{name: data[name] for name in plain},
        }
