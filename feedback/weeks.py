"""Reads on one week's overdue lists for those who run them: who was told, and what changed since the lists before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet

from feedback.models import Escalation, ListNotice, OverdueEntry, OverdueList, OverdueRun
from feedback.queries import with_sight
from feedback.rules import visible_lists
from organisation.models import OutgoingMail, Person, Unit

# --- Who was told ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """One mail of a list or an escalation. `status` is one of `OutgoingMail.Status`, empty where the mail's row has gone
    after its 90 days; `person` is None where it went to an address of a unit's or where the account is no more."""

    person: Person | None
    address: str
    told_at: datetime
    sent_by: Person | None
    status: str
    sent_at: datetime | None

    @property
    def failed(self) -> bool:
        return self.status == OutgoingMail.Status.FAILED

    @property
    def waits(self) -> bool:
        return self.status in (OutgoingMail.Status.QUEUED, OutgoingMail.Status.SENDING)


def told_of_lists(lists: Iterable[OverdueList]) -> dict[int, list[Told]]:
    """Return who was told of each list, by its id, the first mail first (two queries)."""
    return _told(ListNotice.objects.filter(overdue_list__in=list(lists)), "overdue_list_id")


def told_of_escalations(escalations: Iterable[Escalation]) -> dict[int, list[Told]]:
    """Return who was told of each escalation, by its id (two queries)."""
    return _told(ListNotice.objects.filter(escalation__in=list(escalations)), "escalation_id")


def _told(notices: QuerySet[ListNotice], of: str) -> dict[int, list[Told]]:
    rows = list(notices.select_related("person", "sent_by"))
    keys = [notice.dedupe_key for notice in rows]
    mails = {mail.dedupe_key: mail for mail in OutgoingMail.objects.filter(dedupe_key__in=keys).defer("text", "html")}
    found: dict[int, list[Told]] = defaultdict(list)
    for notice in rows:
        mail = mails.get(notice.dedupe_key)
        found[getattr(notice, of)].append(
            Told(
                person=notice.person,
                address=mail.to if mail else "",
                told_at=notice.told_at,
                sent_by=notice.sent_by,
                status=mail.status if mail else "",
                sent_at=mail.sent_at if mail else None,
            )
        )
    return found


# --- What changed since the lists before ----------------------------------------------------------------------------


@dataclass
class UnitChange:
    """One unit's entries of two weeks' lists beside each other.

    `moved_here` were on another unit's list the time before; `moved_away` were on this unit's and are on another's now.
    `off` are on no list any more: answered, or given a new deadline. `off_solved` of them are completed.
    """

    unit: Unit
    new: list[OverdueEntry] = field(default_factory=list)
    still: list[OverdueEntry] = field(default_factory=list)
    moved_here: list[OverdueEntry] = field(default_factory=list)
    moved_away: list[OverdueEntry] = field(default_factory=list)
    off: list[OverdueEntry] = field(default_factory=list)

    @property
    def now(self) -> int:
        return len(self.new) + len(self.still) + len(self.moved_here)

    @property
    def before(self) -> int:
        return len(self.still) + len(self.moved_away) + len(self.off)


@dataclass(frozen=True)
class Changes:
    """What changed from the lists of `since` to those of the week, by unit in the alphabet's order."""

    since: OverdueRun
    units: Sequence[UnitChange]

    def total(self, name: str) -> int:
        return sum(len(getattr(change, name)) for change in self.units)

    @property
    def new(self) -> int:
        return self.total("new")

    @property
    def still(self) -> int:
        return self.total("still")

    @property
    def moved(self) -> int:
        return self.total("moved_here")

    @property
    def off(self) -> int:
        return self.total("off")


def run_before(run: OverdueRun) -> OverdueRun | None:
    """Return the latest run of an earlier week, or None for the first."""
    earlier = Q(iso_year__lt=run.iso_year) | Q(iso_year=run.iso_year, iso_week__lt=run.iso_week)
    return OverdueRun.objects.filter(earlier).order_by("-iso_year", "-iso_week").first()


def is_latest(run: OverdueRun) -> bool:
    """Whether no later week has lists."""
    later = Q(iso_year__gt=run.iso_year) | Q(iso_year=run.iso_year, iso_week__gt=run.iso_week)
    return not OverdueRun.objects.filter(later).exists()


def changes_since(run: OverdueRun, person: Person) -> Changes | None:
    """Return what changed on the lists that `person` may see since the run before `run`; None for the first of all.

    A card is the same on both lists where its cycle is: one that was reopened begins anew. Three queries.
    """
    before = run_before(run)
    if before is None:
        return None
    now_listed = {(entry.card_id, entry.cycle): entry for entry in _entries(run, person)}
    then_listed = {(entry.card_id, entry.cycle): entry for entry in _entries(before, person)}
    units: dict[int, UnitChange] = {}

    def of(entry: OverdueEntry) -> UnitChange:
        unit = entry.overdue_list.unit
        return units.setdefault(unit.pk, UnitChange(unit))

    for key, entry in now_listed.items():
        then = then_listed.get(key)
        if then is None:
            of(entry).new.append(entry)
        elif then.overdue_list.unit_id == entry.overdue_list.unit_id:
            of(entry).still.append(entry)
        else:
            of(entry).moved_here.append(entry)
            of(then).moved_away.append(then)
    for key, entry in then_listed.items():
        if key not in now_listed:
            of(entry).off.append(entry)
    return Changes(before, sorted(units.values(), key=lambda change: change.unit.name_key))


def _entries(run: OverdueRun, person: Person) -> QuerySet[OverdueEntry]:
    lists = OverdueList.objects.filter(visible_lists(person), run=run)
    entries = OverdueEntry.objects.filter(overdue_list__in=lists)
    return with_sight(entries, person).select_related("overdue_list__unit", "card__unit").order_by("due_on", "id")
