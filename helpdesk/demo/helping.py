"""A demo portal's help centre: articles, the guide, service messages and what can be booked, each through its door."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import User
from accounts.queries.portals import portals_today
from accounts.scoping import current_tenant
from helpdesk.demo.help_texts import HelpText, help_texts
from helpdesk.demo.living import at
from helpdesk.demo.scripts.parts import DemoActivity, DemoMessage, DemoOccasion, DemoPortal
from knowledge.actions.activities import ActivityWords, save_activity
from knowledge.actions.articles import add_article, publish_article
from knowledge.actions.booking import book
from knowledge.actions.guide import AnswerWords, save_question
from knowledge.actions.help_settings import set_help_settings
from knowledge.actions.occasions import OccasionWords, add_occasions
from knowledge.actions.sections import add_section
from knowledge.actions.service_messages import add_update, end_message, publish_message, save_message
from knowledge.actions.services import save_service
from knowledge.drafts import Place
from knowledge.enums import ActivityKind, Audience
from knowledge.models import Article, Section, Service
from knowledge.service_drafts import MessageDraft
from tickets.actions.guide import save_guide_answer
from tickets.actions.help import set_manual_topic
from tickets.actions.service_links import set_topics_of_service
from tickets.models import HelpTopic

WRITTEN = 21 * 24.0  # hours ago
ANNOUNCED = 20.0
BOOKED = 30.0
Topics = dict[str, HelpTopic]
Articles = dict[str, Article]
People = dict[str, User]


def arrange_help(script: DemoPortal, staff: People, topics: Topics) -> None:
    """What readers find in the help centre, before anybody has come."""
    admin = staff["admin"]
    set_help_settings(
        actor=admin,
        welcome=script.help.welcome,
        tips=script.help.tips,
        guide_first=script.help.guide_first,
        asks_if_helpful=True,
        agents_publish=True,
        review_months=12,
    )
    set_manual_topic(actor=admin, topic=topics.get(script.help.manual_topic))
    with at(WRITTEN):
        articles = _articles(script.slug, staff["agent"])
    arrange_guide(script, admin, topics, articles)
    services = []
    for names, about in script.help.services:
        service = save_service(actor=admin, service=None, name_sv=names[0], name_en=names[1])
        set_topics_of_service(actor=admin, service=service, topics=[topics[slug] for slug in about])
        services.append(service)
    for message in sorted(script.help.messages, key=lambda one: one.begins):
        _tell(message, staff["lead"], services)


def arrange_bookings(script: DemoPortal, people: People) -> None:
    """What can be booked, and who has."""
    for activity in script.help.activities:
        _offer(activity, people)


def _articles(portal: str, author: User) -> Articles:
    sections: dict[tuple[str, str], Section] = {}
    made = {}
    for text in help_texts(portal):
        if text.section not in sections:
            sections[text.section] = add_section(actor=None, names=text.section)
        made[text.slug] = _article(text, sections[text.section], author)
    return made


def _article(text: HelpText, section: Section, author: User) -> Article:
    place = Place(section=section, slug=text.slug, audience=text.audience, owner=author)
    article = add_article(actor=author, place=place, words=text.words)
    return publish_article(actor=author, article=article)


def arrange_guide(script: DemoPortal, admin: User, topics: Topics, articles: Articles) -> None:
    """Where people turn, question by question."""
    questions = {
        key: save_question(actor=admin, question=None, text=entry.text, explanation=entry.help)
        for key, entry in script.guide.items()
    }
    for key, entry in script.guide.items():
        for answer in entry.answers:
            words = AnswerWords(
                label=answer.label,
                leads_to=questions.get(answer.goes),
                end="" if answer.goes in questions else answer.goes,
                article=articles.get(answer.article),
                contact_kinds=answer.contact_kinds,
                words=answer.words,
                examples=answer.examples,
            )
            topic = topics.get(answer.topic)
            save_guide_answer(actor=admin, question=questions[key], answer=None, words=words, topic=topic)


def _tell(said: DemoMessage, author: User, services: list[Service]) -> None:
    begins = timezone.now() + timedelta(hours=said.begins)
    if said.time:  # work is planned for an hour that people would choose
        here = begins.astimezone(ZoneInfo(current_tenant().time_zone))
        begins = datetime.combine(here.date(), time.fromisoformat(said.time), here.tzinfo)
    draft = MessageDraft(
        said.kind,
        said.severity,
        *said.title,
        *said.body,
        starts_at=begins,
        ends_at=begins + timedelta(hours=said.lasts) if said.lasts is not None else None,
        services=[services[place].pk for place in said.services],
    )
    with at(-said.begins if said.begins < 0 else ANNOUNCED):
        message = publish_message(actor=author, message=save_message(actor=author, message=None, draft=draft))
    for place, (hours, (swedish, english)) in enumerate(said.updates, start=1):
        tell = end_message if said.is_over and place == len(said.updates) else add_update
        with at(hours):
            tell(actor=author, message=message, text_sv=swedish, text_en=english)


def _offer(offered: DemoActivity, people: People) -> None:
    (title_sv, title_en), (body_sv, body_en) = offered.title, offered.body
    words = ActivityWords(ActivityKind(offered.kind), Audience(offered.audience), title_sv, title_en, body_sv, body_en)
    with at(WRITTEN):
        activity = save_activity(actor=people["admin"], words=words)
    for held in offered.occasions:
        said = _occasion(held, people)
        with at(WRITTEN):
            (occasion,) = add_occasions(actor=people["admin"], activity=activity, words=said)
        for place, address in enumerate(held.booked):
            with at(BOOKED - place):
                book(actor=people[address], occasion=occasion, user=people[address])


def _occasion(held: DemoOccasion, people: People) -> OccasionWords:
    day = portals_today() + timedelta(days=held.days)
    while day.weekday() > 4:  # nobody is taught at a weekend
        day += timedelta(days=1)
    begins = datetime.combine(day, time.fromisoformat(held.time), ZoneInfo(current_tenant().time_zone))
    return OccasionWords(begins, held.minutes, held.seats, held.place, held.link, people.get(held.host))
