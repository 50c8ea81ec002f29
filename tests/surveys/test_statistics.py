"""What R does not settle: where a figure does not exist, what is refused, and that order does not matter."""

from __future__ import annotations

import ast
import math
import sys
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import surveys.statistics
from surveys.statistics.adjusting import benjamini_hochberg, holm
from surveys.statistics.answers import DONT_KNOW, Scale
from surveys.statistics.areas import area_figures, area_figures_by_group, area_scores
from surveys.statistics.comparing import Comparator, Comparison, compare, compare_all
from surveys.statistics.errors import CannotCompute
from surveys.statistics.estimates import Estimate
from surveys.statistics.items import item_figures, item_figures_by_group
from surveys.statistics.means import mean_of_values
from surveys.statistics.pooling import Published, mean_of_municipalities, mean_of_people, pooled_mean
from surveys.statistics.reliability import cronbach_alpha
from surveys.statistics.stratified import stratified_mean
from surveys.statistics.weighted import weighted_mean, weighted_shares
from surveys.statistics.weighting import Design, post_stratify, rake, unweighted
from surveys.statistics.wording import Saying, saying

pytestmark = pytest.mark.slow

answers = st.one_of(st.none(), st.just(DONT_KNOW), st.integers(1, 6))


def code_of(call) -> str:
    with pytest.raises(CannotCompute) as refused:
        call()
    return refused.value.code


def test_it_imports_nothing_of_ours_and_no_framework():
    allowed = {"surveys", "numpy", "scipy", "mpmath", *sys.stdlib_module_names}
    for file in Path(surveys.statistics.__file__).parent.glob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        top = set(tree.body)
        for node in ast.walk(tree):
            for name in (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else ([node.module or ""] if isinstance(node, ast.ImportFrom) else [])
            ):
                assert name.split(".")[0] in allowed, (file.name, name)
                assert not name.startswith("surveys") or name.startswith("surveys.statistics"), (file.name, name)
                assert node not in top or not name.startswith(("numpy", "scipy")), f"{file.name} loads {name} at once"


def test_nobody_answered():
    figures = item_figures([None, DONT_KNOW, None])
    assert (figures.n_valid, figures.n_dont_know, figures.n_missing) == (0, 1, 2)
    assert figures.estimate == Estimate(n=0)
    assert (figures.shares, figures.share_top2, figures.share_bottom2) == (None, None, None)
    assert figures.counts == dict.fromkeys(range(1, 7), 0)
    assert item_figures([]).as_json()["mean"] is None


@pytest.mark.parametrize("population", [None, 1, 900])
def test_one_answer_has_a_mean_and_no_error(population):
    figures = item_figures([5], population=population)
    assert figures.estimate == Estimate(n=1, mean=5.0)
    assert (figures.share_top2, figures.share_bottom2) == (1.0, 0.0)


def test_all_gave_the_same():
    assert item_figures([4] * 9).estimate == Estimate(9, 4.0, 0.0, 0.0, 8, 4.0, 4.0)
    tenths = mean_of_values([0.1] * 7)
    assert (tenths.mean, tenths.sd, tenths.se) == (0.1, 0.0, 0.0), "adding up broken numbers must not make a spread"


def test_everybody_answered():
    found = item_figures([1, 6, 3, 4], population=4).estimate
    assert (found.mean, found.se, found.ci_low, found.ci_high) == (3.5, 0.0, 3.5, 3.5)
    assert found.sd == pytest.approx(math.sqrt(13 / 3))


def test_by_hand():
    """1, 2, 3, 6 of 16 people: mean 3, sd √(14/3), se sd/2·√(3/4), t(3) = 3.182446."""
    found = item_figures([1, 2, 3, 6, None, DONT_KNOW], population=16)
    assert found.estimate.mean == 3
    assert found.estimate.se == pytest.approx(math.sqrt(14 / 3) / 2 * math.sqrt(0.75))
    assert found.estimate.ci_high - 3 == pytest.approx(3.182446305284263 * found.estimate.se)
    assert (found.share_top2, found.share_bottom2) == (0.25, 0.5)


def test_three_point_scale_has_no_top_two():
    figures = item_figures([1, 2, 3, 3], scale=Scale(1, 3))
    assert (figures.share_top2, figures.share_bottom2) == (None, None)
    assert figures.shares == {1: 0.25, 2: 0.25, 3: 0.5}


