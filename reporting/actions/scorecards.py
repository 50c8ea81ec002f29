"""Make scorecards: their goals, success factors, indicators, and what is asked of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organisation.actions.base import check_row
from organisation.actions.changes import log_changed, log_created, log_removed, values_of
from organisation.errors import Refused
from organisation.models import Person, Unit
from organisation.queries import municipality
from reporting.actions.base import Texts, name_texts, next_position, prose_texts, swap
from reporting.judging import Limits, Range
from reporting.models import Goal, Indicator, Scorecard, ScorecardRow, SuccessFactor, Threshold
from reporting.periods import FIRST_YEAR
from reporting.rules import require_manager
from reporting.scales import bounds, fits
from surveys.keys import key_from
from surveys.questionnaires import text_in


class ScorecardKeyTaken(Refused):
    code = "key_taken"
    field = "key"
    message = _("There is a scorecard with the key «%(key)s» already.")


class ImpossibleLimit(Refused):
    """`field` is the end of the range that is wrong."""

    code = "impossible_limit"


class LimitOutsideScale(ImpossibleLimit):
    message = _("The scale goes from %(low)s to %(high)s.")

    def __init__(self, field: str, scale: str) -> None:
        low, high = bounds(scale)
        super().__init__(low=low, high=high)
        self.field = field


class LimitsTurned(ImpossibleLimit):
    message = _("Write the lower end first: a range goes from the lower to the higher.")

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = field


class LimitYear(ImpossibleLimit):
    field = "since"
    message = _("Write a year with four digits, from %(first)s to %(last)s.")


class LimitYearTwice(ImpossibleLimit):
    field = "since"
    message = _("There are limits from %(year)s already. Take those away first.")


def create_scorecard(
    *, names: Texts, unit: Unit | None = None, years: int = 3, key: str = "", by: Person | None, now: datetime
) -> Scorecard:
    """Make an empty scorecard. Raises NotAllowed, TextMissing, TextTooLong, ScorecardKeyTaken, Unfit."""
    require_manager(by)
    with transaction.atomic():
        words = name_texts(names)
        there = list(Scorecard.objects.all())
        taken = {scorecard.key for scorecard in there} | {"new"}
        key = key.strip() or key_from(text_in(words, municipality().language), taken, otherwise="scorecard")
        if key in taken:
            raise ScorecardKeyTaken(key=key)
        scorecard = Scorecard(key=key, names=words, unit=unit, years=years, position=next_position(there))
        check_row(scorecard)
        scorecard.save(force_insert=True)
        log_created(scorecard, by=by, now=now)
    return scorecard


def change_scorecard(
    scorecard: Scorecard, *, names: Texts, unit: Unit | None, years: int, by: Person | None, now: datetime
) -> Scorecard:
    """Rename a scorecard, or say of whom it is. Its key stays. Raises NotAllowed, TextMissing, TextTooLong, Unfit."""
    require_manager(by)
    with transaction.atomic():
        found = Scorecard.objects.select_for_update().get(pk=scorecard.pk)
        before = values_of(found)
        found.names, found.unit, found.years = name_texts(names), unit, years
        check_row(found)
        found.save()
        log_changed(found, before, by=by, now=now)
    return found


def remove_scorecard(scorecard: Scorecard, *, by: Person | None, now: datetime) -> None:
    """Take a scorecard away. The indicators and their figures stay. Raises NotAllowed."""
    require_manager(by)
    with transaction.atomic():
        log_removed(scorecard, by=by, now=now)
        Scorecard.objects.filter(pk=scorecard.pk).delete()


def add_goal(scorecard: Scorecard, *, texts: Texts, perspective: str, by: Person | None, now: datetime) -> Goal:
    """Add a main goal, the last. Raises NotAllowed, TextMissing, TextTooLong, Unfit."""
    require_manager(by)
    with transaction.atomic():
        Scorecard.objects.select_for_update().get(pk=scorecard.pk)
        goal = Goal(
            scorecard=scorecard,
            perspective=perspective,
            texts=name_texts(texts, "text"),
            position=next_position(list(scorecard.goals.all())),
        )
        check_row(goal)
        goal.save(force_insert=True)
        log_created(goal, by=by, now=now)
    return goal


def change_goal(goal: Goal, *, texts: Texts, perspective: str, by: Person | None, now: datetime) -> None:
    """Raises NotAllowed, TextMissing, TextTooLong, Unfit."""
    require_manager(by)
    with transaction.atomic():
        found = Goal.objects.select_for_update().get(pk=goal.pk)
        before = values_of(found)
        found.texts, found.perspective = name_texts(texts, "text"), perspective
        check_row(found)
        found.save()
        log_changed(found, before, by=by, now=now)


def add_factor(goal: Goal, *, texts: Texts, by: Person | None, now: datetime) -> SuccessFactor:
    """Add a success factor under a goal, the last. Raises NotAllowed, TextMissing, TextTooLong."""
    require_manager(by)
    with transaction.atomic():
        Goal.objects.select_for_update().get(pk=goal.pk)
        factor = SuccessFactor(
            goal=goal, texts=name_texts(texts, "text"), position=next_position(list(goal.factors.all()))
        )
        factor.save(force_insert=True)
        log_created(factor, by=by, now=now)
    return factor


def change_factor(factor: SuccessFactor, *, texts: Texts, by: Person | None, now: datetime) -> None:
    """Raises NotAllowed, TextMissing, TextTooLong."""
    require_manager(by)
    with transaction.atomic():
        found = SuccessFactor.objects.select_for_update().get(pk=factor.pk)
        before = values_of(found)
        found.texts = name_texts(texts, "text")
        found.save()
        log_changed(found, before, by=by, now=now)


def add_row(
    factor: SuccessFactor,
    *,
    indicator: Indicator,
    note: Texts | None = None,
    limits: Limits | None = None,
    by: Person | None,
    now: datetime,
) -> ScorecardRow:
    """Put an indicator under a success factor, the last, with what is asked of it.

    Raises NotAllowed, TextTooLong, ImpossibleLimit, Unfit.
    """
    require_manager(by)
    with transaction.atomic():
        SuccessFactor.objects.select_for_update().get(pk=factor.pk)
        row = ScorecardRow(
            factor=factor,
            indicator=indicator,
            note=prose_texts(note, "note"),
            position=next_position(list(factor.rows.all())),
        )
        check_row(row)
        row.save(force_insert=True)
        log_created(row, by=by, now=now)
        if limits is not None:
            set_limits(row, limits, by=by, now=now)
    return row


def change_row(row: ScorecardRow, *, note: Texts, by: Person | None, now: datetime) -> None:
    """Change what stands beside an indicator. Raises NotAllowed, TextTooLong."""
    require_manager(by)
    with transaction.atomic():
        found = ScorecardRow.objects.select_for_update().get(pk=row.pk)
        before = values_of(found)
        found.note = prose_texts(note, "note")
        found.save()
        log_changed(found, before, by=by, now=now)


def set_limits(row: ScorecardRow, limits: Limits, *, by: Person | None, now: datetime) -> Threshold:
    """Say what is asked of a row's result from a year on. Earlier years keep what was asked of them.

    Raises NotAllowed, ImpossibleLimit (LimitYear, LimitYearTwice, LimitOutsideScale, LimitsTurned).
    """
    require_manager(by)
    last = now.year + 10
    if not FIRST_YEAR <= limits.since <= last:
        raise LimitYear(first=FIRST_YEAR, last=last)
    scale = row.indicator.scale
    _check_range(limits.desired, "desired", scale)
    if limits.acceptable is not None:
        _check_range(limits.acceptable, "acceptable", scale)
    with transaction.atomic():
        ScorecardRow.objects.select_for_update().get(pk=row.pk)
        if row.thresholds.filter(since=limits.since).exists():
            raise LimitYearTwice(year=limits.since)
        threshold = Threshold(
            row=row,
            since=limits.since,
            desired_low=limits.desired.low,
            desired_high=limits.desired.high,
            acceptable_low=limits.acceptable.low if limits.acceptable else None,
            acceptable_high=limits.acceptable.high if limits.acceptable else None,
        )
        threshold.save(force_insert=True)
        log_created(threshold, by=by, now=now)
    return threshold


def _check_range(asked: Range, name: str, scale: str) -> None:
    for end, value in (("low", asked.low), ("high", asked.high)):
        if not fits(value, scale):
            raise LimitOutsideScale(f"{name}_{end}", scale)
    if asked.low > asked.high:
        raise LimitsTurned(f"{name}_low")


Part = Goal | SuccessFactor | ScorecardRow | Threshold


def remove_part(part: Part, *, by: Person | None, now: datetime) -> None:
    """Take a goal, a factor, a row or limits away, with what lies below. Figures stay. Raises NotAllowed."""
    require_manager(by)
    with transaction.atomic():
        log_removed(part, by=by, now=now)
        part.delete()


def move_part(part: Goal | SuccessFactor | ScorecardRow, *, up: bool, by: Person | None, now: datetime) -> None:
    """Let a part change places with its neighbour under the same parent. Raises NotAllowed."""
    require_manager(by)
    with transaction.atomic():
        neighbours: Sequence[Goal | SuccessFactor | ScorecardRow]
        if isinstance(part, Goal):
            Scorecard.objects.select_for_update().get(pk=part.scorecard_id)
            neighbours = list(Goal.objects.filter(scorecard=part.scorecard_id))
        elif isinstance(part, SuccessFactor):
            Goal.objects.select_for_update().get(pk=part.goal_id)
            neighbours = list(SuccessFactor.objects.filter(goal=part.goal_id))
        else:
            SuccessFactor.objects.select_for_update().get(pk=part.factor_id)
            neighbours = list(ScorecardRow.objects.filter(factor=part.factor_id))
        swap(neighbours, part.pk, up=up, by=by, now=now)
