"""One migrated database that every worker of the tests copies, kept until a migration changes.

Migrating from nothing takes most of the time before the first test; a copy takes half a second. The name carries a sum of
what was migrated, so that a changed migration makes a new one. Only on the embedded server, which is thrown away
without regret: a server that was given keeps nothing of ours.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import django
import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.db import connection

HOUSE = Path(__file__).resolve().parent.parent
PREFIX = "innspill_migrated_"
LOCK = 7_401_811
"""PostgreSQL's advisory lock of whoever makes the template: the second worker waits for the first."""


def name_of_template() -> str:
    """Return the name of the database that these migrations make."""
    seen = hashlib.sha256(f"{django.__version__}\0{','.join(settings.INSTALLED_APPS)}".encode())
    for path in sorted([*HOUSE.glob("*/migrations/*.py"), HOUSE / "requirements.txt"]):
        seen.update(path.relative_to(HOUSE).as_posix().encode() + b"\0" + path.read_bytes())
    return f"{PREFIX}{seen.hexdigest()[:16]}"


def make_template() -> str:
    """Make the migrated database unless it is there, drop those of earlier migrations, and return its name."""
    name = name_of_template()
    own = connection.settings_dict["NAME"]
    given = connection.get_connection_params()
    address = {key: given[key] for key in ("host", "port", "user") if key in given}
    with_server = psycopg2.connect(**address, dbname="postgres")
    try:
        with_server.autocommit = True
        with with_server.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
            there = {row[0] for row in cursor.fetchall()}
            if name in there:
                return name
            for earlier in there:
                cursor.execute(f'DROP DATABASE "{earlier}"')
            draft = f"{PREFIX}draft"
            cursor.execute(f'CREATE DATABASE "{draft}"')
            _migrate(draft, own)
            cursor.execute(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')
    finally:
        with_server.close()
    return name


def _migrate(name: str, own: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own
