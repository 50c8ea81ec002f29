"""The one builder of many cards: a town of two hundred units whose cards are spread as cards are, written by COPY.

Of ten years, fewer at weekends and many of a few units; most closed, the fresh and a tail of late ones open. Texts are drawn
from a vocabulary in which few words are common and most are rare. The same number gives the same town but for the day on
which it is made: deadlines lie before and after it.
"""

from __future__ import annotations

import io
import json
import random
from bisect import bisect
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from typing import Any

SECTORS, UNITS_IN_SECTOR = 10, 20
YEARS = 10
OVERDUE_AT_MOST = 20_000
CHUNK = 20_000

_BEGINNINGS = """
vei lys barnehage skole hull fortau brøyte strø vann avløp søppel park lekeplass buss eldre bygg nabo støy hund strand ferje
skilt fart gate gang sykkel bro tre snø is grus kum bom gjerde benk kirke torg havn idrett hall bibliotek sti skog bad brygge
tunnel mast
""".split()  # noqa: SIM905
_ENDINGS = """
en et ene er sak plass arbeid tid bruk kant side vakt melding rute leder plan dekke rør sted hus stolpe skade feil kart linje
""".split()  # noqa: SIM905
_COMMON = """
det er ikke på i og til som har vi jeg den der mange barn farlig mørkt igjen lenge siden aldri svar ring meg gjerne takk hjelp
ligger mangler ødelagt ønsker når hvem kan dere se hver dag kveld natt morgen
""".split()  # noqa: SIM905
_FIRST = [
    "Kari",
    "Ola",
    "Åse",
    "Per",
    "Anne",
    "Knut",
    "Berit",
    "Lars",
    "Ingrid",
    "Jan",
    "Solveig",
    "Odd",
    "Marit",
    "Arne",
    "Liv",
    "Amina",
    "Tomasz",
    "Nils",
    "Eva",
    "Ahmed",
]
_LAST = [
    "Østby",
    "Ås",
    "Bø",
    "Ødegård",
    "Næss",
    "Hansen",
    "Berg",
    "Lunde",
    "Dahl",
    "Strand",
    "Moen",
    "Haugen",
    "Lie",
    "Vik",
    "Kowalski",
    "Ali",
    "Nguyen",
    "Sæther",
    "Holm",
]
_STREETS = [
    "Storgata",
    "Kirkeveien",
    "Havnegata",
    "Skoleveien",
    "Strandgata",
    "Bjørkeveien",
    "Åsveien",
    "Elvegata",
    "Parkveien",
    "Fjellveien",
]

TABLES = {
    "feedback_card": (
        "id reference secret channel kind category_id source text language political place area received_on registered_at"
        " unit_id state cycle callback_owed callback_wanted due_on completed_at closed_at close_result origin_kind"
        " import_source import_key"
    ),
    "feedback_submitter": "card_id name address phone phone_key email other_way other_way_note",
    "feedback_cardevent": "card_id what at from_value to_value details",
    "feedback_callback": (
        "card_id cycle recorded_at held_at way summary measures reaction would_not_answer reason reason_not_given"
        " alternative alternative_not_given"
    ),
    "feedback_contactattempt": "card_id cycle recorded_at made_at note",
}
"""What is written by COPY, and which columns: the rest have defaults or are empty."""

_LISTS = """
WITH weeks AS (SELECT extract(isoyear FROM day)::int AS year, extract(week FROM day)::int AS week
               FROM generate_series(date_trunc('week', %(now)s) - interval '52 weeks',
                                    date_trunc('week', %(now)s) - interval '1 week', '7 days') day),
runs AS (INSERT INTO feedback_overduerun (iso_year, iso_week, as_of, created_at, mailed_at)
         SELECT year, week, %(now)s, %(now)s, %(now)s FROM weeks RETURNING id, iso_year, iso_week),
lists AS (INSERT INTO feedback_overduelist (iso_year, iso_week, run_id, unit_id, grace_on)
          SELECT iso_year, iso_week, r.id, u.id, %(now)s::date FROM runs r, organisation_unit u WHERE u.kind = 'unit'
          RETURNING id, iso_year, iso_week, unit_id)
INSERT INTO feedback_overdueentry (iso_year, iso_week, overdue_list_id, card_id, cycle, due_on, times, solved_before_mail)
SELECT iso_year, iso_week, l.id, c.id, 1, c.due_on, 1, false
FROM lists l CROSS JOIN LATERAL (SELECT id, due_on FROM feedback_card WHERE unit_id = l.unit_id LIMIT 2) c
"""
# As in a house whose cards have all been told of: the feed is not one long queue.
_TOLD = """
WITH batch AS (INSERT INTO feedback_changebatch (token, at) VALUES ('benchmark', %(now)s) RETURNING id)
INSERT INTO feedback_cardchange (card_id, audience, reference, kind, batch_id)
SELECT c.id, c.unit_id, c.reference, 'current', batch.id FROM feedback_card c, batch ORDER BY c.id
"""


