"""When a callback is due. Pure: no database, no clock.

Source of each rule: `domain/README.md`, «Deadline» and «Owed a callback».
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from organisation.calendar import WorkingCalendar
from organisation.models.municipality import CallbackRule, DeadlineKind


@dataclass(frozen=True)
class DeadlineRule:
    """How many days, and which days count."""

    days: int
    kind: str = DeadlineKind.CALENDAR_DAYS


@dataclass(frozen=True)
class Contact:
    """How the submitter can be reached; each field may be empty. `other_way` is an agreed way other than voice."""

    name: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    other_way: str = ""
    other_way_note: str = ""

    def __bool__(self) -> bool:
        return any((self.name, self.address, self.phone, self.email, self.other_way, self.other_way_note))


def due_on(start: date, rule: DeadlineRule, calendar: WorkingCalendar) -> date:
    """Return the last day on which the callback is in time; the card is overdue from the day after.

    `start` is the local date of registration or of the last reopening. Ten calendar days from the 1st is the 11th.
    """
    if rule.kind == DeadlineKind.WORKING_DAYS:
        return calendar.add_working_days(start, rule.days)
    return start + timedelta(days=rule.days)


def owes_callback(contact: Contact, rule: str, *, wanted: bool = False) -> bool:
    """Whether the municipality owes the submitter a callback.

    `wanted` is set by an import whose older system promised a call whatever it kept of the contact details. Somebody with
    whom another way than voice is agreed is owed the answer that way.
    """
    if wanted or contact.other_way:
        return True
    if rule == CallbackRule.PHONE:
        return bool(contact.phone)
    return bool(contact.name and contact.address and contact.phone)


def try_again_by(due_on: date, today: date, calendar: WorkingCalendar) -> date:
    """Return by when the next call is to be made: the last working day up to the deadline, today if that is the last.

    Over the deadline it is the next working day: today's call was made just now.
    """
    if due_on < today:
        return calendar.add_working_days(today, 1)
    day = due_on
    while day > today and not calendar.is_working_day(day):
        day -= timedelta(days=1)
    return day


def moment_of(day: date, *, calendar: WorkingCalendar, not_before: datetime, now: datetime) -> datetime:
    """Return the instant that a date without a time stands for: noon local, kept between `not_before` and `now`.

    A callback written down at 10 as held «today» is not in the future, and one on the day of registration not before it.
    """
    return max(not_before, min(calendar.noon(day), now))
