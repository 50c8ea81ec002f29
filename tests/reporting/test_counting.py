"""Indicators counted from cards: each formula by hand, by municipality, sector and unit, by year, quarter and month."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from feedback.counts import days_to_callback, kept_by_month
from feedback.models import Card
from organisation.models import ScheduledJob
from reporting.actions.counting import compute_figures
from reporting.actions.recording import Figure, record_values
from reporting.counting import counts_of_cards
from reporting.measures import FROM_FEEDBACK, KNOWN
from reporting.models import Counting, DeskContact, Indicator, Value
from reporting.periods import Every, Period
from reporting.scales import Origin, Standing
from reporting.tasks import compute_indicators
from surveys.actions.publishing import publish_results
from tests.factories import OSLO, Solvik, a_card, many_cards, oslo
from tests.reporting.autumn import make_autumn
from tests.reporting.scorecards import an_indicator
from tests.surveys.against_r import answers_of
from tests.surveys.making import answer_all, make_survey

pytestmark = pytest.mark.django_db

D = Decimal
NOW = oslo(2026, 11, 16, 9)
YEAR, Q3, SEPTEMBER = Period(2026), Period(2026, Every.QUARTER, 3), Period(2026, Every.MONTH, 9)


@pytest.fixture
def autumn(solvik: Solvik) -> Solvik:
    return make_autumn(solvik)


def value(key: str, period: Period, unit: Any = None) -> tuple[Decimal | None, int | None]:
    found = Value.objects.get(
        indicator__key=key, unit=unit, year=period.year, every=period.every, number=period.number, replaced_at=None
    )
    return found.value, found.n


def test_each_formula_by_hand(autumn: Solvik) -> None:
    compute_figures(now=NOW, zone=OSLO)
    roads, water, sector = autumn.roads, autumn.water, autumn.sector
    # Owed and due in September: four of roads (two in time, one late, one not reached) and one of water; the withdrawn
    # one does not count.
    assert value("called-back-in-time", SEPTEMBER, roads) == (D(50), 4)
    assert value("called-back-in-time", SEPTEMBER, sector) == (D(60), 5)
    assert value("called-back-in-time", SEPTEMBER) == (D(60), 5)
    # 1, 10, 17 days; with water's 4 the middle lies between 4 and 10.
    assert value("median-days-to-contact", SEPTEMBER, roads) == (D(10), 3)
    assert value("median-days-to-contact", Q3) == (D(7), 4)
    assert value("reached", SEPTEMBER, roads) == (D(75), 4)
    assert value("reached", YEAR) == (D(80), 5)
    # Water received one on the day before it was registered; that one counts in August.
    assert value("registered-same-day", SEPTEMBER) == (D(100), 6)
    assert value("registered-same-day", Period(2026, Every.MONTH, 8), water) == (D(0), 1)
    assert value("registered-same-day", YEAR) == (D("87.5"), 8)
    assert value("mean-reaction", SEPTEMBER, roads) == (D("3.5"), 2)
    assert value("mean-reaction", SEPTEMBER) == (D("4.333333"), 3)
    assert value("complaints-to-praise", YEAR) == (D(4), 5)
    assert value("requests-and-suggestions", YEAR) == (D("28.571429"), 7)
    assert value("cards-received", YEAR) == (D(8), 8)
    assert value("cards-received", YEAR, water) == (D(3), 3)


def test_overdue_a_week_is_by_the_weeks_in_which_lists_were_run(autumn: Solvik) -> None:
    """Roads had one late card on the first list, none on the second; water's open one was on both."""
    compute_figures(now=NOW, zone=OSLO)
    assert value("overdue-a-week", SEPTEMBER, autumn.roads) == (D("0.5"), 2)
    assert value("overdue-a-week", SEPTEMBER, autumn.water) == (D(1), 2)
    assert value("overdue-a-week", SEPTEMBER, autumn.sector) == (D("1.5"), 2)
    # One more was with the service centre since August.
    assert value("overdue-a-week", SEPTEMBER) == (D("2.5"), 2)


def test_what_could_not_be_measured_has_no_figure(autumn: Solvik) -> None:
    """No praise for roads, so nothing to divide by; nobody was called by the service centre."""
    compute_figures(now=NOW, zone=OSLO)
    for key, unit in (("complaints-to-praise", autumn.roads), ("median-days-to-contact", autumn.centre)):
        assert not Value.objects.filter(indicator__key=key, unit=unit).exists()