def build(cards: int, *, now: datetime) -> None:
    """Write the town into an empty, migrated database, in one transaction, and have its statistics taken."""
    from django.db import connection, transaction

    usual = {table: _usual(table) for table in TABLES}
    columns = {table: [*names.split(), *usual[table]] for table, names in TABLES.items()}
    with transaction.atomic():
        units = _house()
        with connection.cursor() as cursor:
            with _unhindered(cursor):
                for rows in _chunks(cards, units, now, usual):
                    for table, text in rows.items():
                        cursor.copy_expert(f"COPY {table} ({', '.join(columns[table])}) FROM STDIN", io.StringIO(text))
                cursor.execute("SELECT setval(pg_get_serial_sequence('feedback_card', 'id'), %s)", [cards])
                cursor.execute(_LISTS, {"now": now})
                cursor.execute(_TOLD, {"now": now})
            cursor.execute(
                "INSERT INTO feedback_referencecounter (year, last) SELECT y, %s FROM generate_series(%s, %s) y",
                [cards, now.year - YEARS - 1, now.year + 1],
            )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@contextmanager
def _unhindered(cursor: Any) -> Iterator[None]:
    """Without triggers, where we may leave them out, and with the indexes made when the rows are there."""
    from django.db import transaction
    from django.db.utils import ProgrammingError

    tables = [*TABLES, "feedback_overdueentry", "feedback_cardchange"]
    cursor.execute("SELECT current_setting('session_replication_role'), current_setting('maintenance_work_mem')")
    try:
        with transaction.atomic():
            cursor.execute("SET LOCAL session_replication_role = replica")
    except ProgrammingError:  # no superuser: foreign keys and triggers are looked at, and it takes longer
        pass
    cursor.execute(
        "SELECT i.indexname, i.indexdef FROM pg_indexes i WHERE i.schemaname = current_schema() AND i.tablename = ANY(%s)"
        " AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = format('%%I', i.indexname)::regclass)",
        [tables],
    )
    indexes = cursor.fetchall()
    for name, _made in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    yield
    cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
    for _name, made in indexes:
        cursor.execute(made)


def _house() -> list[int]:
    """Write the municipality with its units, people, categories and rules; return the ids of the units, the centre's last."""
    from django.contrib.auth import get_user_model

    from feedback.models import Category, RoutingRule
    from organisation.models import Municipality, RoleAssignment, Unit

    Municipality.objects.create(name="Benchmark")
    people = get_user_model().objects
    leader = people.create_user("leader@example.org", "Leder")
    centre = Unit.objects.create(code="centre", name="Servicesenter", kind="service_centre", email="c@example.org")
    units = []
    for sector in range(SECTORS):
        above = Unit.objects.create(code=f"sector-{sector}", name=f"Sektor {sector}", kind="sector", leader=leader)
        for number in range(UNITS_IN_SECTOR):
            code = f"unit-{len(units)}"
            made = Unit.objects.create(
                code=code, name=f"Enhet {sector}.{number}", parent=above, email=f"{code}@example.org", leader=leader
            )
            units.append(made.pk)
    for name, role in (("clerk", "service_centre"), ("reader", "reader"), ("chief", "chief_executive")):
        RoleAssignment.objects.create(person=people.create_user(f"{name}@example.org", name.title()), role=role)
    handler = people.create_user("handler@example.org", "Saksbehandler")
    RoleAssignment.objects.create(person=handler, role="case_handler", unit_id=units[7])
    for number in range(30):
        category = Category.objects.create(code=f"category-{number}", name=f"Kategori {number}")
        RoutingRule.objects.create(position=number, name=f"Regel {number}", unit_id=units[number], category=category)
    return [*units, centre.pk]


def _texts(chance: random.Random) -> list[str]:
    """Pieces of six words, of which messages are put together."""
    words = _COMMON + [a + b for a in _BEGINNINGS for b in _ENDINGS]
    weights = [1 / (place + 3) for place in range(len(words))]
    return [" ".join(chance.choices(words, weights, k=6)) for _ in range(20_000)]


class _Spread:
    """Draws of which the first are the likeliest (by 1/n)."""

    def __init__(self, among: list[int], chance: random.Random) -> None:
        self.among, self.chance = among, chance
        self.sums = list(accumulate(1 / (place + 4) for place in range(len(among))))

    def draw(self) -> int:
        return self.among[bisect(self.sums, self.chance.random() * self.sums[-1])]


def _when(cards: int, chance: random.Random, now: datetime) -> Iterator[datetime]:
    """Moments of ten years in their order, six of seven in the working week and its hours."""
    span = timedelta(days=365 * YEARS)
    for number in range(cards):
        moment = now - span + span * ((number + chance.random()) / cards)
        if moment.weekday() > 4 and chance.random() < 0.6:
            moment -= timedelta(days=moment.weekday() - 4)
        hour = chance.choice((7, 8, 8, 9, 9, 10, 11, 12, 13, 14, 17, 20))
        yield min(moment.replace(hour=hour, minute=chance.randrange(60), second=chance.randrange(60)), now)


