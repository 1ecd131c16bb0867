"""The mail server a portal's own mails leave by, where its administrators have named one."""

from dataclasses import dataclass

from accounts.sealing import Unreadable, unseal
from notifications.enums import MailSecurity, Trouble
from notifications.facts import ServerAway
from notifications.models import MailSettings

_SECURITY = {MailSecurity.TLS: "tls", MailSecurity.STARTTLS: "starttls", MailSecurity.NONE: ""}


@dataclass(frozen=True)
class PortalServer:
    """A `notifications.smtp.Server` that is to be reached with care: `Conversation(server, is_guarded=True)`."""

    host: str
    port: int
    user: str
    password: str
    security: str


def own_server(settings: MailSettings) -> PortalServer | None:
    """The portal's own server, None where its mails leave by the installation's. Raises ServerAway when its password
    cannot be read any more, because the installation's key has changed."""
    if not settings.smtp_host:
        return None
    try:
        password = unseal(settings.smtp_secret) if settings.smtp_secret else ""
    except Unreadable as reason:
        raise ServerAway(Trouble.SIGN_IN, "The password cannot be read any more. Type it again.") from reason
    return PortalServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        user=settings.smtp_username,
        password=password,
        security=_SECURITY[MailSecurity(settings.smtp_security)],
    )
