"""Backup and restore with the real programs: everything comes back, into an empty place and over what is there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pyrage
import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone

from config.backup import BackupError, make_backup, old_backups, read_backup, restore, verify
from feedback.models import Attachment, Card
from tests.config.conftest import connect
from tests.factories import a_card, make_solvik

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

HOUSE = Path(__file__).resolve().parents[2]


@pytest.fixture
def card(transactional_db: None, settings: Any, tmp_path: Path) -> Card:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.ERASURES_FILE = tmp_path / "erasures.jsonl"
    settings.ERASURES_FILE.touch()
    make_solvik()
    card = a_card(text="Gatelyset ved Kaiveien er mørkt – «helt» mørkt.")
    name = default_storage.save("cards/2026/11/lampe.jpg", ContentFile(b"\xff\xd8 a picture"))
    Attachment.objects.create(
        card=card,
        file=name,
        name="lampe.jpg",
        content_type="image/jpeg",
        size=12,
        sha256="0" * 64,
        added_at=timezone.now(),
    )
    return card


def manage(database: str, media: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of ours in a process of its own, on another database and folder of attachments."""
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings", "INNSPILL_TEST_DATABASE": database, "MEDIA_ROOT": str(media),
        "ERASURES_FILE": str(settings.ERASURES_FILE),
    }  # fmt: skip
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=HOUSE, env=env, capture_output=True, text=True, check=False)


def rows(database: str, sql: str) -> list[Any]:
    with connect(database) as found, found.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def test_everything_comes_back_in_an_empty_place_and_over_what_is_there(card: Card, empty: str, tmp_path: Path) -> None:
    made = make_backup(tmp_path / "backups", now=timezone.now())
    assert made.manifest["rows"]["feedback_card"] == 1
    assert (made.manifest["attachments"], made.manifest["missing"]) == (1, [])
    assert {path.stat().st_mode & 0o077 for path in made.folder.iterdir()} == {0}
    assert verify(made.folder).manifest == made.manifest

    media = tmp_path / "elsewhere"
    done = manage(empty, media, "restore", str(made.folder))
    assert done.returncode == 0, done.stderr
    assert rows(empty, "SELECT reference, text FROM feedback_card") == [(card.reference, card.text)]
    assert (media / "cards/2026/11/lampe.jpg").read_bytes() == b"\xff\xd8 a picture"

    # Something is written there, and a later Innspill made a table; a second restore lets both go, but only when told to.
    rows(empty, "UPDATE feedback_card SET text = 'spoiled' RETURNING 1")
    rows(empty, "CREATE TABLE of_later (x int); SELECT 1")
    refused = manage(empty, media, "restore", str(made.folder))
    assert (refused.returncode, "--replace" in refused.stderr) == (1, True)
    assert rows(empty, "SELECT text FROM feedback_card") == [("spoiled",)]
    again = manage(empty, media, "restore", "--replace", str(made.folder))
    assert again.returncode == 0, again.stderr
    assert rows(empty, "SELECT text FROM feedback_card") == [(card.text,)]
    assert rows(empty, "SELECT to_regclass('of_later')") == [(None,)]


def test_an_old_backup_comes_into_a_later_innspill(card: Card, empty: str, tmp_path: Path) -> None:
    """Taken before the latest migration of the surveys: its restore applies what came since."""
    old, new = sorted(path.stem for path in (HOUSE / "surveys" / "migrations").glob("0*.py"))[-2:]
    try:
        call_command("migrate", "surveys", old, verbosity=0)
        made = make_backup(tmp_path, now=timezone.now())
    finally:
        call_command("migrate", "surveys", verbosity=0)
    assert f"surveys.{new}" not in made.manifest["migrations"]
    done = manage(empty, tmp_path / "media2", "restore", str(made.folder))
    assert done.returncode == 0, done.stderr
    assert (new,) in rows(empty, "SELECT name FROM django_migrations WHERE app = 'surveys'")
    assert rows(empty, "SELECT reference FROM feedback_card") == [(card.reference,)]


