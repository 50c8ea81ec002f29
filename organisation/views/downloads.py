"""Files that somebody sent, handed out again."""

from __future__ import annotations

from django.db.models.fields.files import FieldFile
from django.http import FileResponse


def as_download(file: FieldFile, *, name: str, content_type: str) -> FileResponse:
    """Return the file so that no browser runs it or guesses what it is: always as a download."""
    response = FileResponse(file.open("rb"), as_attachment=True, filename=name, content_type=content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
