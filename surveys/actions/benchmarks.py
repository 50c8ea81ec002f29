"""Keep the means of others: the country's, other municipalities', rounds of which only the means are known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from surveys.models import Comparator, ComparatorValue


@dataclass(frozen=True)
class PublishedMean:
    """One mean as its source gives it."""

    kind: str
    name: str
    year: int
    source: str
    weighs: str
    key: str
    mean: float
    sd: float | None = None
    se: float | None = None
    n: int | None = None


def keep_benchmarks(means: Iterable[PublishedMean]) -> tuple[int, int]:
    """Write the means, and what changed of those there are. Return how many were new and how many changed."""
    new = changed = 0
    with transaction.atomic():
        for mean in means:
            comparator, _made = Comparator.objects.get_or_create(
                kind=mean.kind, name=mean.name, year=mean.year, defaults={"source": mean.source, "weighs": mean.weighs}
            )
            if (comparator.source, comparator.weighs) != (mean.source, mean.weighs):
                comparator.source, comparator.weighs = mean.source, mean.weighs
                comparator.save(update_fields=["source", "weighs"])
            figures = {"mean": mean.mean, "sd": mean.sd, "se": mean.se, "n": mean.n}
            value, made = ComparatorValue.objects.get_or_create(comparator=comparator, key=mean.key, defaults=figures)
            if made:
                new += 1
            elif any(getattr(value, name) != figure for name, figure in figures.items()):
                for name, figure in figures.items():
                    setattr(value, name, figure)
                value.save(update_fields=list(figures))
                changed += 1
    return new, changed
