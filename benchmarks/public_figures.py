"""Measure the public page of figures on many cards: `python -m benchmarks.public_figures --cards 100000`.

Makes a database of its own beside the one in use, fills it by SQL, measures, and drops it. Half of the cards lie in the
twelve months that are counted. Times are wall time on this machine with nothing else running. Nothing here is a test.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from benchmarks.own_database import own_database, timed

_CARDS = """
INSERT INTO feedback_card (reference, secret, channel, kind, category_id, text, language, political, place, area, received_on,
    registered_at, unit_id, state, cycle, callback_wanted, callback_owed, due_on, completed_at, closed_at, close_result,
    origin_kind, import_source, import_key)
SELECT 'B' || n, md5(n::text), 'web', 'request', categories[1 + n %% array_length(categories, 1)], 'Hull i veien ' || n,
    'nb', false, '', 'Område ' || n %% 40, day::date, day, unit, 'closed', 1, false, n %% 3 > 0, day::date + 10,
    day + (n %% 14) * interval '1 day', day + (n %% 14) * interval '1 day', 'answered', '', '', ''
FROM (SELECT n, date_trunc('month', now()) - (n %% 730) * interval '1 day' - interval '1 hour' AS day
      FROM generate_series(1, %(cards)s) n) made,
     (SELECT array_agg(id ORDER BY id) AS categories FROM feedback_category) c,
     (SELECT min(id) AS unit FROM organisation_unit) u
"""
_CALLBACKS = """
INSERT INTO feedback_callback (card_id, cycle, recorded_at, held_at, way, summary, measures, reaction, would_not_answer,
    reason, reason_not_given, alternative, alternative_not_given)
SELECT id, 1, completed_at, completed_at, 'voice', 'x', '', 5, false, '', false, '', false
FROM feedback_card WHERE callback_owed
"""


def measure(cards: int) -> dict[str, Any]:
    from django.core.cache import cache
    from django.db import connection
    from django.test import Client
    from django.utils import timezone

    from feedback.models import Category
    from organisation.models import Municipality, Unit
    from reporting.figures import complete_months, count

    house = Municipality.objects.create(name="Benchmark")
    Unit.objects.create(code="centre", name="Servicesenter", kind="service_centre")
    for number in range(25):
        Category.objects.create(code=f"c{number}", name=f"Kategori {number}")
    with connection.cursor() as cursor:
        cursor.execute(_CARDS, {"cards": cards})
        cursor.execute(_CALLBACKS)
        cursor.execute("VACUUM ANALYZE")
    now = timezone.now()
    months = complete_months(now.astimezone(house.zone).date())
    client = Client(headers={"host": "127.0.0.1"})

    def page() -> None:
        assert client.get("/what-we-hear/").status_code == 200

    cache.delete(f"what-we-hear:{months[0]:%Y-%m}")
    try:
        return {
            "cards": cards,
            "counted anew": timed(lambda: count(months, now=now, zone=house.zone), 10),
            "page, from the cache": timed(page),
        }
    finally:
        cache.delete(f"what-we-hear:{months[0]:%Y-%m}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=int, default=100_000)
    options = parser.parse_args()

    with own_database(static=True):
        print(json.dumps(measure(options.cards), indent=2))


if __name__ == "__main__":
    main()
