from collections.abc import Iterable
from typing import Any

from django import forms
from django.core import signing
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import AddressField, PasswordField
from accounts.models import User
from accounts.password_rules import LONGEST, PasswordRule, judge_password
from accounts.scoping import current_tenant

_ABOUT_SALT, _ABOUT_LIFE = "accounts.forms.password.about", 24 * 3600


class SignInForm(forms.Form):
    email = AddressField(widget=forms.EmailInput(attrs={"autocomplete": "username", "inputmode": "email"}))
    password = PasswordField(
        label=_("Password"),
        autocomplete="current-password",
        error_messages={"required": _("Write your password.")},
    )


class PasswordRequestForm(forms.Form):
    email = AddressField()


class PasswordForm(forms.Form):
    """A new password, asked for once: "show" replaces typing it twice. What the portal asks of it is shown from the
    start, and checked while typing by the address `password_check`.

    Show it with templates/components/new_password.html, on a page whose scripts include components/live.html.
    """

    password = PasswordField(
        label=_("New password"),
        autocomplete="new-password",
        error_messages={
            "required": _("Write the password you want."),
            "max_length": format_lazy(_("Write at most {limit} characters."), limit=LONGEST),
        },
    )
    about = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.initial["about"] = signing.dumps(user.pk, salt=_salt())
        self.fields["password"].widget.attrs |= {
            "aria-describedby": "password-rules id_password_error",
            "hx-post": reverse("password_check"),
            "hx-trigger": "input changed delay:400ms",
            "hx-target": "#password-rules",
            "hx-swap": "innerHTML",
            "hx-include": "closest form",
        }

    @property
    def rules(self) -> list[PasswordRule]:
        """What the portal asks, none of it met yet."""
        return judge_new_password("")

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        missing = [rule.words for rule in judge_new_password(password, self.user) if not rule.is_met]
        if missing:
            reasons = "; ".join(str(words) for words in missing)
            raise forms.ValidationError(_("It still needs this: %(reasons)s."), params={"reasons": reasons})
        return password


def judge_new_password(password: str, user: User | None = None, typed: Iterable[str] = ()) -> list[PasswordRule]:
    """What this portal asks of a new password, and what of it this one has. `typed`: what somebody says their name and
    address are, where they choose a password before the portal knows."""
    tenant = current_tenant()
    own = [tenant.name, tenant.mail_address, *typed, *([user.name, user.email] if user else [])]
    return judge_password(tenant.password_policy, password, own)


def person_typing(about: str) -> User | None:
    """Whose new password is being typed, as the form that is typed into says, sealed by us."""
    try:
        key = signing.loads(about, salt=_salt(), max_age=_ABOUT_LIFE)
    except signing.BadSignature:
        return None
    person: User | None = User.objects.filter(pk=key).first()
    return person


def _salt() -> str:
    return f"{_ABOUT_SALT}.{current_tenant().pk}"
