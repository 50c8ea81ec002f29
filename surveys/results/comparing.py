"""Against the country, other municipalities and earlier rounds, each with Holm's correction over what is shown together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from surveys.models import Comparator as StoredComparator
from surveys.models import ComparatorValue, Survey
from surveys.results.figures import Against, AreaResult, Compared, RatedFigures, Results
from surveys.statistics.comparing import Comparator, compare_all


def against_all(survey: Survey, results: Results, earlier: Results | None) -> list[Against]:
    """Return the comparisons with everything that has a mean for one of the survey's questions or areas (two queries).

    Of a comparator with several years the one nearest before the survey's own is taken, or the first there is.
    """
    year = _year(survey)
    found = []
    if earlier is not None and survey.previous is not None:
        before: list[RatedFigures | AreaResult] = [*earlier.items, *earlier.areas]
        means = {
            one.key: theirs
            for one in before
            if not one.suppressed and (theirs := Comparator.of_estimate(one.estimate)) is not None
        }
        if made := _against(
            results,
            means,
            kind="earlier",
            name=_("Earlier round"),
            year=_year(survey.previous),
            survey=survey.previous.code,
        ):
            found.append(made)
    for stored in _nearest(year):
        means = {value.key: of_value(value) for value in stored.values.all()}
        made = _against(
            results,
            means,
            kind=stored.kind,
            name=stored.name,
            year=stored.year,
            source=stored.source,
            weighs=stored.weighs,
        )
        if made:
            found.append(made)
    return found


def _year(survey: Survey) -> int:
    return (survey.closes_at or survey.created_at).year


def _nearest(year: int) -> list[StoredComparator]:
    by_name: dict[tuple[str, str], list[StoredComparator]] = {}
    for stored in StoredComparator.objects.order_by("year").prefetch_related("values"):
        by_name.setdefault((stored.kind, stored.name), []).append(stored)
    order = [kind.value for kind in StoredComparator.Kind]
    nearest = []
    for (kind, _name), years in by_name.items():
        before = [one for one in years if one.year <= year]
        if kind == StoredComparator.Kind.EARLIER:
            before = [one for one in years if one.year < year]
            nearest += before[-1:]
        else:
            nearest.append(before[-1] if before else years[0])
    return sorted(nearest, key=lambda one: (order.index(one.kind), one.name))


def of_value(value: ComparatorValue) -> Comparator:
    """Return a published mean with the error that its source gives: se, or sd and n; without them it is exactly known."""
    if value.se is not None:
        return Comparator(value.mean, value.se, value.n - 1 if value.n and value.n > 1 else None)
    if value.sd is not None and value.n and value.n > 1:
        return Comparator.of_sample(value.mean, value.sd, value.n)
    return Comparator(value.mean)


def _against(
    results: Results,
    means: Mapping[str, Comparator],
    *,
    kind: str,
    name: str,
    year: int,
    source: str = "",
    weighs: str = "",
    survey: str = "",
) -> Against | None:
    items, areas = _compared(results.items, means), _compared(results.areas, means)
    if not items and not areas:
        return None
    return Against(kind, name, year, source, weighs, items, areas, survey)


def _compared(ours: Sequence[RatedFigures | AreaResult], means: Mapping[str, Comparator]) -> list[Compared]:
    both = [(one, means[one.key]) for one in ours if one.key in means and not one.suppressed]
    comparisons = compare_all([(one.estimate, theirs) for one, theirs in both])
    return [
        Compared(one.key, theirs.mean, comparison) for (one, theirs), comparison in zip(both, comparisons, strict=True)
    ]
