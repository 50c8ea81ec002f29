"""The same card by whatever door: its rows as plain values, to be compared."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import models

from feedback.models import Card, CardEvent, Submitter

# What tells one card from another, or only says which client sent it.
OWN = {"id", "reference", "secret", "search", "idempotency_key", "import_source", "import_key"}


def columns_of(card: Card, *, without: Collection[str] = ()) -> dict[str, Any]:
    """Return all columns of a card, its submitter and its events that two equal cards share, read anew from the database.

    Keys are `text`, `submitter.phone`, `events.0.what`; units, categories and people stand as their code or e-mail.
    `without` names columns that a comparison leaves out, such as `registered_by` and `by` where one door has a person
    and the other none: a name without a table is left out everywhere. A column that a migration adds is compared from
    its first day.
    """
    card = Card.objects.get(pk=card.pk)
    columns = _row(card, "", OWN)
    submitter = Submitter.objects.filter(card=card).first()
    columns["submitter"] = submitter is not None
    if submitter is not None:
        columns |= _row(submitter, "submitter.", {"card", "search"})
    events = CardEvent.objects.filter(card=card).order_by("at", "id")
    columns["events"] = len(events)
    for number, event in enumerate(events):
        columns |= _row(event, f"events.{number}.", {"id", "card"})
    left_out = set(without)
    return {key: value for key, value in columns.items() if not {key, key.rpartition(".")[2]} & left_out}


def _row(row: models.Model, prefix: str, leave_out: set[str]) -> dict[str, Any]:
    return {
        f"{prefix}{field.name}": _plain(getattr(row, field.name))
        for field in row._meta.concrete_fields
        if field.name not in leave_out
    }


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return next(getattr(value, name) for name in ("code", "email", "reference", "pk") if hasattr(value, name))
    return value
