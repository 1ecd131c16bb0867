"""Reading a call that may be as large as a mail: larger than the forms people send, whose limit Django holds.

Django's own reading of forms with files takes that limit from the settings, for all of them; so such a form is taken
apart here, once the call's headers have been looked at (`provider_hooks.require_signs`).
"""

from io import BytesIO

from django.core.exceptions import BadRequest, RequestDataTooBig
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.http import parse_header_parameters

LARGEST_CALL = 75 * 1024 * 1024  # a mail of 50 MB as it is written in JSON
MOST_FIELDS = 1000


def read_whole(request: HttpRequest) -> None:
    """Read the body, and a form's fields, where Django looks for them. The length was said before, so no more is taken
    than that. Raises RequestDataTooBig before anything is read, BadRequest for what is no form."""
    try:
        length = int(request.headers.get("Content-Length") or 0)
    except ValueError as nonsense:
        raise BadRequest("No length") from nonsense
    if length > LARGEST_CALL:
        raise RequestDataTooBig("Larger than any mail")
    request._body = request.read(max(length, 0))  # where Django keeps it, once read
    if request.content_type == "multipart/form-data":
        boundary = (request.content_params or {}).get("boundary", "").encode("ascii", "replace")
        request._post, request._files = _fields(request._body, boundary)  # type: ignore[attr-defined]


def _fields(body: bytes, boundary: bytes) -> tuple[QueryDict, MultiValueDict[str, UploadedFile]]:
    """The fields and files of a form (RFC 7578)."""
    if not 0 < len(boundary) <= 70:
        raise BadRequest("No boundary")
    fields, files = QueryDict(mutable=True), MultiValueDict[str, UploadedFile]()
    parts = (b"\r\n" + body).split(b"\r\n--" + boundary, MOST_FIELDS + 1)
    for part in parts[1:]:
        if part.startswith(b"--"):
            return fields, files
        head, _blank, content = part.partition(b"\r\n\r\n")
        said = _headers(head)
        _kind, disposition = parse_header_parameters(said.get("content-disposition", ""))
        name, file_name = disposition.get("name", ""), disposition.get("filename")
        if not name:
            continue
        if file_name is None:
            fields.appendlist(name, content.decode("utf-8", "replace"))
        else:
            kind = said.get("content-type", "application/octet-stream")
            held = InMemoryUploadedFile(BytesIO(content), name, file_name, kind, len(content), None)
            files.appendlist(name, held)
    raise BadRequest("The form has no end")


def _headers(head: bytes) -> dict[str, str]:
    lines = (line.partition(":") for line in head.decode("utf-8", "replace").split("\r\n"))
    return {name.strip().lower(): value.strip() for name, _colon, value in lines}
