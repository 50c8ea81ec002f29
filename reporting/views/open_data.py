"""Our figures as open data, for everybody and every site: a page that explains, JSON, and CSV."""

from __future__ import annotations

import csv
import io
import json
from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import http_date
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from organisation.cells import safe_text
from reporting.exchange import COLUMNS, OpenData, open_data

KEPT = 15 * 60


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Say what there is, with the latest figures, and how it may be used."""
    found = open_data(request.municipality)  # type: ignore[attr-defined]
    language = get_language() or "nb"
    rows = [
        {
            "name": one["names"].get(language) or next(iter(one["names"].values()), one["key"]),
            "key": one["key"],
            "years": len(one["values"]),
            "first": one["values"][0]["period"] if one["values"] else "",
            "last": one["values"][-1]["period"] if one["values"] else "",
        }
        for one in found.document["indicators"]
    ]
    context = {"rows": rows, "updated_at": found.updated_at, "licence": settings.OPEN_DATA_LICENCE, "columns": COLUMNS}
    return render(request, "reporting/open_data.html", context)


@require_safe
def as_json(request: HttpRequest) -> HttpResponse:
    """The document that other installations read."""
    found = open_data(request.municipality)  # type: ignore[attr-defined]
    body = json.dumps(found.document, ensure_ascii=False, indent=1).encode()
    return _open(request, found, body, "application/json")


@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    """The same as a table, with names in the municipality's language."""
    house = request.municipality  # type: ignore[attr-defined]
    found = open_data(house)
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in found.rows(house.language):
        writer.writerow([safe_text(cell) if isinstance(cell, str) else cell for cell in row])
    response = _open(request, found, file.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="benchmarks.csv"'
    return response


def _open(request: HttpRequest, found: OpenData, body: bytes, content_type: str) -> HttpResponse:
    """Answer so that everybody may keep it for a while, and asks for little where nothing is new."""
    etag = f'"{sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(body, content_type=content_type)
    response["ETag"] = etag
    if found.updated_at is not None:
        response["Last-Modified"] = http_date(found.updated_at.timestamp())
    # By the ETag alone: an indicator that is closed changes the document, and no figure's date.
    answer = get_conditional_response(request, etag=etag, response=response) or response
    patch_cache_control(answer, public=True, max_age=KEPT)
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Access-Control-Expose-Headers"] = "ETag, Last-Modified"
    return answer