@pytest.mark.parametrize("value", [0, 7, -2, 3.5])
def test_impossible_answers_are_refused(value):
    assert code_of(lambda: item_figures([3, value])) == "not_on_scale"
    assert code_of(lambda: area_scores([[3, value]])) == "not_on_scale"
    assert code_of(lambda: cronbach_alpha([[3, value]])) == "not_on_scale"


def test_impossible_numbers_are_refused():
    assert code_of(lambda: item_figures([3, 4], population=1)) == "more_answers_than_people"
    assert code_of(lambda: item_figures([3, 4], population=0)) == "no_such_number"
    assert code_of(lambda: item_figures([3, 4], confidence=1.0)) == "no_such_number"
    assert code_of(lambda: item_figures([3, 3], confidence=95)) == "no_such_number"
    assert code_of(lambda: Scale(6, 1)) == "no_such_number"
    assert code_of(lambda: item_figures_by_group([3, 4], ["a"])) == "lengths_differ"
    assert code_of(lambda: area_figures([[3, 4], [3]])) == "lengths_differ"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(answers, answers, answers, st.sampled_from(["a", "b", None])), max_size=40), st.randoms())
def test_order_of_respondents_does_not_matter(rows, chance):
    """To the last bit, so that the same answers give the same page whatever order the database returns them in."""
    mixed = list(rows)
    chance.shuffle(mixed)

    def figures(rows):
        *columns, groups = zip(*rows, strict=True) if rows else ([], [], [], [])
        return (
            [item_figures(column, population=100) for column in columns],
            area_figures(columns, population=100),
            area_figures_by_group(columns, groups),
            [item_figures_by_group(column, groups, populations={"a": 70}) for column in columns],
        )

    assert figures(rows) == figures(mixed)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(answers, answers), max_size=30))
def test_area_is_the_mean_of_each_respondents_mean(rows):
    columns = [[row[0] for row in rows], [row[1] for row in rows]]
    means = []
    for row in rows:
        answered = [answer for answer in row if answer not in (None, DONT_KNOW)]
        if answered:
            means.append(sum(answered) / len(answered))
    found = area_figures(columns)
    assert found.n == len(means)
    assert found.estimate.mean == (pytest.approx(sum(means) / len(means)) if means else None)


def test_groups_take_no_population_but_their_own():
    with_own = item_figures_by_group([1, 5, 2, 4], ["a", "a", "b", "b"], populations={"a": 4})
    assert with_own["a"].estimate.se == pytest.approx(math.sqrt(8) / math.sqrt(2) * math.sqrt(0.5))
    assert with_own["b"].estimate.se == pytest.approx(math.sqrt(2) / math.sqrt(2))


@pytest.mark.parametrize(
    ("label", "columns", "n", "items", "constant"),
    [
        ("no question", [], 0, 0, ()),
        ("one question", [[1, 2, 3]], 3, 1, ()),
        ("one complete respondent", [[1, 2, None], [3, None, 4]], 1, 0, (0, 1)),
        ("nobody complete", [[1, None], [None, 4]], 0, 0, ()),
        ("nothing varies", [[2, 2, 2], [4, 4, 4]], 3, 0, (0, 1)),
        ("only one varies", [[2, 2, 2], [4, 5, 4]], 3, 1, (0,)),
        ("the sum does not vary", [[1, 2, 3], [3, 2, 1]], 3, 2, ()),
    ],
)
def test_no_alpha(label, columns, n, items, constant):
    alpha = cronbach_alpha(columns)
    assert (alpha.value, alpha.n, alpha.items, alpha.constant) == (None, n, items, constant), label


def test_alpha_is_one_for_twins_and_may_be_negative():
    assert cronbach_alpha([[1, 2, 5], [1, 2, 5]]).value == pytest.approx(1.0)
    assert cronbach_alpha([[1, 2, 5, 6], [6, 5, 1, 2]]).value < -1


def test_one_stratum_is_a_simple_sample():
    column = [1, 5, 3, None, 6, 2]
    simple = mean_of_values(column, population=40)
    ours = stratified_mean(column, ["a"] * 6, {"a": 40})
    for name in ("n", "mean", "sd", "se", "df", "ci_low", "ci_high"):
        assert getattr(ours, name) == pytest.approx(getattr(simple, name), rel=1e-12)


