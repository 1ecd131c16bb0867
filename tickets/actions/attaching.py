"""Files: kept while their form has errors, attached when their message is sent."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.pictures import picture_type
from accounts.uploading import safe_file_name
from tickets.models import Attachment, Message, Upload


def keep_uploads(
    *,
    form_key: UUID,
    files: Iterable[UploadedFile],
    field_key: str = "",
    content_ids: Mapping[str, str] | None = None,
) -> list[Upload]:
    """Keep files sent with a form, under the form's key, so that they survive its errors. Swept after a day.

    `field_key` is the question they answer, if they answer one; `content_ids` says by name which of a mail's files its
    HTML shows in place. The caller has judged them (`refusal_of`). A file whose name and size the form already keeps
    there is taken as the same.
    """
    known = {(upload.name, upload.size) for upload in kept_uploads(form_key) if upload.field_key == field_key}
    kept: list[Upload] = []
    for file in files:
        name = safe_file_name(file.name or "")
        if (name, file.size) in known:
            continue
        head = file.read(16)
        file.seek(0)
        kept.append(
            Upload.objects.create(
                form_key=form_key,
                field_key=field_key,
                name=name,
                content_type=picture_type(head) or "",
                size=file.size or 0,
                content_id=(content_ids or {}).get(name, ""),
                file=file,
            )
        )
    return kept


def kept_uploads(form_key: UUID | None) -> list[Upload]:
    """The files kept under a form's key. Whoever has the unguessable key sent the form."""
    return list(Upload.objects.filter(form_key=form_key).order_by("pk")) if form_key else []


def attached_answers(form_key: UUID) -> list[Attachment]:
    """The files that answered questions when this form was sent before, so that sent again it misses none."""
    return list(Attachment.objects.filter(message__ticket__filing_key=form_key).exclude(field_key=""))


def drop_uploads(*, form_key: UUID, ids: Sequence[int]) -> None:
    """Forget kept files their sender took away again."""
    for upload in Upload.objects.filter(form_key=form_key, pk__in=ids):
        forget_upload(upload)


def forget_upload(upload: Upload) -> None:
    """Delete a kept file: its row now, its bytes once that is committed, so that a rollback loses nothing."""
    upload.delete()
    transaction.on_commit(partial(upload.file.storage.delete, str(upload.file.name)))


def attach_uploads(message: Message, form_key: UUID | None) -> list[Attachment]:
    """Turn a form's kept files into the message's attachments, inside the door's transaction. Files do not move.

    Only a ticket's first message answers questions; with a later one, files that would are files like others. What is
    kept twice becomes one attachment: two who took one mail at once have both kept its files.
    """
    uploads: list[Upload] = []
    for upload in kept_uploads(form_key):
        if any(_is_same(upload, other) for other in uploads):
            forget_upload(upload)
        else:
            uploads.append(upload)
    opens = not Message.objects.filter(ticket=message.ticket_id, pk__lt=message.pk).exists() if uploads else False
    attachments = Attachment.objects.bulk_create(
        [
            Attachment(
                message=message,
                name=upload.name,
                content_type=upload.content_type,
                size=upload.size,
                file=upload.file.name,
                field_key=upload.field_key if opens else "",
                content_id=upload.content_id,
                created_at=message.created_at,
            )
            for upload in uploads
        ]
    )
    Upload.objects.filter(pk__in=[upload.pk for upload in uploads]).delete()
    return list(attachments)


def _is_same(one: Upload, other: Upload) -> bool:
    if (one.field_key, one.name, one.size) != (other.field_key, other.name, other.size):
        return False
    with one.file.open() as mine, other.file.open() as theirs:
        return bool(mine.read() == theirs.read())


def detach_uploads(message: Message, form_key: UUID | None) -> None:
    """Turn a message's attachments back into files kept under a form's key, inside the door's transaction; without one
    they stay, and nobody reaches them any more. Files do not move."""
    if form_key is None:
        return
    attachments = Attachment.objects.filter(message=message)
    Upload.objects.bulk_create(
        [
            Upload(
                form_key=form_key,
                name=file.name,
                content_type=file.content_type,
                size=file.size,
                file=file.file.name,
            )
            for file in attachments
        ]
    )
    attachments.delete()


def new_uploads(message_ids: Sequence[int], form_key: UUID | None) -> bool:
    """Whether a form sent again brings files its ticket does not have yet; those it has are dropped."""
    if not form_key:
        return False
    known = set(Attachment.objects.filter(message__in=message_ids).values_list("name", "size"))
    uploads = kept_uploads(form_key)
    same = [upload.pk for upload in uploads if (upload.name, upload.size) in known]
    with transaction.atomic():
        drop_uploads(form_key=form_key, ids=same)
    return len(uploads) > len(same)
