"""Tips and checklists that somebody has read, and does not want opened before every form (S4, I9)."""

from accounts.models import User
from knowledge.models import TipsRead


def note_tips_read(*, actor: User, digest: str) -> None:
    """Write down that the actor has read the tips of this digest; nothing happens when it is known already. They are
    opened again by themselves when their words change, for then they have another digest."""
    TipsRead.objects.get_or_create(user=actor, digest=digest)