def _usual(table: str) -> dict[str, Any]:
    """The columns that are not named and must hold something, with what the model puts in a new row."""
    from django.apps import apps

    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    return {
        field.column: field.get_default()
        for field in model._meta.local_concrete_fields
        if field.column not in TABLES[table].split()
        and not (field.null or field.generated or field.primary_key or field.has_db_default())
    }


def _chunks(cards: int, units: list[int], now: datetime, usual: dict[str, dict[str, Any]]) -> Iterator[dict[str, str]]:
    """Yield the rows of some thousand cards at a time, by table, as COPY reads them."""
    from feedback.models import Category
    from feedback.reference import reference

    chance = random.Random(2026)
    pieces = _texts(chance)
    unit, category = _Spread(units[:-1], chance), _Spread(list(Category.objects.values_list("pk", flat=True)), chance)
    centre, today, choose = units[-1], now.date(), chance.random
    late = min(OVERDUE_AT_MOST, cards // 50) / max(1, cards * 110 / (365 * YEARS))
    numbers: dict[int, int] = {}
    lines: dict[str, list[str]] = {table: [] for table in TABLES}
    ends = {table: [_as_copied(value) for value in values.values()] for table, values in usual.items()}

    def write(table: str, *values: Any) -> None:
        lines[table].append("\t".join([*map(_as_copied, values), *ends[table]]))

    for pk, at in enumerate(_when(cards, chance, now), 1):
        day = at.date()
        age = (today - day).days
        is_open = choose() < (0.5 if age < 10 else late if age < 120 else 0)
        fresh = is_open and age < 3 and choose() < 0.3
        due, owed = day + timedelta(days=10), choose() < 0.8
        result = "" if is_open else "answered" if choose() < 0.92 else chance.choice(("not_reached", "withdrawn"))
        done = None if is_open else min(at + timedelta(days=choose() * choose() * 25, hours=1), now)
        numbers[day.year] = numbers.get(day.year, 0) + 1
        place = f"{chance.choice(_STREETS)} {chance.randrange(1, 300)}"
        text = " ".join(chance.choices(pieces, k=chance.randrange(1, 6)))
        write(
            "feedback_card",
            pk,
            reference(day.year, numbers[day.year]),
            f"{chance.getrandbits(120):030x}",
            chance.choice(("web", "web", "web", "phone", "email", "paper")),
            chance.choice(("request", "fault_report", "fault_report", "complaint", "praise", "suggestion", "")),
            category.draw() if choose() < 0.9 else None,
            "",
            text,
            "nb",
            False,
            place,
            f"Område {chance.randrange(40)}",
            day,
            at,
            centre if fresh else unit.draw(),
            "registered" if fresh else "forwarded" if is_open else "closed",
            1,
            owed,
            False,
            due,
            done,
            done,
            result,
            "",
            "",
            "",
        )
        if choose() < 0.85:
            phone, first, last = f"4{chance.randrange(10**7):07d}", chance.choice(_FIRST), chance.choice(_LAST)
            write(
                "feedback_submitter", pk, f"{first} {last}", place, phone, f"+47{phone}", f"i{pk}@example.org", "", ""
            )
        write("feedback_cardevent", pk, "registered", at, "", "", {})
        if not fresh:
            write("feedback_cardevent", pk, "forwarded", at, "centre", "unit", {})
        if owed and choose() < 0.3:
            write("feedback_contactattempt", pk, 1, at, at + timedelta(hours=2), "")
        if done is not None:
            if owed and result == "answered":
                reaction = chance.choice((1, 2, 3, 4, 4, 5, 5, 5, 6))
                write(
                    "feedback_callback", pk, 1, done, done, "voice", text[:80], "", reaction, False, "", True, "", True
                )
                write("feedback_cardevent", pk, "called_back", done, "", "", {})
            write("feedback_cardevent", pk, "closed", done, "", result, {})
        if pk % CHUNK == 0 or pk == cards:
            yield {table: "\n".join(rows) + "\n" for table, rows in lines.items() if rows}
            for rows in lines.values():
                rows.clear()


def _as_copied(value: Any) -> str:
    if value is None:
        return r"\N"
    if isinstance(value, dict):
        return json.dumps(value)
    return str(value)


def middle(now: datetime) -> datetime:
    """A moment in the middle of the town's ten years."""
    day: date = (now - timedelta(days=365 * YEARS // 2)).date()
    return datetime.combine(day, time(12), UTC)


if __name__ == "__main__":
    import sys

    import django

    django.setup()
    from django.db import connection
    from django.utils import timezone

    build(int(sys.argv[1]), now=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
