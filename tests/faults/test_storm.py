"""Five faults in a minute of load, as `make faults` makes twenty-four in ten: nothing acknowledged is lost."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from config.embedded.postgres import MAJOR
from config.postgres_programs import program
from tests.faults.conftest import ROOT

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

RUN = ["--short", "--minutes", "0.75", "--cards", "100", "--seed", "11", "--settle", "10", "--quiet"]


def test_five_faults_in_a_minute_lose_nothing(tmp_path: Path) -> None:
    own, tables, report = connection.settings_dict, tmp_path / "tables.dump", tmp_path / "report.json"
    dump = [program("pg_dump", int(MAJOR)), "--format=custom", "--file", tables, "-h", own["HOST"], "-U", own["USER"]]
    subprocess.run([*dump, *(["-p", str(own["PORT"])] if own["PORT"] else []), own["NAME"]], check=True, timeout=60)
    command = [sys.executable, "-m", "tests.faults.storm", *RUN, "--tables", str(tables), "--json", str(report)]
    run = subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        said = run.communicate(timeout=900)
    except subprocess.TimeoutExpired:
        run.terminate()  # it ends what it started
        said = run.communicate(timeout=120)
    assert run.returncode == 0, "".join(said)
    found = json.loads(report.read_text())
    assert len(found["faults"]) == 5
    assert found["counted"]["cards acknowledged"] > 0
    assert found["counted"]["cards lost"] == 0
