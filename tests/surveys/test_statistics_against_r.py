"""Every figure agrees with R's to eight significant digits, on answers with «don't know» and missing."""

from __future__ import annotations

import pytest

from surveys.statistics.adjusting import benjamini_hochberg, holm
from surveys.statistics.answers import valid
from surveys.statistics.areas import area_figures, area_figures_by_group, area_scores
from surveys.statistics.comparing import Comparator, compare, compare_all
from surveys.statistics.items import item_figures, item_figures_by_group
from surveys.statistics.means import mean_of_values
from surveys.statistics.reliability import cronbach_alpha
from surveys.statistics.shares import share_interval
from surveys.statistics.stratified import stratified_mean
from surveys.statistics.students_t import two_sided_p, two_sided_quantile
from surveys.statistics.weighted import weighted_mean, weighted_means, weighted_shares
from surveys.statistics.weighting import Design, Weights, post_stratify, rake, unweighted
from tests.surveys.against_r import agree, answers_of, differences, figures_of

ESTIMATE = "n mean sd se df ci_low ci_high"
COMPARISON = "difference se df t p ci_low ci_high"
SIMPLE, STRATA, WEIGHTS, SPREAD = (figures_of(name) for name in ("simple", "strata", "weights", "distributions"))
ONE, EARLIER, TWO, THREE = (answers_of(name) for name in ("simple", "earlier", "strata", "weights"))
SHARES = figures_of("shares")
ITEMS = [f"q{number}" for number in range(1, 9)]


def check_item(ours, theirs):
    assert differences(ours.estimate, theirs, ESTIMATE) == {}
    assert differences(ours, theirs, "n_valid n_dont_know n_missing share_top2 share_bottom2") == {}
    assert {str(point): count for point, count in ours.counts.items()} == theirs["counts"]


@pytest.mark.parametrize("key", ITEMS)
def test_item(key):
    check_item(item_figures(ONE[key], population=SIMPLE["population"]), SIMPLE["items"][key])
    check_item(item_figures(ONE[key]), SIMPLE["items_without_population"][key])
    at_99 = item_figures(ONE[key], population=SIMPLE["population"], confidence=0.99)
    assert differences(at_99.estimate, SIMPLE["items_99"][key], ESTIMATE) == {}


@pytest.mark.parametrize("key", ITEMS)
def test_item_by_group(key):
    theirs = SIMPLE["items_by_district"][key]
    ours = item_figures_by_group(ONE[key], ONE["district"])
    assert set(ours) == set(theirs)
    for district, figures in ours.items():
        check_item(figures, theirs[district])


@pytest.mark.parametrize("key", ITEMS)
def test_item_by_group_takes_only_the_groups_own_population(key):
    ours = item_figures_by_group(ONE[key], ONE["district"], populations=SIMPLE["populations"])
    for district, theirs in zip(SIMPLE["populations"], SIMPLE["items_by_district_with_N"][key], strict=True):
        check_item(ours.pop(district), theirs)
    for district, figures in ours.items():
        check_item(figures, SIMPLE["items_by_district"][key][district])


@pytest.mark.parametrize("area", ["a", "b"])
def test_area(area):
    columns = [ONE[key] for key in SIMPLE["areas"][area]]
    theirs = SIMPLE["area_figures"][area]
    ours = area_figures(columns, population=SIMPLE["population"])
    assert differences(ours.estimate, {**theirs, "n": ours.n}, ESTIMATE) == {}
    assert agree(ours.alpha.value, theirs["alpha"])
    for district, figures in area_figures_by_group(columns, ONE["district"]).items():
        assert differences(figures.estimate, SIMPLE["area_by_district"][area][district], ESTIMATE) == {}


def test_alpha_leaves_out_what_does_not_vary():
    columns = [ONE[key] for key in SIMPLE["areas"]["a"]]
    ours = cronbach_alpha([*columns, [4] * len(columns[0])])
    assert agree(ours.value, SIMPLE["alpha_without_constant"]["alpha"])
    assert (ours.items, ours.constant) == (5, (5,))
    assert ours.n == SIMPLE["alpha_without_constant"]["n"]


def test_against_a_mean_taken_as_known():
    for place, key in enumerate(ITEMS):
        theirs = Comparator(SIMPLE["country"][place])
        ours = compare(item_figures(ONE[key]).estimate, theirs)
        assert differences(ours, SIMPLE["against_mean"][place], COMPARISON) == {}
        with_fpc = compare(item_figures(ONE[key], population=SIMPLE["population"]).estimate, theirs)
        assert differences(with_fpc, SIMPLE["against_mean_fpc"][place], COMPARISON) == {}


def test_against_an_earlier_round():
    for place, key in enumerate(ITEMS):
        earlier = Comparator.of_estimate(item_figures(EARLIER[key]).estimate)
        ours = compare(item_figures(ONE[key]).estimate, earlier)
        assert differences(ours, SIMPLE["against_earlier"][place], COMPARISON) == {}


def test_against_the_country_with_holm():
    country = zip(SIMPLE["country"], SIMPLE["country_sd"], SIMPLE["country_n"], strict=True)
    pairs = [
        (item_figures(ONE[key], population=SIMPLE["population"]).estimate, Comparator.of_sample(*theirs))
        for key, theirs in zip(ITEMS, country, strict=True)
    ]
    for ours, theirs, p_holm in zip(compare_all(pairs), SIMPLE["against_country"], SIMPLE["holm"], strict=True):
        assert differences(ours, theirs, COMPARISON) == {}
        assert agree(ours.p_holm, p_holm)


