"""Which cells are hidden so that no small group can be seen, nor worked out from what is shown.

1. **Small** is a cell with fewer than `least` valid answers, 5 or more by setting, and also an empty one: empty and
   hidden look alike.
2. Every small cell is hidden, and as few and as little others as will do, so that for each small cell an attacker
   (`attacker`) who knows everything shown is left with an interval for its n at least `protection` wide (`least`,
   unless set). It follows that no sum of hidden cells that can be worked out holds a small cell and has fewer than
   `least` answers itself: its n would bound the interval.
3. A cell is hidden with everything in it: n, mean, shares, «don't know», missing.

Chosen by an integer programme: one yes or no for each cell, weighed by its answers and ten times more where it is a
total. Each choice is attacked by a linear programme; where somebody comes too near a small cell, the dual solution
tells which cells the next choice has to hide some of. Source: Fischetti and Salazar-González, Solving the cell
suppression problem on tabular data with linear constraints, Management Science 47 (2001), whose cuts these are; here
with sliding protection, and with the number of each answer in place of one value a cell, because shares and means are
shown too. At last the attacker with whole numbers must get nowhere, or more is asked for.

After ten tries at the best choice a good one will do: cells are then only added. A table with a single shown total needs
no solver (`one_way`).

What is shown must stay: give a later table of the same answers together with the earlier ones (`tables.linked`), what
was shown in `shown` and what was hidden in `hidden`, and keep the result with the publication. Another version of the
solver may choose another pattern as good.

Not covered: what a respondent knows by having answered, and a group whose shown members all gave one answer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from surveys.statistics.attacker import intervals
from surveys.statistics.errors import CannotCompute
from surveys.statistics.one_way import hide_one_way, is_one_way
from surveys.statistics.tables import Cell, Table

LEAST = 5
TOTAL_WEIGHS = 10
AT_A_TIME = 12
MOST_TRIES = 10
_ANYTHING: frozenset[Cell] = frozenset([(("", ""),)])


class Programme(Protocol):
    """How `by_programme` is called."""

    def __call__(
        self,
        table: Table,
        needs: Mapping[Cell, int],
        bounds: Mapping[Cell, int],
        /,
        *,
        always: Collection[Cell],
        never: Collection[Cell],
    ) -> Suppression: ...


@dataclass(frozen=True, slots=True)
class Suppression:
    """`hidden` are all cells not to be shown, `small` those among them that are the reason, with the attacker's intervals."""

    hidden: frozenset[Cell]
    small: Mapping[Cell, tuple[float, float]]


def suppress(
    table: Table,
    *,
    least: int = LEAST,
    protection: int | None = None,
    shown: Collection[Cell] = (),
    hidden: Collection[Cell] = (),
    impossible: Collection[Cell] = (),
    at_most: Mapping[Cell, int] | None = None,
    programme: Programme | None = None,
) -> Suppression:
    """Return which cells of the table, or of several that are linked, are not to be shown.

    `shown`: published before, or known otherwise; stays. `hidden`: hidden before; stays. `impossible`: groups that
    nobody can be in, by construction and as everybody knows; their emptiness is no secret. `at_most`: how many can
    have answered in a cell, where that is known (the group's N, or its n answered): the interval to protect is then
    no wider than that. `programme`: what runs in place of `by_programme`, such as the same elsewhere.

    Raises CannotCompute `no_such_number` (a `least` under 5, a `protection` under 1),
    `cannot_protect` (a small cell was shown, or follows from what was).
    """
    if least < LEAST:
        raise CannotCompute("no_such_number", name="least", value=least)
    wide = least if protection is None else protection
    if wide < 1:
        raise CannotCompute("no_such_number", name="protection", value=wide)
    bounds = dict(at_most or {})
    small = sorted(cell for cell in table.counts if table.n(cell) < least and cell not in impossible)
    if not small and not hidden:
        return Suppression(frozenset(), {})
    if any(cell in shown for cell in small) or any(cell in shown for cell in hidden):
        raise CannotCompute("cannot_protect")
    needs = {cell: min(wide, bounds.get(cell, wide)) for cell in small}

    always, never = {*small, *hidden}, {*shown, *impossible}
    if not bounds and is_one_way(table, never):
        found_one_way = hide_one_way(table, always=always, never=never, needed=wide if small else 0)
        if found_one_way is None:
            raise CannotCompute("cannot_protect")
        together = float(sum(table.n(cell) for cell in found_one_way))
        return Suppression(found_one_way, dict.fromkeys(small, (0.0, together)))
    return (programme or by_programme)(table, needs, bounds, always=always, never=never)


