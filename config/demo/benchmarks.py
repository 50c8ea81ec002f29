"""Solvik beside eleven municipalities that do not exist, by a profile like KKiK. Every figure here is made up."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple

from config.demo.days import at
from organisation.models import Person
from reporting.actions.groups import Named, create_group, know_country
from reporting.actions.profiles import make_profile
from reporting.benchmark_profiles import profiles
from reporting.models import Elsewhere, Group, Indicator, Value
from reporting.scales import Standing, bounds, kept
from surveys.models import Comparator

MADE_UP = "Oppdiktede tall for demonstrasjonen"
PROFILE = "kkik-2007"
YEARS = 3

# Numbers that no municipality has, and names that no municipality would take.
NEIGHBOURS = (
    ("9801", "Eksempelvik"), ("9802", "Eksempeldal"), ("9803", "Prøvenes"), ("9804", "Prøvefjord"), ("9805", "Tenktvåg"),
    ("9806", "Tenktøy"), ("9807", "Liksomstad"), ("9808", "Liksombygd"), ("9809", "Oppdiktsund"), ("9810", "Påfunnsås"),
    ("9811", "Dikteid"),
)  # fmt: skip
GROUPS = (
    ("naboer", Group.Kind.REGION, NEIGHBOURS, {
        "nb": "Nabokommunene (oppdiktet)", "nn": "Nabokommunane (oppdikta)", "sv": "Grannkommunerna (påhittade)",
        "en": "The neighbours (made up)",
    }),
    ("like-store", Group.Kind.SIMILAR, NEIGHBOURS[2:8], {
        "nb": "Like store kommuner (oppdiktet)", "nn": "Like store kommunar (oppdikta)",
        "sv": "Lika stora kommuner (påhittade)", "en": "Municipalities of our size (made up)",
    }),
)  # fmt: skip


class Made(NamedTuple):
    """How figures are made up: about `centre`, so far apart, ours `ours` three years. `asked` of how many, if it is a survey."""

    centre: float
    apart: float
    ours: tuple[float | None, float | None, float | None]
    asked: int = 0


FIGURES: dict[str, Made] = {
    "kkik-email-two-days": Made(84, 6, (71, 74, 76)),
    "kkik-phone-answer": Made(55, 8, (58, 57, 60)),
    "kkik-reception": Made(82, 5, (86, 89, 91), 180),
    "kkik-library-hours": Made(15, 5, (8, 8, 9)),
    "kkik-pool-hours": Made(26, 7, (28, 28, 28)),
    "kkik-recycling-hours": Made(9, 4, (9, 9, 12)),
    "kkik-preschool-in-time": Made(68, 10, (64, None, 70)),
    "kkik-care-home-wait": Made(48, 14, (39, 44, 52)),
    "kkik-benefit-wait": Made(15, 5, (12, 13, 11)),
    "kkik-safe": Made(60, 6, (66, 68, 69), 420),
    "kkik-home-carers": Made(14, 2, (16, 16, 15)),
    "kkik-children-per-staff": Made(5.4, 0.3, (5.3, 5.4, 5.4)),
    "kkik-turnout": Made(63.5, 3, (61.2, 61.2, 61.2)),
    "kkik-website": Made(77, 6, (79, 82, 84)),
    "kkik-participation-index": Made(55, 12, (38, 41, 44)),
    "kkik-influence": Made(42, 4, (43, 42, 43), 420),
    "kkik-preschool-cost": Made(196_000, 12_000, (188_400, 197_300, 205_100)),
    "kkik-upper-secondary-eligible": Made(86, 4, (90, 91, 92)),
    "kkik-graduated": Made(75, 5, (73, 75, 74)),
    "kkik-care-home-quality": Made(66, 9, (None, None, 61)),
    "kkik-care-home-cost": Made(1_020_000, 90_000, (1_004_000, 1_061_000, 1_093_000)),
    "kkik-home-care-satisfied": Made(89, 3, (88, 87, 86), 150),
    "kkik-employed": Made(79.5, 2.5, (80.1, 80.4, 80.9)),
    "kkik-benefit-share": Made(3.4, 0.9, (2.9, 2.8, 2.9)),
    "kkik-new-firms": Made(5.2, 1.1, (5.9, 5.6, 5.7)),
    "kkik-business-climate": Made(72, 4, (69, 68, 70), 90),
    "kkik-recycled": Made(41, 6, (38, 40, 43)),
    "kkik-organic-food": Made(24, 9, (17, 16, 15)),
    "kkik-place-to-live": Made(63, 5, (64, 66, 66), 420),
}
# Indicators that Solvik has anyway, of which others publish too: theirs alone.
THEIRS: dict[str, Made] = {
    "called-back-in-time": Made(78, 9, (None, None, None)),
    "median-days-to-contact": Made(6.5, 1.5, (None, None, None)),
    "user-satisfaction": Made(4.6, 0.2, (None, None, None), 300),
    "sick-leave": Made(8.6, 0.8, (None, None, None)),
}


def make_benchmarks(*, by: Person, today: date, seed: int) -> None:
    """Make the profile's indicators, two groups, and three years of figures; some are missing, some were not measured."""
    now = at(today - timedelta(days=30), 10)
    make_profile(profiles()[PROFILE], by=by, now=now)
    for key, kind, members, names in GROUPS:
        create_group(key=key, names=names, kind=kind, members=[Named(*each) for each in members], by=by, now=now)
    country = know_country(by=by, now=now)
    numbers = [code for code, _name in NEIGHBOURS]
    neighbours = list(Elsewhere.objects.filter(code__in=numbers, kind=Elsewhere.Kind.MUNICIPALITY).order_by("code"))
    indicators = {each.key: each for each in Indicator.objects.filter(key__in=[*FIGURES, *THEIRS])}
    # People answer surveys; what is counted weighs municipalities alike, and of costs it is not said.
    for key, made in FIGURES.items():
        if indicators[key].direction != "neither":
            weighs = Comparator.Weighs.PEOPLE if made.asked else Comparator.Weighs.MUNICIPALITIES
            indicators[key].country_weighs = weighs
    Indicator.objects.bulk_update(indicators.values(), ["country_weighs"])
    pen = _Pen(Random(seed), today.year, by, now)
    for key, made in FIGURES.items():
        pen.write_ours(indicators[key], made)
        pen.write_theirs(indicators[key], made, neighbours, country)
    for key, made in THEIRS.items():
        pen.write_theirs(indicators[key], made, neighbours, country)
    Value.objects.bulk_create(pen.rows, batch_size=1000)


