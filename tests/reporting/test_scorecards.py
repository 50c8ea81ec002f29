"""Scorecards: Kristiansund's table row for row, revisions, who may, limits, and the command."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from organisation.errors import NotAllowed, Refused
from organisation.models import Change
from reporting.actions import scorecards as cards
from reporting.actions.indicators import (
    FormulaUnknown,
    IndicatorKeyTaken,
    NotCountable,
    OriginStays,
    ScaleStays,
    change_indicator,
    know_our_indicators,
)
from reporting.actions.recording import (
    CellsRefused,
    Computed,
    Figure,
    GridCell,
    OutsideScale,
    Where,
    YearToCome,
    record_grid,
    record_values,
)
from reporting.judging import Limits, Range, Status
from reporting.models import Goal, Indicator, Scorecard, ScorecardRow, SuccessFactor, Value
from reporting.periods import Period
from reporting.scales import Origin, Scale, Standing
from reporting.tables import table_of, years_until
from tests.factories import Solvik
from tests.reporting.scorecards import NOW, D, a_scorecard, an_indicator, write

pytestmark = pytest.mark.django_db

FIGURES = Path(__file__).resolve().parents[2].parent / "shared" / "domain" / "seed-figures.json"


# --- Kristiansund -----------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not FIGURES.exists(), reason=f"the domain's figures are not here: {FIGURES}")
def test_kristiansunds_table_row_for_row(solvik: Solvik) -> None:
    given = json.loads(FIGURES.read_text())["kristiansund"]["scorecard"]
    made = cards.create_scorecard(names={"nb": "Gjennomgående målekort"}, by=None, now=NOW)
    goal = cards.add_goal(made, texts={"nb": given["main_goal"]}, perspective="users", by=None, now=NOW)
    factors: dict[str, SuccessFactor] = {}
    for row in given["rows"]:
        indicator = an_indicator(row["indicator"], row["scale"])
        write(indicator, {int(year): result for year, result in row["results"].items()})
        name = row["success_factor"]
        if name not in factors:
            factors[name] = cards.add_factor(goal, texts={"nb": name}, by=None, now=NOW)
        low, high = (D(str(end)) for end in row["desired"])
        cards.add_row(
            factors[name], indicator=indicator, note={"nb": row.get("note", "")},
            limits=Limits(2013, Range(low, high)), by=None, now=NOW,
        )  # fmt: skip
    out = StringIO()
    call_command("scorecard", made.key, "--json", "--first", "2013", "--last", "2015", stdout=out)
    table = json.loads(out.getvalue())
    [part] = table["goals"]
    assert (part["perspective"], part["main_goal"]) == ("users", given["main_goal"])
    names = ("success_factor", "indicator", "scale", "desired", "results")
    assert [{name: row[name] for name in names} for row in part["rows"]] == [
        {name: row[name] for name in names} for row in given["rows"]
    ]
    assert [row["note"] for row in part["rows"]] == [row.get("note", "") for row in given["rows"]]
    assert {row["acceptable"] for row in part["rows"]} == {None}
    # Only the desired range is published, and 34.9 is outside it; nothing is there to compare with.
    reached = part["rows"][1]
    assert (reached["status"], reached["statuses"]["2013"]) == ("outside_desired", "outside_desired")
    assert {row["status"] for row in part["rows"] if row is not reached} == {None}
    assert {row["change"] for row in part["rows"]} == {None}
    assert set(reached["standings"].values()) == {"measured", "not_measured"}


@pytest.mark.skipif(not FIGURES.exists(), reason=f"the domain's figures are not here: {FIGURES}")
def test_kristiansunds_visits_per_inhabitant(solvik: Solvik) -> None:
    """369,740 visits are 15.1 per inhabitant with the population that this implies, typed before or after the visits."""
    given = json.loads(FIGURES.read_text())["kristiansund"]["service_statistics"]
    visits, per_inhabitant = given["Besøk på nettsidene"], given["Besøk i forhold til innbyggertall"]
    know_our_indicators(now=NOW)
    population = {int(year): round(visits[year] / each) for year, each in per_inhabitant.items()}
    found = Value.objects.filter(indicator__key="website-visits-per-inhabitant", replaced_at=None)
    write(Indicator.objects.get(key="website-visits"), {int(year): number for year, number in visits.items()})
    assert not found.all().exists()
    write(Indicator.objects.get(key="population"), population)
    assert {str(value.year): float(value.shown(1) or 0) for value in found.all()} == per_inhabitant
    assert {value.year: value.n for value in found.all()} == population
    write(Indicator.objects.get(key="population"), {2014: population[2014] * 2})
    assert {value.year: value.shown(1) for value in found.all()} == {2014: D("7.6"), 2015: D("17.5")}


# --- Figures ----------------------------------------------------------------------------------------------------------


def test_a_figure_that_changes_is_a_new_revision_and_the_old_one_stays(solvik: Solvik) -> None:
    by = solvik.administrator
    indicator = an_indicator()
    assert write(indicator, {2024: "4.6", 2025: None}, by) == (2, 0)
    assert write(indicator, {2024: "4.6", 2025: None}, by) == (0, 0)
    later = NOW + timedelta(days=1)
    figures = [Figure(Period(2025), D("4.8"), n=212, margin=D("0.2"), source="Innbyggerundersøkelsen")]
    assert record_values(indicator, figures, by=by, now=later, this_year=2026) == (0, 1)
    rows = Value.objects.filter(year=2025).order_by("revision")
    assert [(row.value, row.standing, row.recorded_at, row.recorded_by, row.replaced_at) for row in rows] == [
        (None, Standing.NOT_MEASURED, NOW, by, later),
        (D("4.8"), Standing.MEASURED, later, by, None),
    ]
    changed = Change.objects.filter(kind="reporting.value", what="changed").get()
    assert (changed.by, changed.fields["value"], changed.fields["n"]) == (by, [None, "4.800000"], [None, 212])


@pytest.mark.parametrize(
    ("figure", "refusal"),
    [
        (Figure(Period(2025), D("6.1")), OutsideScale),
        (Figure(Period(2025), D("0.9")), OutsideScale),
        (Figure(Period(2027), D("4")), YearToCome),
    ],
)
def test_impossible_figures_are_refused_and_nothing_is_written(
    solvik: Solvik, figure: Figure, refusal: type[Refused]
) -> None:
    indicator = an_indicator()
    with pytest.raises(refusal):
        record_values(indicator, [Figure(Period(2024), D(4)), figure], by=None, now=NOW, this_year=2026)
    assert not Value.objects.exists()


def test_computed_figures_are_not_typed_and_only_managers_write(solvik: Solvik) -> None:
    know_our_indicators(now=NOW)
    with pytest.raises(Computed):
        write(Indicator.objects.get(key="reached"), {2025: 50})
    indicator = an_indicator()
    for person in (solvik.clerk, solvik.chief, solvik.reader, solvik.roads_leader, solvik.handler):
        with pytest.raises(NotAllowed):
            write(indicator, {2025: 4}, person)
        with pytest.raises(NotAllowed):
            cards.create_scorecard(names={"nb": "Mitt"}, by=person, now=NOW)
    assert (Value.objects.count(), Scorecard.objects.count()) == (0, 0)


def cell(indicator: Indicator, year: int, value: str | None, seen: int, name: str = "") -> GridCell:
    figure = None if value is None else Figure(Period(year), D(value))
    return GridCell(name or f"v{year}", indicator, figure, Where(None, None, Period(year)), seen)


def test_a_grid_is_written_whole_or_not_at_all_and_sees_what_others_wrote(solvik: Solvik) -> None:
    one, two = an_indicator("En"), an_indicator("To")
    by = solvik.administrator
    wrong = [cell(one, 2024, "4.2", 0), cell(two, 2024, "7", 0, "two")]
    with pytest.raises(CellsRefused) as caught:
        record_grid(wrong, by=by, now=NOW, this_year=2026)
    assert set(caught.value.cells) == {"two"}
    assert not Value.objects.exists()
    assert record_grid([cell(one, 2024, "4.2", 0), cell(two, 2024, "3", 0)], by=by, now=NOW, this_year=2026) == (2, 0)
    # Somebody who had the empty grid before the eyes does not write over it.
    with pytest.raises(CellsRefused) as caught:
        record_grid([cell(one, 2024, "5", 0)], by=by, now=NOW, this_year=2026)
    assert "4.2" in caught.value.cells["v2024"]
    with pytest.raises(CellsRefused):  # emptied
        record_grid([cell(one, 2024, None, 1)], by=by, now=NOW, this_year=2026)
    assert record_grid([cell(one, 2024, "5", 1)], by=by, now=NOW, this_year=2026) == (0, 1)


# --- Indicators -------------------------------------------------------------------------------------------------------


def test_an_indicator_says_what_it_is(solvik: Solvik) -> None:
    made = an_indicator("Brukertilfredshet på skolen")
    assert (made.key, made.decimals, made.origin) == ("brukertilfredshet-pa-skolen", 1, Origin.TYPED)
    with pytest.raises(IndicatorKeyTaken):
        an_indicator(key=made.key)
    with pytest.raises(NotCountable):
        an_indicator("Noe", origin=Origin.FEEDBACK)
    with pytest.raises(FormulaUnknown):
        an_indicator("Per innbygger", Scale.PER_INHABITANT, origin=Origin.PER_INHABITANT, formula="nothing")
    with pytest.raises(Refused):  # a survey's indicator names its area
        an_indicator("Møte", origin=Origin.SURVEY)
    assert Indicator.objects.count() == 1


def test_scale_and_origin_stay_where_there_are_figures(solvik: Solvik) -> None:
    made = an_indicator()
    same = {
        "names": made.names, "explanations": {}, "direction": "higher", "perspective": "users", "formula": "",
        "source": "", "decimals": 2, "by": solvik.administrator, "now": NOW,
    }  # fmt: skip
    assert change_indicator(made, scale="0-100", origin="typed", **same).scale == "0-100"
    write(made, {2025: 50})
    with pytest.raises(ScaleStays):
        change_indicator(made, scale="1-6", origin="typed", **same)
    with pytest.raises(OriginStays):
        change_indicator(made, scale="0-100", origin="desk", **same)
    assert Change.objects.filter(kind="reporting.indicator", by=solvik.administrator).count() == 1


# --- The table --------------------------------------------------------------------------------------------------------


def test_status_is_by_the_limits_of_the_year_and_change_by_the_years_measured(solvik: Solvik) -> None:
    indicator = an_indicator()
    write(indicator, {2021: "4.7", 2023: "4.55", 2024: None, 2025: "4.4"})
    made = a_scorecard(("God kvalitet", indicator, Limits(2019, Range(D("4.2"), D(6)))))
    row = ScorecardRow.objects.get()
    cards.set_limits(row, Limits(2025, Range(D("4.6"), D(6)), Range(D("4.3"), D("4.5"))), by=None, now=NOW)
    table = table_of(made, place=None, years=years_until(2026, 5), language="nb")
    [line] = table.lines()
    assert [(cell.year, cell.value, cell.status) for cell in line.cells] == [
        (2022, None, None),
        (2023, D("4.6"), Status.DESIRED),
        (2024, None, None),
        (2025, D("4.4"), Status.ACCEPTABLE),
        (2026, None, None),
    ]
    assert line.change is not None
    assert (line.change.amount, line.change.since, line.change.until) == (D("-0.2"), 2023, 2025)
    assert line.status == Status.ACCEPTABLE
    assert table.tally() == {Status.ACCEPTABLE: 1}
    # Seen from 2023, the year measured before is 2021, which is not shown.
    [line] = table_of(made, place=None, years=(2022, 2023), language="nb").lines()
    assert line.change is not None
    assert (line.change.amount, line.change.since) == (D("-0.1"), 2021)


@pytest.mark.parametrize("rows", [1, 3])
def test_a_table_costs_the_same_however_long_it_is(solvik: Solvik, rows: int, django_assert_num_queries: Any) -> None:
    made = a_scorecard(
        *((f"Faktor {n}", an_indicator(f"Nr {n}"), Limits(2020, Range(D(4), D(6)))) for n in range(rows))
    )
    for indicator in Indicator.objects.all():
        write(indicator, {2024: 4, 2025: 5})
    with django_assert_num_queries(6):
        table = table_of(made, place=None, years=(2024, 2025), language="nb")
        assert len(table.as_json()["goals"][0]["rows"]) == rows


@pytest.mark.parametrize(
    ("limits", "field"),
    [
        (Limits(20225, Range(D(4), D(6))), "since"),
        (Limits(2020, Range(D(4), D(7))), "desired_high"),
        (Limits(2020, Range(D(0), D(6))), "desired_low"),
        (Limits(2020, Range(D(5), D(4))), "desired_low"),
        (Limits(2020, Range(D(4), D(6)), Range(D(3), D(2))), "acceptable_low"),
    ],
)
def test_impossible_limits_are_refused_at_their_field(solvik: Solvik, limits: Limits, field: str) -> None:
    a_scorecard(("Faktor", an_indicator(), None))
    with pytest.raises(cards.ImpossibleLimit) as caught:
        cards.set_limits(ScorecardRow.objects.get(), limits, by=None, now=NOW)
    assert caught.value.field == field


def test_parts_are_moved_changed_and_taken_away_and_figures_stay(solvik: Solvik) -> None:
    by = solvik.administrator
    one, two = an_indicator("En"), an_indicator("To")
    write(one, {2025: 4})
    made = a_scorecard(("A", one, Limits(2020, Range(D(4), D(6)))), ("B", two, None))
    first, second = SuccessFactor.objects.order_by("position")
    cards.move_part(second, up=True, by=by, now=NOW)
    [part] = table_of(made, place=None, years=(2025,), language="nb").goals
    assert [factor.text for factor in part.factors] == ["B", "A"]
    cards.move_part(second, up=True, by=by, now=NOW)  # at the end nothing happens
    cards.change_factor(first, texts={"nb": "A+", "sv": "A++"}, by=by, now=NOW)
    assert SuccessFactor.objects.get(pk=first.pk).texts == {"nb": "A+", "sv": "A++"}
    with pytest.raises(Refused):  # twice under one factor
        cards.add_row(first, indicator=one, by=by, now=NOW)
    cards.remove_part(Goal.objects.get(), by=by, now=NOW)
    assert (ScorecardRow.objects.count(), Value.objects.count()) == (0, 1)
    cards.remove_scorecard(made, by=by, now=NOW)
    assert (Scorecard.objects.count(), Indicator.objects.count()) == (0, 2)
    kinds = set(Change.objects.filter(by=by).values_list("kind", "what"))
    logged = [("goal", "removed"), ("successfactor", "changed"), ("scorecard", "removed")]
    assert {(f"reporting.{kind}", what) for kind, what in logged} <= kinds


def test_the_command_says_it_in_words_and_refuses_what_is_not_there(solvik: Solvik) -> None:
    indicator = an_indicator()
    record_values(indicator, [Figure(Period(2025), D("4.4"), unit=solvik.sector.pk)], by=None, now=NOW, this_year=2026)
    made = a_scorecard(("Faktor", indicator, Limits(2020, Range(D("4.6"), D(6)))))
    out = StringIO()
    call_command("scorecard", made.key, "--unit", "technical", "--last", "2025", stdout=out)
    assert "4.4" in out.getvalue()
    assert "Outside the desired" in out.getvalue()
    for options in (["nobody"], [made.key, "--unit", "x"], [made.key, "--first", "2026", "--last", "2020"]):
        with pytest.raises(CommandError):
            call_command("scorecard", *options, stdout=StringIO())
