"""What a request asks of the database: its statements, the rows they read, and how the database comes to them.

The rows are those that PostgreSQL itself counts for the transaction (`pg_stat_xact_user_tables`), so a request is looked at
in a transaction of its own, which is rolled back. Tables that do not grow with the cards are left out: two hundred units are
read from first to last, whatever the page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

CARDS = "feedback_card"
_READ = """
SELECT coalesce(sum(s.seq_tup_read + coalesce(s.idx_tup_fetch, 0)), 0),
       coalesce(sum(s.seq_scan) FILTER (WHERE s.relname = %s), 0)
FROM pg_stat_xact_user_tables s JOIN pg_class c ON c.oid = s.relid WHERE c.reltuples > %s
"""
GROWING = 5000
"""Rows from which on a table is one that grows."""
_SAVEPOINTS = ("SAVEPOINT", "RELEASE", "ROLLBACK TO")


@dataclass
class Look:
    """The statements in their order with their values in them, the rows read of tables that grow, how often all cards
    were read from first to last, and how much the answer had in it where a page was asked for (1000 bytes, uncompressed)."""

    statements: list[str] = field(default_factory=list)
    rows: int = 0
    scans_of_cards: int = 0
    kilobytes: float = 0

    def kept(self) -> list[str]:
        return [sql for sql in self.statements if not sql.startswith(_SAVEPOINTS)]


@contextmanager
def looked_at() -> Iterator[Look]:
    """Record what is asked of the database within the block, and roll it back at the end."""
    from django.db import connection, transaction

    look = Look()

    def record(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        raw = context["cursor"].cursor
        look.statements.append(raw.mogrify(sql, params).decode() if not many else sql)
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_READ, [CARDS, GROWING])
        before = cursor.fetchone()
        with connection.execute_wrapper(record):
            yield look
        cursor.execute(_READ, [CARDS, GROWING])
        look.rows, look.scans_of_cards = (int(now - then) for now, then in zip(cursor.fetchone(), before, strict=True))
        transaction.set_rollback(True)


def plan_of(sql: str) -> dict[str, Any]:
    """Run a statement that reads and return its plan as PostgreSQL tells it, with the rows that each step really had."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) " + sql.replace("%", "%%"), [])
        found = cursor.fetchone()[0]
    plan: dict[str, Any] = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return plan


def steps_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from steps_of(below)


def in_short(plan: dict[str, Any]) -> str:
    """The plan in one line: its steps with what they read and how many rows each had."""
    words = []
    for step in steps_of(plan):
        at = step.get("Index Name") or step.get("Relation Name") or ""
        words.append(f"{step['Node Type']}{' ' + at if at else ''} {step['Actual Rows'] * step['Actual Loops']:g}")
    return " < ".join(words)


def most_sorted(plan: dict[str, Any]) -> int:
    """Return the most rows that a step of the plan sorts at once."""
    return max(
        (
            int(step["Plans"][0]["Actual Rows"] * step["Plans"][0]["Actual Loops"])
            for step in steps_of(plan)
            if step["Node Type"] == "Sort"
        ),
        default=0,
    )


def reads_cards(sql: str) -> bool:
    return sql.lstrip().startswith(("SELECT", "(SELECT", "WITH")) and bool(re.search(rf'"?{CARDS}"?\b', sql))
