"""The same weakness from several sides: each theme with what surveys, assessments, indicators and cards say of it.

Assembled once, as page, command and reports show it. The rules are in `reporting/weakness.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from feedback.queries import all_categories
from reporting.assessment_pages import assessments
from reporting.assessment_versions import versions
from reporting.card_themes import ByCategory
from reporting.judging import Change, Limits, Status
from reporting.models import Assessment, Indicator, Theme, ThemeLink, Threshold, Value
from reporting.published import Beside, Latest, latest_results
from reporting.queries import latest_counting, themes, values_by_year
from reporting.scales import as_shown
from reporting.tables import Cell, cell_of, change_of
from reporting.theme_sides import assessment_names, survey_names
from reporting.weakness import (
    CardCounts,
    Judgement,
    Standing,
    Year,
    judge_cards,
    judge_indicator,
    judge_points,
    judge_survey,
    place_in_order,
    standing_of,
)
from surveys.questionnaires import text_in

SIDES = (ThemeLink.Side.SURVEY, ThemeLink.Side.ASSESSMENT, ThemeLink.Side.INDICATOR, ThemeLink.Side.CARDS)
MEAN_DECIMALS = 1


@dataclass(frozen=True)
class OfSurvey:
    """What was published last of an area or a question. Means are rounded as they are shown."""

    key: str
    name: str
    judgement: Judgement
    mean: Decimal | None
    n: int | None
    survey: str
    title: str
    measured_on: date
    country: Beside | None
    before: Beside | None

    def as_json(self) -> dict[str, Any]:
        return {
            "mean": _plain(self.mean),
            "n": self.n,
            "survey": self.survey,
            "measured_on": self.measured_on.isoformat(),
            "country": _beside_json(self.country),
            "before": _beside_json(self.before),
        }


@dataclass(frozen=True)
class OfAssessment:
    """The points of an area in our latest assessment, and the change in per cent of the points since the one before."""

    key: str
    name: str
    judgement: Judgement
    points: int
    most: int
    assessment: Assessment
    change: int | None
    since: int | None

    def as_json(self) -> dict[str, Any]:
        made = self.assessment
        return {
            "points": self.points, "most": self.most, "assessment": made.version, "year": made.year, "kind": made.kind,
            "change": self.change, "since": self.since,
        }  # fmt: skip


@dataclass(frozen=True)
class OfIndicator:
    """The latest result of an indicator for the whole municipality."""

    key: str
    name: str
    judgement: Judgement
    indicator: Indicator
    cell: Cell
    change: Change | None

    def as_json(self) -> dict[str, Any]:
        cell, change = self.cell, self.change
        return {
            "value": _plain(cell.value), "year": cell.year, "n": cell.n, "status": cell.status,
            "so_far": cell.so_far.isoformat() if cell.so_far else None,
            "change": None if change is None else {
                "amount": float(change.amount), "since": change.since, "turn": change.turn,
            },
        }  # fmt: skip


@dataclass(frozen=True)
class OfCards:
    """The cards of all of a theme's categories together, in twelve months and the twelve before. Shares are per cent."""

    key: str
    name: str
    judgement: Judgement
    year: Year
    codes: tuple[str, ...]
    first: date
    last: date

    @property
    def now(self) -> CardCounts:
        return self.year.now

    @property
    def before(self) -> CardCounts | None:
        return self.year.before

    @property
    def negative(self) -> Decimal | None:
        return _rounded(self.now.negative_share)

    @property
    def late(self) -> Decimal | None:
        return _rounded(self.now.late_share)

    @property
    def query(self) -> str:
        """The work list's filter that shows these cards."""
        days = [("received_from", self.first.isoformat()), ("received_until", self.last.isoformat())]
        return urlencode([*(("category", code) for code in self.codes), *days])

    def as_json(self) -> dict[str, Any]:
        return {
            "cards": self.now.cards, "before": self.before.cards if self.before else None,
            "from": self.first.isoformat(), "until": self.last.isoformat(),
            "negative": _plain(self.negative), "of_a_kind": self.now.of_a_kind,
            "late": _plain(self.late), "owed": self.now.owed,
        }  # fmt: skip


Seen = OfSurvey | OfAssessment | OfIndicator | OfCards


