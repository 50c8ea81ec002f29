"""A scorecard with its results, as page, command, file and document all show it. Assembled once, rounded once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from organisation.models import Unit
from reporting.judging import Change, Limits, Measured, Status, change_since_last, judge, limits_in
from reporting.models import Goal, Indicator, Scorecard, ScorecardRow, Value
from reporting.queries import goals_of, latest_counting, values_by_year
from reporting.scales import Scale, Standing
from surveys.questionnaires import text_in


@dataclass(frozen=True)
class Cell:
    """One year's result. `value` is rounded as it is shown; `standing` is empty where nobody has written one.

    `so_far` is the last day that is counted, of a year that is not over: of a number that grows with the days it is not
    judged then.
    """

    year: int
    standing: str = ""
    value: Decimal | None = None
    n: int | None = None
    so_far: date | None = None
    status: Status | None = None

    @property
    def is_measured(self) -> bool:
        return self.standing == Standing.MEASURED

    def is_growing(self, indicator: Indicator) -> bool:
        """Whether it is a number that grows with the days of a year that is not over: no year's figure yet."""
        return self.so_far is not None and indicator.scale in (Scale.COUNT, Scale.PER_INHABITANT)


@dataclass(frozen=True)
class Line:
    """One indicator of a scorecard. `limits` are those of the last year shown, `status` that of the latest result shown."""

    row: ScorecardRow
    indicator: Indicator
    name: str
    note: str
    limits: Limits | None
    cells: tuple[Cell, ...]
    change: Change | None

    @property
    def status(self) -> Status | None:
        return next((cell.status for cell in reversed(self.cells) if cell.is_measured), None)


@dataclass(frozen=True)
class Factor:
    text: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class GoalPart:
    goal: Goal
    text: str
    factors: tuple[Factor, ...]


@dataclass(frozen=True)
class Table:
    """`place` is None for the whole municipality. `counted_at` is when figures were computed last."""

    scorecard: Scorecard
    name: str
    place: Unit | None
    years: tuple[int, ...]
    goals: tuple[GoalPart, ...]
    counted_at: datetime | None

    def lines(self) -> list[Line]:
        return [line for goal in self.goals for factor in goal.factors for line in factor.lines]

    @property
    def so_far(self) -> date | None:
        """The last day that is counted in a year that is not over; None where all that is shown is done."""
        return max((cell.so_far for line in self.lines() for cell in line.cells if cell.so_far), default=None)

    def tally(self) -> dict[Status, int]:
        """How many indicators have which status."""
        found = [line.status for line in self.lines()]
        return {status: found.count(status) for status in Status if status in found}

    def as_json(self) -> dict[str, Any]:
        return {
            "scorecard": self.scorecard.key,
            "name": self.name,
            "unit": self.place.code if self.place else None,
            "years": list(self.years),
            "counted_at": self.counted_at.isoformat() if self.counted_at else None,
            "goals": [
                {
                    "perspective": goal.goal.perspective,
                    "main_goal": goal.text,
                    "rows": [_line_json(factor.text, line) for factor in goal.factors for line in factor.lines],
                }
                for goal in self.goals
            ],
        }


def years_until(last: int, how_many: int) -> tuple[int, ...]:
    return tuple(range(last - how_many + 1, last + 1))


def table_of(scorecard: Scorecard, *, place: Unit | None, years: Sequence[int], language: str) -> Table:
    """Return the scorecard's table for a place and for `years` (rising), in `language`. Six queries, however long it is."""
    goals = goals_of(scorecard)
    rows = [row for goal in goals for factor in goal.factors.all() for row in factor.rows.all()]
    values = values_by_year([row.indicator_id for row in rows], place.pk if place else None)
    return Table(
        scorecard=scorecard,
        name=scorecard.name_in(language),
        place=place,
        years=tuple(years),
        goals=tuple(
            GoalPart(
                goal,
                text_in(goal.texts, language),
                tuple(
                    Factor(
                        text_in(factor.texts, language),
                        tuple(
                            _line(row, values.get(row.indicator_id, {}), years, language) for row in factor.rows.all()
                        ),
                    )
                    for factor in goal.factors.all()
                ),
            )
            for goal in goals
        ),
        counted_at=latest_counting(),
    )


def _line(row: ScorecardRow, values: Mapping[int, Value], years: Sequence[int], language: str) -> Line:
    indicator = row.indicator
    limits = [threshold.limits for threshold in row.thresholds.all()]
    known = {year: cell_of(value, indicator, limits) for year, value in values.items() if year <= years[-1]}
    return Line(
        row=row,
        indicator=indicator,
        name=indicator.name_in(language),
        note=text_in(row.note, language),
        limits=limits_in(years[-1], limits) or (min(limits, key=lambda each: each.since) if limits else None),
        cells=tuple(known.get(year, Cell(year)) for year in years),
        change=change_of(known.values(), indicator),
    )


def cell_of(value: Value, indicator: Indicator, limits: Sequence[Limits] = ()) -> Cell:
    """Return a year's value as it is shown, with how it stands against what was asked that year."""
    shown = value.shown(indicator.decimals)
    asked = limits_in(value.year, limits)
    grows = value.counted_through is not None and indicator.scale in (Scale.COUNT, Scale.PER_INHABITANT)
    return Cell(
        year=value.year,
        standing=value.standing,
        value=shown,
        n=value.n,
        so_far=value.counted_through,
        status=judge(shown, asked) if shown is not None and asked is not None and not grows else None,
    )


def change_of(cells: Any, indicator: Indicator) -> Change | None:
    """Return the change since the result before the latest. A number that still grows is not held against a whole year."""
    return change_since_last(
        [Measured(cell.year, cell.value) for cell in cells if not cell.is_growing(indicator)], indicator.direction
    )


def _line_json(factor: str, line: Line) -> dict[str, Any]:
    limits, change = line.limits, line.change
    return {
        "success_factor": factor,
        "indicator": line.name,
        "key": line.indicator.key,
        "scale": line.indicator.scale,
        "direction": line.indicator.direction,
        "desired": [float(end) for end in limits.desired] if limits else None,
        "acceptable": [float(end) for end in limits.acceptable] if limits and limits.acceptable else None,
        "results": {str(cell.year): None if cell.value is None else float(cell.value) for cell in line.cells},
        "standings": {str(cell.year): cell.standing or None for cell in line.cells},
        "statuses": {str(cell.year): cell.status for cell in line.cells},
        "n": {str(cell.year): cell.n for cell in line.cells},
        "so_far": {str(cell.year): cell.so_far.isoformat() for cell in line.cells if cell.so_far},
        "change": None
        if change is None
        else {"amount": float(change.amount), "since": change.since, "until": change.until, "turn": change.turn},
        "status": line.status,
        "note": line.note,
    }
