"""What a domain says about its mail, judged: whether receivers can tell real mails from forged ones. Pure: records in,
findings out."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

SPF_QUESTIONS = 10  # RFC 7208, 4.6.4
SHORT_KEY = 1024  # bits; RFC 8301, 3.2: shorter keys count for nothing


class Subject(StrEnum):
    SPF = "spf"
    DKIM = "dkim"
    DMARC = "dmarc"
    MX = "mx"


class Finding(StrEnum):
    """What was found of a subject; GOOD, or what there is to do."""

    GOOD = "good"
    SILENT = "silent"  # the name servers did not answer
    MISSING = "missing"
    SEVERAL = "several"  # two records where one may be
    ANYBODY = "anybody"  # SPF lets everybody send
    NO_END = "no_end"  # SPF says nothing about all others
    TOO_LONG = "too_long"  # SPF asks too much
    NOT_OURS = "not_ours"  # SPF does not name the server the mails leave by
    UNKNOWN_NAME = "unknown_name"  # no DKIM key under the usual names
    REVOKED = "revoked"
    SHORT = "short"
    WATCHES = "watches"  # DMARC asks for nothing to be done
    WRONG = "wrong"
    NO_MAIL = "no_mail"  # the domain says that it takes none (RFC 7505)


@dataclass(frozen=True)
class Records:
    """What the name servers said; None where they did not answer. `dmarc_at`: the domain whose policy holds."""

    txt: tuple[str, ...] | None = ()
    mx: tuple[str, ...] | None = ()
    dmarc: tuple[str, ...] | None = ()
    dmarc_at: str = ""
    dkim: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Advice:
    """A finding about one subject. `seen`: the record as it is; `record`: (name, kind, value) to be put there."""

    subject: Subject
    finding: Finding
    seen: tuple[str, ...] = ()
    record: tuple[str, str, str] | None = None

    @property
    def is_good(self) -> bool:
        return self.finding == Finding.GOOD

    @property
    def is_unknown(self) -> bool:
        return self.finding in (Finding.SILENT, Finding.UNKNOWN_NAME)


def judge(domain: str, records: Records, *, leaves_by: str = "", names_known: bool = False) -> list[Advice]:
    """Advice about a domain mails are sent from. `leaves_by`: the mail server, where it is known; `names_known`: the
    keys were looked for under names that somebody gave."""
    return [
        judge_spf(domain, records.txt, leaves_by),
        judge_dkim(records.dkim, names_known=names_known),
        judge_dmarc(domain, records.dmarc),
        judge_mx(records.mx),
    ]


def judge_spf(domain: str, txt: tuple[str, ...] | None, leaves_by: str = "") -> Advice:
    """RFC 7208: which servers may send for the domain."""
    if txt is None:
        return Advice(Subject.SPF, Finding.SILENT)
    ours = f"a:{leaves_by}" if leaves_by else "mx"
    found = tuple(text for text in txt if re.match(r"v=spf1(\s|$)", text, re.IGNORECASE))
    if not found:
        return Advice(Subject.SPF, Finding.MISSING, (), (domain, "TXT", f"v=spf1 {ours} ~all"))
    if len(found) > 1:
        terms = [term for text in found for term in text.split()[1:] if "all" not in term.lower().split(":")[0]]
        return Advice(Subject.SPF, Finding.SEVERAL, found, (domain, "TXT", _spf([*dict.fromkeys(terms), "~all"])))
    terms = found[0].split()[1:]
    finding = _spf_finding([term.lower() for term in terms], leaves_by.lower())
    mended = {
        Finding.ANYBODY: [*(term for term in terms if term.lower() not in ("all", "+all")), "~all"],
        Finding.NO_END: [*(term for term in terms if term.lower() != "?all"), "~all"],
        Finding.NOT_OURS: [ours, *terms],
    }.get(finding)
    return Advice(Subject.SPF, finding, found, (domain, "TXT", _spf(mended)) if mended else None)


def judge_dkim(keys: Mapping[str, tuple[str, ...] | None], *, names_known: bool) -> Advice:
    """RFC 6376: the keys mails are signed with. One good key is enough."""
    found = {name: _key_finding(texts) for name, texts in keys.items() if texts}
    seen = tuple(f"{name}._domainkey" for name in found)
    if found:
        best = Finding.GOOD if Finding.GOOD in found.values() else next(iter(found.values()))
        return Advice(Subject.DKIM, best, seen)
    if any(texts is None for texts in keys.values()):
        return Advice(Subject.DKIM, Finding.SILENT)
    return Advice(Subject.DKIM, Finding.MISSING if names_known else Finding.UNKNOWN_NAME)


def judge_dmarc(domain: str, texts: tuple[str, ...] | None) -> Advice:
    """RFC 7489: what receivers are to do with mails that prove nothing."""
    if texts is None:
        return Advice(Subject.DMARC, Finding.SILENT)
    found = tuple(text for text in texts if re.match(r"v\s*=\s*DMARC1\s*(;|$)", text))
    wanted = (f"_dmarc.{domain}", "TXT", f"v=DMARC1; p=none; rua=mailto:postmaster@{domain}")
    if not found:
        return Advice(Subject.DMARC, Finding.MISSING, (), wanted)
    if len(found) > 1:
        return Advice(Subject.DMARC, Finding.SEVERAL, found)
    policy = _tags(found[0]).get("p", "").lower()
    if policy == "none":
        stricter = re.sub(r"(;\s*p\s*=\s*)none", r"\1quarantine", found[0], flags=re.IGNORECASE)
        return Advice(Subject.DMARC, Finding.WATCHES, found, (f"_dmarc.{domain}", "TXT", stricter))
    good = policy in ("quarantine", "reject")
    return Advice(Subject.DMARC, Finding.GOOD if good else Finding.WRONG, found, None if good else wanted)


def judge_mx(hosts: tuple[str, ...] | None) -> Advice:
    """RFC 5321, 5.1: where mail to the domain goes, and so answers."""
    if hosts is None:
        return Advice(Subject.MX, Finding.SILENT)
    if hosts == ("",):
        return Advice(Subject.MX, Finding.NO_MAIL)
    return Advice(Subject.MX, Finding.GOOD if hosts else Finding.MISSING, hosts)


def _spf_finding(terms: list[str], leaves_by: str) -> Finding:
    asking = [term for term in terms if re.match(r"[-+~?]?(include:|a\b|mx\b|ptr\b|exists:)|redirect=", term)]
    if len(asking) > SPF_QUESTIONS:
        return Finding.TOO_LONG
    if {"all", "+all"} & set(terms):
        return Finding.ANYBODY
    if not {"-all", "~all"} & set(terms) and not any(term.startswith("redirect=") for term in terms):
        return Finding.NO_END
    if leaves_by and len(terms) == 1 and terms[0] in ("-all", "~all"):  # nobody may send at all
        return Finding.NOT_OURS
    return Finding.GOOD


def _key_finding(texts: tuple[str, ...]) -> Finding:
    tags = _tags(texts[0])
    if "p" not in tags:
        return Finding.WRONG
    if not tags["p"]:
        return Finding.REVOKED
    if tags.get("k", "rsa") != "rsa":
        return Finding.GOOD
    try:
        key = load_der_public_key(base64.b64decode(re.sub(r"\s", "", tags["p"]), validate=True))
    except (ValueError, binascii.Error, UnsupportedAlgorithm):
        return Finding.WRONG
    if not isinstance(key, RSAPublicKey):
        return Finding.WRONG
    return Finding.SHORT if key.key_size < SHORT_KEY else Finding.GOOD


def _tags(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, _equals, value in pairs if name.strip()}


def _spf(terms: list[str]) -> str:
    return " ".join(["v=spf1", *terms])
