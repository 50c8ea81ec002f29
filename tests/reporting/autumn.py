"""Cards of an autumn, of which each counted figure can be worked out by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from feedback.actions.answering import record_callback
from feedback.actions.listing import run_overdue_list
from feedback.models import Card
from organisation.calendar import IsoWeek
from tests.factories import NO_PHONE, Solvik, a_card, many_cards, oslo
from tests.feedback.steps import closed, posted


def called(card: Card, at: datetime, reaction: int | None, solvik: Solvik) -> None:
    negative = {"reason": "Tok lang tid", "alternative_not_given": True} if reaction in (1, 2, 3) else {}
    record_callback(
        card, held_at=at, summary="x", reaction=reaction, would_not_answer=reaction is None, by=solvik.sector_leader,
        now=at + timedelta(minutes=5), **negative,
    )  # fmt: skip


def make_autumn(solvik: Solvik) -> Solvik:
    """September in two units of a sector, and one card with the service centre in August."""
    start = oslo(2026, 9, 1, 9)  # due on the 11th
    roads = many_cards(4, now=start, unit=solvik.roads, kind="complaint")
    called(roads[0], oslo(2026, 9, 2), 5, solvik)  # after 1 day
    called(roads[1], oslo(2026, 9, 11, 23), 2, solvik)  # after 10
    called(roads[2], oslo(2026, 9, 18), None, solvik)  # after 17, late, would not answer
    posted(roads[3], by=solvik.roads_leader, now=oslo(2026, 9, 8, 10))  # not reached
    water = a_card(now=start, unit=solvik.water, kind="praise", received_on=date(2026, 8, 31))
    called(water, oslo(2026, 9, 5), 6, solvik)  # after 4
    closed(a_card(now=start, unit=solvik.water, kind="suggestion"), by=solvik.water_leader, now=oslo(2026, 9, 3))
    a_card(now=start, unit=solvik.water, contact=NO_PHONE)  # of no kind, owed nothing, open and overdue
    a_card(now=oslo(2026, 8, 3, 9), kind="request", contact=NO_PHONE)
    for week in (38, 39):  # Mondays 14 and 21 September
        run_overdue_list(week=IsoWeek(2026, week), now=oslo(2026, 10, 1), mail=False)
    return solvik
