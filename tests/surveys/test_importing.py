"""Rounds run elsewhere and others' means: what comes in, and what is refused with nothing written."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from surveys.models import Answer, Comparator, ComparatorValue, ResponseFile, Survey
from tests.factories import Solvik, make_solvik
from tests.surveys.making import make_survey

pytestmark = pytest.mark.django_db

MAPPING = """
[file]
delimiter = ";"
[survey]
create = true
title = "Innbyggerundersøkelsen 2022"
opened = 2022-03-01
closed = 2022-04-01
population = 4800
invited = 10
[answers]
key = "Id"
dont_know = ["Vet ikke", "9"]
missing = ["99"]
[areas]
services = "Tjenester"
about = "Om deg"
[items.school]
column = "Q1"
area = "services"
title = "Skolen"
[items.library]
column = "Q2"
area = "services"
title = { nb = "Biblioteket" }
values = { "Svært fornøyd" = 6, "Svært misfornøyd" = 1 }
[items.gender]
column = "Kjønn"
area = "about"
title = "Kjønn"
kind = "single"
background = true
values = { "1" = "woman", "2" = "man" }
options = { woman = "Kvinne", man = "Mann" }
[items.uses]
column = "Bruk"
area = "services"
title = "Hva bruker du?"
kind = "multiple"
separator = ","
options = { pool = "Svømmehall", cinema = "Kino" }
"""
ROWS = [
    "1;4;Svært fornøyd;1;pool,cinema",
    "2;9;svært misfornøyd;2;cinema",
    "3;;3;1;",
    "4;99;Vet ikke;;pool",
    "5;6.0;2;2;99",
]


@pytest.fixture(autouse=True)
def house() -> Solvik:
    return make_solvik()


def files(folder: Path, rows: list[str] = ROWS, mapping: str = MAPPING) -> tuple[str, str]:
    (folder / "answers.csv").write_text("Id;Q1;Q2;Kjønn;Bruk\n" + "\n".join(rows) + "\n", encoding="utf-8")
    (folder / "mapping.toml").write_text(mapping, encoding="utf-8")
    return str(folder / "answers.csv"), str(folder / "mapping.toml")


def run(folder: Path, *more: str, **changed: Any) -> dict[str, Any]:
    path, mapping = files(folder, **changed)
    out = StringIO()
    call_command("import_responses", "people-2022", path, "--mapping", mapping, "--json", *more, stdout=out)
    return json.loads(out.getvalue())


def test_a_round_comes_in_and_a_second_reading_changes_nothing(tmp_path: Path) -> None:
    assert run(tmp_path)["imported"] == 5
    survey = Survey.objects.get(code="people-2022")
    assert (survey.stage, survey.population_size, survey.closes_at.year) == ("closed", 4800, 2022)  # type: ignore[union-attr]
    found = sorted(json.dumps(values, sort_keys=True) for values in Answer.objects.values_list("values", flat=True))
    assert found == sorted(
        json.dumps(values, sort_keys=True)
        for values in [
            {"school": 4, "library": 6, "gender": "woman", "uses": ["pool", "cinema"]},
            {"school": "dk", "library": 1, "gender": "man", "uses": ["cinema"]},
            {"library": 3, "gender": "woman"},
            {"library": "dk", "uses": ["pool"]},
            {"school": 6, "library": 2, "gender": "man"},
        ]
    )
    again = run(tmp_path)
    assert (again["already_there"], again["imported"], Answer.objects.count()) == (True, 0, 5)
    out = StringIO()
    call_command("survey_results", "people-2022", "--json", stdout=out)
    results = json.loads(out.getvalue())
    assert (results["n_invited"], results["n_answered"], results["response_rate"]) == (10, 5, 0.5)


def test_another_file_into_the_same_survey_is_refused(tmp_path: Path) -> None:
    run(tmp_path)
    with pytest.raises(CommandError, match="another file"):
        run(tmp_path, rows=ROWS[:3])
    assert Answer.objects.count() == 5


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("6;7;3;1;", "line 7 (6): «7» in «Q1» is no answer to school. It may say: 1–6."),
        ("6;0;3;1;", "«0» in «Q1»"),
        ("6;4,5;3;1;", "«4,5» in «Q1»"),
        ("6;٣;3;1;", "«٣» in «Q1»"),
        ("6;4;3;3;", "«3» in «Kjønn» is no answer to gender. It may say: woman, man."),
        ("6;4;3;1;pool,pool", "«pool,pool» in «Bruk»"),
        ("1;4;3;1;", "line 7 (1): The key stands on line 2 already."),
        (";4;3;1;", "line 7: The row has no key."),
        ("6;4;3;1", "line 7: The line has 4 columns, the first line 5."),
    ],
)
def test_an_impossible_row_stops_all_of_it(tmp_path: Path, row: str, sentence: str) -> None:
    with pytest.raises(CommandError) as caught:
        run(tmp_path, rows=[*ROWS, row])
    assert sentence in str(caught.value)
    assert not Survey.objects.exists()
    assert not ResponseFile.objects.exists()
    assert not Answer.objects.exists()
    report = run(tmp_path, "--leave-out", rows=[*ROWS, row])
    assert (report["imported"], len(report["problems"])) == (5, 1)


def test_a_trial_writes_nothing(tmp_path: Path) -> None:
    assert run(tmp_path, "--dry-run")["imported"] == 5
    assert not Survey.objects.exists()


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('column = "Q1"', 'column = "Q9"', "items.school.column names the column «Q9»"),
        ('column = "Q1"', 'colum = "Q1"', "items.school.colum is not a key of the mapping. Did you mean «column»?"),
        ("= 6,", "= 7,", "becomes «7», which is no answer to it."),
        ("closed = 2022-04-01", "closed = 2021-04-01", "survey.closed is before survey.opened."),
        ("closed = 2022-04-01", "closed = 2999-04-01", "survey.closed is in the future"),
        ("invited = 10", "invited = 4", "There are 5 answers, and only 4 were invited."),
        ("invited = 10", 'previous = "people-1999"', "There is no survey «people-1999»."),
        ("create = true", "create = false", "There is no survey «people-2022»."),
        ('area = "about"', 'area = "nothing"', "«nothing» is not one of the [areas]"),
        ("[survey]", "[survey", "is not valid TOML"),
    ],
)
def test_a_wrong_mapping_is_refused_as_a_whole(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    with pytest.raises(CommandError) as caught:
        run(tmp_path, mapping=MAPPING.replace(old, new))
    assert sentence in str(caught.value)
    assert not Survey.objects.exists()


def test_a_survey_that_was_fielded_here_takes_no_file(tmp_path: Path) -> None:
    make_survey("people-2022", areas={"services": ["school", "library"]}, stage="fielded")
    mapping = MAPPING.split("[items.gender]")[0]
    with pytest.raises(CommandError, match="has been fielded here"):
        run(tmp_path, mapping=mapping)


def test_strata_come_along(tmp_path: Path) -> None:
    mapping = (
        MAPPING.replace('key = "Id"', 'key = "Id"\nstratum = "Kjønn"')
        .replace('"99"]', '"99"]')
        .replace(
            "[areas]", '[[strata]]\nkey = "1"\npopulation = 3000\n[[strata]]\nkey = "2"\npopulation = 1800\n[areas]'
        )
    )
    with pytest.raises(CommandError, match="line 5 \\(4\\): «» is not one of the strata"):
        run(tmp_path, mapping=mapping)
    run(tmp_path, "--leave-out", mapping=mapping)
    assert ResponseFile.objects.get().strata[1] == {"key": "2", "population": 1800, "drawn": 1800}


HEADER = "kind,name,year,source,weighs,key,mean,sd,n\n"
GOOD = "nation,Landet,2025,KS,people,school,4.2,1.1,12000\nmunicipality,Fjellvik,2024,Fjellvik,,school,3.9,,\n"


def benchmarks(folder: Path, text: str) -> str:
    path, out = folder / "means.csv", StringIO()
    path.write_text(HEADER + text, encoding="utf-8")
    call_command("import_benchmarks", str(path), stdout=out)
    return out.getvalue().strip()


def test_means_come_in_once_and_are_mended(tmp_path: Path) -> None:
    assert benchmarks(tmp_path, GOOD) == "2 lines read.\n2 new means, 0 changed, 0 as they were."
    assert benchmarks(tmp_path, GOOD) == "2 lines read.\n0 new means, 0 changed, 2 as they were."
    assert benchmarks(tmp_path, GOOD.replace("4.2", "4.3")) == "2 lines read.\n0 new means, 1 changed, 1 as they were."
    nation = Comparator.objects.get(kind="nation")
    assert (nation.year, nation.weighs, nation.source) == (2025, "people", "KS")
    assert ComparatorValue.objects.get(comparator=nation).mean == 4.3


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("nation,Landet,2024,KS,people,school,6.2,,", "«6.2» is not a mean on the scale 1–6."),
        ("nation,Landet,2024,KS,people,school,0.9,,", "not a mean on the scale"),
        ("nation,Landet,2024,KS,people,school,nan,,", "«nan» is no number."),
        ("nation,Landet,20225,KS,people,school,4,,", "«20225» is not a year from 1980 to"),
        ("nation,Landet,2024,KS,,school,4,,", "weighs is missing"),
        ("country,Landet,2024,KS,people,school,4,,", "kind: «country» is not one of"),
        ("nation,Landet,2024,,people,school,4,,", "source is missing."),
        ("nation,Landet,2024,KS,people,school,4,-1,", "cannot be the sd"),
        ("nation,Landet,2024,KS,people,school,4,,0", "not a number of answers"),
        ("nation,Landet,2025,KS,people,school,4,,", "stands on line 2 already"),
        ("nation,Landet,2025,SSB,people,pool,4,,", "another source"),
        ("nation,Landet,2024", "line 4: The line has 3 columns"),
    ],
)
def test_an_impossible_mean_stops_all_of_it(tmp_path: Path, row: str, sentence: str) -> None:
    with pytest.raises(CommandError) as caught:
        benchmarks(tmp_path, GOOD + row)
    assert sentence in str(caught.value)
    assert not Comparator.objects.exists()
