"""Tables of groups and how their cells hang together: what somebody with pen and paper can subtract from what.

A **cell** is a group of respondents, written as what it is limited to: `(("district", "Nord"), ("gender", "k"))`, in
the order of the variables' names; `()` is everybody. The same group is the same cell in whatever table it stands, so
that tables that share a total or a row are linked by themselves. A cell holds how many gave each different valid
answer; the sum is its n. A **relation** says that a cell is the sum of others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from surveys.statistics.answers import same_length
from surveys.statistics.errors import CannotCompute

Cell = tuple[tuple[str, str], ...]
EVERYBODY: Cell = ()
NOT_STATED = ""
"""The value of those who gave none: a group like the others, or the total would tell how many they are."""


@dataclass(frozen=True, slots=True)
class Variable:
    """What respondents are grouped by. `parents` names each value's parent, None for those right under everybody.

    Values that are no other's parent are what respondents have; a parent is the sum of its values (a sector of its
    units).
    """

    name: str
    parents: Mapping[str, str | None]

    def __post_init__(self) -> None:
        for value in self.parents:
            seen = {value}
            parent = self.parents[value]
            while parent is not None:
                if parent in seen or parent not in self.parents:
                    raise CannotCompute("unknown_group", group=parent)
                seen.add(parent)
                parent = self.parents[parent]

    @classmethod
    def flat(cls, name: str, values: Iterable[str]) -> Variable:
        """A variable whose values have nothing above them but everybody."""
        return cls(name, dict.fromkeys(values))

    def children(self, value: str | None) -> list[str]:
        return sorted(child for child, parent in self.parents.items() if parent == value)

    def line(self, value: str) -> list[str | None]:
        """The value, what is above it, and None for everybody."""
        line: list[str | None] = [value]
        above = self.parents[value]
        while above is not None:
            line.append(above)
            above = self.parents[above]
        return [*line, None]


@dataclass(frozen=True, slots=True)
class Relation:
    """The total's answers are those of the parts together."""

    total: Cell
    parts: tuple[Cell, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        return (self.total, *self.parts)


@dataclass(frozen=True, slots=True)
class Table:
    """Cells with the number of each answer, and the relations between them. All cells have the answers in one order."""

    counts: Mapping[Cell, tuple[int, ...]]
    relations: tuple[Relation, ...] = field(default=())

    def __post_init__(self) -> None:
        same_length(self.counts.values())
        for cell, counts in self.counts.items():
            if any(count < 0 for count in counts):
                raise CannotCompute("no_such_number", name=str(cell), value=min(counts))
        for relation in self.relations:
            for cell in relation.cells:
                if cell not in self.counts:
                    raise CannotCompute("unknown_group", group=cell)
            parts = [self.counts[part] for part in relation.parts]
            if tuple(map(sum, zip(*parts, strict=True))) != tuple(self.counts[relation.total]):
                raise CannotCompute("does_not_add_up", cell=relation.total)

    def n(self, cell: Cell) -> int:
        return sum(self.counts[cell])

    @classmethod
    def of_answers(
        cls,
        answers: Sequence[Hashable | None],
        variables: Sequence[Variable],
        groups: Mapping[str, Sequence[str | None]],
    ) -> Table:
        """Return the table of one question by all `variables` crossed, with every total.

        `answers` are valid answers or area scores, None for none; `groups` gives each variable's value of each
        respondent, None where it was not stated. Groups that nobody is in have cells too. Raises CannotCompute
        `unknown_group`, `lengths_differ`.
        """
        by_name = sorted(variables, key=lambda variable: variable.name)
        columns = [groups[variable.name] for variable in by_name]
        same_length((answers, *columns))
        places = {answer: place for place, answer in enumerate(dict.fromkeys(a for a in answers if a is not None))}
        known = [_with_not_stated(variable, column) for variable, column in zip(by_name, columns, strict=True)]
        counts = {
            _cell(known, values): [0] * max(1, len(places))
            for values in product(*([None, *variable.parents] for variable in known))
        }
        for (answer, *values), times in Counter(zip(answers, *columns, strict=True)).items():
            own = [value or NOT_STATED for value in values]
            for variable, value in zip(known, own, strict=True):
                if value not in variable.parents or variable.children(value):
                    raise CannotCompute("unknown_group", group=value)
            if answer is not None:
                lines = [variable.line(value) for variable, value in zip(known, own, strict=True)]
                for group in product(*lines):
                    counts[_cell(known, group)][places[answer]] += times
        return cls({cell: tuple(found) for cell, found in counts.items()}, tuple(_relations(known)))


def linked(tables: Iterable[Table]) -> Table:
    """Return one table of all cells and relations, for tables of the same question and the same respondents.

    Give every table that is published or ever was. Their answers must be in one order, as `Table.of_answers` gives
    them for the same column. Raises CannotCompute `does_not_add_up` where a cell has two values.
    """
    counts: dict[Cell, tuple[int, ...]] = {}
    relations: dict[Relation, None] = {}
    for table in tables:
        for cell, found in table.counts.items():
            if counts.setdefault(cell, tuple(found)) != tuple(found):
                raise CannotCompute("does_not_add_up", cell=cell)
        relations.update(dict.fromkeys(table.relations))
    return Table(counts, tuple(relations))


def _with_not_stated(variable: Variable, column: Sequence[str | None]) -> Variable:
    if NOT_STATED not in variable.parents and any(not value for value in column):
        return Variable(variable.name, {**variable.parents, NOT_STATED: None})
    return variable


def _cell(variables: Sequence[Variable], values: Sequence[str | None]) -> Cell:
    return tuple((variable.name, value) for variable, value in zip(variables, values, strict=True) if value is not None)


def _relations(variables: Sequence[Variable]) -> Iterable[Relation]:
    for place, variable in enumerate(variables):
        others = [[None, *other.parents] if other is not variable else [None] for other in variables]
        for fixed in product(*others):
            for value in (None, *variable.parents):
                children = variable.children(value)
                if children:
                    group = [*fixed]
                    group[place] = value
                    parts = []
                    for child in children:
                        group_of_child = [*fixed]
                        group_of_child[place] = child
                        parts.append(_cell(variables, group_of_child))
                    yield Relation(_cell(variables, group), tuple(parts))
