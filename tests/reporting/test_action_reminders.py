"""Reminders of actions: once for each reason, to who is there, by the local day, and out by real SMTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from organisation.models import OutgoingMail, ScheduledJob
from organisation.outbox.delivery import deliver_due
from reporting.actions.reminding import remind_of_initiatives
from reporting.models import Initiative, InitiativeEvent
from reporting.tasks import remind
from tests.factories import AbsenceFactory, PersonFactory, Solvik, UnitFactory, make_solvik, oslo
from tests.post_office import open_post_office, send_to
from tests.reporting.plans import TODAY, an_action, told
from tests.threads import at_once, errors

pytestmark = pytest.mark.django_db


def sent() -> list[str]:
    return sorted(OutgoingMail.objects.filter(kind="initiatives_due").values_list("to", flat=True))


def on(day: str, hour: int = 7, minute: int = 20) -> datetime:
    return oslo(*(int(part) for part in day.split("-")), hour, minute)


@pytest.mark.parametrize(
    ("now", "how_many"),
    [
        pytest.param(on("2026-12-16"), 0, id="fifteen days before"),
        pytest.param(on("2026-12-16", 23, 59), 0, id="the last minute of that day"),
        pytest.param(on("2026-12-17", 0, 0), 1, id="midnight here is 23:00 UTC the day before"),
        pytest.param(on("2026-12-31"), 1, id="made up on the last day"),
        pytest.param(on("2027-01-01"), 1, id="past it"),
    ],
)
def test_the_leader_is_reminded_before_the_deadline(solvik: Solvik, now: datetime, how_many: int) -> None:
    an_action(solvik.roads, due_on=date(2026, 12, 31))
    assert remind_of_initiatives(now=now) == how_many
    assert sent() == ["roads_leader@solvik.test"] * how_many


@pytest.mark.parametrize(
    ("word", "now", "how_many"),
    [
        pytest.param(date(2026, 1, 1), oslo(2026, 3, 31, 23, 59), 0, id="summer time has come: the 89th day"),
        pytest.param(date(2026, 1, 1), oslo(2026, 4, 1, 0, 1), 1, id="22:01 UTC is the 90th day here"),
        pytest.param(date(2026, 9, 1), oslo(2026, 11, 29, 23, 59), 0, id="winter time has come: the 89th day"),
        pytest.param(date(2026, 9, 1), oslo(2026, 11, 30, 0, 1), 1, id="23:01 UTC is the 90th day here"),
    ],
)
def test_a_quiet_quarter_is_counted_in_local_days(solvik: Solvik, word: date, now: datetime, how_many: int) -> None:
    made = an_action(solvik.roads, on=date(2025, 12, 1), due_on=date(2028, 1, 1))
    told(made, "Hei", on=word)
    assert remind_of_initiatives(now=now) == how_many


def test_each_reason_is_told_once_and_a_new_deadline_anew(solvik: Solvik) -> None:
    made = an_action(solvik.roads, due_on=date(2026, 12, 1), person=solvik.handler)
    told(made, "I gang", status="under_way")
    days = [date(2026, 11, 17) + timedelta(days=number) for number in range(140)]
    told_on = [str(day) for day in days if remind_of_initiatives(now=on(str(day)))]
    # Before the deadline, past it, and when a quarter has gone without a word.
    assert told_on == ["2026-11-17", "2026-12-02", "2027-02-14"]
    assert sent() == ["handler@solvik.test"] * 3
    reasons = InitiativeEvent.objects.filter(what="reminded").values_list("to_value", flat=True)
    assert sorted(reasons) == ["before:2026-12-01", "passed:2026-12-01", "quiet:2026-11-16:1"]
    told(made, "Ny frist", on=date(2027, 4, 10), due_on=date(2027, 4, 20))
    assert remind_of_initiatives(now=on("2027-04-11")) == 1
    told(made, "Ferdig", on=date(2027, 4, 12), status="done")
    assert remind_of_initiatives(now=on("2027-05-01")) == 0


def test_one_mail_a_person_with_all_their_actions_in_their_language(solvik: Solvik) -> None:
    solvik.roads_leader.language = "sv"
    solvik.roads_leader.save()
    an_action(solvik.roads, title="Brøyte", due_on=date(2026, 12, 1))
    an_action(solvik.roads, title="Strø <nå>", on=date(2025, 1, 1), due_on=date(2026, 1, 1))
    an_action(solvik.water, title="Lekkasje", due_on=date(2026, 12, 1))
    assert remind_of_initiatives(now=on("2026-11-20")) == 3
    assert remind_of_initiatives(now=on("2026-11-20", 9)) == 0
    assert sent() == ["roads_leader@solvik.test", "water_leader@solvik.test"]
    mail = OutgoingMail.objects.get(to="roads_leader@solvik.test")
    assert mail.subject == "2 åtgärder väntar på ett ord från dig"
    assert "Brøyte" in mail.text
    assert "Lekkasje" not in mail.text
    assert "tidsfristen har gått ut, inget skrivet på länge" in mail.text
    assert "Strø &lt;nå&gt;" in mail.html
    for action in Initiative.objects.filter(unit=solvik.roads):
        assert f"/staff/actions/{action.pk}/" in mail.text
    late = an_action(solvik.roads, due_on=date(2026, 12, 3))
    assert remind_of_initiatives(now=on("2026-11-20", 11)) == 1  # planned since: a mail of its own
    assert OutgoingMail.objects.filter(to="roads_leader@solvik.test", text__contains=f"/actions/{late.pk}/").exists()


def test_who_is_away_or_gone_is_passed_over(solvik: Solvik) -> None:
    due = date(2026, 12, 1)
    an_action(solvik.roads, person=solvik.handler, due_on=due)
    AbsenceFactory(person=solvik.handler, first_on=date(2026, 11, 20), last_on=date(2026, 11, 20))
    AbsenceFactory(person=solvik.roads_leader, first_on=date(2026, 11, 19), last_on=date(2026, 11, 21))
    assert remind_of_initiatives(now=on("2026-11-20")) == 1
    assert sent() == ["roads_deputy@solvik.test"]
    gone = an_action(solvik.water, person=solvik.water_leader, due_on=due)
    solvik.water_leader.is_active = False
    solvik.water_leader.save()
    assert remind_of_initiatives(now=on("2026-11-20")) == 1
    assert sent() == ["roads_deputy@solvik.test", "sector_leader@solvik.test"]
    assert gone.events.filter(what="reminded").count() == 1


def test_a_closed_unit_is_never_written_to(solvik: Solvik) -> None:
    old = UnitFactory(code="old", name="Gammel", parent=solvik.sector, leader=PersonFactory(email="old@solvik.test"))
    alone = UnitFactory(code="alone", kind="sector", leader=PersonFactory(email="alone@solvik.test"))
    for unit in (old, alone):
        an_action(unit, due_on=date(2026, 12, 1))
    old.closed_on, old.successor = TODAY, solvik.water
    old.save()
    alone.closed_on = TODAY
    alone.save()
    assert remind_of_initiatives(now=on("2026-11-20")) == 1
    assert sent() == ["water_leader@solvik.test"]
    assert not InitiativeEvent.objects.filter(what="reminded", initiative__unit=alone).exists()


@pytest.fixture
def post_office(settings: Any) -> Iterator[Any]:
    with open_post_office() as office:
        send_to(office.port, settings)
        yield office


def test_the_job_sends_a_real_mail_and_says_what_it_did(solvik: Solvik, post_office: Any) -> None:
    an_action(solvik.roads, title="Brøyteplan for skoleveiene", due_on=date(2026, 12, 1))
    with time_machine.travel(on("2026-11-20"), tick=False):
        assert remind() == "1 actions"
        assert remind() == "0 actions"
        deliver_due(now=on("2026-11-20"))
    [message] = post_office.to("roads_leader@solvik.test")
    assert message["Subject"] == "1 tiltak venter på et ord fra deg"
    assert "Brøyteplan for skoleveiene" in message.get_body(("plain",)).get_content()
    assert ScheduledJob.objects.get(name="reporting.remind_of_actions").result == "0 actions"


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_send_one_mail() -> None:
    solvik = make_solvik()
    for _number in range(4):
        an_action(solvik.roads, due_on=date(2026, 12, 1))
    answers = at_once(*[lambda: remind_of_initiatives(now=on("2026-11-20"))] * 3)
    assert errors(answers) == []
    assert sorted(answers) == [0, 0, 4]
    assert sent() == ["roads_leader@solvik.test"]


@pytest.mark.parametrize("how_many", [1, 6])
def test_reminding_takes_the_same_statements_whatever_the_number(
    solvik: Solvik, how_many: int, django_assert_num_queries: Any
) -> None:
    for number in range(how_many):
        unit = UnitFactory(parent=solvik.sector, leader=PersonFactory())
        an_action(unit, title=f"Tiltak {number}", due_on=date(2026, 12, 1))
    with django_assert_num_queries(11):
        assert remind_of_initiatives(now=on("2026-11-20")) == how_many
