"""New migrations go onto a live database: no long lock, and nothing taken away that the code before them still asks for.

squawk reads the SQL of each. What is older than `BEFORE` ran where nobody was yet. How to write one: docs/migrations.md.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

BEFORE = {"feedback": 20, "organisation": 11, "reporting": 12, "surveys": 12}
"""Number of the last migration of each app that is not looked at."""

ALLOWED: dict[str, dict[str, str]] = {}
"""By migration: the rules it may break, and why that is safe."""

NOT_OURS = (
    "prefer-robust-stmts",  # Django runs each migration in one transaction: what fails is taken back whole
    "prefer-text-field", "prefer-bigint-over-int", "prefer-bigint-over-smallint", "prefer-identity",
    "prefer-timestamp-tz", "identifier-too-long",  # Django chooses types and names
    "require-timeout-settings",  # set by whoever migrates: docs/migrations.md
)  # fmt: skip


def complaints(sql: str, *, atomic: bool = True) -> set[str]:
    """Return the rules that the statements of one migration break."""
    words = [str(Path(sys.executable).parent / "squawk"), "--reporter", "json", "--pg-version", "15"]
    if atomic:
        words.append("--assume-in-transaction")
    for rule in NOT_OURS:
        words += ["--exclude", rule]
    done = subprocess.run(words, input=sql, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return {one["rule_name"] for one in json.loads(done.stdout or "[]")}


@pytest.mark.django_db(transaction=True)  # an index that is made concurrently is told outside of one alone
def test_no_new_migration_locks_a_table_for_long_or_takes_away_what_is_used() -> None:
    executor = MigrationExecutor(connection)
    found = {}
    for (app, name), migration in sorted(executor.loader.disk_migrations.items()):
        if app in BEFORE and int(name[:4]) > BEFORE[app]:
            sql = "\n".join(executor.loader.collect_sql([(migration, False)]))
            if wrong := complaints(sql, atomic=migration.atomic) - set(ALLOWED.get(f"{app}.{name}", {})):
                found[f"{app}.{name}"] = wrong
    assert found == {}, "docs/migrations.md says how each is done safely."


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ('CREATE INDEX "i" ON "feedback_card" ("text");', "require-concurrent-index-creation"),
        ('ALTER TABLE "feedback_card" ADD COLUMN "x" integer NOT NULL;', "adding-required-field"),
        ('ALTER TABLE "feedback_card" ALTER COLUMN "text" SET NOT NULL;', "adding-not-nullable-field"),
        ('ALTER TABLE "feedback_card" DROP COLUMN "text";', "ban-drop-column"),
        ('ALTER TABLE "feedback_card" RENAME COLUMN "text" TO "words";', "renaming-column"),
        ('ALTER TABLE "feedback_card" ALTER COLUMN "text" TYPE varchar(9);', "changing-column-type"),
        ('ALTER TABLE "feedback_card" ADD CONSTRAINT "c" CHECK ("id" > 0);', "constraint-missing-not-valid"),
        ('ALTER TABLE "feedback_card" ADD CONSTRAINT "u" UNIQUE ("text");', "disallowed-unique-constraint"),
    ],
)
def test_what_would_hold_everybody_up_is_found(sql: str, rule: str) -> None:
    assert rule in complaints(sql)


def test_a_new_table_and_a_column_that_may_be_empty_are_nothing_to_complain_of() -> None:
    table = 'CREATE TABLE "t" ("id" bigint PRIMARY KEY, "n" integer NULL);\nCREATE INDEX "i" ON "t" ("n");'
    assert complaints(f'{table}\nALTER TABLE "feedback_card" ADD COLUMN "x" integer NULL;') == set()
