"""Reads on the audit log: filtered, a page at a time by where one stopped, told in words, and checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import connection
from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import gettext, gettext_lazy

from organisation.chain import BEGINNING, Sealed, link
from organisation.models import AuditEntry, Change, Look, Person, SignIn

SIZE, BATCH = 50, 2000
"""Entries on a page, and read at a time for a file or a check."""

CARD = "feedback.card"
HISTORIES = {
    CARD: "feedback.CardEvent",
    "reporting.initiative": "reporting.InitiativeEvent",
}
"""Where the words for what was done with a kind stand: the choices of `what` in its history."""
PARTS = {CARD: ("feedback.submitter",)}
"""Models beside its own whose fields a kind's entries name."""

OTHER_WORDS = {
    "read_in": gettext_lazy("Read in"),
    "drawn": gettext_lazy("Drawn"),
    "published": gettext_lazy("Published"),
    "said_why": gettext_lazy("Said why they open it"),
}

# From one kind to the next along the index `audit_kind`, which leaves cards out.
_KINDS = """
WITH RECURSIVE found AS (
    (SELECT kind FROM organisation_auditentry WHERE kind <> 'feedback.card' ORDER BY kind LIMIT 1)
    UNION ALL
    SELECT (SELECT e.kind FROM organisation_auditentry e WHERE e.kind <> 'feedback.card' AND e.kind > found.kind
        ORDER BY e.kind LIMIT 1) FROM found WHERE found.kind IS NOT NULL
) SELECT kind FROM found WHERE kind IS NOT NULL
"""


@dataclass(frozen=True)
class Told:
    """One entry as a page shows it. `who` is empty for the submitter and for the machine."""

    entry: AuditEntry
    who: str
    system: str
    what: str
    is_look: bool
    kind: str
    fields: list[str]


@dataclass(frozen=True)
class AuditPage:
    """The rows of one page, and where the pages before and after it begin (empty where there is none)."""

    rows: list[Told]
    newer: str = ""
    older: str = ""


def entries(
    *,
    zone: ZoneInfo,
    person: Person | None = None,
    action: str = "",
    kind: str = "",
    reference: str = "",
    first: date | None = None,
    last: date | None = None,
) -> QuerySet[AuditEntry]:
    """Return the entries that all of this fits, between two local dates (both included). Each has an index.

    `action` is a code, or «looks» or «changes» for all of either sort.
    """
    found = AuditEntry.objects.all()
    if person is not None:
        found = found.filter(person=person)
    if action == "looks":
        found = found.filter(action__in=Look.values)
    elif action == "changes":
        found = found.exclude(action__in=Look.values)
    elif action:
        found = found.filter(action=action)
    if kind:
        found = found.filter(kind=kind)
    if reference:
        found = found.filter(reference=reference)
    if first is not None:
        found = found.filter(at__gte=datetime.combine(first, datetime.min.time(), zone))
    if last is not None and last < date.max:
        found = found.filter(at__lt=datetime.combine(last + timedelta(days=1), datetime.min.time(), zone))
    return found


def kinds() -> list[tuple[str, str]]:
    """Return what stands in the log, as pairs of kind and name in the active language, by name (one query)."""
    with connection.cursor() as cursor:
        cursor.execute(_KINDS)
        there = {CARD, *(kind for (kind,) in cursor.fetchall())}
    return sorted(((kind, kind_name(kind)) for kind in there), key=lambda pair: pair[1].casefold())


