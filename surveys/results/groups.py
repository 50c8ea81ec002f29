"""By group, with nothing from which a small group could be worked out (`surveys.statistics.suppression`).

Which cells are hidden is decided for all variables together and in the questionnaire's order, whichever was asked for,
so that the page, a file and the publication hide the same. There are no free filters: a figure is of everybody, or of
one value of one variable in a protected table.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from surveys.results.reading import Sheet
from surveys.statistics.answers import valid
from surveys.statistics.areas import area_scores
from surveys.statistics.errors import CannotCompute
from surveys.statistics.suppression import suppress
from surveys.statistics.tables import EVERYBODY, NOT_STATED, Cell, Table, Variable

Hidden = dict[tuple[str, str], frozenset[Cell]]
"""The hidden cells of each item and area: by `("item", key)` and `("area", key)`."""


def values_of(sheet: Sheet, variable: str) -> list[str]:
    """Return the groups of a variable. Not stated is one where anybody in the survey has not stated it."""
    values = sheet.variables()[variable]
    groups = sheet.groups(variable)
    strangers = sorted({group for group in groups if group is not None and group not in values})
    return [*values, *strangers, *([NOT_STATED] if None in groups else [])]


def hidden_cells(sheet: Sheet, *, least: int) -> Hidden:
    """Return what is not to be shown, for every rated question and area by every variable."""
    variables = {name: values_of(sheet, name) for name in sheet.variables()}
    groups = {name: sheet.groups(name) for name in variables}
    masks: dict[Cell, int] = {
        ((name, value),): _mask([group == (value or None) for group in groups[name]])
        for name, values in variables.items()
        for value in values
    }
    hidden: Hidden = {}
    for item in sheet.rated:
        answers = valid(sheet.column(item))
        hidden["item", item.key] = _hidden(answers, variables, groups, masks, frozenset(), least)
    for area in sheet.areas:
        parts = sheet.rated_in(area.key)
        if parts:
            scores = area_scores([sheet.column(item) for item in parts])
            # An area beside its questions would tell what a hidden one's few answers did to it.
            inside = frozenset[Cell]().union(*(hidden["item", item.key] for item in parts))
            hidden["area", area.key] = _hidden(scores, variables, groups, masks, inside, least)
    return hidden


def _mask(places: Sequence[bool]) -> int:
    return int("".join("1" if inside else "0" for inside in places) or "0", 2)


def _hidden(
    answers: Sequence[float | None],
    variables: Mapping[str, Sequence[str]],
    groups: Mapping[str, Sequence[str | None]],
    masks: Mapping[Cell, int],
    before: frozenset[Cell],
    least: int,
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
        try:
            found = suppress(table, least=least, shown=[EVERYBODY], hidden=(near | before) & own.keys()).hidden
        except CannotCompute:  # beside the figure of everybody no part of it can be shown
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
