"""Units and categories by the names an older system has for them: found, or made where the mapping allows it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from django.utils.text import slugify
from django.utils.translation import gettext as _

from feedback.importing.faults import MappingFault, RowRefused
from feedback.importing.mapping import Named
from feedback.importing.values import Read, Row
from feedback.models import Category
from organisation.models import Unit

_LETTERS = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "ä": "a", "ö": "o", "ß": "ss", "ð": "d", "þ": "th"})


T = TypeVar("T", Unit, Category)


def code_for(name: str) -> str:
    """Return the code of a unit or category that is made from its name: «Veg og trafikk på Øya» is veg-og-trafikk-pa-oya."""
    return slugify(re.sub(r"[^\w]+", " ", name.casefold().translate(_LETTERS)))[:60].strip("-")


class Lookup(Generic[T]):
    """Finds what a row names, by code or by name, and makes what is missing with `make` where the mapping allows.

    What is made is put aside until a row that is taken needs it (`used`): a refused row creates nothing.
    """

    def __init__(self, what: str, named: Named, read: Read, known: Iterable[T], make: Callable[[str, str], T]) -> None:
        self.what, self.named, self._read = what, named, read
        self._make: Callable[[str, str], T] = make
        self._by_code: dict[str, T] = {}
        self._by_name: dict[str, T | None] = {}
        for one in known:
            self._by_code[one.code] = one
            name = one.name.casefold()
            self._by_name[name] = None if name in self._by_name else one
        self._found: dict[str, T] = {}
        self._made: dict[str, T] = {}
        self._used: dict[str, T] = {}

    def check_own_words(self) -> None:
        """Raise MappingFault where the mapping itself names what is not there and may not be made."""
        for word in self.named.value.own_words:
            try:
                self._find(word)
            except RowRefused as error:
                raise MappingFault(_("%(at)s: %(error)s") % {"at": self.named.value.at, "error": error}) from None

    def of(self, row: Row) -> T | None:
        """Return what the row names, None where it names nothing. Raises RowRefused."""
        value = self._read(row)
        if not value:
            return None
        found = self._found.get(value)
        if found is None:
            found = self._found[value] = self._find(value)
        return found

    def _find(self, value: str) -> T:
        found = self._by_code.get(value)
        if found is not None:
            return found
        folded = value.casefold()
        if folded in self._by_name:
            found = self._by_name[folded]
            if found is None:
                raise RowRefused(
                    f"ambiguous_{self.what}",
                    _("More than one is called «%(value)s»: use the code.") % {"value": value},
                )
            return found
        if not self.named.create:
            raise RowRefused(
                f"unknown_{self.what}",
                (
                    _("The unit «%(value)s» does not exist, and the mapping does not allow it to be created.")
                    if self.what == "unit"
                    else _("The category «%(value)s» does not exist, and the mapping does not allow it to be created.")
                )
                % {"value": value[:100]},
            )
        code = code_for(value)
        if not code or len(value) > 100:
            raise RowRefused(
                f"impossible_{self.what}",
                _("«%(value)s» cannot be a name: it has no letters, or more than 100 characters.")
                % {"value": value[:100]},
            )
        found = self._by_code.get(code)
        if found is None:
            found = self._by_code[code] = self._made[code] = self._make(code, value)
        return found

    def use(self, one: T | None) -> None:
        """Note that a row which is taken needs `one`."""
        if one is not None and one.code in self._made and one.code not in self._used:
            self._used[one.code] = one

    def to_create(self) -> list[T]:
        """Return what was made and is needed, in the order in which it was first needed."""
        return list(self._used.values())


def known_units() -> list[Unit]:
    """Return all units, open ones first so that they have their name to themselves; successors joined, one query."""
    units = {unit.pk: unit for unit in Unit.objects.all()}
    for unit in units.values():
        if unit.successor_id is not None:
            unit.successor = units[unit.successor_id]
    names = {unit.name.casefold() for unit in units.values() if unit.closed_on is None}
    return [unit for unit in units.values() if unit.closed_on is None or unit.name.casefold() not in names]


def new_unit(pk: int, code: str, name: str, parent: Unit | None) -> Unit:
    return Unit(pk=pk, code=code, name=name, kind=Unit.Kind.UNIT, parent=parent)


def new_category(pk: int, code: str, name: str) -> Category:
    return Category(pk=pk, code=code, name=name)
