"""Help topics: what tickets can be about, for whom, and what each leads to. Topics form a tree."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction

from accounts.models import Agreement, Organisation, User
from accounts.rules import require_administrator
from routing.actions.arranging import DepartmentClosed
from routing.actions.pointing import point_rules
from routing.models import Department
from tickets.enums import Audience, LeadsTo, Need, Priority
from tickets.icons import ICONS
from tickets.models import FormField, HelpTopic, TicketForm, TopicAgreement, TopicOrganisation

LEVELS = 3  # a topic, what is below it, and what is below that: all of it fits on one page
FIELDS = (
    "slug",
    "parent",
    "icon",
    "name_sv",
    "name_en",
    "description_sv",
    "description_en",
    "audience",
    "leads_to",
    "guidance_sv",
    "guidance_en",
    "link",
    "form",
    "department",
    "priority",
    "checklist_sv",
    "checklist_en",
    "is_open_to_wishes",
    "wish_answer_sv",
    "wish_answer_en",
)
Pair = tuple[str, str]


class SlugTaken(ValueError):
    """Another topic of the portal has this word in its address."""


class MisplacedTopic(ValueError):
    """The topic would be below itself, below one that is not offered, or deeper in the tree than pages show."""


def add_topic(
    *,
    actor: User | None,
    slug: str,
    names: Pair,
    descriptions: Pair = ("", ""),
    department: Department | None = None,
    questions: Sequence[dict[str, Any]] = (),
    parent: HelpTopic | None = None,
    icon: str = "",
    audience: Audience | str = Audience.EVERYBODY,
    organisations: Iterable[Organisation] = (),
    agreements: Iterable[Agreement] = (),
    leads_to: LeadsTo | str = LeadsTo.FORM,
    guidance: Pair = ("", ""),
    link: str = "",
    form: TicketForm | None = None,
    priority: Priority | str = "",
    checklist: Pair = ("", ""),
    is_open_to_wishes: bool = True,
    wish_answer: Pair = ("", ""),
) -> HelpTopic:
    """Add a help topic at the end of its list, below `parent` if one is given. Texts are (Swedish, English).

    What is asked beyond what all forms ask is `form`; or a form made here from `questions`: each has `key`, `kind`,
    `label` and optionally `help` (both pairs), `required`, `choices` (triples of value, Swedish, English).

    Raises SlugTaken, MisplacedTopic, DepartmentClosed, ValueError for an icon there is not or an address that is no
    page's, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    values = {
        "slug": slug,
        "parent": parent,
        "icon": icon,
        **_both("name", names),
        **_both("description", descriptions),
        "audience": audience,
        "leads_to": leads_to,
        **_both("guidance", guidance),
        "link": link,
        "department": department,
        "priority": priority,
        **_both("checklist", checklist),
        "is_open_to_wishes": is_open_to_wishes,
        **_both("wish_answer", wish_answer),
    }
    with transaction.atomic():
        _hold(department)
        _lock_all()
        asked = _form(names, questions) if questions else form
        topic = HelpTopic(position=_next_position(parent))
        _change(topic, {**values, "form": asked})
        _offer_to(topic, organisations, agreements)
    return topic


