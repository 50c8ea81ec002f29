"""The scheduler: django-celery-beat's, which outlives a database that is away and a clock that is set back.

Its own reads the schedule anew every five minutes, and ends with the error where the database is away just then. And what
it last started it takes for the truth: after the clock was set back by an hour it starts nothing for that hour, nor does
one that is started anew, since the moment lies in the database.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.db import DatabaseError, InterfaceError
from django_celery_beat.schedulers import DatabaseScheduler, ModelEntry

logger = logging.getLogger(__name__)


class Entry(ModelEntry):
    """One job of the schedule."""

    last_run_at: datetime

    def is_due(self) -> Any:
        """Tell whether it is to be started, and when to ask again. What it did in the future, it did not do."""
        now = self._default_now()
        if self.last_run_at > now:
            self.last_run_at = self.model.last_run_at = now
        return super().is_due()


class Scheduler(DatabaseScheduler):
    """What `celery beat` runs (settings.CELERY_BEAT_SCHEDULER)."""

    Entry = Entry
    _last_full_sync: datetime | None

    @property
    def schedule(self) -> Any:
        """The jobs, as the database has them, or had them when it was last there."""
        now = datetime.now()  # noqa: DTZ005 -- compared with the scheduler's own, which bears no zone
        if self._last_full_sync is not None and self._last_full_sync > now:
            self._last_full_sync = datetime.min  # noqa: DTZ901 -- the clock was set back: read anew
        try:
            return super().schedule
        except (DatabaseError, InterfaceError) as error:
            if self._schedule is None:
                raise
            logger.warning("The database is away: the schedule stays as it was. %s", type(error).__name__)
            return self._schedule
