"""Small tables that nearly every page of the staff's needs, such as the units: kept in the process, and read again as soon
as a row of them is another.

Which rows there are is asked of the database each time by their versions, as for public pages (`organisation.kept_pages`):
one short statement in place of one for each table, and no row is fetched and made into a model that the page has no use for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import Model

from organisation.kept_pages import rows


class Table:
    """The rows of one table in its model's order, by id: `rows` as named tuples, `model` as models of their own."""

    def __init__(self, model: type[Model]) -> None:
        self._model = model
        self._names = [field.attname for field in model._meta.concrete_fields]
        found = model._default_manager.values_list(*self._names, named=True)
        self.rows: Mapping[int, Any] = {row[0]: row for row in found}

    def model(self, pk: int) -> Any:
        """Return the row as a model that nobody else has: what is looked up from it stays with who asked. Raises KeyError."""
        return self._model.from_db(connection.alias, self._names, self.rows[pk])


class KeptRows:
    """The rows of these models, whose tables are small. The id is each one's first column."""

    def __init__(self, *models: type[Model]) -> None:
        self._models = models
        versions = ["pg_postmaster_start_time()", *(rows(f"{model._meta.db_table} r") for model in models)]
        self._sql = "SELECT concat(" + ", '|', ".join(versions) + ")"
        self._kept: tuple[str, list[Table]] | None = None

    def current(self) -> list[Table]:
        """Return the tables as they are now: one statement, and one for each table where something has changed.

        The version is read first: rows that are newer than it are read again by the next who asks.
        """
        with connection.cursor() as cursor:
            cursor.execute(self._sql)
            [version] = cursor.fetchone()
        kept = self._kept
        if kept is None or kept[0] != version:
            kept = self._kept = version, [Table(model) for model in self._models]
        return kept[1]
