"""`import_benchmarks`: national means and other municipalities', from a CSV file. All of it or nothing.

Columns: kind (nation, municipality, earlier), name, year, source, weighs (people, municipalities; may be empty for one
municipality), key (of a question or an area), mean, and where the source gives them sd, se and n.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from feedback.importing.faults import CannotImport, RowRefused
from feedback.importing.report import DUPLICATE, Problem
from surveys.actions.benchmarks import PublishedMean, keep_benchmarks
from surveys.importing.tables import rows_of
from surveys.models import Comparator, Question
from surveys.questionnaires import SCALE, THREE_POINTS, QuestionKind

FIRST_YEAR = 1980
REQUIRED = ("kind", "name", "year", "source", "key", "mean")
COLUMNS = (*REQUIRED, "weighs", "sd", "se", "n")


@dataclass
class BenchmarkReport:
    rows: int = 0
    new: int = 0
    changed: int = 0
    problems: list[Problem] = field(default_factory=list)


def import_benchmarks(path: Path, *, this_year: int, dry_run: bool = False) -> BenchmarkReport:
    """Import a file of means. If a line is refused, nothing is written. Raises CannotImport for the file as a whole."""
    report, means = BenchmarkReport(), []
    three = set(Question.objects.filter(kind=QuestionKind.THREE_POINTS).values_list("key", flat=True))
    seen: dict[tuple[str, str, int, str], int] = {}
    told: dict[tuple[str, str, int], tuple[str, str]] = {}
    for line, row in rows_of(path, required=REQUIRED, known=COLUMNS):
        report.rows += 1
        try:
            mean = _mean(row, three, this_year)
            once = (mean.kind, mean.name, mean.year, mean.key)
            if once in seen:
                raise RowRefused(DUPLICATE, f"This mean stands on line {seen[once]} already.")
            seen[once] = line
            if told.setdefault(once[:3], (mean.source, mean.weighs)) != (mean.source, mean.weighs):
                raise RowRefused("two_sources", f"{mean.name} {mean.year} has another source or weighing further up.")
        except RowRefused as refused:
            report.problems.append(Problem(line, row.get("key", ""), refused.code, str(refused)))
            continue
        means.append(mean)
    if not report.rows:
        raise CannotImport(f"{path.name} has no rows.")
    if not report.problems and not dry_run:
        report.new, report.changed = keep_benchmarks(means)
    return report


def _mean(row: Mapping[str, str], three: set[str], this_year: int) -> PublishedMean:
    kind = _one_of(row, "kind", Comparator.Kind.values)
    weighs = _one_of(row, "weighs", Comparator.Weighs.values) if row.get("weighs") else ""
    if kind == Comparator.Kind.NATION and not weighs:
        raise RowRefused(
            "weighs_missing", "weighs is missing: does the mean count each person or each municipality alike?"
        )
    for name, longest in (("name", 100), ("source", 250), ("key", 60)):
        if not row[name]:
            raise RowRefused("missing", f"{name} is missing.")
        if len(row[name]) > longest or "\x00" in row[name]:
            raise RowRefused("too_long", f"{name} is longer than {longest} characters.")
    year = row["year"]
    if not (year.isascii() and year.isdigit() and len(year) == 4 and FIRST_YEAR <= int(year) <= this_year):
        raise RowRefused("impossible_year", f"«{year}» is not a year from {FIRST_YEAR} to {this_year}.")
    points = THREE_POINTS if row["key"] in three else SCALE
    mean = _number(row, "mean")
    if mean is None or not points[0] <= mean <= points[-1]:
        raise RowRefused("outside_scale", f"«{row['mean']}» is not a mean on the scale {points[0]}–{points[-1]}.")
    sd, se = _number(row, "sd"), _number(row, "se")
    for name, value in (("sd", sd), ("se", se)):
        if value is not None and not 0 <= value <= points[-1] - points[0]:
            raise RowRefused("impossible_spread", f"«{row[name]}» cannot be the {name} of answers on this scale.")
    return PublishedMean(
        kind=kind,
        name=row["name"],
        year=int(year),
        source=row["source"],
        weighs=weighs,
        key=row["key"],
        mean=mean,
        sd=sd,
        se=se,
        n=_count(row),
    )


def _one_of(row: Mapping[str, str], name: str, choices: list[str]) -> str:
    value = row[name].casefold()
    if value not in choices:
        raise RowRefused("no_choice", f"{name}: «{row[name]}» is not one of {', '.join(choices)}.")
    return value


def _number(row: Mapping[str, str], name: str) -> float | None:
    text = row.get(name, "")
    if not text:
        return None
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise RowRefused("no_number", f"{name}: «{text}» is no number.")
    return number


def _count(row: Mapping[str, str]) -> int | None:
    text = row.get("n", "").replace(" ", "").replace("\u00a0", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 11 and 0 < int(text) < 2_000_000_000):
        raise RowRefused("no_number", f"n: «{row['n']}» is not a number of answers.")
    return int(text)
