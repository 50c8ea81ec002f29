"""Measure the indicators on many cards: `python -m benchmarks.indicators --cards 1000000`.

Makes a database of its own beside the one in use, fills it by SQL, measures, and drops it. The cards lie in five years, with
40 units in four sectors, two callbacks for three cards, and weekly overdue lists. Times are wall time on this machine with
nothing else running. Nothing here is a test.
"""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

from benchmarks.own_database import own_database, timed

_CARDS = """
INSERT INTO feedback_card (reference, secret, channel, kind, text, language, political, place, area, received_on,
    registered_at, unit_id, state, cycle, callback_wanted, callback_owed, due_on, completed_at, closed_at, close_result,
    origin_kind, source, import_source, import_key)
SELECT 'B' || n, md5(n::text), 'web', (ARRAY['request','fault_report','complaint','praise',''])[1 + n %% 5],
    'Hull i veien ' || n, 'nb', false, '', '', day::date, day + (n %% 3) * interval '10 hours',
    units[1 + n %% array_length(units, 1)], 'closed', 1, false, n %% 3 > 0, day::date + 10,
    day + (1 + n %% 14) * interval '1 day', day + (1 + n %% 14) * interval '1 day',
    CASE WHEN n %% 40 = 1 THEN 'not_reached' ELSE 'answered' END, '', '', '', ''
FROM (SELECT n, date_trunc('day', now()) - (n %% 1825) * interval '1 day' - interval '12 hours' AS day
      FROM generate_series(1, %(cards)s) n) made,
     (SELECT array_agg(id ORDER BY id) AS units FROM organisation_unit WHERE kind = 'unit') u
"""
_CALLBACKS = """
INSERT INTO feedback_callback (card_id, cycle, recorded_at, held_at, way, summary, measures, reaction, would_not_answer,
    reason, reason_not_given, alternative, alternative_not_given)
SELECT id, 1, completed_at, completed_at, 'voice', 'x', '', 1 + id %% 6, false, '', true, '', true
FROM feedback_card WHERE callback_owed AND close_result = 'answered'
"""
_LISTS = """
WITH weeks AS (SELECT row_number() OVER () AS id, extract(isoyear FROM day)::int AS year, extract(week FROM day)::int AS week
               FROM generate_series(date_trunc('week', now()) - interval '259 weeks', now(), '7 days') day),
runs AS (INSERT INTO feedback_overduerun (iso_year, iso_week, as_of, created_at)
         SELECT year, week, now(), now() FROM weeks RETURNING id, iso_year, iso_week),
lists AS (INSERT INTO feedback_overduelist (iso_year, iso_week, run_id, unit_id, grace_on)
          SELECT iso_year, iso_week, r.id, u.id, now()::date FROM runs r, organisation_unit u WHERE u.kind = 'unit'
          RETURNING id, iso_year, iso_week, unit_id)
INSERT INTO feedback_overdueentry (iso_year, iso_week, overdue_list_id, card_id, cycle, due_on, times, solved_before_mail)
SELECT iso_year, iso_week, l.id, c.id, 1, c.due_on, 1, false
FROM lists l CROSS JOIN LATERAL (SELECT id, due_on FROM feedback_card WHERE unit_id = l.unit_id LIMIT 10) c
"""


def fill(cards: int) -> Any:
    """Write the municipality with its cards, callbacks and lists, and return it."""
    from django.db import connection

    from organisation.models import Municipality, Unit

    house = Municipality.objects.create(name="Benchmark")
    Unit.objects.create(code="centre", name="Servicesenter", kind="service_centre")
    for sector in range(4):
        above = Unit.objects.create(code=f"s{sector}", name=f"Sektor {sector}", kind="sector")
        for unit in range(10):
            Unit.objects.create(code=f"u{sector}{unit}", name=f"Enhet {sector}{unit}", parent=above)
    with connection.cursor() as cursor:
        cursor.execute(_CARDS, {"cards": cards})
        cursor.execute(_CALLBACKS.replace("%%", "%"))
        cursor.execute(_LISTS)
        cursor.execute("VACUUM ANALYZE")
    return house


def measure(cards: int) -> dict[str, Any]:
    from datetime import date, timedelta

    from django.utils import timezone

    from reporting.actions.counting import compute_figures
    from reporting.counting import counts_of_cards, first_year
    from reporting.models import Value

    house = fill(cards)
    now = timezone.now()
    today = now.astimezone(house.zone).date()
    first, through = date(first_year(today) or today.year, 1, 1), today - timedelta(days=1)

    def once(what: Any) -> float:
        start = time.perf_counter()
        what()
        return round(time.perf_counter() - start, 2)

    figures = {
        "cards": cards,
        "counted, cold": once(lambda: counts_of_cards(first, through, house.zone)),
        "counted": timed(lambda: counts_of_cards(first, through, house.zone), 3),
        "computed and written, the first time": once(lambda: compute_figures(now=now, zone=house.zone)),
        "computed again, nothing new": once(lambda: compute_figures(now=now, zone=house.zone)),
        "values": Value.objects.count(),
    }
    return figures | _pages(now, house.zone)


def _pages(now: Any, zone: Any) -> dict[str, Any]:
    """The overview and the themes, as somebody who sees all opens them."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    from feedback.models import Card, Category
    from organisation.models import RoleAssignment
    from reporting.actions.themes import know_usual_themes
    from reporting.card_themes import count_cards_by_category

    roads = Category.objects.create(code="road", name="Vei")
    Card.objects.filter(pk__in=Card.objects.order_by("pk").values("pk")[:1000]).update(category=roads)
    know_usual_themes(by=None, now=now)
    reader = get_user_model().objects.create_user("reader@example.org", "Leser")
    RoleAssignment.objects.create(person=reader, role="reader")
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(reader)

    def page(address: str) -> Any:
        def get() -> None:
            answer = client.get(address)
            assert answer.status_code == 200, (address, answer.status_code)

        return get

    start = time.perf_counter()
    count_cards_by_category(now=now, zone=zone)
    counted = round(time.perf_counter() - start, 2)
    addresses = {
        "overview": "/staff/figures/",
        "overview of a sector": "/staff/figures/?unit=s1",
        "themes": "/staff/themes/",
    }
    return {"cards by category, counted each hour": counted} | {
        name: timed(page(address)) for name, address in addresses.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=int, default=1_000_000)
    options = parser.parse_args()

    with own_database(static=True):
        print(json.dumps(measure(options.cards), indent=2))


if __name__ == "__main__":
    main()
