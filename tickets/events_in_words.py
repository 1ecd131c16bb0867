"""An event as a sentence in the reader's language. Plain text: names in it are escaped by whoever shows it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.languages import in_readers_language
from routing.enums import Ageing, Measure, Rung
from tickets.enums import EventKind, Priority, Status, WaitingOn
from tickets.models import TicketEvent

SHORT = 120  # characters of an answer in its line


def sentence(event: TicketEvent) -> str:
    """What happened, in one quiet line."""
    who, data = event.actor.public_name if event.actor else _("The system"), event.data
    if event.kind in _WITH_DETAILS:
        return _WITH_DETAILS[EventKind(event.kind)](who, data)
    return _plain(event.kind) % {"who": who}


def rules_chose_again(event: TicketEvent) -> str:
    """That somebody changed the topic and let the rules choose the department, in one quiet line."""
    who = event.actor.public_name if event.actor else _("The system")
    return _chosen_again(who, event.data.get("department", ""))


def _chosen_again(who: str, department: str) -> str:
    words = _("The rules chose %(department)s again, because the topic was changed by %(who)s")
    return words % {"department": department, "who": who}


def _plain(kind: str) -> str:
    return {
        EventKind.OPENED: _("%(who)s opened the ticket"),
        EventKind.CLOSED: _("%(who)s closed the ticket"),
        EventKind.REOPENED: _("%(who)s reopened the ticket"),
        EventKind.CLAIMED: _("%(who)s took the ticket"),
        EventKind.REPLIED: _("%(who)s replied"),
        EventKind.NOTED: _("%(who)s wrote an internal note"),
        EventKind.REPLY_WITHDRAWN: _("%(who)s took a reply back before it was sent"),
        EventKind.LINKS_REVOKED: _("%(who)s made the links in earlier mails void"),
        EventKind.NUDGED: _("%(who)s asked whether there is any news"),
        EventKind.TAKEN_ON: _("%(who)s is on it"),
        EventKind.REMINDED: _("%(who)s reminded the customer that we wait for an answer"),
    }[EventKind(kind)]


def _replied(who: str, data: dict[str, Any]) -> str:
    if data.get("thanks"):
        return _("This looked like a plain thank-you, so the ticket stayed closed. Reopen it if it was more than that.")
    return _plain(EventKind.REPLIED) % {"who": who}


def _closed(who: str, data: dict[str, Any]) -> str:
    if data.get("unanswered"):
        return _("The ticket was closed, because no answer came")
    return _plain(EventKind.CLOSED) % {"who": who}


def _routed(_who: str, data: dict[str, Any]) -> str:
    return _("%(department)s received the ticket") % {"department": data.get("department", "")}


def _transferred(who: str, data: dict[str, Any]) -> str:
    words = {"who": who, "before": data.get("from", ""), "after": data.get("to", "")}
    if words["before"] == words["after"]:  # as customers read it, where both names are not for them
        return _("The ticket was handed over within %(after)s") % words
    if data.get("closing"):
        return _("%(after)s took the ticket over from %(before)s, which has closed") % words
    if data.get("by_rules"):
        return _chosen_again(who, words["after"])
    return _("%(who)s handed the ticket over from %(before)s to %(after)s") % words


def _status_changed(who: str, data: dict[str, Any]) -> str:
    return _("%(who)s set the status to %(status)s") % {"who": who, "status": _label(Status, data.get("to"))}


def _confidentiality_changed(who: str, data: dict[str, Any]) -> str:
    hidden = data.get("confidential")
    return (_("%(who)s made the ticket confidential") if hidden else _("%(who)s let colleagues read it")) % {"who": who}


def _assigned(who: str, data: dict[str, Any]) -> str:
    if data.get("name"):
        return _("%(who)s gave the ticket to %(name)s") % {"who": who, "name": data["name"]}
    if data.get("from"):
        return _("The ticket went back to the department, because %(name)s no longer works here") % {
            "name": data["from"]
        }
    return _("%(who)s gave the ticket back to the department") % {"who": who}


def _priority_changed(who: str, data: dict[str, Any]) -> str:
    words = {
        "who": who,
        "before": _label(Priority, data.get("from")),
        "after": _label(Priority, data.get("to")),
        "reason": data.get("reason", ""),
    }
    if words["reason"]:
        return _("%(who)s changed the priority from %(before)s to %(after)s: %(reason)s") % words
    return _("%(who)s changed the priority from %(before)s to %(after)s") % words


def _answers_changed(who: str, data: dict[str, Any]) -> str:
    changes = [_answer_changed(change) for change in data.get("changes", [])]
    if not changes:
        return _("%(who)s changed the answers of the form") % {"who": who}
    return _("%(who)s changed %(changes)s") % {"who": who, "changes": "; ".join(changes)}


def _answer_changed(change: dict[str, str]) -> str:
    names = {name: _short(_in_language(change, name)) for name in ("label", "from", "to")}
    if not names["from"]:
        return _("“%(label)s” to “%(to)s”") % names
    if not names["to"]:
        return _("“%(label)s” from “%(from)s” to nothing") % names
    return _("“%(label)s” from “%(from)s” to “%(to)s”") % names


def _in_language(data: dict[str, Any], name: str) -> str:
    return in_readers_language(data.get(f"{name}_sv", ""), data.get(f"{name}_en", ""))


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= SHORT else f"{line[: SHORT - 1]}…"


def _tags_changed(who: str, data: dict[str, Any]) -> str:
    words = {"who": who, "added": ", ".join(data.get("added", [])), "removed": ", ".join(data.get("removed", []))}
    if words["added"] and words["removed"]:
        return _("%(who)s added the tags %(added)s and took away %(removed)s") % words
    if words["removed"]:
        return _("%(who)s took away the tags %(removed)s") % words
    return _("%(who)s added the tags %(added)s") % words


def _topic_changed(who: str, data: dict[str, Any]) -> str:
    names = {name: _in_language(data, name) for name in ("from", "to")}
    return _("%(who)s changed the topic from “%(from)s” to “%(to)s”") % {"who": who, **names}


def _follower_added(who: str, data: dict[str, Any]) -> str:
    own = data.get("own")
    return _about_person(_("%(who)s follows the ticket") if own else _("%(who)s lets %(name)s follow it"), who, data)


def _follower_removed(who: str, data: dict[str, Any]) -> str:
    if data.get("own"):
        return _about_person(_("%(who)s no longer follows the ticket"), who, data)
    return _about_person(_("%(who)s took %(name)s off its followers"), who, data)


def _collaborator_added(who: str, data: dict[str, Any]) -> str:
    follows = data.get("follows")
    return _about_person(
        _("%(who)s follows the ticket") if follows else _("%(who)s added %(name)s to the ticket"), who, data
    )


def _collaborator_removed(who: str, data: dict[str, Any]) -> str:
    left = data.get("left")
    return _about_person(_("%(who)s left the ticket") if left else _("%(who)s took %(name)s off the ticket"), who, data)


def _merged(who: str, data: dict[str, Any]) -> str:
    undone, words = data.get("undone"), {"who": who, "number": data.get("into") or data.get("from", "")}
    if "into" in data:
        if undone:
            return _("%(who)s took the ticket apart from %(number)s again") % words
        return _("%(who)s merged the ticket into %(number)s") % words
    if undone:
        return _("%(who)s took %(number)s apart from this ticket again") % words
    return _("%(who)s merged %(number)s into this ticket") % words


def _mail_returned(_who: str, data: dict[str, Any]) -> str:
    return _("A mail to %(address)s came back and did not arrive") % {"address": data.get("address", "")}


def _waiting_changed(who: str, data: dict[str, Any]) -> str:
    if data.get("to") != WaitingOn.THIRD_PARTY:
        return _("%(who)s let the ticket wait for us again") % {"who": who}
    if data.get("whom"):
        return _("%(who)s let the ticket wait for %(whom)s") % {"who": who, "whom": data["whom"]}
    return _("%(who)s let the ticket wait for somebody else") % {"who": who}


def _snoozed(who: str, data: dict[str, Any]) -> str:
    if not data.get("until"):
        return _("%(who)s brought the ticket back into the queue") % {"who": who}
    return _("%(who)s put the ticket off until %(until)s") % {"who": who, "until": _moment(data["until"])}


def _moment(kept: str) -> str:
    """A moment as events keep it (ISO 8601), in the reader's time zone."""
    return date_format(timezone.localtime(datetime.fromisoformat(kept)), "DATETIME_FORMAT")