def by_programme(
    table: Table,
    needs: Mapping[Cell, int],
    bounds: Mapping[Cell, int],
    *,
    always: Collection[Cell],
    never: Collection[Cell],
) -> Suppression:
    """Return the choice of an integer programme, which takes numpy and scipy.

    `needs`: how wide the interval of each small cell must be. `bounds`: how many can have answered, where known. `always`
    and `never` are the cells whose choice is made. Raises CannotCompute `cannot_protect`.
    """
    programme = _Programme(table, needs, bounds, always=always, never=never)
    while True:
        chosen = programme.solve()
        if programme.tighten(chosen):
            continue
        found = intervals(table, chosen, of=list(needs), at_most=bounds)
        short = {cell: needs[cell] - (high - low) for cell, (low, high) in found.items() if high - low < needs[cell]}
        if not short:
            return Suppression(chosen, found)
        programme.widen(short)


class _Programme:
    """The integer programme over the cells, 1 for hidden, with what it has learnt so far as its rows."""

    def __init__(
        self,
        table: Table,
        needs: Mapping[Cell, int],
        bounds: Mapping[Cell, int],
        *,
        always: Collection[Cell],
        never: Collection[Cell],
    ) -> None:
        self.table = table
        self.needs = {cell: float(need) for cell, need in needs.items()}
        self.cells = sorted(table.counts)
        self.place = {cell: place for place, cell in enumerate(self.cells)}
        self.far = 4.0 * max(needs.values(), default=1)
        totals = {relation.total for relation in table.relations}
        self.cost = [(table.n(cell) + 1.0) * (TOTAL_WEIGHS if cell in totals else 1) for cell in self.cells]
        self.lower = [1.0 if cell in always else 0.0 for cell in self.cells]
        self.upper = [0.0 if cell in never else 1.0 for cell in self.cells]
        self.rows: list[tuple[dict[int, float], float]] = []
        self.proof: dict[Cell, frozenset[Cell]] = {}
        self.tries = 0
        self.near = _Near(table, self.cells, bounds, self.far)
        for relation in table.relations:
            self._never_alone(relation.cells)
            for cell in relation.parts:
                if cell in needs:
                    self._enough_with(cell, relation.parts, relation.total)

    def _never_alone(self, cells: tuple[Cell, ...]) -> None:
        """A single hidden cell in a relation is a subtraction away."""
        for cell in cells:
            row = {self.place[other]: 1.0 for other in cells}
            self.rows.append(({**row, self.place[cell]: -1.0}, 0.0))

    def _enough_with(self, cell: Cell, parts: tuple[Cell, ...], total: Cell) -> None:
        """Beside a shown total the hidden parts' sum is known, and bounds the small one's n."""
        need = self.needs[cell]
        row = {self.place[part]: min(float(self.table.n(part)), need) for part in parts}
        self.rows.append(({**row, self.place[total]: need}, need))

    def tighten(self, chosen: frozenset[Cell]) -> bool:
        """Add what the attacker teaches about this choice; False where every small cell's interval is wide enough.

        Tables that showed it wide enough before still do so where they need no cell that is shown now.
        """
        cells = [cell for cell in self.needs if not self.proof.get(cell, _ANYTHING) <= chosen]
        learnt = 0
        while cells and learnt < AT_A_TIME:
            some, cells = cells[: self.near.at_once], cells[self.near.at_once :]
            for cell, (width, row, given, moved) in self.near.widths(some, chosen).items():
                need = self.needs[cell] - given
                if width < self.needs[cell] - 1e-6:
                    self.rows.append(({place: min(value, need) for place, value in row.items()}, need))
                    learnt += 1
                else:
                    self.proof[cell] = frozenset(self.cells[place] for place in moved)
        self.tries += learnt > 0
        if self.tries > MOST_TRIES:
            self._keep(chosen)
        return learnt > 0

    def _keep(self, chosen: frozenset[Cell]) -> None:
        """Stop looking for the best choice: from now on cells are only added to this one, which soon ends it."""
        for cell in chosen:
            self.lower[self.place[cell]] = 1.0

    def widen(self, short: Mapping[Cell, float]) -> None:
        """Ask for more where whole numbers leave less room than broken ones."""
        for cell, by in short.items():
            self.needs[cell] += by
            self.proof.pop(cell, None)
            if self.needs[cell] > 2 * self.far:
                raise CannotCompute("cannot_protect")

    def solve(self) -> frozenset[Cell]:
        import numpy as np
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import coo_array

        constraints: Any = ()
        if self.rows:
            entries = [(at, place, value) for at, (row, _) in enumerate(self.rows) for place, value in row.items()]
            at, places, values = zip(*entries, strict=True)
            matrix = coo_array((values, (at, places)), shape=(len(self.rows), len(self.cells))).tocsr()
            constraints = LinearConstraint(matrix, [low for _, low in self.rows], np.inf)
        found = milp(
            np.array(self.cost),
            integrality=np.ones(len(self.cells)),
            bounds=Bounds(np.array(self.lower), np.array(self.upper)),
            constraints=constraints,
        )
        if found.x is None:
            raise CannotCompute("cannot_protect")
        return frozenset(cell for cell, value in zip(self.cells, found.x, strict=True) if value > 0.5)


