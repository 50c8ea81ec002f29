"""A survey's results from the database: `python -m benchmarks.survey_database [ANSWERS] [ITEMS]`.

Makes a database of its own beside the one in use, fills it, measures, and drops it. The mark is 10,000 answers to 60
questions in under a second on two cores. It is no test.
"""

from __future__ import annotations

import random
import sys
import time
from datetime import timedelta

from benchmarks.own_database import own_database, taken

ANSWERS = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
ITEMS = int(sys.argv[2]) if len(sys.argv) > 2 else 60
TIMES = 5


def measure() -> None:
    from django.core.cache import cache
    from django.utils import timezone

    from surveys.models import Answer, Area, Question, Survey
    from surveys.results import results_of

    chance, now = random.Random(2026), timezone.now()
    survey = Survey.objects.create(
        code="benchmark", stage="closed", created_at=now, fielded_at=now, opens_at=now, closed_at=now,
        closes_at=now + timedelta(days=1), population_size=5 * ANSWERS,
    )  # fmt: skip
    for start in range(0, ITEMS, 7):
        area = Area.objects.create(survey=survey, key=f"a{start}", position=start)
        for number in range(start, min(start + 7, ITEMS)):
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
                    **{f"q{n}": value for n in range(ITEMS) if (value := chance.choice(choices)) is not None},
                    "district": chance.choices(districts, [40, 30, 20, 10, 5, 3, 2, 0.05])[0],
                },
            )
            for _each in range(ANSWERS)
        ),
        2000,
    )
    for what, by in (("results", []), ("results by eight districts, small groups hidden", ["district"])):
        found = taken(lambda by=by: results_of(survey, by=by), TIMES, before=cache.clear)
        start_at = time.perf_counter()
        results_of(survey, by=by)
        print(f"{what}: {found}; from the cache {time.perf_counter() - start_at:.3f} s")


def main() -> None:
    with own_database():
        measure()


if __name__ == "__main__":
    main()
