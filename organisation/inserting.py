"""Rows of several tables written in one statement.

Each statement is a way to the database and back, which costs more than the writing. PostgreSQL takes several INSERTs in one
(data-modifying WITH); foreign keys between the rows are checked at the end of the transaction, as everywhere here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Field, Model
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery


def insert_together(*groups: Sequence[Model], ignore_conflicts: bool = False, and_then: str = "") -> int:
    """Insert groups of new rows, each of one model, in one statement; return how many rows of the last group were new.

    Rows that others point at must bring their ids. With `ignore_conflicts` what is there already is left as it is.
    Groups may be empty. `and_then` is an INSERT with its values in it, which sees none of these rows; it counts as the
    last group.
    """
    statements = [_insert(rows, ignore_conflicts) for rows in groups if rows]
    if and_then:
        statements.append((and_then.replace("%", "%%"), []))
    if not statements:
        return 0
    inner = ", ".join(f"of_{number} AS ({sql} RETURNING 1)" for number, (sql, _values) in enumerate(statements))
    counted = f"SELECT count(*) FROM of_{len(statements) - 1}" if and_then or groups[-1] else "SELECT 0"  # noqa: S608
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(f"WITH {inner} {counted}", [value for _sql, values in statements for value in values])
        (new,) = cursor.fetchone()
    for row in (row for rows in groups for row in rows):
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return int(new)


def _insert(rows: Sequence[Model], ignore_conflicts: bool) -> tuple[str, Sequence[Any]]:
    """Return the INSERT that Django would send for these rows."""
    query = InsertQuery(type(rows[0]), on_conflict=OnConflict.IGNORE if ignore_conflicts else None)
    query.insert_values(_written(rows[0]), list(rows))
    [(sql, values)] = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    return sql, values


def _written(row: Model) -> list[Field]:
    fields = row._meta.local_concrete_fields
    return [one for one in fields if not one.generated and (not one.primary_key or row.pk is not None)]
