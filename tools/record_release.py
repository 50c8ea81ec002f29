"""Writes down what a release leaves and says: a backup of a small town, and each statement it sends while work is done.

Run in that release's own tree: `cd RELEASE && .venv/bin/python …/tools/record_release.py …/tests/previous_release NAME`.
The next release's tests restore that backup, apply their migrations, and have the statements sent once more, as processes
of the old release do that still run then (tests/config/test_previous_release.py).
"""

from __future__ import annotations

import inspect
import json
import os
import re
import shutil
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

WITHOUT = re.compile(r"(SAVEPOINT|RELEASE|ROLLBACK|SET |SHOW |DECLARE|FETCH|CLOSE)")


def main(out: Path, name: str) -> None:
    """Make the town, its backup, and the record."""
    folder = Path(tempfile.mkdtemp(prefix="release-"))
    os.environ |= {"INNSPILL_VAR": str(folder), "DJANGO_SETTINGS_MODULE": "tests.settings", "DEMONSTRATION": "0"}
    sys.path.insert(0, os.getcwd())
    import django

    django.setup()
    from django.core.management import call_command

    from config import embedded

    embedded.ensure_running()
    call_command("migrate", verbosity=0, interactive=False)
    town = furnish()
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    call_command("backup", str(folder / "backups"))
    (made,) = (folder / "backups").iterdir()
    shutil.move(made, out / "backup")
    said = recorded(town)
    found = {"release": name, "tasks": tasks(), "rows": rows(), "statements": said}
    (out / "said.json").write_text(json.dumps(found, ensure_ascii=False, indent=0) + "\n")
    print(f"{len(said)} statements, {len(found['tasks'])} tasks, {sum(found['rows'].values())} rows")
    shutil.rmtree(folder, ignore_errors=True)


def furnish() -> dict[str, Any]:
    """Make a municipality, its people's keys, a webhook, and cards in several states."""
    from django.utils import timezone

    from organisation.actions.api_keys import create_api_key
    from organisation.actions.webhooks import create_webhook
    from organisation.permissions import Scope
    from tests.factories import RuleFactory, a_card, make_solvik

    now = timezone.now()  # noqa: TID251
    solvik = make_solvik()
    RuleFactory(words=["hull"], unit=solvik.roads)
    for days in (1, 20, 40):
        a_card(now=now - timedelta(days=days), text=f"Hull i veien for {days} dager siden")
    keys = {}
    for who in ("clerk", "roads_leader"):
        scopes = [Scope.CARDS_READ, Scope.CARDS_WRITE]
        key = create_api_key(name=who, acts_as=getattr(solvik, who), scopes=scopes, today=now.date(), by=None, now=now)
        keys[who] = key.secret
    told = ["card.registered", "card.forwarded", "card.called_back", "card.overdue", "card.closed"]
    create_webhook(url="https://nobody.invalid/", events=told, by=None, now=now, owner=solvik.administrator)
    return {"keys": keys, "administrator": solvik.administrator, "clerk": solvik.clerk}


def recorded(town: dict[str, Any]) -> list[str]:
    """Return what was sent while a day's work was done, each question once, everything else as often as it was."""
    from django.db import connection

    said: list[str] = []
    asked: set[str] = set()

    def note(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        result = execute(sql, params, many, context)
        sent = context["cursor"].cursor.query.decode()
        is_question = sent.startswith("SELECT") and "FOR UPDATE" not in sent and "nextval" not in sent
        if not WITHOUT.match(sent) and not (is_question and sql in asked):
            said.append(sent)
        if is_question:
            asked.add(sql)
        return result

    with connection.execute_wrapper(note):
        work(town)
    return said


def work(town: dict[str, Any]) -> None:
    """A day: citizens write, staff take every step, the administrator looks round, and each job runs."""
    from celery import current_app
    from django.conf import settings
    from django.test import Client

    from feedback.models import Card

    citizen = Client(headers={"accept-language": "nb"}, SERVER_NAME="localhost")
    card = {"name": "Kari Nordmann", "address": "Storgata 1", "phone": "33 18 10 00", "email": "kari@example.test"}
    taken = citizen.post("/", card | {"text": "Hull i veien", "key": "00000000-0000-0000-0000-000000000001"})
    must(taken.status_code == 302, taken)
    must(citizen.get(taken.headers["Location"]).status_code == 200, taken)

    def api(who: str, path: str, body: dict[str, Any] | None = None) -> Any:
        key = f"{path}-{who}" if body is not None else ""
        headers = {"authorization": f"Bearer {town['keys'][who]}", "idempotency-key": key}
        client = Client(headers=headers, SERVER_NAME="localhost")
        answer = client.get(path) if body is None else client.post(path, body, content_type="application/json")
        must(answer.status_code < 300, answer)
        return answer.json()

    first = api("clerk", "/api/v1/cards/", {"text": "Hull nummer to", "submitter": card})["reference"]
    second = Card.objects.exclude(reference=first).order_by("-pk")[0].reference
    api("roads_leader", f"/api/v1/cards/{first}/contact-attempts/", {"note": "Ingen svarte"})
    api("roads_leader", f"/api/v1/cards/{first}/callback/", {"summary": "Hullet er tettet", "reaction": 5})
    api("roads_leader", f"/api/v1/cards/{second}/notes/", {"text": "Sett på"})
    api("clerk", f"/api/v1/cards/{second}/reroute/", {"unit": "water", "reason": "Det er vann"})
    api("clerk", f"/api/v1/cards/{second}/close/", {"result": "withdrawn", "note": "Trukket"})
    for path in ("/api/v1/cards/", f"/api/v1/cards/{first}/", "/api/v1/changes/"):
        api("clerk", path)
    staff = Client(headers={"accept-language": "nb"}, SERVER_NAME="localhost")
    pages = {"clerk": ["/staff/", f"/staff/cards/{first}/"], "administrator": ["/staff/administration/units/"]}
    for who in pages:
        staff.force_login(town[who])
        for path in pages[who]:
            must(staff.get(path).status_code == 200, path)
    staff.post("/accounts/logout/")
    current_app.loader.import_default_modules()
    for name in sorted({job["task"] for job in settings.CELERY_BEAT_SCHEDULE.values()}):
        current_app.tasks[name]()


def must(condition: bool, what: Any) -> None:
    """Stop where the errand did not go as it should."""
    if not condition:
        sys.exit(f"Not recorded: {what} {getattr(what, 'content', b'')[:2000]!r}")


def tasks() -> dict[str, list[str]]:
    """Return the names of the release's own tasks with what they take."""
    from celery import current_app

    current_app.loader.import_default_modules()
    ours = {name: one for name, one in current_app.tasks.items() if not name.startswith("celery.")}
    return {name: list(inspect.signature(one.run).parameters) for name, one in sorted(ours.items())}


def rows() -> dict[str, int]:
    """Return how many rows each table of ours has in the end."""
    from django.apps import apps
    from django.db import connection

    ours = {"organisation", "feedback", "surveys", "reporting"}
    tables = sorted(model._meta.db_table for model in apps.get_models() if model._meta.app_label in ours)
    with connection.cursor() as cursor:
        found = {}
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608
            found[table] = cursor.fetchone()[0]
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), sys.argv[2])
