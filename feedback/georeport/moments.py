"""Moments as GeoReport writes them: the W3C profile of ISO 8601, whole seconds, always with a zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

LONGEST_WINDOW = timedelta(days=90)
"""Between the two ends of a list that the specification lets somebody ask for."""

_SHAPE = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2})?(?:\.\d+)?\s?(Z|[+ -]\d{2}:?\d{2})?)?", re.IGNORECASE
)


def written(moment: datetime | None) -> str | None:
    """Return an aware instant as `2026-11-21T10:00:00Z`, and None for none."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment_of(text: str) -> datetime:
    """Read a moment. Without a zone it is UTC, without a time midnight; fractions of a second are dropped.

    A plus that came through an address unescaped is a space by now, and is read as the plus it was. Raises ValueError.
    """
    match = _SHAPE.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    day, clock, seconds, zone = match.groups()
    zone = (zone or "Z").upper().replace(" ", "+")
    if zone != "Z" and ":" not in zone:
        zone = f"{zone[:3]}:{zone[3:]}"
    return datetime.fromisoformat(f"{day}T{clock or '00:00'}{seconds or ':00'}{'+00:00' if zone == 'Z' else zone}")


def window(start: datetime | None, end: datetime | None, *, now: datetime) -> tuple[datetime, datetime]:
    """Return the first and the last second of what is listed: at most 90 days, unless both ends are given.

    Raises OverflowError for an end beyond the calendar.
    """
    if start is None and end is None:
        return now - LONGEST_WINDOW, now
    if end is None:
        assert start is not None  # noqa: S101 (said above)
        return start, min(start + LONGEST_WINDOW, now)
    return end - LONGEST_WINDOW if start is None else start, end
