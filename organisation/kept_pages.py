"""What a public page is made of: asked of the database in one statement, so that a page that was made before can be served
while nothing in it has changed (`config.kept_pages`, docs/decisions/0042).

Each version of a row in PostgreSQL has a transaction (`xmin`) and a place (`ctid`). Those of all rows that a page is made of
are the page's version: another as soon as one of them was changed, added or removed, by whomever, and never seen before
that is committed. With them goes the moment the server started, since a new server counts its transactions anew.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

import redis
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponseBase

from organisation.models import Municipality

logger = logging.getLogger(__name__)

KEPT_FOR = 10 * 60
"""Seconds for which a page lies in Valkey at most. It is not served any longer than it is right: this is for tidiness."""

_FIELDS = [field.attname for field in Municipality._meta.concrete_fields]

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class Known(NamedTuple):
    """A page that may be kept: by its name, in which state, and closed with which secret (empty: everybody may read it)."""

    name: str
    version: str
    secret: str = ""
    seconds: int = KEPT_FOR


class Asked(NamedTuple):
    """The municipality with its days off as `organisation.queries.municipality` reads it, the version of the page's rows,
    and what else the statement was to read."""

    house: Municipality
    version: str
    more: tuple[Any, ...]


def rows(of: str) -> str:
    """Return SQL for the versions of the rows `r` of what stands behind FROM: «feedback_category r WHERE …»."""
    return f"(SELECT string_agg(concat(r.ctid, r.xmin), '' ORDER BY r.ctid) FROM {of})"  # noqa: S608


def statement(*parts: str, more: tuple[str, ...] = (), join: str = "") -> str:
    """Return SQL for the municipality `m`, the version of a page that is made of `parts` besides, and `more` columns.

    `parts` are what `rows` gives, or another expression of versions over what `join` joins.
    """
    made_of = ["pg_postmaster_start_time()", "m.ctid", "m.xmin", rows("organisation_dayoff r"), *parts]
    columns = [
        *(f'm."{field.column}"' for field in Municipality._meta.concrete_fields),
        'ARRAY(SELECT d."on" FROM organisation_dayoff d)',
        # concat and not concat_ws, which leaves out NULL: two parts of which one is empty must not look like one another.
        "concat(" + ", '|', ".join(made_of) + ")",
        *more,
    ]
    return f"SELECT {', '.join(columns)} FROM organisation_municipality m {join}"  # noqa: S608


def ask(sql: str, values: Mapping[str, Any] | None = None) -> Asked | None:
    """Run what `statement` returned. None before a municipality is set up."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone()
    if row is None:
        return None
    width = len(_FIELDS)
    house = Municipality.from_db(connection.alias, _FIELDS, row[:width])
    house.days_off = row[width]  # type: ignore[attr-defined]
    return Asked(house, row[width + 1], row[width + 2 :])


class Page(NamedTuple):
    """How a view's page is asked for: with the address's arguments. `known` says what of the answer names it, None where
    it is not to be kept."""

    sql: str
    known: Callable[[Asked, Mapping[str, Any], datetime], Known | None]


def kept(page: Page) -> Callable[[View], View]:
    """Have a view's page kept, for everybody alike: its GET without a query, asked for by nobody who is signed in.

    Of the page nothing may depend on the visitor but the language, the form's token and the fields that are made anew
    (`config.kept_pages.FRESH`), and nothing on the clock but the municipality's day, unless `known` names it.
    """

    def marked(view: View) -> View:
        view.kept_page = page  # type: ignore[attr-defined]
        return view

    return marked


def for_everybody(name: str, *parts: str) -> Page:
    """Return a public page called `name` that is made of `parts` (see `statement`)."""
    return Page(statement(*parts), lambda asked, arguments, now: Known(name, asked.version))


def key_of(name: str, language: str) -> str:
    """Return the key in Valkey of a page in a language."""
    return f"page:{name}:{language}"


def forget(names: Iterable[str]) -> None:
    """Take away what is kept of pages, in every language. Where Valkey is away it goes by itself in minutes."""
    try:
        cache.delete_many([key_of(name, language) for name in names for language, _name in settings.LANGUAGES])
    except (redis.RedisError, OSError):
        logger.warning("The cache is away: kept pages go from it by themselves.")
