"""Read values from a CSV file: everything or nothing, with a sentence for each line that is wrong.

Columns are found by their names, in any order: indicator (its key), year (or period: «2025», «2025-Q3», «2025-07») and value
must be there; unit (a unit's code) or municipality (number or name), n, margin, source and date may be. «Ikke målt» or «–»
stands for a value that was not measured. A file with other columns is read by a mapping (`reporting/sources/mapped.py`).
Sentences are in the active language.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feedback.importing.columns import Columns, UnreadableFile, opened
from feedback.importing.faults import RowRefused
from feedback.importing.reading import CsvFile, Line
from feedback.importing.report import Problem, outcome_of
from feedback.importing.templates import NameOf, Template, header_of
from organisation.ds_forms import parse_day
from organisation.errors import Refused
from organisation.models import Person, Unit
from organisation.queries import municipality
from reporting.actions.recording import Figure, Where, check_figure, record_values
from reporting.models import Indicator, Value
from reporting.periods import FIRST_YEAR, read_period
from reporting.placing import Places
from reporting.queries import typeable_indicators, units_by_code
from reporting.rules import require_manager
from reporting.scales import read_number, says_not_measured
from reporting.sources.mapped import OURS, MappedFile, read_mapping

MOST_MB = 2
MOST_ROWS = 20_000
PREVIEWED = 10

_NAMES = {
    "indicator": "indicator indikator måleindikator key nøkkel nykel nyckel",
    "period": "period periode year år ar",
    "value": "value verdi resultat result värde",
    "municipality": "municipality kommune kommunenummer kommunenr kommunnummer kommunkod kommunekode region",
    "unit": "unit enhet eining resultatenhet",
    "n": "n antall antal",
    "margin": "margin feilmargin felmarginal marginal",
    "source": "source kilde kjelde källa",
    "date": "date dato datum målt measured_on",
}
COLUMNS = {name: column for column, names in _NAMES.items() for name in names.split()}
NEEDED = ("indicator", "period", "value")


def template(this_year: int) -> Template:
    """Return the file to begin with, its columns in the active language, its examples of an indicator that is here."""
    known = typeable_indicators().values_list("key", flat=True).first() or "indicator"
    names: list[NameOf] = [
        ("indikator", "indikator", "indikator", "indicator"), ("år", "år", "år", "year"),
        ("verdi", "verdi", "värde", "value"), ("kommune", "kommune", "kommunkod", "municipality"),
        ("enhet", "eining", "enhet", "unit"), ("n", "n", "n", "n"), ("feilmargin", "feilmargin", "felmarginal", "margin"),
        ("kilde", "kjelde", "källa", "source"), ("dato", "dato", "datum", "date"),
    ]  # fmt: skip
    return Template(
        header_of(names),
        [
            [known, str(this_year - 1), "4", "", "", "", "", "SSB", f"{this_year}-01-05"],
            [known, f"{this_year - 1}-Q4", "–", "", "", "", "", "SSB", ""],
        ],
    )


class Previewed(NamedTuple):
    """`value` is None where nothing was measured."""

    indicator: Indicator
    elsewhere: int | None
    unit: int | None
    period: str
    value: Decimal | None


@dataclass
class ValueReport:
    """What was read. With problems nothing was written."""

    dry_run: bool = False
    rows: int = 0
    new: int = 0
    changed: int = 0
    problems: list[Problem] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    """What is no indicator here, with how many figures of each were passed over."""
    of_places: bool = False
    """Whether it is of municipalities and no figures."""
    preview: list[Previewed] = field(default_factory=list)
    """The first figures as they would be written."""

    def show(self, indicator: Indicator, figure: Figure) -> None:
        """Keep a figure for the preview, as long as it is short."""
        if len(self.preview) < PREVIEWED:
            self.preview.append(Previewed(indicator, figure.elsewhere, figure.unit, str(figure.period), figure.value))

    @property
    def same(self) -> int:
        return self.rows - self.new - self.changed

    def lines(self) -> list[str]:
        """Return what came of it, in sentences."""
        said = [ngettext("%(n)s line read.", "%(n)s lines read.", self.rows) % {"n": self.rows}]
        if self.problems or self.dry_run:
            said += outcome_of(self.problems)
        else:
            counted = {"new": self.new, "changed": self.changed, "same": max(self.same, 0)}
            if self.of_places:
                said.append(_("%(new)s new municipalities, %(changed)s changed.") % counted)
            else:
                said.append(_("%(new)s new figures, %(changed)s changed, %(same)s as they were.") % counted)
        if self.left_out:
            said.append(_("Left out, as there is no such indicator here: %(names)s.") % {"names": self._left_out()})
        return said

    def _left_out(self) -> str:
        named = sorted(self.left_out)
        return ", ".join(named[:10]) + (" …" if len(named) > 10 else "")


def import_values(
    content: bytes,
    *,
    source: str = "",
    mapping: str = "",
    by: Person | None,
    now: datetime,
    this_year: int,
    dry_run: bool = False,
) -> ValueReport:
    """Read a file of values. One line with a fault is enough for nothing to be written; a second time changes nothing.

    `source` stands where the file names none. `mapping` is TOML for a file with columns of its own. Raises NotAllowed,
    UnreadableFile.
    """
    require_manager(by)
    report = ValueReport(dry_run=dry_run)
    file: CsvFile | MappedFile = opened(content, most_mb=MOST_MB)
    if mapping.strip():
        theirs = read_mapping(mapping)
        file, source = MappedFile(file.header, iter(file), theirs), source or theirs.source
    columns = _columns(file.header)
    reader = _Reader(columns, source.strip(), this_year)
    found: dict[Indicator, list[Figure]] = {}
    for line in file:
        report.rows += 1
        if report.rows > MOST_ROWS:
            raise UnreadableFile(_("The file has more than %(most)s lines. Divide it.") % {"most": MOST_ROWS})
        try:
            indicator, figure = reader.read(line)
        except RowRefused as refused:
            report.problems.append(Problem(line.number, columns.raw(line, "indicator"), refused.code, str(refused)))
            continue
        found.setdefault(indicator, []).append(figure)
        report.show(indicator, figure)
    if not report.rows:
        raise UnreadableFile(_("The file has no lines below the first."))
    if report.problems or dry_run:
        return report
    with transaction.atomic():
        for indicator, figures in found.items():
            done = record_values(
                indicator, figures, by=by, now=now, this_year=this_year, how=Value.How.IMPORTED
            )  # fmt: skip
            report.new, report.changed = report.new + done.new, report.changed + done.changed
    return report


def _columns(header: list[str]) -> Columns:
    columns = Columns(header, COLUMNS)
    if columns.unknown:
        raise UnreadableFile(
            _("There is a column «%(name)s». These are read: %(columns)s.")
            % {"name": columns.unknown[0][:60], "columns": ", ".join(OURS)}
        )
    if columns.lacks(*NEEDED):
        raise UnreadableFile(
            _("The first line must name the columns indicator, year and value. It says: %(line)s.")
            % {"line": ", ".join(header)[:200]}
        )
    return columns


class _Reader:
    """Makes a figure of each line, and remembers on which line each stood."""

    def __init__(self, columns: Columns, source: str, this_year: int) -> None:
        self._cell = columns.cell
        self._check_whole = columns.check_whole
        self._source = source
        self._this_year = this_year
        self._indicators = {indicator.key: indicator for indicator in Indicator.objects.all()}
        self._units = units_by_code()
        self._places = Places(municipality())
        self._lines: dict[tuple[str, Where], int] = {}

    def read(self, line: Line) -> tuple[Indicator, Figure]:
        """Raises RowRefused with a sentence."""
        self._check_whole(line)
        key = self._cell(line, "indicator").casefold()
        indicator = self._indicators.get(key)
        if indicator is None:
            raise RowRefused(
                "unknown_indicator", _("There is no indicator with the key «%(key)s».") % {"key": key[:60]}
            )
        written = self._cell(line, "period")
        period = read_period(written, last_year=self._this_year)
        if period is None:
            raise RowRefused(
                "impossible_year",
                _("«%(value)s» is no year from %(first)s to %(last)s, nor a quarter (2025-Q3) or a month (2025-07).")
                % {"value": written[:20], "first": FIRST_YEAR, "last": self._this_year},
            )
        unit = self._unit(self._cell(line, "unit"))
        named = self._cell(line, "municipality")
        place = self._places.find(named, period.year) if named else None
        if place is not None and unit is not None:
            raise RowRefused("two_places", _("A figure is of a unit of ours or of another municipality, not of both."))
        figure = Figure(
            period,
            self._value(self._cell(line, "value")),
            unit=unit.pk if unit else None,
            elsewhere=place,
            n=self._n(self._cell(line, "n")),
            margin=self._margin(self._cell(line, "margin")),
            source=self._cell(line, "source", 250) or self._source or indicator.source,
            measured_on=self._date(self._cell(line, "date")),
        )
        try:
            check_figure(indicator, figure, this_year=self._this_year)
        except Refused as refusal:
            raise RowRefused(refusal.code, str(refusal)) from None
        once = (indicator.key, figure.where)
        if once in self._lines:
            raise RowRefused(
                "duplicate", _("This figure stands on line %(line)s already.") % {"line": self._lines[once]}
            )
        self._lines[once] = line.number
        return indicator, figure

    def _unit(self, code: str) -> Unit | None:
        if code and code.casefold() not in self._units:
            raise RowRefused("unknown_unit", _("There is no unit with the code «%(code)s».") % {"code": code[:60]})
        return self._units[code.casefold()] if code else None

    def _value(self, text: str) -> Decimal | None:
        if not text:
            raise RowRefused("value_missing", _("The value is missing. Write – if it was not measured."))
        if says_not_measured(text):
            return None
        return self._number(text)

    def _number(self, text: str) -> Decimal:
        number = read_number(text)
        if number is None:
            raise RowRefused("no_number", _("«%(value)s» is no number.") % {"value": text[:30]})
        return number

    def _n(self, text: str) -> int | None:
        if not text:
            return None
        number = self._number(text)
        if number != int(number) or not 0 <= number < 2**31:
            raise RowRefused("no_count", _("«%(value)s» is no number of answers.") % {"value": text[:30]})
        return int(number)

    def _margin(self, text: str) -> Decimal | None:
        return self._number(text) if text else None

    def _date(self, text: str) -> date | None:
        if not text:
            return None
        try:
            return parse_day(text)
        except ValidationError as error:
            raise RowRefused("no_date", " ".join(error.messages)) from None
