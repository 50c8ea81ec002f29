"""Work in the background on surveys. Each task calls one action and is safe to run twice."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from organisation.jobs import recorded
from surveys.actions.next_rounds import remind_of_next_rounds


@shared_task(name="surveys.remind_of_next_rounds")
@recorded("surveys.remind_of_next_rounds")
def remind() -> str:
    """Each morning: the surveys whose next round is due within three months."""
    return f"{remind_of_next_rounds(now=timezone.now())} surveys"
