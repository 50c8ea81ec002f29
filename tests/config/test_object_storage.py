"""Attachments in a bucket: a real server that speaks S3, asked over the network by the storage that runs in earnest.

The server (moto) looks at no signature: that keys are refused is not tested here.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from config.backup import make_backup, restore, verify
from config.doctor import disks
from feedback.actions.correcting import Upload, add_attachments
from feedback.actions.erasing import anonymise_cards, throw_files_away
from feedback.actions.storing import NoRoom
from feedback.models import Attachment, Card, Erasure, WithheldFile
from tests.factories import a_card, make_solvik
from tests.pictures import photo

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

BUCKET = "solvik-vedlegg"
KEYS = {"aws_access_key_id": "solvik", "aws_secret_access_key": "hemmelig", "region_name": "eu-north-1"}
PICTURE = photo((60, 40), kind="PNG").getvalue()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = (tmp_path_factory.mktemp("s3") / "log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], stdout=log, stderr=log
    )
    url, deadline = f"http://127.0.0.1:{port}", time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"{url}/moto-api/", timeout=1).close()
            break
        except OSError:
            assert process.poll() is None, "the server ended"
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.1)
    yield url
    process.kill()
    process.wait()
    log.close()


@pytest.fixture
def bucket(server: str, settings: Any) -> Iterator[Any]:
    """An empty bucket, in which attachments lie for the test's time."""
    found = boto3.resource("s3", endpoint_url=server, **KEYS).Bucket(BUCKET)
    found.create(CreateBucketConfiguration={"LocationConstraint": KEYS["region_name"]})
    settings.MEDIA_S3_BUCKET = BUCKET
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "config.object_storage.ObjectStorage",
            "OPTIONS": {
                "bucket_name": BUCKET, "endpoint_url": server, "region_name": KEYS["region_name"],
                "access_key": KEYS["aws_access_key_id"], "secret_key": KEYS["aws_secret_access_key"],
            },
        }
    }  # fmt: skip
    yield found
    found.objects.delete()
    found.delete()


def names(bucket: Any) -> list[str]:
    return sorted(each.key for each in bucket.objects.all())


def attached(card: Card) -> Attachment:
    add_attachments(card, [Upload("Hjørnet.png", "image/png", ContentFile(PICTURE))], by=None, now=timezone.now())
    return Attachment.objects.get(card=card)


def test_settings_name_the_bucket(server: str) -> None:
    """As in earnest: from the environment, in a process of its own, with the secret in a file's place or not."""
    env = os.environ | {
        "MEDIA_S3_BUCKET": BUCKET, "MEDIA_S3_ENDPOINT": server, "MEDIA_S3_ACCESS_KEY": "solvik",
        "MEDIA_S3_SECRET_KEY": "hemmelig", "DJANGO_SETTINGS_MODULE": "config.settings",
    }  # fmt: skip
    program = (
        "import django; django.setup(); from django.core.files.storage import default_storage as s;"
        " print(s.bucket_name, s.secret_key, s.default_acl, type(s._wrapped).__name__)"
    )
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=False)
    assert done.stdout.split() == [BUCKET, "hemmelig", "None", "ObjectStorage"], done.stderr


def test_a_file_is_stored_read_through_our_own_view_alone_and_deleted(bucket: Any) -> None:
    make_solvik()
    card = a_card()
    kept = attached(card)
    assert names(bucket) == [kept.file.name]
    assert "Hjørnet" not in str(kept.file.name)
    with kept.file.open("rb") as file:
        assert (file.size, file.read()) == (kept.size, PICTURE)
    with pytest.raises(ValueError, match="no address of its own"):
        _ = kept.file.url

    answer = Client().get(f"/card/{card.secret}/files/{kept.pk}/")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == PICTURE  # type: ignore[arg-type]

    # Nothing is written over, and what is not there is told as on a disk.
    again = default_storage.save(str(kept.file.name), ContentFile(b"another"))
    assert again != kept.file.name
    default_storage.delete(again)
    with pytest.raises(FileNotFoundError):
        default_storage.open("cards/2026/11/none.jpg")
    default_storage.delete("cards/2026/11/none.jpg")
    with urllib.request.urlopen(f"{bucket.meta.client.meta.endpoint_url}/{BUCKET}?acl") as acl:
        assert b"AllUsers" not in acl.read()


def test_backup_and_restore_bring_the_bucket_back(bucket: Any, tmp_path: Path, settings: Any) -> None:
    settings.ERASURES_FILE = tmp_path / "erasures.jsonl"
    settings.ERASURES_FILE.touch()
    make_solvik()
    first, second = attached(a_card()), attached(a_card())
    bucket.Object(second.file.name).delete()
    made = make_backup(tmp_path / "backups", now=timezone.now())
    assert (made.manifest["attachments"], made.manifest["missing"]) == (1, [second.file.name])
    assert verify(made.folder).manifest == made.manifest
    bucket.Object(first.file.name).put(Body=b"spoiled")
    restore(made.folder, replace=True)
    assert names(bucket) == [first.file.name]
    assert bucket.Object(first.file.name).get()["Body"].read() == PICTURE


def test_what_is_erased_leaves_the_bucket(bucket: Any) -> None:
    make_solvik()
    card = a_card()
    attached(card)
    anonymise_cards([card.pk], cause=Erasure.Cause.ASKED, by=None, now=timezone.now())
    throw_files_away()
    assert names(bucket) == []
    assert not WithheldFile.objects.exists()


def test_a_bucket_that_is_away_is_told_like_a_disk_that_is_full(bucket: Any, settings: Any) -> None:
    assert [(each.part, each.state) for each in disks()] == [("bucket", "ok"), ("disk var", "ok")]
    assert names(bucket) == []
    make_solvik()
    card = a_card()
    options = settings.STORAGES["default"]["OPTIONS"]
    for wrong, said in (
        ({"bucket_name": "another"}, "The object storage refuses: NoSuchBucket"),
        ({"endpoint_url": "http://127.0.0.1:9"}, "The object storage does not answer"),
    ):
        settings.STORAGES = settings.STORAGES | {
            "default": {"BACKEND": "config.object_storage.ObjectStorage", "OPTIONS": options | wrong}
        }
        with pytest.raises(NoRoom):
            attached(card)
        assert not Attachment.objects.exists()
        (finding,) = [each for each in disks() if each.part == "bucket"]
        assert finding.state == "fault"
        assert said in finding.words
        assert "hemmelig" not in str(finding)
    with pytest.raises(OSError, match="does not answer"):
        default_storage.delete("cards/2026/11/one.jpg")
