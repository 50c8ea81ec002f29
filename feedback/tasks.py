"""Work in the background on cards. Each task calls one action and is safe to run twice."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings
from django.utils import translation

from feedback.actions.citizens import delete_ended_sessions
from feedback.actions.closing import close_not_reached
from feedback.actions.handing_over import SEND_TASK
from feedback.actions.holding import delete_expired_uploads
from feedback.actions.listing import latest_week_to_run, run_overdue_list
from feedback.actions.numbering import AT_ONCE, forget_batches, place_changes
from feedback.actions.reminding import remind_of_deadlines
from feedback.actions.retention import apply_retention
from feedback.actions.scanning_later import look_through_later
from feedback.actions.sending_once import forget_requests
from feedback.actions.sorting_mail import forget_mails
from feedback.actions.taking_requests import PICTURES_TASK
from feedback.georeport.asking import NotReached, SaidNo, Unsure
from feedback.handover_queries import neighbours_in_use
from feedback.mailbox import read_mailbox
from feedback.neighbouring import ask_neighbour, fetch_pictures, follow, send_waiting, take_news
from organisation import clock
from organisation.jobs import recorded
from organisation.queries import municipality, working_calendar

NOT_BY_SCHEDULE = "nothing is fetched by schedule here"
"""A demonstration's neighbours are made up."""


def _run_latest() -> str:
    now = clock.now()
    week = latest_week_to_run(now)
    if week is None:
        return "nothing to do"
    report = run_overdue_list(now=now, week=week)
    return f"{report.week}: {report.cards} cards, {report.units} units, {report.escalated} repeats"


@shared_task(name="feedback.run_overdue_lists")
@recorded("feedback.run_overdue_lists")
def run_overdue_lists() -> str:
    """Monday 06:00 local: this week's overdue lists."""
    return _run_latest()


@shared_task(name="feedback.make_up_overdue_lists")
@recorded("feedback.make_up_overdue_lists")
def make_up_overdue_lists() -> str:
    """Each hour: the latest Monday's lists, where beat or the worker was away when they were due."""
    return _run_latest()


@shared_task(name="feedback.remind_of_deadlines")
@recorded("feedback.remind_of_deadlines")
def remind() -> str:
    """Each morning: the cards that are due in two days."""
    return f"{remind_of_deadlines(now=clock.now())} cards"


@shared_task(name="feedback.close_not_reached")
@recorded("feedback.close_not_reached")
def close_waiting() -> str:
    """Each night: the cards whose contact card was posted 30 days ago and from whom no word came."""
    return f"{close_not_reached(now=clock.now())} closed"


@shared_task(name="feedback.delete_expired_uploads")
@recorded("feedback.delete_expired_uploads")
def throw_away_uploads() -> str:
    """Each hour: the files of messages that were begun a day ago and never sent, and citizens' sign-ins that have ended."""
    now = clock.now()
    delete_ended_sessions(now=now)
    return f"{delete_expired_uploads(now=now)} deleted"


@shared_task(name="feedback.look_through_files")
@recorded("feedback.look_through_files")
def look_through_files() -> str:
    """Every ten minutes: the files that were taken while clamd was away."""
    done = look_through_later(now=clock.now())
    if done is None:
        return "no virus scanner answers"
    return f"{done.clean} good, {done.infected} with a virus, {done.left} left"


@shared_task(name="feedback.apply_retention")
@recorded("feedback.apply_retention")
def keep_no_longer() -> str:
    """Each night: the cards whose days are over are blocked, anonymised or deleted, by the rules of their categories."""
    now = clock.now()
    run = apply_retention(today=working_calendar(municipality()).local_date(now), now=now)
    return ", ".join(f"{step}: {cards}" for step, cards in run.totals().items()) or "nothing was due"


@shared_task(name="feedback.forget_requests")
@recorded("feedback.forget_requests")
def forget() -> str:
    """Each night: what other systems sent more than a week ago need not be known again."""
    return f"{forget_requests(now=clock.now())} forgotten"


@shared_task(name="feedback.place_changes")
@recorded("feedback.place_changes")
def place() -> str:
    """Each minute: what changed gets its place in the feed, though nobody should read it."""
    placed = 0
    while taken := place_changes(now=clock.now()):
        placed += taken
        if taken < AT_ONCE:
            break
    return f"{placed} changes"


@shared_task(name="feedback.forget_batches")
@recorded("feedback.forget_batches")
def forget_old_batches() -> str:
    """Each night: the places in the feed that nobody stands at any more."""
    return f"{forget_batches(now=clock.now())} forgotten"


@shared_task(name=SEND_TASK)
@recorded(SEND_TASK)
def send_handovers() -> str:
    """Cards for neighbours: nudged when one is to be sent, and each minute for what a lost nudge left behind."""
    with translation.override(municipality().language):
        return f"{send_waiting(now=clock.now())} tried"


@shared_task(name="feedback.follow_handovers")
@recorded("feedback.follow_handovers")
def follow_handovers() -> str:
    """Each minute: what became of the cards that neighbours have, where it is time to look."""
    if not settings.FETCH_BY_SCHEDULE:
        return NOT_BY_SCHEDULE
    with translation.override(municipality().language):
        return f"{follow(now=clock.now())} looked at"


@shared_task(name="feedback.take_neighbours_news")
@recorded("feedback.take_neighbours_news")
def take_neighbours_news() -> str:
    """Every ten minutes: what neighbours that tell their updates say of what they have of ours."""
    if not settings.FETCH_BY_SCHEDULE:
        return NOT_BY_SCHEDULE
    with translation.override(municipality().language):
        return f"{take_news(now=clock.now())} new"


@shared_task(name=PICTURES_TASK)
@recorded(PICTURES_TASK)
def fetch_linked_pictures() -> str:
    """Pictures that other systems sent as addresses: nudged, and each minute."""
    with translation.override(municipality().language):
        return f"{fetch_pictures(now=clock.now())} tried"


@shared_task(name="feedback.ask_neighbours")
@recorded("feedback.ask_neighbours")
def ask_neighbours() -> str:
    """Each night: which services the neighbours offer."""
    if not settings.FETCH_BY_SCHEDULE:
        return NOT_BY_SCHEDULE
    asked = faults = 0
    with translation.override(municipality().language):
        for neighbour in neighbours_in_use():
            asked += 1
            try:
                ask_neighbour(neighbour, now=clock.now())
            except (NotReached, SaidNo, Unsure):
                faults += 1  # written down with the neighbour
    return f"{asked} asked, {faults} with faults"


@shared_task(name="feedback.read_mailbox")
@recorded("feedback.read_mailbox")
def fetch_mail() -> str:
    """Every other minute: the mails that came to the mailbox of MAIL_IN_URL."""
    return str(read_mailbox(clock=clock.now))


@shared_task(name="feedback.forget_mails")
@recorded("feedback.forget_mails")
def forget_originals() -> str:
    """Each night: the originals of mails whose last day has come."""
    today = working_calendar(municipality()).local_date(clock.now())
    return f"{forget_mails(today=today)} forgotten"
