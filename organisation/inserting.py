"""Rows of several tables written in one statement.

Each statement is a way to the database and back, which costs more than the writing. PostgreSQL takes several INSERTs in one
(data-modifying WITH); foreign keys between the rows are checked at the end of the transaction, as everywhere here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery


def insert_unless_there(rows: Sequence[Model]) -> int:
    """Insert new rows of one model in one statement, and leave what is there already as it is; return how many were new."""
    fields = [one for one in rows[0]._meta.local_concrete_fields if not one.generated and not one.primary_key]
    query = InsertQuery(type(rows[0]), on_conflict=OnConflict.IGNORE)
    query.insert_values(fields, list(rows))
    [(sql, values)] = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def insert_from(
    source: str, row: Model, *, given: Mapping[str, str], mark: tuple[str, str] | None = None
) -> tuple[str, list[Any]]:
    """Return the INSERT of a new row for each row of `source`, another part of the same statement, and its values.

    `given` has expressions over `source` by column. `mark` is a word and such an expression: the one is replaced by the
    other in all texts of the row, for what is known only when the statement runs.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    columns, taken, values = [], [], []
    for field in row._meta.local_concrete_fields:
        column = str(field.column)
        if field.generated or (field.primary_key and column not in given):
            continue
        columns.append(f'"{column}"')
        if column in given:
            taken.append(given[column])
            continue
        value = field.get_db_prep_save(field.pre_save(row, add=True), connection)
        if mark is not None and isinstance(value, str) and mark[0] in value:
            taken.append(f"replace(%s, %s, {mark[1]})")
            values += [value, mark[0]]
        else:
            taken.append("%s")
            values.append(value)
    into = f'INSERT INTO "{row._meta.db_table}" ({", ".join(columns)})'
    return f"{into} SELECT {', '.join(taken)} FROM {source}", values  # noqa: S608 -- names of our own
