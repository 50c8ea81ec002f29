"""Reads on the organisation: the municipality, its calendar, its units, and who stands where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Model, OuterRef, Q, QuerySet, prefetch_related_objects
from django.db.models.expressions import RawSQL
from django.db.models.functions import JSONObject
from django.utils.translation import get_language, override

from organisation.calendar import WorkingCalendar
from organisation.kept_queries import KeptQuery
from organisation.models import Absence, DayOff, Municipality, OwnWording, Person, RoleAssignment, Unit
from organisation.permissions import ROLES, SEES_PERSONAL_DATA, Permission, Role
from organisation.wordings import filled, known

AnyRow = TypeVar("AnyRow", bound=Model)


class NotSetUp(Exception):
    """There is no municipality yet: `manage.py setup` makes one."""


def municipality() -> Municipality:
    """Return the municipality's settings, with its days off.

    Raises NotSetUp before `manage.py setup` or `load_demo` has run.
    """
    found = _MUNICIPALITY.rows()
    if not found:
        raise NotSetUp("There is no municipality yet. Run «manage.py setup» first.")
    [only] = found
    return only


_MUNICIPALITY = KeptQuery(lambda: Municipality.objects.annotate(days_off=ArraySubquery(DayOff.objects.values("on"))))


def working_calendar(of: Municipality) -> WorkingCalendar:
    """Return the municipality's working calendar with its own days off, which `municipality` has read."""
    days_off: list[date] | None = getattr(of, "days_off", None)
    if days_off is None:
        days_off = list(DayOff.objects.values_list("on", flat=True))
    return WorkingCalendar.of(of.country, of.zone, days_off)


def wordings(keys: Iterable[str], language: str | None = None, **values: object) -> dict[str, str]:
    """Return texts that the municipality may word itself, in `language` (the active one if not given), by key.

    One query. What the municipality has not worded in that language is ours. `values` fill the names in braces. Raises
    KeyError for a key that no app registered.
    """
    language = (language or get_language() or "nb").split("-")[0]
    wanted = {key: known(key) for key in keys}
    own = dict(OwnWording.objects.filter(key__in=wanted, language=language).values_list("key", "text"))
    with override(language):
        return {key: filled(own.get(key) or str(wording.default), values) for key, wording in wanted.items()}


def wording(key: str, language: str | None = None, **values: object) -> str:
    """Return one text that the municipality may word itself: see `wordings`."""
    return wordings([key], language, **values)[key]


def service_centre() -> Unit:
    """Return the unit that holds what no other unit has yet."""
    return Unit.objects.get(kind=Unit.Kind.SERVICE_CENTRE, closed_on=None)


def mayors_office() -> Unit | None:
    """Return the unit that answers political cards, if the municipality has one."""
    return Unit.objects.filter(kind=Unit.Kind.MAYORS_OFFICE, closed_on=None).first()


def all_units() -> list[Unit]:
    """Return all units, with sectors and closed ones, in the alphabet's order: a municipality has few."""
    return list(Unit.objects.all())


def units_with_people() -> QuerySet[Unit]:
    """Return all units with sector, leader and successor (one query)."""
    return Unit.objects.select_related("parent", "leader", "successor")


def answering_units() -> QuerySet[Unit]:
    """Return the open units that can hold a card: all but sectors and closed ones, in the alphabet's order."""
    return Unit.objects.filter(closed_on=None).exclude(kind=Unit.Kind.SECTOR)


def open_successor(unit: Unit) -> Unit:
    """Return the unit that answers today for what `unit` answered for: itself, or along its successors."""
    seen: set[int] = set()
    while unit.closed_on is not None and unit.successor is not None and unit.pk not in seen:
        seen.add(unit.pk)
        unit = unit.successor
    return unit


def answering_unit(unit: Unit) -> Unit:
    """Return the unit that holds `unit`'s cards today: its open successor, or the service centre.

    Successors may end in a sector, which holds no cards, or in a ring of closed units: a card is never nowhere.
    """
    found = open_successor(unit)
    return found if found.closed_on is None and found.kind != Unit.Kind.SECTOR else service_centre()


