"""Words, times and names as pages show them, in the reader's language and zone."""

from datetime import datetime, timedelta

from django import template
from django.template.defaultfilters import linebreaks_filter
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from accounts.models import User
from tickets.answers import value_in_words
from tickets.answers import with_colon as label_with_colon
from tickets.due import Due
from tickets.enums import Channel, Priority, Status
from tickets.events_in_words import sentence
from tickets.formatted import Formatted
from tickets.models import FieldAnswer, PriorityDefinition, TicketEvent
from tickets.priorities import priority_definitions

register = template.Library()


@register.filter
def when(moment: datetime | None) -> str:
    """A moment as people say it ("today 08:14"), the exact one on hover."""
    return _time_element(moment, _relative(moment)) if moment else ""


@register.filter
def waited(since: datetime | None) -> str:
    """How long ago something was, as a length ("2 d 3 h"), the exact moment on hover."""
    return _time_element(since, length(timezone.now() - since)) if since else ""


def length(span: timedelta) -> str:
    """A span in its two largest units."""
    minutes = max(0, int(span.total_seconds() // 60))
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return " ".join(filter(None, [_("%d d") % days, _("%d h") % hours if hours else ""]))
    if hours:
        return " ".join(filter(None, [_("%d h") % hours, _("%d min") % rest if rest else ""]))
    return _("%d min") % rest


@register.filter
def on_day(moment: datetime | None) -> str:
    """A moment that is to come, as people say it ("tomorrow 08:00"), the exact one on hover."""
    return _time_element(moment, _to_come(moment)) if moment else ""


@register.filter
def time_left(due: Due | None) -> SafeString | str:
    """How much working time is left until something is due ("2 h 10 min left"), the exact moment on hover. From ten
    hours on in whole ones, as a row of the queue has room for."""
    if due is None:
        return ""
    left = abs(due.left)
    if left >= timedelta(hours=10):
        left -= left % timedelta(hours=1)
    words = _("%s over") if due.is_over else _("%s left")
    return _time_element(due.at, words % working_length(left))


@register.filter
def working_length(span: timedelta) -> str:
    """A span of working time. Never in days, of which nobody knows how long they are meant to be."""
    minutes = max(0, int(span.total_seconds() // 60))
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("%d min") % rest
    return " ".join(filter(None, [_("%d h") % hours, _("%d min") % rest if rest else ""]))


@register.filter
def initials(user: User | None) -> str:
    words = str(user).replace("@", " ").split() if user else []
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


@register.filter
def person(user: User | None) -> str:
    return str(user) if user else ""


@register.filter
def plain_text(body: str) -> SafeString:
    """What somebody wrote: escaped, its addresses as links, its lines kept."""
    return linebreaks_filter(_safe(urlize(body, nofollow=True, autoescape=True)), autoescape=False)


@register.filter
def formatted_text(words: Formatted) -> SafeString:
    """A mail's formatted words."""
    return _safe(words.html)


def _safe(html: str) -> SafeString:
    """What urlize has just escaped, or `tickets.formatted` has just sanitised; nothing else comes here."""
    return mark_safe(html)  # noqa: S308


@register.filter
def status_label(value: str) -> str:
    return str(Status(value).label) if value in Status.values else ""


@register.filter
def priority_label(value: str) -> str:
    return str(Priority(value).label) if value in Priority.values else ""


@register.filter
def channel_label(value: str) -> str:
    return str(Channel(value).label) if value in Channel.values else ""


@register.simple_tag(name="priority_definitions")
def definitions_of_priorities() -> list[PriorityDefinition]:
    """The four priorities, each as this portal defines it."""
    return priority_definitions()


@register.filter
def answer_words(answer: FieldAnswer) -> str:
    """What was answered to a question, in the reader's words."""
    return value_in_words(answer)


@register.filter
def with_colon(label: str) -> str:
    """A label before its value, with a colon where it ends in no mark of its own."""
    return label_with_colon(label)


@register.filter
def event_line(event: TicketEvent) -> str:
    return sentence(event)


def _relative(moment: datetime) -> str:
    local, today = timezone.localtime(moment), timezone.localdate()
    clock = date_format(local, "TIME_FORMAT")
    days = (today - local.date()).days
    if days == 0:
        return _("today %s") % clock
    if days == 1:
        return _("yesterday %s") % clock
    return f"{date_format(local, 'MONTH_DAY_FORMAT' if local.year == today.year else 'DATE_FORMAT')} {clock}"


def _to_come(moment: datetime) -> str:
    local, today = timezone.localtime(moment), timezone.localdate()
    clock = date_format(local, "TIME_FORMAT")
    days = (local.date() - today).days
    if days == 0:
        return _("today %s") % clock
    if days == 1:
        return _("tomorrow %s") % clock
    if 1 < days < 7:
        return f"{date_format(local, 'l')} {clock}"
    return f"{date_format(local, 'MONTH_DAY_FORMAT' if local.year == today.year else 'DATE_FORMAT')} {clock}"


def _time_element(moment: datetime, text: str) -> SafeString:
    local = timezone.localtime(moment)
    exact = date_format(local, "DATETIME_FORMAT")
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(timespec="seconds"), exact, text)
