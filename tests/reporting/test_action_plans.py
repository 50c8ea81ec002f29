"""Actions: what can be planned, what follows what, what was measured before and after, and who may."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, transaction

from organisation.actions.base import Unfit
from organisation.errors import NotAllowed, Refused
from organisation.models import Person
from organisation.permissions import Role
from reporting.actions.initiatives import Plan, add_evidence, change_initiative, take_evidence_away, take_note_away
from reporting.effects import Stage, action_plan, lines_of
from reporting.judging import Turn
from reporting.models import Initiative, InitiativeEvent, InitiativeNote, Theme
from reporting.plan_queries import initiatives
from reporting.plans import FOLLOWS, OPEN, Status, currency_of, is_reached, reminders_due, split_inputs
from tests.factories import PersonFactory, RoleFactory, Solvik
from tests.reporting.plans import NOW, TODAY, an_action, noon, told
from tests.reporting.scorecards import an_indicator, write

D = Decimal
pytestmark = pytest.mark.django_db


@pytest.fixture
def adviser(solvik: Solvik) -> Person:
    return RoleFactory(person=PersonFactory(), role=Role.QUALITY_ADVISER).person


def history(action: Initiative) -> list[tuple[str, str, str]]:
    return list(InitiativeEvent.objects.filter(initiative=action).values_list("what", "from_value", "to_value"))


# --- Pure rules -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "target", "direction", "before", "reached"),
    [
        ("4.6", "4.6", "higher", None, True),
        ("4.5", "4.6", "higher", "4.7", False),
        ("25", "25", "lower", None, True),
        ("26", "25", "lower", "31", False),
        ("10", "8", "neither", "5", True),
        ("7", "8", "neither", "5", False),
        ("7", "8", "neither", "12", True),
        ("8", "8", "neither", None, True),
        ("9", "8", "neither", "8", False),
    ],
)
def test_a_target_is_reached(value: str, target: str, direction: str, before: str | None, reached: bool) -> None:
    assert is_reached(D(value), D(target), direction, None if before is None else D(before)) is reached


@pytest.mark.parametrize(
    ("due", "word", "today", "keys"),
    [
        pytest.param("2026-12-01", "2026-11-10", "2026-11-16", [], id="fifteen days before"),
        pytest.param("2026-12-01", "2026-11-10", "2026-11-17", ["before:2026-12-01"], id="fourteen days before"),
        pytest.param("2026-12-01", "2026-11-10", "2026-12-01", ["before:2026-12-01"], id="made up on the last day"),
        pytest.param("2026-12-01", "2026-11-10", "2026-12-02", ["passed:2026-12-01"], id="the day after"),
        pytest.param("2027-12-01", "2026-08-18", "2026-11-15", [], id="89 days without a word"),
        pytest.param("2027-12-01", "2026-08-18", "2026-11-16", ["quiet:2026-08-18:1"], id="90 days"),
        pytest.param("2027-12-01", "2026-08-18", "2027-02-13", ["quiet:2026-08-18:1"], id="179 days: the same quarter"),
        pytest.param("2027-12-01", "2026-08-18", "2027-02-14", ["quiet:2026-08-18:2"], id="180 days: the next"),
        pytest.param("2026-01-01", "2025-01-01", "2026-02-01", ["passed:2026-01-01", "quiet:2025-01-01:4"], id="both"),
    ],
)
def test_somebody_is_reminded(due: str, word: str, today: str, keys: list[str]) -> None:
    days = [date.fromisoformat(text) for text in (due, word, today)]
    assert [key for _why, key in reminders_due(Status.UNDER_WAY, *days, before=14, quiet=90)] == keys
    for status in (Status.DONE, Status.DROPPED):
        assert reminders_due(status, *days, before=14, quiet=90) == []
    # The municipality's own days, and 0 for never; that a deadline has passed is always told.
    never = [key for _why, key in reminders_due(Status.UNDER_WAY, *days, before=0, quiet=0)]
    assert never == [key for key in keys if key.startswith("passed")]


def test_the_municipality_says_after_how_many_days() -> None:
    due, word, today = date(2026, 12, 24), date(2026, 11, 10), date(2026, 12, 10)
    assert reminders_due(Status.PLANNED, due, word, today, before=13, quiet=31) == []
    found = [key for _why, key in reminders_due(Status.PLANNED, due, word, today, before=14, quiet=15)]
    assert found == ["before:2026-12-24", "quiet:2026-11-10:2"]


def test_inputs_are_lines_or_paragraphs() -> None:
    assert split_inputs("- Én\r\n• To\n 3. Tre \n\n") == ["Én", "To", "Tre"]
    assert split_inputs("Én\nmed mer\n\n  \nTo") == ["Én\nmed mer", "To"]
    assert split_inputs(" \n \n") == []
    assert split_inputs("2026 ble bra\x00") == ["2026 ble bra"]


def test_every_status_leads_somewhere_and_currency_follows_the_country() -> None:
    assert set(FOLLOWS) == set(Status)
    assert {after for each in FOLLOWS.values() for after in each} == set(Status)
    assert [status for status in OPEN if Status.DROPPED not in FOLLOWS[status]] == []
    assert (currency_of("NO"), currency_of("SE")) == ("NOK", "SEK")


# --- Planning ---------------------------------------------------------------------------------------------------------


def test_an_action_is_planned_with_its_history(solvik: Solvik) -> None:
    indicator = an_indicator(scale="percent")
    made = an_action(
        solvik.roads, title=" Brøyte  først ", what=" Før sju ", indicator=indicator, target=D(90), place=solvik.roads,
        person=solvik.handler, budget_amount=350_000, budget_note="Ett mannskap", due_on=date(2027, 3, 1),
        by=solvik.roads_leader,
    )  # fmt: skip
    made.refresh_from_db()
    assert (made.title, made.what, made.target, made.target_year) == ("Brøyte først", "Før sju", D(90), 2027)
    assert (made.status, made.made_on, made.made_by) == ("planned", TODAY, solvik.roads_leader)
    assert history(made) == [("planned", "", "roads")]


def refused(act: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as info, transaction.atomic():
        act()
    return info.value.code, info.value.field


def test_what_cannot_be_planned_is_refused_at_its_field(solvik: Solvik) -> None:
    grade, count = an_indicator("Karakter"), an_indicator("Antall", scale="count")
    closed = solvik.water
    closed.closed_on, closed.successor = TODAY, solvik.roads
    closed.save()
    roads = solvik.roads
    cases: list[tuple[dict[str, Any], tuple[str, str]]] = [
        ({"title": "  "}, ("title_missing", "title")),
        ({"title": "x" * 151}, ("unfit", "title")),
        ({"what": "x" * 2001}, ("too_long", "what")),
        ({"unit": closed}, ("unit_closed", "unit")),
        ({"person": solvik.water_leader}, ("person_outside_unit", "person")),
        ({"target": D(4)}, ("target_without_indicator", "indicator")),
        ({"indicator": grade, "target": D("6.1")}, ("target_outside", "target")),
        ({"indicator": grade, "target": D("0.9")}, ("target_outside", "target")),
        ({"indicator": count, "target": D(-1)}, ("target_outside", "target")),
        ({"indicator": grade, "target": D(5), "target_year": 20225}, ("target_year", "target_year")),
        ({"indicator": grade, "target": D(5), "target_year": 2025}, ("target_year", "target_year")),
        ({"due_on": date(2026, 11, 15)}, ("deadline_behind", "due_on")),
        ({"origin": "rumour"}, ("unfit", "origin")),
    ]
    for more, expected in cases:
        given = {"unit": roads} | more
        assert refused(lambda given=given: an_action(**given)) == expected, more
    assert not Initiative.objects.exists()
    assert not InitiativeEvent.objects.exists()
    assert an_action(roads, due_on=TODAY).due_on == TODAY  # the last hour is an hour


def test_putting_right_names_the_fields_and_moves_the_deadline_as_an_event(solvik: Solvik) -> None:
    made = an_action(solvik.roads, person=solvik.handler, indicator=an_indicator(), target=D(5))
    plan = Plan(title="Ny plan", unit=solvik.roads, due_on=date(2027, 12, 24), person=solvik.handler, budget_amount=5)
    changed = change_initiative(made, plan, by=solvik.roads_leader, now=NOW, today=TODAY)
    changed.refresh_from_db()
    assert (changed.target, changed.target_year, changed.indicator, changed.place) == (None, None, None, None)
    assert history(made)[1:] == [("deadline", "2027-11-16", "2027-12-24"), ("changed", "", "")]
    fields = InitiativeEvent.objects.get(what="changed").fields
    assert sorted(fields) == ["budget_amount", "indicator", "target", "target_year", "title"]
    before = InitiativeEvent.objects.count()
    change_initiative(changed, plan, by=None, now=NOW, today=TODAY)
    assert InitiativeEvent.objects.count() == before
    # Who has left the unit since, and a deadline that has passed since, do not hinder another change.
    solvik.handler.role_assignments.all().delete()
    later = date(2028, 1, 1)
    again = Plan(title="Siste", unit=solvik.roads, due_on=plan.due_on, person=solvik.handler)
    assert change_initiative(changed, again, by=None, now=noon(later), today=later).title == "Siste"
    moved = Plan(title="Siste", unit=solvik.roads, due_on=date(2027, 12, 30))
    assert refused(lambda: change_initiative(changed, moved, by=None, now=NOW, today=later))[0] == "deadline_behind"


# --- How it goes ------------------------------------------------------------------------------------------------------


def test_a_follow_up_writes_status_deadline_and_words_together(solvik: Solvik) -> None:
    made = an_action(solvik.roads, on=date(2026, 1, 5))
    told(made, "Begynt.", on=date(2026, 2, 2), status="under_way", by=solvik.roads_leader)
    now = told(made, "  ", on=date(2026, 3, 3), due_on=date(2027, 6, 1))
    assert (now.status, now.started_on, now.ended_on, now.due_on) == (
        "under_way", date(2026, 2, 2), None, date(2027, 6, 1),
    )  # fmt: skip
    now = told(made, "Ferdig.", on=date(2026, 5, 5), status="done")
    assert (now.status, now.ended_on) == ("done", date(2026, 5, 5))
    now = told(made, "Ikke likevel.", on=date(2026, 5, 6), status="under_way")
    assert (now.started_on, now.ended_on) == (date(2026, 2, 2), None)
    assert history(made) == [
        ("planned", "", "roads"), ("status", "planned", "under_way"), ("followed_up", "", ""),
        ("deadline", "2027-01-05", "2027-06-01"), ("status", "under_way", "done"), ("followed_up", "", ""),
        ("status", "done", "under_way"), ("followed_up", "", ""),
    ]  # fmt: skip
    assert not InitiativeEvent.objects.filter(fields__contains=["Begynt."]).exists()
    straight = told(an_action(solvik.roads), "Gjort.", status="done")
    assert (straight.started_on, straight.ended_on) == (TODAY, TODAY)
    back = told(told(an_action(solvik.roads), "Nei.", status="dropped"), status="planned")
    assert (back.status, back.started_on, back.ended_on) == ("planned", None, None)


def test_what_cannot_follow_is_refused_and_nothing_is_written(solvik: Solvik) -> None:
    begun = told(an_action(solvik.roads), "Begynt", status="under_way")
    ended = told(an_action(solvik.roads), "Ferdig", status="done")
    events = InitiativeEvent.objects.count()
    cases: list[tuple[Initiative, dict[str, Any], tuple[str, str]]] = [
        (begun, {}, ("nothing_written", "text")),
        (begun, {"status": "under_way"}, ("nothing_written", "text")),
        (begun, {"status": "dropped", "text": " "}, ("reason_missing", "text")),
        (begun, {"status": "planned"}, ("cannot_follow", "status")),
        (begun, {"status": "nonsense"}, ("cannot_follow", "status")),
        (ended, {"status": "dropped", "text": "x"}, ("cannot_follow", "status")),
        (begun, {"text": "I morgen", "about": date(2026, 11, 17)}, ("day_ahead", "on")),
        (begun, {"status": "done", "about": date(2026, 11, 15)}, ("ends_before_start", "on")),
        (begun, {"text": "x", "due_on": date(2026, 11, 15)}, ("deadline_behind", "due_on")),
        (begun, {"text": "x" * 2001}, ("too_long", "text")),
        (begun, {"text": "x" * 2001, "status": "done"}, ("too_long", "text")),
    ]
    for action, more, expected in cases:
        assert refused(lambda action=action, more=more: told(action, **more)) == expected, more
    assert InitiativeEvent.objects.count() == events
    assert Initiative.objects.get(pk=begun.pk).status == "under_way"


def test_what_was_written_and_what_shows_it_can_be_taken_away(solvik: Solvik, adviser: Person) -> None:
    made = an_action(solvik.roads, person=solvik.handler)
    told(made, "Kari sa det", by=solvik.handler)
    other = told(an_action(solvik.roads), "Noe annet")
    note = InitiativeNote.objects.get(text="Kari sa det")
    with pytest.raises(NotAllowed):
        take_note_away(made, note.event_id, by=solvik.water_leader, now=NOW)
    take_note_away(other, note.event_id, by=None, now=NOW)  # not of that action
    assert InitiativeNote.objects.count() == 2
    take_note_away(made, note.event_id, by=solvik.handler, now=NOW)
    take_note_away(made, note.event_id, by=adviser, now=NOW)
    assert not InitiativeNote.objects.filter(event__initiative=made).exists()
    assert [what for what, _was, _now in history(made)] == ["planned", "followed_up", "changed"]
    evidence = add_evidence(made, text=" Bilder ", url="https://solvik.test/bilder", by=solvik.handler, now=NOW)
    assert evidence.text == "Bilder"
    assert refused(lambda: add_evidence(made, text=" ", url="", by=None, now=NOW)) == ("no_evidence", "evidence")
    with pytest.raises(Unfit):
        add_evidence(made, text="", url="javascript:alert(1)", by=None, now=NOW)
    take_evidence_away(other, evidence.pk, by=None, now=NOW)
    assert made.evidence.count() == 1
    take_evidence_away(made, evidence.pk, by=solvik.handler, now=NOW)
    assert made.evidence.count() == 0


def test_who_may(solvik: Solvik, adviser: Person) -> None:
    roads, water = solvik.roads, solvik.water
    for person, may_roads, may_water in (
        (adviser, True, True), (solvik.administrator, True, True), (solvik.sector_leader, True, True),
        (solvik.roads_leader, True, False), (solvik.roads_deputy, True, False), (solvik.handler, False, False),
        (solvik.clerk, False, False), (solvik.chief, False, False), (solvik.reader, False, False),
    ):  # fmt: skip
        for unit, may in ((roads, may_roads), (water, may_water)):
            made = an_action(unit)
            plan = Plan(title="Endret", unit=unit, due_on=made.due_on)
            for act in (
                lambda unit=unit, person=person: an_action(unit, by=person),
                lambda made=made, plan=plan, person=person: change_initiative(
                    made, plan, by=person, now=NOW, today=TODAY
                ),
                lambda made=made, person=person: told(made, "Hei", by=person),
            ):
                if may:
                    act()
                else:
                    with pytest.raises(NotAllowed):
                        act()
    mine = an_action(roads, person=solvik.handler)
    told(mine, "Det går bra", by=solvik.handler)
    with pytest.raises(NotAllowed):
        change_initiative(
            mine, Plan(title="x", unit=roads, due_on=mine.due_on), by=solvik.handler, now=NOW, today=TODAY
        )
    # Nobody gives work to a unit that is not theirs, nor takes it from one.
    with pytest.raises(NotAllowed):
        change_initiative(
            mine, Plan(title="x", unit=water, due_on=mine.due_on), by=solvik.roads_leader, now=NOW, today=TODAY
        )


def test_the_database_holds_what_belongs_together(solvik: Solvik) -> None:
    made = an_action(solvik.roads, indicator=an_indicator(), target=D(5))
    for wrong in (
        {"indicator": None}, {"target_year": None}, {"status": "under_way"}, {"status": "done", "started_on": TODAY},
        {"started_on": TODAY}, {"status": "done", "started_on": TODAY, "ended_on": date(2026, 11, 15)},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Initiative.objects.filter(pk=made.pk).update(**wrong)


# --- Before and after -------------------------------------------------------------------------------------------------


def effect(action: Initiative) -> Any:
    [line] = lines_of([initiatives().get(pk=action.pk)], TODAY)
    return line.effect


def test_before_and_after_with_target_change_and_number(solvik: Solvik) -> None:
    indicator = an_indicator(decimals=1)
    write(indicator, {2022: "3.84"}, n=100, margin=D("0.10"))
    write(indicator, {2023: None, 2025: "4.26"}, n=120, margin=D("0.10"))
    made = an_action(
        solvik.roads,
        on=date(2023, 3, 1),
        indicator=indicator,
        target=D("4.2"),
        target_year=2025,
        due_on=date(2024, 6, 1),
    )
    seen = effect(made)
    assert (seen.stage, seen.before.year, seen.after, seen.change) == (Stage.NOT_BEGUN, 2025, None, None)
    told(made, "Begynt", on=date(2023, 3, 1), status="under_way")
    seen = effect(made)
    assert (seen.stage, seen.before.year, seen.after.year) == (Stage.SO_FAR, 2022, 2025)
    told(made, "Ferdig", on=date(2024, 5, 1), status="done")
    seen = effect(made)
    assert seen.stage == Stage.AFTER
    assert (seen.before.value, seen.before.n, seen.after.value, seen.after.n) == (D("3.8"), 100, D("4.3"), 120)
    assert (seen.change.amount, seen.change.turn, seen.certain, seen.reached) == (D("0.5"), Turn.BETTER, True, True)
    assert [figure.year for figure in seen.figures] == [2022, 2025]


def test_a_year_in_which_the_action_began_is_not_before_it(solvik: Solvik) -> None:
    indicator = an_indicator(decimals=1)
    write(indicator, {2024: "4.0", 2025: "4.1"})
    made = an_action(solvik.roads, on=date(2025, 2, 1), indicator=indicator, target=D("4.6"))
    told(made, on=date(2025, 2, 1), status="under_way")
    seen = effect(made)
    assert (seen.before.year, seen.after.year, seen.stage, seen.reached) == (2024, 2025, Stage.SO_FAR, False)
    assert seen.certain is None
    # What was measured on a day counts by that day.
    write(indicator, {2025: "4.2"}, measured_on=date(2025, 1, 15))
    seen = effect(made)
    assert (seen.before.year, seen.after, seen.stage, seen.reached) == (2025, None, Stage.NOT_SINCE, None)


def test_a_difference_within_the_margins_is_no_certain_one(solvik: Solvik) -> None:
    indicator = an_indicator(decimals=1, direction="lower", scale="percent")
    write(indicator, {2023: "31", 2025: "29"}, margin=D("1.5"))
    made = told(
        an_action(solvik.roads, on=date(2024, 2, 1), indicator=indicator, target=D(25)),
        on=date(2024, 2, 1),
        status="done",
    )
    seen = effect(made)
    assert (seen.change.amount, seen.change.turn, seen.certain, seen.reached) == (D("-2.0"), Turn.BETTER, False, False)


def test_figures_are_those_of_the_place_and_none_without_an_indicator(solvik: Solvik) -> None:
    indicator = an_indicator(decimals=1)
    write(indicator, {2024: "2.0"}, unit=solvik.roads.pk)
    write(indicator, {2024: "5.0"})
    write(indicator, {2024: "1.0"}, unit=solvik.water.pk)
    here = an_action(solvik.roads, indicator=indicator, place=solvik.roads)
    everywhere = an_action(solvik.roads, indicator=indicator)
    assert (effect(here).before.value, effect(everywhere).before.value) == (D("2.0"), D("5.0"))
    assert effect(an_action(solvik.roads)) is None


def test_the_plan_as_json_names_nobody_and_counts(solvik: Solvik) -> None:
    theme = Theme.objects.create(key="roads", names={"nb": "Veier"})
    indicator = an_indicator(decimals=1)
    write(indicator, {2024: "4.0", 2025: "4.4"})
    made = an_action(
        solvik.roads, on=date(2025, 1, 2), title="Sent", theme=theme, indicator=indicator, target=D("4.5"),
        person=solvik.handler, due_on=date(2026, 1, 1), budget_amount=1000,
    )  # fmt: skip
    told(made, "Begynt", on=date(2025, 1, 2), status="under_way")
    told(an_action(solvik.water, title="Ferdig"), status="done")
    out = StringIO()
    with time_machine.travel(NOW, tick=False):
        call_command("actions", "--json", stdout=out)
        plain = StringIO()
        call_command("actions", stdout=plain)
    found = json.loads(out.getvalue())
    assert found == action_plan(solvik.municipality, TODAY).as_json()
    assert found["tally"] == {"planned": 0, "under_way": 1, "done": 1, "dropped": 0, "late": 1}
    first = found["actions"][0]
    assert (first["title"], first["late"], first["theme"], first["budget"]["currency"]) == (
        "Sent",
        True,
        "roads",
        "NOK",
    )
    assert first["effect"]["change"] == {"amount": 0.4, "since": 2024, "until": 2025, "turn": "better"}
    assert first["effect"]["reached"] is False
    assert solvik.handler.name not in out.getvalue()
    assert "Sent (Vei): Under way, due 2026-01-01, late" in plain.getvalue()


def test_the_list_has_the_late_first_and_costs_the_same(solvik: Solvik, django_assert_num_queries: Any) -> None:
    indicator = an_indicator()
    write(indicator, {2024: "4.0"})
    for number in range(3):
        an_action(solvik.roads, on=date(2025, 1, 1 + number), title=f"Ferdig {number}", indicator=indicator)
    for each in Initiative.objects.all():
        told(each, on=each.made_on.replace(month=3), status="done")
    an_action(solvik.roads, title="Senere")
    an_action(solvik.roads, on=date(2025, 1, 1), title="Sent", due_on=date(2026, 1, 1))
    with django_assert_num_queries(2):
        lines = lines_of(initiatives(), TODAY)
    assert [line.initiative.title for line in lines] == ["Sent", "Senere", "Ferdig 2", "Ferdig 1", "Ferdig 0"]
    assert [line.late for line in lines] == [True, False, False, False, False]