@dataclass(frozen=True)
class SideOf:
    """A theme from one side. Without `seen` nothing is known there; `laid` says whether anything is laid on it."""

    side: ThemeLink.Side
    laid: bool
    seen: tuple[Seen, ...]

    @property
    def weak(self) -> bool:
        return any(one.judgement.weak for one in self.seen)

    @property
    def falling(self) -> bool:
        return any(one.judgement.falling for one in self.seen)

    @property
    def pressing(self) -> list[Seen]:
        """What is weak or falling."""
        return [one for one in self.seen if one.judgement.reasons]

    @property
    def quiet(self) -> list[Seen]:
        """The rest."""
        return [one for one in self.seen if not one.judgement.reasons]


@dataclass(frozen=True)
class Row:
    theme: Theme
    name: str
    sides: tuple[SideOf, ...]
    standing: Standing
    cards: int

    def as_json(self) -> dict[str, Any]:
        return {
            "theme": self.theme.key,
            "name": self.name,
            "weak_sides": self.standing.weak,
            "falling_sides": self.standing.falling,
            "several": self.standing.several,
            "sides": {
                side.side.value: [
                    {
                        "key": one.key, "name": one.name, "weak": one.judgement.weak, "falling": one.judgement.falling,
                        "too_few": one.judgement.too_few, "reasons": [reason.value for reason in one.judgement.reasons],
                    }
                    | one.as_json()
                    for one in side.seen
                ]
                for side in self.sides
            },
        }  # fmt: skip


@dataclass(frozen=True)
class ThemeTable:
    """All themes, the most pressing first. `counted_at` is when indicators were computed, `cards` of when cards are."""

    rows: tuple[Row, ...]
    counted_at: datetime | None
    cards_counted_at: datetime

    @property
    def several(self) -> list[Row]:
        """Those weak or falling from two sides or more."""
        return [row for row in self.rows if row.standing.several]

    @property
    def others(self) -> list[Row]:
        return [row for row in self.rows if not row.standing.several]

    def as_json(self) -> dict[str, Any]:
        return {
            "counted_at": self.counted_at.isoformat() if self.counted_at else None,
            "cards_counted_at": self.cards_counted_at.isoformat(),
            "themes": [row.as_json() for row in self.rows],
        }


def theme_table(cards: ByCategory, *, today: date, language: str) -> ThemeTable:
    """Return the table in `language`; `cards` are kept by `reporting/card_themes.py`. Nine queries, however long it is."""
    there = list(themes())
    laid: dict[str, set[str]] = defaultdict(set)
    for theme in there:
        for link in theme.links.all():
            laid[link.side].add(link.key)
    known: dict[str, dict[str, Seen]] = {
        ThemeLink.Side.SURVEY: _surveys(laid[ThemeLink.Side.SURVEY], today, language),
        ThemeLink.Side.ASSESSMENT: _assessments(language),
        ThemeLink.Side.INDICATOR: _indicators(laid[ThemeLink.Side.INDICATOR], language),
    }
    categories = {one.code: str(one) for one in all_categories()}
    rows = [_row(theme, known, categories, cards, language) for theme in there]
    rows.sort(key=lambda row: place_in_order(row.standing, row.cards))
    return ThemeTable(tuple(rows), latest_counting(), cards.counted_at)


def _row(
    theme: Theme,
    known: Mapping[str, Mapping[str, Seen]],
    categories: Mapping[str, str],
    cards: ByCategory,
    language: str,
) -> Row:
    keys: dict[str, list[str]] = defaultdict(list)
    for link in theme.links.all():
        keys[link.side].append(link.key)
    codes = tuple(code for code in keys[ThemeLink.Side.CARDS] if code in categories)
    of_cards = _cards(codes, categories, cards)
    sides = []
    for side in SIDES:
        if side == ThemeLink.Side.CARDS:
            seen: tuple[Seen, ...] = (of_cards,) if of_cards else ()
        else:
            seen = tuple(known[side][key] for key in keys[side] if key in known[side])
        sides.append(SideOf(side, bool(keys[side]), seen))
    standing = standing_of([one.judgement for one in side.seen] for side in sides)
    return Row(theme, theme.name_in(language), tuple(sides), standing, of_cards.now.cards if of_cards else 0)


def _surveys(keys: Collection[str], today: date, language: str) -> dict[str, Seen]:
    names = survey_names(language)
    return {key: _survey(one, names.get(key, key), language) for key, one in latest_results(keys, today).items()}


