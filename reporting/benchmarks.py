"""Our figures beside those of a group of municipalities, as page, command and document show them. Assembled once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from organisation.models import Municipality
from reporting.benchmark_sets import IndicatorSet
from reporting.comparing import (
    Known,
    Quartiles,
    Rank,
    against_group,
    against_one,
    mean_of,
    quarter_of,
    quartiles,
    rank_of,
    spread_of,
)
from reporting.group_queries import Places, places_of, yearly_values
from reporting.judging import Turn, turn_of
from reporting.models import Group, Indicator, Value
from reporting.queries import latest_counting
from reporting.scales import Direction, Scale, as_shown
from surveys.statistics.adjusting import holm
from surveys.statistics.comparing import Comparison
from surveys.statistics.wording import Saying, saying

QUARTILE_DEFINITION = "Hyndman and Fan type 7"
YEARS = 5
"""As many years are shown of a course, the one asked for the last."""


class Against(StrEnum):
    """What the two lists and the differences are against: the mean of the group, or the country's as published."""

    GROUP = "group"
    COUNTRY = "country"


@dataclass(frozen=True)
class Place:
    """A municipality of the comparison; `pk` is None for ours."""

    pk: int | None
    code: str
    name: str


@dataclass(frozen=True)
class Stated:
    """One figure as it is shown. `standing` is empty where nobody has written one. `known` is the figure as it is kept."""

    place: Place
    standing: str = ""
    value: Decimal | None = None
    n: int | None = None
    margin: Decimal | None = None
    source: str = ""
    measured_on: date | None = None
    so_far: date | None = None
    known: Known | None = None

    @property
    def is_ours(self) -> bool:
        return self.place.pk is None


@dataclass(frozen=True)
class Difference:
    """Ours minus what it is held against, of the figures as they are shown. `p` is Holm's over those shown together.

    `distance` is its size in standard deviations between the municipalities, by which lists of unlike scales are ordered.
    """

    amount: Decimal
    turn: Turn
    saying: Saying
    comparison: Comparison
    distance: float = 0.0

    @property
    def p(self) -> float | None:
        return self.comparison.p if self.comparison.p_holm is None else self.comparison.p_holm

    @property
    def is_tested(self) -> bool:
        return self.saying != Saying.NOT_TESTED

    @property
    def may_be_chance(self) -> bool:
        """Whether it was tested, and no certain difference was found."""
        return self.saying == Saying.NO_CERTAIN_DIFFERENCE


@dataclass(frozen=True)
class YearMeans:
    """One year of the course: ours, the group's mean of `n` municipalities, and the country's."""

    year: int
    ours: Decimal | None
    mean: Decimal | None
    n: int
    country: Decimal | None
    standing: str = ""


@dataclass(frozen=True)
class BenchmarkLine:
    """One indicator. `mean` is of the others, each counting alike; quarters and rank are of all, ours among them."""

    indicator: Indicator
    name: str
    ours: Stated
    others: tuple[Stated, ...]
    country: Stated | None
    mean: Decimal | None
    contributing: int
    cut: Quartiles | None
    quarter: int | None
    rank: Rank | None
    to_group: Difference | None
    to_country: Difference | None
    years: tuple[YearMeans, ...]

    def against(self, what: str) -> Difference | None:
        return self.to_country if what == Against.COUNTRY else self.to_group

    def held_against(self, what: str) -> Decimal | None:
        """What the difference is taken to."""
        return (self.country.value if self.country else None) if what == Against.COUNTRY else self.mean

    @property
    def all(self) -> list[Stated]:
        """Every municipality, the best first (the highest where neither is better); last those without a figure."""
        rows = [self.ours, *self.others]
        lower = self.indicator.direction == Direction.LOWER
        known = sorted(
            (row for row in rows if row.value is not None),
            key=lambda row: (row.value if lower else -(row.value or 0), not row.is_ours),
        )
        return [*known, *(row for row in rows if row.value is None)]

    def rank_of(self, stated: Stated) -> Rank | None:
        """The rank of any of the municipalities."""
        if stated.value is None or _grows(stated, self.indicator):
            return None
        others = [row.value for row in self.comparable if row is not stated and row.value is not None]
        return rank_of(stated.value, others, self.indicator.direction)

    @property
    def comparable(self) -> list[Stated]:
        return [row for row in (self.ours, *self.others) if row.value is not None and not _grows(row, self.indicator)]


