"""Who may read what has an audience: articles, service messages, activities. Asked here and nowhere else."""

from typing import Any, TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from knowledge.enums import Audience
from knowledge.models import Article

Rows = TypeVar("Rows", bound="QuerySet[Any]")


def readable_by(rows: Rows, reader: User | None) -> Rows:
    """Those of the rows that this reader (None: who is not signed in) may read. Staff read all. The rows' model has an
    `audience`, and `organisations` with those it is for."""
    if reader is not None and reader.is_agent:
        return rows
    allowed = Q(audience=Audience.EVERYBODY)
    if reader is not None:
        allowed |= Q(audience=Audience.SIGNED_IN)
        if reader.organisation_id is not None:
            chosen = rows.model._meta.get_field("organisations")
            theirs = chosen.related_model.objects.filter(
                **{chosen.field.name: OuterRef("pk"), "organisation": reader.organisation_id}
            )
            allowed |= Q(Exists(theirs), audience=Audience.ORGANISATIONS)
    return rows.filter(allowed)


def articles_for(reader: User | None) -> QuerySet[Article]:
    """The articles that are out and that this reader may read, with their words. Drafts and what was put away are for
    the desk (`queries/articles.py`)."""
    out = Article.objects.filter(published__isnull=False, archived_at__isnull=True)
    return readable_by(out, reader).select_related("published", "section")
