"""SIGKILL in the middle of an overdue run or of a mail batch: the next run completes it, and nobody gets a mail twice."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from datetime import timedelta

import pytest

from feedback.actions.listing import latest_week_to_run, run_overdue_list
from feedback.models import CardEvent, Escalation, OverdueEntry, OverdueList, OverdueRun
from organisation.models import OutgoingMail
from organisation.outbox.delivery import CLAIM_FOR
from organisation.outbox.queueing import Mail, queue_mails
from tests.factories import MONDAY, Solvik, mails, make_solvik, many_cards, oslo
from tests.faults.conftest import Lock, Postbox, Processes
from tests.threads import at_once, errors

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

RUN = "from feedback.actions.listing import run_overdue_list; run_overdue_list(now=at(sys.argv[1]))"
W47, W48 = oslo(2026, 11, 16, 6), oslo(2026, 11, 23, 6)
EVERYBODY = [
    ("escalation", "chief@solvik.test"),
    ("overdue_list", "roads_leader@solvik.test"),
    ("overdue_list", "water_leader@solvik.test"),
]


@pytest.fixture
def solvik(processes: Processes) -> Solvik:
    """Fourteen cards that have been on a list once, whose mails are out of the way."""
    made = make_solvik()
    many_cards(7, unit=made.roads)
    many_cards(7, unit=made.water)
    run_overdue_list(now=W47)
    OutgoingMail.objects.all().delete()
    return made


@pytest.mark.parametrize(
    ("table", "lists_are_there"),
    [
        pytest.param("feedback_overdueentry", False, id="while it writes lists and entries"),
        pytest.param("feedback_cardevent", False, id="at the end of the first transaction"),
        pytest.param("organisation_outgoingmail", True, id="between the lists and the mails"),
        pytest.param("feedback_escalation", True, id="within the second transaction"),
    ],
)
def test_killed_overdue_run_is_completed_by_the_next(
    solvik: Solvik, processes: Processes, table: str, lists_are_there: bool
) -> None:
    with Lock(table) as lock:
        victim = processes.python(RUN, W48.isoformat())
        lock.wait_for_victim()
        processes.kill(victim)
    later = W48 + timedelta(minutes=20)
    assert latest_week_to_run(later) is not None
    answers = at_once(*[lambda: run_overdue_list(now=later)] * 2)  # it also competes with what the dead one left
    assert errors(answers) == []
    assert {answer.cards for answer in answers} == {14}
    assert any(answer.existed for answer in answers)
    assert all(answer.existed for answer in answers) is lists_are_there
    assert sorted(mails()) == EVERYBODY
    assert (OverdueRun.objects.count(), OverdueList.objects.filter(iso_week=48).count()) == (2, 2)
    assert OverdueEntry.objects.filter(iso_week=48, times=2).count() == 14
    assert Escalation.objects.get().cards == 14
    assert CardEvent.objects.filter(what="listed", to_value="2026-W48").count() == 14
    assert CardEvent.objects.filter(what="escalated").count() == 14
    assert latest_week_to_run(later) is None


SEND = "from organisation.outbox.delivery import deliver_due; print(deliver_due(now=at(sys.argv[1])))"


def queue(how_many: int) -> list[str]:
    from django.db import transaction

    with transaction.atomic():
        queue_mails(
            [
                Mail(
                    "reminder",
                    f"k{n}",
                    f"p{n:02}@solvik.test",
                    "nb",
                    {"rows": [], "due_on": MONDAY, "municipality": None},
                )
                for n in range(how_many)
            ],
            now=MONDAY,
        )
    return [f"p{n:02}@solvik.test" for n in range(how_many)]


@pytest.mark.parametrize(
    ("moment", "twice"),
    [
        pytest.param("at_rcpt", 0, id="before the server accepted the ninth"),
        pytest.param("at_data", 1, id="after the server accepted the ninth, before it said so"),
    ],
)
def test_killed_mail_batch_goes_on_and_sends_none_twice_but_what_was_accepted(
    processes: Processes, postbox: Postbox, moment: str, twice: int
) -> None:
    everybody = queue(20)
    victim = processes.python(SEND, MONDAY.isoformat(), EMAIL_URL=postbox.url)
    setattr(postbox, moment, lambda number: os.kill(victim.pid, signal.SIGKILL) if number == 9 else None)
    assert victim.wait(timeout=60) == -signal.SIGKILL
    statuses = Counter(OutgoingMail.objects.values_list("status", flat=True))
    assert statuses == {"sent": 8, "sending": 1, "queued": 11}

    at_first = (MONDAY + timedelta(minutes=1)).isoformat()
    assert "sent=11" in processes.run(SEND, at_first, EMAIL_URL=postbox.url)
    assert OutgoingMail.objects.filter(status="sending").count() == 1  # the dead one's, until its claim runs out
    later = (MONDAY + CLAIM_FOR + timedelta(minutes=1)).isoformat()
    assert "sent=1" in processes.run(SEND, later, EMAIL_URL=postbox.url)
    assert "sent=0" in processes.run(SEND, later, EMAIL_URL=postbox.url)

    assert sorted(set(postbox.to)) == everybody
    doubles = [message for message in postbox.accepted if postbox.to.count(message["X-To"]) > 1]
    assert len(postbox.accepted) == 20 + twice
    assert len({message["Message-ID"] for message in doubles}) == twice
    assert set(OutgoingMail.objects.values_list("status", flat=True)) == {"sent"}


def test_two_workers_at_once_send_each_mail_once(processes: Processes, postbox: Postbox) -> None:
    everybody = queue(40)
    workers = [processes.python(SEND, MONDAY.isoformat(), EMAIL_URL=postbox.url) for _ in range(3)]
    for worker in workers:
        assert worker.wait(timeout=120) == 0
    assert postbox.to == everybody


def test_each_claim_of_a_mail_has_its_own_moment(processes: Processes, postbox: Postbox) -> None:
    """What a slow mail server takes late in a long pass must not look like a dead worker's to the next sweep."""
    queue(3)
    postbox.at_data = lambda number: time.sleep(0.5)
    processes.run(SEND, MONDAY.isoformat(), EMAIL_URL=postbox.url)
    first, second, third = OutgoingMail.objects.order_by("id").values_list("sent_at", flat=True)
    assert first - MONDAY < timedelta(seconds=0.5) <= second - MONDAY
    assert third - second >= timedelta(seconds=0.5)
