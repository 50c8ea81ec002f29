"""How the house starts: one sentence for a wrong address, whoever is started, and nothing left when it ends."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import psutil
import pytest
import redis
from django.db import connection
from django_celery_beat.models import IntervalSchedule, PeriodicTask, PeriodicTasks

from config import embedded
from tests.config.conftest import ROOT, House, answers, free_port, leave, ready, until, url_of_test_database

NOBODY_THERE = "127.0.0.1:1"  # a port at which no database and no Redis listens

STARTS = {
    "command": ("manage.py", "migrate"),
    "web": ("-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi"),
    "worker": ("-m", "celery", "-A", "config", "worker"),
    "beat": ("-m", "celery", "-A", "config", "beat"),
}
WRONG = {
    "mysql": ({"DATABASE_URL": "mysql://root:hemmelig@h/n"}, r"DATABASE_URL must name a PostgreSQL database: .*"),
    "garbage": ({"DATABASE_URL": "hemmelig"}, r"DATABASE_URL must name a PostgreSQL database: .*"),
    "no name": ({"DATABASE_URL": "postgres://u:hemmelig@h"}, r"DATABASE_URL must name .* \(the name is missing\)"),
    "port": (
        {"DATABASE_URL": "postgres://u:hemmelig@h:x1/n"},
        r"DATABASE_URL must name .* \(host or port cannot be read; .*\)",
    ),
    "unknown option": ({"DATABASE_URL": "postgres://u:hemmelig@h/n?colour=1"}, r"The database .* take us: .*colour.*"),
    "dead database": (
        {"DATABASE_URL": f"postgres://u:hemmelig@{NOBODY_THERE}/n"},
        r'The database at DATABASE_URL does not take us: connection to server at "127.0.0.1", .* Connection refused',
    ),
    "redis garbage": ({"REDIS_URL": "hemmelig"}, r"REDIS_URL must name a Redis or Valkey server: .*"),
    "redis scheme": ({"REDIS_URL": "amqp://u:hemmelig@h/"}, r"REDIS_URL must name a Redis or Valkey server: .*"),
    "dead sentinels": (
        {"REDIS_URL": f"redis+sentinel://:hemmelig@{NOBODY_THERE},{NOBODY_THERE}/solvik/0"},
        r"The Redis or Valkey at REDIS_URL does not take us: no sentinel that answers us names a primary for «solvik»",
    ),
    "redis sentinels without a name": (
        {"REDIS_URL": "redis+sentinel://:hemmelig@h:26379/"},
        r"REDIS_URL must name .* \(the name that the sentinels know it by is missing\)",
    ),
    "redis password with a slash": (
        {"REDIS_URL": "redis://u:hemmelig/2@h:6379/0"},
        r"REDIS_URL must name .* \(host or port cannot be read; .*\)",
    ),
    "dead redis": (
        {"REDIS_URL": f"redis://:hemmelig@{NOBODY_THERE}/0"},
        r"The Redis or Valkey at REDIS_URL does not take us: .*127.0.0.1:1.*",
    ),
}


@pytest.mark.fault
@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("wrong", ["mysql", "dead database", "dead redis"])
def test_a_wrong_address_is_one_sentence_for_each_that_starts(house: House, start: str, wrong: str) -> None:
    refuse(house, STARTS[start], wrong)


@pytest.mark.slow
@pytest.mark.parametrize("wrong", sorted(set(WRONG) - {"mysql", "dead database", "dead redis"}))
def test_every_wrong_address_is_one_sentence(house: House, wrong: str) -> None:
    refuse(house, STARTS["command"], wrong)


def refuse(house: House, start: tuple[str, ...], wrong: str) -> None:
    given, sentence = WRONG[wrong]
    # The other address, where one is needed, is that of the tests' own parts: nothing is started for this test.
    own = {"DATABASE_URL": own_database(), "REDIS_URL": embedded.redis_url(), "SECRET_KEY": "x", "PORT": "0"}
    house.extra_env = own | given
    done = house.run(house.python, *start)
    assert done.returncode == 1
    assert re.fullmatch(f"Innspill cannot start: {sentence}\n", done.stderr), done.stderr
    assert "hemmelig" not in done.stderr + done.stdout
    assert house.servers() == []
    shutil.rmtree(house.var, ignore_errors=True)


def own_database() -> str:
    return f"postgres://innspill@/{connection.settings_dict['HOST']}/innspill"


def test_a_database_url_without_a_secret_is_refused(house: House) -> None:
    house.extra_env = {"DATABASE_URL": own_database(), "REDIS_URL": embedded.redis_url()}
    done = house.run(house.python, "manage.py", "migrate")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("Innspill cannot start: SECRET_KEY must be set where DATABASE_URL is set")


@pytest.mark.slow
def test_commands_that_need_no_parts_start_none(house: House) -> None:
    done = house.run(house.python, "manage.py", "version")
    assert (done.returncode, done.stderr) == (0, "")
    assert not (house.var / "postgres").exists()
    shutil.rmtree(house.var)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("port", "sentence"),
    [
        ("abc", "CommandError: PORT must be a number from 1 to 65535, not “abc”.\n"),
        ("70000", "CommandError: PORT must be a number from 1 to 65535, not “70000”.\n"),
    ],
)
def test_run_refuses_a_port_that_is_none(house: House, port: str, sentence: str) -> None:
    house.extra_env = {
        "PORT": port,
        "DATABASE_URL": own_database(),
        "REDIS_URL": embedded.redis_url(),
        "SECRET_KEY": "x",
    }
    done = house.run(house.python, "manage.py", "run")
    assert (done.returncode, done.stderr) == (1, sentence)


@pytest.mark.slow
def test_run_refuses_a_port_that_is_taken(house: House) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        house.extra_env = {"PORT": str(port), "DATABASE_URL": own_database(), "SECRET_KEY": "x"}
        house.extra_env |= {"REDIS_URL": embedded.redis_url()}
        done = house.run(house.python, "manage.py", "run")
    assert done.returncode == 1
    assert re.fullmatch(
        rf"CommandError: Port {port} at 127.0.0.1 cannot be had \(Address already in use\): .*\n", done.stderr
    )


# --- manage.py run, for real ------------------------------------------------------------------------------------------


def family(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def start_run(house: House) -> tuple[subprocess.Popen[str], list[psutil.Process]]:
    port = free_port()
    house.extra_env = {"PORT": str(port), "DEMONSTRATION": "0", "INNSPILL_EMBEDDED_DURABLE": "0"}
    house.extra_env |= {"PYTHONUNBUFFERED": "1"}
    run = house.spawn(house.python, "manage.py", "run", start_new_session=True)
    assert run.stdout is not None
    said = ""
    while f"Innspill is at http://127.0.0.1:{port}/" not in said:
        line = run.stdout.readline()
        assert line, (said, run.communicate()[1])
        said += line
    assert answers(f"http://127.0.0.1:{port}/readyz")
    words = [" ".join(child.cmdline()) for child in family(run)]
    for part in ("gunicorn -c config/gunicorn.py", "config worker", "config beat"):
        assert any(part in word for word in words), part
    return run, family(run)


def end_by(run: subprocess.Popen[str], number: signal.Signals) -> None:
    if number == signal.SIGHUP:
        assert run.stdout is not None
        run.stdout.close()  # the terminal that says so is gone
        run.send_signal(number)
        run.wait(60)
    else:
        run.send_signal(number)
        run.communicate(timeout=60)


@pytest.mark.fault
def test_whatever_ends_run_leaves_no_process_no_socket_and_no_file_beside_the_code(house: House) -> None:
    """A signal, or a part of its own that dies, which it names. One house for all: its first start makes the database."""
    before = {path.name for path in ROOT.iterdir()} | {"staticfiles", "__pycache__"}
    for end in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, "worker"):
        run, children = start_run(house)
        servers = house.servers()
        assert len(servers) == 2
        sockets = Path(house.place()["host"])
        if isinstance(end, signal.Signals):
            end_by(run, end)
        else:
            worker = next(child for child in children if "config worker" in " ".join(child.cmdline()))
            for process in (*worker.children(recursive=True), worker):
                process.kill()
            _out, err = run.communicate(timeout=60)
            assert (run.returncode, err) == (1, "CommandError: Worker ended by itself, so the others were ended too.\n")
        left = [child for child in [*children, *servers] if child.is_running() and child.status() != "zombie"]
        assert (end, left) == (end, [])
        assert list(sockets.iterdir()) == []
        assert {path.name for path in ROOT.iterdir()} <= before


STARTS_OTHERS = """
import multiprocessing, os, subprocess, sys, time
import django; django.setup()
from config.management.commands.run import EndedWithUs
guard = EndedWithUs()
fork = multiprocessing.get_context("fork").Process(target=time.sleep, args=(600,))  # as honcho has one for each
fork.start()
part = subprocess.Popen(["sh", "-c", "sleep 600 & exec sleep 600"], start_new_session=True)
guard.add(part.pid)
print(part.pid, fork.pid, flush=True)
time.sleep(600)
"""


def test_what_was_started_ends_with_run_though_that_is_killed(house: House) -> None:
    house.extra_env = {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    run = house.spawn(house.python, "-c", STARTS_OTHERS)
    assert run.stdout is not None
    part, fork = (psutil.Process(int(number)) for number in run.stdout.readline().split())
    until(lambda: len(part.children()) == 1)
    (child,) = part.children()
    run.kill()
    run.wait(20)
    until(lambda: not any(one.is_running() and one.status() != "zombie" for one in (part, child)))
    assert fork.is_running()  # it held nothing that would have kept them
    fork.kill()


# --- A broker that goes away ------------------------------------------------------------------------------------------


@pytest.mark.fault
def test_worker_and_beat_go_on_when_the_broker_comes_back(house: House, transactional_db: None) -> None:
    every_second, _ = IntervalSchedule.objects.get_or_create(every=1, period=IntervalSchedule.SECONDS)
    PeriodicTask.objects.create(name="beat", task="celery.ping", interval=every_second, queue="ticks")
    PeriodicTasks.update_changed()
    house.extra_env = {"DATABASE_URL": url_of_test_database(), "SECRET_KEY": "x"}
    first = ready(house.user())
    worker = house.spawn(
        house.python, "-m", "celery", "-A", "config", "worker", "--concurrency", "1", stderr=subprocess.DEVNULL
    )
    beat = house.spawn(house.python, "-m", "celery", "-A", "config", "beat", stderr=subprocess.DEVNULL)

    def answered() -> bool:
        """Whether the worker answers: it may come up well after beat, which has little to load."""
        return "pong" in house.run(house.python, "-m", "celery", "-A", "config", "inspect", "ping").stdout

    with redis.Redis.from_url(house.place()["redis"]) as client:
        until(lambda: client.llen("ticks") >= 2, 40)
        until(answered, 90)

        for server in house.servers():
            server.kill()
        leave(first)
        with pytest.raises(psutil.TimeoutExpired):
            psutil.Process(worker.pid).wait(5)
        assert beat.poll() is None

        second = ready(house.user())
        counted = client.llen("ticks")
        until(lambda: client.llen("ticks") >= counted + 2, 60)
        until(answered, 90)
    for process in (worker, beat):
        process.terminate()
        process.communicate(timeout=60)
    leave(second)
    assert house.servers() == []
