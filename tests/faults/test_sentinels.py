"""Sentinels name another primary when theirs is lost: nobody has to be told, and work goes on."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import redis

from tests.config.conftest import free_port
from tests.factories import RuleFactory, Solvik, make_solvik
from tests.faults.conftest import Postbox, Processes, until, valkey_program

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

PASSWORD, ASKING = "hemmelig", "spørsmål"


@dataclass
class Watch:
    """A primary, its replica and three sentinels, as processes that take the passwords above."""

    folder: Path
    servers: list[int] = field(default_factory=lambda: [free_port(), free_port()])
    sentinels: list[int] = field(default_factory=lambda: [free_port() for _ in range(3)])
    processes: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.sentinels)
        return f"redis+sentinel://:{PASSWORD}@{hosts}/solvik/3?sentinel_password={ASKING}"

    def start(self) -> None:
        first, second = self.servers
        login = ["--requirepass", PASSWORD, "--primaryauth", PASSWORD]
        self._start(first, *login)
        self._start(second, *login, "--replicaof", f"127.0.0.1 {first}")
        until(lambda: self.role(second) == ["slave", "connected"])
        for port in self.sentinels:
            settings = self.folder / f"{port}.conf"
            settings.write_text(
                f"port {port}\nbind 127.0.0.1\ndir {self.folder}\nrequirepass {ASKING}\n"
                f"sentinel sentinel-pass {ASKING}\nsentinel monitor solvik 127.0.0.1 {first} 2\n"
                f"sentinel auth-pass solvik {PASSWORD}\nsentinel down-after-milliseconds solvik 1000\n"
                "sentinel failover-timeout solvik 5000\n"
            )
            self.processes[port] = subprocess.Popen(
                [valkey_program(), settings, "--sentinel"], stdout=subprocess.DEVNULL
            )
        until(lambda: all(self.knows(port) == {"num-slaves": 1, "num-other-sentinels": 2} for port in self.sentinels))

    def _start(self, port: int, *options: str) -> None:
        folder = self.folder / str(port)
        folder.mkdir()
        command = [valkey_program(), "--port", str(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""]
        command += options
        self.processes[port] = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def role(self, port: int) -> list[str]:
        try:
            with redis.Redis(port=port, password=PASSWORD) as client:
                told = client.role()
        except redis.RedisError:
            return []
        return [word.decode() for word in told if isinstance(word, bytes) and word != b"127.0.0.1"]

    def knows(self, port: int) -> dict[str, int]:
        try:
            with redis.Redis(port=port, password=ASKING) as client:
                state = client.sentinel_master("solvik")
        except redis.RedisError:
            return {}
        return {key: state[key] for key in ("num-slaves", "num-other-sentinels")}

    def kill(self, port: int) -> None:
        process = self.processes.pop(port)
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=20)

    def close(self) -> None:
        for port in list(self.processes):
            self.kill(port)


@pytest.fixture
def watch() -> Iterator[Watch]:
    made = Watch(Path(tempfile.mkdtemp(prefix="sentinels-")))
    try:
        made.start()
        yield made
    finally:
        made.close()
        shutil.rmtree(made.folder)


@pytest.fixture
def solvik(processes: Processes) -> Solvik:
    made = make_solvik()
    RuleFactory(words=["hull"], unit=made.roads)
    return made


WEB_SERVER = """
import json
from django.core.cache import cache
from django.test import Client
from config import doctor
from config.health import readiness
from organisation.tasks import sweep_mail

def post(number):
    client = Client(headers={"accept-language": "nb"}, SERVER_NAME="localhost")
    fields = {"text": "Hull i veien", "name": "Kari", "address": "Storgata 1", "phone": "33 18 10 00"}
    key = f"00000000-0000-0000-0000-{number:>012}"
    answer = client.post("/", fields | {"email": f"kari{number}@example.test", "key": key})
    return answer.status_code

def tried(act):
    try:
        return act()
    except Exception as error:
        return type(error).__name__

def keep(word):
    cache.set("word", word)
    return cache.get("word")

for line in sys.stdin:
    what, _, word = line.strip().partition(" ")
    told = {
        "post": post,
        "keep": lambda word: tried(lambda: keep(word)),
        "sweep": lambda _: tried(lambda: bool(sweep_mail.delay())),
        "ready": lambda _: readiness()["broker"],
        "doctor": lambda _: doctor.queue().words,
    }
    print(json.dumps([told[what](word)]), flush=True)
"""


def test_the_next_primary_is_found_by_web_server_and_worker(
    solvik: Solvik, processes: Processes, watch: Watch, postbox: Postbox
) -> None:
    processes.start(
        sys.executable, "-m", "celery", "-A", "config", "worker", "--concurrency", "1", "--loglevel", "WARNING",
        REDIS_URL=watch.url, EMAIL_URL=postbox.url,
    )  # fmt: skip
    web = processes.python(WEB_SERVER, REDIS_URL=watch.url)

    def tell(word: str) -> object:
        assert web.stdin is not None
        assert web.stdout is not None
        web.stdin.write(f"{word}\n")
        web.stdin.flush()
        while not (line := web.stdout.readline()).startswith("["):
            assert line, "the web server ended"
        return json.loads(line)[0]

    first, second = watch.servers
    assert tell("keep before") == "before"
    assert tell("ready") == "ok"
    assert str(tell("doctor")).endswith(f", now 127.0.0.1:{first}")
    assert tell("post 1") == 302
    until(lambda: len(postbox.accepted) == 2)  # by the nudge alone: there is no beat
    with redis.Redis(port=first, password=PASSWORD, db=3) as client:
        assert client.dbsize() > 0

    watch.kill(watch.sentinels[0])  # whom all asked first
    watch.kill(first)
    assert tell("post 2") == 302  # nobody is primary now, and the card comes in
    until(lambda: watch.role(second)[:1] == ["master"], seconds=60)
    until(lambda: tell("keep after") == "after", seconds=60)
    assert tell("ready") == "ok"
    assert str(tell("doctor")).endswith(f", now 127.0.0.1:{second}")

    def swept() -> bool:
        tell("sweep")  # as beat does each minute
        time.sleep(0.5)
        return len(postbox.accepted) == 4

    until(swept, seconds=90)
    assert postbox.to == ["kari1@example.test", "kari2@example.test"] + ["roads@solvik.test"] * 2
