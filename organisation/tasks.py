"""Work in the background on mail out. Tasks take no texts and are safe to run twice."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from organisation.jobs import recorded
from organisation.outbox.delivery import delete_expired, deliver_due
from organisation.queries import municipality, working_calendar


@shared_task(name="organisation.send_mail")
def send_mail() -> str:
    """Send what is due: nudged after each transaction that queued mail."""
    done = deliver_due(now=timezone.now())
    return f"sent {done.sent}, put off {done.put_off}, failed {done.failed}"


@shared_task(name="organisation.sweep_mail")
@recorded("organisation.sweep_mail")
def sweep_mail() -> str:
    """Send what a lost nudge or a dead worker left behind: each minute."""
    done = deliver_due(now=timezone.now())
    return f"sent {done.sent}, put off {done.put_off}, failed {done.failed}"


@shared_task(name="organisation.delete_expired_mail")
@recorded("organisation.delete_expired_mail")
def delete_expired_mail() -> str:
    """Delete the mails whose last day has come: each night."""
    today = working_calendar(municipality()).local_date(timezone.now())
    return f"deleted {delete_expired(today=today)}"
