"""Keep the list of municipalities elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from organisation.actions.changes import log_changed, log_created, values_of
from organisation.models import Person
from reporting.actions.recording import Written
from reporting.models import Elsewhere
from reporting.rules import require_manager
from reporting.sources.places import MUNICIPALITY, Named, PlaceList, Renumbered


def keep_places(places: PlaceList, *, by: Person | None, now: datetime) -> Written:
    """Write the municipalities of a list. One that was known by its name alone gets its number; a merged one is kept with the
    last day of its number and what it became. Nobody is removed: figures hang on them. Raises NotAllowed."""
    require_manager(by)
    with transaction.atomic():
        found = {row.code: row for row in Elsewhere.objects.select_for_update().filter(country=places.country)}
        without = {
            row.name.casefold(): row for row in found.values() if not row.code.isdigit() and row.kind == MUNICIPALITY
        }
        new = changed = 0
        newest = {
            one.code: one for one in sorted(places.named, key=lambda one: (one.since is not None, one.since or 0))
        }
        for one in newest.values():
            row = found.get(one.code)
            if row is None and one.kind == MUNICIPALITY:
                row = without.pop(one.name.casefold(), None)
            made = _keep(row, one, places.country, by, now)
            new, changed = new + made.new, changed + made.changed
        again = {row.code: row for row in Elsewhere.objects.filter(country=places.country)}
        for change in sorted(places.renumbered, key=lambda each: (each.on, each.entry)):
            ends = change.on - timedelta(days=1)
            for code, name in ((change.new, change.new_name), (change.old, change.old_name)):
                if code not in again:
                    again[code] = _made(code, name, places.country, by, now)
                    new += 1
            old = again[change.old]
            if change.old != change.new and (old.until, old.became_id) != (ends, again[change.new].pk):
                before = values_of(old)
                # Where one is parted, the first part named is the one it is said to have become.
                old.until, old.became = ends, again[_first(change.old, places).new]
                if values_of(old) != before:
                    old.save(update_fields=["until", "became"])
                    log_changed(old, before, by=by, now=now)
                    changed += 1
    return Written(new, changed)


def _first(old: str, places: PlaceList) -> Renumbered:
    last = max(each.on for each in places.renumbered if each.old == old)
    return next(each for each in places.renumbered if each.old == old and each.on == last)


def _made(code: str, name: str, country: str, by: Person | None, now: datetime) -> Elsewhere:
    row = Elsewhere.objects.create(country=country, code=code, name=name[:100])
    log_created(row, by=by, now=now)
    return row


def _keep(row: Elsewhere | None, one: Named, country: str, by: Person | None, now: datetime) -> Written:
    until = one.until - timedelta(days=1) if one.until else None
    if row is None:
        row = Elsewhere.objects.create(kind=one.kind, country=country, code=one.code, name=one.name, until=until)
        log_created(row, by=by, now=now)
        return Written(1, 0)
    before = values_of(row)
    row.code, row.name = one.code, one.name
    row.until = until or (row.until if row.became_id else None)
    if values_of(row) == before:
        return Written(0, 0)
    row.save(update_fields=["code", "name", "until"])
    log_changed(row, before, by=by, now=now)
    return Written(0, 1)


def know_nations(countries: Iterable[str], *, by: Person | None, now: datetime) -> None:
    """Let there be one row for each country as a whole: «Norge» stands for SSB's «Hele landet», «Riket» for Kolada's."""
    names = {"NO": "Norge", "SE": "Sverige"}
    for country in countries:
        if not Elsewhere.objects.filter(kind=Elsewhere.Kind.COUNTRY, country=country).exists():
            row = Elsewhere.objects.create(
                kind=Elsewhere.Kind.COUNTRY, country=country, code=country, name=names[country]
            )
            log_created(row, by=by, now=now)