@dataclass(frozen=True)
class BenchmarkPart:
    title: str
    lines: tuple[BenchmarkLine, ...]


@dataclass(frozen=True)
class Benchmark:
    """Our municipality beside a group in one year. `year` is None where nobody elsewhere has a figure of the set."""

    group: Group
    name: str
    our_name: str
    members: tuple[Place, ...]
    chosen: IndicatorSet
    year: int | None
    known_years: tuple[int, ...]
    against: str
    parts: tuple[BenchmarkPart, ...]
    counted_at: datetime | None

    @property
    def lines(self) -> list[BenchmarkLine]:
        """Each indicator once."""
        return list({line.indicator.pk: line for part in self.parts for line in part.lines}.values())

    def line(self, key: str) -> BenchmarkLine | None:
        return next((line for line in self.lines if line.indicator.key == key), None)

    def turned(self, *turns: Turn) -> list[BenchmarkLine]:
        """The lines whose difference has one of these turns, the farthest from the mean first; last what may be chance."""
        found = [
            (difference.may_be_chance, -difference.distance, line)
            for line in self.lines
            if (difference := line.against(self.against)) is not None and difference.turn in turns
        ]
        return [line for *_order, line in sorted(found, key=lambda each: each[:2])]

    @property
    def over(self) -> list[BenchmarkLine]:
        """Where our result is better than the mean (Vännäs: «högre resultat än medelresultatet»)."""
        return self.turned(Turn.BETTER)

    @property
    def under(self) -> list[BenchmarkLine]:
        """Where our result is weaker than the mean (Vännäs: «lägre resultat än medelresultatet»)."""
        return self.turned(Turn.WORSE)

    @property
    def alike(self) -> list[BenchmarkLine]:
        return self.turned(Turn.UNCHANGED)

    @property
    def apart(self) -> list[BenchmarkLine]:
        """Where we differ and neither is better."""
        return self.turned(Turn.UP, Turn.DOWN)

    @property
    def unheld(self) -> list[BenchmarkLine]:
        """Those that could not be held against anything: ours is missing, or theirs."""
        return [line for line in self.lines if line.against(self.against) is None]

    def as_json(self) -> dict[str, Any]:
        return {
            "group": {
                "key": self.group.key,
                "name": self.name,
                "kind": self.group.kind,
                "members": [{"code": place.code, "name": place.name} for place in self.members],
            },
            "municipality": self.our_name,
            "set": self.chosen.key,
            "set_name": self.chosen.name,
            "year": self.year,
            "years": list(self.known_years),
            "against": self.against,
            "counted_at": self.counted_at.isoformat() if self.counted_at else None,
            "quartile_definition": QUARTILE_DEFINITION,
            "parts": [{"title": part.title, "lines": [_line_json(line) for line in part.lines]} for part in self.parts],
            "over_mean": [line.indicator.key for line in self.over],
            "under_mean": [line.indicator.key for line in self.under],
            "alike": [line.indicator.key for line in self.alike],
            "neither_better": [line.indicator.key for line in self.apart],
            "not_compared": [line.indicator.key for line in self.unheld],
        }


