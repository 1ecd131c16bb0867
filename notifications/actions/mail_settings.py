"""How the portal's mail goes out, and by what it trusts what comes in, as its administrators set it."""

from dataclasses import dataclass, field

from django.db import transaction

from accounts.models import User
from accounts.rules import require_administrator
from accounts.sealing import seal
from notifications.enums import MailSecurity
from notifications.models import MailSettings


class PasswordMissing(ValueError):
    """The password has to be typed, because there is none or it would go somewhere else than before."""


@dataclass(frozen=True)
class OutgoingServer:
    """The server the portal's mails leave by; `host` empty: the installation's. `password` empty keeps the one there
    is; without `username` none is needed."""

    host: str = ""
    port: int = 587
    security: str = MailSecurity.STARTTLS
    username: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class MailRules:
    """What the columns of `MailSettings` of the same names mean."""

    answers_by_token: bool = True
    authserv_id: str = ""
    mails_an_hour: int = 30
    acknowledgements_an_hour: int = 5


def set_outgoing(*, actor: User | None, server: OutgoingServer) -> MailSettings:
    """Let the portal's mails leave by a server of its own, or by the installation's again. Holds from the next mail on,
    those that wait included. The password is kept sealed.

    Raises PasswordMissing, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        row = _lock()
        place = {f"smtp_{name}": getattr(server, name) for name in ("host", "port", "security", "username")}
        secret = _secret(row, server, goes_elsewhere=any(getattr(row, name) != value for name, value in place.items()))
        for name, value in {**place, "smtp_secret": secret}.items():
            setattr(row, name, value)
        row.save(update_fields=[*place, "smtp_secret"])
    return row


def set_mail_rules(*, actor: User | None, rules: MailRules) -> MailSettings:
    """Say how answers find their ticket, whose findings about senders count, and how much is too much. Raises
    PermissionError unless the actor is an administrator."""
    return _save(actor, vars(rules))


def set_dkim_selectors(*, actor: User | None, selectors: list[str]) -> MailSettings:
    """Say under which names the advice looks for the keys mails are signed with. Changes no mail. Raises
    PermissionError unless the actor is an administrator."""
    return _save(actor, {"dkim_selectors": ", ".join(dict.fromkeys(selectors))})


def _save(actor: User | None, values: dict[str, object]) -> MailSettings:
    require_administrator(actor)
    with transaction.atomic():
        row = _lock()
        for name, value in values.items():
            setattr(row, name, value)
        row.save(update_fields=list(values))
    return row


def _secret(row: MailSettings, server: OutgoingServer, *, goes_elsewhere: bool) -> str:
    if not server.username or not server.host:
        return ""
    if server.password:
        return seal(server.password)
    if goes_elsewhere or not row.smtp_secret:
        raise PasswordMissing
    return row.smtp_secret


def _lock() -> MailSettings:
    MailSettings.objects.get_or_create()
    row: MailSettings = MailSettings.objects.select_for_update().get()
    return row