def test_strata_that_cannot_be():
    assert code_of(lambda: stratified_mean([3, 4], ["a", "b"], {"a": 9})) == "unknown_group"
    assert code_of(lambda: stratified_mean([3, 4], ["a", "a"], {"a": 9, "b": 3})) == "empty_cell"
    assert code_of(lambda: stratified_mean([3, None], ["a", "b"], {"a": 9, "b": 3})) == "empty_cell"
    assert code_of(lambda: stratified_mean([3, 4], ["a", "a"], {"a": 1})) == "more_answers_than_people"
    assert code_of(lambda: stratified_mean([3, 4], ["a", "b"], {"a": 9, "b": 0})) == "more_answers_than_people"
    assert stratified_mean([None], ["a"], {"a": 9}) == Estimate(n=0)


def test_stratum_of_one_person_is_certain():
    found = stratified_mean([3, 5, 6], ["a", "a", "b"], {"a": 9, "b": 1})
    assert found.lonely == ()
    assert found.se == pytest.approx(0.9 * math.sqrt(2) / math.sqrt(2) * math.sqrt(7 / 9))
    assert found.df == 1


def test_strata_that_all_answer_alike():
    found = stratified_mean([3] * 7, list("aabbccd"), {"a": 9, "b": 11, "c": 7, "d": 3})
    assert (found.mean, found.sd, found.se) == (3.0, 0.0, 0.0)


MARGINS = {"age": ["young", "old", "old", "young", "old", "old"], "gender": ["k", "k", "m", "m", "k", "m"]}
PEOPLE = {"age": {"young": 60, "old": 40}, "gender": {"k": 52, "m": 48}}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), answers), min_size=6, max_size=60),
    st.lists(st.integers(1, 900), min_size=5, max_size=5),
)
def test_weights_add_up_to_every_margin(rows, sizes):
    first, second, _ = zip(*rows, strict=True)
    assume(len(set(first)) == 3 and len(set(second)) == 2)
    assume(len(set(zip(first, second, strict=True))) == 6)
    one = dict(zip("abc", sizes, strict=False))
    share = sum(one.values()) / sum(sizes[3:])
    two = dict(zip("xy", (size * share for size in sizes[3:]), strict=True))
    weights = rake(Design.simple(len(rows)), {"one": first, "two": second}, {"one": one, "two": two})
    for groups, people in ((first, one), (second, two)):
        for group, wanted in people.items():
            got = sum(w for w, g in zip(weights.values, groups, strict=True) if g == group)
            assert got == pytest.approx(wanted, rel=1e-6)
    assert sum(weights.values) == pytest.approx(sum(one.values()), rel=1e-9)
    assert weights.smallest > 0
    assert weights.design_effect * (1 + 1e-12) >= 1
    assert weights.effective_n <= len(rows) * (1 + 1e-12)
    post = post_stratify(Design.simple(len(rows)), first, one)
    assert sum(post.values) == pytest.approx(sum(one.values()))


def test_equal_weights_change_nothing():
    column = [1, 5, 3, 2, 6, 4]
    simple = mean_of_values(column, population=60)
    ours = weighted_mean(column, unweighted(Design.simple(6, 60)))
    for name in ("n", "mean", "sd", "se", "df", "ci_low", "ci_high"):
        assert getattr(ours, name) == pytest.approx(getattr(simple, name), rel=1e-12)


def test_weights_that_cannot_be():
    six = Design.simple(6, 100)
    age = MARGINS["age"]
    assert code_of(lambda: post_stratify(six, [None, *age[1:]], PEOPLE["age"])) == "group_missing"
    assert code_of(lambda: post_stratify(six, age, {"young": 100})) == "unknown_group"
    assert code_of(lambda: post_stratify(six, age, {"young": 60, "old": 30, "older": 10})) == "empty_cell"
    assert code_of(lambda: post_stratify(six, age, {"young": 60, "old": 41})) == "sum_is_not_population"
    assert code_of(lambda: post_stratify(six, age, {"young": 100, "old": 0})) == "unknown_group"
    assert code_of(lambda: post_stratify(six, age, {"young": 101, "old": -1})) == "no_such_number"
    assert code_of(lambda: post_stratify(six, age[1:], PEOPLE["age"])) == "lengths_differ"
    differing = {**PEOPLE, "gender": {"k": 52, "m": 49}}
    assert code_of(lambda: rake(Design.simple(6), MARGINS, differing)) == "sum_is_not_population"
    assert code_of(lambda: rake(six, MARGINS, {"age": PEOPLE["age"]})) == "no_such_number"
    assert code_of(lambda: rake(six, {}, {})) == "no_such_number"
    assert code_of(lambda: rake(six, MARGINS, PEOPLE, most_rounds=1)) == "no_convergence"
    assert code_of(lambda: Design.simple(6, 5)) == "more_answers_than_people"
    assert code_of(lambda: Design.stratified(["a"], {"b": 4})) == "unknown_group"
    assert code_of(lambda: Design.stratified(["a"], {"a": 4, "b": 4})) == "empty_cell"
    assert code_of(lambda: weighted_mean([1, 2], unweighted(six))) == "lengths_differ"


