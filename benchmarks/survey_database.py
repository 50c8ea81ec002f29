"""A survey's results from the database: `python -m benchmarks.survey_database [--answers 10000] [--items 60] [--json]`.

Makes a database of its own beside the one in use, fills it, measures, and drops it. The mark is 10,000 answers to 60
questions in under a second on two cores. It is no test.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from datetime import timedelta
from typing import Any

from benchmarks.own_database import own_database, taken

TIMES = 5


def measure(answers: int, items: int) -> dict[str, Any]:
    from django.core.cache import cache
    from django.utils import timezone

    from surveys.models import Answer, Area, Question, Survey
    from surveys.results import results_of

    chance, now = random.Random(2026), timezone.now()
    survey = Survey.objects.create(
        code="benchmark", stage="closed", created_at=now, fielded_at=now, opens_at=now, closed_at=now,
        closes_at=now + timedelta(days=1), population_size=5 * answers,
    )  # fmt: skip
    for start in range(0, items, 7):
        area = Area.objects.create(survey=survey, key=f"a{start}", position=start)
        for number in range(start, min(start + 7, items)):
            Question.objects.create(area=area, key=f"q{number}", position=number)
    about = Area.objects.create(survey=survey, key="about", position=999)
    districts = [f"d{number}" for number in range(8)]
    Question.objects.create(
        area=about, key="district", kind="single", background=True,
        options=[{"key": key, "texts": {}} for key in districts],
    )  # fmt: skip
    choices = [1, 2, 3, 4, 4, 5, 5, 6, "dk", None]
    Answer.objects.bulk_create(
        (
            Answer(
                survey=survey,
                values={
                    **{f"q{n}": value for n in range(items) if (value := chance.choice(choices)) is not None},
                    "district": chance.choices(districts, [40, 30, 20, 10, 5, 3, 2, 0.05])[0],
                },
            )
            for _each in range(answers)
        ),
        2000,
    )
    figures: dict[str, Any] = {}
    for what, by in (("results", []), ("results by eight districts, small groups hidden", ["district"])):
        found = taken(lambda by=by: results_of(survey, by=by), TIMES, before=cache.clear)
        start_at = time.perf_counter()
        results_of(survey, by=by)
        figures[what] = f"{found}; from the cache {time.perf_counter() - start_at:.3f} s"
        figures.setdefault("s", round(found.wall, 3))
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=10_000)
    parser.add_argument("--items", type=int, default=60)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with own_database():
        figures = measure(options.answers, options.items)
    print(json.dumps(figures) if options.json else "\n".join(f"{what}: {found}" for what, found in figures.items()))


if __name__ == "__main__":
    main()
