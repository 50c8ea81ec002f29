"""How many of each respondent group have answered, protected as figures are.

How many answered is the size of a group: what is shown of it bounds what the group's hidden figures can be. So the groups
are protected first, as a table of their own, and the figures' tables then know (`Answering`): the sizes that are shown, and
the groups that are held back here, which are held back there too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from surveys.results.figures import Responded
from surveys.results.heavy import suppress
from surveys.results.reading import Sheet
from surveys.statistics.errors import CannotCompute
from surveys.statistics.tables import EVERYBODY, Cell, Table, Variable


@dataclass(frozen=True)
class Answering:
    """The groups' sizes that are shown, and the groups whose size is held back, as cells of the variable's tables."""

    groups: tuple[Responded, ...] = ()
    sizes: Mapping[Cell, int] = field(default_factory=dict)
    held_back: frozenset[Cell] = frozenset()


def answering_of(sheet: Sheet, *, least: int, told: frozenset[Cell] = frozenset()) -> Answering:
    """Return who has answered by the groups that were asked. `told`: cells whose figures were published before.

    Where a group that must be held back was told before, no group's number is shown, and nothing follows from them.
    """
    name = sheet.asked_by
    if not sheet.asked or name not in sheet.variables():
        return Answering()
    column = sheet.groups(name)
    counts = Counter(column)
    known = sheet.variables()[name]
    strangers = sorted({group for group in counts if group is not None and group not in known})
    values = [*known, *strangers]
    table = Table.of_answers([1] * len(column), [Variable.flat(name, values)], {name: column})
    few = {((name, value),) for value, invited in sheet.asked.items() if invited < least}
    nothing = Answering(tuple(Responded(value) for value in sheet.asked))
    try:
        hidden = suppress(table, least=least, shown=[EVERYBODY], hidden=few).hidden
    except CannotCompute:
        return nothing
    if hidden & told:
        return nothing
    groups = tuple(
        Responded(value) if ((name, value),) in hidden else Responded(value, False, invited, counts[value])
        for value, invited in sheet.asked.items()
    )
    sizes: dict[Cell, int] = {((name, one.value),): one.answered for one in groups if not one.suppressed}
    return Answering(groups, sizes, hidden)
