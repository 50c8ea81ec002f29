"""Files looked through for viruses by a real clamd, with one signature of our own."""

from __future__ import annotations

import logging
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone, translation
from rest_framework.test import APIClient

from config.doctor import scanner, unscanned
from feedback.actions.correcting import Upload, add_attachments
from feedback.actions.scanning_later import LookedLater, look_through_later
from feedback.forms.files import FilesField
from feedback.models import Attachment, Card, CardEvent, HeldUpload, IncomingMail
from feedback.receiving import receive, uploads_of
from feedback.tasks import look_through_files
from organisation.forms.municipality import ArmsForm
from organisation.scanning import SCANNED, ScannerAway
from reporting.forms.fields import OneFileField
from tests.factories import Solvik, a_card, make_solvik
from tests.pictures import photo
from tests.threads import at_once

MARK = b"innspill-test-signature"
"""What our clamd holds for a virus."""
EN = {"HTTP_ACCEPT_LANGUAGE": "en"}
GOOD, BAD = b"%PDF-1.4\nNothing to see.\n", b"%PDF-1.4\n" + b"." * 100_000 + MARK + b"\n"


class Clamd(NamedTuple):
    unix: str
    tcp: str


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clamd]:
    with running_clamd(tmp_path_factory.mktemp("c"), longest="2M") as one:
        yield one


@contextmanager
def running_clamd(folder: Path, *, longest: str) -> Iterator[Clamd]:
    program = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")
    if program is None:
        pytest.skip("clamd is not installed: «apt-get install clamav-daemon».")
    (folder / "ours.ndb").write_text(f"Innspill.Test:0:*:{MARK.hex()}\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "clamd.conf").write_text(
        f"Foreground yes\nDatabaseDirectory {folder}\nLocalSocket {folder}/s\nTCPSocket {port}\nTCPAddr 127.0.0.1\n"
        f"StreamMaxLength {longest}\n"
    )
    server = subprocess.Popen([program, "-c", str(folder / "clamd.conf")], stdout=subprocess.DEVNULL)
    try:
        for _ in range(300):
            with socket.socket(socket.AF_UNIX) as line:
                if line.connect_ex(f"{folder}/s") == 0:
                    break
            time.sleep(0.1)
        yield Clamd(f"unix://{folder}/s", f"tcp://127.0.0.1:{port}")
    finally:
        server.terminate()
        server.wait(timeout=30)


@pytest.fixture
def on(clamd: Clamd, settings: Any) -> Clamd:
    settings.CLAMD_URL, settings.SEND_MINIMUM_SECONDS = clamd.unix, 0
    return clamd


@pytest.fixture
def away(settings: Any, tmp_path: Path) -> None:
    settings.CLAMD_URL, settings.SEND_MINIMUM_SECONDS = f"unix://{tmp_path}/nobody", 0


@pytest.fixture
def solvik(db: None) -> Solvik:
    return make_solvik()


