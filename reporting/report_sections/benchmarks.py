"""Our figures beside a group of municipalities', as they stand for the year."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from organisation.models import Municipality
from organisation.queries import municipality
from reporting.benchmark_sets import ALL, set_called
from reporting.benchmarks import Benchmark, BenchmarkLine, Difference, benchmark_of
from reporting.comparing import Rank
from reporting.documents import Cell, Row, Section, Table, alike, in_all, in_each
from reporting.group_queries import groups, places_of
from reporting.models import Group, Indicator
from reporting.report_material import Material
from reporting.report_sections.said import day
from reporting.scales import Perspective, Standing
from reporting.wording import TURN_WORDS, change_said


def one_group(material: Material) -> Section | None:
    """The group that the report is of."""
    group = material.scope.group
    return None if group is None else _section(group, material, municipality())


def first_group(material: Material) -> Section | None:
    """The first group of which there are figures: a report to the council needs no more than one."""
    house = municipality()
    made = (_section(group, material, house) for group in groups())
    return next((section for section in made if section is not None), None)


def _section(group: Group, material: Material, house: Municipality) -> Section | None:
    places = places_of(group, house.country)
    chosen = set_called(ALL, places.ids, "nb")
    if chosen is None:
        return None
    year = material.scope.period.year
    found = benchmark_of(group, chosen, house=house, language="nb", year=year, places=places)
    tables = tuple(
        table for perspective in Perspective if (table := _table(perspective, found, year, house.name)) is not None
    )
    if not tables:
        return None
    notes = [
        in_all(
            _("%(municipality)s beside %(names)s."),
            municipality=house.name, names=", ".join(place.name for place in found.members),
        ),
        in_all(
            _("The mean counts each municipality of the group alike, without ours. Better and worse follow what is sought; "
              "a difference that may be chance is said to be uncertain. The rank is among those with a figure, ours too.")
        ),
    ]  # fmt: skip
    if found.counted_at is not None:
        counted = found.counted_at.astimezone(material.scope.zone).date()
        notes.append(in_all(_("Computed figures are from %(day)s."), day=day(counted)))
    heading = in_all(_("Beside %(name)s"), name=in_each(group.names, group.key))
    return Section(f"benchmark-{group.key}", heading, tables, tuple(notes))


def _table(perspective: Perspective, found: Benchmark, year: int, ours: str) -> Table | None:
    rows = [
        _row(line)
        for line in found.lines
        if line.indicator.perspective == perspective and (line.ours.value is not None or line.contributing)
    ]
    if not rows:
        return None
    return Table(
        f"benchmark-{found.group.key}-{perspective.value}",
        in_all("%(perspective)s, %(year)s", perspective=in_all(perspective.label), year=str(year)),
        in_all(_("Indicator")),
        (
            alike(ours),
            in_all(_("Mean of the group")),
            in_all(_("The country")),
            in_all(_("Difference from the mean")),
            in_all(_("Rank")),
        ),
        tuple(rows),
    )


def _row(line: BenchmarkLine) -> Row:
    indicator, country = line.indicator, line.country
    return Row(
        in_each(indicator.names, indicator.key),
        (
            _figure(line.ours.value, indicator, line.ours.n, line.ours.standing),
            _figure(line.mean, indicator, line.contributing),
            _figure(country.value if country else None, indicator, country.n if country else None),
            _difference(line.to_group, indicator),
            _rank(line.rank),
        ),
        key=indicator.key,
    )


def _figure(value: Decimal | None, indicator: Indicator, n: int | None, standing: str = "") -> Cell:
    if value is None and standing == Standing.NOT_MEASURED:
        return Cell(scale=indicator.scale, standing=standing, text=in_all(_("Not measured")))
    return Cell(value, indicator.scale, indicator.decimals, n=None if value is None else n)


def _difference(found: Difference | None, indicator: Indicator) -> Cell:
    if found is None:
        return Cell()
    words = in_all(_("uncertain")) if found.may_be_chance else in_all(TURN_WORDS[found.turn])
    amount = found.amount
    return Cell(
        text=in_all(
            "%(amount)s, %(turn)s",
            amount=lambda language: change_said(amount, indicator.decimals, language),
            turn=words,
        )
    )


def _rank(rank: Rank | None) -> Cell:
    if rank is None:
        return Cell()
    return Cell(text=in_all(_("%(place)s of %(of)s"), place=str(rank.place), of=str(rank.of)))