def test_margins_that_no_weights_can_meet_are_refused():
    """All the young are women, so that there cannot be more young than women. R stops with a warning or without one."""
    margins = {"age": ["young", "young", "old", "old"], "gender": ["k", "k", "k", "m"]}
    people = {"age": {"young": 60, "old": 40}, "gender": {"k": 50, "m": 50}}
    code = code_of(lambda: rake(Design.simple(4, 100), margins, people))
    assert code in {"margins_contradict", "no_convergence"}


def test_weighted_shares():
    weights = post_stratify(Design.simple(4, 100), ["a", "b", "b", "b"], {"a": 40, "b": 60})
    assert weighted_shares([6, 1, DONT_KNOW, None], weights) == pytest.approx(
        {1: 1 / 3, 2: 0, 3: 0, 4: 0, 5: 0, 6: 2 / 3}
    )
    assert weighted_shares([None] * 4, weights) is None
    assert weighted_mean([None] * 4, weights) == Estimate(n=0)
    assert weighted_mean([3, None, None, None], weights).se is None


def test_weights_show_what_they_cost():
    """Weights 1, 1 and 4: deff 3·18/36, effective n 2."""
    weights = post_stratify(Design.simple(3, 6), ["a", "a", "b"], {"a": 2, "b": 4})
    assert weights.values == (1, 1, 4)
    assert (weights.smallest, weights.largest, weights.design_effect, weights.effective_n) == (1, 4, 1.5, 2)


OURS = item_figures([4, 5, 3, 6, 4, 5, 2, 4]).estimate


@pytest.mark.parametrize(
    ("label", "ours", "theirs", "difference"),
    [
        ("no answers", Estimate(n=0), Comparator(4.0), None),
        ("one answer", Estimate(n=1, mean=5.0), Comparator(4.0), 1.0),
        ("all alike against a known mean", item_figures([4] * 9).estimate, Comparator(4.5), -0.5),
        ("everybody answered against a known mean", item_figures([4, 6], population=2).estimate, Comparator(4.5), 0.5),
    ],
)
def test_what_cannot_be_tested(label, ours, theirs, difference):
    found = compare(ours, theirs)
    assert (found.difference, found.p) == (difference, None), label
    assert saying(found) is Saying.NOT_TESTED


def test_a_census_against_a_sample_has_the_samples_error():
    found = compare(item_figures([4, 6, 5], population=3).estimate, Comparator.of_sample(4.0, 1.2, 25))
    assert (found.se, found.df) == (pytest.approx(0.24), pytest.approx(24))


def test_known_error_without_n_is_taken_as_known():
    found = compare(OURS, Comparator(4.0, se=0.2))
    assert found.se == pytest.approx(math.hypot(OURS.se, 0.2))
    assert found.df == pytest.approx(found.se**4 / (OURS.se**4 / 7))
    certain = compare(item_figures([4] * 9).estimate, Comparator(4.5, se=0.2))
    assert (certain.df, certain.p) == (math.inf, pytest.approx(0.012419330651552318))


def test_comparators_that_cannot_be():
    assert code_of(lambda: Comparator.of_sample(4.0, 1.0, 1)) == "no_such_number"
    assert code_of(lambda: Comparator.of_sample(4.0, -1.0, 9)) == "no_such_number"
    assert code_of(lambda: Comparator(math.nan)) == "no_such_number"
    assert code_of(lambda: Comparator(4.0, se=-0.1)) == "no_such_number"
    assert code_of(lambda: Comparator(4.0, se=0.1, df=0)) == "no_such_number"
    assert Comparator.of_estimate(Estimate(n=1, mean=3.0)) is None


def test_items_without_a_national_mean_count_for_nothing():
    some = compare_all([(OURS, Comparator(2.5)), (OURS, None), (OURS, Comparator(4.0))])
    assert some[1] == Comparison()
    assert [found.p_holm for found in some if found.p] == holm([some[0].p, some[2].p])


