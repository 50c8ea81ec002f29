"""The mailbox that is read, against a real IMAP server, and the command that a mail server pipes mails to."""

from __future__ import annotations

import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from config.addresses import mailbox_at
from config.doctor import mailbox as look_at_mailbox
from feedback.mailbox import MailboxAway, read_mailbox
from feedback.management.commands.receive_mail import take
from feedback.models import Card, IncomingMail
from feedback.tasks import fetch_mail
from organisation.models import Municipality, ScheduledJob
from tests.factories import MONDAY, Solvik
from tests.feedback.letters import comes, letter
from tests.mail_server import MailServer, open_mail_server
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def now() -> Any:
    return MONDAY


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    with open_mail_server(tmp_path_factory.mktemp("imap") / "pymap.log") as opened:
        yield opened


@pytest.fixture
def server(running: MailServer, settings: Any, tmp_path: Path) -> MailServer:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MAIL_ADDRESS = "post@solvik.test"
    settings.MAIL_IN_URL = running.url
    running.empty()
    return running


def test_the_mailbox_is_read_and_a_bad_mail_stops_no_other(solvik: Solvik, server: MailServer, settings: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE feedback_incomingmail ADD CONSTRAINT not_this CHECK (size <> 777)")
    settings.MAIL_LARGEST = 50_000
    server.put(
        letter("En").as_bytes(),
        b"From: a@example.org\r\nContent-Type: text/plain; charset=x-klingon\r\n\r\nnuqneH\r\n",
        letter("ord og ord\n" * 8_000).as_bytes(),
        bytes(range(14, 256)),
        letter("To").as_bytes(),
    )
    assert str(read_mailbox(clock=now)) == "5 stored"
    rows = IncomingMail.objects.order_by("pk")
    assert [(row.state, row.reason) for row in rows] == [
        ("card", ""),
        ("waiting", "unknown_charset"),
        ("waiting", "too_large"),
        ("waiting", "no_sender"),
        ("card", ""),
    ]
    assert server.seen() == [True] * 5
    assert rows[2].size > 80_000
    assert rows[2].subject == "Gatelys"
    assert str(read_mailbox(clock=now)) == "0 stored"

    # What the database takes in no form stays where it is, unseen, and the others come in.
    stopped = letter("Tre").as_bytes().replace(b"\n", b"\r\n")
    server.put(stopped + b" " * (777 - len(stopped)), letter("Fire").as_bytes())
    assert str(read_mailbox(clock=now)) == "1 stored, 1 failed"
    assert server.seen() == [True] * 5 + [False, True]


def test_afterwards_a_mail_is_moved_or_deleted_but_one_that_is_not_whole_never(
    solvik: Solvik, server: MailServer, settings: Any
) -> None:
    settings.MAIL_LARGEST = 5_000
    settings.MAIL_IN_AFTERWARDS = "Tatt inn"
    server.add_folder("Tatt inn")
    server.put(letter("En").as_bytes(), letter("ord og ord\n" * 900).as_bytes())
    assert str(read_mailbox(clock=now)) == "2 stored"
    assert (server.seen(), len(server.seen("Tatt inn"))) == ([True], 1)
    settings.MAIL_IN_AFTERWARDS = "deleted"
    server.put(letter("To").as_bytes())
    assert str(read_mailbox(clock=now)) == "1 stored"
    assert server.seen() == [True]
    settings.MAIL_IN_AFTERWARDS = "Finnes ikke"
    server.put(letter("Tre").as_bytes(), letter("Fire").as_bytes())
    assert str(read_mailbox(clock=now)) == "2 stored"
    assert server.seen() == [True] * 3
    assert Card.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_card_of_a_mail(solvik: Solvik, server: MailServer) -> None:
    server.put(*[letter(f"Nr. {number}").as_bytes() for number in range(6)])
    visits = at_once(*[lambda: str(read_mailbox(clock=now))] * 2)
    assert all("stored" in visit for visit in visits), visits
    assert (Card.objects.count(), IncomingMail.objects.count(), server.seen()) == (6, 6, [True] * 6)


WEIGH = """
import re, sys
from feedback.mail_reading import read_mail
read = read_mail(sys.stdin.buffer.read())
# The most that this program held; getrusage would count what its parent held when it was started.
most = re.search("VmHWM:[^0-9]*([0-9]+)", open("/proc/self/status").read())
print(len(read.files), read.problem, int(most[1]) // 1024)
"""


@pytest.mark.slow
def test_a_mail_of_25_megabytes_is_read_in_bounded_memory() -> None:
    head = b"From: a@example.org\nContent-Type: application/zip\nContent-Transfer-Encoding: base64\n\n"
    raw = head + b64encode(bytes(18 * 1024 * 1024))
    raw = head + b"\n".join(raw[at : at + 76] for at in range(len(head), len(raw), 76))
    assert 24 * 1024 * 1024 < len(raw) < 25 * 1024 * 1024
    read = subprocess.run([sys.executable, "-c", WEIGH], input=raw, capture_output=True, timeout=120, check=True)
    files, problem, megabytes = read.stdout.decode().split()
    assert (files, problem) == ("1", "empty")
    assert int(megabytes) < 400


def test_a_mailbox_that_is_away_is_told_of_without_its_password(solvik: Solvik, settings: Any, tmp_path: Path) -> None:
    settings.MAIL_IN_URL = ""
    assert fetch_mail() == "no mailbox is set up"
    assert list(look_at_mailbox(MONDAY)) == []
    settings.MAIL_IN_URL = "imap://post:hemmelig@127.0.0.1:1/INBOX"
    with pytest.raises(MailboxAway) as away:
        fetch_mail()
    assert "hemmelig" not in str(away.value)
    assert ScheduledJob.objects.get(name="feedback.read_mailbox").result == "failed: MailboxAway"


def test_a_wrong_password_is_the_mailbox_away(solvik: Solvik, server: MailServer, settings: Any) -> None:
    settings.MAIL_IN_URL = server.url.replace("hemmelig", "feil")
    with pytest.raises(MailboxAway):
        read_mailbox(clock=now)


def test_doctor_tells_when_the_mailbox_was_read_and_how_many_wait(
    solvik: Solvik, settings: Any, tmp_path: Path
) -> None:
    settings.MAIL_IN_URL = "imap://post:x@127.0.0.1:1/INBOX"
    settings.MEDIA_ROOT = tmp_path
    [never] = look_at_mailbox(MONDAY)
    assert (never.state, never.words[:31]) == ("warning", "The mailbox has never been read")
    ScheduledJob.objects.create(name="feedback.read_mailbox", started_at=MONDAY, finished_at=MONDAY, result="0 stored")
    comes(letter(headers={"X-Spam-Flag": "YES"}))
    [fine] = look_at_mailbox(MONDAY + timedelta(minutes=4))
    assert (fine.state, fine.values["waiting"]) == ("ok", 1)
    [late] = look_at_mailbox(MONDAY + timedelta(days=3))
    assert late.state == "warning"


WRONG = [
    "imap://post:x@mail.example.org/",
    "http://a:b@c/",
    "imaps://mail.example.org/",
    "imaps://a:b@[x/",
    "imaps://a:b@c:99999/",
]


@pytest.mark.parametrize("url", WRONG)
def test_an_address_that_names_no_mailbox_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ImproperlyConfigured) as error:
        mailbox_at(url)
    assert "x@" not in str(error.value)
    assert mailbox_at("imaps://a%40b.no:p%2Fw@mail.example.org/Inn") != ""


