"""A refusal leaves nothing behind: no row written, none changed, no mail queued."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import pytest
from django.apps import apps
from django.db import connection

from feedback.errors import Refused
from organisation.models import OutgoingMail


def everything() -> dict[str, str]:
    """Return all rows of cards and mails as they stand, by table, as text."""
    with connection.cursor() as cursor:
        cursor.execute(_everything())
        return dict(cursor.fetchall())


@cache
def _everything() -> str:
    """One statement for all tables: a refusal is expected a thousand times."""
    models = [*apps.get_app_config("feedback").get_models(), OutgoingMail]
    tables = sorted(model._meta.db_table for model in models)
    return " UNION ALL ".join(
        f"SELECT '{table}', coalesce(string_agg(r::text, E'\\n' ORDER BY r::text), '') FROM {table} r"  # noqa: S608
        for table in tables
    )


@contextmanager
def refuses(error: type[Refused], says: str = "", *, field: str | None = None) -> Iterator[None]:
    """Expect exactly this refusal, with `says` in its English sentence, naming `field`, and all rows as before."""
    from django.utils import translation

    before = everything()
    with pytest.raises(error) as caught:
        yield
    assert type(caught.value) is error
    if field is not None:
        assert caught.value.field == field
    with translation.override("en"):
        assert says in str(caught.value)
    assert everything() == before
