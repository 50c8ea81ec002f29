"""Small groups: nothing that is shown lets anybody see one, nor work it out, by means that share nothing with the code."""

from __future__ import annotations

import random
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.statistics.attacker import intervals
from surveys.statistics.errors import CannotCompute
from surveys.statistics.suppression import suppress
from surveys.statistics.tables import EVERYBODY, Relation, Table, Variable, linked

pytestmark = pytest.mark.slow

DISTRICT = Variable.flat("district", ["Nord", "Sør", "Vest"])
GENDER = Variable.flat("gender", ["k", "m"])
UNIT = Variable(
    "unit", {"Skole": None, "Helse": None, "A": "Skole", "B": "Skole", "C": "Helse", "D": "Helse", "E": "Helse"}
)


def cell(**group: str):
    return tuple(sorted(group.items()))


def one_way(name: str = "district", **counts: int) -> Table:
    """A table of one variable whose cells are plain counts."""
    found = {cell(**{name: value}): (count,) for value, count in counts.items()}
    return Table({EVERYBODY: (sum(counts.values()),), **found}, (Relation(EVERYBODY, tuple(found)),))


@st.composite
def tables(draw):
    """Answers 1–3 of up to 60 people in one or two ways, some of them not stating a group, or in a tree of units."""
    variables = draw(st.sampled_from([[DISTRICT], [DISTRICT, GENDER], [UNIT], [UNIT, GENDER]]))
    n = draw(st.integers(0, 60))
    chance = random.Random(draw(st.integers(0, 10**6)))
    kinds = draw(st.integers(1, 3))
    skew = draw(st.sampled_from([0.2, 1.0, 3.0]))
    groups = {}
    for variable in variables:
        leaves = [value for value in variable.parents if not variable.children(value)]
        weights = [chance.random() ** skew for _ in leaves]
        groups[variable.name] = [
            None if variable is GENDER and chance.random() < 0.05 else chance.choices(leaves, weights)[0]
            for _ in range(n)
        ]
    answers = [None if chance.random() < 0.05 else chance.randint(1, kinds) for _ in range(n)]
    return answers, variables, groups


def solved(table: Table, hidden) -> set:
    """Return the hidden cells whose n linear algebra gives: nothing that leaves what is shown as it is changes their sum."""
    cells = sorted(hidden)
    kinds = len(table.counts[EVERYBODY])
    place = {found: at for at, found in enumerate(cells)}
    rows = np.zeros((len(table.relations) + 1, len(cells)))
    for at, relation in enumerate(table.relations):
        for part in relation.parts:
            if part in place:
                rows[at, place[part]] += 1
        if relation.total in place:
            rows[at, place[relation.total]] -= 1
    _, sizes, turned = np.linalg.svd(np.kron(rows, np.eye(kinds)))
    free = turned[(sizes > 1e-9).sum() :]
    sums = free @ np.kron(np.eye(len(cells)), np.ones((kinds, 1)))
    return {found for found, at in place.items() if np.abs(sums[:, at]).max(initial=0) < 1e-9}


@settings(max_examples=25, deadline=None)
@given(tables())
def test_no_small_cell_is_shown_or_can_be_solved_for(made):
    table = Table.of_answers(*made)
    result = suppress(table)
    small = {found for found in table.counts if table.n(found) < 5}
    assert small == set(result.small)
    assert small <= result.hidden
    assert solved(table, result.hidden).isdisjoint(small)
    for low, high in intervals(table, result.hidden, of=small).values():
        assert high - low >= 5
    for low, high in intervals(table, result.hidden, of=small, whole_numbers=False).values():
        assert high - low >= 5 - 1e-6
    for relation in table.relations:
        parts = [part for part in relation.parts if part in result.hidden]
        if relation.total not in result.hidden and not small.isdisjoint(parts):
            assert len(parts) > 1
            assert sum(map(table.n, parts)) >= 5, "the hidden ones' figures together are the total less the shown"


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=4, max_size=4))
def test_trying_every_table_there_could_be_does_not_tell(counts):
    """Count by count: all tables of two by two up to 12 a cell that look the same as what is shown."""
    places = list(product(["k", "m"], ["Nord", "Sør"]))
    people = [place for place, count in zip(places, counts, strict=True) for _ in range(count)]
    groups = {"gender": [gender for gender, _ in people], "district": [district for _, district in people]}
    table = Table.of_answers([1] * len(people), [GENDER, Variable.flat("district", ["Nord", "Sør"])], groups)
    result = suppress(table)
    leaves = [cell(gender=gender, district=district) for gender, district in places]
    could = [range(13) if leaf in result.hidden else [table.n(leaf)] for leaf in leaves]
    sums = {found: [at for at, leaf in enumerate(leaves) if set(found) <= set(leaf)] for found in table.counts}
    shown = [(at, table.n(found)) for found, at in sums.items() if found not in result.hidden]
    seen: dict[object, set[int]] = {found: set() for found in result.small}
    for values in product(*could):
        if all(sum(values[place] for place in at) == n for at, n in shown):
            for found, sizes in seen.items():
                sizes.add(sum(values[place] for place in sums[found]))
    assert all(max(sizes) - min(sizes) >= 5 for sizes in seen.values())