def a_file(content: bytes, name: str = "secret-name.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def send(*files: SimpleUploadedFile) -> Any:
    return Client().post("/", {"text": "Hull i veien", "key": f"k-{time.time_ns()}", "uploads": list(files)}, **EN)


def on_disk(settings: Any) -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def counted(outcome: str) -> float:
    return SCANNED.labels(outcome)._value.get()


def test_what_bears_a_virus_is_refused_at_its_field_and_kept_nowhere(
    solvik: Solvik, on: Clamd, settings: Any, tmp_path: Path, caplog: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    before = counted("infected")
    picture = photo((40, 30)).getvalue() + MARK  # what a picture is drawn anew without is looked at too
    for file in (a_file(BAD), a_file(picture, "secret-name.jpg")):
        answer = send(file)
        assert answer.status_code == 422
        assert f"«{file.name}» contains a virus and was not taken." in answer.content.decode()
        assert "Hull i veien</textarea>" in answer.content.decode()
    assert (Card.objects.count(), HeldUpload.objects.count(), on_disk(settings)) == (0, 0, [])
    # The good one of two is held, so that it need not be chosen again.
    assert send(a_file(BAD), a_file(GOOD, "good.pdf")).status_code == 422
    assert [(held.name, held.unscanned) for held in HeldUpload.objects.all()] == [("good.pdf", False)]
    assert send(a_file(GOOD)).status_code == 302
    assert Attachment.objects.get().unscanned is False
    assert counted("infected") - before == 3
    said = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert [line for line in said if "Innspill.Test" in line]
    assert not [line for line in said if "secret-name" in line]


def test_it_is_so_at_every_door(solvik: Solvik, on: Clamd, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT, settings.CLAMD_URL = tmp_path, on.tcp
    card = a_card(unit=solvik.roads)
    own = Client().post(f"/card/{card.secret}/add/", {"add-text": "Mer", "add-uploads": a_file(BAD)}, **EN)
    assert (own.status_code, "contains a virus" in own.content.decode()) == (422, True)
    staff = Client()
    staff.force_login(solvik.clerk)
    theirs = staff.post(
        f"/staff/cards/{card.reference}/attach/",
        {"uploads": a_file(BAD), "attach-uploads": a_file(BAD), "seen": "0"},
        **EN,
    )
    assert (theirs.status_code, "contains a virus" in theirs.content.decode()) == (422, True)
    system = APIClient()
    system.force_login(solvik.clerk)
    there = f"/api/v1/cards/{card.reference}/attachments/"
    other = system.post(there, {"files": a_file(BAD)}, format="multipart", **EN)
    assert (other.status_code, "contains a virus" in other.content.decode()) == (400, True)
    with pytest.raises(ValidationError, match="virus"):
        OneFileField().clean(a_file(BAD))  # evidence, and the forms' criteria
    assert ArmsForm({}, {"file": a_file(MARK, "arms.svg")}).errors.as_data()["file"][0].code == "infected"
    assert (Attachment.objects.count(), on_disk(settings)) == (0, [])


def a_mail(*files: bytes) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "kari@example.org", "post@solvik.test", "Hull i veien"
    mail["Message-ID"], mail["Date"] = f"<{time.time_ns()}@example.org>", "Mon, 16 Nov 2026 09:00:00 +0100"
    mail.set_content("Det er et hull i veien ved skolen.")
    for content in files:
        mail.add_attachment(content, maintype="application", subtype="pdf", filename="hull.pdf")
    return mail.as_bytes()


def test_of_a_mail_the_words_are_taken_and_what_came_with_it_is_not(
    solvik: Solvik, on: Clamd, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    kept = receive(a_mail(BAD), now=timezone.now())
    assert "hull i veien ved skolen" in kept.text
    assert kept.left_out == ["hull.pdf (virus)"]
    assert (Attachment.objects.count(), uploads_of(kept)) == (0, [])
    original = b"".join(path.read_bytes() for path in on_disk(settings))
    assert b"Subject: Hull i veien" in original
    assert b"hull.pdf" not in original  # nor what was in it
    good = receive(a_mail(GOOD), now=timezone.now())
    assert (good.left_out, good.card.attachments.get().unscanned) == ([], False)  # type: ignore[union-attr]


def test_files_are_refused_while_clamd_is_away(solvik: Solvik, away: None, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    answer = send(a_file(GOOD), a_file(GOOD, "other.pdf"))
    assert answer.status_code == 422
    assert answer.content.decode().count("We cannot look through files for viruses just now.") >= 1
    assert send().status_code == 302  # the message itself needs no clamd
    with pytest.raises(ScannerAway):  # a mail stays where it came from
        receive(a_mail(GOOD), now=timezone.now())
    assert (IncomingMail.objects.count(), HeldUpload.objects.count(), on_disk(settings)) == (0, 0, [])
    assert [(finding.state, "are refused" in finding.words) for finding in scanner()] == [("fault", True)]
    told = Client().get("/readyz")
    assert (told.status_code, told.json()["ready"], told.json()["virus_scanner"]) == (200, True, "unreachable")


def test_or_taken_and_marked(solvik: Solvik, away: None, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT, settings.CLAMD_AWAY = tmp_path, "accept"
    assert send(a_file(GOOD)).status_code == 302
    card = Card.objects.get()
    assert card.attachments.get().unscanned is True
    staff = Client()
    staff.force_login(solvik.clerk)
    assert "Not looked through for viruses" in staff.get(f"/staff/cards/{card.reference}/", **EN).content.decode()
    # Held for a second try, it keeps the mark.
    first = Client().post("/", {"text": "", "uploads": a_file(GOOD)}, **EN)
    held = HeldUpload.objects.get()
    assert (first.status_code, held.unscanned) == (422, True)
    Client().post("/", {"text": "Nytt hull", "key": "k-held", "held": held.key})
    assert Card.objects.get(text="Nytt hull").attachments.get().unscanned is True
    assert receive(a_mail(GOOD), now=timezone.now()).card.attachments.get().unscanned is True  # type: ignore[union-attr]
    with pytest.raises(ValidationError):  # what has no mark to bear is refused all the same
        OneFileField().clean(a_file(GOOD))
    assert ArmsForm({}, {"file": a_file(GOOD)}).errors
    assert [finding.state for finding in scanner()] == ["warning"]


def open_history(solvik: Solvik, card: Card) -> str:
    staff = Client()
    staff.force_login(solvik.clerk)
    return staff.get(f"/staff/cards/{card.reference}/", **EN).content.decode()


def test_what_was_taken_meanwhile_is_looked_through_when_clamd_is_back(
    solvik: Solvik, clamd: Clamd, away: None, settings: Any, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    settings.MEDIA_ROOT, settings.CLAMD_AWAY = tmp_path, "accept"
    assert send(a_file(GOOD, "good.pdf"), a_file(BAD)).status_code == 302
    card = Card.objects.get()
    good_mail, bad_mail = (receive(a_mail(content), now=timezone.now()) for content in (GOOD, BAD))
    assert [(mail.unscanned, mail.left_out) for mail in (good_mail, bad_mail)] == [(True, []), (True, [])]
    told = look_through_files()
    assert told == "no virus scanner answers"
    assert not Attachment.objects.exclude(unscanned=True, scan_tried_at=None).exists()  # all are for the next run
    [waits] = unscanned()
    assert (waits.state, waits.values) == ("warning", {"attachments": 4, "mails": 2, "tried": 0})

    settings.CLAMD_URL = clamd.unix
    with django_capture_on_commit_callbacks(execute=True):
        assert look_through_files() == "3 good, 3 with a virus, 0 left"
    assert [(one.name, one.unscanned) for one in card.attachments.all()] == [("good.pdf", False)]
    event = card.events.get(what="virus_found")
    assert (event.to_value, event.by, event.note.text) == ("Innspill.Test.UNOFFICIAL", None, "secret-name.pdf")
    assert "secret-name" not in str(list(CardEvent.objects.values()))
    page = open_history(solvik, card)
    assert "A virus was found in a file, which was taken away" in page
    assert "Not looked through for viruses" not in page
    for mail in (good_mail, bad_mail):
        mail.refresh_from_db()
    assert (good_mail.unscanned, good_mail.left_out, good_mail.card.attachments.count()) == (False, [], 1)  # type: ignore[union-attr]
    assert (bad_mail.unscanned, bad_mail.left_out) == (False, ["hull.pdf (virus)"])
    assert bad_mail.card.attachments.count() == 0  # type: ignore[union-attr]
    assert "hull i veien ved skolen" in bad_mail.text
    assert b"Subject: Hull i veien" in (tmp_path / str(bad_mail.file.name)).read_bytes()
    assert [path for path in on_disk(settings) if MARK in path.read_bytes()] == []
    assert len(on_disk(settings)) == 4  # two attachments and two mails
    assert list(unscanned()) == []
    assert look_through_files() == "0 good, 0 with a virus, 0 left"


def test_without_clamd_nothing_is_looked_through_later(
    solvik: Solvik, away: None, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT, settings.CLAMD_AWAY = tmp_path, "accept"
    assert send(a_file(GOOD)).status_code == 302
    settings.CLAMD_URL = ""
    assert look_through_files() == "no virus scanner answers"
    assert Attachment.objects.get().unscanned is True
    assert list(unscanned()) == []


def test_a_file_that_cannot_be_read_is_tried_once_a_day(
    solvik: Solvik, on: Clamd, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    card = a_card(unit=solvik.roads)
    lost, good = (add_attachments(card, [upload], by=None, now=timezone.now())[0] for upload in marked("lost", "good"))
    (tmp_path / str(lost.file.name)).unlink()
    now = timezone.now()
    assert look_through_later(now=now) == LookedLater(clean=1, left=1)
    assert look_through_later(now=now + timedelta(hours=23)) == LookedLater()
    assert look_through_later(now=now + timedelta(hours=25)) == LookedLater(left=1)
    assert [one.pk for one in Attachment.objects.filter(unscanned=True)] == [lost.pk]
    assert good.pk != lost.pk


def marked(*names: str) -> list[Upload]:
    return [Upload(f"{name}.pdf", "application/pdf", BytesIO(GOOD + name.encode()), unscanned=True) for name in names]


@pytest.mark.django_db(transaction=True)
def test_two_workers_look_at_each_file_once(on: Clamd, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    card = a_card(unit=make_solvik().roads)
    add_attachments(card, marked(*map(str, range(8))), by=None, now=timezone.now())
    infected = Upload("bad.pdf", "application/pdf", BytesIO(BAD), unscanned=True)
    add_attachments(card, [infected], by=None, now=timezone.now())
    asked = counted("clean") + counted("infected")
    done = at_once(*[lambda: look_through_later(now=timezone.now())] * 2)
    assert counted("clean") + counted("infected") - asked == 9
    assert (sum(one.clean for one in done), sum(one.infected for one in done)) == (8, 1)
    assert card.events.filter(what="virus_found").count() == 1
    assert card.attachments.filter(unscanned=False).count() == 8


LARGE = b"%PDF-1.4\n" + b"." * 3 * 1024 * 1024
"""More than our clamd takes."""


@pytest.mark.parametrize("away", ["refuse", "accept"])
@pytest.mark.parametrize("by", ["unix", "tcp"])
def test_more_than_clamd_takes_is_refused_in_a_sentence_of_its_own(
    on: Clamd, settings: Any, caplog: Any, by: str, away: str
) -> None:
    settings.CLAMD_URL, settings.CLAMD_AWAY = getattr(on, by), away
    before = counted("too_large"), counted("away")
    with pytest.raises(ValidationError) as refused:
        FilesField().clean(a_file(LARGE))
    [error] = refused.value.error_list
    with translation.override("en"):
        assert (error.code, "is too large to be looked through" in str(error.message)) == ("too_large_to_scan", True)
    assert ArmsForm({}, {"file": a_file(LARGE, "arms.svg")}).errors.as_data()["file"][0].code == "too_large_to_scan"
    assert (counted("too_large") - before[0], counted("away") - before[1]) == (2, 0)
    assert "StreamMaxLength" in caplog.text


def test_of_a_mail_larger_than_clamd_takes_each_file_is_looked_through_by_itself(
    solvik: Solvik, on: Clamd, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    some = b"%PDF-1.4\n" + b"." * 1024 * 1024
    good = receive(a_mail(some, some), now=timezone.now())
    assert (good.left_out, good.unscanned, good.card.attachments.count()) == ([], False, 2)  # type: ignore[union-attr]
    assert good.file.size > 2 * 1024 * 1024  # whole: all that is in it is good
    with translation.override("en"):
        mixed = receive(a_mail(LARGE, GOOD, BAD), now=timezone.now())
    assert mixed.left_out == ["hull.pdf (too large to be looked through for viruses)", "hull.pdf (virus)"]
    assert [one.size for one in mixed.card.attachments.all()] == [len(GOOD)]  # type: ignore[union-attr]
    assert "hull i veien ved skolen" in mixed.text
    assert (tmp_path / str(mixed.file.name)).read_bytes().endswith(b"\n\n")  # its header alone
    assert [path for path in on_disk(settings) if MARK in path.read_bytes()] == []


def test_while_clamd_is_away_a_large_mail_stays_in_its_mailbox(
    solvik: Solvik, away: None, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    with pytest.raises(ScannerAway):
        receive(a_mail(LARGE), now=timezone.now())


def test_the_doctor_tells_where_clamd_takes_less_than_may_come(
    on: Clamd, settings: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    settings.MAIL_LARGEST = 12 * 1024 * 1024
    [finding] = scanner()
    assert (finding.state, "no file of 12 MB" in finding.words) == ("warning", True)
    with running_clamd(tmp_path_factory.mktemp("d"), longest="12M") as wide:
        settings.CLAMD_URL = wide.unix
        assert [(finding.state, "ClamAV" in finding.words) for finding in scanner()] == [("ok", True)]
        settings.MAIL_LARGEST += 1
        assert [finding.state for finding in scanner()] == ["warning"]


def test_readiness_and_the_doctor_tell_of_it(solvik: Solvik, on: Clamd, client: Client, settings: Any) -> None:
    assert client.get("/readyz").json()["virus_scanner"] == "ok"
    settings.CLAMD_URL = ""
    assert list(scanner()) == []
    assert "virus_scanner" not in client.get("/readyz").json()
