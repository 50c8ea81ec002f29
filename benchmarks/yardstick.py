"""The yardstick: a bare Django view that asks the database for just what a page of ours asks, and nothing else.

Served by gunicorn as ours is, without middleware, session or template. `BENCH_STATEMENTS` names a file with the statements by
number: as recorded, values and all. Where a card is written each run writes its own: what is to be unique is put in anew.
"""

from __future__ import annotations

import json
import os
import secrets
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings

_FRESH = ("«secret»", "«key»")
"""Stand in recorded statements for what must be another for each card."""

_kept: dict[str, list[str]] = {}


def statements(number: str) -> list[str]:
    if not _kept:
        _kept.update(json.loads(Path(os.environ["BENCH_STATEMENTS"]).read_text()))
    return _kept[number]


def run(cursor: Any, recorded: list[str]) -> int:
    """Run the statements and fetch all they give; return how many rows that was."""
    fresh = dict(zip(_FRESH, (secrets.token_hex(15), str(uuid.uuid4())), strict=True))
    fetched = 0
    for sql in recorded:
        if "«" in sql:
            for name, text in fresh.items():
                sql = sql.replace(name, text)
        cursor.execute(sql)
        if cursor.description is not None:
            fetched += len(cursor.fetchall())
    return fetched


def view(request: Any, number: str) -> Any:
    from django.db import connection, transaction
    from django.http import HttpResponse

    with transaction.atomic(), connection.cursor() as cursor:
        fetched = run(cursor.cursor, statements(number))
    return HttpResponse(str(fetched))


def _patterns() -> list[Any]:
    from django.http import HttpResponse
    from django.urls import path
    from django.views.decorators.csrf import csrf_exempt

    return [path("healthz", lambda _request: HttpResponse()), path("<str:number>/", csrf_exempt(view))]


urlpatterns = _patterns()

if "BENCH_STATEMENTS" in os.environ:
    import django
    from django.core.handlers.wsgi import WSGIHandler

    django.setup()
    settings.MIDDLEWARE = []  # now: some parts look for theirs when they are set up
    settings.ROOT_URLCONF = "benchmarks.yardstick"
    application = WSGIHandler()
