"""By group, with nothing from which a small group could be worked out (`surveys.statistics.suppression`).

Which cells are hidden is decided for all variables together and in the questionnaire's order, whichever was asked for,
so that the page, a file and the publication hide the same. There are no free filters: a figure is of everybody, or of
one value of one variable in a protected table.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surveys.results.heavy import suppress
from surveys.results.reading import Sheet
from surveys.results.responding import Answering
from surveys.statistics.answers import valid
from surveys.statistics.areas import area_scores
from surveys.statistics.errors import CannotCompute
from surveys.statistics.tables import EVERYBODY, NOT_STATED, Cell, Table, Variable

Hidden = dict[tuple[str, str], frozenset[Cell]]
"""The hidden cells of each item and area: by `("item", key)` and `("area", key)`."""


@dataclass(frozen=True)
class Told:
    """Which groups' figures were published before, and which were held back. Both stay: what was hidden once beside what
    was shown could else be worked out from two versions together."""

    shown: Mapping[tuple[str, str], frozenset[Cell]]
    hidden: Mapping[tuple[str, str], frozenset[Cell]]

    def cells(self) -> frozenset[Cell]:
        """Every group of which something was published."""
        return frozenset[Cell]().union(*self.shown.values())


NOTHING_TOLD = Told({}, {})


def told_by(published: Iterable[Mapping[str, Any]]) -> Told:
    """Return what the figures of earlier publications, all that ever were out, have told and held back.

    A cell that one version showed is told, even where another hid it.
    """
    shown: dict[tuple[str, str], set[Cell]] = {}
    hidden: dict[tuple[str, str], set[Cell]] = {}
    for figures in published:
        for group in figures["groups"]:
            cell: Cell = ((group["variable"], group["value"]),)
            for level in ("item", "area"):
                for one in group[f"{level}s"]:
                    (hidden if one["suppressed"] else shown).setdefault((level, one["key"]), set()).add(cell)
    return Told(
        {key: frozenset(cells) for key, cells in shown.items()},
        {key: frozenset(cells - shown.get(key, set())) for key, cells in hidden.items()},
    )


def values_of(sheet: Sheet, variable: str) -> list[str]:
    """Return the groups of a variable. Not stated is one where anybody in the survey has not stated it."""
    values = sheet.variables()[variable]
    groups = sheet.groups(variable)
    strangers = sorted({group for group in groups if group is not None and group not in values})
    return [*values, *strangers, *([NOT_STATED] if None in groups else [])]


def hidden_cells(
    sheet: Sheet,
    *,
    least: int,
    told: Told = NOTHING_TOLD,
    answering: Answering | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Hidden:
    """Return what is not to be shown, for every rated question and area by every variable, beside what is `told`, and
    beside how many of each group have answered (`answering`).

    `progress` is told how many questions and areas are done, and of how many.
    """
    variables = {name: values_of(sheet, name) for name in sheet.variables()}
    groups = {name: sheet.groups(name) for name in variables}
    masks: dict[Cell, int] = {
        ((name, value),): _mask([group == (value or None) for group in groups[name]])
        for name, values in variables.items()
        for value in values
    }
    hidden: Hidden = {}
    known = answering or Answering()
    areas = [area for area in sheet.areas if sheet.rated_in(area.key)]

    def find(key: tuple[str, str], answers: Sequence[float | None], inside: frozenset[Cell]) -> None:
        shown = told.shown.get(key, frozenset())
        before = ((inside | known.held_back) - shown) | told.hidden.get(key, frozenset())
        hidden[key] = _hidden(answers, variables, groups, masks, before, shown, least, known.sizes)
        if progress is not None:
            progress(len(hidden), len(sheet.rated) + len(areas))

    for item in sheet.rated:
        find(("item", item.key), valid(sheet.column(item)), frozenset())
    for area in areas:
        parts = sheet.rated_in(area.key)
        # An area beside its questions would tell what a hidden one's few answers did to it.
        inside = frozenset[Cell]().union(*(hidden["item", item.key] for item in parts))
        find(("area", area.key), area_scores([sheet.column(item) for item in parts]), inside)
    return hidden


def _mask(places: Sequence[bool]) -> int:
    return int("".join("1" if inside else "0" for inside in places) or "0", 2)


def _hidden(
    answers: Sequence[float | None],
    variables: Mapping[str, Sequence[str]],
    groups: Mapping[str, Sequence[str | None]],
    masks: Mapping[Cell, int],
    before: frozenset[Cell],
    told: frozenset[Cell],
    least: int,
    sizes: Mapping[Cell, int],
) -> frozenset[Cell]:
    answered = _mask([answer is not None for answer in answers])
    if answered.bit_count() < least or EVERYBODY in before:
        return frozenset([EVERYBODY, *masks])
    hidden: set[Cell] = set()
    shown: dict[Cell, int] = {EVERYBODY: answered}
    for name, values in variables.items():
        own = {cell: mask & answered for cell, mask in masks.items() if cell[0][0] == name}
        # Two groups that are the same but for a few tell about those few.
        near = {
            cell for cell, mask in own.items() if any(_differ_by_few(mask, other, least) for other in shown.values())
        }
        table = Table.of_answers(answers, [Variable.flat(name, values)], {name: groups[name]})
        out = told & own.keys()
        try:
            found = suppress(
                table,
                least=least,
                shown=[EVERYBODY, *out],
                hidden=((near - out) | before) & own.keys(),
                at_most={cell: sizes[cell] for cell in own if cell in sizes},
            ).hidden
        except CannotCompute:  # beside the figure of everybody, and what was told, no part of it can be shown
            found = frozenset(own)
        hidden |= found
        shown |= {cell: mask for cell, mask in own.items() if cell not in found}
    return frozenset(hidden)


def _differ_by_few(one: int, other: int, least: int) -> bool:
    return one != other and (one & ~other).bit_count() < least and (other & ~one).bit_count() < least


def split(column: Sequence[Any], groups: Sequence[str | None], values: Collection[str]) -> dict[str, list[Any]]:
    """Return each group's part of a column."""
    parts: dict[str, list[Any]] = {value: [] for value in values}
    for answer, group in zip(column, groups, strict=True):
        parts[group or NOT_STATED].append(answer)
    return parts
