"""The release before this one: its backup comes in, and what its processes still send while both run is still taken.

`tests/previous_release` was written by that release itself (tools/record_release.py). docs/migrations.md has the rules.
"""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from celery import current_app
from django.conf import settings

from tests.config.conftest import ROOT, connect

RELEASE = ROOT / "tests" / "previous_release"
SAID = json.loads((RELEASE / "said.json").read_text())

AFTERWARDS = """
import json, django; django.setup()
from django.test import Client
from feedback.models import Card
from organisation.actions.audit import seal_entries
from organisation.audit_log import check_chain
from organisation.models import AuditEntry, Person
sealed = seal_entries()
check_chain()
clerk = Client(SERVER_NAME="localhost")
clerk.force_login(Person.objects.get(email=Card.objects.exclude(registered_by=None).first().registered_by.email))
print(json.dumps({
    "sealed": sealed, "cards": Card.objects.count(),
    "audited": sorted(set(AuditEntry.objects.filter(kind="feedback.card").values_list("action", flat=True))),
    "pages": sorted({clerk.get(f"/staff/cards/{card.reference}/").status_code for card in Card.objects.all()}),
}))
"""


def run(database: str, media: Path, *words: str) -> str:
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings", "INNSPILL_TEST_DATABASE": database, "MEDIA_ROOT": str(media),
        "ERASURES_FILE": str(media / "erasures.jsonl"),
    }  # fmt: skip
    done = subprocess.run([sys.executable, *words], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_its_backup_comes_in_and_what_its_processes_say_is_taken(empty: str, tmp_path: Path) -> None:
    (tmp_path / "erasures.jsonl").touch()
    run(empty, tmp_path, "manage.py", "restore", str(RELEASE / "backup"))

    old = connect(empty)
    old.autocommit = False  # its foreign keys are looked at when a transaction ends
    with old, old.cursor() as cursor:
        for statement in SAID["statements"]:
            try:
                cursor.execute(statement)
            except psycopg2.Error as error:
                pytest.fail(f"The release before this one says, and is refused: {statement[:500]}\n{error}")
        found = {}
        for table in SAID["rows"]:
            cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608
            found[table] = cursor.fetchone()[0]
    old.close()
    assert found == SAID["rows"]

    after: dict[str, Any] = json.loads(run(empty, tmp_path, "-c", AFTERWARDS).splitlines()[-1])
    assert after["cards"] == SAID["rows"]["feedback_card"]
    assert {"registered", "called_back", "closed", "rerouted"} <= set(after["audited"])
    assert (after["sealed"] > 0, after["pages"]) == (True, [200])


def test_each_task_that_it_may_still_queue_is_known_and_takes_what_it_is_given() -> None:
    current_app.loader.import_default_modules()
    assert set(SAID["tasks"]) <= set(current_app.tasks), "A task is taken away a release after the last that queues it."
    for name, given in SAID["tasks"].items():
        inspect.signature(current_app.tasks[name].run).bind(*given)


def test_what_was_recorded_is_of_a_whole_day() -> None:
    said = "\n".join(SAID["statements"])
    for table in ("card", "cardevent", "callback", "contactattempt", "cardnote"):
        assert f'INSERT INTO "feedback_{table}"' in said, table
    assert 'INSERT INTO "organisation_outgoingmail"' in said
    assert set(settings.CELERY_BEAT_SCHEDULE) & set(SAID["tasks"])
