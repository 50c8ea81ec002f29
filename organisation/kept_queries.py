"""Queries that are put into SQL once a process and asked again and again with other values.

Django makes the SQL anew for each asking, which for a query with joins and sub-queries takes several times as long as the
database takes to answer it. Kept is what the code says, never what the database holds: nothing here can be stale.
See docs/decisions/0043-what-taking-a-card-costs.md.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable

AnyRow = TypeVar("AnyRow", bound=Model)


class _Place(str):
    """Stands in the query where a value comes."""


class KeptQuery(Generic[AnyRow]):
    """What `make` returns, a queryset of models, with other values in the places of its arguments.

    `make` is called once: it must not look at the clock, the language or a row. Each argument is compared as it is (an
    exact lookup of a text field, or by RawSQL), since its place is found again in the values of the SQL. It is a text, or a
    queryset of one column that stands in the place as a sub-query, and without whose rows there are none.
    """

    def __init__(self, make: Callable[..., QuerySet[AnyRow]]) -> None:
        self._make = make
        self._kept: tuple[QuerySet[AnyRow], Any, list[str], tuple[Any, ...]] | None = None

    def rows(self, *values: str | QuerySet[Any]) -> list[AnyRow]:
        """Ask (one statement), and return the rows as the queryset would have them."""
        queryset, compiler, pieces, kept = self._kept or self._keep(len(values))
        database = queryset.db  # by the router, each time
        places, sql = iter(values), [pieces[0]]
        filled: list[Any] = []
        for value, piece in zip(kept, pieces[1:], strict=True):
            given = next(places) if isinstance(value, _Place) else value
            if isinstance(given, QuerySet):
                try:
                    inner, params = given.query.sql_with_params()
                except EmptyResultSet:
                    return []
                sql += (inner, piece)
                filled += params
            else:
                sql += ("%s", piece)
                filled.append(given)
        mine = copy(compiler)
        mine.connection, mine.as_sql = connections[database], lambda: ("".join(sql), tuple(filled))
        query = SimpleNamespace(get_compiler=lambda using: mine)
        asked: Any = SimpleNamespace(db=database, query=query, model=queryset.model, _known_related_objects={})
        return list(ModelIterable(asked))

    def _keep(self, arguments: int) -> tuple[QuerySet[AnyRow], Any, list[str], tuple[Any, ...]]:
        queryset = self._make(*(_Place(f"place {number}") for number in range(arguments)))
        compiler = queryset.query.get_compiler(using=queryset.db)
        sql, values = compiler.as_sql()
        if [value for value in values if isinstance(value, _Place)] != [f"place {n}" for n in range(arguments)]:
            raise ValueError("Each argument must come into the SQL once, in its order, and as it is.")
        pieces = sql.split("%s")
        if len(pieces) != len(values) + 1:
            raise ValueError("Each «%s» in the SQL must be the place of a value.")
        compiler.connection = None  # that of the thread which came first, and is to end with it
        self._kept = queryset, compiler, pieces, tuple(values)
        return self._kept
