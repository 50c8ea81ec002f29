"""Pages and data are compressed on their way, as browsers ask for it; files were compressed when they were collected.

Here and not in a proxy, since it must be known what may be: what a page repeats of its address must not show by its length
what else stands in it (BREACH). Django makes the length of each answer differ by chance, masks the form's token anew in each,
and our cookies go with no other site's requests (docs/decisions/0040-compression.md).
"""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

COMPRESSED = frozenset(
    {
        "application/geo+json",
        "application/json",
        "application/problem+json",
        "application/xml",
        "image/svg+xml",
        "text/calendar",
        "text/csv",
        "text/html",
        "text/plain",
        "text/xml",
    }
)


class CompressionMiddleware(GZipMiddleware):
    """Django's, for what becomes smaller, is there as a whole, and has no tag.

    Who changes a card by If-Match sends the tag back; of a compressed answer it would have to be a weak one, which matches
    nothing.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind not in COMPRESSED or response.streaming or response.has_header("ETag"):
            return response
        return super().process_response(request, response)
