"""Files from outside, sent so that no browser ever runs them."""

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404


def file_response(file: FieldFile, *, name: str, picture_type: str) -> FileResponse:
    """The file under the name it came with. `picture_type`: the content type of a picture that browsers may show;
    anything else (empty) is only ever saved. Raises Http404 when its bytes are gone."""
    try:
        content = file.open("rb")
    except FileNotFoundError as gone:
        raise Http404 from gone
    response = FileResponse(
        content,
        content_type=picture_type or "application/octet-stream",
        as_attachment=not picture_type,
        filename=name,
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response
