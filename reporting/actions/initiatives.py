"""Plan what is done about a weak result, put a plan right, and write down how it goes."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.actions.intake import TooLong
from feedback.actions.storing import Upload, delete_file_on_commit, fill_from_upload
from organisation.actions.base import check_row
from organisation.errors import NotAllowed, Refused
from organisation.models import Person, Unit
from organisation.queries import handlers_of
from reporting.models import (
    Indicator,
    Initiative,
    InitiativeEvent,
    InitiativeEvidence,
    InitiativeNote,
    MeetingInput,
    Theme,
)
from reporting.periods import FIRST_YEAR
from reporting.plans import FOLLOWS, LONGEST_PLAN, Status
from reporting.rules import may_plan, require_follower, require_planner
from reporting.scales import bounds, fits

What = InitiativeEvent.What


class TitleMissing(Refused):
    code = "title_missing"
    field = "title"
    message = _("Write in a few words what shall be done.")


class UnitClosed(Refused):
    code = "unit_closed"
    field = "unit"
    message = _("«%(unit)s» is closed. Choose the unit that answers today.")


class PersonOutsideUnit(Refused):
    code = "person_outside_unit"
    field = "person"
    message = _("%(person)s does not work in %(unit)s. Choose somebody who does, or its leader.")


class TargetWithoutIndicator(Refused):
    code = "target_without_indicator"
    field = "indicator"
    message = _("Choose the indicator that the target is of.")


class TargetOutside(Refused):
    code = "target_outside"
    field = "target"
    message = _("The scale goes from %(low)s to %(high)s. %(value)s is outside it.")


class TargetYear(Refused):
    code = "target_year"
    field = "target_year"
    message = _("Write a year from %(first)s to %(last)s.")


class BudgetYear(Refused):
    code = "budget_year"
    field = "budget_year"
    message = _("Write a year from %(first)s to %(last)s.")


class DeadlineBehind(Refused):
    code = "deadline_behind"
    field = "due_on"
    message = _("The deadline has passed already. Choose a day from today on.")


class NothingWritten(Refused):
    code = "nothing_written"
    field = "text"
    message = _("Write a few words, or choose a new status or deadline.")


class ReasonMissing(Refused):
    code = "reason_missing"
    field = "text"
    message = _("Write why the action is dropped.")


class CannotFollow(Refused):
    code = "cannot_follow"
    field = "status"
    message = _("What is «%(before)s» does not become «%(after)s». Somebody may have changed it meanwhile.")


class DayAhead(Refused):
    code = "day_ahead"
    field = "on"
    message = _("That day has not come yet.")


class EndsBeforeStart(Refused):
    code = "ends_before_start"
    field = "on"
    message = _("The action began on %(day)s. It cannot have ended before that.")


class NoEvidence(Refused):
    code = "no_evidence"
    field = "evidence"
    message = _("Write what shows it, give a link, or choose a file.")


class InputHasAction(Refused):
    code = "input_has_action"
    message = _("An action has come of this input already.")


@dataclass(frozen=True)
class Plan:
    """One action as it is planned. Without `target_year` a target is for the year of the deadline."""

    title: str
    unit: Unit
    due_on: date
    what: str = ""
    theme: Theme | None = None
    indicator: Indicator | None = None
    target: Decimal | None = None
    target_year: int | None = None
    place: Unit | None = None
    person: Person | None = None
    budget_year: int | None = None
    budget_amount: int | None = None
    budget_note: str = ""
    origin: str = ""
    source: str = ""


FIELDS = tuple(field.name for field in fields(Plan))


def plan_initiative(
    plan: Plan, *, by: Person | None, now: datetime, today: date, meeting_input: MeetingInput | None = None
) -> Initiative:
    """Plan an action; with `meeting_input` it is what came of that input. `today` is the local day.

    Raises NotAllowed, TitleMissing, UnitClosed, PersonOutsideUnit, BudgetYear, TargetWithoutIndicator, TargetOutside,
    TargetYear, DeadlineBehind, InputHasAction, TooLong, Unfit.
    """
    require_planner(by, plan.unit.pk)
    _check(plan, today)
    if plan.due_on < today:
        raise DeadlineBehind
    with transaction.atomic():
        initiative = _filled(Initiative(made_on=today, made_by=by), plan)
        check_row(initiative)
        initiative.save(force_insert=True)
        _write(initiative, What.PLANNED, by=by, now=now, to_value=plan.unit.code)
        if meeting_input is not None:
            # Only one becomes it: two who press at once meet each other's row.
            free = MeetingInput.objects.filter(pk=meeting_input.pk, initiative=None)
            if not free.update(initiative=initiative):
                raise InputHasAction
    return initiative


def change_initiative(
    initiative: Initiative, plan: Plan, *, by: Person | None, now: datetime, today: date
) -> Initiative:
    """Put a plan right. A deadline that is moved is an event of its own. Raises as `plan_initiative`.

    Whoever moves an action to another unit plans in both.
    """
    require_planner(by, initiative.unit_id)
    require_planner(by, plan.unit.pk)
    _check(plan, today, unit_was=initiative.unit_id, person_was=initiative.person_id)
    with transaction.atomic():
        locked = Initiative.objects.select_for_update().get(pk=initiative.pk)
        require_planner(by, locked.unit_id)
        before = _values(locked)
        due_was = locked.due_on
        _filled(locked, plan)
        if locked.due_on != due_was and locked.due_on < today:
            raise DeadlineBehind
        check_row(locked)
        locked.save()
        if locked.due_on != due_was:
            _write(locked, What.DEADLINE, by=by, now=now, from_value=str(due_was), to_value=str(locked.due_on))
        after = _values(locked)
        changed = [name for name in after if after[name] != before[name] and name != "due_on"]
        if changed:
            _write(locked, What.CHANGED, by=by, now=now, fields=changed)
    return locked


@dataclass(frozen=True)
class Said:
    """What a follow-up says. `on` is the local day that it is about, today if not given; `status` and `due_on` are set
    where they change."""

    text: str = ""
    status: str = ""
    due_on: date | None = None
    on: date | None = None


def follow_up(initiative: Initiative, said: Said, *, by: Person | None, now: datetime, today: date) -> Initiative:
    """Write how an action goes, and with that a new status or deadline. A dropped one says why.

    Raises NotAllowed, NothingWritten, ReasonMissing, CannotFollow, DayAhead, EndsBeforeStart, DeadlineBehind, TooLong.
    """
    text, on = said.text.replace("\x00", "").strip(), said.on or today
    if on > today:
        raise DayAhead
    _check_length("text", text, InitiativeNote)
    with transaction.atomic():
        locked = Initiative.objects.select_for_update().get(pk=initiative.pk)
        require_follower(by, locked)
        status = said.status if said.status != locked.status else ""
        due_on = said.due_on if said.due_on != locked.due_on else None
        if not (text or status or due_on):
            raise NothingWritten
        if status:
            _become(locked, status, on, text, by=by, now=now)
        if due_on is not None:
            if due_on < today:
                raise DeadlineBehind
            _write(locked, What.DEADLINE, by=by, now=now, from_value=str(locked.due_on), to_value=str(due_on))
            locked.due_on = due_on
        check_row(locked)
        locked.save()
        if text:
            event = _write(locked, What.FOLLOWED_UP, by=by, now=now)
            InitiativeNote.objects.create(event=event, on=on, text=text)
    return locked


def _become(locked: Initiative, status: str, on: date, text: str, *, by: Person | None, now: datetime) -> None:
    before = Status(locked.status)
    if status not in FOLLOWS[before]:
        raise CannotFollow(before=before.label, after=Status(status).label if status in Status.values else status)
    if status == Status.DROPPED and not text:
        raise ReasonMissing
    if status == Status.PLANNED:
        locked.started_on = locked.ended_on = None
    elif status == Status.UNDER_WAY:
        locked.started_on, locked.ended_on = locked.started_on or on, None
    else:
        if locked.started_on is not None and on < locked.started_on:
            raise EndsBeforeStart(day=locked.started_on.isoformat())
        if status == Status.DONE:
            locked.started_on = locked.started_on or on
        locked.ended_on = on
    locked.status = status
    _write(locked, What.STATUS, by=by, now=now, from_value=before, to_value=status)


def take_note_away(initiative: Initiative, event: int, *, by: Person | None, now: datetime) -> None:
    """Take what was written at a follow-up away; that there was one stays. For who planned it, and who wrote it.

    Nothing happens where it is gone already. Raises NotAllowed.
    """
    with transaction.atomic():
        note = (
            InitiativeNote.objects.select_for_update(of=("self",))
            .select_related("event")
            .filter(event__initiative=initiative, event=event)
            .first()
        )
        if by is not None and not may_plan(by, initiative.unit_id) and (note is None or note.event.by_id != by.pk):
            raise NotAllowed
        if note is not None:
            note.delete()
            _write(initiative, What.CHANGED, by=by, now=now, fields=["note"])


def add_evidence(
    initiative: Initiative, *, text: str, url: str, upload: Upload | None = None, by: Person | None, now: datetime
) -> InitiativeEvidence:
    """Write down what shows that something was done. Raises NotAllowed, NoEvidence, Unfit."""
    require_follower(by, initiative)
    if not (text := " ".join(text.replace("\x00", "").split())) and not url and upload is None:
        raise NoEvidence
    with transaction.atomic():
        evidence = InitiativeEvidence(initiative=initiative, text=text, url=url, added_at=now, added_by=by)
        if upload is not None:
            fill_from_upload(evidence, upload, called=initiative.reference)
        check_row(evidence)
        evidence.save(force_insert=True)
        _write(initiative, What.EVIDENCE, by=by, now=now, to_value=str(evidence.pk))
    return evidence


def take_evidence_away(initiative: Initiative, pk: int, *, by: Person | None, now: datetime) -> None:
    """Take one piece of evidence away. Nothing happens where it is gone already. Raises NotAllowed."""
    require_follower(by, initiative)
    with transaction.atomic():
        found = InitiativeEvidence.objects.select_for_update().filter(initiative=initiative, pk=pk).first()
        if found is not None:
            delete_file_on_commit(found)
            found.delete()
            _write(initiative, What.CHANGED, by=by, now=now, fields=["evidence"])


def _check(plan: Plan, today: date, *, unit_was: int | None = None, person_was: int | None = None) -> None:
    """Refuse what cannot be planned. Who and where it was before may stay, though they would not be chosen today."""
    if not plan.title.strip():
        raise TitleMissing
    for name in ("what", "budget_note"):
        _check_length(name, getattr(plan, name), Initiative)
    if plan.unit.closed_on is not None and plan.unit.pk != unit_was:
        raise UnitClosed(unit=plan.unit.name)
    person = plan.person
    stays = person is not None and (plan.unit.pk, person.pk) == (unit_was, person_was)
    if person is not None and not stays and not handlers_of(plan.unit).filter(pk=person.pk).exists():
        raise PersonOutsideUnit(person=person.name, unit=plan.unit.name)
    if plan.budget_year is not None and not FIRST_YEAR <= plan.budget_year <= today.year + LONGEST_PLAN:
        raise BudgetYear(first=FIRST_YEAR, last=today.year + LONGEST_PLAN)
    if plan.target is None:
        return
    if plan.indicator is None:
        raise TargetWithoutIndicator
    if not fits(plan.target, plan.indicator.scale):
        low, high = bounds(plan.indicator.scale)
        raise TargetOutside(low=low, high=high, value=plan.target)
    first = min(today.year, plan.due_on.year)
    if not first <= (plan.target_year or plan.due_on.year) <= today.year + LONGEST_PLAN:
        raise TargetYear(first=first, last=today.year + LONGEST_PLAN)


def _check_length(name: str, text: str, model: type[Initiative] | type[InitiativeNote]) -> None:
    """Refuse what is longer than its field, which the database does not look after where it is a long text."""
    longest: int = model._meta.get_field(name).max_length  # type: ignore[union-attr,assignment]
    if len(text) > longest:
        raise TooLong(name, longest)


def _filled(row: Initiative, plan: Plan) -> Initiative:
    for name in FIELDS:
        value = getattr(plan, name)
        setattr(row, name, value.replace("\x00", "").strip() if isinstance(value, str) else value)
    row.title = " ".join(row.title.split())
    row.target_year = None if plan.target is None else plan.target_year or plan.due_on.year
    if plan.indicator is None:
        row.place = None
    return row


def _values(row: Initiative) -> dict[str, Any]:
    return {name: Initiative._meta.get_field(name).value_from_object(row) for name in FIELDS}  # type: ignore[union-attr]


def _write(
    initiative: Initiative,
    what: InitiativeEvent.What,
    *,
    by: Person | None,
    now: datetime,
    from_value: str = "",
    to_value: str = "",
    fields: list[str] | None = None,
) -> InitiativeEvent:
    return InitiativeEvent.objects.create(
        initiative=initiative, what=what, at=now, by=by, from_value=from_value, to_value=to_value, fields=fields or []
    )
