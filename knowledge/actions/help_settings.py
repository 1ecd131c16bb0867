"""What a portal's administrators say about its help centre."""

from accounts.models import User
from accounts.rules import require_administrator
from knowledge.models import HelpSettings

SHORTEST_REVIEW, LONGEST_REVIEW = 1, 60  # months


def set_help_settings(
    *,
    actor: User | None,
    welcome: tuple[str, str],
    tips: tuple[str, str],
    guide_first: bool,
    asks_if_helpful: bool,
    agents_publish: bool,
    review_months: int,
) -> HelpSettings:
    """Set how the help centre is: the words on the front page and the tips before every form (S4, I9), one a line, both
    as (Swedish, English); whether people are led through "Where to turn" first (M1); whether readers are asked if an
    article helped; who publishes; after how many months an article is looked through again, from its next review on.

    For administrators (None: an operator's command). Raises ValueError for a number of months that is none of theirs.
    """
    require_administrator(actor)
    if not SHORTEST_REVIEW <= review_months <= LONGEST_REVIEW:
        raise ValueError(f"{review_months} months")
    found, _made = HelpSettings.objects.update_or_create(
        defaults={
            "welcome_sv": welcome[0],
            "welcome_en": welcome[1],
            "tips_sv": tips[0],
            "tips_en": tips[1],
            "guide_first": guide_first,
            "asks_if_helpful": asks_if_helpful,
            "agents_publish": agents_publish,
            "review_months": review_months,
        }
    )
    settings: HelpSettings = found
    return settings
