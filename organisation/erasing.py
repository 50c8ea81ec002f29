"""How personal data go, read off the models themselves: each field that a model's `personal_data` names is emptied.

Where a row is nothing without them (a picture, a mail) the model says `erased_whole = True` and the row goes. What else must
change with them, such as a state that asks for a number, stands in its `erased_with`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, Func, Model, TextField, UniqueConstraint, Value, When
from django.db.models.functions import Cast, Left, Replace

APPS = ("organisation", "feedback", "surveys", "reporting")

GONE = "–"
"""What stands where words were: a card must say something, and everybody reads that something was there."""

_CARD = "feedback.card"


class CannotBeEmptied(Exception):
    """A field holds personal data and has no empty value, and its model does not say that the row goes."""


class Place(NamedTuple):
    """A model that holds personal data, and the way from its rows to their card («card», «handover__card», «pk» for cards
    themselves; empty where they belong to none)."""

    model: type[Model]
    card: str

    @property
    def label(self) -> str:
        return self.model._meta.label_lower

    @property
    def goes_whole(self) -> bool:
        return bool(getattr(self.model, "erased_whole", False))


def declared() -> list[Place]:
    """Return every model of ours that holds personal data."""
    return [
        Place(model, _way_to_card(model))
        for app in APPS
        for model in apps.get_app_config(app).get_models()
        if model.personal_data  # type: ignore[attr-defined]
    ]


def personal_fields(model: type[Model]) -> list[models.Field[Any, Any]]:
    """Return the columns that hold personal data; those that the database makes of others follow them."""
    names: dict[str, str] = model.personal_data  # type: ignore[attr-defined]
    found = (model._meta.get_field(name) for name in names)
    return [
        field for field in found if isinstance(field, models.Field) and not isinstance(field, models.GeneratedField)
    ]


def file_fields(model: type[Model]) -> list[str]:
    return [field.name for field in personal_fields(model) if isinstance(field, models.FileField)]


def emptied(place: Place) -> dict[str, Any]:
    """Return what each personal field of a row becomes, for one UPDATE. Raises CannotBeEmptied."""
    return {field.name: _emptied(field) for field in personal_fields(place.model)} | getattr(
        place.model, "erased_with", {}
    )


def text_fields(model: type[Model]) -> Iterator[str]:
    """Yield the fields in which somebody's name may stand."""
    kinds = (models.CharField, models.TextField, models.JSONField, ArrayField)
    for field in personal_fields(model):
        if isinstance(field, kinds) and not isinstance(field, models.FileField):
            yield field.name


def _way_to_card(model: type[Model]) -> str:
    if model._meta.label_lower == _CARD:
        return "pk"
    for name, related in _related(model):
        if related._meta.label_lower == _CARD:
            return name
    for name, related in _related(model):
        for inner, farther in _related(related):
            if inner == "card" and farther._meta.label_lower == _CARD and related is not model:
                return f"{name}__{inner}"
    return ""


def _related(model: type[Model]) -> list[tuple[str, type[Model]]]:
    return [
        (field.name, field.related_model)
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and isinstance(field.related_model, type)
    ]


def _emptied(field: models.Field[Any, Any]) -> Any:
    if field.null:
        return None
    if field.primary_key:
        raise CannotBeEmptied(f"{field.model.__name__}.{field.name}")
    if isinstance(field, models.JSONField | ArrayField):
        return field.get_default()
    if isinstance(field, models.FileField):
        if not field.blank:
            raise CannotBeEmptied(f"{field.model.__name__}.{field.name}")
        return ""
    if isinstance(field, models.TextField):
        return Case(When(**{field.name: ""}, then=Value("")), default=Value(GONE))
    if isinstance(field, models.CharField):
        if _is_unique(field) and not field.blank:
            return _random(field.max_length)
        return "" if field.blank else GONE
    raise CannotBeEmptied(f"{field.model.__name__}.{field.name}")


def _is_unique(field: models.Field[Any, Any]) -> bool:
    named = [set(rule.fields) for rule in field.model._meta.constraints if isinstance(rule, UniqueConstraint)]
    return field.unique or any(field.name in names for names in named)


def _random(longest: int | None) -> Any:
    """A value that nobody can guess, another one in each row."""
    made = Cast(Func(function="gen_random_uuid", output_field=models.UUIDField()), TextField())
    return Left(Replace(made, Value("-"), Value("")), longest or 32)


def kept_where_empty(name: str, then: Any = None) -> Any:
    """For `erased_with`: a random value where there was one, nothing where there was none."""
    return Case(When(**{name: ""}, then=Value("")), default=then if then is not None else _random(32))


def unless(condition: Any, *, otherwise: str, becomes: Any) -> Any:
    """For `erased_with`: `becomes` where `condition` holds, and else what `otherwise` holds already."""
    return Case(When(condition, then=Value(becomes)), default=F(otherwise))
