"""Typing values fast: a grid of indicators by years. And a file of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organisation.models import Unit
from reporting.actions.recording import Figure, GridCell, Where
from reporting.forms.feeds import named
from reporting.models import Indicator, Value
from reporting.periods import Period
from reporting.scales import Standing, read_number, says_not_measured
from reporting.wording import number_said

NOT_MEASURED = "–"


@dataclass
class Cell:
    """One field of the grid. `typed` is what stands in it, `was` what is stored, `error` why the former cannot be."""

    name: str
    year: int
    was: str
    typed: str
    seen: int
    error: str = ""


@dataclass
class GridRow:
    indicator: Indicator
    label: str
    cells: list[Cell]


def in_field(value: Value | None, decimals: int, language: str) -> str:
    """Return a figure as it stands in its field: exact, with at least so many decimals; empty where none is written."""
    if value is None:
        return ""
    if value.value is None:
        return NOT_MEASURED if value.standing == Standing.NOT_MEASURED else ""
    return exactly(value.value, decimals, language)


def exactly(number: Decimal, decimals: int, language: str) -> str:
    """Return a number with all its decimals, at least so many."""
    exact = number.normalize().as_tuple().exponent
    return number_said(number, max(decimals, -exact if isinstance(exact, int) else 0, 0), language)


class Grid:
    """What the page shows and sends: each cell with the revision it was shown with. A cell left as it was is not written."""

    def __init__(
        self, indicators: Sequence[Indicator], years: Sequence[int], values: Mapping[int, Mapping[int, Value]], *,
        unit: Unit | None, language: str, data: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        self.years, self._unit, self._language = years, unit, language
        self.source = " ".join((data or {}).get("source", "").replace("\x00", "").split())
        self.is_sent = data is not None
        self.rows: list[GridRow] = []
        self._changed: list[tuple[GridRow, Cell]] = []
        for indicator in indicators:
            row = GridRow(indicator, indicator.name_in(language), [])
            self.rows.append(row)
            for year in years:
                self._add(row, year, values.get(indicator.pk, {}).get(year), data)

    def _add(self, row: GridRow, year: int, stored: Value | None, data: Mapping[str, str] | None) -> None:
        name = f"v-{row.indicator.pk}-{year}"
        shown = in_field(stored, row.indicator.decimals, self._language)
        cell = Cell(name, year, shown, shown, stored.revision if stored else 0)
        if data is not None:
            cell.typed = data.get(name, shown).strip()
            was, seen = data.get(f"was-{name}", shown), data.get(f"seen-{name}", "")
            cell.seen = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 6 else cell.seen
            if cell.typed != was:
                self._changed.append((row, cell))
        row.cells.append(cell)

    @property
    def errors(self) -> list[tuple[str, str]]:
        """The name of each cell that cannot be, with its sentence."""
        found = [
            (cell.name, f"{row.label}, {cell.year}: {cell.error}")
            for row in self.rows
            for cell in row.cells
            if cell.error
        ]
        return [*found, *([("source", self.source_error)] if self.source_error else [])]

    @property
    def source_error(self) -> str:
        return _("At most 250 characters.") if len(self.source) > 250 else ""

    def refuse(self, cells: Mapping[str, str]) -> None:
        """Let cells say why they were refused. What others wrote meanwhile is what is seen from now on."""
        for row in self.rows:
            for cell in row.cells:
                cell.error = cells.get(cell.name, cell.error)

    def see_what_stands(self, values: Mapping[int, Mapping[int, Value]]) -> None:
        for row in self.rows:
            for cell in row.cells:
                stored = values.get(row.indicator.pk, {}).get(cell.year)
                cell.seen = stored.revision if stored else 0

    def cells(self) -> list[GridCell]:
        """Return what was changed. Cells with what is no number get their error instead."""
        found = []
        for row, cell in self._changed:
            where = Where(self._unit.pk if self._unit else None, None, Period(cell.year))
            if not cell.typed:
                found.append(GridCell(cell.name, row.indicator, None, where, cell.seen))
                continue
            number = None if says_not_measured(cell.typed) else read_number(cell.typed)
            if number is None and not says_not_measured(cell.typed):
                cell.error = _("«%(value)s» is no number. Write it like 4,6, or – if it was not measured.") % {
                    "value": cell.typed[:30]
                }
                continue
            figure = Figure(where.period, number, unit=where.unit, source=self.source or row.indicator.source)
            found.append(GridCell(cell.name, row.indicator, figure, where, cell.seen))
        return found


class ImportForm(forms.Form):
    use_required_attribute = False
    file = forms.FileField(
        label=gettext_lazy("File with figures"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.json,text/csv,application/json"}),
        help_text=gettext_lazy("CSV, an answer saved from Kolada, SSB or Klass (JSON), or another municipality's open data."),
        error_messages={
            "required": gettext_lazy("Choose a file."), "empty": gettext_lazy("The file is empty. Choose another."),
        },
    )  # fmt: skip
    source = forms.CharField(
        label=gettext_lazy("Source"), max_length=250, required=False,
        help_text=gettext_lazy("Where the lines name none, such as «SSB, table 07459»."),
    )  # fmt: skip
    indicator = forms.ModelChoiceField(
        Indicator.objects.none(), label=gettext_lazy("Indicator"), required=False,
        help_text=gettext_lazy("For an answer from Kolada or SSB alone: what its figures are of."),
    )  # fmt: skip
    mapping = forms.CharField(
        label=gettext_lazy("Mapping"), required=False, max_length=20_000, strip=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=gettext_lazy("For a CSV file with other columns alone: in TOML, which of its columns is which of ours."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        named(self.fields["indicator"], Indicator.objects.order_by("pk"))
