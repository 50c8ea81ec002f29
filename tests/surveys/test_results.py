"""The figures of a survey in the database are R's figures, and what is small is not among them."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys.models import Answer, Comparator, ComparatorValue, ResponseFile, Survey
from surveys.results import NoResults, results_of
from surveys.results.groups import hidden_cells
from surveys.results.reading import read_sheet
from surveys.statistics.answers import valid
from surveys.statistics.attacker import intervals
from surveys.statistics.tables import Table, Variable
from tests.factories import MONDAY
from tests.surveys.against_r import agree, answers_of, figures_of
from tests.surveys.making import answer_all, make_survey

pytestmark = pytest.mark.django_db

SIMPLE, STRATA, WEIGHTS = figures_of("simple"), figures_of("strata"), figures_of("weights")
ESTIMATE = "mean sd se ci_low ci_high"


def printed(code: str = "people-2026", *arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command("survey_results", code, "--json", *arguments, stdout=out)
    return json.loads(out.getvalue())


def by_key(found: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {one["key"]: one for one in found}


def check(ours: dict[str, Any], theirs: dict[str, Any], names: str) -> None:
    assert {name: ours[name] for name in names.split() if not agree(ours[name], theirs[name])} == {}


@pytest.fixture
def simple() -> Survey:
    columns = answers_of("simple")
    survey = make_survey(
        areas={name: list(keys) for name, keys in SIMPLE["areas"].items()},
        background={"district": sorted({value for value in columns["district"] if value})},
        population_size=SIMPLE["population"],
    )
    answer_all(survey, columns)
    return survey


def test_whole_figures_are_those_of_r(simple: Survey) -> None:
    found = printed()
    assert found["n_answered"] == 137
    assert found["population"] == 950
    for key, item in by_key(found["items"]).items():
        check(item, SIMPLE["items"][key], f"{ESTIMATE} n_valid n_dont_know n_missing share_top2 share_bottom2")
        assert item["counts"] == SIMPLE["items"][key]["counts"]
    for key, area in by_key(found["areas"]).items():
        check(area, SIMPLE["area_figures"][key], f"{ESTIMATE} n alpha")
    without = printed("people-2026", "--population", "1000000000")
    for key, item in by_key(without["items"]).items():
        assert abs(item["se"] / SIMPLE["items_without_population"][key]["se"] - 1) < 1e-6


def test_groups_are_those_of_r_and_small_ones_are_not_there(simple: Survey) -> None:
    found = printed("people-2026", "--by", "district")
    shown = 0
    for group in found["groups"]:
        for item in group["items"]:
            theirs = SIMPLE["items_by_district"][item["key"]][group["value"]]
            if item["suppressed"]:
                assert set(item) == {"key", "suppressed"}
            else:
                shown += 1
                assert item["n_valid"] >= 5
                check(item, theirs, f"{ESTIMATE} n_valid share_top2 share_bottom2")
            if theirs["n_valid"] < 5:
                assert item["suppressed"]
    assert shown > 20


def test_a_stratified_draw_weighs_its_strata() -> None:
    columns = answers_of("strata")
    survey = make_survey(areas={"all": [f"q{number}" for number in range(1, 7)]})
    strata = [{"key": key, "population": people, "drawn": people} for key, people in STRATA["populations"].items()]
    ResponseFile.objects.create(survey=survey, sha256="x", rows=1, invited=400, strata=strata, read_at=MONDAY)
    stratum = columns.pop("stratum")
    answer_all(survey, columns, stratum)
    found = printed()
    assert found["weighting"]["method"] == "stratified"
    assert agree(found["weighting"]["sum"], sum(STRATA["populations"].values()))
    for key, item in by_key(found["items"]).items():
        check(item, STRATA["stratified"][key], ESTIMATE)
        assert agree(sum(item["shares"].values()), 1.0)
    assert printed("people-2026", "--weights", "none")["weighting"]["method"] == "none"


def test_raked_figures_are_those_of_r(tmp_path: Any) -> None:
    columns = answers_of("weights")
    survey = make_survey(
        areas={"all": [f"q{number}" for number in range(1, 6)]},
        background={name: sorted(set(columns[name])) for name in ("age", "gender", "district")},
        population_size=WEIGHTS["population"],
    )
    answer_all(survey, columns)
    margins = tmp_path / "margins.csv"
    rows = [
        f"{name};{value};{WEIGHTS[name][value]}" for name in ("age", "gender", "district") for value in WEIGHTS[name]
    ]
    margins.write_text("variable;value;population\n" + "\n".join(rows))
    found = printed("people-2026", "--weights", str(margins))
    theirs = WEIGHTS["rake"]
    assert found["weighting"]["method"] == "raked"
    assert agree(found["weighting"]["design_effect"], theirs["deff"], 7)
    assert agree(found["weighting"]["effective_n"], len(columns["q1"]) / theirs["deff"], 7)
    assert agree(found["weighting"]["min"], min(theirs["weights"]), 7)
    assert agree(found["weighting"]["max"], max(theirs["weights"]), 7)
    for key, item in by_key(found["items"]).items():
        check(item, theirs["means"][key], ESTIMATE)
    margins.write_text("variable;value;population\n" + "\n".join(row for row in rows if row.startswith("age")))
    assert printed("people-2026", "--weights", str(margins))["weighting"]["method"] == "post_stratified"


def test_comparisons_have_holms_correction_over_what_is_shown(simple: Survey) -> None:
    keys = ["q1", "q2", "q3", "q4"]
    country = Comparator.objects.create(kind="nation", name="Landet", year=2025, source="SSB", weighs="people")
    for place, key in enumerate(keys):
        ComparatorValue.objects.create(comparator=country, key=key, mean=SIMPLE["country"][place])
    Comparator.objects.create(kind="nation", name="Landet", year=2020, source="SSB").values.create(key="q1", mean=1)
    [against] = printed()["comparisons"]
    assert (against["kind"], against["year"], against["weighs"]) == ("nation", 2025, "people")
    from scipy import stats

    p_values = []
    for place, one in enumerate(against["items"]):
        theirs = SIMPLE["items"][one["key"]]
        assert agree(one["difference"], theirs["mean"] - SIMPLE["country"][place])
        assert agree(one["se"], theirs["se"])
        assert one["df"] == theirs["df"]
        p = 2 * stats.t.sf(abs(one["difference"] / theirs["se"]), theirs["df"])
        assert agree(one["p"], p)
        p_values.append(p)
    order = sorted(range(4), key=lambda place: p_values[place])
    highest = 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1, (4 - rank) * p_values[place]))
        assert agree(against["items"][place]["p_holm"], highest)


def test_an_earlier_round_is_compared_by_welch(simple: Survey) -> None:
    before = make_survey("people-2022", areas={name: list(keys) for name, keys in SIMPLE["areas"].items()})
    answer_all(before, answers_of("earlier"))
    simple.previous, simple.population_size = before, None
    simple.save()
    [against] = printed()["comparisons"]
    from scipy import stats

    for one in against["items"]:
        ours = [v for v in valid(answers_of("simple")[one["key"]]) if v is not None]
        theirs = [v for v in valid(answers_of("earlier")[one["key"]]) if v is not None]
        test = stats.ttest_ind(ours, theirs, equal_var=False)
        assert agree(one["p"], test.pvalue)
        assert agree(one["df"], test.df)


def test_few_and_none_look_alike() -> None:
    survey = make_survey(areas={"a": ["q1", "q2"], "b": ["q3"], "c": ["q4", "q5"]})
    answer_all(survey, {"q1": [4] * 20, "q2": [5] * 4 + [None] * 16, "q4": [3] * 20, "q5": [4, 5] * 10})
    found = printed()
    items = by_key(found["items"])
    assert items["q2"] == {"key": "q2", "suppressed": True}
    assert items["q3"] == {"key": "q3", "suppressed": True}
    areas = by_key(found["areas"])
    assert areas["a"] == {"key": "a", "suppressed": True}
    assert areas["b"] == {"key": "b", "suppressed": True}
    assert areas["c"]["n"] == 20


def test_groups_that_differ_by_a_person_are_not_both_shown() -> None:
    survey = make_survey(areas={"a": ["q1"]}, background={"home": ["x", "y"], "work": ["x", "y"]})
    answer_all(
        survey,
        {"q1": [1, 2, 3, 4, 5, 6] * 5, "home": ["x"] * 15 + ["y"] * 15, "work": ["x"] * 14 + ["y"] * 16},
    )
    found = printed("people-2026", "--by", "work", "--by", "home")
    shown = {(group["variable"], group["value"]) for group in found["groups"] if not group["items"][0]["suppressed"]}
    assert shown == {("home", "x"), ("home", "y")}
    alone = printed("people-2026", "--by", "work")
    assert [group["items"][0]["suppressed"] for group in alone["groups"]] == [True, True]


groups = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c", None]), st.sampled_from([1, 4, 6, None, -1])), min_size=8, max_size=40
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=groups)
def test_no_small_group_can_be_worked_out_from_what_is_printed(rows: list[tuple[str | None, int | None]]) -> None:
    Survey.objects.all().delete()
    survey = make_survey(areas={"a": ["q1"]}, background={"where": ["a", "b", "c"]})
    answer_all(survey, {"q1": [row[1] for row in rows], "where": [row[0] for row in rows]})
    sheet = read_sheet(survey)
    hidden = hidden_cells(sheet, least=5)["item", "q1"]
    table = Table.of_answers(
        valid(sheet.column(sheet.rated[0])),
        [Variable.flat("where", ["a", "b", "c", *([""] if None in [row[0] for row in rows] else [])])],
        {"where": sheet.groups("where")},
    )
    small = [cell for cell in table.counts if table.n(cell) < 5]
    assert set(small) <= hidden
    if () not in hidden:
        for low, high in intervals(table, hidden & table.counts.keys(), of=small).values():
            assert high - low >= 5
    out = results_of(survey, by=["where"]).as_json()
    shown = {((group["variable"], group["value"]),) for group in out["groups"] if not group["items"][0]["suppressed"]}
    assert not shown & hidden


def test_an_open_survey_has_counts_and_no_figure() -> None:
    survey = make_survey(stage="fielded")
    answer_all(survey, {"q1": [4] * 20, "q2": [5] * 20})
    found = printed()
    assert (found["running"], found["n_answered"]) == (True, 20)
    assert found["items"] == found["areas"] == found["groups"] == found["comparisons"] == []


def test_the_order_of_answers_does_not_matter(simple: Survey) -> None:
    first = results_of(simple).as_json()
    values = list(Answer.objects.filter(survey=simple).values_list("values", flat=True))
    Answer.objects.filter(survey=simple).delete()
    Answer.objects.bulk_create(Answer(survey=simple, values=each) for each in reversed(values))
    from django.core.cache import cache

    cache.clear()
    assert results_of(simple).as_json() == first


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere"], "There is no survey «nowhere»."),
        (["people-2026", "--by", "shoe-size"], "«shoe-size» is not something to group by. There is: district."),
        (["people-2026", "--population", "0"], "The population is at least one person."),
        (["people-2026", "--population", "100"], "only 100 people"),
        (["people-2026", "--weights", "missing.csv"], "There is no file missing.csv."),
        (["people-2026", "--weights", "district"], "The register that was drawn from has been put away."),
    ],
)
def test_what_cannot_be_is_said(simple: Survey, arguments: list[str], sentence: str) -> None:
    with pytest.raises(CommandError) as caught:
        call_command("survey_results", *arguments, stdout=StringIO())
    assert sentence in str(caught.value)


def test_margins_with_a_small_group_or_a_wrong_sum_are_refused(simple: Survey) -> None:
    with pytest.raises(NoResults):
        results_of(simple, margins={"district": {"Nord": 950}})
    with pytest.raises(NoResults):
        results_of(simple, margins={"shoe-size": {"43": 950}})


def test_results_are_read_in_few_queries(simple: Survey, django_assert_num_queries: Any) -> None:
    from django.core.cache import cache

    cache.clear()
    with django_assert_num_queries(10):
        results_of(simple, by=["district"])
    with django_assert_num_queries(3):
        results_of(simple, by=["district"])
