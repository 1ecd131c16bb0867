"""Articles with their versions and files, the guide "where to turn", tips, service messages, bookings, and what was
searched for."""

from knowledge.models.articles import (
    Article,
    ArticleAddress,
    ArticleFile,
    ArticleOrganisation,
    ArticleVersion,
    ArticleVote,
    RelatedArticle,
    Section,
)
from knowledge.models.bookings import Activity, ActivityOrganisation, Booking, Occasion
from knowledge.models.guide import GuideAnswer, GuideExample, GuideQuestion
from knowledge.models.index import IndexedText, KnownWord
from knowledge.models.searches import SearchedWords, Solved
from knowledge.models.service import (
    AffectedService,
    Service,
    ServiceMessage,
    ServiceMessageOrganisation,
    ServiceSubscription,
    ServiceUpdate,
)
from knowledge.models.settings import HelpSettings, TipsRead

__all__ = [
    "Activity",
    "ActivityOrganisation",
    "AffectedService",
    "Article",
    "ArticleAddress",
    "ArticleFile",
    "ArticleOrganisation",
    "ArticleVersion",
    "ArticleVote",
    "Booking",
    "GuideAnswer",
    "GuideExample",
    "GuideQuestion",
    "HelpSettings",
    "IndexedText",
    "KnownWord",
    "Occasion",
    "RelatedArticle",
    "SearchedWords",
    "Section",
    "Service",
    "ServiceMessage",
    "ServiceMessageOrganisation",
    "ServiceSubscription",
    "ServiceUpdate",
    "Solved",
    "TipsRead",
]