def actions() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the actions that can stand in the log, in groups by what they are done with."""
    by_kind = [(kind_name(kind).capitalize(), _choices(label)) for kind, label in HISTORIES.items()]
    access = [what for what in _choices("organisation.SignIn") if what[0] in SignIn.OF_ACCESS]
    rest = [(code, str(words)) for code, words in OTHER_WORDS.items()]
    set_up = [(code, str(words)) for code, words in Change.What.choices]
    looks = [(code, str(words)) for code, words in Look.choices]
    return [(gettext("Looks"), looks), *by_kind, (gettext("Set-up and access"), [*set_up, *access, *rest])]


def kind_name(kind: str) -> str:
    """Return what people call a kind; a kind that is no more is called by its label."""
    try:
        return str(apps.get_model(kind)._meta.verbose_name)
    except (LookupError, ValueError):
        return kind


def page_of_entries(found: QuerySet[AuditEntry], *, after: str = "", before: str = "") -> AuditPage:
    """Return one page, the newest first: the first, the one after a key, or the one before one. Three queries.

    A key that cannot be read gives the first page.
    """
    start, end = _key(after), _key(before)
    backwards = end is not None and start is None
    order = ("at", "pk") if backwards else ("-at", "-pk")
    if (place := end if backwards else start) is not None:
        found = _beyond(found, place, backwards=backwards)
    # Not joined: who is filtered by is joined fast, and nobody is found who was deleted.
    rows = list(found.prefetch_related("person", "api_key").order_by(*order)[: SIZE + 1])
    more, rows = len(rows) > SIZE, rows[:SIZE]
    if backwards:
        rows.reverse()
    if not rows:
        return AuditPage([])
    has_newer, has_older = (more, True) if backwards else (start is not None, more)
    return AuditPage(
        told(rows), newer=_key_of(rows[0]) if has_newer else "", older=_key_of(rows[-1]) if has_older else ""
    )


def told_in_batches(found: QuerySet[AuditEntry]) -> Iterator[Told]:
    """Yield all entries, the newest first, reading BATCH of them at a time by where the last one stopped."""
    found = found.prefetch_related("person", "api_key").order_by("-at", "-pk")
    rows = list(found[:BATCH])
    while rows:
        yield from told(rows)
        if len(rows) < BATCH:
            return
        rows = list(_beyond(found, _Place(rows[-1].at, rows[-1].pk), backwards=False)[:BATCH])


class _Place(NamedTuple):
    at: datetime
    pk: int


def _beyond(found: QuerySet[AuditEntry], place: _Place, *, backwards: bool) -> QuerySet[AuditEntry]:
    """Those on the far side of a place. The second condition alone would do; the first is what an index can be walked by."""
    if backwards:
        return found.filter(Q(at__gt=place.at) | Q(pk__gt=place.pk), at__gte=place.at)
    return found.filter(Q(at__lt=place.at) | Q(pk__lt=place.pk), at__lte=place.at)


def _key_of(entry: AuditEntry) -> str:
    return f"{entry.at.isoformat()}_{entry.pk}"


def _key(text: str) -> _Place | None:
    at, _, pk = text.rpartition("_")
    try:
        place = _Place(datetime.fromisoformat(at), int(pk))
    except ValueError:
        return None
    return place if place.at.tzinfo is not None and 0 <= place.pk < 2**63 else None


def told(rows: Iterable[AuditEntry]) -> list[Told]:
    """Return entries in words of the active language (no query, where person and key were read with them)."""
    words = {kind: dict(_choices(label)) for kind, label in HISTORIES.items()}
    general = {code: str(word) for code, word in [*OTHER_WORDS.items(), *Change.What.choices, *SignIn.What.choices]}
    looks = {code: str(word) for code, word in Look.choices}
    names: dict[str, str] = {}
    return [
        Told(
            entry=entry,
            who=_who(entry),
            system=_system(entry),
            what=looks.get(entry.action)
            or words.get(entry.kind, {}).get(entry.action)
            or general.get(entry.action, entry.action),
            is_look=entry.action in looks,
            kind=names.setdefault(entry.kind, kind_name(entry.kind)),
            fields=[_field_name(entry.kind, name) for name in entry.fields],
        )
        for entry in rows
    ]


def _who(entry: AuditEntry) -> str:
    if entry.person_id is None:
        return ""
    # A join that finds nobody leaves None, as long as the row is read with it.
    found = entry._state.fields_cache.get("person")
    return found.name if found is not None else gettext("person %(id)s, erased") % {"id": entry.person_id}


def _system(entry: AuditEntry) -> str:
    if entry.api_key_id is None:
        return ""
    found = entry._state.fields_cache.get("api_key")
    return found.name if found is not None else str(entry.api_key_id)


def _field_name(kind: str, name: str) -> str:
    for model in (kind, *PARTS.get(kind, ())):
        try:
            return str(getattr(apps.get_model(model)._meta.get_field(name), "verbose_name", name))
        except (LookupError, ValueError, FieldDoesNotExist):
            continue
    return name  # the name of a filter, or of what is no more


def _choices(label: str) -> list[tuple[str, str]]:
    field: Any = apps.get_model(label)._meta.get_field("what")
    return [(str(code), str(words)) for code, words in field.choices]


# --- The chain ----------------------------------------------------------------------------------------------------------


class Head(NamedTuple):
    """The last entry of the chain: what is written down outside."""

    number: int
    hash: str


class ChainBroken(Exception):
    """The entry with this number is not what it was, or not there."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(f"The chain is broken at number {number}.")


SEALED = (
    "at", "written_at", "person_id", "api_key_id", "action", "kind", "row", "reference", "fields", "was", "became", "shown",
)  # fmt: skip
"""The columns whose values a hash holds, after the number, in the order of `organisation.chain.Sealed`."""


def sealed_parts(entry: AuditEntry, number: int) -> Sealed:
    """Return what of an entry its hash holds."""
    return Sealed(number, *(getattr(entry, name) for name in SEALED))


def check_chain(*expected: Head) -> Head:
    """Compute the whole chain anew and return its end; (0, zeros) where nothing is sealed.

    `expected` are heads that were written down before: they must be in it still. Raises ChainBroken with the first number
    that is not what it was. Memory does not grow with the chain.
    """
    wanted = {head.number: head.hash for head in expected}
    number, before = 0, BEGINNING
    sealed = AuditEntry.objects.order_by("number").values_list("number", "hash", *SEALED)
    while rows := list(sealed.filter(number__gt=number)[:BATCH]):
        for found, hash_, *parts in rows:
            number += 1
            if found != number or hash_ != link(before, Sealed(number, *parts)):
                raise ChainBroken(number)
            before = hash_
            if wanted.pop(number, before) != before:
                raise ChainBroken(number)
    if wanted:
        raise ChainBroken(min([number + 1, *wanted]))
    return Head(number, before)


def unsealed() -> tuple[int, datetime | None]:
    """Return how many entries have no place yet, and when the oldest of them was written."""
    found = AuditEntry.objects.filter(number=None).aggregate(number=Count("pk"), oldest=Min("written_at"))
    return found["number"], found["oldest"]
