"""Measure how fast answers are taken: `python -m benchmarks.survey_answers --answers 2000 --at-once 100`.

Makes a database of its own beside the one in use, and drops it. Each answer is 60 items and one text by its own code.
Wall time on this machine with nothing else running; nothing here is a test, but it fails where an answer is lost.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from benchmarks.own_database import own_database

NAME = "innspill_benchmark_answers"
ITEMS = 60
CONNECTIONS = 40


def measure(answers: int, at_once: int) -> dict[str, Any]:
    from django.utils import timezone

    from organisation.models import Municipality
    from surveys.actions.answering import save_draft, submit_answer
    from surveys.actions.closing import close_survey
    from surveys.actions.spending import flush_spent
    from surveys.codes import new_code
    from surveys.models import Answer, Area, Comment, Invitation, Question, Survey

    now = timezone.now()
    Municipality.objects.create(name="Benchmark")
    survey = Survey.objects.create(
        code="benchmark", titles={"nb": "Undersøkelse"}, stage="fielded", created_at=now, fielded_at=now,
        opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=1),
    )  # fmt: skip
    for number in range(10):
        area = Area.objects.create(survey=survey, key=f"area-{number}", titles={"nb": "Område"}, position=number)
        Question.objects.bulk_create(
            Question(area=area, key=f"item-{number}-{item}", texts={"nb": "Spørsmål"}, position=item)
            for item in range(ITEMS // 10)
        )
    Question.objects.create(area=area, key="words", kind="text", texts={"nb": "Noe mer?"}, position=99)
    chance = random.SystemRandom()
    invited = Invitation.objects.bulk_create(Invitation(survey=survey, code=new_code(chance)) for _ in range(answers))
    values = {f"item-{number}-{item}": 1 + item for number in range(10) for item in range(ITEMS // 10)}
    taken: list[float] = []

    # As many connections as a few web servers have threads, each kept by its thread, as there; who comes meanwhile waits.
    threads = min(at_once, CONNECTIONS)
    came = {one.pk: time.perf_counter() for one in invited[:at_once]}
    waiting = iter(invited[at_once:])

    def answer(invitation: Invitation) -> None:
        save_draft(invitation, values, language="nb", easy=False, now=now)
        submit_answer(survey, values | {"words": "Takk for en fin by"}, invitation=invitation, language="nb", now=now)
        left = time.perf_counter()
        taken.append((left - came[invitation.pk]) * 1000)
        if (following := next(waiting, None)) is not None:  # comes when one has gone: so many are there at once
            came[following.pk] = left

    start, before = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(threads) as people:
        list(people.map(answer, invited))
        took, cpu = time.perf_counter() - start, time.process_time() - before
    assert Answer.objects.count() == Comment.objects.count() == answers
    taken.sort()
    figures: dict[str, Any] = {
        "answers": answers, "at_once": at_once, "answers_per_s": round(answers / took),
        "python_cpu_ms": round(cpu * 1000 / answers, 2),
        "p50_ms": round(statistics.median(taken), 1), "p95_ms": round(taken[int(answers * 0.95) - 1], 1),
    }  # fmt: skip
    start = time.perf_counter()
    figures["written_down"] = flush_spent(survey)
    figures["flush_s"] = round(time.perf_counter() - start, 2)
    start = time.perf_counter()
    close_survey(survey, now=now)
    figures["close_s"] = round(time.perf_counter() - start, 2)
    assert Answer.objects.count() == Comment.objects.count() == answers
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=2000)
    parser.add_argument("--at-once", type=int, default=100)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()

    with own_database(NAME):
        figures = measure(options.answers, options.at_once)
    print(json.dumps(figures, indent=2) if options.json else "\n".join(f"{k:15} {v}" for k, v in figures.items()))


if __name__ == "__main__":
    main()
