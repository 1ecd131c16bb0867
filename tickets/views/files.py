"""Attachments: always fetched through their ticket, and sent so that no browser ever runs them."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django.http import FileResponse
from django.shortcuts import get_object_or_404

from accounts.requests import PortalRequest
from accounts.serving import file_response
from tickets.actions.attaching import attached_answers, drop_uploads, keep_uploads, kept_uploads
from tickets.forms.fields import KeyField
from tickets.forms.messages import MessageForm
from tickets.models import Attachment, Ticket, Upload


def attachment_response(ticket: Ticket, messages: Any, pk: int) -> FileResponse:
    """One of the ticket's files, if it hangs on one of `messages` (those the reader may see); else 404."""
    attachment: Attachment = get_object_or_404(Attachment, pk=pk, message__in=messages, message__ticket=ticket)
    picture_type = attachment.content_type if attachment.is_image else ""
    return file_response(attachment.file, name=attachment.name, picture_type=picture_type)


def keep_files(request: PortalRequest, form: MessageForm, key: UUID) -> list[Upload]:
    """Keep what was sent with a form, without the files whose tick was taken away; returns what is kept now."""
    ticked = set(request.POST.getlist("kept"))
    dropped = [upload.pk for upload in kept_uploads(key) if upload.key not in ticked or not form.still_wants(upload)]
    drop_uploads(form_key=key, ids=dropped)
    keep_uploads(form_key=key, files=form.files_to_keep)
    for field_key, file in form.answer_files.items():
        keep_uploads(form_key=key, files=[file], field_key=field_key)
    return kept_uploads(key)


F = TypeVar("F", bound=MessageForm)


def bound(
    request: PortalRequest, make: Callable[..., F], key_name: str, *, refuse_files: bool = False, **kwargs: Any
) -> tuple[F, UUID, list[Upload]]:
    """A posted form, its key, and its files kept whatever else is wrong with it; unless they are not welcome now."""
    data = request.POST
    key = KeyField().clean(data.get(key_name))
    ticked = set(data.getlist("kept"))
    form = make(
        data,
        request.FILES,
        tenant=request.tenant,
        overflow=refuse_files or getattr(request, "uploads_over_limit", False),
        kept=[*attached_answers(key), *(upload for upload in kept_uploads(key) if upload.key in ticked)],
        **kwargs,
    )
    form.full_clean()
    if data.get(key_name) != str(key):
        form.data = data.copy()
        form.data[key_name] = str(key)
        form.cleaned_data[key_name] = key
    return form, key, keep_files(request, form, key)
