"""`manage.py doctor`: what it says of real parts, alive and dead."""

from __future__ import annotations

import io
import json
import re
import resource
import smtplib
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from config import checks, doctor
from config.doctor import FAULT, OK, WARNING, Finding
from feedback.models import OverdueRun
from organisation.models import Municipality, OutgoingMail, ScheduledJob, WebhookDelivery, WebhookEndpoint
from tests.config.conftest import ROOT, House, free_port, until
from tests.faults.conftest import Lock

NOW = datetime(2026, 11, 18, 12, 0, 30, tzinfo=UTC)
"""A Wednesday, 13:00:30 in Oslo."""


def by_part(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.part: finding for finding in findings}


def ran(name: str, at: datetime, result: str = "done") -> None:
    ScheduledJob.objects.create(name=name, started_at=at, finished_at=at, result=result)


def mail(number: int, **values: Any) -> OutgoingMail:
    fields = {
        "kind": "receipt",
        "dedupe_key": f"receipt:{number}",
        "to": "kari@example.com",
        "language": "nb",
        "queued_at": NOW,
        "next_attempt_at": NOW,
        "delete_on": NOW.date(),
    }
    return OutgoingMail.objects.create(**(fields | values))


# --- Parts -------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.django_db
def test_parts_and_versions_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    found = by_part(doctor.examine(NOW))
    assert {name: found[name].state for name in ("versions", "database", "queue", "migrations")} == {
        "versions": OK,
        "database": OK,
        "queue": OK,
        "migrations": OK,
    }
    assert set(found["versions"].values) == {"Innspill", "Python", "Django", "Celery", "Typst"}
    assert found["database"].words.startswith("PostgreSQL 18.")
    assert (found["database"].values["embedded"], found["queue"].values["embedded"]) == (True, True)
    assert found["queue"].words.startswith("Valkey 9.")


@pytest.mark.django_db
def test_an_address_is_told_without_user_and_password(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setenv("REDIS_URL", "given")
    settings.REDIS_URL = "redis://someone:hemmelig@127.0.0.1:1/3"
    found = doctor.queue()
    assert (found.state, found.values["where"]) == (FAULT, "127.0.0.1:1/3")
    assert found.words.startswith("Redis or Valkey at 127.0.0.1:1/3 does not answer: ")
    assert not {"hemmelig", "someone"} & set(found.words.replace("@", " ").replace(":", " ").split())


@pytest.mark.slow
@pytest.mark.django_db
def test_missing_migrations_are_a_fault_and_what_needs_the_tables_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.doctor.MigrationExecutor.migration_plan", lambda *_args: ["one", "two"])
    found = by_part(doctor.examine(NOW))
    assert (found["migrations"].state, found["migrations"].words) == (FAULT, "2 migrations are not applied.")
    assert (found["beat"].state, found["beat"].words) == (FAULT, "Cannot be told: its tables are not all there.")


@pytest.mark.django_db
def test_a_clock_that_goes_wrong_is_told() -> None:
    assert doctor.clocks().state == OK
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=1), tick=False):
        found = doctor.clocks()
    assert found.state == FAULT
    assert re.fullmatch(r"This machine's clock is 3\d{3} seconds ahead of the database's\.", found.words)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_statements_that_wait_for_somebody_are_told() -> None:
    assert list(doctor.locks()) == []

    def wait() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE feedback_card IN ACCESS SHARE MODE")
        connection.close()

    with Lock("feedback_card") as lock:
        waiting = threading.Thread(target=wait)
        waiting.start()
        lock.wait_for_victim()
        until(lambda: list(doctor.locks()) != [])
        (found,) = doctor.locks()
    waiting.join()
    assert found.state == WARNING
    assert re.match(r"1 statements wait, the longest for \d seconds, for one that began at 20", found.words)


