"""What is amiss with the guide "Where to turn": dead ends, what nobody comes to, what some are not let in to."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.folding import fold_address
from accounts.languages import in_quotes
from accounts.queries.telephones import agreements_without_phone
from accounts.scoping import current_tenant
from knowledge.enums import Audience, GuideEnd
from knowledge.models import Article, GuideAnswer
from knowledge.queries.guide import Guide
from tickets.enums import Audience as TopicAudience
from tickets.enums import LeadsTo
from tickets.models import GuideTopic, HelpTopic
from tickets.own_addresses import retired_addresses


@dataclass(frozen=True)
class Remark:
    """Something to look at, in words, and where to change it. `is_dead_end`: people would not get further."""

    words: str
    url: str
    is_dead_end: bool = True


def remarks_on(guide: Guide) -> list[Remark]:
    """What is amiss with a guide taken with its examples, dead ends first. A fixed number of queries."""
    found = [*_of_questions(guide), *_of_ends(guide), *_of_languages(guide)]
    return sorted(found, key=lambda remark: not remark.is_dead_end)


def _of_questions(guide: Guide) -> Iterator[Remark]:
    for question in guide.questions.values():
        name, url = in_quotes(question), reverse("guide_question", args=[question.pk])
        if question.pk not in guide.reached:
            yield Remark(_("Nobody comes to %s: no answer leads there.") % name, url, is_dead_end=False)
        elif not guide.answers_of(question):
            yield Remark(_("%s has no answers, so nobody gets further.") % name, url)


def _of_ends(guide: Guide) -> Iterator[Remark]:
    topics, articles = _topics(), _articles(guide)
    told_no_number = list(agreements_without_phone().values_list("name", flat=True))
    retired = retired_addresses()
    for answer in guide.answers.values():
        words: tuple[str, bool] | None = None
        if answer.end == GuideEnd.FORM:
            words = _of_topic(*topics.get(answer.pk, (None, False)))
        elif answer.end == GuideEnd.ARTICLE:
            words = _of_article(articles.get(answer.article_id))
        elif answer.end == GuideEnd.PHONE:
            words = _of_phone(answer, told_no_number)
        elif answer.end == GuideEnd.MAIL:
            words = _of_mail(answer, retired)
        if words is not None:
            yield Remark(f"{in_quotes(answer)}: {words[0]}", _address(answer), is_dead_end=words[1])


def _topics() -> dict[int, tuple[HelpTopic, bool]]:
    """The topic of each answer that ends in a form, by the answer's id, and whether it is a heading."""
    below = HelpTopic.objects.filter(parent=OuterRef("pk"), is_active=True)
    rows = HelpTopic.objects.filter(guide_topics__isnull=False).annotate(is_heading=Exists(below))
    known = {row.pk: (row, bool(row.is_heading)) for row in rows.select_related("parent__parent")}
    return {answer: known[topic] for answer, topic in GuideTopic.objects.values_list("answer", "topic")}


def _articles(guide: Guide) -> dict[int | None, Article]:
    wanted = {answer.article_id for answer in guide.answers.values()} - {None}
    return dict(Article.objects.in_bulk(wanted)) if wanted else {}


def _of_topic(topic: HelpTopic | None, is_heading: bool) -> tuple[str, bool] | None:
    if topic is None:
        return _("no topic is chosen for its form."), True
    above = [row for row in (topic, topic.parent, topic.parent and topic.parent.parent) if row is not None]
    name = in_quotes(topic)
    if not all(row.is_active for row in above):
        return _("the topic %s is offered to nobody any more.") % name, True
    if topic.leads_to != LeadsTo.FORM or is_heading:
        return _("the topic %s leads to no form any more.") % name, True
    if any(row.audience != TopicAudience.EVERYBODY for row in above):
        return _(
            "the topic %s is not offered to everybody. Others are asked to sign in or choose another."
        ) % name, False
    return None


def _of_article(article: Article | None) -> tuple[str, bool] | None:
    if article is None or article.published_id is None or article.archived_at is not None:
        return _("its article is not out."), True
    if article.audience == Audience.STAFF:
        return _("only staff can read its article."), True
    if article.audience != Audience.EVERYBODY:
        return _("not everybody can read its article. Others are asked to sign in or to write to you."), False
    return None


def _of_phone(answer: GuideAnswer, told_no_number: list[str]) -> tuple[str, bool] | None:
    if not answer.phone and not current_tenant().phone:
        return _("the portal has no phone number yet. Write it under Access."), True
    if told_no_number:
        names = ", ".join(told_no_number)
        return _("customers with this agreement are told no number, and asked to write: %s.") % names, False
    return None


def _of_mail(answer: GuideAnswer, retired: set[str]) -> tuple[str, bool] | None:
    address = answer.mail_address or current_tenant().mail_address
    if fold_address(address) in retired:
        return _("%s takes no tickets any more. Readers are asked to write in the portal.") % address, False
    return None


def _of_languages(guide: Guide) -> Iterator[Remark]:
    for question in guide.questions.values():
        missing = _missing(question, ("text", "help"))
        if missing:
            url = reverse("guide_question", args=[question.pk])
            yield Remark(f"{in_quotes(question)}: {missing}", url, is_dead_end=False)
    for answer in guide.answers.values():
        missing = _missing(answer, ("label", "words"))
        missing = missing or next(filter(None, (_missing(row, ("text",)) for row in answer.examples.all())), "")
        if missing:
            yield Remark(f"{in_quotes(answer)}: {missing}", _address(answer), is_dead_end=False)


def _missing(row: object, names: tuple[str, ...]) -> str:
    for name in names:
        swedish, english = getattr(row, f"{name}_sv"), getattr(row, f"{name}_en")
        if english and not swedish:
            return _("something is missing in Swedish, and shown in English.")
        if swedish and not english:
            return _("something is missing in English, and shown in Swedish.")
    return ""


def _address(answer: GuideAnswer) -> str:
    return reverse("guide_answer", args=[answer.pk])