class Recipient(NamedTuple):
    """Somebody a mail goes to. `person` is None where only a unit's own address is known."""

    person: Person | None
    email: str
    language: str


def with_leaders(units: QuerySet[Unit]) -> list[Unit]:
    """Return `units` with what `list_recipient` reads: leader and deputy of the unit and of the sectors above, and their
    absences (two queries)."""
    found = list(
        units.select_related(
            "leader", "deputy", "parent__leader", "parent__deputy", "parent__parent__leader", "parent__parent__deputy"
        )
    )
    places = [place for unit in found for place in _line(unit, 3)]
    people = [person for place in places for person in (place.leader, place.deputy) if person is not None]
    prefetch_related_objects(people, "absences")
    return found


def _line(unit: Unit, longest: int | None = None) -> list[Unit]:
    """Return the unit and the sectors above it, the nearest first, at most `longest` of them."""
    line: list[Unit] = []
    step: Unit | None = unit
    while step is not None and step not in line and len(line) != longest:
        line.append(step)
        step = step.parent
    return line


def is_away(person: Person, on: date) -> bool:
    """Whether `person` is absent on the local date `on`, by the absences already loaded."""
    return any(absence.first_on <= on <= absence.last_on for absence in person.absences.all())


def list_recipient(unit: Unit, *, on: date, language: str) -> Recipient | None:
    """Return who gets the unit's lists and cards on the date `on`: leader, else deputy, else the sector above.

    A leader who is away or no longer active is passed over (`domain/README.md`: «a list with no leader goes to the
    deputy, then to the sector»). Where nobody stands anywhere, the nearest address of a unit is taken; None where there
    is none at all.
    """
    line = _line(unit)
    for place in line:
        for person in (place.leader, place.deputy):
            if person is not None and person.is_active and not is_away(person, on):
                return Recipient(person, person.email, person.language)
    for place in line:
        if place.email:
            return Recipient(None, place.email, language)
    return None


def answers_for(person: Person, unit_ids: Iterable[int], *, on: date) -> list[Unit]:
    """Return of these units those for which `person` answers on the date: as leader, or in the place of one who is away."""
    units = with_leaders(Unit.objects.filter(pk__in=unit_ids))
    stands = ((unit, list_recipient(unit, on=on, language="")) for unit in units)
    return [unit for unit, to in stands if to is not None and to.person is not None and to.person.pk == person.pk]


def led_by(person: Person) -> list[Unit]:
    """Return the open units and sectors whose leader or deputy `person` is, with what `list_recipient` reads."""
    return with_leaders(Unit.objects.filter(Q(leader=person) | Q(deputy=person), closed_on=None))


def absences_of(person: Person, *, today: date) -> QuerySet[Absence]:
    """Return the absences of `person` that are not over, the next first."""
    return Absence.objects.filter(person=person, last_on__gte=today).order_by("first_on")


def absence_of(person: Person, pk: int) -> Absence | None:
    """Return one of the person's own absences."""
    return Absence.objects.filter(person=person, pk=pk).first()


def people_with(role: Role) -> QuerySet[Person]:
    """Return the active people who hold a municipality-wide role, such as the chief executive."""
    return Person.objects.filter(is_active=True, role_assignments__role=role).distinct()


