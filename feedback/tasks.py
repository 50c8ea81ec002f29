"""Work in the background on cards. Each task calls one action and is safe to run twice."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from feedback.actions.closing import close_not_reached
from feedback.actions.holding import delete_expired_uploads
from feedback.actions.listing import latest_week_to_run, run_overdue_list
from feedback.actions.reminding import remind_of_deadlines
from feedback.actions.sending_once import forget_requests
from feedback.actions.sorting_mail import forget_mails
from feedback.mailbox import read_mailbox
from organisation.jobs import recorded
from organisation.queries import municipality, working_calendar


def _run_latest() -> str:
    now = timezone.now()
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
    return f"{remind_of_deadlines(now=timezone.now())} cards"


@shared_task(name="feedback.close_not_reached")
@recorded("feedback.close_not_reached")
def close_waiting() -> str:
    """Each night: the cards whose contact card was posted 30 days ago and from whom no word came."""
    return f"{close_not_reached(now=timezone.now())} closed"


@shared_task(name="feedback.delete_expired_uploads")
@recorded("feedback.delete_expired_uploads")
def throw_away_uploads() -> str:
    """Each hour: the files of messages that were begun a day ago and never sent."""
    return f"{delete_expired_uploads(now=timezone.now())} deleted"


@shared_task(name="feedback.forget_requests")
@recorded("feedback.forget_requests")
def forget() -> str:
    """Each night: what other systems sent more than a week ago need not be known again."""
    return f"{forget_requests(now=timezone.now())} forgotten"


@shared_task(name="feedback.read_mailbox")
@recorded("feedback.read_mailbox")
def fetch_mail() -> str:
    """Every other minute: the mails that came to the mailbox of MAIL_IN_URL."""
    return str(read_mailbox(clock=timezone.now))


@shared_task(name="feedback.forget_mails")
@recorded("feedback.forget_mails")
def forget_originals() -> str:
    """Each night: the originals of mails whose last day has come."""
    today = working_calendar(municipality()).local_date(timezone.now())
    return f"{forget_mails(today=today)} forgotten"
