"""After an erasure nothing is found of the person: not in a dump of the whole database, not among the files, not in Valkey;
and not after an older backup was restored."""

from __future__ import annotations

import os
import subprocess
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings as ours
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from config.backup import make_backup
from config.postgres_programs import program
from feedback.actions.answering import record_callback
from feedback.actions.closing import close_card
from feedback.actions.erasure_register import read_register
from feedback.actions.persons import erase_person
from feedback.models import Card, Erasure
from feedback.personal_queries import Sought, find_person
from organisation.permissions import Role
from surveys.models import Invitation, Resident
from tests.config.test_backup import manage
from tests.factories import RoleFactory, a_card, make_solvik
from tests.feedback.letters import comes, letter
from tests.feedback.open311 import handed_over_and_told_of
from tests.pictures import photo
from tests.surveys.rounds import make_round

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

NAME, PHONE, EMAIL, ADDRESS, WORDS = (
    "Torbjørg Smådal",
    "33 18 47 11",
    "torbjorg@smadal.example",
    "Kråkeveien 17",
    "lyktestolpe",
)
TRACES = ("Torbjørg", "Smådal", "33 18 47 11", "33184711", "torbjorg", "Kråkeveien", WORDS)


def traces(database: str, *folders: Path) -> set[str]:
    """Return which of the person's traces stand in a dump of the database, in a file or its name, or in Valkey."""
    given = connection.get_connection_params()
    env = os.environ | {
        "PGHOST": str(given.get("host", "")),
        "PGPORT": str(given.get("port", "")),
        "PGUSER": str(given["user"]),
    }
    dump = [str(program("pg_dump", connection.pg_version // 10_000)), "--data-only", "--inserts", database]  # type: ignore[attr-defined]
    found = subprocess.run(dump, capture_output=True, check=True, env=env).stdout
    for folder in folders:
        for path in folder.rglob("*"):
            found += str(path).encode() + (path.read_bytes() if path.is_file() else b"")
    with redis.Redis.from_url(ours.REDIS_URL) as valkey:
        read = {
            b"string": valkey.get, b"hash": valkey.hgetall, b"set": valkey.smembers,
            b"list": lambda key: valkey.lrange(key, 0, -1), b"zset": lambda key: valkey.zrange(key, 0, -1),
        }  # fmt: skip
        for key in valkey.scan_iter():
            found += key + str(read[valkey.type(key)](key)).encode()
    text = found.decode("utf-8", "replace").casefold()
    return {trace for trace in TRACES if trace.casefold() in text}


def test_nothing_is_found_of_somebody_who_was_erased_nor_after_an_old_backup_is_restored(
    transactional_db: None,
    settings: Any,
    tmp_path: Path,
    empty: str,
    client: Client,
) -> None:
    settings.MEDIA_ROOT, settings.ERASURES_FILE = tmp_path / "media", tmp_path / "erasures.jsonl"
    solvik, now = make_solvik(), timezone.now()
    who = RoleFactory(role=Role.PRIVACY).person
    contact = {"name": NAME, "phone": PHONE, "email": EMAIL, "address": ADDRESS}
    picture = SimpleUploadedFile(f"{WORDS}.jpg", photo((40, 30)).getvalue(), "image/jpeg")
    sent = client.post("/", {"text": f"En {WORDS} er mørk", **contact, "pictures": picture})
    assert sent.status_code == 302
    comes(letter(f"Min {WORDS} igjen", sender=f"{NAME} <{EMAIL}>"), now=now)
    system = APIClient()
    system.credentials(HTTP_AUTHORIZATION=f"Bearer {Token.objects.create(user=solvik.clerk).key}")
    by_api = {"text": f"Enda en {WORDS}", "channel": "phone", "submitter": contact}
    assert system.post("/api/v1/cards/", by_api, headers={"Idempotency-Key": EMAIL}).status_code == 201
    web = Card.objects.get(channel="web")
    handed_over_and_told_of(web, a_card(text=f"{NAME} sier {WORDS}", now=now), word=WORDS, by=solvik.clerk, now=now)
    now = timezone.now()
    for card in Card.objects.all():
        record_callback(card, held_at=now, summary=f"{NAME} takket", reaction=5, by=None, now=now)
        close_card(card, result="answered", note=f"Avtalt med {NAME}", by=solvik.clerk, now=now)
        assert WORDS in Client().get(f"/card/{card.secret}/").content.decode()  # Valkey keeps it now
    make_round(people=1)
    Resident.objects.update(name=NAME, email=EMAIL, phone=PHONE, address=ADDRESS)
    code = Invitation.objects.get().code
    made = make_backup(tmp_path / "backups", now=timezone.now())
    database = str(connection.settings_dict["NAME"])
    assert traces(database, settings.MEDIA_ROOT) >= {"Torbjørg", "33184711", "torbjorg", "Kråkeveien", WORDS}

    found = find_person(Sought(NAME, PHONE, EMAIL, ADDRESS))
    assert {one.label for one in found} >= {"feedback.card", "surveys.resident"}
    assert erase_person(found, cause=Erasure.Cause.ASKED, by=who, now=timezone.now())

    assert not Invitation.objects.filter(code=code).exists()  # the letter's code leads nowhere
    assert find_person(Sought(NAME, PHONE, EMAIL, ADDRESS)) == []
    assert traces(database, settings.MEDIA_ROOT, settings.ERASURES_FILE.parent / "nothing") == set()
    assert not any(trace.casefold() in ours.ERASURES_FILE.read_text().casefold() for trace in TRACES)
    assert len(read_register(settings.ERASURES_FILE).erasures) == 2

    elsewhere = tmp_path / "elsewhere"
    restored = manage(empty, elsewhere, "restore", str(made.folder))
    assert restored.returncode == 0, restored.stderr
    assert "done again: 2 (known already: 0)" in restored.stdout
    assert traces(empty, elsewhere) == set()
    again = manage(empty, elsewhere, "replay_erasures")
    assert "done again: 0 (known already: 2)" in again.stdout


def test_a_restore_without_its_register_says_so_and_damaged_lines_are_counted(
    transactional_db: None, settings: Any, tmp_path: Path
) -> None:
    settings.ERASURES_FILE = tmp_path / "erasures.jsonl"
    with pytest.raises(Exception, match="cannot be read"):
        call_command("replay_erasures", stdout=StringIO())
    settings.ERASURES_FILE.write_text('{"key": "x"}\nnothing\n')
    with pytest.raises(Exception, match="2 lines"):
        call_command("replay_erasures", stdout=StringIO())
