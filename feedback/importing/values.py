"""Where a value of a card comes from: a column, several joined, a template, or one value for all rows. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

Row = Sequence[str]
Read = Callable[[Row], str]

THE_REST = "*"
"""In a map: what stands here is for every value that the map does not name."""


@dataclass(frozen=True)
class Value:
    """How one value is made of a row. `at` is the mapping's key, for sentences about it.

    Either `fixed` is set, or `base` (another value that this one begins with), or `columns`: with `pieces` (a template:
    literal text and the column after it, if any) or with `between` (what stands between columns that are joined).
    """

    at: str
    fixed: str | None = None
    base: Value | None = None
    columns: tuple[str, ...] = ()
    pieces: tuple[tuple[str, str | None], ...] = ()
    between: str = " "
    map: Mapping[str, str] = field(default_factory=dict)
    default: str = ""

    @property
    def own_words(self) -> list[str]:
        """The values that the mapping itself names: the fixed one, the default, and what the map leads to."""
        return [word for word in dict.fromkeys([self.fixed or "", self.default, *self.map.values()]) if word]

    def bind(self, header: Sequence[str], empty: frozenset[str]) -> Read:
        """Return the function that makes the value of a row. `empty` holds the words (casefolded) that mean nothing.

        A value that the map does not name stays as it is; nothing becomes the default.
        """
        raw = self._raw(header, empty)
        if not self.map and not self.default:
            return raw
        exact, default, rest = self.map, self.default, self.map.get(THE_REST)
        folded = {key.casefold(): value for key, value in exact.items()}

        def read(row: Row) -> str:
            value = raw(row)
            if not value:
                return default
            found = exact.get(value)
            if found is None:
                found = folded.get(value.casefold(), rest)
            return value if found is None else found

        return read

    def _raw(self, header: Sequence[str], empty: frozenset[str]) -> Read:
        if self.fixed is not None:
            fixed = self.fixed
            return lambda row: fixed
        if self.base is not None:
            return self.base.bind(header, empty)
        place = {name: position for position, name in enumerate(header)}

        def cell(row: Row, position: int) -> str:
            value = row[position].strip()
            return "" if value.casefold() in empty else value

        if self.pieces:
            pieces = [(literal, None if column is None else place[column]) for literal, column in self.pieces]
            positions = [place[column] for column in self.columns]

            def filled(row: Row) -> str:
                if not any(cell(row, position) for position in positions):
                    return ""
                parts = [literal + ("" if position is None else cell(row, position)) for literal, position in pieces]
                return "".join(parts).strip()

            return filled
        if len(self.columns) == 1:
            only = place[self.columns[0]]
            return lambda row: cell(row, only)
        positions = [place[column] for column in self.columns]
        between = self.between
        return lambda row: between.join(value for position in positions if (value := cell(row, position)))
