"""Keep the list of what is fetched from other houses, and each answer as it came."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.importing.report import Problem
from organisation.actions.base import check_row
from organisation.actions.changes import log_changed, log_created, log_removed, values_of
from organisation.errors import Refused
from organisation.models import Person
from organisation.nudging import nudge_on_commit
from organisation.outgoing import checked
from reporting.models import Feed, Fetched, Indicator
from reporting.rules import require_manager

TASK = "reporting.fetch_asked_for"
MOST_PROBLEMS = 200
"""Of an answer with more faults the first are kept."""


class NeedsIndicator(Refused):
    code = "needs_indicator"
    field = "indicator"
    message = _("Choose the indicator that the figures are of.")


class NeedsNumber(Refused):
    code = "needs_number"
    field = "external"
    message = _("Write the number that the source has for it: a KPI like N00945, a table like 07459, or an address.")


class NoMunicipalities(Refused):
    code = "no_municipalities"
    field = "municipalities"
    message = _("«%(value)s» is no number of a municipality. Write numbers of four digits with blanks between.")


def save_feed(feed: Feed | None, values: Mapping[str, Any], *, by: Person | None, now: datetime) -> Feed:
    """Write a new source, or change one.

    Raises NotAllowed, NeedsIndicator, NeedsNumber, NoMunicipalities, CannotReach, Unfit.
    """
    require_manager(by)
    with transaction.atomic():
        row = Feed() if feed is None else Feed.objects.select_for_update().get(pk=feed.pk)
        before = None if feed is None else values_of(row)
        for name, value in values.items():
            setattr(row, name, value)
        _check(row)
        check_row(row)
        row.save()
        if before is None:
            log_created(row, by=by, now=now)
        else:
            log_changed(row, before, by=by, now=now)
    return row


def know_feed(kind: str, *, now: datetime) -> Feed:
    """Return the source that brings a country's municipalities, set up where it is not yet."""
    found = Feed.objects.filter(kind=kind).first()
    return found or save_feed(None, {"kind": kind}, by=None, now=now)


def _check(row: Feed) -> None:
    row.external = row.external.strip()
    if row.brings_places:
        row.indicator, row.external, row.municipalities, row.measure = None, "", "", ""
        return
    if not row.external:
        raise NeedsNumber
    if row.kind == Feed.Kind.INNSPILL:
        row.indicator, row.municipalities, row.measure = None, "", ""
        checked(row.external, allow_plain=True, field="external")
        return
    if row.indicator is None:
        raise NeedsIndicator
    if not (row.external.isascii() and row.external.isalnum() and len(row.external) <= 20):
        raise NeedsNumber
    for number in row.numbers:
        if not (number.isascii() and number.isdigit() and len(number) == 4):
            raise NoMunicipalities(value=number[:30])


def remove_feed(feed: Feed, *, by: Person | None, now: datetime) -> None:
    """Take a source away with the kept answers. The figures that it brought stay. Raises NotAllowed."""
    require_manager(by)
    with transaction.atomic():
        log_removed(feed, by=by, now=now)
        feed.delete()


def ask_for_fetch(feed: Feed, *, by: Person | None, now: datetime) -> None:
    """Let a worker fetch it as soon as one is free. Asked for twice it is fetched once. Raises NotAllowed."""
    require_manager(by)
    with transaction.atomic():
        Feed.objects.filter(pk=feed.pk).update(asked_at=now)
        nudge_on_commit(TASK)


def claim(feed_id: int, *, asked_before: datetime) -> Feed | None:
    """Take the wish to fetch a feed, or None where another worker has taken it."""
    with transaction.atomic():
        found = (
            Feed.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(pk=feed_id, asked_at__lte=asked_before)
            .first()
        )
        if found is not None:
            Feed.objects.filter(pk=feed_id).update(asked_at=None)
    return found


def keep_answer(
    feed: Feed,
    pages: Sequence[bytes],
    *,
    address: str,
    outcome: str,
    sentence: str,
    new: int = 0,
    changed: int = 0,
    same: int = 0,
    problems: Sequence[Problem] = (),
    by: Person | None,
    now: datetime,
) -> Fetched:
    """Write down what came, as it came, and what was made of it."""
    raw = b"".join(pages)
    return Fetched.objects.create(
        feed=feed,
        at=now,
        address=address[:2000],
        sha256=sha256(raw).hexdigest() if pages else "",
        size=len(raw),
        content=zipped(pages) if pages else None,
        outcome=outcome,
        new=new,
        changed=changed,
        same=same,
        sentence=sentence,
        problems=[vars(problem) for problem in problems[:MOST_PROBLEMS]],
        by=by,
    )


def zipped(pages: Sequence[bytes]) -> bytes:
    """Return the pages as a ZIP file: page-1, page-2 …"""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, page in enumerate(pages, start=1):
            archive.writestr(zipfile.ZipInfo(f"page-{number}"), page, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def delete_old_answers(*, now: datetime, days: int) -> int:
    """Delete the kept answers older than so many days, but of each source the latest. Return how many."""
    latest = list(Fetched.objects.order_by("feed_id", "-at", "-id").distinct("feed_id").values_list("pk", flat=True))
    deleted, _by_model = Fetched.objects.filter(at__lt=now - timedelta(days=days)).exclude(pk__in=latest).delete()
    return deleted


def publish_indicators(indicators: Sequence[Indicator], *, public: bool, by: Person | None, now: datetime) -> None:
    """Let indicators be open data, or no more. Raises NotAllowed."""
    require_manager(by)
    with transaction.atomic():
        for row in Indicator.objects.select_for_update().filter(pk__in=[each.pk for each in indicators]):
            before = values_of(row)
            row.is_public = public
            row.save(update_fields=["is_public"])
            log_changed(row, before, by=by, now=now)
