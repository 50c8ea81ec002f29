"""Do again, in a database that a backup brought back, what was blocked and erased after the backup was made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from feedback.actions.erasing import (
    CARD,
    NotBlocked,
    anonymise_cards,
    block_cards,
    delete_cards,
    erase_rows,
    forget_copies,
    lift_block,
    throw_files_away,
)
from feedback.models import Card, Erasure


@dataclass(frozen=True)
class Replayed:
    """How many erasures were done again, and how many the database knew of already."""

    done: int
    known: int


def replay(erasures: Sequence[Erasure], *, now: datetime) -> Replayed:
    """Do these erasures in their order, each in a transaction with what is written down of it under the key it had.

    One that is known already is passed over, so that it may be run again. What is not there any more is no fault.
    """
    known = set(Erasure.objects.filter(key__in=[one.key for one in erasures]).values_list("key", flat=True))
    done = 0
    for one in erasures:
        if one.key in known:
            continue
        with transaction.atomic():
            _again(one, now)
            Erasure.objects.get_or_create(
                key=one.key,
                defaults={
                    "at": one.at, "step": one.step, "cause": one.cause, "counts": one.counts, "rows": one.rows,
                    "written_at": now, "replayed_at": now,
                },
            )  # fmt: skip
        done += 1
    with transaction.atomic():
        forget_copies()
    throw_files_away()
    return Replayed(done, len(known))


def _again(one: Erasure, now: datetime) -> None:
    rows = dict(one.rows)
    ids = list(Card.objects.filter(reference__in=rows.pop(CARD, [])).values_list("pk", flat=True))
    steps: dict[str, Callable[..., Erasure | None]] = {
        Erasure.Step.BLOCK: block_cards, Erasure.Step.ANONYMISE: anonymise_cards, Erasure.Step.DELETE: delete_cards,
    }  # fmt: skip
    if one.step == Erasure.Step.LIFT:
        for card in Card.objects.filter(pk__in=ids):
            try:
                lift_block(card, cause=one.cause, by=None, now=now, like=one)
            except NotBlocked:
                continue
        return
    if ids:
        steps[one.step](ids, cause=one.cause, by=None, now=now, like=one)
    if rows:
        erase_rows(rows, cause=one.cause, by=None, now=now, like=None if ids else one)