# --- Beat and jobs -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("minutes", "has_worker", "saved_minutes", "state"),
    [
        (1, True, None, OK),
        (2.9, True, None, OK),
        (3.1, True, None, FAULT),
        (3.1, True, 1, FAULT),
        (None, True, None, FAULT),
        (60, False, 5, OK),
        (60, False, 7, FAULT),
    ],
)
def test_beat_is_told_by_the_sweep_or_else_by_what_it_saved(
    minutes: float | None, has_worker: bool, saved_minutes: float | None, state: str
) -> None:
    if minutes is not None:
        ran("organisation.sweep_mail", NOW - timedelta(minutes=minutes))
    if saved_minutes is not None:
        crontab = CrontabSchedule.objects.create()
        task = PeriodicTask.objects.create(name="organisation.sweep_mail", task="t", crontab=crontab)
        PeriodicTask.objects.filter(pk=task.pk).update(last_run_at=NOW - timedelta(minutes=saved_minutes))
    assert doctor.beat(NOW, has_worker=has_worker).state == state


def planned(found: Finding) -> str:
    moment: datetime = found.values["next"]
    return moment.isoformat()


@pytest.mark.django_db
def test_each_job_tells_when_it_ran_and_when_it_runs_next() -> None:
    ran("feedback.run_overdue_lists", datetime(2026, 11, 16, 5, 0, 1, tzinfo=UTC), "2026-W47: 3 cards")
    found = by_part(list(doctor.jobs(NOW)))
    assert set(found) == set(django_settings.CELERY_BEAT_SCHEDULE)
    weekly = found["feedback.run_overdue_lists"]
    assert (weekly.state, weekly.words) == (OK, "last 2026-11-16 06:00:01: 2026-W47: 3 cards")
    assert planned(weekly) == "2026-11-23T06:00:00+01:00"
    assert planned(found["feedback.make_up_overdue_lists"]) == "2026-11-18T13:20:00+01:00"
    assert planned(found["feedback.remind_of_deadlines"]) == "2026-11-19T07:00:00+01:00"
    assert planned(found["organisation.sweep_mail"]) == "2026-11-18T13:01:00+01:00"
    assert found["organisation.sweep_mail"].words == "has not run yet"


@pytest.mark.django_db
def test_a_job_that_failed_or_was_missed_or_is_switched_off_is_told() -> None:
    ran("feedback.remind_of_deadlines", datetime(2026, 11, 18, 6, 0, tzinfo=UTC), "failed: OperationalError")
    ran("feedback.close_not_reached", datetime(2026, 11, 16, 1, 10, tzinfo=UTC))
    ScheduledJob.objects.create(
        name="organisation.forget_sign_ins", started_at=datetime(2026, 11, 18, 2, 30, tzinfo=UTC), result="running"
    )
    off = PeriodicTask(name="feedback.make_up_overdue_lists", task="t", crontab=CrontabSchedule.objects.create())
    off.enabled = False
    off.save()
    found = by_part(list(doctor.jobs(NOW)))
    assert found["feedback.remind_of_deadlines"].state == FAULT
    missed = found["feedback.close_not_reached"]
    assert (missed.state, missed.words) == (
        WARNING,
        "was due at 2026-11-17 02:10:00 and has not run since 2026-11-16 02:10:00.",
    )
    died = found["organisation.forget_sign_ins"]
    assert (died.state, died.words) == (
        WARNING,
        "began at 2026-11-18 03:30:00 and has not ended: its worker died of it.",
    )
    assert found["feedback.make_up_overdue_lists"].words == "is switched off in the schedule."


@pytest.mark.django_db
def test_lists_that_nobody_made_are_a_fault() -> None:
    Municipality.objects.create(name="Solvik")
    assert "overdue lists" not in by_part(list(doctor.here(NOW)))
    run = OverdueRun(iso_year=2026, iso_week=46, as_of=NOW - timedelta(days=9), created_at=NOW, mailed_at=NOW)
    run.save()
    found = by_part(list(doctor.here(NOW)))["overdue lists"]
    assert (found.state, found.words) == (FAULT, "The overdue lists of 2026-W47 have not been made or not been mailed.")


