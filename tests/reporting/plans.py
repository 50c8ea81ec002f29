"""Actions and meetings as tests make them, by the front door."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from organisation.models import Person, Unit
from reporting.actions.initiatives import Plan, Said, add_evidence, follow_up, plan_initiative
from reporting.actions.meetings import Held, record_meeting, write_inputs
from reporting.models import Indicator, Initiative, Meeting, MeetingInput
from tests.factories import OSLO, oslo

NOW = oslo(2026, 11, 16, 13)
TODAY = date(2026, 11, 16)


def an_action(unit: Unit, *, on: date = TODAY, by: Person | None = None, **more: Any) -> Initiative:
    """An action planned on the local day `on`, with a deadline a year later unless another is given."""
    given = {"title": "Brøyteplan for skoleveiene", "due_on": on.replace(year=on.year + 1)} | more
    said = given.pop("meeting_input", None)
    return plan_initiative(Plan(unit=unit, **given), by=by, now=noon(on), today=on, meeting_input=said)


def told(
    action: Initiative,
    text: str = "",
    *,
    on: date = TODAY,
    about: date | None = None,
    by: Person | None = None,
    **more: Any,
) -> Initiative:
    """A follow-up that is written on the day `on`, about that day unless `about` is given."""
    return follow_up(action, Said(text, on=about, **more), by=by, now=noon(on), today=on)


def an_action_with_a_course(unit: Unit, indicator: Indicator, now: datetime) -> Initiative:
    """An action that was carried out two years ago, with its figure before and after, budget, follow-ups and evidence."""
    began = now.date() - timedelta(days=850)
    made = an_action(
        unit, on=began, indicator=indicator, target=Decimal("4.6"), target_year=now.year, budget_amount=350_000,
        budget_note="Ett mannskap", budget_year=now.year, what="Skoleveiene først.", due_on=began + timedelta(days=200),
    )  # fmt: skip
    told(made, "Begynt.", on=began, status="under_way")
    made = told(made, "Ferdig.", on=began + timedelta(days=150), status="done")
    add_evidence(made, text="Kartet", url="https://solvik.example/kart", by=None, now=now)
    return made


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=OSLO)


def a_meeting(
    unit: Unit | None = None, *said: str, by: Person | None = None, **more: Any
) -> tuple[Meeting, list[MeetingInput]]:
    given = {"title": "Brukerrådet", "held_on": TODAY, "kind": "user_council", "unit": unit} | more
    meeting = record_meeting(Held(**given), by=by, now=NOW, today=TODAY)
    return meeting, write_inputs(meeting, said, by=by) if said else []