def test_the_same_as_the_public_figures(autumn: Solvik) -> None:
    """What everybody sees on «what we hear from you» is counted by the same rules."""
    first, last = date(2026, 9, 1), date(2026, 9, 30)
    counts = counts_of_cards(first, last, OSLO)[None, SEPTEMBER]
    kept = kept_by_month(first, last, OSLO)[first]
    assert (counts.owed, counts.in_time, counts.not_reached) == tuple(kept)
    number, median = days_to_callback(first, last, OSLO)
    compute_figures(now=NOW, zone=OSLO)
    assert value("median-days-to-contact", SEPTEMBER) == (D(str(median)), number)


def test_a_period_that_is_not_over_is_counted_through_yesterday_in_its_own_row(solvik: Solvik) -> None:
    november = Period(2026, Every.MONTH, 11)
    many_cards(2, now=oslo(2026, 11, 15, 23, 30))
    many_cards(3, now=oslo(2026, 11, 16, 0, 30))
    compute_figures(now=NOW, zone=OSLO)
    rows = Value.objects.filter(indicator__key="cards-received", every=Every.MONTH, unit=None)
    assert (value("cards-received", november), rows.get().counted_through) == ((D(2), 2), date(2026, 11, 15))
    compute_figures(now=NOW + timedelta(days=1), zone=OSLO)
    assert (value("cards-received", november), rows.get().counted_through) == ((D(5), 5), date(2026, 11, 16))
    compute_figures(now=oslo(2026, 12, 1, 0, 5), zone=OSLO)
    assert (rows.get().revision, rows.get().counted_through) == (1, None)
    # Now the month is over: what changes in it is a new revision, and the old one stays readable.
    late = oslo(2026, 12, 8)
    a_card(now=late, received_on=date(2026, 11, 30))
    compute_figures(now=late + timedelta(days=1), zone=OSLO)
    assert list(rows.filter(number=11).order_by("revision").values_list("value", "revision", "replaced_at")) == [
        (D(5), 1, late + timedelta(days=1)),
        (D(6), 2, None),
    ]


def test_twice_changes_nothing_and_all_is_counted_in_few_queries(
    autumn: Solvik, django_assert_num_queries: Any
) -> None:
    first = compute_figures(now=NOW, zone=OSLO)
    assert (first.new > 50, first.changed) == (True, 0)
    before = set(Value.objects.values_list("pk", "value", "n", "recorded_at"))
    assert compute_figures(now=NOW + timedelta(minutes=30), zone=OSLO)[:] == (0, 0)
    assert set(Value.objects.values_list("pk", "value", "n", "recorded_at")) == before
    assert Counting.objects.count() == 2
    with django_assert_num_queries(7):
        counts_of_cards(date(2026, 1, 1), NOW.date(), OSLO)
    many_cards(5, now=oslo(2026, 7, 1))
    with django_assert_num_queries(7):
        counts_of_cards(date(2026, 1, 1), NOW.date(), OSLO)


def test_a_figure_that_cannot_be_computed_any_more_was_not_measured(autumn: Solvik) -> None:
    compute_figures(now=oslo(2027, 1, 10), zone=OSLO)
    Card.objects.filter(kind="praise").update(kind="")
    compute_figures(now=oslo(2027, 1, 11), zone=OSLO)
    found = Value.objects.get(
        indicator__key="complaints-to-praise", every="year", year=2026, unit=None, replaced_at=None
    )
    assert (found.standing, found.value, found.revision) == (Standing.NOT_MEASURED, None, 2)
    assert Value.objects.filter(indicator=found.indicator, every="year", unit=None, revision=1, value=4).count() == 1


def test_figures_that_are_too_old_to_be_counted_by_month_stay(solvik: Solvik) -> None:
    many_cards(2, now=oslo(2023, 5, 2))
    compute_figures(now=oslo(2025, 5, 1), zone=OSLO)
    of_may = Value.objects.filter(indicator__key="cards-received", year=2023, every="month", unit=None)
    assert of_may.get().value == 2
    compute_figures(now=oslo(2026, 5, 1), zone=OSLO)
    assert (of_may.get().value, of_may.get().revision) == (2, 1)


def test_our_indicators_have_names_in_four_languages_and_keep_what_was_changed(solvik: Solvik) -> None:
    compute_figures(now=NOW, zone=OSLO)
    assert {indicator.key for indicator in Indicator.objects.all()} == {measure.key for measure in KNOWN}
    for indicator in Indicator.objects.all():
        assert set(indicator.names) == set(indicator.explanations) == {"nb", "nn", "sv", "en"}
        assert len(set(indicator.names.values())) > 1, indicator.key
    Indicator.objects.filter(key="reached").update(names={"nb": "Nådd"})
    compute_figures(now=NOW, zone=OSLO)
    assert Indicator.objects.get(key="reached").names == {"nb": "Nådd"}
    assert len(FROM_FEEDBACK) == 9