def test_an_encrypted_backup_opens_with_its_key_only(card: Card, empty: str, tmp_path: Path) -> None:
    key = pyrage.x25519.Identity.generate()
    (tmp_path / "key.txt").write_text(f"# created for a test\n{key}\n")
    (tmp_path / "other.txt").write_text(f"{pyrage.x25519.Identity.generate()}\n")
    call_command("backup", str(tmp_path / "backups"), "--to", str(key.to_public()), stdout=StringIO())
    (folder,) = (tmp_path / "backups").iterdir()
    stored = b"".join(path.read_bytes() for path in folder.iterdir())
    assert b"a picture" not in stored
    assert b"Kaiveien" not in stored
    assert sorted(path.name for path in folder.iterdir()) == [
        "attachments.tar.age",
        "database.dump.age",
        "manifest.json",
    ]

    verify(folder)  # the sums, without the key
    without = manage(empty, tmp_path / "media2", "restore", str(folder))
    assert (without.returncode, "--identity" in without.stderr) == (1, True)
    wrong = manage(empty, tmp_path / "media2", "restore", str(folder), "--identity", str(tmp_path / "other.txt"))
    assert wrong.returncode == 1
    assert rows(empty, "SELECT to_regclass('feedback_card')") == [(None,)]
    right = manage(empty, tmp_path / "media2", "restore", str(folder), "--identity", str(tmp_path / "key.txt"))
    assert right.returncode == 0, right.stderr
    assert rows(empty, "SELECT reference FROM feedback_card") == [(card.reference,)]


def test_a_damaged_or_strange_backup_is_refused_with_a_sentence(card: Card, tmp_path: Path) -> None:
    made = make_backup(tmp_path, now=timezone.now())
    dump = made.folder / "database.dump"
    whole = dump.read_bytes()
    dump.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(BackupError, match="damaged"):
        restore(made.folder, replace=True)
    dump.unlink()
    with pytest.raises(BackupError, match="cannot be read"):
        verify(made.folder)
    later = made.manifest | {"migrations": [*made.manifest["migrations"], "feedback.9999_of_later"]}
    dump.write_bytes(whole)
    (made.folder / "manifest.json").write_text(json.dumps(later))
    with pytest.raises(BackupError, match=r"later Innspill: .*feedback\.9999_of_later"):
        restore(made.folder, replace=True)
    (made.folder / "manifest.json").write_text("{")
    with pytest.raises(BackupError, match="no whole backup"):
        read_backup(made.folder)
    with pytest.raises(BackupError, match="is no backup"):
        read_backup(tmp_path)
    with pytest.raises(BackupError, match="public key"):
        make_backup(tmp_path, now=timezone.now(), recipients=["age1nothing"])
    assert Card.objects.get().text == card.text


def test_a_missing_attachment_is_told_and_the_rest_is_kept(card: Card, tmp_path: Path) -> None:
    name = Attachment.objects.get().file.name
    default_storage.delete(name)
    with pytest.raises(CommandError, match="missing"):
        call_command("backup", str(tmp_path / "backups"), stdout=StringIO())
    (folder,) = (tmp_path / "backups").iterdir()
    assert verify(folder).manifest["missing"] == [name]


def test_a_backup_that_fails_leaves_nothing(card: Card, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("config.postgres_programs.find_spec", lambda _name: None)
    with pytest.raises(BackupError, match="pg_dump of PostgreSQL"):
        make_backup(tmp_path / "backups", now=timezone.now())
    assert list((tmp_path / "backups").iterdir()) == []


def test_expired_backups_are_named_but_never_the_newest_nor_other_folders(tmp_path: Path) -> None:
    now = datetime(2026, 11, 22, 3, tzinfo=UTC)
    for days in (200, 120, 91):
        made_at = now - timedelta(days=days)
        folder = tmp_path / f"innspill-{made_at:%Y%m%dT%H%M%SZ}"
        folder.mkdir()
        (folder / "manifest.json").write_text(json.dumps({"format": 1, "made_at": made_at.isoformat()}))
    (tmp_path / "innspill-20200101T000000Z").mkdir()  # no manifest: not ours to delete
    (tmp_path / "letters").mkdir()
    gone = old_backups(tmp_path, now=now, keep_days=90)
    assert [folder.name for folder in gone] == ["innspill-20260506T030000Z", "innspill-20260725T030000Z"]