def _escalated(_who: str, data: dict[str, Any]) -> str:
    """`rung`, and what was breached: `measure` of a service level, or an ageing policy's `condition`; or several such
    steps that were taken together (`steps`)."""
    steps = data.get("steps", [data])
    reasons = [
        str(Measure(step["measure"]).label if step.get("measure") else Ageing(step["condition"]).label)
        for step in steps
        if step.get("measure") or step.get("condition")
    ]
    people = [str(Rung(step["rung"]).label) for step in steps if step.get("rung")]
    words = {"reasons": "; ".join(dict.fromkeys(reasons)), "people": "; ".join(dict.fromkeys(people))}
    return _("It goes stale (%(reasons)s). Told of it: %(people)s") % words


def _times_changed(who: str, data: dict[str, Any]) -> str:
    words = {
        "calendar": _("%(who)s changed the working hours, so the times of this ticket were worked out again"),
        "level": _("%(who)s changed the service level, so the times of this ticket were worked out again"),
        "agreement": _("%(who)s changed the agreement, so the times of this ticket were worked out again"),
    }
    return words[data.get("why", "level")] % {"who": who}


def _service_linked(who: str, data: dict[str, Any]) -> str:
    return _("%(who)s linked the ticket to “%(title)s”") % {"who": who, "title": _in_language(data, "title")}


