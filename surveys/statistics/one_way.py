"""Which cells of a table with one shown total and nothing above or below it are hidden. No solver is needed for these.

Whoever sees such a table knows the sum of the hidden cells, answer by answer, and nothing else of them. Two or more
hidden cells can share that sum in any way, so that the n of each lies anywhere from 0 to the sum: it is enough that they
are two, and together as many as is to be protected. The cheapest such choice is found cell by cell (a knapsack, by
dynamic programming); costs are those of `suppression`. `attacker` checks it in the tests.
"""

from __future__ import annotations

from collections.abc import Collection

from surveys.statistics.tables import Cell, Table

_TWO = 2


def is_one_way(table: Table, never: Collection[Cell]) -> bool:
    """Whether all cells are the parts of one total, which is shown."""
    if len(table.relations) != 1:
        return False
    [relation] = table.relations
    return relation.total in never and len(table.counts) == len(relation.cells) == len(set(relation.cells))


def hide_one_way(
    table: Table, *, always: Collection[Cell], never: Collection[Cell], needed: int
) -> frozenset[Cell] | None:
    """Return the cheapest choice that holds all of `always` and none of `never`, has two cells or more, and `needed`
    answers at least; None where there is none."""
    chosen = frozenset(always)
    if chosen & frozenset(never):
        return None
    start = (min(needed, sum(table.n(cell) for cell in chosen)), min(_TWO, len(chosen)))
    goal = (needed, _TWO)
    # By how much is reached, capped at what is needed: what it costs, and which cells were added.
    best: dict[tuple[int, int], tuple[int, tuple[Cell, ...]]] = {start: (0, ())}
    for cell in sorted(table.relations[0].parts):
        if cell in chosen or cell in never:
            continue
        n = table.n(cell)
        for (reached, many), (cost, added) in list(best.items()):
            there = (min(needed, reached + n), min(_TWO, many + 1))
            found = (cost + n + 1, (*added, cell))
            if there not in best or found < best[there]:
                best[there] = found
    return chosen | frozenset(best[goal][1]) if goal in best else None
