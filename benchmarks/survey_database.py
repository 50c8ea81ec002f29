"""A survey's results from the database: `python -m benchmarks.survey_database [ANSWERS] [ITEMS]`.

Makes a database of its own beside the one in use, fills it, measures, and drops it. The mark is 10,000 answers to 60
questions in under a second on two cores. It is no test.
"""

from __future__ import annotations

import os
import random
import sys
import time
from datetime import timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

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
        taken = []
        for _each in range(TIMES):
            cache.clear()
            wall, cpu = time.perf_counter(), time.process_time()
            results_of(survey, by=by)
            taken.append((time.perf_counter() - wall, time.process_time() - cpu))
        wall, cpu = sorted(taken)[TIMES // 2]
        start_at = time.perf_counter()
        results_of(survey, by=by)
        print(f"{what}: {wall:.3f} s ({cpu:.3f} s CPU); from the cache {time.perf_counter() - start_at:.3f} s")


def main() -> None:
    from config.reachable import make_ready

    make_ready()
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from benchmarks.cards import NAME

    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {NAME}")
        cursor.execute(f"CREATE DATABASE {NAME}")
    own = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = NAME
    try:
        call_command("migrate", verbosity=0)
        measure()
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


if __name__ == "__main__":
    main()
