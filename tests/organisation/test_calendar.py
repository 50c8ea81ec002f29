"""The working calendar: one labelled table a rule."""

from __future__ import annotations

import sys
import threading
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organisation.calendar import IsoWeek, WorkingCalendar
from tests.factories import day, oslo

NORWAY = WorkingCalendar()
SWEDEN = WorkingCalendar("SE", ZoneInfo("Europe/Stockholm"))
OWN = WorkingCalendar(days_off=frozenset({day("2026-12-24"), day("2026-12-28")}))


@pytest.mark.parametrize(
    ("calendar", "date_", "works"),
    [
        pytest.param(NORWAY, "2026-11-02", True, id="a plain Monday"),
        pytest.param(NORWAY, "2026-11-06", True, id="a plain Friday"),
        pytest.param(NORWAY, "2026-11-07", False, id="Saturday"),
        pytest.param(NORWAY, "2026-11-08", False, id="Sunday"),
        pytest.param(NORWAY, "2026-04-01", True, id="Wednesday before Easter"),
        pytest.param(NORWAY, "2026-04-02", False, id="Maundy Thursday"),
        pytest.param(NORWAY, "2026-04-03", False, id="Good Friday"),
        pytest.param(NORWAY, "2026-04-06", False, id="Easter Monday"),
        pytest.param(NORWAY, "2026-04-07", True, id="Tuesday after Easter"),
        pytest.param(NORWAY, "2026-05-01", False, id="1 May"),
        pytest.param(NORWAY, "2026-05-14", False, id="Ascension Day"),
        pytest.param(NORWAY, "2027-05-17", False, id="17 May, a Monday in 2027"),
        pytest.param(NORWAY, "2026-05-25", False, id="Whit Monday"),
        pytest.param(NORWAY, "2026-12-24", True, id="Christmas Eve is worked unless the municipality says otherwise"),
        pytest.param(OWN, "2026-12-24", False, id="Christmas Eve as a day off of the municipality's own"),
        pytest.param(NORWAY, "2026-12-25", False, id="Christmas Day"),
        pytest.param(NORWAY, "2026-12-28", True, id="Monday between the holidays"),
        pytest.param(OWN, "2026-12-28", False, id="Monday between the holidays as a day off of one's own"),
        pytest.param(NORWAY, "2027-01-01", False, id="New Year's Day"),
        pytest.param(NORWAY, "2026-06-19", True, id="Midsummer Eve is worked in Norway"),
        pytest.param(SWEDEN, "2026-06-19", False, id="Swedish Midsummer Eve"),
        pytest.param(SWEDEN, "2026-12-24", False, id="Swedish Christmas Eve"),
        pytest.param(SWEDEN, "2026-12-31", False, id="Swedish New Year's Eve"),
        pytest.param(SWEDEN, "2026-04-02", True, id="Maundy Thursday is worked in Sweden"),
        pytest.param(SWEDEN, "2026-05-25", True, id="Whit Monday is worked in Sweden since 2005"),
        pytest.param(SWEDEN, "2026-01-06", False, id="Swedish Epiphany"),
        pytest.param(NORWAY, "2026-01-06", True, id="Epiphany is worked in Norway"),
    ],
)
def test_working_days(calendar: WorkingCalendar, date_: str, works: bool) -> None:
    assert calendar.is_working_day(day(date_)) is works


@pytest.mark.parametrize(
    ("calendar", "start", "days", "expected"),
    [
        pytest.param(NORWAY, "2026-11-02", 1, "2026-11-03", id="Monday plus one"),
        pytest.param(NORWAY, "2026-11-06", 1, "2026-11-09", id="Friday plus one is Monday"),
        pytest.param(NORWAY, "2026-11-07", 1, "2026-11-09", id="Saturday plus one is Monday"),
        pytest.param(NORWAY, "2026-11-02", 10, "2026-11-16", id="ten days over two weekends"),
        pytest.param(NORWAY, "2026-03-27", 10, "2026-04-15", id="ten days over Easter 2026"),
        pytest.param(SWEDEN, "2026-03-27", 10, "2026-04-14", id="ten days over Easter 2026 in Sweden"),
        pytest.param(NORWAY, "2026-12-18", 10, "2027-01-05", id="ten days over Christmas"),
        pytest.param(OWN, "2026-12-18", 10, "2027-01-07", id="ten days over Christmas with two days off of one's own"),
        pytest.param(NORWAY, "2027-05-14", 1, "2027-05-18", id="17 May on a Monday"),
        pytest.param(SWEDEN, "2026-06-18", 1, "2026-06-22", id="Swedish Midsummer"),
    ],
)
def test_adding_working_days(calendar: WorkingCalendar, start: str, days: int, expected: str) -> None:
    assert calendar.add_working_days(day(start), days) == day(expected)