def update_topic(
    *,
    actor: User | None,
    topic: HelpTopic,
    values: Mapping[str, Any],
    organisations: Iterable[Organisation] | None = None,
    agreements: Iterable[Agreement] | None = None,
) -> HelpTopic:
    """Change a help topic: `values` by the names of FIELDS; `organisations` and `agreements` to which it is offered.
    What is not given stays. Holds for tickets filed from now on; older ones stay where they are. Below another parent
    it becomes the last. Routing rules that ask for it go on doing so when its `slug` changes.

    Raises SlugTaken, MisplacedTopic, DepartmentClosed for another department than it has, ValueError for an icon there
    is not or an address that is no page's, PermissionError unless the actor is an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        _hold(values.get("department"))
        locked = _lock_all()[topic.pk]
        changed = {name: values[name] for name in FIELDS if name in values and values[name] != getattr(locked, name)}
        if "slug" in changed:
            point_rules(actor=actor, fact="topic", old=locked.slug, new=changed["slug"])
        if "parent" in changed:
            locked.position = _next_position(changed["parent"])
        if changed:
            _change(locked, changed)
        _offer_to(locked, organisations, agreements)
    return locked


def move_topic(*, actor: User | None, topic: HelpTopic, up: bool) -> bool:
    """Let a topic change places with the one before it, or after it, among those offered beside it.

    Returns False, and changes nothing, where there is none. Raises PermissionError unless by an administrator.
    """
    require_administrator(actor)
    with transaction.atomic():
        topics = _lock_all()
        own = topics[topic.pk]
        beside = [row for row in topics.values() if row.parent_id == own.parent_id and row.is_active == own.is_active]
        here = beside.index(own)
        there = here - 1 if up else here + 1
        if not 0 <= there < len(beside):
            return False
        beside[here], beside[there] = beside[there], beside[here]
        for position, row in enumerate(beside):
            row.position = position
        HelpTopic.objects.bulk_update(beside, ["position"])
    return True


def retire_topic(*, actor: User | None, topic: HelpTopic) -> HelpTopic:
    """Offer a topic to nobody any more, nor those below it. Its tickets keep it, and it can be offered again.

    Raises PermissionError unless the actor is an administrator.
    """
    return _set_active(actor, topic, is_active=False)


def restore_topic(*, actor: User | None, topic: HelpTopic) -> HelpTopic:
    """Offer a retired topic again, where it was. Below one that is itself retired, it is seen when that one is.

    Raises PermissionError unless the actor is an administrator.
    """
    return _set_active(actor, topic, is_active=True)


def _set_active(actor: User | None, topic: HelpTopic, *, is_active: bool) -> HelpTopic:
    require_administrator(actor)
    with transaction.atomic():
        locked = _lock_all()[topic.pk]
        if locked.is_active != is_active:
            locked.is_active = is_active
            locked.save(update_fields=["is_active"])
    return locked


def _lock_all() -> dict[int, HelpTopic]:
    """All topics of the portal, in their order: what holds of a tree is decided by one at a time."""
    rows = HelpTopic.objects.select_for_update(of=("self",)).select_related("parent", "department", "form")
    return {row.pk: row for row in rows}


def _change(topic: HelpTopic, changed: Mapping[str, Any]) -> None:
    """Give a topic new values and save it, after asking what they must not be."""
    if "parent" in changed and not _may_stand(topic, changed["parent"]):
        raise MisplacedTopic
    department = changed.get("department")
    if department is not None:
        _require_open(department)
    for name, value in changed.items():
        setattr(topic, name, value)
    if topic.icon and topic.icon not in ICONS:
        raise ValueError("There is no such icon")
    if topic.leads_to == LeadsTo.LINK and not is_web_address(topic.link):
        raise ValueError("A topic leads to the address of a page")
    try:
        with transaction.atomic():
            topic.save()
    except IntegrityError:
        if HelpTopic.objects.filter(slug=topic.slug).exclude(pk=topic.pk).exists():
            raise SlugTaken from None
        raise


def is_web_address(link: str) -> bool:
    """Whether an address is a page's, and not a script's or a file's."""
    try:
        parts = urlsplit(link)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def _may_stand(topic: HelpTopic, parent: HelpTopic | None) -> bool:
    if parent is None:
        return True
    parents: dict[int, int | None] = dict(HelpTopic.objects.values_list("pk", "parent_id"))
    above: list[int] = []
    step: int | None = parent.pk
    while step is not None and len(above) <= LEVELS:
        above.append(step)
        step = parents.get(step)
    is_open = HelpTopic.objects.filter(pk=parent.pk, is_active=True).exists()
    return is_open and topic.pk not in above and len(above) + _height(topic.pk, parents) <= LEVELS


def _height(topic: int | None, parents: Mapping[int, int | None]) -> int:
    """How many levels a topic and what is below it take."""
    below = [pk for pk, parent in parents.items() if topic is not None and parent == topic]
    return 1 + max((_height(pk, parents) for pk in below), default=0)


def _hold(department: Department | None) -> None:
    """Let nobody close the department before the topic points there. Locked before the topics, as closing does."""
    if department is not None:
        Department.objects.select_for_update(no_key=True).filter(pk=department.pk).first()


def _require_open(department: Department) -> None:
    if not Department.objects.select_for_update(no_key=True).get(pk=department.pk).is_active:
        raise DepartmentClosed


def _offer_to(
    topic: HelpTopic, organisations: Iterable[Organisation] | None, agreements: Iterable[Agreement] | None
) -> None:
    if organisations is not None:
        wanted = {row.pk for row in organisations}
        TopicOrganisation.objects.filter(topic=topic).exclude(organisation__in=wanted).delete()
        for pk in wanted:
            TopicOrganisation.objects.get_or_create(topic=topic, organisation_id=pk)
    if agreements is not None:
        wanted = {row.pk for row in agreements}
        TopicAgreement.objects.filter(topic=topic).exclude(agreement__in=wanted).delete()
        for pk in wanted:
            TopicAgreement.objects.get_or_create(topic=topic, agreement_id=pk)


def _next_position(parent: HelpTopic | None) -> int:
    last = HelpTopic.objects.filter(parent=parent).order_by("-position").values_list("position", flat=True).first()
    return 0 if last is None else last + 1


def _both(name: str, pair: Pair) -> dict[str, str]:
    return {f"{name}_sv": pair[0], f"{name}_en": pair[1]}


def _form(names: tuple[str, str], questions: Sequence[dict[str, Any]]) -> TicketForm:
    form: TicketForm = TicketForm.objects.create(name=names[0] or names[1])
    for position, question in enumerate(questions):
        FormField.objects.create(form=form, position=position, **_question(question))
    return form


def _question(question: dict[str, Any]) -> dict[str, Any]:
    helps = question.get("help", ("", ""))
    return {
        "key": question["key"],
        "kind": question["kind"],
        "label_sv": question["label"][0],
        "label_en": question["label"][1],
        "help_sv": helps[0],
        "help_en": helps[1],
        "need": Need.ALWAYS if question.get("required") else Need.OPTIONAL,
        "choices": [{"value": value, "sv": sv, "en": en} for value, sv, en in question.get("choices", ())],
    }
