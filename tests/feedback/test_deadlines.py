"""When a callback is due, and to whom one is owed: `domain/README.md`, «Deadline» and «Owed a callback»."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.deadlines import Contact, DeadlineRule, due_on, moment_of, owes_callback
from organisation.calendar import WorkingCalendar
from organisation.models.municipality import CallbackRule, DeadlineKind
from tests.factories import day, oslo

NORWAY = WorkingCalendar()
TEN_DAYS = DeadlineRule(10)
TEN_WORKING = DeadlineRule(10, DeadlineKind.WORKING_DAYS)
CLOSED_FRIDAY = WorkingCalendar(days_off=frozenset({day("2026-11-06")}))


@pytest.mark.parametrize(
    ("registered_at", "rule", "calendar", "due"),
    [
        pytest.param(oslo(2026, 10, 1), TEN_DAYS, NORWAY, "2026-10-11", id="registered on the 1st, due on the 11th"),
        pytest.param(oslo(2026, 11, 4), TEN_DAYS, NORWAY, "2026-11-14", id="due on a Saturday all the same"),
        pytest.param(oslo(2026, 11, 7), TEN_DAYS, NORWAY, "2026-11-17", id="registered on a Saturday"),
        pytest.param(oslo(2026, 3, 27), TEN_DAYS, NORWAY, "2026-04-06", id="over Easter, due on Easter Monday"),
        pytest.param(oslo(2026, 12, 28), TEN_DAYS, NORWAY, "2027-01-07", id="over the year end"),
        pytest.param(oslo(2028, 2, 20), TEN_DAYS, NORWAY, "2028-03-01", id="over a leap day"),
        pytest.param(oslo(2028, 2, 19), TEN_DAYS, NORWAY, "2028-02-29", id="due on a leap day"),
        pytest.param(oslo(2027, 2, 20), TEN_DAYS, NORWAY, "2027-03-02", id="a February without one"),
        pytest.param(
            datetime(2026, 7, 6, 22, 30, tzinfo=UTC),
            TEN_DAYS,
            NORWAY,
            "2026-07-17",
            id="22:30 UTC, already tomorrow here",
        ),
        pytest.param(
            datetime(2026, 7, 6, 21, 59, 59, tzinfo=UTC),
            TEN_DAYS,
            NORWAY,
            "2026-07-16",
            id="one second to midnight here",
        ),
        pytest.param(
            datetime(2026, 11, 2, 22, 30, tzinfo=UTC),
            TEN_DAYS,
            NORWAY,
            "2026-11-12",
            id="22:30 UTC in winter: still today",
        ),
        pytest.param(datetime(2026, 3, 28, 23, 30, tzinfo=UTC), TEN_DAYS, NORWAY, "2026-04-08", id="the spring night"),
        pytest.param(oslo(2026, 3, 20), TEN_DAYS, NORWAY, "2026-03-30", id="a span with the day of 23 hours"),
        pytest.param(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), TEN_DAYS, NORWAY, "2026-11-04", id="the autumn night"),
        pytest.param(oslo(2026, 10, 16, 23, 59), TEN_DAYS, NORWAY, "2026-10-26", id="a span with the day of 25 hours"),
        pytest.param(oslo(2026, 12, 21), TEN_DAYS, NORWAY, "2026-12-31", id="due in week 53"),
        pytest.param(oslo(2026, 11, 2), TEN_WORKING, NORWAY, "2026-11-16", id="ten working days over two weekends"),
        pytest.param(oslo(2026, 3, 27), TEN_WORKING, NORWAY, "2026-04-15", id="ten working days over Easter"),
        pytest.param(oslo(2026, 12, 18), TEN_WORKING, NORWAY, "2027-01-05", id="ten working days over Christmas"),
        pytest.param(oslo(2026, 11, 2), TEN_WORKING, CLOSED_FRIDAY, "2026-11-17", id="with the municipality's day off"),
        pytest.param(oslo(2026, 11, 7), TEN_WORKING, NORWAY, "2026-11-20", id="ten working days from a Saturday"),
        pytest.param(oslo(2026, 11, 2), DeadlineRule(1), NORWAY, "2026-11-03", id="one day"),
        pytest.param(oslo(2026, 1, 1), DeadlineRule(365), NORWAY, "2027-01-01", id="a year"),
        pytest.param(
            oslo(2026, 11, 2), DeadlineRule(3, DeadlineKind.WORKING_DAYS), NORWAY, "2026-11-05", id="three working days"
        ),
    ],
)
def test_deadline(registered_at: datetime, rule: DeadlineRule, calendar: WorkingCalendar, due: str) -> None:
    assert due_on(calendar.local_date(registered_at), rule, calendar) == day(due)


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.integers(1, 365))
def test_working_days_are_never_sooner_than_calendar_days(start: date, days: int) -> None:
    calendar_due = due_on(start, DeadlineRule(days), NORWAY)
    assert calendar_due == start + timedelta(days=days)
    assert due_on(start, DeadlineRule(days, DeadlineKind.WORKING_DAYS), NORWAY) >= calendar_due


@pytest.mark.parametrize("name", ["", "Kari"])
@pytest.mark.parametrize("address", ["", "Storgata 1"])
@pytest.mark.parametrize("phone", ["", "33 18 10 00"])
@pytest.mark.parametrize("email", ["", "kari@example.test"])
def test_callback_is_owed_to_whoever_gave_name_address_and_daytime_phone(
    name: str, address: str, phone: str, email: str
) -> None:
    contact = Contact(name=name, address=address, phone=phone, email=email)
    assert owes_callback(contact, CallbackRule.NAME_ADDRESS_PHONE) is bool(name and address and phone)


@pytest.mark.parametrize(
    ("contact", "owed"),
    [
        pytest.param(Contact(phone="33181000"), True, id="the phone suffices"),
        pytest.param(Contact(name="Kari", address="Storgata 1"), False, id="all but the phone"),
        pytest.param(Contact(), False, id="nothing"),
    ],
)
def test_a_setting_lets_the_phone_suffice(contact: Contact, owed: bool) -> None:
    assert owes_callback(contact, CallbackRule.PHONE) is owed


@pytest.mark.parametrize("rule", CallbackRule.values)
def test_who_agreed_on_another_way_is_owed_the_answer_that_way(rule: str) -> None:
    assert owes_callback(Contact(email="kari@example.test", other_way="written"), rule) is True
    assert owes_callback(Contact(email="kari@example.test"), rule) is False


def test_an_import_may_set_that_a_callback_is_wanted_whatever_the_contact_fields_are() -> None:
    assert owes_callback(Contact(), CallbackRule.NAME_ADDRESS_PHONE, wanted=True) is True


@pytest.mark.parametrize(
    ("day_", "not_before", "now", "moment"),
    [
        pytest.param("2026-11-04", oslo(2026, 11, 2), oslo(2026, 11, 9), oslo(2026, 11, 4, 12), id="noon local"),
        pytest.param(
            "2026-11-09", oslo(2026, 11, 2), oslo(2026, 11, 9, 10), oslo(2026, 11, 9, 10), id="today before noon"
        ),
        pytest.param(
            "2026-11-02", oslo(2026, 11, 2, 15), oslo(2026, 11, 9), oslo(2026, 11, 2, 15), id="the day of registration"
        ),
        pytest.param("2026-03-29", oslo(2026, 3, 2), oslo(2026, 4, 9), oslo(2026, 3, 29, 12), id="the day of 23 hours"),
    ],
)
def test_a_date_without_a_time_is_noon_local(day_: str, not_before: datetime, now: datetime, moment: datetime) -> None:
    assert moment_of(day(day_), calendar=NORWAY, not_before=not_before, now=now) == moment
