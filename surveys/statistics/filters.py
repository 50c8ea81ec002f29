"""Figures for a choice of respondents, beside those that were shown before: when a filter would give somebody away.

`wanted` and each of `shown` are the places of the respondents that a filter leaves, among those who answered the
survey. Keep every filter that was shown; everybody is one.

1. Fewer than `least` respondents: `too_few`. None at all is answered the same way.
2. Differs from one that was shown by fewer than `least` respondents on either side, as everybody less a few, or a group
   with a few exchanged: `differs_by_few`. The difference of the two figures is then the answers of those few.
3. Together with all that was shown lets the size of a group of fewer than `least` be worked out, exactly or to an
   interval narrower than `least`: `follows_from_others`. Such as three districts that with a fourth make everybody but
   two. The attacker (`attacker`) knows how many of each filter gave each answer, and which groups are empty.

Which of two such filters may be shown is a matter of which was asked for first. Protect the public pages' tables
first, and give their groups as shown.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from enum import StrEnum

from surveys.statistics.attacker import intervals
from surveys.statistics.errors import CannotCompute
from surveys.statistics.suppression import LEAST
from surveys.statistics.tables import Cell, Relation, Table


class Refusal(StrEnum):
    TOO_FEW = "too_few"
    DIFFERS_BY_FEW = "differs_by_few"
    FOLLOWS_FROM_OTHERS = "follows_from_others"


def filter_refusal(
    wanted: Collection[int],
    shown: Sequence[Collection[int]],
    columns: Sequence[Sequence[Hashable | None]] = (),
    *,
    least: int = LEAST,
) -> Refusal | None:
    """Return why figures for `wanted` are not to be shown, or None where they may.

    With `columns` (each question's valid answers, None for none) the rule holds for each question among those who
    answered it as well, since `n_valid` differs from question to question; without, for the respondents only. Raises
    CannotCompute `no_such_number`.
    """
    if least < LEAST:
        raise CannotCompute("no_such_number", name="least", value=least)
    chosen, before = frozenset(wanted), [frozenset(earlier) for earlier in shown]
    size = 1 + max((place for places in (chosen, *before) for place in places), default=0)
    for column in ([True] * size, *columns):
        valid = frozenset(place for place, answer in enumerate(column) if answer is not None)
        refusal = _refusal(chosen & valid, [earlier & valid for earlier in before], column, least)
        if refusal:
            return refusal
    return None


def _refusal(
    wanted: frozenset[int], shown: list[frozenset[int]], column: Sequence[Hashable | None], least: int
) -> Refusal | None:
    if len(wanted) < least:
        return Refusal.TOO_FEW
    if wanted in shown:
        return None
    if any(len(wanted - earlier) < least and len(earlier - wanted) < least for earlier in shown):
        return Refusal.DIFFERS_BY_FEW
    table, atoms = _atoms([wanted, *shown], column)
    small = [atom for atom in atoms if table.n(atom) < least]
    if any(high - low < least for low, high in intervals(table, atoms, of=small).values()):
        return Refusal.FOLLOWS_FROM_OTHERS
    return None


def _atoms(filters: list[frozenset[int]], column: Sequence[Hashable | None]) -> tuple[Table, list[Cell]]:
    """Return the filters as cells, each the sum of the smallest groups that the filters cut the respondents into."""
    everybody = frozenset().union(*filters)
    kinds = {answer: kind for kind, answer in enumerate(dict.fromkeys(column[place] for place in sorted(everybody)))}
    counts: dict[Cell, list[int]] = {}
    for place in everybody:
        inside = "".join("1" if place in places else "0" for places in filters)
        counts.setdefault((("inside", inside),), [0] * len(kinds))[kinds[column[place]]] += 1
    atoms = sorted(counts)
    relations = []
    for number, places in enumerate(filters):
        parts = tuple(atom for atom in atoms if atom[0][1][number] == "1")
        if places:
            total: Cell = (("filter", str(number)),)
            relations.append(Relation(total, parts))
            counts[total] = [sum(found) for found in zip(*(counts[part] for part in parts), strict=True)]
    return Table({cell: tuple(found) for cell, found in counts.items()}, tuple(relations)), atoms
