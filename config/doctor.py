"""What `manage.py doctor` looks at: each part by itself, so that one that is dead hides no other.

Nothing here shows a password or a user's name; an address is told as host, port and database.
"""

from __future__ import annotations

import os
import platform
import shutil
import smtplib
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import redis
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import get_connection
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Max, Min, Q
from django.utils import timezone
from django_celery_beat.models import PeriodicTask
from kombu.exceptions import KombuError

from config import redis_servers
from config.celery import app
from config.checks import missing_packages
from feedback.actions.listing import latest_week_to_run
from feedback.forms.files import LARGEST
from feedback.models import Attachment, IncomingMail, OverdueRun
from feedback.queries import unscanned_files
from organisation import clock, scanning
from organisation.audit_log import unsealed
from organisation.models import OutgoingMail, ScheduledJob, WebhookDelivery, WebhookEndpoint
from organisation.queries import NotSetUp, municipality, working_calendar
from organisation.replica import REPLICA
from organisation.replica import standing as replica_standing

OK, WARNING, FAULT = "ok", "warning", "fault"

WORKER_SECONDS = 2
BEAT_LATEST = timedelta(minutes=3)  # some job is due each minute
BEAT_SAVED_LATEST = timedelta(minutes=6)  # beat writes down what it started every three minutes
JOB_LATE = timedelta(minutes=15)
MAIL_LATE = timedelta(minutes=10)
SEALING_LATE = timedelta(minutes=10)
MAILBOX_LATE = timedelta(minutes=15)
MAIL_WAITS_LONG = timedelta(days=2)
LISTS_LATE = timedelta(hours=2)  # the hourly look makes up what Monday morning missed
LOCKED_SECONDS = 3
"""So long the doctor waits for a table that somebody holds."""
CLOCK_APART = timedelta(seconds=30)
WEBHOOKS_LATE = timedelta(hours=1)
RUNS_LONG = timedelta(minutes=40)  # a task may take thirty
REPLICA_BEHIND = 16 * 1024**2
DISK_FAULT, DISK_WARNING = 200 * 1024**2, 2 * 1024**3


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: how it stands, in a sentence, and what to do where that is not well."""

    part: str
    state: str
    words: str
    do: str = ""
    values: dict[str, Any] = field(default_factory=dict)


def examine(now: datetime) -> list[Finding]:
    """Look at all parts at the aware moment `now`."""
    stands, line = database(), queue()
    findings = [versions(), stands, line]
    has_tables = False
    why = "the database does not answer"
    if stands.state == OK:
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = '{LOCKED_SECONDS}s'")
        findings += [clocks(), *locks(), *replica()]
        findings.append(applied := migrations())
        has_tables = applied.state == OK
        why = "its tables are not all there"
    findings.append(answers := worker(has_queue=line.state == OK))
    if has_tables:
        try:
            findings.append(beat(now, has_worker=answers.state == OK))
            findings += [*jobs(now), *mails(now), *mailbox(now), *webhooks(now), *audit(now), *unscanned(), *here(now)]
        except DatabaseError as error:
            findings.append(Finding("database", FAULT, f"The database fails: {_line(error)}", "Look into its log."))
    else:
        unknown = f"Cannot be told: {why}."
        findings += [Finding(part, FAULT, unknown, "Put the database right first.") for part in ("beat", "outbox")]
        findings += [
            Finding(name, WARNING, unknown, values=_planned(name, now)) for name in settings.CELERY_BEAT_SCHEDULE
        ]
    return [*findings, mail_server(), *scanner(), *disks(), *files()]


# --- Parts and versions ------------------------------------------------------------------------------------------------


def versions() -> Finding:
    """What Innspill itself runs on."""
    found = {"Innspill": _version("innspill") or _own_version(), "Python": platform.python_version()}
    for name in ("Django", "Celery", "Typst"):
        found[name] = _version(name.lower())
    missing = [name for name, number in found.items() if not number]
    words = ", ".join(f"{name} {number}" for name, number in found.items() if number)
    if missing:
        return Finding(
            "versions", FAULT, f"{words}; {', '.join(missing)} is missing.", "Install requirements.txt.", found
        )
    return Finding("versions", OK, words, values=found)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _own_version() -> str:
    import tomllib

    with (settings.BASE_DIR / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def database() -> Finding:
    given = bool(os.environ.get("DATABASE_URL", ""))
    place = settings.DATABASES["default"]
    where = f"{place['HOST'] or 'localhost'}:{place['PORT'] or 5432}/{place['NAME']}" if given else str(place["HOST"])
    values = {"embedded": not given, "where": where}
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            number = cursor.fetchone()[0].split(" ", 1)[0]
    except DatabaseError as error:
        do = "Start it, or correct DATABASE_URL." if given else "Its log is var/postgres.log."
        return Finding("database", FAULT, f"PostgreSQL at {where} does not answer: {_line(error)}", do, values)
    how = "by DATABASE_URL" if given else "embedded"
    return Finding("database", OK, f"PostgreSQL {number}, {how}, at {where}", values=values | {"version": number})


def replica() -> Iterator[Finding]:
    """Whether the replica streams and comes after the primary. Nothing where there is none."""
    if REPLICA not in connections.settings:
        return
    place = connections[REPLICA].settings_dict
    where = f"{place['HOST'] or 'localhost'}:{place['PORT'] or 5432}/{place['NAME']}"
    words = f"Figures are read from the primary: the replica at {where}"
    try:
        found = replica_standing()
    except DatabaseError as error:
        do = "Start it, or correct DATABASE_REPLICA_URL."
        yield Finding("replica", WARNING, f"{words} does not answer: {_line(error)}", do, {"where": where})
        return
    values = {"where": where, "behind_bytes": found.behind}
    if not found.streams:
        do = "Look into its log: it has to stream from the server of DATABASE_URL."
        yield Finding("replica", WARNING, f"{words} does not stream.", do, values)
    elif found.behind > REPLICA_BEHIND:
        do = "See what it replays: pg_stat_replication on the primary tells how far it has come."
        yield Finding("replica", WARNING, f"{words} is {found.behind / 1024**2:,.0f} MB behind.", do, values)
    else:
        yield Finding("replica", OK, f"The replica at {where} is {found.behind / 1024:,.0f} kB behind", values=values)


def migrations() -> Finding:
    """Whether every migration is applied."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        words = f"{len(plan)} migrations are not applied."
        return Finding("migrations", FAULT, words, "Run «manage.py migrate».", {"missing": len(plan)})
    return Finding("migrations", OK, "All migrations are applied", values={"missing": 0})


