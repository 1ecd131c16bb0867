"""Who besides the requester is brought into a ticket."""

import re
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.folding import fold_address
from accounts.forms.fields import LineField
from accounts.models import Organisation, User
from accounts.queries.colleagues import named_or_at

COLLEAGUES_TO_TICK = 30  # more are named by address instead


class ColleaguesChoice(forms.MultipleChoiceField):
    """Colleagues to tick, each named as on the page."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, people: list[User]) -> None:
        self.people = {str(person.pk): person for person in people}
        super().__init__(
            label=_("Share it with colleagues"),
            help_text=_("They see the whole ticket, are told of answers and may reply."),
            required=False,
            choices=[(key, str(person)) for key, person in self.people.items()],
            error_messages={"invalid_choice": _("One of them has left in the meantime. Check who is ticked.")},
        )

    def clean(self, value: Any) -> Any:
        return [self.people[key] for key in super().clean(value)]


class ColleaguesField(LineField):
    """Several people by mail address. `nobody` says that one address is nobody's among `people`."""

    LIMIT = 30

    def __init__(self, *, people: QuerySet[User], nobody: str, help_text: str) -> None:
        super().__init__(label=_("Share it with"), required=False, max_length=4000, help_text=help_text)
        self.people, self.nobody = people, nobody

    def clean(self, value: Any) -> Any:
        typed = dict.fromkeys(fold_address(word) for word in re.split(r"[\s,;]+", super().clean(value)) if word)
        if len(typed) > self.LIMIT:
            raise forms.ValidationError(
                _("Write at most %(limit)d addresses; you can add more afterwards.") % {"limit": self.LIMIT}
            )
        found = {person.email_key: person for person in self.people.filter(email_key__in=typed)}
        missing = [self.nobody % address for address in typed if address not in found]
        if missing:
            raise forms.ValidationError(missing)
        return list(found.values())


class ColleagueForm(forms.Form):
    """Who is brought into a ticket: one of `people`, by name or mail address. Whoever is not among them gets the same
    answer, known to the portal or not."""

    SUGGESTED = 30

    def __init__(self, *args: Any, people: QuerySet[User], organisation: Organisation | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.people, self.organisation = people, organisation
        self.fields["colleague"] = LineField(
            label=_("Name or mail address"),
            max_length=254,
            widget=forms.TextInput(attrs={"autocomplete": "off", "list": "colleagues"}),
            error_messages={"required": _("Write a name or a mail address.")},
        )

    @cached_property
    def suggestions(self) -> list[User]:
        """Whom the page offers, where they are not too many; one at least if there is anybody."""
        return list(self.people[: self.SUGGESTED])

    def clean_colleague(self) -> User:
        words = self.cleaned_data["colleague"]
        found = named_or_at(self.people, words)
        if len(found) > 1:
            raise forms.ValidationError(_("Several people have this name. Write the mail address."))
        if not found:
            raise forms.ValidationError(self._nobody())
        return found[0]

    def _nobody(self) -> str:
        if self.organisation is None:
            return _("No customer of yours has this name or address, or their account is closed.")
        return _("Nobody else at %(organisation)s with a confirmed account has this name or address.") % {
            "organisation": self.organisation
        }