@pytest.mark.parametrize("days", [0, -1])
def test_adding_less_than_one_working_day_is_refused(days: int) -> None:
    with pytest.raises(ValueError, match="1 or more"):
        NORWAY.add_working_days(day("2026-11-02"), days)


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.integers(1, 40), st.integers(1, 40))
def test_working_days_add_up(start: date, first: int, then: int) -> None:
    """Adding in two steps is adding at once, and the day arrived at is worked."""
    arrived = NORWAY.add_working_days(start, first + then)
    assert arrived == NORWAY.add_working_days(NORWAY.add_working_days(start, first), then)
    assert NORWAY.is_working_day(arrived)
    between = [start + timedelta(days=n) for n in range(1, (arrived - start).days + 1)]
    assert sum(NORWAY.is_working_day(one) for one in between) == first + then


@pytest.mark.parametrize(
    ("calendar", "week", "expected"),
    [
        pytest.param(NORWAY, "2026-W45", "2026-11-06", id="a plain week ends on Friday"),
        pytest.param(NORWAY, "2026-W14", "2026-04-01", id="Easter week ends on Wednesday"),
        pytest.param(NORWAY, "2026-W15", "2026-04-10", id="the week of Easter Monday ends on Friday"),
        pytest.param(NORWAY, "2024-W20", "2024-05-16", id="17 May on a Friday: the week ends on Thursday"),
        pytest.param(NORWAY, "2026-W52", "2026-12-24", id="Christmas week: Christmas Day is a Friday"),
        pytest.param(OWN, "2026-W52", "2026-12-23", id="Christmas week with Christmas Eve off"),
        pytest.param(NORWAY, "2026-W53", "2026-12-31", id="week 53: New Year's Day is a Friday"),
        pytest.param(SWEDEN, "2026-W25", "2026-06-18", id="Swedish Midsummer week"),
    ],
)
def test_last_working_day(calendar: WorkingCalendar, week: str, expected: str) -> None:
    assert calendar.last_working_day(IsoWeek.parse(week)) == day(expected)


def test_last_working_day_of_a_week_wholly_free_is_its_friday() -> None:
    week = IsoWeek(2026, 29)
    closed = WorkingCalendar(days_off=frozenset(week.day(n) for n in range(1, 6)))
    assert closed.last_working_day(week) == day("2026-07-17")


@pytest.mark.parametrize(
    ("week", "utc"),
    [
        pytest.param("2026-W45", "2026-11-02T05:00", id="winter time"),
        pytest.param("2026-W28", "2026-07-06T04:00", id="summer time"),
        pytest.param("2026-W13", "2026-03-23T05:00", id="the Monday before summer time begins"),
        pytest.param("2026-W14", "2026-03-30T04:00", id="the Monday after the spring night"),
        pytest.param("2026-W43", "2026-10-19T04:00", id="the Monday before summer time ends"),
        pytest.param("2026-W44", "2026-10-26T05:00", id="the Monday after the autumn night"),
        pytest.param("2026-W15", "2026-04-06T04:00", id="Easter Monday is a list day like others"),
        pytest.param("2026-W53", "2026-12-28T05:00", id="week 53 of 2026"),
        pytest.param("2020-W53", "2020-12-28T05:00", id="week 53 of 2020"),
        pytest.param("2027-W01", "2027-01-04T05:00", id="the first week after a week 53"),
    ],
)
def test_list_moment_is_monday_six_local(week: str, utc: str) -> None:
    assert NORWAY.list_moment(IsoWeek.parse(week)) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "week"),
    [
        pytest.param(oslo(2026, 11, 2, 5, 59, 59), "2026-W44", id="one second before"),
        pytest.param(oslo(2026, 11, 2, 6, 0, 0), "2026-W45", id="the moment itself"),
        pytest.param(oslo(2026, 11, 2, 6, 0, 1), "2026-W45", id="one second after"),
        pytest.param(oslo(2026, 11, 8, 23, 59, 59), "2026-W45", id="Sunday night"),
        pytest.param(datetime(2026, 11, 8, 23, 30, tzinfo=UTC), "2026-W45", id="Monday 00:30 here, Sunday in UTC"),
        pytest.param(oslo(2026, 3, 30, 5, 59, 59), "2026-W13", id="one second before, after the spring night"),
        pytest.param(oslo(2026, 3, 30, 6), "2026-W14", id="the moment, after the spring night"),
        pytest.param(oslo(2026, 10, 26, 5, 59, 59), "2026-W43", id="one second before, after the autumn night"),
        pytest.param(oslo(2026, 10, 26, 6), "2026-W44", id="the moment, after the autumn night"),
        pytest.param(oslo(2027, 1, 1), "2026-W53", id="New Year's Day 2027 is in week 53"),
        pytest.param(oslo(2027, 1, 4, 5, 59), "2026-W53", id="before the first list of 2027"),
        pytest.param(oslo(2021, 1, 3), "2020-W53", id="Sunday of week 53 of 2020"),
    ],
)
def test_latest_list_week(now: datetime, week: str) -> None:
    assert str(NORWAY.latest_list_week(now)) == week


