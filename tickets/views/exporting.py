"""The queue as a file."""

from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _

from accounts.requests import PortalRequest
from accounts.rules import agents_only
from accounts.views.exports import csv_response
from tickets.exporting import questions_answered, tickets_header, tickets_rows
from tickets.queue import Queue


@agents_only
def desk_export(request: PortalRequest) -> StreamingHttpResponse:
    """The tickets the queue shows for the same questions, on all its pages: those this agent sees."""
    tickets = Queue(request.user, request.GET).tickets()
    questions = questions_answered(tickets)
    return csv_response(_("tickets"), tickets_header(questions), tickets_rows(tickets, questions))
