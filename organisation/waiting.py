"""Rows whose figures a worker computes: claimed one at a time, swept up where a nudge or a worker was lost.

Such a row has `state` («waiting», «computing», «failed», and what its model calls the end), `started_at`, `sentence`, and
`done` of `total`. Claimed in the database, so that two workers never compute the same.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from organisation.queries import municipality

LOST_AFTER = timedelta(minutes=35)
"""A worker that has not come back by then never will: a task may take thirty minutes (settings.CELERY_TASK_TIME_LIMIT)."""
WAITING, COMPUTING, FAILED = "waiting", "computing", "failed"

M = TypeVar("M", bound=Model)


class Claimed(Generic[M]):
    """A row that is ours to compute, until another worker takes it for lost."""

    def __init__(self, row: M) -> None:
        self.row = row
        self._ours = type(row)._default_manager.filter(
            pk=row.pk,
            state=COMPUTING,
            started_at=row.started_at,  # type: ignore[attr-defined]
        )

    def write(self, **values: Any) -> bool:
        """Write to the row, in one statement; return False where it is ours no more."""
        return bool(self._ours.update(**values))

    def progress(self, done: int, total: int) -> None:
        self.write(done=done, total=total)


def compute_waiting(rows: QuerySet[M], compute: Callable[[Claimed[M]], None], *, order: str, now: datetime) -> int:
    """Compute those of `rows` that wait, one at a time by `order`, and return how many. Safe to run twice and at once.

    `compute` writes what it found with the state that follows. What it raises leaves a sentence and no figures.
    """
    computed = 0
    while (row := _claim(rows, order, now)) is not None:
        claimed = Claimed(row)
        try:
            compute(claimed)
        except Exception:
            with translation.override(municipality().language):
                claimed.write(state=FAILED, sentence=_("Something went wrong that we did not foresee. Try once more."))
            raise
        computed += 1
    return computed


def _claim(rows: QuerySet[M], order: str, now: datetime) -> M | None:
    with transaction.atomic():
        waits = Q(state=WAITING) | Q(state=COMPUTING, started_at__lt=now - LOST_AFTER)
        row: Any = rows.select_for_update(skip_locked=True, of=("self",)).filter(waits).order_by(order, "pk").first()
        if row is not None:
            row.state, row.started_at, row.done, row.total = COMPUTING, now, 0, 0
            row.save(update_fields=["state", "started_at", "done", "total"])
    found: M | None = row
    return found
