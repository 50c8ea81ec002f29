"""Work in the background on figures. Safe to run twice."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings
from django.utils import timezone, translation

from organisation import clock
from organisation.jobs import recorded
from organisation.queries import municipality
from reporting.actions.counting import compute_figures
from reporting.actions.feeds import TASK as FETCH_ASKED_FOR
from reporting.actions.feeds import delete_old_answers
from reporting.actions.interviews import put_interviews_away
from reporting.actions.reminding import remind_of_initiatives
from reporting.actions.reports import TASK, compute_waiting_reports, make_due_reports
from reporting.card_themes import count_cards_by_category
from reporting.feeding import fetch_what_is_due, our_fetcher
from reporting.figures import count_anew


@shared_task(name="reporting.count_public_figures")
@recorded("reporting.count_public_figures")
def count_public_figures() -> str:
    """Each hour: the figures that everybody may see."""
    heard = count_anew(now=clock.now(), zone=municipality().zone)
    return f"{heard.first:%Y-%m} to {heard.last:%Y-%m}"


@shared_task(name="reporting.compute_indicators")
@recorded("reporting.compute_indicators")
def compute_indicators() -> str:
    """Each hour: the indicators that the house computes by itself, and the cards of each category for the themes."""
    now, zone = clock.now(), municipality().zone
    done = compute_figures(now=now, zone=zone)
    count_cards_by_category(now=now, zone=zone)
    return f"{done.new} new, {done.changed} changed"


@shared_task(name="reporting.put_interviews_away")
@recorded("reporting.put_interviews_away")
def put_away() -> str:
    """Each night: names and numbers of interviews whose last day is over."""
    return f"{put_interviews_away(now=clock.now())} put away"


@shared_task(name="reporting.remind_of_actions")
@recorded("reporting.remind_of_actions")
def remind() -> str:
    """Each morning: the actions that are due soon, late, or of which nothing was written for a quarter."""
    return f"{remind_of_initiatives(now=clock.now())} actions"


@shared_task(name=TASK)
def compute_reports() -> str:
    """The figures of reports: nudged when one is made."""
    return f"{compute_waiting_reports(now=clock.now())} computed"


@shared_task(name="reporting.sweep_reports")
@recorded("reporting.sweep_reports")
def sweep_reports() -> str:
    """The figures of reports that a lost nudge or a dead worker left behind: each minute."""
    return f"{compute_waiting_reports(now=clock.now())} computed"


@shared_task(name="reporting.make_due_reports")
@recorded("reporting.make_due_reports")
def due_reports() -> str:
    """Each morning: the quarter's report from the third day after the quarter, and in January the year's."""
    return f"{len(make_due_reports(now=clock.now()))} made"


@shared_task(name=FETCH_ASKED_FOR)
def fetch_asked_for() -> str:
    """What somebody asked for on the page of sources: nudged when they do."""
    return _fetch(by_schedule=False)


@shared_task(name="reporting.fetch_figures")
@recorded("reporting.fetch_figures")
def fetch_figures() -> str:
    """Each hour: what a lost nudge left behind, and, where the schedule may fetch, the sources whose time has come."""
    told = _fetch(by_schedule=settings.FETCH_BY_SCHEDULE)
    deleted = delete_old_answers(now=clock.now(), days=settings.FETCHED_KEPT_DAYS)
    return f"{told}, {deleted} old answers deleted"


def _fetch(*, by_schedule: bool) -> str:
    language = municipality().language
    with translation.override(language):
        done = fetch_what_is_due(
            our_fetcher(), now=clock.now(), this_year=timezone.localdate(clock.now()).year, by_schedule=by_schedule
        )
    return f"{len(done)} fetched, {sum(not each.is_well for each in done)} with faults"