def _service_unlinked(who: str, data: dict[str, Any]) -> str:
    return _("%(who)s took away the link to “%(title)s”") % {"who": who, "title": _in_language(data, "title")}


def _about_person(words: str, who: str, data: dict[str, Any]) -> str:
    return words % {"who": who, "name": data.get("name", "")}


def _label(kind: type[Status] | type[Priority], value: Any) -> str:
    return str(kind(value).label) if value in kind.values else str(value)


_WITH_DETAILS: dict[EventKind, Callable[[str, dict[str, Any]], str]] = {
    EventKind.REPLIED: _replied,
    EventKind.CLOSED: _closed,
    EventKind.ROUTED: _routed,
    EventKind.TRANSFERRED: _transferred,
    EventKind.ASSIGNED: _assigned,
    EventKind.STATUS_CHANGED: _status_changed,
    EventKind.PRIORITY_CHANGED: _priority_changed,
    EventKind.ANSWERS_CHANGED: _answers_changed,
    EventKind.TAGS_CHANGED: _tags_changed,
    EventKind.TOPIC_CHANGED: _topic_changed,
    EventKind.FOLLOWER_ADDED: _follower_added,
    EventKind.FOLLOWER_REMOVED: _follower_removed,
    EventKind.COLLABORATOR_ADDED: _collaborator_added,
    EventKind.COLLABORATOR_REMOVED: _collaborator_removed,
    EventKind.CONFIDENTIALITY_CHANGED: _confidentiality_changed,
    EventKind.MERGED: _merged,
    EventKind.WAITING_CHANGED: _waiting_changed,
    EventKind.SNOOZED: _snoozed,
    EventKind.ESCALATED: _escalated,
    EventKind.TIMES_CHANGED: _times_changed,
    EventKind.MAIL_RETURNED: _mail_returned,
    EventKind.SERVICE_LINKED: _service_linked,
    EventKind.SERVICE_UNLINKED: _service_unlinked,
}
