"""What somebody can work out about a hidden cell from all that is shown beside it.

The attacker knows every shown cell with the number of each answer in it (mean, shares and distribution follow from
these), every relation, that counts are whole numbers from 0 up, and bounds known from elsewhere; and asks for the
lowest and the highest n that a hidden cell can have. Source: the audit problem of cell suppression: Fischetti and
Salazar-González, Solving the cell suppression problem on tabular data with linear constraints, Management Science 47
(2001), section 2; Hundepool and others, Statistical Disclosure Control (Wiley, 2012), chapter 4.

It does not share a line with what chooses the cells, and is the check on it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from surveys.statistics.tables import Cell, Table

OPTIMAL, UNBOUNDED, UNBOUNDED_OR_INFEASIBLE = 0, 3, 4


def intervals(
    table: Table,
    hidden: Collection[Cell],
    *,
    of: Iterable[Cell] | None = None,
    at_most: Mapping[Cell, int] | None = None,
    whole_numbers: bool = True,
) -> dict[Cell, tuple[float, float]]:
    """Return the lowest and highest n of each hidden cell (or of the hidden cells in `of`) that fits with all that is shown.

    The highest is infinite where nothing bounds it. `at_most` is what else is known: no more can have answered in a
    cell. Without `whole_numbers` the attacker is a mere linear programme, whose intervals may be wider, never
    narrower.
    """
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array

    cells = sorted(cell for cell in table.counts if cell in hidden)
    kinds = max((len(counts) for counts in table.counts.values()), default=0)
    column = {cell: place * kinds for place, cell in enumerate(cells)}
    rows: list[int] = []
    columns: list[int] = []
    signs: list[float] = []
    low: list[float] = []
    high: list[float] = []

    def add(terms: Iterable[tuple[int, float]], at_least: float, no_more_than: float) -> None:
        for place, sign in terms:
            rows.append(len(low))
            columns.append(place)
            signs.append(sign)
        low.append(at_least)
        high.append(no_more_than)

    for relation in table.relations:
        signed = [(relation.total, -1), *((part, 1) for part in relation.parts)]
        if not any(cell in column for cell, _ in signed):
            continue
        for kind in range(kinds):
            shown = sum(sign * table.counts[cell][kind] for cell, sign in signed if cell not in column)
            terms = [(column[cell] + kind, float(sign)) for cell, sign in signed if cell in column]
            add(terms, -shown, -shown)
    for cell, bound in (at_most or {}).items():
        if cell in column:
            add([(column[cell] + kind, 1.0) for kind in range(kinds)], 0, bound)

    size = len(cells) * kinds
    constraints: Any = ()
    if low:
        matrix = coo_array((signs, (rows, columns)), shape=(len(low), size)).tocsr()
        constraints = LinearConstraint(matrix, low, high)

    def extreme(cell: Cell, sign: float) -> float:
        aim = np.zeros(size)
        aim[column[cell] : column[cell] + kinds] = sign
        found = milp(
            aim,
            integrality=np.full(size, 1 if whole_numbers else 0),
            bounds=Bounds(0, np.inf),
            constraints=constraints,
        )
        if found.status == OPTIMAL:
            value = float(found.fun) * sign
            return float(round(value)) if whole_numbers else value
        if found.status in (UNBOUNDED, UNBOUNDED_OR_INFEASIBLE):  # the true table fits, so it is not infeasible
            return sign * -math.inf
        raise RuntimeError(f"the solver gave up: {found.message}")

    wanted = cells if of is None else [cell for cell in of if cell in column]
    return {cell: (extreme(cell, 1.0), extreme(cell, -1.0)) for cell in wanted}