class Grants(NamedTuple):
    """What one person may do: everywhere, and in single units.

    `within` and `only` are what a key of another system narrowed them to: to these permissions (None: to none in
    particular), and to these units (empty: to none in particular).
    """

    everywhere: frozenset[Permission]
    in_units: dict[int, frozenset[Permission]]
    roles: frozenset[Role]
    within: frozenset[Permission] | None = None
    only: frozenset[int] = frozenset()

    def allows(self, permission: Permission, unit_id: int | None = None) -> bool:
        """Whether the permission is held everywhere or, where a unit is named, in that unit."""
        if permission in self.everywhere:
            return True
        return unit_id is not None and permission in self.in_units.get(unit_id, frozenset())

    def somewhere(self, permission: Permission) -> bool:
        """Whether the permission is held everywhere or in at least one unit."""
        return permission in self.everywhere or any(permission in held for held in self.in_units.values())

    def leaves(self, permission: Permission) -> bool:
        """Whether what narrowed these grants leaves a permission: asked where a person may something by who it is, such as
        see the actions that the person is responsible for, and not by a role."""
        return self.within is None or permission in self.within

    def reaches(self, unit_id: int | None) -> bool:
        """Whether what narrowed these grants leaves that unit, or with None what is of the whole municipality."""
        return not self.only or unit_id in self.only

    def units_with(self, permission: Permission) -> list[int]:
        """Return the ids of the units in which the permission is held by a role there."""
        return [unit for unit, held in self.in_units.items() if permission in held]

    def narrowed(self, permissions: frozenset[Permission], units: Collection[int] = ()) -> Grants:
        """Return these grants without what is not among `permissions`, and in no other units than `units`, if any are named.

        Who sees all cards sees, so narrowed, those of these units. What belongs to no unit goes.
        """
        everywhere = self.everywhere & permissions
        in_units = {unit: held & permissions for unit, held in self.in_units.items()}
        within = permissions if self.within is None else self.within & permissions
        if not units:
            return Grants(everywhere, in_units, self.roles, within, self.only)
        there = everywhere | ({Permission.SEE_UNIT_CARDS} if Permission.SEE_ALL_CARDS in everywhere else set())
        there -= {Permission.SEE_ALL_CARDS, Permission.SEE_ESCALATED_CARDS}
        narrow = {unit: there | in_units.get(unit, frozenset()) for unit in units}
        return Grants(frozenset(), narrow, self.roles, within, frozenset(units))


NOTHING = Grants(frozenset(), {}, frozenset())


def grants_of(person: Person) -> Grants:
    """Return what `person` may do, read once per person object: with the person where `with_grants` did, else in a query.

    A unit's leader and deputy hold the leader's role in it, and in the units below it where it is a sector.
    """
    cached = getattr(person, "_grants", None)
    if isinstance(cached, Grants):
        return cached
    grants = _read_grants(person)
    person._grants = grants  # type: ignore[attr-defined]
    return grants


def needs_second_step(person: Person) -> bool:
    """Whether a second step is demanded of `person`, where it is of anybody: who sees personal data, and superusers."""
    grants = grants_of(person)
    return person.is_superuser or any(grants.somewhere(permission) for permission in SEES_PERSONAL_DATA)


def narrow(person: Person, permissions: frozenset[Permission], units: Collection[int] = ()) -> None:
    """Let this object of the person hold no more than that, wherever `grants_of` is asked (one query, if not read yet)."""
    person._grants = grants_of(person).narrowed(permissions, units)  # type: ignore[attr-defined]


def with_grants(rows: QuerySet[AnyRow], person: str = "pk") -> QuerySet[AnyRow]:
    """Read with each row what `grants_of` needs of the person whose id is in its column `person`: the roles held, and the
    units led. Of rows that are no people, `take_grants` hands it on."""
    held = RoleAssignment.objects.filter(person=OuterRef(person)).values(row=JSONObject(role="role", unit="unit_id"))
    led = Unit.objects.filter(Q(leader=OuterRef(person)) | Q(deputy=OuterRef(person)))
    return rows.annotate(  # type: ignore[return-value]
        roles_held=ArraySubquery(held), units_led=ArraySubquery(led.values(row=JSONObject(unit="pk", kind="kind")))
    )


def take_grants(person: Person, row: Any) -> None:
    """Put with the person what `with_grants` read beside another row: a key or a token that is theirs."""
    person.roles_held, person.units_led = row.roles_held, row.units_led  # type: ignore[attr-defined]


