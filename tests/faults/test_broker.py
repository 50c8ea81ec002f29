"""The broker is gone or does not answer: a card is received all the same, and its mails go out once when it is back."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from typing import Any

import pytest

from feedback.models import Card, OverdueEntry
from organisation.models import OutgoingMail, ScheduledJob
from tests.factories import RuleFactory, Solvik, make_solvik
from tests.faults.conftest import Broker, Postbox, Processes, until

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

# What citizens do at one web server: the form, then the receipt. Told by lines; «sweep» is what beat does each minute.
WEB_SERVER = """
import json, time
from django.test import Client
from organisation.tasks import sweep_mail

def post(number):
    client = Client(headers={"accept-language": "nb"}, SERVER_NAME="localhost")
    began = time.monotonic()
    fields = {"text": "Hull i veien", "name": "Kari", "address": "Storgata 1", "phone": "33 18 10 00"}
    key = f"00000000-0000-0000-0000-{number:>012}"
    answer = client.post("/", fields | {"email": f"kari{number}@example.test", "key": key})
    took = time.monotonic() - began
    receipt = client.get(answer.headers["Location"]) if answer.status_code == 302 else answer
    return {"status": answer.status_code, "receipt": receipt.status_code, "took": took}

for line in sys.stdin:
    word = line.strip()
    told = [str(sweep_mail.delay()) for _ in range(3)] if word == "sweep" else post(word)
    print(json.dumps(told), flush=True)
"""


@pytest.fixture
def solvik(processes: Processes) -> Solvik:
    made = make_solvik()
    RuleFactory(words=["hull"], unit=made.roads)
    return made


def worker(processes: Processes, broker: Broker, postbox: Postbox) -> subprocess.Popen[str]:
    return processes.start(
        sys.executable, "-m", "celery", "-A", "config", "worker", "--concurrency", "1", "--loglevel", "WARNING",
        REDIS_URL=broker.url, EMAIL_URL=postbox.url,
    )  # fmt: skip


class WebServer:
    """One process, which keeps its connections to the broker from one citizen to the next."""

    def __init__(self, processes: Processes, broker: Broker) -> None:
        self.process = processes.python(WEB_SERVER, REDIS_URL=broker.url)

    def tell(self, word: str) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        while (line := self.process.stdout.readline())[:1] not in ("{", "["):
            assert line, "the web server ended"
        return json.loads(line)


def statuses() -> dict[str, int]:
    return dict(Counter(OutgoingMail.objects.values_list("status", flat=True)))


@pytest.mark.parametrize("fault", ["killed", "frozen"])
def test_card_is_received_without_the_broker_and_its_mails_go_out_once_when_it_is_back(
    solvik: Solvik, processes: Processes, broker: Broker, postbox: Postbox, fault: str
) -> None:
    if fault == "frozen":
        # While the worker sends its last mail: it cannot tell the broker that the task is done.
        postbox.at_data = lambda number: broker.signal(signal.SIGSTOP) if number == 2 else None
    worker(processes, broker, postbox)
    web = WebServer(processes, broker)
    web.tell("1")
    until(lambda: len(postbox.accepted) == 2)  # by the nudge alone: there is no beat
    assert postbox.to == ["kari1@example.test", "roads@solvik.test"]
    if fault == "killed":
        broker.kill()
    answers = [web.tell(number) for number in ("2", "3")]
    assert [(answer["status"], answer["receipt"]) for answer in answers] == [(302, 200), (302, 200)]
    # A broker that is gone costs nothing; one that takes the connection and is silent costs its time-out (5 s), no more.
    # The second citizen does not pay it again.
    assert answers[0]["took"] < 30
    assert answers[1]["took"] < 10
    assert Card.objects.count() == 3
    assert statuses() == {"sent": 2, "queued": 4}

    broker.start() if fault == "killed" else broker.signal(signal.SIGCONT)

    def swept() -> bool:
        # Beat sends its sweep again and again: a broker that was frozen hands the first ones to connections that the
        # worker gave up meanwhile.
        web.tell("sweep")
        time.sleep(0.5)
        return statuses() == {"sent": 6}

    until(swept, seconds=180)
    assert postbox.to == [f"kari{number}@example.test" for number in (1, 2, 3)] + ["roads@solvik.test"] * 3


TASKS = [
    "feedback.run_overdue_lists",
    "feedback.make_up_overdue_lists",
    "feedback.remind_of_deadlines",
    "feedback.close_not_reached",
]
DELIVER = """
import json
from config.celery import app
for name in json.loads(sys.argv[1]):
    app.send_task(name)
"""
OLD_CARD = """
from datetime import timedelta
from django.utils import timezone
from tests.factories import a_card
from organisation.models import Unit
a_card(now=timezone.now() - timedelta(days=40), unit=Unit.objects.get(code="roads"))
"""


def test_tasks_delivered_twice_change_nothing(
    solvik: Solvik, processes: Processes, broker: Broker, postbox: Postbox
) -> None:
    processes.run(OLD_CARD, REDIS_URL=broker.url)
    worker(processes, broker, postbox)
    processes.run(DELIVER, json.dumps(TASKS), REDIS_URL=broker.url)
    until(lambda: ScheduledJob.objects.exclude(finished_at=None).count() == 4)
    until(lambda: statuses() == {"sent": 3})
    first = dict(ScheduledJob.objects.values_list("name", "finished_at"))
    before = list(OverdueEntry.objects.values()), list(Card.objects.values()), postbox.to
    processes.run(DELIVER, json.dumps(TASKS * 2), REDIS_URL=broker.url)
    until(lambda: all(ScheduledJob.objects.get(name=name).finished_at not in (None, at) for name, at in first.items()))
    processes.run(DELIVER, json.dumps(["organisation.sweep_mail"] * 2), REDIS_URL=broker.url)
    until(lambda: ScheduledJob.objects.filter(name="organisation.sweep_mail").exclude(finished_at=None).exists())
    assert (list(OverdueEntry.objects.values()), list(Card.objects.values()), postbox.to) == before
    assert postbox.to == ["kari@example.test", "roads@solvik.test", "roads_leader@solvik.test"]
    assert ScheduledJob.objects.get(name="feedback.run_overdue_lists").result == "nothing to do"
