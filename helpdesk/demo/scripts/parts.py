"""What a demo portal is made of. Plain data."""

from dataclasses import dataclass, field
from typing import Any

from accounts.enums import PasswordPolicy
from tickets.enums import Priority

Pair = tuple[str, str]  # Swedish, English
# For each priority the hours of working time until the first answer, the next one, and the solution.
DemoTargets = dict[str, tuple[float | None, float | None, float | None]]


@dataclass(frozen=True)
class Step:
    """One thing that happened on a demo ticket, `hours` before now. `who` is a mail address's first part."""

    hours: float
    who: str
    # reply, reply-close, note, close, claim, transfer, share, priority, answers, third-party, snooze, nudge
    what: str
    text: str = ""
    # A department's name, the address of a colleague, a priority, an answer as key=value, a third party, or how many
    # hours before now a ticket stops sleeping (after now: less than 0).
    to: str = ""


@dataclass(frozen=True)
class Story:
    hours: float
    who: str
    topic: str
    subject: str
    body: str
    answers: dict[str, str] = field(default_factory=dict)
    channel: str = "portal"
    priority: str = ""  # as the customer chose it, or as an agent revised it at once
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class DemoOrganisation:
    """`administrators`: name, address, phone of those its people turn to; `provider`: kind → name, address, phone."""

    department: str = ""
    domains: tuple[str, ...] = ()
    agreement: str = ""
    visibility: str = "own"
    administrators: tuple[tuple[str, str, str], ...] = ()
    provider: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    notes: str = ""
    sites: tuple[str, ...] = ()
    exceptions: dict[str, str] = field(default_factory=dict)  # topic → department, "" for where others' go


@dataclass(frozen=True)
class DemoForm:
    """A form: a ready one (`ready`), and fields as `add_field` takes them; `depends_on` names a key."""

    ready: str = ""
    fields: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class DemoPerson:
    name: str
    organisation: str = ""
    phone: str = ""
    is_named_contact: bool = False
    is_contact_person: bool = False


@dataclass(frozen=True)
class DemoAddress:
    """An address people write to, without its domain. `retired`: where it sends people, in Swedish and English."""

    name: str
    topic: str
    department: str = ""
    priority: str = Priority.LOW
    language: str = ""
    retired: tuple[str, str] | None = None


@dataclass(frozen=True)
class DemoMail:
    """A mail that came in, `hours` before now. `to`: what stands before the portal's @. `about`: the subject of the
    ticket whose number stands in the mail's. `file`: a picture beside the words, by its name."""

    hours: float
    name: str
    sender: str
    to: str
    subject: str
    text: str
    about: str = ""
    html: str = ""
    file: str = ""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DemoCalendar:
    """Working hours as one types them, and the departments that have them (with those below), if not everybody has."""

    weekdays: str
    weekends: str = ""
    country: str = "SE"  # whose public holidays are free; "" for none
    with_eves: bool = True
    departments: tuple[str, ...] = ()


@dataclass(frozen=True)
class DemoApplication:
    """Somebody who applied, `hours` ago, and waits."""

    hours: float
    address: str
    name: str
    organisation: str
    phone: str
    reason: str


@dataclass(frozen=True)
class DemoAnswer:
    """An answer of "Where to turn". `goes`: the key of another question, or a kind of end, with the address of its
    topic or article."""

    label: Pair
    goes: str
    topic: str = ""
    article: str = ""
    contact_kinds: tuple[str, ...] = ()
    words: Pair = ("", "")
    examples: tuple[Pair, ...] = ()


@dataclass(frozen=True)
class DemoQuestion:
    text: Pair
    answers: tuple[DemoAnswer, ...]
    help: Pair = ("", "")


@dataclass(frozen=True)
class DemoMessage:
    """A service message: begins `begins` hours after now and lasts for `lasts`; less than 0 is before now. `time`: when
    on that day, by the portal's clocks. `updates`: hours before now, text; with `is_over`, the last one tells that it
    is."""

    kind: str
    severity: str
    title: Pair
    body: Pair
    begins: float
    lasts: float | None = None
    services: tuple[int, ...] = ()  # their places in the list
    updates: tuple[tuple[float, Pair], ...] = ()
    is_over: bool = False
    time: str = ""


@dataclass(frozen=True)
class DemoOccasion:
    """`days` from today, at a time by the portal's clocks. `booked`: customers' addresses, in turn."""

    days: int
    time: str
    minutes: int
    seats: int
    place: str = ""
    link: str = ""
    host: str = ""
    booked: tuple[str, ...] = ()


@dataclass(frozen=True)
class DemoActivity:
    kind: str
    title: Pair
    body: Pair
    occasions: tuple[DemoOccasion, ...]
    audience: str = "signed_in"


@dataclass(frozen=True)
class DemoHelp:
    """A portal's help centre, besides its articles (`help/<portal>/`) and guide. `services`: names, and the topics
    about each."""

    guide_first: bool = False
    welcome: Pair = ("", "")
    tips: Pair = ("", "")
    manual_topic: str = ""
    services: tuple[tuple[Pair, tuple[str, ...]], ...] = ()
    messages: tuple[DemoMessage, ...] = ()
    activities: tuple[DemoActivity, ...] = ()


@dataclass(frozen=True)
class DemoPortal:
    """`access`: the portal's settings about who gets in, as `update_access` takes them."""

    slug: str
    name: str
    colour: str
    language: str
    departments: tuple[tuple[str, str], ...]  # name, parent; the first is the default
    members: dict[str, tuple[str, ...]]  # department → agents, the lead first with "*"
    staff: dict[str, str]  # mail name → name
    organisations: dict[str, DemoOrganisation]
    customers: dict[str, DemoPerson]  # by address
    topics: tuple[dict[str, Any], ...]
    stories: tuple[Story, ...]
    calendars: dict[str, DemoCalendar]  # the first one is the portal's
    levels: dict[str, DemoTargets]  # what customers are promised, the first of it to everybody
    absences: tuple[tuple[str, str, int, int], ...] = ()  # who, stand-in, from and until in so many days
    access: dict[str, Any] = field(default_factory=dict)
    department_details: dict[str, dict[str, Any]] = field(default_factory=dict)
    forms: dict[str, DemoForm] = field(default_factory=dict)
    priorities: dict[str, Any] = field(default_factory=dict)  # settings, and "definitions" by priority
    tables: dict[str, dict[str, str]] = field(default_factory=dict)  # name → value → department
    rules: tuple[dict[str, Any], ...] = ()  # as `save_rule` takes them, with names in place of rows
    addresses: tuple[DemoAddress, ...] = ()
    mails: tuple[DemoMail, ...] = ()
    password_policy: str = PasswordPolicy.MODERN
    agreements: tuple[dict[str, Any], ...] = ()  # as `add_agreement` takes them, and the name of their "level"
    applications: tuple[DemoApplication, ...] = ()
    invitations: tuple[tuple[str, str, str], ...] = ()  # address, name, organisation
    guide: dict[str, DemoQuestion] = field(default_factory=dict)  # by key; it begins with the first
    help: DemoHelp = DemoHelp()
