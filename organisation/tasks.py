"""Work in the background on mail out. Tasks take no texts and are safe to run twice."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import redis
from celery import shared_task
from django.conf import settings
from django.core.cache import cache

from organisation import clock
from organisation.actions.audit import AT_ONCE, seal_entries
from organisation.actions.sign_ins import forget_sign_ins
from organisation.audit_log import check_chain
from organisation.jobs import recorded
from organisation.outbox.delivery import delete_expired, deliver_due
from organisation.queries import municipality, working_calendar
from organisation.webhooks.delivery import delete_old, send_due

MAIL_RESTS_FOR = 60
"""Seconds for which a nudge sends nothing after the mail server was away or silent: each would stand before it for its
time-out, and all workers with them. The sweep tries it each minute."""
_MAIL_RESTS = "mail-server-rests"


@shared_task(name="organisation.send_mail")
def send_mail() -> str:
    """Send what is due: nudged after each transaction that queued mail."""
    with suppress(redis.RedisError, OSError):
        if cache.get(_MAIL_RESTS):
            return "the mail server rests"
    return _send_mail()


@shared_task(name="organisation.sweep_mail")
@recorded("organisation.sweep_mail")
def sweep_mail() -> str:
    """Send what a lost nudge or a dead worker left behind: each minute."""
    return _send_mail()


def _send_mail() -> str:
    done = deliver_due(now=clock.now())
    if done.is_down:
        with suppress(redis.RedisError, OSError):
            cache.set(_MAIL_RESTS, 1, MAIL_RESTS_FOR)
    return f"sent {done.sent}, put off {done.put_off}, failed {done.failed}"


@shared_task(name="organisation.delete_expired_mail")
@recorded("organisation.delete_expired_mail")
def delete_expired_mail() -> str:
    """Delete the mails whose last day has come: each night."""
    today = working_calendar(municipality()).local_date(clock.now())
    return f"deleted {delete_expired(today=today)}"


@shared_task(name="organisation.send_webhooks")
def send_webhooks() -> str:
    """Tell other systems what is due: nudged after each transaction that has something for one of them."""
    done = send_due(now=clock.now())
    return f"delivered {done.delivered}, put off {done.put_off}, given up {done.given_up}"


@shared_task(name="organisation.sweep_webhooks")
@recorded("organisation.sweep_webhooks")
def sweep_webhooks() -> str:
    """Tell what a lost nudge or a dead worker left behind, and what is to be tried again: each minute."""
    done = send_due(now=clock.now())
    return f"delivered {done.delivered}, put off {done.put_off}, given up {done.given_up}"


@shared_task(name="organisation.delete_old_deliveries")
@recorded("organisation.delete_old_deliveries")
def delete_old_deliveries() -> str:
    """Delete what other systems were told, when its last day has come: each night."""
    today = working_calendar(municipality()).local_date(clock.now())
    return f"deleted {delete_old(today=today)}"


@shared_task(name="organisation.forget_sign_ins")
@recorded("organisation.forget_sign_ins")
def forget_sign_ins_of_old() -> str:
    """Delete old lines of the sign-in log, and sessions that are over: each night."""
    now = clock.now()
    lines, sessions = forget_sign_ins(before=now - timedelta(days=30.4 * settings.SIGN_IN_LOG_MONTHS), now=now)
    return f"deleted {lines} lines, {sessions} sessions"


@shared_task(name="organisation.seal_audit")
@recorded("organisation.seal_audit")
def seal_audit() -> str:
    """Each minute: entries of the audit log get their place in the chain."""
    sealed = 0
    while taken := seal_entries():
        sealed += taken
        if taken < AT_ONCE:
            break
    return f"{sealed} sealed"


@shared_task(name="organisation.check_audit")
@recorded("organisation.check_audit")
def check_audit() -> str:
    """Each night: the whole chain computed anew. One that is broken makes this job fail, which `doctor` and /metrics tell."""
    head = check_chain()
    return f"whole to {head.number}"
