"""Reads on the log of changes: filtered, a page at a time by where one stopped, and told in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db.models import ForeignKey, Model, Q, QuerySet
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import get_current_timezone
from django.utils.translation import get_language, gettext

from organisation.dates import clock, short_day
from organisation.models import Change, Person
from organisation.wordings import all_wordings

SIZE = 40
"""Changes on a page."""


@dataclass(frozen=True)
class ToldField:
    """One field of a change; `before` and `after` are empty for personal data, of which only the field is told."""

    name: str
    before: str = ""
    after: str = ""
    is_personal: bool = False


@dataclass(frozen=True)
class Told:
    """One change as the page shows it. `name` is what was changed; `who` is empty for the machine's own commands."""

    at: datetime
    who: str
    what: str
    code: str
    kind: str
    name: str
    fields: list[ToldField]


@dataclass(frozen=True)
class LogPage:
    """The rows of one page, and where the pages before and after it begin (empty where there is none)."""

    rows: list[Told]
    newer: str = ""
    older: str = ""


def changes(
    *, zone: ZoneInfo, kind: str = "", person: Person | None = None, first: date | None = None, last: date | None = None
) -> QuerySet[Change]:
    """Return the changes of one kind, by or about one person, between two local dates (both included), the newest first."""
    found = Change.objects.all()
    if kind:
        found = found.filter(kind=kind)
    if person is not None:
        found = found.filter(Q(by=person) | Q(about=person))
    if first is not None:
        found = found.filter(at__gte=datetime.combine(first, datetime.min.time(), zone))
    if last is not None and last < date.max:
        found = found.filter(at__lt=datetime.combine(last + timedelta(days=1), datetime.min.time(), zone))
    return found


def kinds() -> list[tuple[str, str]]:
    """Return what the log tells of, as pairs of kind and name in the active language, by name."""
    known = Change.objects.order_by("kind").values_list("kind", flat=True).distinct()
    return sorted(((kind, _kind_name(kind)) for kind in known), key=lambda pair: pair[1])


def page_of_changes(found: QuerySet[Change], *, after: str = "", before: str = "") -> LogPage:
    """Return one page: the first, the one after an id, or the one before one. Two queries, however long the log is.

    A key that cannot be read gives the first page.
    """
    start, end = _key(after), _key(before)
    backwards = end is not None and start is None
    if backwards:
        found = found.filter(pk__gt=end).order_by("pk")
    else:
        found = found.filter(pk__lt=start) if start is not None else found
        found = found.order_by("-pk")
    rows = list(found.select_related("by", "about")[: SIZE + 1])
    more, rows = len(rows) > SIZE, rows[:SIZE]
    if backwards:
        rows.reverse()
    if not rows:
        return LogPage([])
    has_newer, has_older = (more, True) if backwards else (start is not None, more)
    return LogPage(told(rows), newer=str(rows[0].pk) if has_newer else "", older=str(rows[-1].pk) if has_older else "")


def _key(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def told(rows: Iterable[Change]) -> list[Told]:
    """Return changes in words of the active language (one query for the names of the people in them)."""
    rows = list(rows)
    people = _people_in(rows)
    return [_told(row, people) for row in rows]


def _model(kind: str) -> type[Model] | None:
    try:
        return apps.get_model(kind)
    except (LookupError, ValueError):
        return None


def _kind_name(kind: str) -> str:
    model = _model(kind)
    return str(model._meta.verbose_name) if model else kind


def _points_at_person(model: type[Model] | None, name: str) -> bool:
    if model is None or name not in {field.name for field in model._meta.concrete_fields}:
        return False
    field = model._meta.get_field(name)
    return isinstance(field, ForeignKey) and field.related_model is Person


def _people_in(rows: list[Change]) -> dict[int, str]:
    ids = {
        value
        for row in rows
        for name, pair in row.fields.items()
        if pair is not None and _points_at_person(_model(row.kind), name)
        for value in pair
        if value is not None
    }
    return dict(Person.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def _told(row: Change, people: dict[int, str]) -> Told:
    model = _model(row.kind)
    fields = []
    for name, pair in row.fields.items():
        field = model._meta.get_field(name) if model and name in _names(model) else None
        label = str(getattr(field, "verbose_name", name))
        if pair is None:
            fields.append(ToldField(label, is_personal=True))
            continue
        names = people if _points_at_person(model, name) else None
        before, after = (_value(value, field, names) for value in pair)
        fields.append(ToldField(label, before, after))
    name = row.about.name if row.about else _text_name(row.name) if row.kind == "organisation.ownwording" else row.name
    return Told(
        at=row.at,
        who=row.by.name if row.by else "",
        what=str(row.get_what_display()),
        code=row.what,
        kind=_kind_name(row.kind),
        name=name,
        fields=fields,
    )


def _names(model: type[Model]) -> set[str]:
    return {field.name for field in model._meta.concrete_fields}


def _text_name(name: str) -> str:
    """«Below the heading of the front page (nb)» of «page.intro (nb)»."""
    key, _, rest = name.partition(" ")
    title = next((str(wording.title) for wording in all_wordings() if wording.key == key), key)
    return f"{title} {rest}".strip()


def _value(value: Any, field: Any, people: dict[int, str] | None) -> str:
    if value is None or value == "":
        return "–"
    if people is not None:
        return people.get(value, str(value))
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, list):
        return ", ".join(str(each) for each in value) or "–"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {each}" for key, each in value.items()) or "–"
    choices = dict(getattr(field, "flatchoices", None) or [])
    if value in choices:
        return str(choices[value])
    if field is not None and field.get_internal_type() == "DateField" and (day := parse_date(str(value))):
        return short_day(day, get_language() or "en")
    if field is not None and field.get_internal_type() == "DateTimeField" and (at := parse_datetime(str(value))):
        zone = get_current_timezone()
        return f"{short_day(at.astimezone(zone), get_language() or 'en')}, {clock(at, zone)}"
    return str(value)