@pytest.mark.parametrize("key", ["q1", "q2", "q3", "q4", "q5", "q6", "score"])
def test_stratified(key):
    values = area_scores([TWO[f"q{n}"] for n in range(1, 7)]) if key == "score" else valid(TWO[key])
    ours = stratified_mean(values, TWO["stratum"], STRATA["populations"])
    assert differences(ours, STRATA["stratified"][key], ESTIMATE) == {}
    whole = unweighted(Design.stratified(TWO["stratum"], STRATA["populations"]))
    assert differences(weighted_mean(values, whole), STRATA["domain"][key], ESTIMATE) == {}


@pytest.mark.parametrize("key", ["q1", "q2"])
def test_stratum_with_one_answer(key):
    rows = STRATA["lonely_rows"]
    values = [valid(TWO[key])[row] for row in rows]
    strata = [TWO["stratum"][row] for row in rows]
    ours = stratified_mean(values, strata, STRATA["populations"])
    assert differences(ours, STRATA["lonely"][key], ESTIMATE) == {}
    assert ours.lonely == ("Sør",)
    whole = unweighted(Design.stratified(strata, STRATA["populations"]))
    assert differences(weighted_mean(values, whole), STRATA["lonely_domain"][key], ESTIMATE) == {}


def weights_named(name: str) -> Weights:
    margins = {key: THREE[key] for key in ("age", "gender", "district")}
    base = Design.simple(len(THREE["age"]), WEIGHTS["population"])
    if name.endswith("without_population"):
        base = Design.simple(len(THREE["age"]))
    elif name.endswith("strata"):
        base = Design.stratified(THREE["district"], WEIGHTS["district"])
    if name == "unweighted":
        return unweighted(base)
    if name.startswith("post"):
        cells = [f"{age} {gender}" for age, gender in zip(THREE["age"], THREE["gender"], strict=True)]
        return post_stratify(base, cells, WEIGHTS["cell"])
    if name == "rake_two":
        del margins["district"]
    return rake(base, margins, {key: WEIGHTS[key] for key in margins})


@pytest.mark.parametrize(
    "name",
    [
        "unweighted",
        "post",
        "post_without_population",
        "post_strata",
        "rake",
        "rake_without_population",
        "rake_strata",
        "rake_two",
    ],
)
def test_weights(name):
    theirs = WEIGHTS[name]
    weights = weights_named(name)
    assert all(agree(*pair) for pair in zip(weights.values, theirs["weights"], strict=True))
    assert agree(weights.design_effect, theirs["deff"])
    assert agree(weights.effective_n, len(theirs["weights"]) / theirs["deff"])
    columns = {key: valid(THREE[key]) for key in ("q1", "q2", "q3", "q4", "q5")}
    columns["score"] = area_scores([THREE[key] for key in ("q1", "q2", "q3", "q4", "q5")])
    for key, ours in zip(columns, weighted_means(list(columns.values()), weights), strict=True):
        assert differences(ours, theirs["means"][key], ESTIMATE) == {}
    women = [answer if gender == "k" else None for answer, gender in zip(columns["q1"], THREE["gender"], strict=True)]
    assert differences(weighted_mean(women, weights), theirs["women"], ESTIMATE) == {}
    shares = weighted_shares(THREE["q1"], weights)
    assert all(agree(*pair) for pair in zip(shares.values(), theirs["shares"], strict=True))
    top2 = weighted_mean([None if answer is None else float(answer >= 5) for answer in columns["q1"]], weights)
    assert agree(top2.mean, sum(theirs["shares"][4:]))
    assert agree(top2.se, theirs["share_top2_se"])


@pytest.mark.parametrize("confidence", [95, 99, 50])
def test_quantiles_of_t(confidence):
    for df, theirs in zip(SPREAD["dfs"], SPREAD[f"quantile_{confidence}"], strict=True):
        assert agree(two_sided_quantile(confidence / 100, df), theirs, 12)


def test_p_values_of_t():
    for t, row in zip(SPREAD["ts"], SPREAD["p"], strict=True):
        for df, theirs in zip(SPREAD["dfs"], row, strict=True):
            assert agree(two_sided_p(t, df), theirs, 11), (t, df)


def test_corrections_for_many_tests():
    for ours, theirs in (
        (holm(SPREAD["ps"]), SPREAD["holm"]),
        (benjamini_hochberg(SPREAD["ps"]), SPREAD["bh"]),
        (holm(SPREAD["missing_ps"]), SPREAD["holm_missing"]),
        (benjamini_hochberg(SPREAD["missing_ps"]), SPREAD["bh_missing"]),
    ):
        assert all(agree(*pair) for pair in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("key", ITEMS)
@pytest.mark.parametrize(
    ("name", "points", "population"),
    [("with_population", {5, 6}, 950), ("without_population", {5, 6}, None), ("of_ones", {1}, 950)],
)
def test_share_and_its_interval(key, name, points, population):
    chosen = [None if answer is None else float(answer in points) for answer in valid(ONE[key])]
    check_share(mean_of_values(chosen, population=population), SHARES[name][key])


@pytest.mark.parametrize("key", sorted(SHARES["stratified"]))
def test_share_of_a_stratified_sample(key):
    chosen = [None if answer is None else float(answer >= 5) for answer in valid(TWO[key])]
    check_share(stratified_mean(chosen, TWO["stratum"], STRATA["populations"]), SHARES["stratified"][key])


def check_share(ours, theirs):
    low, high = share_interval(ours)
    found = [ours.mean, ours.se, low, high]
    for number, name in zip(found, ["mean", "se", "ci_low", "ci_high"], strict=True):
        assert agree(number, theirs[name]), (name, number, theirs[name])