def _read_grants(person: Person) -> Grants:
    if not person.is_active:
        return NOTHING
    known: Any = person if hasattr(person, "roles_held") else with_grants(Person.objects.filter(pk=person.pk)).get()
    everywhere: set[Permission] = set()
    in_units: dict[int, set[Permission]] = defaultdict(set)
    roles: set[Role] = set()
    for held in known.roles_held:
        role = Role(held["role"])
        roles.add(role)
        if role is Role.MAYORS_OFFICE:
            if (office := mayors_office()) is not None:
                in_units[office.pk] |= ROLES[role].permissions
        elif held["unit"] is not None:
            in_units[held["unit"]] |= ROLES[role].permissions
        else:
            everywhere |= ROLES[role].permissions
    led = [(unit["unit"], unit["kind"]) for unit in known.units_led]
    if led:
        roles.add(Role.UNIT_LEADER)
        sectors = [pk for pk, kind in led if kind == Unit.Kind.SECTOR]
        below = descendants(sectors) if sectors else []
        for pk in [*(pk for pk, _kind in led), *below]:
            in_units[pk] |= ROLES[Role.UNIT_LEADER].permissions
        for pk, kind in led:
            if kind == Unit.Kind.MAYORS_OFFICE:
                in_units[pk] |= ROLES[Role.MAYORS_OFFICE].permissions
    return Grants(frozenset(everywhere), {k: frozenset(v) for k, v in in_units.items()}, frozenset(roles))


def descendants(unit_ids: Iterable[int], units: Iterable[Unit] | None = None) -> list[int]:
    """Return the ids of all units below `unit_ids`, whatever the depth, looked for among `units` where all have been read
    already, else in one query: a municipality has few units."""
    if units is None:
        pairs: Iterable[tuple[int, int | None]] = Unit.objects.values_list("pk", "parent_id")
    else:
        pairs = ((unit.pk, unit.parent_id) for unit in units)
    children: dict[int | None, list[int]] = defaultdict(list)
    for pk, parent in pairs:
        children[parent].append(pk)
    found: list[int] = []
    queue = list(unit_ids)
    while queue:
        for pk in children.pop(queue.pop(), []):
            found.append(pk)
            queue.append(pk)
    return found


def handlers_of(unit: Unit) -> QuerySet[Person]:
    """Return the active people to whom a card of `unit` may be delegated: its handlers, leader and deputy."""
    belongs = Q(role_assignments__unit=unit) | Q(pk__in=[unit.leader_id or 0, unit.deputy_id or 0])
    if unit.kind == Unit.Kind.SERVICE_CENTRE:
        belongs |= Q(role_assignments__role=Role.SERVICE_CENTRE)
    if unit.kind == Unit.Kind.MAYORS_OFFICE:
        belongs |= Q(role_assignments__role=Role.MAYORS_OFFICE)
    return Person.objects.filter(belongs, is_active=True).distinct()


def handlers_by_unit(units: Sequence[Unit]) -> list[tuple[Unit, list[Person]]]:
    """Return for each of these units whom `handlers_of` names (one query)."""
    found: dict[int, list[Person]] = defaultdict(list)
    by_role = {
        Role.SERVICE_CENTRE: [unit.pk for unit in units if unit.kind == Unit.Kind.SERVICE_CENTRE],
        Role.MAYORS_OFFICE: [unit.pk for unit in units if unit.kind == Unit.Kind.MAYORS_OFFICE],
    }
    led: dict[int | None, set[int]] = defaultdict(set)
    for unit in units:
        led[unit.leader_id].add(unit.pk)
        led[unit.deputy_id].add(unit.pk)
    held = _listed(unit.pk for unit in units), ",".join(role for role, pks in by_role.items() if pks)
    for person in _HANDLERS.rows(*held, *held, _listed(pk for pk in led if pk is not None)):
        places = set(led.get(person.pk, ()))
        for one in person.held:  # type: ignore[attr-defined]
            places |= {one["unit"]} if one["unit"] is not None else set(by_role.get(Role(one["role"]), ()))
        for pk in places:
            found[pk].append(person)
    return [(unit, found[unit.pk]) for unit in units if found[unit.pk]]