class _Pen:
    """Makes the rows: the last of the three years is last year, measured in its autumn."""

    def __init__(self, random: Random, this_year: int, by: Person, now: datetime) -> None:
        self.rows: list[Value] = []
        self._random, self._by, self._now = random, by, now
        self._years = range(this_year - YEARS, this_year)

    def write_ours(self, indicator: Indicator, made: Made) -> None:
        for year, value in zip(self._years, made.ours, strict=True):
            self._write(indicator, year, None, value, made.asked)

    def write_theirs(self, indicator: Indicator, made: Made, places: list[Elsewhere], country: Elsewhere) -> None:
        for place in places:
            usual = self._random.gauss(made.centre, made.apart)
            if self._random.random() < 0.04:
                continue  # takes no part in this measure
            for year in self._years:
                value = None if self._random.random() < 0.05 else self._random.gauss(usual, made.apart / 4)
                asked = round(made.asked * self._random.uniform(0.7, 1.4))
                self._write(indicator, year, place, value, asked)
        for back, year in enumerate(reversed(self._years)):
            self._write(indicator, year, country, made.centre - back * made.apart / 10, made.asked * 60)

    def _write(self, indicator: Indicator, year: int, place: Elsewhere | None, value: float | None, asked: int) -> None:
        low, high = bounds(indicator.scale)
        exact = None
        if value is not None:
            exact = kept(min(max(Decimal(str(round(value, indicator.decimals))), low), high))
        margin = None if exact is None or not asked else kept(Decimal(str(round(_width(indicator) / asked**0.5, 1))))
        self.rows.append(
            Value(
                indicator=indicator,
                elsewhere=place,
                year=year,
                standing=Standing.NOT_MEASURED if exact is None else Standing.MEASURED,
                value=exact,
                n=asked or None if exact is not None else None,
                margin=margin,
                source=MADE_UP,
                measured_on=None if exact is None else date(year, 10, 15),
                how=Value.How.TYPED if place is None else Value.How.IMPORTED,
                recorded_at=self._now,
                recorded_by=self._by,
            )
        )


def _width(indicator: Indicator) -> float:
    """Half an interval for one answer: of a share about a half, of an index or a mean by how answers usually spread."""
    return {"percent": 70.0, "0-100": 45.0}.get(indicator.scale, 2.4)