def test_the_desk_is_counted_and_what_was_typed_stands(solvik: Solvik) -> None:
    """Counting began on 5 October, in the first week of its month and of its quarter; of the year it was too late."""
    moments = [(10, 5, 8, 0), (10, 31, 23, 30), (11, 1, 0, 30), (11, 2, 9, 0), (11, 16, 8, 0)]
    for at in (oslo(2026, *moment) for moment in moments):
        DeskContact.objects.create(way="visit", at=at)
    compute_figures(now=NOW, zone=OSLO)
    key = "service-centre-contacts"
    assert value(key, Period(2026, Every.MONTH, 10)) == (D(2), 2)
    assert value(key, Period(2026, Every.QUARTER, 4)) == (D(4), 4)
    assert not Value.objects.filter(indicator__key=key, every=Every.YEAR).exists()
    assert value(key, Period(2026, Every.MONTH, 11)) == (D(2), 2)
    record_values(
        Indicator.objects.get(key=key), [Figure(YEAR, D(35276))], by=None, now=NOW, this_year=2026
    )  # fmt: skip
    compute_figures(now=NOW, zone=OSLO)
    assert value(key, YEAR) == (D(35276), None)


def test_the_job_says_what_it_did(autumn: Solvik) -> None:
    with time_machine.travel(NOW, tick=False):
        said = compute_indicators()
    assert said.endswith("new, 0 changed")
    assert ScheduledJob.objects.get(name="reporting.compute_indicators").result == said


# --- From surveys -----------------------------------------------------------------------------------------------------


def test_an_area_of_a_published_survey_is_an_indicator_and_small_groups_stay_hidden(solvik: Solvik) -> None:
    """The whole municipality's from a citizen survey, the unit's from its user survey; nothing before its day."""
    columns = answers_of("simple")
    areas = {"a": ["q1", "q2", "q3", "q4", "q5"], "b": ["q6", "q7", "q8"]}
    background = {"district": sorted({each for each in columns["district"] if each})}
    survey = make_survey(areas=areas, background=background, population_size=950)
    answer_all(survey, columns)
    for key, formula in (("meeting", "a"), ("first", "q1"), ("gone", "nothing")):
        an_indicator(key, origin=Origin.SURVEY, formula=formula, key=key)
    compute_figures(now=NOW, zone=OSLO)
    assert not Value.objects.filter(how="computed").exists()  # not published
    published = publish_results(survey, publish_on=NOW.date() + timedelta(days=1), words={}, by=None, now=NOW)
    compute_figures(now=NOW, zone=OSLO)
    assert not Value.objects.filter(how="computed").exists()  # its day has not come
    tomorrow = NOW + timedelta(days=1)
    compute_figures(now=tomorrow, zone=OSLO)
    area = next(one for one in published.figures["areas"] if one["key"] == "a")
    found = Value.objects.get(indicator__key="meeting")
    assert (found.standing, found.unit, found.year, found.n) == ("measured", None, survey.closes_at.year, area["n"])
    assert found.value == pytest.approx(D(area["mean"]), abs=D("0.000001"))
    assert found.margin == pytest.approx(D((area["ci_high"] - area["ci_low"]) / 2), abs=D("0.000001"))
    assert found.source == survey.code
    assert Value.objects.filter(indicator__key="first").count() == 1
    assert not Value.objects.filter(indicator__key="gone").exists()

    # A later version that holds the area back is a new revision without a figure.
    held_back = [one if one["key"] != "a" else {"key": "a", "suppressed": True} for one in published.figures["areas"]]
    published.figures["areas"] = held_back
    published.pk, published.version = None, 2
    published.save()
    compute_figures(now=tomorrow, zone=OSLO)
    again = Value.objects.get(indicator__key="meeting", replaced_at=None)
    assert (again.standing, again.value, again.n, again.revision) == ("too_few", None, None, 2)

    survey.kind, survey.unit = "user", solvik.roads
    survey.save()
    compute_figures(now=tomorrow, zone=OSLO)
    assert Value.objects.get(indicator__key="first", unit=solvik.roads, replaced_at=None).standing == "measured"
    assert Value.objects.get(indicator__key="first", unit=None, replaced_at=None).standing == "not_measured"
    published.withdrawn_at, published.withdrawn_because = NOW, "Feil i utvalget"
    published.save()
    compute_figures(now=tomorrow, zone=OSLO)
    assert not Value.objects.filter(indicator__key="first", standing="measured", replaced_at=None).exists()