@settings(max_examples=10, deadline=None)
@given(tables(), st.randoms())
def test_order_of_answers_does_not_matter(made, chance):
    answers, variables, groups = made
    order = list(range(len(answers)))
    chance.shuffle(order)
    mixed = {name: [column[place] for place in order] for name, column in groups.items()}
    again = [answers[place] for place in order]
    first, second = Table.of_answers(answers, variables, groups), Table.of_answers(again, variables, mixed)
    assert {found: first.n(found) for found in first.counts} == {found: second.n(found) for found in second.counts}
    assert suppress(first).hidden == suppress(second).hidden


def test_one_small_group_takes_the_next_smallest_along():
    table = one_way(Nord=3, Sør=20, Vest=7)
    assert suppress(table).hidden == {cell(district="Nord"), cell(district="Vest")}


def test_two_small_groups_that_are_few_together_take_a_third():
    """Nord and Sør hidden alone would tell the mean of three people: the total less Vest and Øst."""
    table = one_way(Nord=1, Sør=2, Vest=9, Øst=30)
    assert suppress(table).hidden == {cell(district=name) for name in ("Nord", "Sør", "Vest")}


def test_two_small_groups_that_are_many_enough_together_stand_alone():
    assert suppress(one_way(Nord=4, Sør=3, Vest=9)).hidden == {cell(district="Nord"), cell(district="Sør")}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=2, max_size=7), st.data())
def test_one_way_without_a_solver_hides_what_the_programme_would(counts, data):
    table = one_way(**{f"g{place}": count for place, count in enumerate(counts)})
    parts = sorted(set(table.counts) - {EVERYBODY})
    before = data.draw(st.sets(st.sampled_from(parts), max_size=2))
    # A bound that says nothing sends it through the programme.
    ways = [{}, {"at_most": dict.fromkeys(parts, 1000)}]
    found = []
    for way in ways:
        try:
            found.append(suppress(table, shown=[EVERYBODY], hidden=before, **way))
        except CannotCompute:
            found.append(None)
    quick, thorough = found
    assert (quick is None) == (thorough is None)
    if quick is None:
        return
    assert sum(table.n(part) + 1 for part in quick.hidden) == sum(table.n(part) + 1 for part in thorough.hidden)
    for part, (low, high) in intervals(table, quick.hidden, of=quick.small).items():
        assert (low, high) == quick.small[part]
        assert high - low >= 5


def test_empty_looks_like_hidden():
    table = one_way(Nord=0, Sør=20, Vest=7)
    assert suppress(table).hidden == {cell(district="Nord"), cell(district="Vest")}
    assert suppress(table, impossible=[cell(district="Nord")]).hidden == set()


def test_nothing_is_hidden_where_nothing_is_small():
    assert suppress(one_way(Nord=5, Sør=20)).hidden == set()


def test_everything_is_hidden_where_everybody_is_few():
    table = one_way(Nord=1, Sør=3)
    assert suppress(table).hidden == set(table.counts)


def test_a_higher_limit_hides_more():
    table = one_way(Nord=7, Sør=20, Vest=30)
    assert suppress(table).hidden == set()
    assert suppress(table, least=10).hidden == {cell(district="Nord"), cell(district="Sør")}


@pytest.mark.parametrize("setting", [{"least": 4}, {"least": 0}, {"protection": 0}])
def test_no_setting_lowers_the_limit(setting):
    with pytest.raises(CannotCompute) as refused:
        suppress(one_way(Nord=7, Sør=20), **setting)
    assert refused.value.code == "no_such_number"


def test_small_unit_in_a_sector_hides_another_of_the_sector():
    units = ["A"] * 3 + ["B"] * 12 + ["C"] * 9 + ["D"] * 8 + ["E"] * 30
    table = Table.of_answers([4] * len(units), [UNIT], {"unit": units})
    assert suppress(table).hidden == {cell(unit="A"), cell(unit="B")}


