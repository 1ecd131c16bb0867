"""Files from outside: how much is read of them, what they may be called, which are refused. No database here."""

import unicodedata
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.utils.translation import gettext as _

MB = 1024 * 1024
NAME_LIMIT = 150
READ_AT_MOST_MB = 1024  # of one request; beyond that nobody means it well, and nothing of it is read
# What runs when opened; nobody needs it sent to support, and mail filters drop it on the way back.
FORBIDDEN_ENDINGS = frozenset(
    "apk app bat cmd com cpl dll exe hta jar js jse lnk msi msp pif ps1 reg scr sh vbe vbs wsf wsh".split()
)


class CappedUploadHandler(FileUploadHandler):
    """Stops keeping a file's bytes once it, or all files of the request, are over the installation's limits.

    The request is read to its end, so that the reader gets a page that says what was too large, with their text kept.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.total = 0
        self.in_file = 0

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - Django's name
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        if content_length > READ_AT_MOST_MB * MB:
            raise RequestDataTooBig(f"More than {READ_AT_MOST_MB} MB in one request")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.in_file = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.total += len(raw_data)
        self.in_file += len(raw_data)
        if self.total > settings.ATTACHMENTS_LIMIT_MB * MB:
            if self.request is not None:
                self.request.uploads_over_limit = True  # type: ignore[attr-defined]
            return None
        # One chunk more than allowed is kept, so that its size tells the form that it was too large.
        over = self.in_file - len(raw_data) > settings.ATTACHMENT_LIMIT_MB * MB
        return None if over else raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def safe_file_name(name: str) -> str:
    """A file's name as shown and sent back: composed, without path, control or direction-changing characters."""
    plain = unicodedata.normalize("NFC", name.replace("\\", "/"))
    plain = "".join(char for char in plain if unicodedata.category(char) not in ("Cc", "Cf", "Cs"))
    plain = PurePosixPath(plain).name.strip(" .") or "file"
    if len(plain) <= NAME_LIMIT:
        return plain
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[: NAME_LIMIT - 12]}{dot}{ending[:11]}" if stem else plain[:NAME_LIMIT]


def refusal_of(upload: UploadedFile, *, limit_mb: int) -> str:
    """Why a file is refused, in the reader's language and with what to do; empty when it is welcome."""
    name = safe_file_name(upload.name or "")
    size = upload.size or 0
    if size > limit_mb * MB:
        return _("“%(name)s” is larger than %(limit)d MB. Send a smaller file, or a link to it.") % {
            "name": name,
            "limit": limit_mb,
        }
    if size == 0:
        return _("“%(name)s” is empty. Choose the file again.") % {"name": name}
    if name.rpartition(".")[2].lower() in FORBIDDEN_ENDINGS:
        return _("“%(name)s” is a program, which is not accepted. Send a picture or a document, or zip it.") % {
            "name": name
        }
    return ""
