"""The real file: what it holds, and the figures that a replay of its weeks must give (`domain/README.md`, «Replay»)."""

from __future__ import annotations

import json
from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from feedback.models import Card, CardEvent, FollowUp, OverdueRun
from organisation.models import Municipality, OutgoingMail, Unit

REPOSITORY = Path(__file__).resolve().parents[3]
FILE = REPOSITORY.parent / "shared" / "data" / "constituent-cases-district-2.csv"
MAPPING = REPOSITORY / "docs" / "examples" / "nyc-council-district-2.toml"

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not FILE.exists(), reason=f"the real file is not here: {FILE}")]


def command(name: str, *options: str) -> str:
    out = StringIO()
    call_command(name, *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def imported(db: None) -> dict[str, object]:
    Municipality.objects.create(name="Solvik")
    Unit.objects.create(code="servicesenteret", name="Servicesenteret", kind=Unit.Kind.SERVICE_CENTRE)
    return json.loads(command("import_cards", str(FILE), "--mapping", str(MAPPING), "--json"))


def test_real_file_and_its_weeks(imported: dict[str, object]) -> None:
    """One test, for the import takes seconds: the counts, the cards, a second run, the replay."""
    problems = imported["problems"]
    assert isinstance(problems, list)
    assert [imported[key] for key in ("rows", "imported", "already_there", "duplicates", "refused")] == [
        14354,
        14333,
        0,
        21,
        0,
    ]
    assert {problem["code"] for problem in problems} == {"duplicate_key"}
    assert problems[0]["line"] == 1080
    assert len(imported["created_units"]) == len(imported["created_categories"]) == 26  # type: ignore[arg-type]

    assert Card.objects.count() == 14333
    assert Counter(Card.objects.values_list("state", "close_result")) == {
        ("closed", "followed_up"): 14295,
        ("forwarded", ""): 36,
        ("registered", ""): 2,
    }
    assert FollowUp.objects.count() == 14295
    assert Card.objects.filter(category=None).count() == Card.objects.filter(unit__kind="service_centre").count()
    assert not Card.objects.exclude(callback_owed=True, callback_wanted=True, channel="import").exists()
    assert not OutgoingMail.objects.exists()

    before = (Card.objects.count(), CardEvent.objects.count(), Unit.objects.count())
    again = json.loads(command("import_cards", str(FILE), "--mapping", str(MAPPING), "--json"))
    assert [again[key] for key in ("imported", "already_there", "duplicates", "refused")] == [0, 14333, 21, 0]
    assert (Card.objects.count(), CardEvent.objects.count(), Unit.objects.count()) == before

    lines = command("replay_overdue_lists", "--from", "2015-01-05", "--to", "2024-01-01", "--json").splitlines()
    weeks = [json.loads(line) for line in lines]
    assert (len(weeks), weeks[0]["week"], weeks[-1]["week"]) == (470, "2015-W02", "2024-W01")
    assert sum(week["cards"] for week in weeks) == 75_746
    assert sum(week["escalated"] for week in weeks) == 67_658
    assert all(sum(week["per_unit"].values()) == week["cards"] for week in weeks)
    assert all(len(week["per_unit"]) == week["units"] for week in weeks)
    assert not OverdueRun.objects.exists()

    summary = command("replay_overdue_lists", "--from", "2015-01-05", "--to", "2024-01-01").splitlines()[-1]
    assert summary == "470 weeks, 75,746 entries, 67,658 of them repeats."
