"""What mail servers found out about who sent a mail: Authentication-Results, RFC 8601."""

import re
from email.message import Message

from notifications.mail.glances import address_in, header, headers
from notifications.mail.parsed import Authentication

RESULT = re.compile(r"^\s*([a-z][a-z0-9-]{0,30})(?:/\d+)?\s*=\s*([a-z]{2,20})\b(.*)$", re.I | re.S)
PROPERTY = re.compile(r"\b((?:smtp|header|policy|body|dns)\.[a-z-]{1,30})\s*=\s*(\"[^\"]{0,300}\"|[^\s;]{1,300})", re.I)


def results_of(message: Message) -> tuple[Authentication, ...]:
    """Every Authentication-Results header, the topmost first.

    Anybody can write such a header into a mail, also in another server's name: only what our own server wrote counts,
    and it writes above what came with the mail, so the first one `by` our server is the one to believe. Where several
    signatures passed, `dkim_domain` is the one of the sender's domain if there is one, else the first.
    """
    sender_domain = address_in(header(message, "From")).rpartition("@")[2]
    found = (_read(value, sender_domain) for value in headers(message, "Authentication-Results"))
    return tuple(result for result in found if result is not None)


def _read(value: str, sender_domain: str) -> Authentication | None:
    by, *clauses = _apart(_without_comments(value))
    if not by.strip():
        return None
    first: dict[str, str] = {}
    domains: dict[str, str] = {}
    signed: list[str] = []
    for clause in clauses[:40]:
        result = RESULT.match(clause)
        if result is None:
            continue
        method, verdict = result[1].lower(), result[2].lower()
        says = {name.lower(): word.strip('"').lower() for name, word in PROPERTY.findall(result[3])}
        if method == "dkim" and verdict == "pass":
            signed.append(says.get("header.d") or says.get("header.i", "").rpartition("@")[2])
            first["dkim"] = "pass"
        elif method in ("spf", "dkim", "dmarc"):
            first.setdefault(method, verdict)
        if method == "spf":
            mail_from = says.get("smtp.mailfrom") or says.get("smtp.helo", "")
            domains.setdefault("spf", mail_from.rpartition("@")[2])
    return Authentication(
        by=by.split()[0].strip('"').lower(),
        spf=first.get("spf", ""),
        dkim=first.get("dkim", ""),
        dmarc=first.get("dmarc", ""),
        dkim_domain=sender_domain if sender_domain in signed else next(iter(signed), ""),
        spf_domain=domains.get("spf", ""),
    )


def _without_comments(value: str) -> str:
    """RFC 5322 comments nest, and may stand anywhere but in quotes: "spf=fail (dmarc=pass)" has failed."""
    kept: list[str] = []
    depth, quoted, escaped = 0, False, False
    for sign in value:
        if escaped:
            escaped = False
        elif sign == "\\":
            escaped = True
        elif sign == '"' and depth == 0:
            quoted = not quoted
        elif sign == "(" and not quoted:
            depth += 1
        elif sign == ")" and not quoted and depth:
            depth -= 1
            continue
        if depth == 0:
            kept.append(sign)
    return "".join(kept)


def _apart(value: str) -> list[str]:
    """Split at semicolons outside quotes."""
    clauses, quoted = [""], False
    for sign in value:
        if sign == '"':
            quoted = not quoted
        if sign == ";" and not quoted:
            clauses.append("")
        else:
            clauses[-1] += sign
    return clauses
