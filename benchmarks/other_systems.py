"""Measure what other systems read: `python -m benchmarks.other_systems --cards 1000000`.

First the change feed, while ten processes write, some of which commit late: what was written and what was told are compared
card by card. Then the list as CSV and NDJSON. Makes a database of its own, fills it by SQL, and drops it. The yardstick is a
loop of 20 million additions in plain Python: times are of this machine, and their ratio to it holds elsewhere too.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import resource
import time
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.own_database import own_database
from benchmarks.town import SECTORS, UNITS_IN_SECTOR, build

WRITERS = 10
LATE = 0.5
"""Seconds for which one transaction in ten stays open."""


def yardstick() -> float:
    """Seconds that 20 million additions take."""
    start, total = time.perf_counter(), 0
    for number in range(20_000_000):
        total += number
    return time.perf_counter() - start


def spent(run: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """Run, and return beside the answer what it took: seconds of the clock and of this process, and megabytes it grew."""
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall, cpu = time.perf_counter(), time.process_time()
    answer = run()
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
    took = {"s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu, "memory_grew_mb": grown / 1024}
    return answer, {name: round(value, 2) for name, value in took.items()}


def write_until(stop: Any, number: int, written: Any) -> None:
    """Change cards of which this writer alone has the writing, until `stop`; tell at the end what each has last."""
    from django.db import connection, transaction
    from django.utils import timezone

    from feedback.actions.intake import House, Intake
    from feedback.actions.registration import register_card
    from feedback.models import Card
    from organisation.models import Unit

    connection.close()
    choose = random.Random(number)
    units = list(Unit.objects.filter(kind="unit").values_list("pk", flat=True))
    first, last = Card.objects.order_by("pk").first(), Card.objects.order_by("-pk").first()
    assert first is not None
    assert last is not None
    house, here, left, turn = House.read(), {}, {}, 0
    while not stop.is_set():
        turn += 1
        value = f"{number}-{turn}"
        if turn % 20 == 0:
            card = register_card(
                Intake(channel="web", text="Nytt", area=value), by=None, now=timezone.now(), house=house
            )
            here[card.reference] = value
            continue
        pk = choose.randint(first.pk, last.pk) // WRITERS * WRITERS + number
        with transaction.atomic():
            unit = {"unit": choose.choice(units)} if turn % 5 == 0 else {}
            if not Card.objects.filter(pk=pk).update(area=value, **unit):
                continue
            if turn % 10 == 0:
                time.sleep(LATE)
        left[pk] = value
        time.sleep(choose.random() / 50)
    references = dict(Card.objects.filter(pk__in=left).values_list("pk", "reference"))
    written.put((turn, here | {references[pk]: value for pk, value in left.items()}))
    connection.close()


def feed(cards: int) -> dict[str, Any]:
    """Read every card while others write, and compare."""
    from django.db import connection
    from django.utils import timezone

    from feedback.actions.numbering import place_changes
    from feedback.feed import changes_since, first_cursor
    from feedback.models import Card
    from organisation.models import Person

    def place() -> int:
        placed = 0
        while taken := place_changes(now=timezone.now()):
            placed += taken
        return placed

    placed, took = spent(place)
    figures: dict[str, Any] = {"given their place": took | {"changes": placed}}
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    reader = Person.objects.get(email="clerk@example.org")
    connection.close()
    make = multiprocessing.get_context("fork")
    stop, written = make.Event(), make.Queue()
    writers = [make.Process(target=write_until, args=(stop, number, written)) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    told: dict[str, str] = {}
    again, pages = 0, 0

    def read() -> None:
        nonlocal again, pages
        cursor, done = first_cursor(reader), 0
        while done < 3:
            pages += 1
            place_changes(now=timezone.now())
            changes = changes_since(reader, cursor, limit=1000)
            for one in changes.told:
                state = f"{one.card.area} {one.card.unit_id}" if one.card else "gone"
                again += told.get(one.reference) == state
                told[one.reference] = state
            cursor = changes.cursor
            if not stop.is_set() and len(told) >= cards and not changes.more:
                stop.set()
                for _writer in writers:
                    ended.append(written.get(timeout=120))
            done = done + 1 if stop.is_set() and not changes.told else 0

    ended: list[tuple[int, dict[str, str]]] = []
    try:
        _nothing, took = spent(read)
    finally:
        stop.set()
        for writer in writers:
            writer.join(timeout=30)
    missed = 0
    for reference, area, unit in Card.objects.values_list("reference", "area", "unit_id").iterator(chunk_size=10_000):
        missed += told.get(reference) != f"{area} {unit}"
    lost = sum(told[reference].split()[0] != value for _turns, last in ended for reference, value in last.items())
    figures["read while ten write"] = took | {
        "cards": len(told),
        "pages": pages,
        "writes": sum(turns for turns, _last in ended),
        "per_s": round(len(told) / took["s"]),
        "missed": missed + lost,
        "told_again_though_unchanged": again,
    }
    return figures


def streams(cards: int) -> dict[str, Any]:
    """Take the whole list as a file, as the API does it."""
    from django.test import Client
    from rest_framework.authtoken.models import Token

    from organisation.models import Person

    token = Token.objects.create(user=Person.objects.get(email="clerk@example.org"))
    client = Client(headers={"host": "127.0.0.1", "authorization": f"Bearer {token.key}"})
    figures: dict[str, Any] = {}
    for name, address in {
        "CSV": "/api/v1/cards/export.csv",
        "NDJSON": "/api/v1/cards/export.ndjson",
        "NDJSON with texts": "/api/v1/cards/export.ndjson?texts=true",
        "NDJSON of one unit": "/api/v1/cards/export.ndjson?unit=unit-7",
    }.items():
        start = time.perf_counter()
        parts: Iterator[bytes] = iter(client.get(address).streaming_content)
        next(parts)
        begun = time.perf_counter() - start
        length, took = spent(lambda parts=parts: sum(len(part) for part in parts))  # type: ignore[misc]
        number = cards if "unit" not in name else cards // (SECTORS * UNITS_IN_SECTOR)
        figures[name] = took | {
            "first_byte_ms": round(begun * 1000),
            "cards_per_s": round(number / took["s"]),
            "mb": round(length / 1_000_000),
        }
    return figures


def fill(cards: int) -> dict[str, Any]:
    from django.utils import timezone

    from feedback.models import CardChange, ChangeBatch, UntoldChange

    _nothing, took = spent(lambda: build(cards, now=timezone.now()))
    # Here all of them wait to be told of.
    CardChange.objects.all().delete()
    ChangeBatch.objects.all().delete()
    UntoldChange.objects.bulk_create((UntoldChange(card_id=pk) for pk in range(1, cards + 1)), batch_size=10_000)
    return {"filled": took}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures: dict[str, Any] = {"yardstick_s": round(yardstick(), 2)}
    with own_database("innspill_other_systems"):
        figures |= fill(options.cards)
        figures |= feed(options.cards)
        figures |= streams(options.cards)
    figures["yardstick_after_s"] = round(yardstick(), 2)
    if options.json:
        print(json.dumps(figures, indent=2))
    else:
        for name, value in figures.items():
            print(f"{name:22}", value)


if __name__ == "__main__":
    main()
