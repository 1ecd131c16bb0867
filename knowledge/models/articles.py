import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.folding import fold_text
from accounts.languages import in_readers_language
from accounts.models import Organisation, TenantModel, User
from knowledge.enums import Audience


class Section(TenantModel):
    """What articles stand together under."""

    slug = models.SlugField(max_length=60)
    name_sv = models.CharField(max_length=80, blank=True)
    name_en = models.CharField(max_length=80, blank=True)
    description_sv = models.CharField(max_length=200, blank=True)
    description_en = models.CharField(max_length=200, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "slug"], name="section_slug_once_per_tenant"),
            models.CheckConstraint(condition=~Q(name_sv="", name_en=""), name="section_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_readers_language(self.name_sv, self.name_en)

    @property
    def description(self) -> str:
        return in_readers_language(self.description_sv, self.description_en)


class Article(TenantModel):
    """Something that is known, in one or both languages. Its words stand in its versions: `published` is the one that
    readers get (None: it is not out, or was taken back), and at most one more is the draft it is changed in.

    `owner` is asked at `review_at` whether it still holds, once (`asked_for`: the day they were last asked for).
    `archived_at`: put away; nobody reads it, and nothing is lost. `helpful` and `unhelpful` count its votes.
    """

    slug = models.SlugField(max_length=80)
    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="articles")
    audience = models.CharField(max_length=13, choices=Audience.choices, default=Audience.EVERYBODY)
    published = models.ForeignKey(
        "ArticleVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="published_of"
    )
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="articles")
    review_at = models.DateField(null=True, blank=True)
    asked_for = models.DateField(null=True, blank=True, editable=False)
    position = models.PositiveIntegerField(default=0)
    helpful = models.PositiveIntegerField(default=0, editable=False)
    unhelpful = models.PositiveIntegerField(default=0, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["tenant", "slug"], name="article_slug_once_per_tenant")]
        indexes = [
            models.Index(fields=["tenant", "section", "position"], name="article_list"),
            models.Index(
                fields=["tenant", "review_at"],
                condition=Q(published__isnull=False, archived_at__isnull=True),
                name="article_reviews",
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def newest_title(self) -> str:
        """What it is called on the desk, of rows of `desk_articles`: its draft's title, where it has one."""
        return in_readers_language(self.newest_sv, self.newest_en)  # type: ignore[attr-defined]


class ArticleAddress(TenantModel):
    """An address an article had before: it leads on to the one it has."""

    slug = models.SlugField(max_length=80)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="addresses")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "slug"], name="article_address_once_per_tenant")]

    def __str__(self) -> str:
        return f"{self.slug} → {self.article}"


class ArticleVersion(TenantModel):
    """The words of an article at one time, as Markdown. A version once published is never changed; an older one is
    restored by making a new draft of it. `published_at` None: the draft."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    title_sv = models.CharField(max_length=150, blank=True)
    title_en = models.CharField(max_length=150, blank=True)
    summary_sv = models.CharField(max_length=300, blank=True)
    summary_en = models.CharField(max_length=300, blank=True)
    body_sv = models.TextField(max_length=100_000, blank=True)
    body_en = models.TextField(max_length=100_000, blank=True)
    search_key = models.CharField(max_length=700, editable=False, default="")  # the titles, folded
    change_note = models.CharField(max_length=200, blank=True)  # staff only
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)  # the draft's last change
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="version_number_once_per_article"),
            models.UniqueConstraint(
                fields=["article"], condition=Q(published_at__isnull=True), name="one_draft_per_article"
            ),
            models.CheckConstraint(condition=~Q(title_sv="", title_en=""), name="version_has_a_title"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_key = fold_text(f"{self.title_sv} {self.title_en}")[:700]
        super().save(*args, **kwargs)

    @property
    def title(self) -> str:
        return in_readers_language(self.title_sv, self.title_en)

    @property
    def summary(self) -> str:
        return in_readers_language(self.summary_sv, self.summary_en)

    @property
    def body(self) -> str:
        return in_readers_language(self.body_sv, self.body_en)


class ArticleOrganisation(TenantModel):
    """An organisation whose people may read an article that is for certain organisations."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="organisations")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="articles")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["article", "organisation"], name="organisation_once_per_article")
        ]

    def __str__(self) -> str:
        return f"{self.article} · {self.organisation}"


class RelatedArticle(TenantModel):
    """Another article that readers of this one are shown as well."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="related")
    other = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="related_from")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["article", "other"], name="related_once_per_article"),
            models.CheckConstraint(condition=~Q(article=models.F("other")), name="not_related_to_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.article} → {self.other}"


def stored_name(instance: Any, filename: str) -> str:
    """Where a file lies: by tenant under a random name; nothing of the sender's name reaches the disk."""
    return f"articles/{instance.tenant_id}/{uuid.uuid4().hex}"


class ArticleFile(TenantModel):
    """A picture or file of an article, which its words name as `file:12`. Reached only through the article: by readers
    when the published words name it (what is put in for the next version is not out yet), by staff always."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=150)
    content_type = models.CharField(max_length=40, blank=True)  # of pictures browsers may show; else empty
    size = models.PositiveBigIntegerField()
    file = models.FileField(upload_to=stored_name, max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        return bool(self.content_type)


class ArticleVote(TenantModel):
    """Whether a reader was helped, once for each reader: `voter` is a keyed digest of who, or of which browser.
    `created_at`: when they voted, or wrote the comment that stands there; comments are kept for a time only."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="votes")
    version = models.ForeignKey(ArticleVersion, on_delete=models.SET_NULL, null=True, related_name="+")
    voter = models.CharField(max_length=64)
    is_helpful = models.BooleanField()
    comment = models.TextField(max_length=1000, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)  # when staff have seen to the comment
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["article", "voter"], name="vote_once_per_reader")]

    def __str__(self) -> str:
        return f"{self.article}: {self.is_helpful}"
