"""What belongs to one other row, without holding it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import ref

from django.db import models
from django.db.models.fields import NOT_PROVIDED
from django.db.models.fields.related_descriptors import ForwardOneToOneDescriptor

if TYPE_CHECKING:
    _OneToOne = models.OneToOneField[Any, Any]
else:
    _OneToOne = models.OneToOneField


class _WayBack(ForwardOneToOneDescriptor):
    """Reads the whole once, where it went or was never joined: then the part holds it, as Django has it."""

    def __get__(self, instance: models.Model | None, cls: type[models.Model] | None = None) -> Any:
        known = instance is None or self.field.is_cached(instance)
        found = super().__get__(instance, cls)
        if instance is not None and not known:
            self.field.hold(instance, found)
        return found


class PartOf(_OneToOne):
    """A one-to-one field to the row that this one is a part of.

    Django lets the two hold each other where the part is joined to the whole, and such a ring waits for the collector of
    garbage: each card of a list with its submitter. Here a part that its whole holds only knows the way back while the
    whole lives; asked for it later, it reads it, as it would had nobody joined them.
    """

    forward_related_accessor_class = _WayBack

    def deconstruct(self) -> Any:
        """As the field that it is in the database."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.OneToOneField", args, kwargs

    def set_cached_value(self, instance: models.Model, value: models.Model | None) -> None:
        held = value is not None and value._state.fields_cache.get(self.remote_field.cache_name) is instance
        self.hold(instance, ref(value) if value is not None and held else value)

    def hold(self, instance: models.Model, value: Any) -> None:
        super().set_cached_value(instance, value)

    def get_cached_value(self, instance: models.Model, default: Any = NOT_PROVIDED) -> Any:
        kept = super().get_cached_value(instance, default)
        if not isinstance(kept, ref):
            return kept
        whole = kept()
        if whole is not None:
            return whole
        if default is NOT_PROVIDED:
            raise KeyError(self.cache_name)
        return default

    def is_cached(self, instance: models.Model) -> bool:
        return self.get_cached_value(instance, instance) is not instance
