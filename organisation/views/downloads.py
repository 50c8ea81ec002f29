"""Files that somebody sent, handed out again."""

from __future__ import annotations

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, HttpResponse
from django.utils.http import content_disposition_header


def as_download(file: FieldFile, *, name: str, content_type: str) -> FileResponse:
    """Return the file so that no browser runs it or guesses what it is: always as a download."""
    response = FileResponse(file.open("rb"), as_attachment=True, filename=name, content_type=content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def as_csv(content: bytes, *, name: str) -> HttpResponse:
    """Return a table in UTF-8 as a download called `name`."""
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response["X-Content-Type-Options"] = "nosniff"
    return response
