"""Work in the background on surveys. Each task calls one action and is safe to run twice."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from celery import shared_task
from django.utils import timezone

from organisation.jobs import recorded
from surveys.actions.fielding import mail_invitations
from surveys.sample_queries import due_to_close


@shared_task(name="surveys.open_surveys")
@recorded("surveys.open_surveys")
def open_surveys() -> str:
    """Each five minutes: the invitations by e-mail of surveys that have opened."""
    return f"{mail_invitations(now=timezone.now())} mails"


@shared_task(name="surveys.close_surveys")
@recorded("surveys.close_surveys")
def close_surveys() -> str:
    """Each five minutes: the surveys whose time is over. Whether one may be answered is judged by the clock anyway."""
    if not find_spec("surveys.actions.closing"):
        return "nothing to close with"
    closing = import_module("surveys.actions.closing")
    now = timezone.now()
    due = list(due_to_close(now))
    for survey in due:
        closing.close_survey(survey, by=None, now=now)
    if due:
        closing.forget_row_versions()
    return f"{len(due)} closed"