def test_test_and_interval_say_the_same():
    for mean in (3.0, 3.2, 3.3, 4.0, 5.0, 5.1, 5.4):
        found = compare(OURS, Comparator(mean))
        assert (found.p < 0.05) == (not OURS.ci_low <= mean <= OURS.ci_high)
        assert (found.p < 0.05) == (not found.ci_low <= 0 <= found.ci_high)


@pytest.mark.parametrize(
    ("difference", "p", "p_holm", "said"),
    [
        (0.4, 0.01, 0.04, Saying.CLEARLY_HIGHER),
        (-0.4, 0.01, 0.04, Saying.CLEARLY_LOWER),
        (0.4, 0.01, 0.06, Saying.NO_CERTAIN_DIFFERENCE),
        (0.4, 0.05, None, Saying.NO_CERTAIN_DIFFERENCE),
        (0.4, 0.049, None, Saying.CLEARLY_HIGHER),
        (0.1, 0.001, 0.002, Saying.SLIGHTLY_HIGHER),
        (-0.1, 0.001, 0.002, Saying.SLIGHTLY_LOWER),
        (0.2, 0.001, 0.002, Saying.CLEARLY_HIGHER),
        (None, None, None, Saying.NOT_TESTED),
    ],
)
def test_words(difference, p, p_holm, said):
    assert saying(Comparison(difference=difference, p=p, p_holm=p_holm), clear_from=0.2) is said


def test_without_a_limit_whatever_is_certain_is_clear():
    assert saying(Comparison(difference=0.01, p=0.001)) is Saying.CLEARLY_HIGHER


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=12), st.randoms())
def test_corrections_keep_the_order_and_never_help(ps, chance):
    for correct in (holm, benjamini_hochberg):
        adjusted = correct(ps)
        pairs = [(p, q) for p, q in zip(ps, adjusted, strict=True) if p is not None]
        assert [q is None for q in adjusted] == [p is None for p in ps]
        assert all(p <= q <= 1 for p, q in pairs)
        ordered = sorted(pairs)
        assert [q for _, q in ordered] == sorted(q for _, q in ordered)
    for p, q in zip(holm(ps), benjamini_hochberg(ps), strict=True):
        assert p is None or q <= p + 1e-15


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(1, 6), min_size=2, max_size=15), min_size=1, max_size=5))
def test_pooled_mean_is_that_of_one_heap(columns):
    found = [mean_of_values(column) for column in columns]
    ours = pooled_mean([Published(one.mean, one.sd, one.n) for one in found])
    heap = mean_of_values([answer for column in columns for answer in column])
    assert (ours.mean, ours.se, ours.df) == (pytest.approx(heap.mean), pytest.approx(heap.se, abs=1e-9), heap.df)


def test_municipalities_or_people():
    columns, people = [[2, 4, 4, 3], [5, 6, 6], [1, 2]], [40_000, 5_000, 200]
    found = [mean_of_values(column) for column in columns]
    published = [Published(one.mean, one.sd, one.n) for one in found]
    plain = mean_of_municipalities([one.mean for one in found])
    means = mean_of_values([one.mean for one in found])
    assert (plain.mean, plain.se, plain.df) == (means.mean, pytest.approx(means.se), 2)
    strata = stratified_mean([2, 4, 4, 3, 5, 6, 6, 1, 2], list("aaaabbbcc"), dict(zip("abc", people, strict=True)))
    by_people = mean_of_people(published, people)
    assert (by_people.mean, by_people.se) == (pytest.approx(strata.mean), pytest.approx(strata.se))
    assert by_people.df == strata.df
    assert mean_of_municipalities([4.2]) == Comparator(4.2)
    assert mean_of_people([Published(4.0, 0.0, 1)], [9]) == Comparator(4.0)


def test_means_of_nothing_are_refused():
    assert code_of(lambda: mean_of_municipalities([])) == "no_such_number"
    assert code_of(lambda: pooled_mean([])) == "no_such_number"
    assert code_of(lambda: mean_of_people([], [])) == "no_such_number"
    assert code_of(lambda: mean_of_people([Published(4.0, 1.0, 9)], [8])) == "more_answers_than_people"
    assert code_of(lambda: Published(4.0, 1.0, 0)) == "no_such_number"
    assert code_of(lambda: Published(math.nan, 1.0, 3)) == "no_such_number"
