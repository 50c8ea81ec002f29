"""From a figure to what lies behind it: the cards that were counted, the published result, or the indicator's own page."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from urllib.parse import urlencode

from django.urls import reverse

from feedback.workflow import NEGATIVE_KINDS, REQUESTS_AND_SUGGESTIONS, Kind
from organisation.models import Person, Unit
from organisation.permissions import Permission
from organisation.queries import grants_of
from reporting.models import Indicator
from reporting.periods import Period
from reporting.scales import Origin

Query = dict[str, str | list[str]]


def cards_behind(key: str, first: date, last: date) -> Query:
    """Return the work list's filter for the cards of which the measure `key` was counted on the days `first` to `last`:
    as many as the figure's n, but for `overdue-a-week`, whose n are weeks (the cards are those on its lists). A card that was
    reopened and called back twice in the period is one card behind two reactions.

    See `reporting/measures.py` for what each counts. Empty for what is not counted from cards.
    """
    start, end = first.isoformat(), last.isoformat()
    received: Query = {"received_from": start, "received_until": end}
    due: Query = {"due_from": start, "due_until": end}
    found: dict[str, Query] = {
        "called-back-in-time": due | {"promise": "promised"},
        "median-days-to-contact": due | {"promise": "called", "called_until": end},
        "reached": due | {"promise": "concluded", "called_until": end},
        "registered-same-day": received,
        "mean-reaction": {"reaction": "true", "called_from": start, "called_until": end},
        "complaints-to-praise": received | {"kind": sorted([*NEGATIVE_KINDS, Kind.PRAISE])},
        "requests-and-suggestions": received
        | {"kind": sorted([*NEGATIVE_KINDS, *REQUESTS_AND_SUGGESTIONS, Kind.PRAISE])},
        "overdue-a-week": {"listed_from": start, "listed_until": end},
        "cards-received": received,
    }
    return found.get(key, {})


class Behind:
    """The ways behind the figures of one place, for one person.

    Cards are offered only to who sees all that were counted: fewer would not be what lies behind the figure. `counted_at`
    is when figures were computed: cards are counted through the day before, on the clock of `zone`.
    """

    def __init__(self, person: Person, place: Unit | None, counted_at: datetime | None, zone: tzinfo) -> None:
        grants = grants_of(person)
        self._place = place
        self._sees = grants.allows(Permission.SEE_ALL_CARDS) or (
            place is not None and place.pk in grants.units_with(Permission.SEE_UNIT_CARDS)
        )
        self._through = None if counted_at is None else counted_at.astimezone(zone).date() - timedelta(days=1)

    def address(self, indicator: Indicator, period: Period, source: str = "") -> str:
        """Return where a figure leads, empty where it leads nowhere. `source` is the survey's code, of a survey's figure."""
        if indicator.origin == Origin.FEEDBACK:
            return self._cards(indicator.key, period)
        if indicator.origin == Origin.SURVEY:
            return reverse("surveys:public_results", args=[source]) if source else ""
        return ""

    def _cards(self, key: str, period: Period) -> str:
        if not self._sees or self._through is None:
            return ""
        last = min(period.last, self._through)
        # The callbacks until the last counting count for deadlines that lie before it.
        query = cards_behind(key, period.first, last)
        if "promise" in query and "called_until" in query:
            query["called_until"] = self._through.isoformat()
        if self._place is not None:
            query["listed_by" if key == "overdue-a-week" else "within"] = self._place.code
        return f"{reverse('feedback:worklist')}?{urlencode(query, doseq=True)}" if query else ""