# --- The piped command -------------------------------------------------------------------------------------------------


def pipe(raw: bytes, env: dict[str, str], **more: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "manage.py", "receive_mail"],
        input=raw,
        env=env | more,
        capture_output=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stderr.decode()


def test_receive_mail_ends_with_the_code_that_mail_servers_go_by(
    solvik: Solvik, settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.MAIL_LARGEST = 10_000
    raw = letter("Rett inn").as_bytes()
    assert take(BytesIO(b"From ase@example.org Mon Nov  2 09:00:00 2026\n" + raw)) == 0
    assert take(BytesIO(raw)) == 0
    assert Card.objects.get().text == "Gatelys\n\nRett inn"
    assert take(BytesIO(b" \n")) == 65
    assert take(BytesIO(raw + b"x" * 50_000)) == 65
    assert take(BytesIO(letter().as_bytes() + b"x" * 20_000)) == 0
    assert IncomingMail.objects.filter(reason="too_large").count() == 1
    Municipality.objects.all().delete()
    assert take(BytesIO(letter().as_bytes())) == 75
    assert "Keep the mail" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_piped_mail_is_kept_by_the_mail_server_while_the_database_is_away(
    solvik: Solvik, process_env: dict[str, str], tmp_path: Path
) -> None:
    env = process_env | {"MEDIA_ROOT": str(tmp_path)}
    raw = letter("Rett inn").as_bytes()
    assert pipe(raw, env, INNSPILL_TEST_DATABASE="no_such_database")[0] == 75
    assert pipe(raw, env)[0] == 0
    assert Card.objects.get().text == "Gatelys\n\nRett inn"
