"""Measure the life of cards on many of them: `python -m benchmarks.cards --cards 100000`.

Makes a database of its own beside the one in use, fills it by SQL, measures, and drops it. Times are wall time on this
machine with nothing else running; statements are counted by Django. Nothing here is a test.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from benchmarks.own_database import own_database, timed

UNITS = 200

_CARDS = """
INSERT INTO feedback_card (reference, secret, channel, kind, text, language, political, place, area, received_on,
    registered_at, unit_id, state, cycle, callback_wanted, callback_owed, due_on, completed_at, closed_at, close_result,
    origin_kind, source, import_source, import_key)
SELECT 'B' || n, md5(n::text), 'web', (ARRAY['request','fault_report','complaint','praise'])[1 + n %% 4],
    (ARRAY['Hull i veien ved skolen','Lyset er ute ved gangveien','Takk for fin brøyting','Når hentes søpla'])[1 + n %% 4]
        || ' nummer ' || n,
    'nb', false, 'Storgata ' || n %% 300, '', day::date, day, units[1 + n %% array_length(units, 1)],
    CASE WHEN open THEN 'forwarded' ELSE 'closed' END, 1, false, true, day::date + 10,
    CASE WHEN open THEN NULL ELSE day + interval '5 days' END, CASE WHEN open THEN NULL ELSE day + interval '6 days' END,
    CASE WHEN open THEN '' ELSE 'answered' END, '', '', '', ''
FROM (SELECT n, now() - interval '15 days' - (n %% 2500) * interval '1 day' AS day, n %% %(every)s = 0 AS open
      FROM generate_series(1, %(cards)s) n) made,
     (SELECT array_agg(id ORDER BY id) AS units FROM organisation_unit WHERE kind = 'unit') u
"""


def measure(cards: int, overdue: int) -> dict[str, Any]:
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client
    from django.utils import timezone
    from rest_framework.authtoken.models import Token

    from feedback.actions.intake import Intake
    from feedback.actions.listing import replay_overdue_lists, run_overdue_list
    from feedback.actions.registration import register_card
    from feedback.deadlines import Contact
    from feedback.views import limits
    from organisation.models import Municipality, RoleAssignment, Unit

    now = timezone.now()
    Municipality.objects.create(name="Benchmark")
    Unit.objects.create(code="centre", name="Servicesenter", kind="service_centre", email="centre@example.org")
    leader = get_user_model().objects.create_user("leader@example.org", "Leder")
    for number in range(UNITS):
        Unit.objects.create(
            code=f"unit-{number}", name=f"Enhet {number}", email=f"u{number}@example.org", leader=leader
        )
    clerk = get_user_model().objects.create_user("clerk@example.org", "Servicesenter")
    RoleAssignment.objects.create(person=clerk, role="service_centre")
    start = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(_CARDS, {"cards": cards, "every": max(1, cards // overdue)})
        cursor.execute("VACUUM ANALYZE")
    figures: dict[str, Any] = {"cards": cards, "fill_s": round(time.perf_counter() - start, 1)}

    contact = Contact("Kari Nordmann", "Storgata 1", "33 00 00 00", "kari@example.org")
    figures["register_card"] = timed(
        lambda: register_card(Intake(channel="web", text="Hull i veien", contact=contact), by=None, now=now), 100
    )
    client = Client(headers={"host": "127.0.0.1"})
    other_system = Client(
        headers={"host": "127.0.0.1", "authorization": f"Token {Token.objects.create(user=clerk).key}"}
    )
    limits.Sending.rate = "1000000/hour"
    settings.SEND_MINIMUM_SECONDS = 0
    sent = {"text": "Hull i veien", "name": "Kari Nordmann", "phone": "33 00 00 00", "email": "kari@example.org"}

    def by_page() -> None:
        answer = client.post("/", sent | {"address": "Storgata 1", "key": str(uuid.uuid4())})
        assert answer.status_code == 302, answer.content

    def by_api() -> None:
        contact = {name: value for name, value in sent.items() if name != "text"}
        body = {"text": sent["text"], "submitter": contact}
        key = {"idempotency-key": str(uuid.uuid4())}
        answer = other_system.post("/api/v1/cards/", body, content_type="application/json", headers=key)
        assert answer.status_code == 201, answer.content

    figures["card by the page"] = timed(by_page, 100)
    figures["card by the API"] = timed(by_api, 100)
    client.force_login(clerk)

    def page(address: str) -> Callable[[], None]:
        def get() -> None:
            answer = client.get(address)
            assert answer.status_code == 200, (address, answer.status_code)
            if answer.streaming:
                for _part in answer.streaming_content:
                    pass

        return get

    old = Intake(channel="web", text="Midt i listen", registered_at=now - timedelta(days=1000))
    in_the_middle = register_card(old, by=None, now=now).reference
    for name, address in {
        "work list": "/staff/?due=open",
        "work list, to be forwarded": "/staff/",
        "work list, registered today": "/staff/?due=registered_today",
        "work list, one unit": "/staff/?unit=unit-7",
        "work list, overdue": "/staff/?due=overdue",
        "work list, words": "/staff/?q=hull+skolen",
        "card page": f"/staff/cards/{register_card(Intake(channel='web', text='x'), by=None, now=now).reference}/",
        "card page in a list": f"/staff/cards/{in_the_middle}/?from=due%3Dopen",
        "before a file": "/staff/export/?due=overdue",
        "citizen page": "/",
    }.items():
        figures[name] = timed(page(address))

    for name, address in {
        "CSV of all overdue": "/staff/export/cards.csv?due=overdue",
        "Excel of all overdue": "/staff/export/cards.xlsx?due=overdue&texts=yes",
    }.items():
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        figures[name] = timed(page(address), 2)
        grew = round((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
        figures[name] |= {"cards": overdue, "memory_grew_mb": grew}

    def run() -> None:
        run_overdue_list(now=now)

    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report = run_overdue_list(now=now)
    figures["overdue run"] = {
        "cards": report.cards,
        "units": report.units,
        "s": round(time.perf_counter() - start, 2),
        "memory_grew_mb": round((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024),
    }
    figures["overdue run again"] = timed(run, 5)
    start = time.perf_counter()
    today = date.fromordinal(now.date().toordinal())
    weeks = sum(1 for _ in replay_overdue_lists(today - timedelta(weeks=400), today))
    figures["replay"] = {"weeks": weeks, "s": round(time.perf_counter() - start, 2)}
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=int, default=100_000)
    parser.add_argument("--overdue", type=int, default=20_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()

    with own_database(static=True):
        figures = measure(options.cards, options.overdue)
    if options.json:
        print(json.dumps(figures, indent=2))
    else:
        for name, value in figures.items():
            print(f"{name:22}", value)


if __name__ == "__main__":
    main()
