"""Write down what an action changes in the reference data, in the action's own transaction."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Field, ForeignKey, Model

from organisation.models import Change, Person

Values = dict[str, Any]


def values_of(row: Model) -> Values:
    """Return the row's values by field, to be compared with what they are after a change."""
    return {field.name: field.value_from_object(row) for field in _fields(row)}


def log_created(row: Model, *, by: Person | None, now: datetime) -> None:
    """Write down that `row` is new, with what was filled in."""
    filled = {name: value for name, value in values_of(row).items() if value not in ("", None, [], {})}
    _write(row, Change.What.CREATED, dict.fromkeys(filled), filled, by=by, now=now)


def log_changed(row: Model, before: Values, *, by: Person | None, now: datetime) -> None:
    """Write down what of `row` differs from `before` (made by `values_of`). Nothing is written where nothing does."""
    after = values_of(row)
    changed = [name for name in after if after[name] != before[name]]
    if changed:
        was, is_now = ({name: values[name] for name in changed} for values in (before, after))
        _write(row, Change.What.CHANGED, was, is_now, by=by, now=now)


def log_removed(row: Model, *, by: Person | None, now: datetime) -> None:
    """Write down that `row` goes, with what it held. Call it before the row is deleted."""
    filled = {name: value for name, value in values_of(row).items() if value not in ("", None, [], {})}
    _write(row, Change.What.REMOVED, filled, dict.fromkeys(filled), by=by, now=now)


def _fields(row: Model) -> list[Field[Any, Any]]:
    return [
        field
        for field in row._meta.concrete_fields
        if field.editable and not field.primary_key and field.name != "person"
    ]


def _write(row: Model, what: Change.What, before: Values, after: Values, *, by: Person | None, now: datetime) -> None:
    about = row if isinstance(row, Person) else getattr(row, "person", None)
    personal = row.personal_data  # type: ignore[attr-defined]
    Change.objects.create(
        at=now,
        by=by,
        what=what,
        kind=row._meta.label_lower,
        row=row.pk,
        name="" if about else str(getattr(row, "name", "") or row)[:200],
        about=about,
        fields={
            field.name: None
            if field.name in personal
            else [_told(field, before[field.name]), _told(field, after[field.name])]
            for field in _fields(row)
            if field.name in before
        },
    )


def _told(field: Field[Any, Any], value: Any) -> Any:
    """The value as the log holds it: a row by its name, a person by the id."""
    if value is None or (isinstance(value, bool | int | list | dict) and not isinstance(field, ForeignKey)):
        return value
    if isinstance(field, ForeignKey):
        if field.related_model is Person:
            return value
        found = field.related_model._default_manager.filter(pk=value).first()
        return getattr(found, "name", str(value))
    return value.isoformat() if isinstance(value, date) else str(value)