@pytest.mark.parametrize(
    ("instant", "local"),
    [
        pytest.param(datetime(2026, 11, 2, 22, 30, tzinfo=UTC), "2026-11-02", id="23:30 here in winter"),
        pytest.param(
            datetime(2026, 7, 6, 22, 30, tzinfo=UTC), "2026-07-07", id="22:30 UTC is already tomorrow in summer"
        ),
        pytest.param(datetime(2026, 12, 31, 23, 0, tzinfo=UTC), "2027-01-01", id="New Year comes an hour early"),
        pytest.param(datetime(2026, 3, 28, 23, 30, tzinfo=UTC), "2026-03-29", id="the spring night"),
        pytest.param(datetime(2026, 10, 24, 22, 30, tzinfo=UTC), "2026-10-25", id="the autumn night"),
    ],
)
def test_local_date(instant: datetime, local: str) -> None:
    assert NORWAY.local_date(instant) == day(local)


@pytest.mark.parametrize(
    ("date_", "noon"),
    [
        pytest.param("2026-11-02", "2026-11-02T11:00", id="winter"),
        pytest.param("2026-07-06", "2026-07-06T10:00", id="summer"),
        pytest.param("2026-03-29", "2026-03-29T10:00", id="the day of 23 hours"),
        pytest.param("2026-10-25", "2026-10-25T11:00", id="the day of 25 hours"),
    ],
)
def test_a_day_has_its_noon(date_: str, noon: str) -> None:
    """«a date without a time is noon local»"""
    assert NORWAY.noon(day(date_)) == datetime.fromisoformat(noon).replace(tzinfo=UTC)


def test_a_country_without_a_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="«DK»"):
        WorkingCalendar("DK").is_working_day(day("2026-11-02"))


@pytest.mark.parametrize(
    ("text", "week"),
    [
        pytest.param("2026-W47", (2026, 47), id="as shown"),
        pytest.param(" 2026-w07 ", (2026, 7), id="small letter and spaces"),
        pytest.param("2026-W7", (2026, 7), id="one digit"),
        pytest.param("2026-W53", (2026, 53), id="week 53"),
    ],
)
def test_weeks_are_read(text: str, week: tuple[int, int]) -> None:
    assert IsoWeek.parse(text) == IsoWeek(*week)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("2025-W53", "2025 has no week 53.", id="a year without week 53"),
        pytest.param("2026-W00", "2026 has no week 0.", id="week 0"),
        pytest.param("2026-W54", "2026 has no week 54.", id="week 54"),
        pytest.param("2026-47", "Write it like 2026-W47", id="no W"),
        pytest.param("2026-11-16", "Write it like 2026-W47", id="a date"),
        pytest.param("", "Write it like 2026-W47", id="nothing"),
    ],
)
def test_what_is_no_week_is_refused_in_words(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        IsoWeek.parse(text)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_weeks_follow_each_other(one: date) -> None:
    week = IsoWeek.of(one)
    assert week.monday <= one <= week.day(7)
    assert week.next().previous() == week
    assert week < week.next()
    assert IsoWeek.parse(str(week)) == week
    assert week.next().monday - week.monday == timedelta(days=7)


def test_many_who_ask_at_once_get_the_same_calendar() -> None:
    """A web server's threads share the calendar: none may see a year whose holidays are still being worked out."""
    years = range(1953, 2101)  # which the library knows for both countries
    barrier = threading.Barrier(8)
    worked: list[date] = []

    def ask() -> None:
        barrier.wait(timeout=20)
        worked.extend(found for year in years if NORWAY.is_working_day(found := date(year, 12, 26)))
        worked.extend(found for year in years if SWEDEN.is_working_day(found := date(year, 12, 26)))

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
    finally:
        sys.setswitchinterval(interval)
    assert worked == []
