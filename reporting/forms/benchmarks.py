"""What is held against whom, and the figures of others as they are typed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from reporting.actions.recording import Figure, GridCell, Where
from reporting.forms.values import exactly, in_field
from reporting.models import Elsewhere, Indicator, Value
from reporting.periods import Period
from reporting.scales import read_number, says_not_measured

MOST_ANSWERS = 2**31


@dataclass
class OthersRow:
    """The fields of one municipality: value, of how many, margin. `was` is what stood there, `seen` the revision."""

    place: Elsewhere
    value: str
    n: str
    margin: str
    was: str
    seen: int
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"v-{self.place.pk}"

    @property
    def typed(self) -> str:
        return "|".join((self.value, self.n, self.margin))


class OthersGrid:
    """One indicator's figures of a year, of each municipality of a group and of the country."""

    def __init__(
        self, indicator: Indicator, year: int, places: Sequence[Elsewhere], stored: Mapping[int, Value], *, language: str,
        data: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        self.indicator, self.year = indicator, year
        self.source = " ".join((data or {}).get("source", "").replace("\x00", "").split())
        self._stored, self._language = stored, language
        self.rows = [self._row(place, stored.get(place.pk), data) for place in places]

    def _row(self, place: Elsewhere, stored: Value | None, data: Mapping[str, str] | None) -> OthersRow:
        row = OthersRow(
            place,
            value=in_field(stored, self.indicator.decimals, self._language),
            n="" if stored is None or stored.n is None else str(stored.n),
            margin="" if stored is None or stored.margin is None else exactly(stored.margin, 0, self._language),
            was="",
            seen=stored.revision if stored else 0,
        )
        row.was = row.typed
        if data is not None:
            for name, kind in (("value", "v"), ("n", "n"), ("margin", "m")):
                setattr(row, name, data.get(f"{kind}-{place.pk}", getattr(row, name)).replace("\x00", "").strip()[:40])
            row.was = data.get(f"was-{place.pk}", row.was)
            seen = data.get(f"seen-{place.pk}", "")
            row.seen = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 6 else row.seen
        return row

    @property
    def errors(self) -> list[tuple[str, str]]:
        """The id of each field that cannot be, with its sentence."""
        found = [
            (f"{kind}-{row.place.pk}", f"{row.place.name}: {error}")
            for row in self.rows
            for kind, error in row.errors.items()
        ]
        return [*found, *([("source", self.source_error)] if self.source_error else [])]

    @property
    def source_error(self) -> str:
        return _("At most 250 characters.") if len(self.source) > 250 else ""

    def refuse(self, cells: Mapping[str, str], stands: Mapping[int, Value]) -> None:
        """Let rows say why they were refused. What others wrote meanwhile is what is seen from now on."""
        for row in self.rows:
            if row.name in cells:
                row.errors["v"] = cells[row.name]
            stored = stands.get(row.place.pk)
            row.seen = stored.revision if stored else 0

    def cells(self) -> list[GridCell]:
        """Return what was changed. Rows with what cannot be get their errors instead."""
        return [cell for row in self.rows if row.typed != row.was and (cell := self._cell(row)) is not None]

    def _cell(self, row: OthersRow) -> GridCell | None:
        where = Where(None, row.place.pk, Period(self.year))
        if not row.typed.strip("|") and row.was.strip("|"):
            return GridCell(row.name, self.indicator, None, where, row.seen)
        value, n, margin = self._value(row), self._n(row), self._margin(row)
        if row.errors:
            return None
        stored = self._stored.get(row.place.pk)
        source = self.source or (stored.source if stored else "") or self.indicator.source
        figure = Figure(where.period, value, elsewhere=where.elsewhere, n=n, margin=margin, source=source)
        return GridCell(row.name, self.indicator, figure, where, row.seen)

    def _value(self, row: OthersRow) -> Decimal | None:
        if says_not_measured(row.value):
            return None
        if not row.value:
            row.errors["v"] = _("The value is missing. Write – if it was not measured.")
            return None
        number = read_number(row.value)
        if number is None:
            row.errors["v"] = _("«%(value)s» is no number. Write it like 4,6, or – if it was not measured.") % {
                "value": row.value[:30]
            }
        return number

    def _n(self, row: OthersRow) -> int | None:
        number = read_number(row.n) if row.n else None
        if row.n and (number is None or number != int(number) or not 0 <= number < MOST_ANSWERS):
            row.errors["n"] = _("«%(value)s» is no number of answers.") % {"value": row.n[:30]}
            return None
        return None if number is None else int(number)

    def _margin(self, row: OthersRow) -> Decimal | None:
        number = read_number(row.margin) if row.margin else None
        if row.margin and (number is None or number < 0):
            row.errors["m"] = _("«%(value)s» is no margin: write how far up and down it goes, such as 0,2.") % {
                "value": row.margin[:30]
            }
        return number
