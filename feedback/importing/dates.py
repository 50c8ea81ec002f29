"""Dates as older systems write them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from feedback.importing.faults import RowRefused

ISO = "iso"
"""The format that takes every date and time of ISO 8601 that Python reads, such as 2026-11-21 and 2026-11-21T08:15:00Z."""

FIRST_YEAR = 1900
"""An older date is a slip of the keyboard (0201-05-17), not a card."""


@dataclass(frozen=True)
class Moment:
    """A local date, and the instant (UTC) where the value had a time."""

    day: date
    instant: datetime | None = None


class Dates:
    """Reads dates in the formats of a mapping, tried in turn.

    A time without a zone is one of `zone`. A time that the clocks skip in spring is the one an hour later; one that they
    pass twice in autumn is the first. `here` is the municipality's zone: days are its days.
    """

    def __init__(self, formats: Sequence[str], zone: ZoneInfo, here: ZoneInfo) -> None:
        self.formats, self.zone, self.here = formats, zone, here
        self._cached = lru_cache(maxsize=20_000)(self._read)

    def read(self, text: str, what: str) -> Moment:
        """Return the moment. Raises RowRefused, whose sentence calls the value `what`."""
        moment = self._cached(text)
        if moment is None:
            raise RowRefused(
                "bad_date",
                _("%(what)s: «%(text)s» is not a date in the form %(forms)s.")
                % {"what": what, "text": text[:40], "forms": self._forms()},
            )
        if moment.day.year < FIRST_YEAR:
            raise RowRefused(
                "bad_date",
                _("%(what)s: «%(text)s» is before the year %(first_year)s.")
                % {"what": what, "text": text[:40], "first_year": FIRST_YEAR},
            )
        return moment

    def _forms(self) -> str:
        return ", ".join("YYYY-MM-DD" if form == ISO else _as_people_write(form) for form in self.formats)

    def _read(self, text: str) -> Moment | None:
        for form in self.formats:
            try:
                parsed = datetime.fromisoformat(text) if form == ISO else datetime.strptime(text, form)  # noqa: DTZ007
                return self._moment(parsed, has_time=":" in text or "T" in text if form == ISO else holds_time(form))
            except (ValueError, OverflowError):
                continue
        return None

    def _moment(self, parsed: datetime, *, has_time: bool) -> Moment:
        if not has_time:
            return Moment(parsed.date())
        instant = (parsed if parsed.tzinfo else parsed.replace(tzinfo=self.zone)).astimezone(UTC)
        return Moment(instant.astimezone(self.here).date(), instant)


def holds_time(form: str) -> bool:
    """Whether a strptime format holds a time of day."""
    return any(part in form for part in ("%H", "%I", "%X", "%c", "%T"))


def is_whole(form: str) -> bool:
    """Whether `form` is a format in which a date keeps its day, month and year."""
    if form == ISO:
        return True
    probe = datetime(2026, 11, 21, 13, 5, 9, tzinfo=UTC)
    try:
        return datetime.strptime(probe.strftime(form), form).date() == probe.date()  # noqa: DTZ007
    except ValueError:
        return False


_LETTERS = {"%d": "DD", "%m": "MM", "%Y": "YYYY", "%y": "YY", "%H": "HH", "%M": "MM", "%S": "SS"}


def _as_people_write(form: str) -> str:
    """«DD.MM.YYYY» of «%d.%m.%Y»; a code that few know stays as it is."""
    for code, letters in _LETTERS.items():
        form = form.replace(code, letters)
    return form