def _survey(one: Latest, otherwise: str, language: str) -> OfSurvey:
    mean = None if one.mean is None else as_shown(one.mean, MEAN_DECIMALS)
    country, before = (None if one.mean is None else side for side in (one.country, one.before))
    judgement = judge_survey(
        mean, one.n, country=country.saying if country else "", before=before.saying if before else ""
    )
    return OfSurvey(
        one.key, text_in(one.texts, language) or otherwise, judgement, mean, one.n, one.survey,
        text_in(one.titles, language) or one.survey, one.closed_on, country, before,
    )  # fmt: skip


def _assessments(language: str) -> dict[str, Seen]:
    """Our latest points of each area; of two assessments in a year, that from outside."""
    names = assessment_names(language)
    ours = [one for one in assessments().filter(elsewhere=None) if one.version in versions()]
    ours.sort(key=lambda one: (-one.year, one.kind != Assessment.Kind.EXTERNAL))
    found: dict[str, Seen] = {}
    for place, made in enumerate(ours):
        for area, points in made.points().items():
            if area not in found:
                earlier = next(
                    (one for one in ours[place + 1 :] if one.kind == made.kind and area in one.points()), None
                )
                found[area] = _area(area, names[area], points, made, earlier)
    return found


def _area(area: str, name: str, points: int, made: Assessment, earlier: Assessment | None) -> OfAssessment:
    most, before = made.form.most, None
    if earlier is not None:
        before = Decimal(earlier.points()[area]) / earlier.form.most
    return OfAssessment(
        area, name, judge_points(points, most, before=before), points, most, made,
        None if before is None else int(as_shown(Decimal(100 * points) / most - 100 * before, 0)),
        earlier.year if earlier is not None else None,
    )  # fmt: skip


def _indicators(keys: Collection[str], language: str) -> dict[str, Seen]:
    there = {one.pk: one for one in Indicator.objects.filter(key__in=keys)}
    values = values_by_year(list(there), None)
    limits: dict[int, dict[int, list[Limits]]] = defaultdict(lambda: defaultdict(list))
    whole = Threshold.objects.filter(row__indicator__in=there, row__factor__goal__scorecard__unit=None)
    for threshold in whole.select_related("row"):
        limits[threshold.row.indicator_id][threshold.row_id].append(threshold.limits)
    found: dict[str, Seen] = {}
    for pk, indicator in there.items():
        seen = _indicator(indicator, values.get(pk, {}), list(limits[pk].values()), language)
        if seen is not None:
            found[indicator.key] = seen
    return found


def _indicator(
    indicator: Indicator, values: Mapping[int, Value], limits: Sequence[Sequence[Limits]], language: str
) -> OfIndicator | None:
    latest = next((values[year] for year in sorted(values, reverse=True) if values[year].value is not None), None)
    if latest is None:
        return None
    cells = [cell_of(latest, indicator, asked) for asked in limits] or [cell_of(latest, indicator)]
    statuses = [cell.status for cell in cells if cell.status is not None]
    change = change_of([cell_of(value, indicator) for value in values.values()], indicator)
    if change is not None and change.until != latest.year:
        change = None  # of a number that still grows: the change is between two years before it
    worst = max(cells, key=lambda cell: _WORST.get(cell.status, 0))
    shown = latest.shown(indicator.decimals) or Decimal(0)
    judgement = judge_indicator(statuses, change, latest.n, latest=shown, scale=indicator.scale)
    return OfIndicator(indicator.key, indicator.name_in(language), judgement, indicator, worst, change)


_WORST: dict[Status | None, int] = {Status.ACCEPTABLE: 1, Status.OUTSIDE: 2, Status.UNACCEPTABLE: 3}


def _cards(codes: tuple[str, ...], categories: Mapping[str, str], cards: ByCategory) -> OfCards | None:
    """All of a theme's categories together: one matter is often filed under several."""
    if not codes:
        return None
    year = cards.of(codes)
    if not year.now.cards and not (year.before and year.before.cards):
        return None
    return OfCards(
        "+".join(codes), ", ".join(categories[code] for code in codes), judge_cards(year, cards.everything.minus(year)), year,
        codes, cards.first, cards.last,
    )  # fmt: skip


def _rounded(number: Decimal | None) -> Decimal | None:
    return None if number is None else as_shown(number, 0)


def _plain(number: Decimal | None) -> float | None:
    return None if number is None else float(number)


def _beside_json(beside: Beside | None) -> dict[str, Any] | None:
    if beside is None:
        return None
    return {"name": beside.name, "year": beside.year, "mean": _plain(as_shown(beside.mean, 2)), "saying": beside.saying}
