from django.db import models
from django.db.models import Q

from accounts.languages import in_readers_language
from accounts.models import TenantModel
from knowledge.enums import GuideEnd
from knowledge.models.articles import Article


class GuideQuestion(TenantModel):
    """A question of "Where to turn" (M1): the guide begins with the one that `is_first`."""

    text_sv = models.CharField(max_length=150, blank=True)
    text_en = models.CharField(max_length=150, blank=True)
    help_sv = models.CharField(max_length=300, blank=True)
    help_en = models.CharField(max_length=300, blank=True)
    is_first = models.BooleanField(default=False)

    class Meta:
        ordering = ["-is_first", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["tenant"], condition=Q(is_first=True), name="one_first_question"),
            models.CheckConstraint(condition=~Q(text_sv="", text_en=""), name="guide_question_has_words"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        return in_readers_language(self.text_sv, self.text_en)

    @property
    def help(self) -> str:
        return in_readers_language(self.help_sv, self.help_en)


class GuideAnswer(TenantModel):
    """One answer to a question of the guide: leads to the next question, or ends (`end`). Where it ends in a form, the
    topic stands in `tickets.GuideTopic`. `contact_kinds`: whom at the provider, the first one the reader's
    organisation has (S3). `words` tell what to do there."""

    question = models.ForeignKey(GuideQuestion, on_delete=models.CASCADE, related_name="answers")
    label_sv = models.CharField(max_length=150, blank=True)
    label_en = models.CharField(max_length=150, blank=True)
    leads_to = models.ForeignKey(
        GuideQuestion, on_delete=models.PROTECT, null=True, blank=True, related_name="reached_from"
    )
    end = models.CharField(max_length=20, choices=GuideEnd.choices, blank=True)
    article = models.ForeignKey(Article, on_delete=models.PROTECT, null=True, blank=True, related_name="guide_answers")
    mail_address = models.EmailField(max_length=254, blank=True)
    phone = models.CharField(max_length=40, blank=True)  # another than the portal's, where it ends at a phone
    contact_kinds = models.JSONField(default=list, blank=True)  # accounts.enums.ProviderContactKind
    words_sv = models.TextField(max_length=1000, blank=True)
    words_en = models.TextField(max_length=1000, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(label_sv="", label_en=""), name="guide_answer_has_words"),
            models.CheckConstraint(
                condition=Q(leads_to__isnull=False, end="") | Q(leads_to__isnull=True) & ~Q(end=""),
                name="guide_answer_leads_on_or_ends",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return in_readers_language(self.label_sv, self.label_en)

    @property
    def words(self) -> str:
        return in_readers_language(self.words_sv, self.words_en)


class GuideExample(TenantModel):
    """A question as people ask it, in the table beside the guide (S8), and the answer it stands for."""

    answer = models.ForeignKey(GuideAnswer, on_delete=models.CASCADE, related_name="examples")
    text_sv = models.CharField(max_length=300, blank=True)
    text_en = models.CharField(max_length=300, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(text_sv="", text_en=""), name="guide_example_has_words")]

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        return in_readers_language(self.text_sv, self.text_en)