def people_by_id(ids: Collection[int]) -> dict[int, Person]:
    """Return the people with these ids (one query, none for nobody)."""
    return {person.pk: person for person in _PEOPLE.rows(_listed(ids))} if ids else {}


def _listed(ids: Iterable[int]) -> str:
    return ",".join(map(str, ids))


def _ids_of(listed: str) -> RawSQL:
    """The ids that stand in a text with commas between them: a kept query takes texts."""
    return RawSQL("SELECT unnest(string_to_array(%s, ',')::bigint[])", [listed])


def _handlers(units: str, roles: str, units_again: str, roles_again: str, leading: str) -> QuerySet[Person]:
    def assigned(units: str, roles: str) -> QuerySet[RoleAssignment]:
        named = RawSQL("SELECT unnest(string_to_array(%s, ','))", [roles])
        return RoleAssignment.objects.filter(Q(unit__in=_ids_of(units)) | Q(role__in=named))

    held = assigned(units, roles).filter(person=OuterRef("pk")).values(row=JSONObject(role="role", unit="unit"))
    named = Q(pk__in=assigned(units_again, roles_again).values("person")) | Q(pk__in=_ids_of(leading))
    return Person.objects.filter(named, is_active=True).annotate(held=ArraySubquery(held)).order_by("name_key")


_HANDLERS = KeptQuery(_handlers)
_PEOPLE = KeptQuery(lambda ids: Person.objects.filter(pk__in=_ids_of(ids)))


def active_person(number: str) -> Person | None:
    """Return the active person with this id as a form sends it, or None."""
    if not number.isdecimal() or len(number) > 19 or int(number) >= 2**63:
        return None
    return Person.objects.filter(pk=int(number), is_active=True).first()


def answering_unit_called(text: str) -> Unit | None:
    """Return the open unit with this code or this name, as somebody typed it; None where there is none."""
    if "\x00" in text:
        return None
    return answering_units().filter(Q(code=text) | Q(name__iexact=" ".join(text.split()))).first()


class DemonstrationPerson(NamedTuple):
    """A made-up person and in which roles, as `(role, unit or None)`. One person of each role is the example of it."""

    person: Person
    roles: list[tuple[Role, Unit | None]]
    is_example: bool = False


def demonstration_people() -> list[DemonstrationPerson]:
    """Return the active people and what they are, in the order of the roles (three queries).

    For the sign-in page of a demonstration, where everybody is made up.
    """
    roles: dict[int, list[tuple[Role, Unit | None]]] = defaultdict(list)
    for assignment in RoleAssignment.objects.select_related("unit"):
        roles[assignment.person_id].append((Role(assignment.role), assignment.unit))
    for unit in Unit.objects.filter(leader__isnull=False, closed_on=None):
        if unit.leader_id is not None:
            roles[unit.leader_id].append((Role.UNIT_LEADER, unit))
    order = list(Role)
    people = [
        DemonstrationPerson(person, sorted(roles[person.pk], key=lambda held: order.index(held[0])))
        for person in Person.objects.filter(is_active=True, pk__in=roles)
    ]
    examples: dict[Role, DemonstrationPerson] = {}
    for shown in sorted(people, key=_plainness):
        examples.setdefault(shown.roles[0][0], shown)
    people.sort(key=lambda shown: (order.index(shown.roles[0][0]), shown.person.name_key))
    return [shown._replace(is_example=examples[shown.roles[0][0]] is shown) for shown in people]


def _plainness(shown: DemonstrationPerson) -> tuple[int, bool, int]:
    """The plainest case of a role first: one role, of a unit rather than a sector, the first that was made."""
    unit = shown.roles[0][1]
    return len(shown.roles), unit is not None and unit.kind != Unit.Kind.UNIT, unit.pk if unit else shown.person.pk