def benchmark_of(
    group: Group,
    chosen: IndicatorSet,
    *,
    house: Municipality,
    language: str,
    year: int | None = None,
    against: str = Against.GROUP,
    places: Places | None = None,
) -> Benchmark:
    """Return our figures beside the group's, of `year` or else the latest year of which somebody elsewhere has a figure.

    Three queries at most, however many indicators and municipalities: `places` spares one where they are known already.
    """
    places = places_of(group, house.country) if places is None else places
    by_indicator: dict[int, dict[tuple[int | None, int], Value]] = defaultdict(dict)
    indicators = chosen.indicators
    for value in yearly_values([each.pk for each in indicators], places.ids) if indicators else ():
        by_indicator[value.indicator_id][value.elsewhere_id, value.year] = value
    theirs = {when for values in by_indicator.values() for whose, when in values if whose is not None}
    known_years = tuple(sorted({when for values in by_indicator.values() for _whose, when in values}, reverse=True))
    year = year or max(theirs, default=None)
    ours = Place(None, house.number, house.name)
    others = tuple(Place(each.pk, each.code, each.name) for each in places.members)
    country = tuple(Place(each.pk, each.code, each.name) for each in places.country)
    made = (
        {}
        if year is None
        else {each.pk: _line(each, by_indicator[each.pk], year, ours, others, country, language) for each in indicators}
    )
    lines = _adjusted(made)
    return Benchmark(
        group=group,
        name=group.name_in(language),
        our_name=house.name,
        members=others,
        chosen=chosen,
        year=year,
        known_years=known_years,
        against=against,
        parts=tuple(
            BenchmarkPart(part.title, tuple(lines[each.pk] for each in part.indicators if each.pk in lines))
            for part in chosen.parts
        ),
        counted_at=None if all(each.is_typeable for each in indicators) else latest_counting(),
    )


def _line(
    indicator: Indicator,
    values: Mapping[tuple[int | None, int], Value],
    year: int,
    ours: Place,
    others: Sequence[Place],
    country: Sequence[Place],
    language: str,
) -> BenchmarkLine:
    mine = _stated(ours, values.get((None, year)), indicator)
    rows = tuple(_stated(place, values.get((place.pk, year)), indicator) for place in others)
    nation = _nation(country, values, year, indicator)
    held = mine.known if mine.known is not None and not _grows(mine, indicator) else None
    known = [row.known for row in rows if row.known is not None]
    exact = mean_of([each.value for each in known])
    mean = None if exact is None else as_shown(exact, indicator.decimals)
    shown = [row.value for row in rows if row.value is not None]
    everybody = [each.value for each in (*known, *((held,) if held else ()))]
    cut = quartiles(everybody)
    if cut is not None:
        cut = Quartiles(*(as_shown(each, indicator.decimals) for each in cut))
    counts = held is not None and mine.value is not None
    spread = spread_of([each.value for each in known])
    return BenchmarkLine(
        indicator=indicator,
        name=indicator.name_in(language),
        ours=mine,
        others=rows,
        country=nation,
        mean=mean,
        contributing=len(known),
        cut=cut,
        quarter=quarter_of(mine.value, cut, indicator.direction) if counts and cut and mine.value is not None else None,
        rank=rank_of(mine.value, shown, indicator.direction) if counts and shown and mine.value is not None else None,
        to_group=_difference(mine, mean, indicator, spread, against_group(held, known)) if held and known else None,
        to_country=_difference(mine, nation.value, indicator, spread, against_one(held, nation.known, exact=True))
        if held and nation and nation.known
        else None,
        years=tuple(_year(each, values, others, country, indicator) for each in range(year - YEARS + 1, year + 1)),
    )


def _stated(place: Place, value: Value | None, indicator: Indicator) -> Stated:
    if value is None:
        return Stated(place)
    return Stated(
        place,
        standing=value.standing,
        value=value.shown(indicator.decimals),
        n=value.n,
        margin=value.margin,
        source=value.source,
        measured_on=value.measured_on,
        so_far=value.counted_through,
        known=None if value.value is None else Known(value.value, value.n, value.margin),
    )


def _nation(
    country: Sequence[Place], values: Mapping[tuple[int | None, int], Value], year: int, indicator: Indicator
) -> Stated | None:
    found = [_stated(place, values.get((place.pk, year)), indicator) for place in country]
    return next((each for each in found if each.standing), found[0] if found else None)


def _grows(stated: Stated, indicator: Indicator) -> bool:
    """Whether it is a number that still grows: of a part of the year, it is not held against whole years."""
    return stated.so_far is not None and indicator.scale in (Scale.COUNT, Scale.PER_INHABITANT)


def _difference(
    mine: Stated, theirs: Decimal | None, indicator: Indicator, spread: float | None, comparison: Comparison
) -> Difference | None:
    if mine.value is None or theirs is None:
        return None
    amount = mine.value - theirs
    distance = abs(float(amount)) / spread if spread else 0.0
    return Difference(amount, turn_of(amount, indicator.direction), saying(comparison), comparison, distance)


