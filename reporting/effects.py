"""The figure before an action and after it. It says what was measured, never that the one came of the other.

A year's figure is from before the action where it was measured, or its year was over, before the action began; all later
ones are from after it began. Where both have a margin of error, a difference that is no greater than the root of the sum of
their squares is no certain one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from organisation.models import Municipality
from reporting.judging import Change, Measured, change_since_last
from reporting.models import Initiative, Value
from reporting.plan_queries import initiatives, values_for
from reporting.plans import Status, currency_of, is_late, is_reached
from reporting.scales import as_shown
from reporting.tables import cell_of


class Stage(StrEnum):
    """What the figure after is: all of it from after the end, or not (yet)."""

    NOT_BEGUN = "not_begun"
    NOT_SINCE = "not_measured_since"
    SO_FAR = "so_far"
    AFTER = "after"


@dataclass(frozen=True)
class Figure:
    """A year's figure as everybody sees it, rounded."""

    year: int
    value: Decimal
    n: int | None
    margin: Decimal | None

    def as_json(self) -> dict[str, Any]:
        return {
            "year": self.year,
            "value": float(self.value),
            "n": self.n,
            "margin": None if self.margin is None else float(self.margin),
        }


@dataclass(frozen=True)
class Effect:
    """`certain` is None where no margin is known; `reached` where there is no target or nothing after. `figures` are all
    years that are measured, by time."""

    stage: Stage
    before: Figure | None
    after: Figure | None
    change: Change | None
    certain: bool | None
    target: Decimal | None
    target_year: int | None
    reached: bool | None
    figures: tuple[Figure, ...] = ()

    def as_json(self) -> dict[str, Any]:
        change = self.change
        return {
            "stage": self.stage,
            "before": self.before.as_json() if self.before else None,
            "after": self.after.as_json() if self.after else None,
            "change": None
            if change is None
            else {"amount": float(change.amount), "since": change.since, "until": change.until, "turn": change.turn},
            "certain": self.certain,
            "target": None if self.target is None else float(self.target),
            "target_year": self.target_year,
            "reached": self.reached,
        }


def effect_of(initiative: Initiative, values: Sequence[Value]) -> Effect | None:
    """Return an action's effect by the standing figures of years of its indicator and place; None without an indicator."""
    indicator = initiative.indicator
    if indicator is None:
        return None
    known = []
    for value in sorted(values, key=lambda each: each.year):
        cell = cell_of(value, indicator)
        if cell.value is not None and not cell.is_growing(indicator):
            known.append((value, Figure(cell.year, cell.value, value.n, value.margin)))
    began, ended = initiative.started_on, initiative.ended_on
    earlier = [figure for value, figure in known if began is None or _is_before(value, began)]
    later = [(value, figure) for value, figure in known if began is not None and not _is_before(value, began)]
    before = earlier[-1] if earlier else None
    after = later[-1][1] if later else None
    stage = Stage.NOT_BEGUN if began is None else Stage.NOT_SINCE
    if later:
        is_after = ended is not None and _is_after(later[-1][0], ended)
        stage = Stage.AFTER if is_after else Stage.SO_FAR
    target = None if initiative.target is None else as_shown(initiative.target, indicator.decimals)
    return Effect(
        stage=stage,
        before=before,
        after=after,
        change=change_since_last(
            [Measured(each.year, each.value) for each in (before, after) if each is not None], indicator.direction
        ),
        certain=_is_certain(before, after),
        target=target,
        target_year=initiative.target_year,
        reached=None
        if target is None or after is None
        else is_reached(after.value, target, indicator.direction, before.value if before else None),
        figures=tuple(figure for _value, figure in known),
    )


def _is_before(value: Value, began: date) -> bool:
    return (value.measured_on or value.period.last) < began


def _is_after(value: Value, ended: date) -> bool:
    return (value.measured_on or value.period.first) > ended


def _is_certain(before: Figure | None, after: Figure | None) -> bool | None:
    if before is None or after is None or before.margin is None or after.margin is None:
        return None
    return (after.value - before.value) ** 2 > before.margin**2 + after.margin**2


@dataclass(frozen=True)
class Line:
    """One action with its effect, for lists and reports."""

    initiative: Initiative
    effect: Effect | None
    late: bool

    def as_json(self, currency: str) -> dict[str, Any]:
        row = self.initiative
        return {
            "reference": row.reference,
            "title": row.title,
            "what": row.what,
            "status": row.status,
            "late": self.late,
            "theme": row.theme.key if row.theme else None,
            "origin": row.origin or None,
            "source": row.source,
            "unit": row.unit.code,
            "indicator": row.indicator.key if row.indicator else None,
            "place": row.place.code if row.place else None,
            "planned_on": row.made_on.isoformat(),
            "due_on": row.due_on.isoformat(),
            "started_on": row.started_on.isoformat() if row.started_on else None,
            "ended_on": row.ended_on.isoformat() if row.ended_on else None,
            "budget": {
                "year": row.budget_year, "amount": row.budget_amount, "currency": currency, "note": row.budget_note,
            },
            "effect": self.effect.as_json() if self.effect else None,
        }  # fmt: skip


@dataclass(frozen=True)
class ActionPlan:
    """All actions as they stand on a local day, in the list's order."""

    lines: tuple[Line, ...]
    today: date
    currency: str

    def tally(self) -> dict[str, int]:
        """How many actions have which status, and how many are late."""
        found = {str(status): sum(line.initiative.status == status for line in self.lines) for status in Status}
        return found | {"late": sum(line.late for line in self.lines)}

    def as_json(self) -> dict[str, Any]:
        return {
            "as_of": self.today.isoformat(),
            "currency": self.currency,
            "tally": self.tally(),
            "actions": [line.as_json(self.currency) for line in self.lines],
        }


def lines_of(found: Iterable[Initiative], today: date) -> list[Line]:
    """Return a line for each, in the order given (one query for the figures of all)."""
    rows = list(found)
    values = values_for(rows)
    return [
        Line(
            row,
            effect_of(row, values.get((row.indicator_id, row.place_id), ())) if row.indicator_id is not None else None,
            is_late(row.status, row.due_on, today),
        )
        for row in rows
    ]


def action_plan(house: Municipality, today: date) -> ActionPlan:
    """Return the whole municipality's actions with their effect (two queries). No person is named in it."""
    return ActionPlan(tuple(lines_of(initiatives(), today)), today, currency_of(house.country))
