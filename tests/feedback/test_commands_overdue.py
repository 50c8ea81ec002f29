"""The weekly lists and their replay from the command line."""

# ruff: noqa: E501  (tables of sentences, one a line)

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from feedback.actions.intake import Intake
from feedback.actions.registration import register_card
from feedback.models import Escalation, OverdueEntry, OverdueRun
from organisation.models import Municipality, OutgoingMail, Unit

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
"""A Wednesday in week 47."""


@pytest.fixture(autouse=True)
def house(db: None) -> Iterator[None]:
    """Solvik with one card of the roads, registered on 2 November and so overdue from the 13th."""
    Municipality.objects.create(name="Solvik")
    Unit.objects.create(code="servicesenteret", name="Servicesenteret", kind=Unit.Kind.SERVICE_CENTRE)
    unit = Unit.objects.create(code="veg", name="Veg", email="veg@solvik.test")
    at = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
    register_card(Intake(channel="web", text="Hull i veien", unit=unit, registered_at=at), by=None, now=at)
    OutgoingMail.objects.all().delete()
    with time_machine.travel(NOW, tick=False):
        yield


def command(name: str, *options: str) -> str:
    out = StringIO()
    call_command(name, *options, stdout=out)
    return out.getvalue()


def test_run_makes_the_lists_of_this_week_once() -> None:
    assert command("run_overdue_list").splitlines() == [
        "Week 2026-W47, judged at 2026-11-16 06:00: 1 card overdue in 1 unit, 0 of them on the list again.",
        "       1  veg",
    ]
    assert OutgoingMail.objects.get().to == "veg@solvik.test"
    assert command("run_overdue_list").splitlines()[-1] == "The lists were there already and are unchanged."
    assert (OverdueRun.objects.count(), OverdueEntry.objects.count(), OutgoingMail.objects.count()) == (1, 1, 1)


def test_dry_run_stores_and_sends_nothing() -> None:
    result = json.loads(command("run_overdue_list", "--dry-run", "--json"))
    assert result == {
        "week": "2026-W47", "as_of": "2026-11-16T06:00:00+01:00", "cards": 1, "units": 1, "escalated": 0,
        "per_unit": {"veg": 1}, "existed": False, "dry_run": True,
    }  # fmt: skip
    assert command("run_overdue_list", "--dry-run").splitlines()[-1] == "Nothing was stored or sent."
    assert not OverdueRun.objects.exists()
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(
    ("options", "week", "as_of"),
    [
        ([], "2026-W47", "2026-11-16T06:00:00+01:00"),
        (["--week", "2026-W47"], "2026-W47", "2026-11-16T06:00:00+01:00"),
        (["--week", "2026-W30"], "2026-W30", "2026-07-20T06:00:00+02:00"),
        (["--as-of", "2026-11-17T14:30"], "2026-W47", "2026-11-17T14:30:00+01:00"),
        (["--as-of", "2026-11-15T22:59:00Z"], "2026-W46", "2026-11-15T23:59:00+01:00"),
        (["--as-of", "2026-11-15T23:00:00Z"], "2026-W47", "2026-11-16T00:00:00+01:00"),
        (["--as-of", "2026-10-25T02:30"], "2026-W43", "2026-10-25T02:30:00+02:00"),
        (["--week", "2026-W47", "--as-of", "2026-11-16T07:00"], "2026-W47", "2026-11-16T07:00:00+01:00"),
        (["--week", "2026-W53"], "2026-W53", "2026-12-28T06:00:00+01:00"),
    ],
)
def test_week_and_moment(options: list[str], week: str, as_of: str) -> None:
    result = json.loads(command("run_overdue_list", "--json", "--dry-run", *options))
    assert (result["week"], result["as_of"]) == (week, as_of)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--week", "47"], "--week: «47» is not a week. Write it like 2026-W47."),
        (["--week", "2025-W53"], "--week: 2025 has no week 53."),
        (["--as-of", "yesterday"], "--as-of: «yesterday» is not a moment. Write it like 2026-11-16T06:00."),
        (["--as-of", "2026-11-16"], "--as-of: «2026-11-16» is not a moment. Write it like 2026-11-16T06:00."),
        (["--as-of", "2026-02-30T06:00"], "--as-of: «2026-02-30T06:00» is not a moment. Write it like 2026-11-16T06:00."),
        (["--as-of", "2026-03-29T02:30"], "--as-of: the clocks were put forward past «2026-03-29T02:30», so there was no such moment."),
        (["--week", "2026-W46", "--as-of", "2026-11-16T06:00"], "The moment lies in week 2026-W47, not in week 2026-W46. Give one of them, or two that agree."),
    ],
)  # fmt: skip
def test_option_that_cannot_be_is_one_sentence(options: list[str], sentence: str) -> None:
    with pytest.raises(CommandError) as caught:
        command("run_overdue_list", *options)
    assert str(caught.value) == sentence
    assert not OverdueRun.objects.exists()