def clocks() -> Finding:
    """Whether this machine's clock goes with the database's, by which all workers go."""
    apart = timezone.now() - clock.of_database()
    values = {"seconds": apart.total_seconds()}
    if abs(apart) <= CLOCK_APART:
        return Finding("clock", OK, "This machine's clock goes with the database's", values=values)
    how = "ahead of" if apart > timedelta() else "behind"
    words = f"This machine's clock is {abs(apart).total_seconds():.0f} seconds {how} the database's."
    return Finding("clock", FAULT, words, "Let a time service set both (chrony, systemd-timesyncd).", values)


_WAITING = """
SELECT count(*), max(extract(epoch FROM clock_timestamp() - waits.query_start)),
       (SELECT min(holder.xact_start) FROM pg_stat_activity holder
        WHERE holder.pid = ANY (SELECT unnest(pg_blocking_pids(w.pid)) FROM pg_stat_activity w
                                WHERE w.datname = current_database() AND w.wait_event_type = 'Lock')
          AND NOT coalesce(holder.wait_event_type = 'Lock', false))
FROM pg_stat_activity waits
WHERE waits.datname = current_database() AND waits.wait_event_type = 'Lock'
  AND waits.query_start < clock_timestamp() - interval '2 seconds'
"""


def locks() -> Iterator[Finding]:
    """Statements that wait for somebody who holds a table or a row. Nothing where none does."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        number, longest, since = cursor.fetchone()
    if not number:
        return
    values = {"waiting": number, "seconds": float(longest), "since": since}
    words = f"{number} statements wait, the longest for {longest:.0f} seconds, for one that began at {_local(since)}."
    do = "Find it with pg_blocking_pids() in pg_stat_activity; pg_terminate_backend(pid) ends it."
    yield Finding("locks", FAULT if longest > 10 else WARNING, words, do, values)


def queue() -> Finding:
    given = bool(os.environ.get("REDIS_URL", ""))
    where = redis_servers.place(settings.REDIS_URL)
    values: dict[str, Any] = {"embedded": not given, "where": where}
    try:
        with redis_servers.client(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2) as client:
            about: Any = client.info("server")
            primary: tuple[str, int] | None = getattr(client.connection_pool, "master_address", None)
    except (redis.RedisError, OSError) as error:
        do = "Start it, or correct REDIS_URL." if given else "Its log is var/valkey.log."
        return Finding("queue", FAULT, f"Redis or Valkey at {where} does not answer: {_line(error)}", do, values)
    kind, number = (
        ("Valkey", about["valkey_version"]) if "valkey_version" in about else ("Redis", about["redis_version"])
    )
    how = "by REDIS_URL" if given else "embedded"
    if primary:
        where += f", now {primary[0]}:{primary[1]}"
    return Finding(
        "queue", OK, f"{kind} {number}, {how}, at {where}", values=values | {"kind": kind, "version": number}
    )


# --- Work in the background --------------------------------------------------------------------------------------------


def worker(*, has_queue: bool) -> Finding:
    """Whether a worker answers a ping within two seconds."""
    do = "Start one: celery -A config worker"
    if not has_queue:
        return Finding("worker", FAULT, "Cannot be told: the queue does not answer.", "Put the queue right first.")
    try:
        answers = app.control.inspect(timeout=WORKER_SECONDS).ping() or {}
    except (KombuError, redis.RedisError, OSError) as error:
        return Finding("worker", FAULT, f"The queue fails when a worker is asked for: {_line(error)}", do)
    if not answers:
        return Finding("worker", FAULT, f"No worker answers within {WORKER_SECONDS} seconds.", do, {"workers": []})
    names = sorted(answers)
    return Finding("worker", OK, f"{', '.join(names)} answers", values={"workers": names})


def beat(now: datetime, *, has_worker: bool) -> Finding:
    """Whether the scheduler lives: by the mail sweep that a worker runs each minute, else by what beat itself wrote."""
    swept = ScheduledJob.objects.filter(name="organisation.sweep_mail").values_list("started_at", flat=True).first()
    saved = PeriodicTask.objects.aggregate(last=Max("last_run_at"))["last"]
    alive = _within(swept, now, BEAT_LATEST) or (not has_worker and _within(saved, now, BEAT_SAVED_LATEST))
    last = max((moment for moment in (swept, saved) if moment is not None), default=None)
    values = {"last": last}
    if alive:
        return Finding("beat", OK, f"The scheduler was last heard of at {_local(last)}", values=values)
    heard = f"since {_local(last)}" if last else "as yet"
    do = "Start it, one and only one: celery -A config beat"
    return Finding("beat", FAULT, f"The scheduler has not been heard of {heard}.", do, values)


def _within(moment: datetime | None, now: datetime, span: timedelta) -> bool:
    return moment is not None and now - moment <= span


def jobs(now: datetime) -> Iterator[Finding]:
    """When each job of the schedule last ran, what came of it, and when it runs next."""
    ran = {job.name: job for job in ScheduledJob.objects.all()}
    tasks = {task.name: task.enabled for task in PeriodicTask.objects.all()}
    for name in settings.CELERY_BEAT_SCHEDULE:
        job, values = ran.get(name), _planned(name, now)
        if job is None:
            state, words, do = OK, "has not run yet", ""
        else:
            values |= {"last": job.started_at, "finished": job.finished_at, "result": job.result}
            state, words, do = OK, f"last {_local(job.started_at)}: {job.result}", ""
            due = _after(name, job.started_at)
            if job.result.startswith("failed"):
                state, do = FAULT, "Look into the worker's log."
            elif job.finished_at is None and now - job.started_at > RUNS_LONG:
                state, words = WARNING, f"began at {_local(job.started_at)} and has not ended: its worker died of it."
                do = "Look into the worker's log. It runs again at its next time."
            elif due + JOB_LATE < now:
                # No fault where all runs again: what it missed is made up by its next run, or by the hourly look.
                state, words = WARNING, f"was due at {_local(due)} and has not run since {_local(job.started_at)}."
                do = "See that worker and beat work."
        if tasks.get(name) is False:
            state, words = WARNING, "is switched off in the schedule."
            do = "Switch it on at /admin/django_celery_beat/periodictask/."
        yield Finding(name, state, words, do, values)


def _after(name: str, moment: datetime) -> datetime:
    """The first planned time of a job after `moment`."""
    schedule = settings.CELERY_BEAT_SCHEDULE[name]["schedule"]
    start, delta, _now = schedule.remaining_delta(moment, tz=settings.CELERY_TIMEZONE)
    planned: datetime = start + delta
    return planned


def _planned(name: str, now: datetime) -> dict[str, Any]:
    return {"last": None, "next": _after(name, now)}


# --- Mail --------------------------------------------------------------------------------------------------------------


def mails(now: datetime) -> Iterator[Finding]:
    """What waits in the outbox, and what could not be sent."""
    waiting = OutgoingMail.objects.filter(status__in=[OutgoingMail.Status.QUEUED, OutgoingMail.Status.SENDING])
    failed = OutgoingMail.objects.filter(status=OutgoingMail.Status.FAILED).count()
    number, oldest = waiting.count(), waiting.aggregate(oldest=Min("queued_at"))["oldest"]
    values = {"waiting": number, "failed": failed, "oldest": oldest}
    words = f"{number} mails wait{f', the oldest since {_local(oldest)}' if oldest else ''}; {failed} have failed"
    if oldest is not None and now - oldest > MAIL_LATE:
        yield Finding("outbox", FAULT, f"{words}.", "See that worker, beat and mail server work.", values)
    elif failed:
        yield Finding("outbox", WARNING, f"{words}.", "The reasons are at /admin/organisation/outgoingmail/.", values)
    else:
        yield Finding("outbox", OK, words, values=values)


def webhooks(now: datetime) -> Iterator[Finding]:
    """What other systems wait to be told. Nothing where no system asked."""
    endpoints = WebhookEndpoint.objects.aggregate(
        on=Count("pk", filter=Q(off_since=None)), failing=Count("pk", filter=Q(off_since=None, failures__gt=0)),
        off=Count("pk", filter=Q(off_since__isnull=False) & ~Q(off_because=WebhookEndpoint.Off.BY_HAND)),
    )  # fmt: skip
    if not endpoints["on"] and not endpoints["off"]:
        return
    status = WebhookDelivery.Status
    waiting = WebhookDelivery.objects.filter(status__in=[status.WAITING, status.SENDING]).aggregate(
        number=Count("pk"), oldest=Min("at", filter=Q(next_attempt_at__lte=now))
    )
    oldest = waiting["oldest"]
    values = {**endpoints, "waiting": waiting["number"], "oldest": oldest}
    words = (
        f"{waiting['number']} wait{f', the oldest since {_local(oldest)}' if oldest else ''};"
        f" {endpoints['failing']} of {endpoints['on']} addresses fail, {endpoints['off']} were switched off for failing"
    )
    if endpoints["failing"] or endpoints["off"] or (oldest is not None and now - oldest > WEBHOOKS_LATE):
        do = "See at /staff/administration/webhooks/ what they answered."
        yield Finding("webhooks", WARNING, f"{words}.", do, values)
    else:
        yield Finding("webhooks", OK, words, values=values)


def mailbox(now: datetime) -> Iterator[Finding]:
    """When the mailbox was last read, and how many mails wait for a person. Nothing where there is neither."""
    waiting = IncomingMail.objects.filter(state=IncomingMail.State.WAITING).aggregate(
        number=Count("pk"), oldest=Min("received_at")
    )
    number, oldest = waiting["number"], waiting["oldest"]
    came_back = OutgoingMail.objects.filter(bounced_at__isnull=False).count()
    if not settings.MAIL_IN_URL and not number and not came_back:
        return
    job = ScheduledJob.objects.filter(name="feedback.read_mailbox").first()
    last = job.finished_at if job is not None else None
    values = {"last": last, "waiting": number, "oldest": oldest, "came_back": came_back}
    words = (
        f"{number} mails wait{f', the oldest since {_local(oldest)}' if oldest else ''}; {came_back} of ours came back"
    )
    if settings.MAIL_IN_URL and not _within(last, now, MAILBOX_LATE):
        said = f"The mailbox has not been read since {_local(last)}" if last else "The mailbox has never been read"
        do = "Correct MAIL_IN_URL, or see that worker and beat work."
        yield Finding("mailbox", WARNING, f"{said}; {words}.", do, values)
    elif oldest is not None and now - oldest > MAIL_WAITS_LONG:
        yield Finding("mailbox", WARNING, f"{words}.", "See to them at /staff/mail/.", values)
    else:
        read = f"Read at {_local(last)}; " if last else ""
        yield Finding("mailbox", OK, f"{read}{words}", values=values)


def audit(now: datetime) -> Iterator[Finding]:
    """Whether the audit log was whole when it was last checked, and whether its entries get their places."""
    job = ScheduledJob.objects.filter(name="organisation.check_audit").first()
    number, oldest = unsealed()
    values = {"unsealed": number, "oldest": oldest, "checked": job.finished_at if job is not None else None}
    if job is not None and job.result == "failed: ChainBroken":
        words = f"The audit log was not what was written when it was checked at {_local(job.started_at)}."
        do = "See where with «manage.py verify_audit», keep the database as it is, and find out who was in it."
        yield Finding("audit log", FAULT, words, do, values)
    elif oldest is not None and now - oldest > SEALING_LATE:
        words = f"{number} entries of the audit log wait for their place, the oldest since {_local(oldest)}."
        yield Finding("audit log", WARNING, words, "See that worker and beat work.", values)
    else:
        checked = f"checked at {_local(job.finished_at)}" if job is not None and job.finished_at else "not checked yet"
        yield Finding(
            "audit log", OK, f"The audit log is only added to, {checked}; {number} entries wait", values=values
        )


def mail_server() -> Finding:
    """Whether the mail server takes us, or, where mail goes to files, whether their folder can be written."""
    if settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
        folder = Path(settings.EMAIL_FILE_PATH)
        if problem := _unwritable(folder):
            return Finding("mail", FAULT, problem, "Give the folder to the user that runs Innspill.")
        return Finding("mail", OK, f"Mail goes to files in {folder}: EMAIL_URL is not set")
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        return Finding("mail", WARNING, f"Mail goes to {settings.EMAIL_BACKEND}.", "Set EMAIL_URL to a mail server.")
    where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    server = get_connection(timeout=5)
    try:
        server.open()
    except (smtplib.SMTPException, OSError) as error:
        words = f"The mail server at {where} does not take us: {type(error).__name__}"
        code = getattr(error, "smtp_code", None)  # the server's words may repeat what it was sent
        return Finding("mail", FAULT, f"{words}{f' {code}' if code else ''}.", "Correct EMAIL_URL, or start it.")
    finally:
        # After a refused login Django leaves the connection open.
        with suppress(smtplib.SMTPException, OSError):
            server.close()
    return Finding("mail", OK, f"The mail server at {where} takes us")


def scanner() -> Iterator[Finding]:
    """Whether clamd answers, and takes what may come in. Nothing where none is set up."""
    if not scanning.is_on():
        return
    if told := scanning.answers():
        most = max(LARGEST, settings.MAIL_LARGEST)
        with suppress(scanning.Away):
            if not scanning.takes(most):
                yield Finding(
                    "virus scanner", WARNING,
                    f"clamd takes no file of {most // 1024**2} MB, which may come in: its StreamMaxLength is smaller.",
                    f"Set StreamMaxLength {most // 1024**2}M in clamd.conf, or a smaller MAIL_LARGEST_MEGABYTES.",
                )  # fmt: skip
                return
        yield Finding("virus scanner", OK, f"Files are looked through by {told}", values={"version": told})
        return
    taken = settings.CLAMD_AWAY == scanning.ACCEPT
    words = "are taken and marked" if taken else "are refused"
    yield Finding(
        "virus scanner", WARNING if taken else FAULT, f"clamd does not answer: files {words} meanwhile.",
        "Start clamd, or correct CLAMD_URL.",
    )  # fmt: skip


def unscanned() -> Iterator[Finding]:
    """How many files were taken while clamd was away and wait to be looked through. Nothing where none do."""
    if not scanning.is_on():
        return
    waiting = {"attachments": unscanned_files(Attachment), "mails": unscanned_files(IncomingMail)}
    counted = {name: rows.count() for name, rows in waiting.items()}
    tried = sum(rows.exclude(scan_tried_at=None).count() for rows in waiting.values())
    if sum(counted.values()):
        yield Finding(
            "unscanned files", WARNING,
            f"{counted['attachments']} attachments and {counted['mails']} mails were not looked through for viruses;"
            f" {tried} of them could not be",
            "Every ten minutes a hundred of each are, once clamd answers. Of the others the worker's log says why.",
            counted | {"tried": tried},
        )  # fmt: skip


# --- Disk and files ----------------------------------------------------------------------------------------------------


def disks() -> Iterator[Finding]:
    """Whether var/ and the attachments' folder can be written and have room."""
    folders = [("disk var", settings.VAR_DIR)]
    if settings.MEDIA_S3_BUCKET:
        yield bucket()
    else:
        folders.append(("disk media", settings.MEDIA_ROOT))
    for part, folder in folders:
        folder = Path(folder)
        if problem := _unwritable(folder):
            yield Finding(part, FAULT, problem, "Give the folder to the user that runs Innspill.")
            continue
        free = shutil.disk_usage(_nearest(folder)).free
        state = FAULT if free < DISK_FAULT else WARNING if free < DISK_WARNING else OK
        do = "Make room, or move it to a larger disk." if state != OK else ""
        yield Finding(part, state, f"{free / 1024**3:.1f} GB free at {folder}", do, {"free_bytes": free})


