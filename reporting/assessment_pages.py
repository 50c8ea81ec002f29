"""What the pages on assessments show: totals over the years, ours beside others', and one assessment area by area."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import QuerySet

from organisation.charts import Chart, Point, Radar, Spoke, radar, trend
from reporting.assessing import AreaChange, Total, changes, weakest
from reporting.assessment_versions import AssessedPart, Version, versions
from reporting.models import Assessment, CriterionFile, Evidence
from surveys.questionnaires import text_in


class Line(NamedTuple):
    """One assessment in a list. `change` is in points since the one before of the same form, kind and place."""

    assessment: Assessment
    total: Total
    change: int | None


@dataclass(frozen=True)
class Overview:
    """`highest` is the line with the highest total that assessors from outside gave anybody here, None without any."""

    ours: list[Line]
    others: list[Line]
    highest: Line | None
    chart: Chart | None


class Row(NamedTuple):
    """One area of an assessment. `width` is 0–100, of the most points; `evidence` counts its criteria that are spoken of."""

    part: AssessedPart
    title: str
    change: AreaChange
    width: int
    is_weak: bool
    evidence: int


@dataclass(frozen=True)
class Page:
    """One assessment, beside another where there is one (`beside`)."""

    assessment: Assessment
    form: Version
    total: Total
    beside: Line | None
    rows: list[Row]
    chart: Radar | None


def assessments() -> QuerySet[Assessment]:
    """Return all with points and municipality, the newest first (two queries)."""
    return Assessment.objects.select_related("elsewhere").prefetch_related("areas").order_by("-year", "kind", "-pk")


def assessment_numbered(pk: int) -> Assessment | None:
    return assessments().filter(pk=pk).first()


def reference_of(assessment: Assessment) -> str:
    """Return what other systems name it by: «kommunekompasset-2020-external-2024», of others with their number."""
    reference = f"{assessment.version}-{assessment.kind}-{assessment.year}"
    elsewhere = assessment.elsewhere
    if elsewhere is None:
        return reference
    return f"{reference}-{elsewhere.country}-{re.sub(r'[^0-9a-zæøåäö]+', '-', elsewhere.code.casefold())}"


def beside_of(found: Assessment, others: Sequence[Line]) -> Line | None:
    """Return what an assessment is held against where nobody says otherwise: the latest before it of the same municipality,
    of the same kind if there is one."""
    earlier = [
        line
        for line in others
        if line.assessment.elsewhere_id == found.elsewhere_id and line.assessment.year < found.year
    ]
    return max(earlier, key=lambda line: (line.assessment.kind == found.kind, line.assessment.year), default=None)


def latest_form() -> Version:
    """Return the form by which we were assessed last, else the newest there is (one query)."""
    latest = (
        Assessment.objects.filter(elsewhere=None).order_by("-year", "-pk").values_list("version", flat=True).first()
    )
    return versions()[latest] if latest else next(iter(versions().values()))


def lines(found: Iterable[Assessment]) -> list[Line]:
    """Return a line for each, in the order given."""
    rows = list(found)
    series: dict[tuple[str, int | None, str], list[Assessment]] = defaultdict(list)
    for each in rows:
        series[(each.version, each.elsewhere_id, each.kind)].append(each)
    made: dict[int, Line] = {}
    for group in series.values():
        before: int | None = None
        for each in sorted(group, key=lambda one: one.year):
            total = each.sum()
            change = None if before is None or total.points is None else total.points - before
            made[each.pk] = Line(each, total, change)
            before = total.points if total.points is not None else before
    return [made[each.pk] for each in rows]


def highest_of(found: Sequence[Line]) -> Line | None:
    """Return the line with the most points among those from outside; of equals the earliest."""
    known = [
        line for line in found if line.total.points is not None and line.assessment.kind == Assessment.Kind.EXTERNAL
    ]
    return min(known, key=lambda line: (-(line.total.points or 0), line.assessment.year), default=None)


def overview(version: Version, kinds: Sequence[tuple[str, str]]) -> Overview:
    """Return the assessments by one form. `kinds` are the kinds with their names, each a line of the chart."""
    found = lines(assessments().filter(version=version.key))
    ours = [line for line in found if line.assessment.elsewhere_id is None]
    others = [line for line in found if line.assessment.elsewhere_id is not None]
    others.sort(key=lambda line: (str(line.assessment.elsewhere), -line.assessment.year))
    return Overview(ours, others, highest_of(found), _totals(ours, version, kinds))


def _totals(ours: Sequence[Line], version: Version, kinds: Sequence[tuple[str, str]]) -> Chart | None:
    known = [line for line in ours if line.total.points is not None]
    if len({line.assessment.year for line in known}) < 2:
        return None
    years = range(min(line.assessment.year for line in known), max(line.assessment.year for line in known) + 1)
    series = []
    for kind, name in kinds:
        points = {line.assessment.year: line.total.points for line in known if line.assessment.kind == kind}
        if points:
            series.append((name, [Point(str(year), points.get(year)) for year in years]))
    (name, first), *others = series
    return trend(first, *others, name=name, top=version.highest, joined=True)


def page_of(assessment: Assessment, beside: Line | None, *, language: str, names: tuple[str, str]) -> Page:
    """Return the page of one assessment. `names` are what the radar calls it and the one beside it."""
    form, points = assessment.form, assessment.points()
    before = beside.assessment.points() if beside else {}
    shown = evidence_of(assessment)
    weak = weakest(points)
    rows = [
        Row(
            part,
            text_in(part.titles, language),
            change,
            round(100 * (change.points or 0) / form.most),
            part.key in weak,
            sum(1 for criterion in part.criteria if criterion.key in shown),
        )
        for part, change in zip(form.areas, changes(points, before, [area.key for area in form.areas]), strict=True)
    ]
    chart = None
    if len(points) >= 3:
        both = (names[0], names[1]) if before else (names[0],)
        spokes = [Spoke(row.title, (row.change.points, row.change.before)[: len(both)]) for row in rows]
        chart = radar(spokes, both, top=form.most)
    return Page(assessment, form, assessment.sum(), beside, rows, chart)


def files_of(assessment: Assessment, part: AssessedPart) -> dict[str, list[CriterionFile]]:
    """Return the files that show that an area's criteria are met, by the criterion's key (one query)."""
    found: dict[str, list[CriterionFile]] = defaultdict(list)
    keys = [criterion.key for criterion in part.criteria]
    for file in CriterionFile.objects.filter(assessment=assessment, criterion__in=keys).select_related("added_by"):
        found[file.criterion].append(file)
    return found


def evidence_of(assessment: Assessment) -> dict[str, Evidence]:
    """Return what is said of each criterion, by its key (one query)."""
    return {row.criterion: row for row in Evidence.objects.filter(assessment=assessment)}