def test_future_is_for_the_demonstration_and_for_tests(settings: Any) -> None:
    settings.TESTING = settings.DEMONSTRATION = False
    for options in (["--as-of", "2026-11-23T06:00"], ["--week", "2026-W48"]):
        with pytest.raises(CommandError) as caught:
            command("run_overdue_list", *options)
        assert str(caught.value) == "The list of week 2026-W48 is judged at 2026-11-23 06:00, which has not come yet."
    assert not OverdueRun.objects.exists()
    settings.DEMONSTRATION = True
    command("run_overdue_list", "--as-of", "2026-11-23T06:00")
    assert str(OverdueRun.objects.get()) == "2026-W48"


def test_second_week_is_an_escalation() -> None:
    command("run_overdue_list", "--week", "2026-W47")
    result = json.loads(command("run_overdue_list", "--week", "2026-W48", "--json"))
    assert (result["cards"], result["escalated"]) == (1, 1)
    assert Escalation.objects.get().cards == 1


def test_replay_counts_both_end_mondays_and_stores_nothing() -> None:
    lines = command("replay_overdue_lists", "--from", "2026-11-02", "--to", "2026-11-16", "--json").splitlines()
    assert [json.loads(line) for line in lines] == [
        {"week": week, "as_of": f"{day}T06:00:00+01:00", "cards": cards, "units": cards, "escalated": 0, "per_unit": per_unit}
        for week, day, cards, per_unit in (
            ("2026-W45", "2026-11-02", 0, {}),
            ("2026-W46", "2026-11-09", 0, {}),
            ("2026-W47", "2026-11-16", 1, {"veg": 1}),
        )
    ]  # fmt: skip
    assert not OverdueRun.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_replay_for_people_ends_with_the_sums() -> None:
    assert command("replay_overdue_lists", "--from", "2026-11-10", "--to", "2026-11-18").splitlines() == [
        "2026-W47  2026-11-16  1 card overdue in 1 unit, 0 of them on the list again",
        "1 week, 1 entry, 0 of them repeats.",
    ]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["2026-11-16", "2026-11-09"], "--to is before --from."),
        (["2026-11-31", "2026-12-07"], "--from: «2026-11-31» is not a date. Write it like 2015-01-05."),
        (["2026-11-02", "soon"], "--to: «soon» is not a date. Write it like 2015-01-05."),
        (["0001-01-01", "2026-11-16"], "--from is before 1900: no card is that old."),
        (["2026-11-02", "9999-12-31"], "--to is in the future: a replay counts weeks that have been."),
    ],
)
def test_span_that_cannot_be_is_one_sentence(options: list[str], sentence: str) -> None:
    with pytest.raises(CommandError) as caught:
        command("replay_overdue_lists", "--from", options[0], "--to", options[1])
    assert str(caught.value) == sentence


@pytest.mark.parametrize("name", ["run_overdue_list", "replay_overdue_lists"])
def test_before_the_municipality_is_set_up_it_says_so(name: str) -> None:
    Municipality.objects.all().delete()
    options = ["--from", "2026-11-02", "--to", "2026-11-16"] if name.startswith("replay") else []
    with pytest.raises(CommandError) as caught:
        command(name, *options)
    assert str(caught.value) == "There is no municipality yet. Run «manage.py setup» first."
