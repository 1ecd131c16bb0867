"""A service message as it is meant to be, and what is wrong with it. Pure: values in, values out."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from knowledge.enums import Audience, MessageKind, Severity
from knowledge.models.service import LONGEST_NOTICE

TITLE_LENGTH = 120
TEXT_LENGTH = 5_000
Fault = Literal["title", "text", "kind", "times", "notice", "organisations"]


@dataclass(frozen=True)
class MessageDraft:
    """What staff write. `organisations` and `services` are ids of this portal; the door asks whether they are."""

    kind: str
    severity: str
    title_sv: str
    title_en: str
    body_sv: str
    body_en: str
    starts_at: datetime
    ends_at: datetime | None = None
    announced_days: int = 3
    audience: str = Audience.EVERYBODY
    organisations: Collection[int] = ()
    services: Collection[int] = ()


def fault_of(draft: MessageDraft) -> Fault | None:
    """The first thing that is wrong, by its name; None where it can be kept."""
    titles, bodies = (draft.title_sv, draft.title_en), (draft.body_sv, draft.body_en)
    if not any(titles) or any(len(title) > TITLE_LENGTH for title in titles):
        return "title"
    if any(len(body) > TEXT_LENGTH for body in bodies):
        return "text"
    if (
        draft.kind not in MessageKind.values
        or draft.severity not in Severity.values
        or draft.audience not in Audience.values
    ):
        return "kind"
    if draft.ends_at is not None and draft.ends_at <= draft.starts_at:
        return "times"
    if not 0 <= draft.announced_days <= LONGEST_NOTICE:
        return "notice"
    if draft.audience == Audience.ORGANISATIONS and not draft.organisations:
        return "organisations"
    return None
