"""Reads for the administrator's pages: the tree of units, people with what they are, and how many there is of each."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from django.db.models import F, Prefetch, Q, QuerySet

from organisation.alphabet import sort_key
from organisation.models import ApiKey, Change, DayOff, OwnWording, Person, RoleAssignment, Unit, WebhookEndpoint
from organisation.permissions import ROLES, Role
from organisation.wordings import all_wordings


class Branch(NamedTuple):
    """A unit in the tree: `depth` is 0 for what lies under no sector."""

    unit: Unit
    depth: int


def unit_tree() -> list[Branch]:
    """Return the open units, each sector before what lies below it, in the alphabet's order (one query)."""
    below: dict[int | None, list[Unit]] = defaultdict(list)
    open_units = list(Unit.objects.filter(closed_on=None).select_related("leader", "deputy"))
    there = {unit.pk for unit in open_units}
    for unit in open_units:
        below[unit.parent_id if unit.parent_id in there else None].append(unit)
    tree: list[Branch] = []

    def grow(parent: int | None, depth: int) -> None:
        for unit in sorted(below[parent], key=lambda unit: (unit.kind != Unit.Kind.SECTOR, unit.name_key)):
            tree.append(Branch(unit, depth))
            grow(unit.pk, depth + 1)

    grow(None, 0)
    return tree


def closed_units() -> QuerySet[Unit]:
    """Return the closed units with their successors, the latest first."""
    return Unit.objects.filter(closed_on__isnull=False).select_related("successor").order_by("-closed_on", "name_key")


class Held(NamedTuple):
    """A role somebody has. `assignment` is None for a leader or a deputy, which stand on the unit."""

    role: Role
    label: str
    unit: Unit | None
    sentence: str
    assignment: RoleAssignment | None = None


def people(search: str = "", *, role: str = "", active: bool = True) -> QuerySet[Person]:
    """Return people by part of name or e-mail and by role, with their roles and what they lead (four queries in all)."""
    found = Person.objects.filter(is_active=active).prefetch_related(
        Prefetch("role_assignments", RoleAssignment.objects.select_related("unit"))
    )
    if search := search.replace("\x00", "").strip():
        found = found.filter(Q(name_key__contains=sort_key(search)) | Q(email__icontains=search))
    if role == Role.UNIT_LEADER:
        units = Unit.objects.filter(closed_on=None)
        found = found.filter(Q(pk__in=units.values("leader")) | Q(pk__in=units.values("deputy")))
    elif role:
        found = found.filter(role_assignments__role=role).distinct()
    return found


def with_roles(found: QuerySet[Person]) -> list[tuple[Person, list[Held]]]:
    """Return people each with what they are."""
    shown = list(found)
    led: dict[int, list[Held]] = defaultdict(list)
    ids = [person.pk for person in shown]
    sentence = str(ROLES[Role.UNIT_LEADER].sentence)
    for unit in Unit.objects.filter(Q(leader__in=ids) | Q(deputy__in=ids), closed_on=None):
        for name, person_id in (("leader", unit.leader_id), ("deputy", unit.deputy_id)):
            if person_id is not None:
                label = str(Unit._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
                led[person_id].append(Held(Role.UNIT_LEADER, label.capitalize(), unit, sentence))
    return [(person, [*led[person.pk], *_given(person)]) for person in shown]


def _given(person: Person) -> list[Held]:
    order = list(Role)
    held = [
        Held(
            Role(row.role),
            str(Role(row.role).label),
            row.unit,
            str(ROLES[Role(row.role)].sentence),
            row,
        )
        for row in person.role_assignments.all()
    ]
    return sorted(held, key=lambda each: order.index(each.role))


def roles_held(person: Person) -> list[Held]:
    """Return what one person is: leader or deputy first, then the roles that were given."""
    return with_roles(Person.objects.filter(pk=person.pk).prefetch_related("role_assignments__unit"))[0][1]


class Numbers(NamedTuple):
    """How many there is of what the administrator keeps."""

    units: int
    people: int
    own_texts: int
    texts: int
    days_off: int
    api_keys: int
    webhooks: int
    changes: int


def numbers(year: int) -> Numbers:
    """Count what this app keeps; days off are those of `year`."""
    return Numbers(
        units=Unit.objects.filter(closed_on=None).exclude(kind=Unit.Kind.SECTOR).count(),
        people=Person.objects.filter(is_active=True).count(),
        own_texts=OwnWording.objects.values("key").distinct().count(),
        texts=len(all_wordings()),
        days_off=DayOff.objects.filter(on__year=year).count(),
        api_keys=ApiKey.objects.filter(revoked_at=None).count(),
        webhooks=WebhookEndpoint.objects.filter(off_since=None).count(),
        changes=Change.objects.count(),
    )


def own_texts() -> dict[str, dict[str, str]]:
    """Return the municipality's own texts by key and language (one query)."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for key, language, text in OwnWording.objects.values_list("key", "language", "text"):
        found[key][language] = text
    return dict(found)


def api_keys() -> QuerySet[ApiKey]:
    """Return all keys with as whom they act and their units, those that can be used first (two queries)."""
    found = ApiKey.objects.select_related("acts_as").prefetch_related("units")
    return found.order_by(F("revoked_at").asc(nulls_first=True), "name")