def bucket() -> Finding:
    """Whether the bucket of attachments takes a file, gives it back and lets it go."""
    where = f"«{settings.MEDIA_S3_BUCKET}»"
    do = "Correct the variables MEDIA_S3_…, or what the bucket lets this key do: read, write and delete."
    words = b"room for a few words"
    try:
        name = default_storage.save("doctor/words", ContentFile(words))
        with default_storage.open(name) as file:
            same = file.read() == words
        default_storage.delete(name)
    except OSError as error:
        return Finding("bucket", FAULT, f"The bucket {where} does not take files: {_line(error)}", do)
    if not same:
        return Finding("bucket", FAULT, f"The bucket {where} gives back another file than it was given.", do)
    return Finding("bucket", OK, f"Attachments are in the bucket {where}, which takes files and lets them go")


def _nearest(folder: Path) -> Path:
    return next(step for step in (folder, *folder.parents) if step.exists())


def _unwritable(folder: Path) -> str:
    """Return a sentence where nothing can be written in `folder`, or in what it would be made in."""
    try:
        with tempfile.TemporaryFile(dir=_nearest(folder), buffering=0) as file:
            file.write(b"room for a few words\n" * 200)  # on a full disk a file can still be made, and stays empty
            return ""
    except OSError as error:
        return f"{folder} cannot be written: {error.strerror}."


