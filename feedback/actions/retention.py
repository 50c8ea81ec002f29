"""The rules of how long cards are kept, which are kept for good, and the nightly run that goes by them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.actions.erasing import anonymise_cards, block_cards, delete_cards, forget_copies, throw_files_away
from feedback.actions.erasure_register import write_register
from feedback.errors import Refused
from feedback.models import Card, Category, Erasure, RetentionHold, RetentionRule, RetentionRun
from feedback.retention import STEPS, Counted, count_due, count_kept, due
from organisation.actions.base import check_row, require_manager
from organisation.actions.changes import log_changed, log_created, log_removed, values_of
from organisation.models import Person

BATCH = 200
"""Cards of one transaction: so many are locked at a time, and so many are read into memory."""

_DO: dict[str, Callable[..., Erasure | None]] = {
    Erasure.Step.BLOCK: block_cards,
    Erasure.Step.ANONYMISE: anonymise_cards,
    Erasure.Step.DELETE: delete_cards,
}


class NoSuchCard(Refused):
    code = "no_such_card"
    field = "reference"
    message = _("There is no card with that number. Look at the digits once more.")


class KeptAlready(Refused):
    code = "kept_already"
    field = "reference"
    message = _("That card is kept already.")


class StepsMixed(Refused):
    code = "steps_mixed"
    field = "anonymise_days"
    message = _("Blocking comes before anonymising, and deletion after it.")


def set_rule(
    category: Category | None,
    *,
    block_days: int | None,
    anonymise_days: int | None,
    delete_days: int | None,
    archive_duty: bool,
    by: Person | None,
    now: datetime,
) -> RetentionRule:
    """Set how long cards of a category are kept, or (None) those of every category without a rule of its own. Days count
    from the local day on which a card was closed. Raises NotAllowed, StepsMixed, Unfit."""
    require_manager(by)
    with transaction.atomic():
        rule = RetentionRule.objects.select_for_update(of=("self",)).filter(category=category).first()
        before = values_of(rule) if rule else None
        rule = rule or RetentionRule(category=category)
        rule.block_days, rule.anonymise_days, rule.delete_days = block_days, anonymise_days, delete_days
        rule.archive_duty = archive_duty
        if (block_days and anonymise_days and block_days >= anonymise_days) or (
            delete_days and (anonymise_days is None or anonymise_days >= delete_days)
        ):
            raise StepsMixed
        check_row(rule)
        rule.save()
        if before is None:
            log_created(rule, by=by, now=now)
        else:
            log_changed(rule, before, by=by, now=now)
    return rule


def remove_rule(rule: RetentionRule, *, by: Person | None, now: datetime) -> None:
    """Let a category go by the municipality's rule again. Raises NotAllowed."""
    require_manager(by)
    with transaction.atomic():
        if (stored := RetentionRule.objects.filter(pk=rule.pk, category__isnull=False).first()) is not None:
            log_removed(stored, by=by, now=now)
            stored.delete()


def hold_card(card: Card | None, *, kind: str, reason: str, by: Person | None, now: datetime) -> RetentionHold:
    """Keep a card as it is, whatever the rules say. Raises NotAllowed, NoSuchCard, KeptAlready, Unfit."""
    require_manager(by)
    with transaction.atomic():
        if card is None:
            raise NoSuchCard
        Card.objects.select_for_update(of=("self",)).get(pk=card.pk)
        if RetentionHold.objects.filter(card=card).exists():
            raise KeptAlready
        hold = RetentionHold(card=card, kind=kind, reason=reason.strip(), set_at=now, set_by=by)
        check_row(hold)
        hold.save(force_insert=True)
        log_created(hold, by=by, now=now)
    return hold


def release_card(hold: RetentionHold, *, by: Person | None, now: datetime) -> None:
    """Let a card go by the rules again. Raises NotAllowed."""
    require_manager(by)
    with transaction.atomic():
        if (stored := RetentionHold.objects.filter(pk=hold.pk).first()) is not None:
            log_removed(stored, by=by, now=now)
            stored.delete()


def what_would_go(*, today: date) -> list[Counted]:
    """Return what a run on that local day would do, and what it would leave: the dry run."""
    return [counted for step in STEPS for counted in count_due(step, today=today)] + count_kept(today=today)


def apply_retention(*, today: date, now: datetime, batch: int = BATCH) -> RetentionRun:
    """Take each step that is due, in batches of a transaction each, and write down how many.

    May be stopped anywhere and run again, twice at once too: what is done is not done again. Open cards, those with a
    request to be reopened, and those that are kept are never touched.
    """
    run = RetentionRun.objects.create(started_at=now)
    counts: list[dict[str, Any]] = []
    kept = count_kept(today=today)
    for step in STEPS:
        counts += [counted.as_json() for counted in count_due(step, today=today)]
        for ids in _batches(step, today, batch):
            _DO[step](ids, cause=Erasure.Cause.RETENTION, by=None, now=now)
    with transaction.atomic():
        forget_copies()
    throw_files_away()
    write_register(now=now)
    run.finished_at, run.counts = now, counts + [counted.as_json() for counted in kept]
    run.save()
    return run


def _batches(step: str, today: date, size: int) -> Any:
    """Yield ids that are due, a batch at a time in their order: what could not be done is passed over, not asked for anew."""
    last = 0
    while True:
        ids: Sequence[int] = list(
            due(step, today=today).filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:size]
        )
        if not ids:
            return
        yield ids
        last = ids[-1]
