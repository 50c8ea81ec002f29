"""`import_benchmarks`: national means and other municipalities', from a CSV file. All of it or nothing.

Columns: kind (nation, municipality, earlier), name, year, source, weighs (people, municipalities; may be empty for one
municipality), key (of a question or an area), mean, and where the source gives them sd, se and n.
"""

from __future__ import annotations

import codecs
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feedback.importing.columns import UnreadableFile
from feedback.importing.faults import RowRefused
from feedback.importing.report import DUPLICATE, Problem, outcome_of
from feedback.importing.templates import Template
from surveys.actions.benchmarks import PublishedMean, keep_benchmarks
from surveys.importing.tables import rows_of
from surveys.models import Comparator, Question
from surveys.questionnaires import SCALE, THREE_POINTS, QuestionKind

FIRST_YEAR = 1980
REQUIRED = ("kind", "name", "year", "source", "key", "mean")
COLUMNS = (*REQUIRED, "weighs", "sd", "se", "n")


@dataclass
class BenchmarkReport:
    dry_run: bool = False
    rows: int = 0
    new: int = 0
    changed: int = 0
    problems: list[Problem] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Return what came of it, in sentences."""
        said = [ngettext("%(n)s line read.", "%(n)s lines read.", self.rows) % {"n": self.rows}]
        if self.problems or self.dry_run:
            return [*said, *outcome_of(self.problems)]
        same = self.rows - self.new - self.changed
        counted = {"new": self.new, "changed": self.changed, "same": same}
        return [*said, _("%(new)s new means, %(changed)s changed, %(same)s as they were.") % counted]


def template(this_year: int) -> Template:
    """Return the file to begin with."""
    year = str(this_year - 1)
    return Template(
        COLUMNS,
        [
            ["nation", "Norge", year, "KS", "school", "4.6", "people", "1.1", "", "12400"],
            ["municipality", "Fjellvær", year, "Fjellvær", "school", "4.4", "", "", "0.08", "610"],
        ],
    )


def holds_means(content: bytes) -> bool:
    """Whether the first line names the columns of such a file."""
    first = content.removeprefix(codecs.BOM_UTF8)[:1000].split(b"\n", 1)[0].decode("utf-8", "replace").casefold()
    return {"kind", "mean"} <= set(re.split(r"[;,\t\s]+", first))


def import_benchmarks(content: bytes, *, this_year: int, dry_run: bool = False) -> BenchmarkReport:
    """Import a file of means. If a line is refused, nothing is written. Raises UnreadableFile for the file as a whole."""
    report, means = BenchmarkReport(dry_run), []
    three = set(Question.objects.filter(kind=QuestionKind.THREE_POINTS).values_list("key", flat=True))
    seen: dict[tuple[str, str, int, str], int] = {}
    told: dict[tuple[str, str, int], tuple[str, str]] = {}
    for line, row in rows_of(content, required=REQUIRED, known=COLUMNS):
        report.rows += 1
        try:
            mean = _mean(row, three, this_year)
            once = (mean.kind, mean.name, mean.year, mean.key)
            if once in seen:
                raise RowRefused(DUPLICATE, _("This mean stands on line %(seen)s already.") % {"seen": seen[once]})
            seen[once] = line
            if told.setdefault(once[:3], (mean.source, mean.weighs)) != (mean.source, mean.weighs):
                raise RowRefused(
                    "two_sources",
                    _("%(name)s %(year)s has another source or weighing further up.")
                    % {"name": mean.name, "year": mean.year},
                )
        except RowRefused as refused:
            report.problems.append(Problem(line, row.get("key", ""), refused.code, str(refused)))
            continue
        means.append(mean)
    if not report.rows:
        raise UnreadableFile(_("The file has no lines below the first."))
    if not report.problems and not dry_run:
        report.new, report.changed = keep_benchmarks(means)
    return report


def _mean(row: Mapping[str, str], three: set[str], this_year: int) -> PublishedMean:
    kind = _one_of(row, "kind", Comparator.Kind.values)
    weighs = _one_of(row, "weighs", Comparator.Weighs.values) if row.get("weighs") else ""
    if kind == Comparator.Kind.NATION and not weighs:
        raise RowRefused(
            "weighs_missing", _("weighs is missing: does the mean count each person or each municipality alike?")
        )
    for name, longest in (("name", 100), ("source", 250), ("key", 60)):
        if not row[name]:
            raise RowRefused("missing", _("%(name)s is missing.") % {"name": name})
        if len(row[name]) > longest or "\x00" in row[name]:
            raise RowRefused(
                "too_long", _("%(name)s is longer than %(longest)s characters.") % {"name": name, "longest": longest}
            )
    year = row["year"]
    if not (year.isascii() and year.isdigit() and FIRST_YEAR <= int(year) <= this_year):
        raise RowRefused(
            "impossible_year",
            _("«%(year)s» is not a year from %(first_year)s to %(this_year)s.")
            % {"year": year, "first_year": FIRST_YEAR, "this_year": this_year},
        )
    points = THREE_POINTS if row["key"] in three else SCALE
    mean = _number(row, "mean")
    if mean is None or not points[0] <= mean <= points[-1]:
        raise RowRefused(
            "outside_scale",
            _("«%(row)s» is not a mean on the scale %(points)s–%(points2)s.")
            % {"row": row["mean"], "points": points[0], "points2": points[-1]},
        )
    sd, se = _number(row, "sd"), _number(row, "se")
    for name, value in (("sd", sd), ("se", se)):
        if value is not None and not 0 <= value <= points[-1] - points[0]:
            raise RowRefused(
                "impossible_spread",
                _("«%(row)s» cannot be the %(name)s of answers on this scale.") % {"row": row[name], "name": name},
            )
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
        raise RowRefused(
            "no_choice",
            _("%(name)s: «%(row)s» is not one of %(choices)s.")
            % {"name": name, "row": row[name], "choices": ", ".join(choices)},
        )
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
        raise RowRefused("no_number", _("%(name)s: «%(text)s» is no number.") % {"name": name, "text": text})
    return number


def _count(row: Mapping[str, str]) -> int | None:
    text = row.get("n", "").replace(" ", "").replace("\u00a0", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 2_000_000_000):
        raise RowRefused("no_number", _("n: «%(row)s» is not a number of answers.") % {"row": row["n"]})
    return int(text)
