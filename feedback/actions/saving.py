"""Keep a filter of the work list under a name."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from feedback.errors import NotAllowed, Refused
from feedback.models import SavedFilter
from feedback.rules import may_share_filters
from organisation.models import Person

MOST = 30
"""Saved filters a person: more would be a list to search in."""


class NameMissing(Refused):
    code = "name_missing"
    field = "name"
    message = _("Write a name for the filter.")


class NameTooLong(Refused):
    code = "name_too_long"
    field = "name"
    message = _("The name is longer than %(limit)s characters. Shorten it.")


class NameTaken(Refused):
    code = "name_taken"
    field = "name"
    message = _("You have a filter called «%(name)s» already. Choose another name.")


class NothingToSave(Refused):
    code = "nothing_to_save"
    message = _("There is nothing to save yet: choose a filter in the list first.")


class TooManyFilters(Refused):
    code = "too_many_filters"
    message = _("You have %(most)s saved filters. Remove one that you no longer use.")


def save_filter(*, name: str, query: str, shared: bool, by: Person) -> SavedFilter:
    """Keep `query`, already cleaned to what the list can filter by, under a name of the person's own.

    Raises NameMissing, NameTooLong, NameTaken, NothingToSave, TooManyFilters, NotAllowed.
    """
    if not query or len(query) > _longest("query"):
        raise NothingToSave
    if SavedFilter.objects.filter(person=by).count() >= MOST:
        raise TooManyFilters(most=MOST)
    return _write(SavedFilter(person=by, query=query), name, shared, by)


def change_filter(saved: SavedFilter, *, name: str, shared: bool, by: Person) -> SavedFilter:
    """Rename a filter, share it or take it back. Raises NameMissing, NameTooLong, NameTaken, NotAllowed."""
    if saved.person_id != by.pk:
        raise NotAllowed
    return _write(saved, name, shared, by)


def remove_filter(saved: SavedFilter, *, by: Person) -> None:
    """Remove a filter of the person's own. Raises NotAllowed."""
    if saved.person_id != by.pk:
        raise NotAllowed
    saved.delete()


def _write(saved: SavedFilter, name: str, shared: bool, by: Person) -> SavedFilter:
    name = " ".join(name.replace("\x00", "").split())
    if not name:
        raise NameMissing
    if len(name) > _longest("name"):
        raise NameTooLong(limit=_longest("name"))
    if shared and not may_share_filters(by):
        raise NotAllowed
    saved.name, saved.is_shared = name, shared
    try:
        with transaction.atomic():
            saved.save()
    except IntegrityError:
        raise NameTaken(name=name) from None
    return saved


def _longest(field: str) -> int:
    return int(SavedFilter._meta.get_field(field).max_length)  # type: ignore[union-attr,arg-type]
