"""What is read before a form (S4, I9): the portal's tips and the topic's checklist, open until somebody has read them.

Whoever is signed in is remembered in a row, a guest by a signed cookie; where it is forged or gone, the tips are open
again.
"""

import hashlib
from dataclasses import dataclass

from django.core import signing
from django.http import HttpResponse

from accounts.requests import PortalRequest
from knowledge.actions.tips import note_tips_read
from knowledge.models import TipsRead
from knowledge.queries.help_settings import help_settings
from tickets.models import HelpTopic

COOKIE = "tips-read"
KEPT, DIGITS = 40, 16  # of the latest tips a guest has read, and of each one's digest
A_YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Tips:
    """`lines` in the reader's language; `digest` names their words in both."""

    lines: list[str]
    digest: str
    is_read: bool


def tips_before(request: PortalRequest, topic: HelpTopic) -> Tips:
    """What is read before this topic's form, the portal's tips first. Two queries for people, one for guests."""
    settings = help_settings()
    words = (settings.tips_sv, settings.tips_en, topic.checklist_sv, topic.checklist_en)
    lines = [*settings.tips, *topic.checklist]
    digest = hashlib.sha256("\0".join(words).encode()).hexdigest()
    return Tips(lines, digest, bool(lines) and (asks_to_put_away(request) or _has_read(request, digest)))


def asks_to_put_away(request: PortalRequest) -> bool:
    """Whether the reader, sending the form, wants its tips closed from now on."""
    return request.method == "POST" and "tips_read" in request.POST


def put_away(request: PortalRequest, response: HttpResponse, tips: Tips) -> None:
    """Remember that the reader has read these tips; nothing where there are none."""
    if not tips.lines:
        return
    if request.user.is_authenticated:
        note_tips_read(actor=request.user, digest=tips.digest)
        return
    known = [*(digest for digest in _of_guest(request) if not tips.digest.startswith(digest)), tips.digest[:DIGITS]]
    response.set_signed_cookie(
        COOKIE,
        ".".join(known[-KEPT:]),
        salt=COOKIE,
        max_age=A_YEAR,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )


def _has_read(request: PortalRequest, digest: str) -> bool:
    if request.user.is_authenticated:
        return TipsRead.objects.filter(user=request.user, digest=digest).exists()
    return digest[:DIGITS] in _of_guest(request)


def _of_guest(request: PortalRequest) -> list[str]:
    try:
        known = request.get_signed_cookie(COOKIE, "", salt=COOKIE) or ""
        return [digest for digest in known.split(".") if digest]
    except signing.BadSignature:
        return []