def _year(
    year: int,
    values: Mapping[tuple[int | None, int], Value],
    others: Sequence[Place],
    country: Sequence[Place],
    indicator: Indicator,
) -> YearMeans:
    mine = _stated(Place(None, "", ""), values.get((None, year)), indicator)
    known = [found.value for each in others if (found := values.get((each.pk, year))) and found.value is not None]
    exact = mean_of(known)
    nation = _nation(country, values, year, indicator)
    return YearMeans(
        year,
        mine.value,
        None if exact is None else as_shown(exact, indicator.decimals),
        len(known),
        nation.value if nation else None,
        mine.standing,
    )


def _adjusted(lines: Mapping[int, BenchmarkLine]) -> dict[int, BenchmarkLine]:
    """Correct by Holm over all indicators shown together against one comparator, as surveys do over their questions."""
    groups = {pk: line.to_group for pk, line in lines.items() if line.to_group is not None}
    nations = {pk: line.to_country for pk, line in lines.items() if line.to_country is not None}
    to_group = dict(zip(groups, _holm(groups.values()), strict=True))
    to_country = dict(zip(nations, _holm(nations.values()), strict=True))
    return {pk: replace(line, to_group=to_group.get(pk), to_country=to_country.get(pk)) for pk, line in lines.items()}


def _holm(differences: Iterable[Difference]) -> list[Difference]:
    each = list(differences)
    adjusted = [
        replace(one.comparison, p_holm=p) for one, p in zip(each, holm([one.comparison.p for one in each]), strict=True)
    ]
    return [replace(one, comparison=made, saying=saying(made)) for one, made in zip(each, adjusted, strict=True)]


def differences_to_each(line: BenchmarkLine) -> dict[int, Difference]:
    """Return ours minus each of the others, by their ids, with Holm's correction over them."""
    mine = line.ours
    if mine.known is None or _grows(mine, line.indicator):
        return {}
    spread = spread_of([row.known.value for row in line.others if row.known is not None])
    made = {
        row.place.pk: _difference(mine, row.value, line.indicator, spread, against_one(mine.known, row.known))
        for row in line.others
        if row.known is not None and row.place.pk is not None
    }
    found = {pk: difference for pk, difference in made.items() if difference is not None}
    return dict(zip(found, _holm(found.values()), strict=True))


def _figure_json(stated: Stated) -> dict[str, Any]:
    return {
        "code": stated.place.code,
        "name": stated.place.name,
        "value": _number(stated.value),
        "standing": stated.standing or None,
        "n": stated.n,
        "margin": _number(stated.margin),
        "source": stated.source,
        "measured_on": stated.measured_on.isoformat() if stated.measured_on else None,
        "so_far": stated.so_far.isoformat() if stated.so_far else None,
    }


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _difference_json(difference: Difference | None) -> dict[str, Any] | None:
    if difference is None:
        return None
    return {
        "amount": float(difference.amount),
        "turn": difference.turn,
        "saying": difference.saying,
        "p": difference.comparison.p,
        "p_holm": difference.comparison.p_holm,
    }


def _line_json(line: BenchmarkLine) -> dict[str, Any]:
    indicator = line.indicator
    return {
        "indicator": line.name,
        "key": indicator.key,
        "scale": indicator.scale,
        "direction": indicator.direction,
        "ours": _figure_json(line.ours),
        "others": [_figure_json(row) for row in line.others],
        "group_mean": {"value": _number(line.mean), "municipalities": line.contributing, "weighs": "municipalities"},
        "country": _figure_json(line.country) | {"weighs": indicator.country_weighs or None} if line.country else None,
        "quartiles": [float(each) for each in line.cut] if line.cut else None,
        "quarter": line.quarter,
        "rank": {"place": line.rank.place, "of": line.rank.of, "tied": line.rank.tied} if line.rank else None,
        "to_group": _difference_json(line.to_group),
        "to_country": _difference_json(line.to_country),
        "years": {
            str(each.year): {
                "ours": _number(each.ours),
                "standing": each.standing or None,
                "group_mean": _number(each.mean),
                "municipalities": each.n,
                "country": _number(each.country),
            }
            for each in line.years
        },
    }