def test_two_tables_with_one_total_each_protect_themselves():
    both = linked([one_way(Nord=2, Sør=18, Vest=10), one_way("gender", k=12, m=18)])
    assert suppress(both).hidden == {cell(district="Nord"), cell(district="Vest")}


def test_tables_of_one_question_that_disagree_are_refused():
    with pytest.raises(CannotCompute) as refused:
        linked([one_way(Nord=2, Sør=18), one_way("gender", k=12, m=18)])
    assert refused.value.code == "does_not_add_up"


def test_shares_can_tell_where_counts_cannot():
    """Four hidden cells in a square: by the counts Nord's women could be 0 to 9, by the answers they are three."""
    answers, gender, district = [], [], []
    for who, where, given_answers in (
        ("k", "Nord", [6] * 3),
        ("k", "Sør", [6] * 7),
        ("m", "Nord", [1] * 6),
        ("m", "Sør", [1] * 8),
    ):
        answers += given_answers
        gender += [who] * len(given_answers)
        district += [where] * len(given_answers)
    variables = [GENDER, Variable.flat("district", ["Nord", "Sør"])]
    groups = {"gender": gender, "district": district}
    square = {cell(gender=g, district=d) for g in "km" for d in ("Nord", "Sør")}
    small = cell(gender="k", district="Nord")
    counts = Table.of_answers([1] * len(answers), variables, groups)
    assert intervals(counts, square, of=[small]) == {small: (0, 9)}
    assert suppress(counts).hidden == square
    table = Table.of_answers(answers, variables, groups)
    assert intervals(table, square, of=[small]) == {small: (3, 3)}
    result = suppress(table)
    assert not result.hidden <= square
    low, high = result.small[small]
    assert high - low >= 5


def test_what_was_shown_stays_and_what_was_hidden_too():
    table = one_way(Nord=3, Sør=20, Vest=7, Øst=9)
    assert suppress(table, shown=[cell(district="Vest")]).hidden == {cell(district="Nord"), cell(district="Øst")}
    assert suppress(table, hidden=[cell(district="Sør")]).hidden == {cell(district="Nord"), cell(district="Sør")}


@pytest.mark.parametrize("shown", [[cell(district="Nord")], [cell(district="Sør"), EVERYBODY], [cell(district="Sør")]])
def test_what_is_out_already_cannot_be_taken_back(shown):
    with pytest.raises(CannotCompute) as refused:
        suppress(one_way(Nord=3, Sør=20), shown=shown, hidden=[] if len(shown) > 1 else [cell(district="Sør")])
    assert refused.value.code == "cannot_protect"


def test_known_size_of_a_group_narrows_what_there_is_to_protect():
    table = one_way(Nord=3, Sør=20, Vest=7)
    result = suppress(table, at_most={cell(district="Nord"): 4})
    assert result.small == {cell(district="Nord"): (0, 4)}
    assert result.hidden == {cell(district="Nord"), cell(district="Vest")}


def test_known_size_of_another_group_asks_for_more():
    """With no more than five answers possible in Vest, hiding it leaves Nord three to eight; three to five is too near."""
    table = one_way(Nord=3, Sør=20, Vest=5)
    nord, sør, vest = (cell(district=name) for name in ("Nord", "Sør", "Vest"))
    assert suppress(table, at_most={vest: 5}).hidden == {nord, vest}
    assert suppress(table, at_most={vest: 5, nord: 5}).hidden == {nord, sør}


def test_rows_that_do_not_add_up_are_refused():
    with pytest.raises(CannotCompute) as refused:
        Table(
            {EVERYBODY: (9,), cell(a="x"): (3,), cell(a="y"): (4,)}, (Relation(EVERYBODY, (cell(a="x"), cell(a="y"))),)
        )
    assert refused.value.code == "does_not_add_up"


def test_a_group_that_the_variable_does_not_have_is_refused():
    with pytest.raises(CannotCompute) as refused:
        Table.of_answers([4], [DISTRICT], {"district": ["Øst"]})
    assert refused.value.code == "unknown_group"


def test_those_who_stated_no_group_are_a_group():
    table = Table.of_answers([4] * 30, [GENDER], {"gender": ["k"] * 14 + ["m"] * 13 + [None] * 3})
    assert table.n(cell(gender="")) == 3
    assert cell(gender="") in suppress(table).hidden
    assert len(suppress(table).hidden) == 2
