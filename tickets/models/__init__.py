"""Help topics, forms and their fields, tickets, messages, attachments, events, links, collaborators, reading
marks, steps of the ladder, figures of each day."""

from tickets.models.events import TicketEvent
from tickets.models.figures import DailyFigures
from tickets.models.files import Attachment, Upload
from tickets.models.forms import FormField, TicketForm
from tickets.models.help import GuideTopic, ManualTopic, SharedAnswer, TicketServiceMessage, TopicService
from tickets.models.links import Collaborator, Reading, TicketLink
from tickets.models.messages import Message
from tickets.models.priorities import PriorityDefinition, PrioritySettings
from tickets.models.recalculations import Recalculation
from tickets.models.staleness import Escalation
from tickets.models.tags import Follower, Tag, TicketTag
from tickets.models.tickets import FieldAnswer, Ticket, TicketCounter
from tickets.models.topics import HelpTopic, OrganisationException, TopicAgreement, TopicOrganisation
from tickets.models.trials import RoutingTrial

__all__ = [
    "Attachment",
    "Collaborator",
    "DailyFigures",
    "Escalation",
    "FieldAnswer",
    "Follower",
    "FormField",
    "GuideTopic",
    "HelpTopic",
    "ManualTopic",
    "Message",
    "OrganisationException",
    "PriorityDefinition",
    "PrioritySettings",
    "Reading",
    "Recalculation",
    "RoutingTrial",
    "SharedAnswer",
    "Tag",
    "Ticket",
    "TicketCounter",
    "TicketEvent",
    "TicketForm",
    "TicketLink",
    "TicketServiceMessage",
    "TicketTag",
    "TopicAgreement",
    "TopicOrganisation",
    "TopicService",
    "Upload",
]