class _Near:
    """How near a choice lets somebody come to a small cell, and which other cells would have to be hidden to keep them off.

    With z the distance of a possible table from the true one: relations·z = 0, and −count·x ≤ z ≤ far·x for a cell
    hidden by x. The highest z of the small cell is, by duality, at most Σ(far·α + count·β)·x for any multipliers of
    the relations; likewise the lowest. The two sums together must reach what the cell needs: a row for the integer
    programme, which this choice breaks.
    """

    def __init__(self, table: Table, cells: list[Cell], bounds: Mapping[Cell, int], far: float) -> None:
        import numpy as np
        from scipy.sparse import coo_array

        self.cells, self.far = cells, far
        self.kinds = kinds = len(table.counts[cells[0]])
        self.place = {cell: place for place, cell in enumerate(cells)}
        self.count = np.minimum(np.array([table.counts[cell] for cell in cells], dtype=float).ravel(), far)
        entries = [
            (at * kinds + kind, self.place[cell] * kinds + kind, sign)
            for at, relation in enumerate(table.relations)
            for cell, sign in [(relation.total, -1.0), *((part, 1.0) for part in relation.parts)]
            for kind in range(kinds)
        ]
        size = len(cells) * kinds
        self.at_once = max(1, 4_000 // size)
        height = len(table.relations) * kinds
        at, places, signs = zip(*entries, strict=True) if entries else ((), (), ())
        self.relations = coo_array((signs, (at, places)), shape=(height, size)).tocsr()
        bounded = [cell for cell in cells if cell in bounds]
        rows = [(row, self.place[cell] * kinds + kind) for row, cell in enumerate(bounded) for kind in range(kinds)]
        at, places = zip(*rows, strict=True) if rows else ((), ())
        self.bounded = coo_array((np.ones(len(rows)), (at, places)), shape=(len(bounded), size)).tocsr()
        self.room = np.array([float(bounds[cell] - table.n(cell)) for cell in bounded])

    def widths(
        self, cells: list[Cell], chosen: Collection[Cell]
    ) -> dict[Cell, tuple[float, dict[int, float], float, set[int]]]:
        """Return each cell's width, `far` each way at most, the row that asks for more, Σ row·x + given ≥ need, and the
        places of the cells that the two tables at the ends move.

        All in one programme, two blocks a cell that know nothing of each other: the solver's start costs more than its work.
        """
        import numpy as np
        from scipy.optimize import linprog
        from scipy.sparse import eye_array, kron

        blocks = 2 * len(cells)
        size, height, bounded = self.relations.shape[1], self.relations.shape[0], len(self.room)
        aim = np.zeros((blocks, size))
        for number, cell in enumerate(cells):
            start = self.place[cell] * self.kinds
            aim[2 * number, start : start + self.kinds] = 1.0
            aim[2 * number + 1, start : start + self.kinds] = -1.0
        x = np.repeat(np.array([1.0 if cell in chosen else 0.0 for cell in self.cells]), self.kinds)
        every = eye_array(blocks, format="csr")
        found = linprog(
            -aim.ravel(),
            A_eq=kron(every, self.relations, format="csr") if height else None,
            b_eq=np.zeros(blocks * height) if height else None,
            A_ub=kron(every, self.bounded, format="csr") if bounded else None,
            b_ub=np.tile(self.room, blocks) if bounded else None,
            bounds=np.tile(np.column_stack([-self.count * x, self.far * x]), (blocks, 1)),
            method="highs",
        )
        if found.x is None:
            raise RuntimeError(f"the solver gave up: {found.message}")
        moved = (np.abs(found.x) > 1e-9).reshape(len(cells), 2, len(self.cells), self.kinds).any(axis=(1, 3))
        reached = (aim * found.x.reshape(blocks, size)).sum(axis=1)
        rest, given = aim, np.zeros(blocks)
        if height:
            rest = rest + found.eqlin.marginals.reshape(blocks, height) @ self.relations
        if bounded:
            by_bound = found.ineqlin.marginals.reshape(blocks, bounded)
            rest = rest + by_bound @ self.bounded
            given = -by_bound @ self.room
        asked = self.far * np.maximum(rest, 0) + self.count * np.maximum(-rest, 0)
        by_cell = asked.reshape(len(cells), 2, len(self.cells), self.kinds).sum(axis=(1, 3))
        return {
            cell: (
                float(reached[2 * number : 2 * number + 2].sum()),
                {place: float(value) for place, value in enumerate(by_cell[number]) if value > 1e-9},
                float(given[2 * number : 2 * number + 2].sum()),
                set(np.flatnonzero(moved[number]).tolist()),
            )
            for number, cell in enumerate(cells)
        }
