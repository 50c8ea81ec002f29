"""The clock of what works in the background: the database's, which is one for all workers on all machines.

A worker whose own clock jumps would take what another is just sending for a dead one's, make next week's lists, or delete
what is to be kept. Views and commands read their machine's clock: they are seen by whoever sits before them.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import connection
from django.utils import timezone


def now() -> datetime:
    """Return the present moment, by the database's clock where settings.WORK_BY_THE_DATABASES_CLOCK. One statement."""
    return of_database() if settings.WORK_BY_THE_DATABASES_CLOCK else timezone.now()


def of_database() -> datetime:
    """Return the present moment by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment
