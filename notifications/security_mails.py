"""What the mails say about proving who one is: codes, and changes to the account's security."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.actions.codes import LIFE
from accounts.enums import AccountEventKind, FactorKind
from accounts.models import AccountEvent, SignInCode
from accounts.scoping import current_tenant
from accounts.tokens.codes import code_digits, in_groups
from notifications.addresses import header_line
from notifications.enums import MailKind

Values = dict[str, Any]


def _code(event: AccountEvent) -> Values:
    code: SignInCode = SignInCode.objects.get(pk=event.data["code"], address_key=event.user.email_key)
    until = timezone.localtime(code.created_at + LIFE)
    return {"digits": in_groups(code_digits(code)), "until": date_format(until, "TIME_FORMAT")}


def _security(event: AccountEvent) -> Values:
    tenant = current_tenant()
    return {
        "what": _in_words(event),
        "when": date_format(timezone.localtime(event.created_at), "DATETIME_FORMAT"),
        "browser": header_line(str(event.data.get("browser", ""))),
        "security_link": tenant.url(reverse("security")),
        "request_link": tenant.url(reverse("password_request")),
    }


def _in_words(event: AccountEvent) -> str:
    if event.data.get("all"):
        return _("An administrator has taken away your second factor and your recovery codes.")
    name = header_line(str(event.data.get("name", "")))
    is_passkey = event.data.get("factor") == FactorKind.PASSKEY
    words = {
        AccountEventKind.PASSWORD_SET: _("Your password has been changed."),
        AccountEventKind.CODES_RENEWED: _("New recovery codes have been made; the earlier ones no longer work."),
        AccountEventKind.FACTOR_ADDED: _("The passkey “%s” has been added.") % name
        if is_passkey
        else _("An authenticator app has been added."),
        AccountEventKind.FACTOR_REMOVED: _("The passkey “%s” has been removed.") % name
        if is_passkey
        else _("The authenticator app has been removed."),
    }
    return words[AccountEventKind(event.kind)]


SECURITY_MAILS: dict[MailKind, Callable[[AccountEvent], Values]] = {
    MailKind.CODE: _code,
    MailKind.SECURITY: _security,
}