def files() -> Iterator[Finding]:
    """Whether what comes from packages is there."""
    if names := missing_packages():
        words = f"{', '.join(names)} is not installed: pages have no style."
        yield Finding("style sheets", WARNING, words, "Run «npm ci --ignore-scripts --omit=dev».")


# --- What is set up ----------------------------------------------------------------------------------------------------


def here(now: datetime) -> Iterator[Finding]:
    """Whether there is a municipality, its latest lists are made, and no made-up people sign in where they should not."""
    try:
        town = municipality()
    except NotSetUp:
        yield Finding("municipality", WARNING, "There is no municipality yet.", "Run «manage.py setup».")
        return
    kind = "a demonstration" if town.is_demonstration else "in earnest"
    yield Finding("municipality", OK, f"{town.name}, {kind}", values={"demonstration": town.is_demonstration})
    if os.environ.get("DATABASE_URL", "") and (town.is_demonstration or settings.DEMONSTRATION):
        yield Finding(
            "demonstration",
            WARNING,
            "DATABASE_URL is set, and the demonstration is on: anybody may sign in as its made-up people.",
            "If this is in earnest, unset DEMONSTRATION and set up a municipality in an empty database.",
        )
    week = latest_week_to_run(now)
    # On a new installation the hourly look has not come round yet.
    if week is not None and OverdueRun.objects.exists() and now - working_calendar(town).list_moment(week) > LISTS_LATE:
        words = f"The overdue lists of {week} have not been made or not been mailed."
        yield Finding(
            "overdue lists", FAULT, words, "See that worker and beat work, or run «manage.py run_overdue_list»."
        )


def _line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


def _local(moment: datetime | None) -> str:
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE)).strftime("%Y-%m-%d %H:%M:%S") if moment else "never"
