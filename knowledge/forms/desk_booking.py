"""Activities and their occasions, as staff writes them."""

from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import Language, Role
from accounts.forms.choosing import OrganisationsField
from accounts.forms.fields import AddressField, LineField, TextField
from accounts.models import User
from accounts.queries.people import person_at
from accounts.scoping import current_tenant
from accounts.timezones import city_of
from knowledge.actions import activities
from knowledge.actions.activities import ActivityWords
from knowledge.actions.occasions import MOST_AT_ONCE, OccasionWords, words_of
from knowledge.enums import ActivityKind, Audience, Repeat
from knowledge.forms.meanwhile import SEEN, ask_seen
from knowledge.forms.moments import MomentField
from knowledge.models import Activity, Occasion
from knowledge.seen import mark_of

REFUSED = {
    "past": ("starts_at", gettext_lazy("Choose a time that is still to come.")),
    "seats": ("seats", gettext_lazy("More people than that have a place. Remove some of them first.")),
    "book_until": ("book_until", gettext_lazy("Choose a time before it begins.")),
    "times": ("times", gettext_lazy("Enter at most %d at a time.") % MOST_AT_ONCE),
}


class OccasionForm(forms.Form):
    """One time an activity is held. `words()` is what the door takes."""

    starts_at = MomentField(label=gettext_lazy("Begins"))
    minutes = forms.IntegerField(
        label=gettext_lazy("Length in minutes"),
        min_value=5,
        max_value=10_080,
        initial=60,
    )
    seats = forms.IntegerField(label=gettext_lazy("Seats"), min_value=1, max_value=10_000, initial=10)
    place = LineField(label=gettext_lazy("Place"), max_length=200, required=False)
    link = forms.URLField(
        label=gettext_lazy("Link, if it is held online"),
        help_text=gettext_lazy("Only whoever has a place sees it."),
        max_length=300,
        required=False,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
        error_messages={"invalid": gettext_lazy("Write an address that begins with https://.")},
    )
    host = forms.ModelChoiceField(
        label=gettext_lazy("Held by"), queryset=User.objects.none(), required=False, empty_label="–"
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Held in"),
        choices=[("", gettext_lazy("Either language")), *Language.choices],
        required=False,
    )
    book_until = MomentField(
        label=gettext_lazy("Book before"),
        help_text=gettext_lazy("Empty: until it begins. You can enter people yourself until then in any case."),
        required=False,
    )

    def __init__(self, *args: Any, occasion: Occasion | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = User.objects.filter(role__in=[role for role in Role if role != Role.CUSTOMER], is_active=True)
        hosts: Any = self.fields["host"]
        hosts.queryset = staff.order_by("name", "email")
        there, here = current_tenant().time_zone, timezone.get_current_timezone_name()
        self.fields["starts_at"].help_text = _("Time in %s.") % city_of(here) if there != here else ""
        if occasion is not None:
            names = ("starts_at", "minutes", "seats", "place", "link", "language", "book_until")
            self.initial = {name: getattr(occasion, name) for name in names} | {"host": occasion.host_id}
            ask_seen(self, mark_of(words_of(occasion)))

    def words(self) -> OccasionWords:
        names = ("starts_at", "minutes", "seats", "place", "link", "host", "language", "book_until")
        return OccasionWords(**{name: self.cleaned_data[name] for name in names})

    def refuse(self, why: str) -> None:
        """Say in the form what the door refused."""
        field, words = REFUSED[why]
        self.add_error(field if field in self.fields else None, str(words))


class NewOccasionsForm(OccasionForm):
    """One occasion, or several at once."""

    activity = forms.ModelChoiceField(label=gettext_lazy("What"), queryset=Activity.objects.none(), empty_label=None)
    repeat = forms.ChoiceField(label=gettext_lazy("How often"), choices=Repeat.choices, initial=Repeat.NEVER)
    times = forms.IntegerField(
        label=gettext_lazy("How many times"),
        help_text=gettext_lazy("Where it comes again. You can change or cancel each by itself."),
        min_value=1,
        max_value=MOST_AT_ONCE,
        initial=1,
    )
    field_order = ["activity", "starts_at", "minutes", "repeat", "times"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        what: Any = self.fields["activity"]
        what.queryset = Activity.objects.filter(is_active=True)


class ActivityForm(forms.Form):
    """What can be booked, and who may. `words()` is what the door takes."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=ActivityKind.choices, widget=forms.RadioSelect)
    title_sv = LineField(label=gettext_lazy("Title in Swedish"), max_length=120, required=False)
    title_en = LineField(label=gettext_lazy("Title in English"), max_length=120, required=False)
    body_sv = TextField(label=gettext_lazy("Description in Swedish"), max_length=5000, rows=6)
    body_en = TextField(label=gettext_lazy("Description in English"), max_length=5000, rows=6)
    audience = forms.ChoiceField(
        label=gettext_lazy("Who may book"),
        help_text=gettext_lazy("What is for everybody is shown to guests, too; to book, they sign in."),
        choices=Audience.choices,
        widget=forms.RadioSelect,
    )
    organisations = OrganisationsField(
        label=gettext_lazy("Organisations"),
        help_text=gettext_lazy("Their names, one a line. Only for certain organisations."),
    )

    def __init__(self, *args: Any, activity: Activity | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"kind": ActivityKind.TRAINING, "audience": Audience.SIGNED_IN}
        if activity is not None:
            names = ("kind", "title_sv", "title_en", "body_sv", "body_en", "audience")
            chosen = activity.organisations.order_by("organisation__name")
            self.initial = {name: getattr(activity, name) for name in names}
            self.initial["organisations"] = "\n".join(chosen.values_list("organisation__name", flat=True))
            ask_seen(self, mark_of(activities.words_of(activity)))

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if not (said.get("title_sv") or said.get("title_en")) and not {"title_sv", "title_en"} & set(self.errors):
            self.add_error("title_sv", _("Write a title, in one of the languages at least."))
        needs = said.get("audience") == Audience.ORGANISATIONS and "organisations" not in self.errors
        if needs and not said.get("organisations"):
            self.add_error("organisations", _("Write for which organisations it is."))
        return said

    def words(self) -> ActivityWords:
        said = {name: value for name, value in self.cleaned_data.items() if name != SEEN}
        kinds = {"kind": ActivityKind(said["kind"]), "audience": Audience(said["audience"])}
        return ActivityWords(**{**said, **kinds, "organisations": tuple(said["organisations"])})


class BookForForm(forms.Form):
    """Entering somebody. Cleans to the person."""

    person = AddressField(label=gettext_lazy("Mail address of whoever takes part"))

    def clean_person(self) -> User:
        found = person_at(self.cleaned_data["person"])
        if found is None or not found.is_active:
            raise forms.ValidationError(_("Nobody with this address has an account here."))
        return found


class CancellationForm(forms.Form):
    reason = LineField(
        label=gettext_lazy("Why?"),
        help_text=gettext_lazy("Everybody who has booked reads it."),
        max_length=300,
        required=False,
    )