# --- Mail --------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_waiting_and_failed_mail_is_counted() -> None:
    assert [finding.state for finding in doctor.mails(NOW)] == [OK]
    mail(1, status="failed", error="550 no such user")
    assert [finding.state for finding in doctor.mails(NOW)] == [WARNING]
    mail(2, queued_at=NOW - timedelta(minutes=11))
    (found,) = doctor.mails(NOW)
    assert found.state == FAULT
    assert found.words == "1 mails wait, the oldest since 2026-11-18 12:49:30; 1 have failed."


def test_mail_to_files_needs_a_folder_that_can_be_written(settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    assert doctor.mail_server().state == OK
    (tmp_path / "mail").write_text("a file in its place")
    assert (doctor.mail_server().state, doctor.mail_server().words[-1]) == (FAULT, ".")


@pytest.mark.django_db
def test_other_systems_that_are_not_told_are_named() -> None:
    assert list(doctor.webhooks(NOW)) == []
    hook = WebhookEndpoint.objects.create(url="https://x.example/hook", events=["card.closed"], secret="s", made_at=NOW)
    assert [finding.state for finding in doctor.webhooks(NOW)] == [OK]
    late = NOW - timedelta(hours=2)
    told = WebhookDelivery(endpoint=hook, event="card.closed", cause="c", body="{}", at=late, next_attempt_at=late)
    told.delete_on = NOW.date()
    told.save()
    (found,) = doctor.webhooks(NOW)
    assert (found.state, found.words) == (
        WARNING,
        "1 wait, the oldest since 2026-11-18 11:00:30; 0 of 1 addresses fail, 0 were switched off for failing.",
    )
    WebhookEndpoint.objects.update(failures=3, failing_since=NOW)
    assert "; 1 of 1 addresses fail" in next(doctor.webhooks(NOW)).words


class Deaf:
    async def handle_DATA(self, *_args: Any) -> str:
        return "250 OK"


@pytest.fixture
def smtp_server() -> Iterator[Controller]:
    controller = Controller(Deaf(), hostname="127.0.0.1", port=free_port(), server_hostname="mail.test")
    controller.factory = lambda: SMTP(  # type: ignore[method-assign]
        Deaf(), hostname="mail.test", auth_require_tls=False, authenticator=_refuse
    )
    controller.start()
    yield controller
    controller.stop()


def _refuse(*_args: Any) -> Any:
    from aiosmtpd.smtp import AuthResult

    return AuthResult(success=False, handled=False)


def test_the_mail_server_is_tried(settings: Any, smtp_server: Controller) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = smtp_server.hostname, smtp_server.port
    assert doctor.mail_server().state == OK
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "noen", "hemmelig"
    refused = doctor.mail_server()
    assert (refused.state, "hemmelig" in refused.words) == (FAULT, False)
    assert smtplib.SMTPAuthenticationError.__name__ in refused.words


def test_a_mail_server_that_is_not_there_is_a_fault(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    found = doctor.mail_server()
    assert (found.state, found.words) == (
        FAULT,
        "The mail server at 127.0.0.1:1 does not take us: ConnectionRefusedError.",
    )


# --- Disk, demonstration, style sheets ---------------------------------------------------------------------------------


def test_a_disk_on_which_files_stay_empty_is_full(tmp_path: Path) -> None:
    """A full disk still takes a new name, and no words."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    assert doctor._unwritable(tmp_path) == ""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        said = doctor._unwritable(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert said == f"{tmp_path} cannot be written: File too large."


@pytest.mark.parametrize(("free", "state"), [(100 * 1024**2, FAULT), (1024**3, WARNING), (5 * 1024**3, OK)])
def test_little_room_is_told(monkeypatch: pytest.MonkeyPatch, free: int, state: str) -> None:
    monkeypatch.setattr("config.doctor.shutil.disk_usage", lambda _folder: type("Usage", (), {"free": free}))
    assert [finding.state for finding in doctor.disks()] == [state, state]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("url", "demonstration", "told"), [("", True, False), ("given", False, False), ("given", True, True)]
)
def test_made_up_people_beside_a_given_database_are_told(
    monkeypatch: pytest.MonkeyPatch, settings: Any, url: str, demonstration: bool, told: bool
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    settings.DEMONSTRATION = demonstration
    Municipality.objects.create(name="Solvik", is_demonstration=demonstration)
    assert ("demonstration" in by_part(list(doctor.here(NOW)))) is told


@pytest.mark.django_db
def test_no_municipality_yet_is_told() -> None:
    (found,) = doctor.here(NOW)
    assert (found.words, found.do) == ("There is no municipality yet.", "Run «manage.py setup».")


def test_missing_style_sheets_are_one_warning(settings: Any, tmp_path: Path) -> None:
    settings.NODE_MODULES = tmp_path
    (warning,) = checks.style_sheets_are_installed(None)
    assert warning.id == "house.W001"
    assert "@digdir/designsystemet-css and @fontsource-variable/inter and leaflet are not in" in warning.msg
    assert "npm ci" in (warning.hint or "")
    for folder in checks.PACKAGES.values():
        (tmp_path / folder).mkdir(parents=True)
    assert checks.style_sheets_are_installed(None) == []


# --- The command -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.django_db
def test_without_a_worker_the_exit_code_is_1_and_each_fault_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out = io.StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("doctor", stdout=out)
    assert end.value.code == 1
    lines = out.getvalue().splitlines()
    for number, line in enumerate(lines):
        if line.startswith("FAULT"):
            assert lines[number + 1].strip().startswith("→ ")
    assert any("No worker answers within 2 seconds" in line for line in lines)


@pytest.mark.slow
@pytest.mark.django_db
def test_json_says_the_same() -> None:
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("doctor", json=True, stdout=out)
    answer = json.loads(out.getvalue())
    assert answer["ok"] is False
    assert {check["part"] for check in answer["checks"]} >= {"database", "queue", "worker", "beat", "mail", "disk var"}
    assert all(check["do"] for check in answer["checks"] if check["state"] == FAULT)


@pytest.mark.slow
def test_dead_database_and_queue_are_sentences_and_no_traceback(house: House) -> None:
    dead = {
        "DATABASE_URL": "postgres://someone:hemmelig@127.0.0.1:1/innspill",
        "REDIS_URL": "redis://:hemmelig@127.0.0.1:1/0",
        "SECRET_KEY": "x",
        "EMAIL_URL": "smtp://someone:hemmelig@127.0.0.1:1",
    }
    house.extra_env.update(dead)
    done = house.run(sys.executable, "manage.py", "doctor")
    assert (done.returncode, done.stderr) == (1, "")
    assert "Traceback" not in done.stdout
    assert "hemmelig" not in done.stdout
    assert "someone" not in done.stdout
    for sentence in (
        "PostgreSQL at 127.0.0.1:1/innspill does not answer",
        "Redis or Valkey at 127.0.0.1:1/0 does not answer",
        "The mail server at 127.0.0.1:1 does not take us",
        "feedback.run_overdue_lists",
    ):
        assert sentence in done.stdout


@pytest.mark.fault
def test_with_a_real_worker_all_is_well(process_env: dict[str, str], tmp_path: Path) -> None:
    Municipality.objects.create(name="Solvik")
    log = (tmp_path / "worker.log").open("w")
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--concurrency", "1", "--loglevel", "info"]
    worker = subprocess.Popen(command, cwd=ROOT, env=process_env, stdout=log, stderr=log)

    def sentence(state: str) -> Callable[[], bool]:
        return lambda: doctor.worker(has_queue=True).state == state

    try:
        until(sentence(OK), 60)
        from organisation.tasks import sweep_mail

        sweep_mail.delay()
        until(lambda: ScheduledJob.objects.filter(finished_at__isnull=False).exists(), 30)
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), "doctor", "--json"],
            env=process_env | {"EMAIL_URL": ""},
            capture_output=True,
            text=True,
            check=False,
        )
        answer = json.loads(done.stdout)
        assert [check for check in answer["checks"] if check["state"] == FAULT] == []
        assert (done.returncode, answer["ok"]) == (0, True)
        heard = by_part(doctor.examine(timezone.now()))["organisation.sweep_mail"]
        assert heard.values["result"] == "sent 0, put off 0, failed 0"
    finally:
        worker.terminate()
        worker.wait(30)
        log.close()
    assert sentence(FAULT)()
