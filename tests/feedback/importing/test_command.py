"""`manage.py import_cards`: its report for people and for machines, and its refusals in one sentence."""

# ruff: noqa: E501  (tables of sentences, one a line)

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from feedback.models import Card
from organisation.models import Municipality
from tests.feedback.importing.conftest import MAPPING

CSV = "id,opened,closed,text\n1,2025-11-02,,Én\n1,2025-11-02,,To\n3,nonsense,,Tre\n"


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    (tmp_path / "cases.csv").write_text(CSV, encoding="utf-8")
    (tmp_path / "cases.toml").write_text(MAPPING, encoding="utf-8")
    return str(tmp_path / "cases.csv"), str(tmp_path / "cases.toml")


def run(file: str, mapping: str, *options: str) -> str:
    out = StringIO()
    call_command("import_cards", file, "--mapping", mapping, *options, stdout=out)
    return out.getvalue()


def test_report_for_people(house: Municipality, files: tuple[str, str]) -> None:
    lines = run(*files).splitlines()
    reference = Card.objects.get().reference
    assert lines[:-1] == [
        "3 rows read from «old».",
        f"1 card imported, as {reference}.",
        "1 row left out: the key stands on an earlier line.",
        "1 row refused: bad_date 1.",
        "  line 3 (1): The key stands on line 2 already; that row counts.",
        "  line 4 (3): registered: «nonsense» is not a date in the form YYYY-MM-DD.",
    ]
    assert lines[-1].startswith("Done in ")
    assert run(*files).splitlines()[1:3] == ["0 cards imported.", "1 card already there: nothing changed for them."]


def test_dry_run_says_that_nothing_was_written(house: Municipality, files: tuple[str, str]) -> None:
    lines = run(*files, "--dry-run").splitlines()
    assert (lines[1], lines[-2]) == ("1 card would be imported.", "Nothing was written.")
    assert not Card.objects.exists()


def test_report_for_machines(house: Municipality, files: tuple[str, str]) -> None:
    report = json.loads(run(*files, "--json"))
    assert {key: report[key] for key in ("source", "rows", "imported", "already_there", "duplicates", "refused")} == {
        "source": "old", "rows": 3, "imported": 1, "already_there": 0, "duplicates": 1, "refused": 1,
    }  # fmt: skip
    assert [(problem["line"], problem["key"], problem["code"]) for problem in report["problems"]] == [
        (3, "1", "duplicate_key"),
        (4, "3", "bad_date"),
    ]


def test_report_file_has_every_row_that_was_not_taken(
    house: Municipality, files: tuple[str, str], tmp_path: Path
) -> None:
    run(*files, "--report", str(tmp_path / "report.csv"))
    with (tmp_path / "report.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [
            ["line", "key", "code", "reason"],
            ["3", "1", "duplicate_key", "The key stands on line 2 already; that row counts."],
            ["4", "3", "bad_date", "registered: «nonsense» is not a date in the form YYYY-MM-DD."],
        ]


def test_refusals_are_one_sentence_and_write_nothing(
    house: Municipality, files: tuple[str, str], tmp_path: Path
) -> None:
    file, mapping = files
    latin = tmp_path / "latin.csv"
    latin.write_bytes(CSV.encode("latin-1"))
    for arguments, sentence in (
        ((str(tmp_path / "none.csv"), mapping), f"There is no file {tmp_path}/none.csv."),
        ((str(tmp_path), mapping), f"There is no file {tmp_path}."),
        ((file, str(tmp_path / "none.toml")), f"The mapping {tmp_path}/none.toml cannot be read: No such file or directory."),
        ((file, mapping, "--report", str(tmp_path / "no" / "report.csv")), f"{tmp_path}/no/report.csv cannot be written: No such file or directory."),
        ((file, mapping, "--report", file), "--report names the file that is to be imported."),
        ((str(latin), mapping), "The file is not UTF-8: line 2, byte 37 of the file is 0xC9. Name its encoding in the mapping (file.encoding), for example «cp1252» or «latin-1»."),
    ):  # fmt: skip
        with pytest.raises(CommandError) as caught:
            run(*arguments)
        assert str(caught.value) == sentence
    assert not Card.objects.exists()
    assert Path(file).read_text(encoding="utf-8") == CSV


def test_before_the_municipality_is_set_up_it_says_so(db: None, files: tuple[str, str]) -> None:
    with pytest.raises(CommandError) as caught:
        run(*files)
    assert str(caught.value) == "There is no municipality yet. Run «manage.py setup» first."
