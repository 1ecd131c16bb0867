"""Help topics and their fields, tickets, messages, attachments, events, links, collaborators, reading marks."""

from tickets.models.events import TicketEvent
from tickets.models.files import Attachment, Upload
from tickets.models.links import Collaborator, Reading, TicketLink
from tickets.models.messages import Message
from tickets.models.tickets import FieldAnswer, Ticket, TicketCounter
from tickets.models.topics import HelpTopic, TopicField

__all__ = [
    "Attachment",
    "Collaborator",
    "FieldAnswer",
    "HelpTopic",
    "Message",
    "Reading",
    "Ticket",
    "TicketCounter",
    "TicketEvent",
    "TicketLink",
    "TopicField",
    "Upload",
]
