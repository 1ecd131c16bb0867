"""Read the environment into values the settings can use. No Django here, so that it can be tested alone."""

import contextlib
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True)
class MailTransport:
    """How outgoing mail leaves: `keep` (embedded default), `smtp`, or `anymail` (a provider)."""

    kind: str
    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    security: str = ""  # "", "starttls" or "tls"
    provider: str = ""
    anymail: dict[str, str] = field(default_factory=dict)


_SMTP_SECURITY = {"smtp": ("", 25), "smtp+tls": ("starttls", 587), "smtp+ssl": ("tls", 465)}


def mail_transport(url: str) -> MailTransport:
    """Understand EMAIL_URL: `keep://`, `smtp[+tls|+ssl]://user:password@host:port`, `anymail+<provider>://?api_key=…`.

    Raises ValueError with the reason when the address makes no sense.
    """
    parts = urlsplit(url)
    if parts.scheme == "keep":
        return MailTransport(kind="keep")
    if parts.scheme in _SMTP_SECURITY:
        security, port = _SMTP_SECURITY[parts.scheme]
        if not parts.hostname:
            raise ValueError("EMAIL_URL names no mail server")
        return MailTransport(
            kind="smtp",
            host=parts.hostname,
            port=parts.port or port,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            security=security,
        )
    if parts.scheme.startswith("anymail+"):
        provider = parts.scheme.removeprefix("anymail+")
        options = {
            f"{provider}_{key}".upper().replace("-", "_"): values[-1] for key, values in parse_qs(parts.query).items()
        }
        return MailTransport(kind="anymail", provider=provider.replace("-", "_"), anymail=options)
    raise ValueError("EMAIL_URL must begin with keep, smtp, smtp+tls, smtp+ssl or anymail+<provider>")


def kept_secret(path: Path) -> str:
    """The embedded default's secret key: made once, kept beside the data, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or not path.stat().st_size:
        # Written beside and moved into place whole: a crash in between leaves no empty secret.
        beside = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(beside, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w", encoding="ascii") as new:
            new.write(secrets.token_urlsafe(50))
        if path.exists():
            beside.replace(path)
        else:
            with contextlib.suppress(FileExistsError):  # another process was faster; its secret counts
                path.hardlink_to(beside)
            beside.unlink()
    return path.read_text(encoding="ascii").strip()
