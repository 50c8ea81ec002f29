"""A group of municipalities with figures, for the tests of comparisons."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from organisation.queries import municipality
from reporting.actions.groups import Named, create_group
from reporting.actions.recording import Figure, record_values
from reporting.benchmark_sets import ALL, set_called
from reporting.benchmarks import Benchmark, benchmark_of
from reporting.group_queries import Places, places_of
from reporting.models import Elsewhere, Group, Indicator
from reporting.periods import Period
from tests.reporting.scorecards import NOW

YEAR = 2025


def a_group(*names: str, **more: Any) -> Group:
    """A group of new municipalities with these names."""
    start = 5000 + Elsewhere.objects.count()
    members = [Named(str(start + number), name) for number, name in enumerate(names)]
    return create_group(
        **({"names": {"nb": "Naboer"}, "kind": "region", "members": members, "by": None, "now": NOW} | more)
    )


def a_group_beside(indicator: Indicator, *, last: int) -> Group:
    """A group of five and the country, on a scale of 1–6: with margins, one without a figure, one that was not measured."""
    group = a_group("Vik", "Dal", "Nes", "Ås", "Li")
    for year in (last - 2, last):
        theirs(
            indicator,
            {"Vik": "4.1", "Dal": "4.6", "Nes": "3.9", "the country": "4.3"},
            year=year,
            n=300,
            margin=Decimal("0.2"),
        )
    theirs(indicator, {"Ås": None, "Li": "4.6"}, year=last)
    return group


def places(group: Group) -> Places:
    return places_of(group, municipality().country)


def theirs(indicator: Indicator, figures: Mapping[str, Any], *, year: int = YEAR, **more: Any) -> None:
    """Write figures of others, by their names; «the country» is the country's."""
    rows = {each.name: each for each in Elsewhere.objects.filter(kind="municipality")}
    rows["the country"] = Elsewhere.objects.get(kind="country")
    record_values(
        indicator,
        [
            Figure(Period(year), None if value is None else Decimal(str(value)), elsewhere=rows[name].pk, **more)
            for name, value in figures.items()
        ],
        by=None,
        now=NOW,
        this_year=2026,
    )


def beside(group: Group, key: str = ALL, **more: Any) -> Benchmark:
    whom = places(group)
    chosen = set_called(key, whom.ids, "nb")
    assert chosen is not None
    return benchmark_of(group, chosen, house=municipality(), language="nb", **more)
