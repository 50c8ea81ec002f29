"""How fast is an import? `python benchmarks/import_cards.py [ROWS]` makes a file of cards, imports it into a database of
its own (made and dropped here), runs the import a second time, and replays the overdue lists of four years.

The mark is 100,000 rows in under 60 seconds on two cores. It is no test: a machine that is busy is no fault in the code.
"""

from __future__ import annotations

import csv
import os
import random
import resource
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

MAPPING = """
source = "benchmark"
[file]
encoding = "utf-8"
delimiter = ";"
dates = ["%d.%m.%Y %H:%M", "%d.%m.%Y"]
[card]
key = "Saksnr"
registered = "Registrert"
received = "Mottatt"
text = { join = ["Tittel", "Beskrivelse"], with = "\\n\\n" }
kind = { column = "Type", map = { Klage = "complaint", Ros = "praise", Feil = "fault_report", Forslag = "suggestion" } }
category = { column = "Tema", create = true }
unit = { from = "category", create = true }
channel = { column = "Kanal", map = { Telefon = "phone", Nett = "web", Brev = "post" } }
place = "Sted"
[submitter]
name = "Navn"
address = "Adresse"
phone = "Telefon"
email = "E-post"
[completed]
date = "Besvart"
outcome = { value = "answered" }
summary = "Svar"
reaction = "Reaksjon"
"""
WORDS = """
veien lyset barnehagen skolen hull fortauet brøyting strøing vannet avløpet søppel henting parken lekeplassen bussen
stoppet eldresenteret hjemmehjelp byggesak naboen støy hunden bading kysten ferja skiltet fartsdumper gatelys mørkt
farlig barn ønsker takk hjelp ligger mangler ødelagt igjen lenge siden aldri svar ring meg gjerne på kvelden
""".split()  # noqa: SIM905


def make_file(path: Path, rows: int) -> None:
    """Write `rows` cases over four years, with contact details and answers, the same for the same number."""
    chance = random.Random(2026)
    topics = [
        "Veg og trafikk",
        "Vann og avløp",
        "Barnehage",
        "Skole",
        "Park og idrett",
        "Helse",
        "Byggesak",
        "Renovasjon",
    ]
    names = ["Kari Østby", "Ola Ås", "Åse Bø", "Per Ødegård", "Anne Næss"]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(
            ["Saksnr", "Registrert", "Mottatt", "Tittel", "Beskrivelse", "Type", "Tema", "Kanal", "Sted", "Navn", "Adresse",
             "Telefon", "E-post", "Besvart", "Svar", "Reaksjon"]
        )  # fmt: skip
        for number in range(rows):
            day = date(2021, 1, 1) + timedelta(days=chance.randrange(1460))
            done = day + timedelta(days=chance.randrange(40))
            answered = chance.random() < 0.97
            writer.writerow(
                [
                    f"S-{number}", f"{day:%d.%m.%Y} {chance.randrange(8, 16):02d}:{chance.randrange(60):02d}",
                    f"{day:%d.%m.%Y}", " ".join(chance.choices(WORDS, k=4)), " ".join(chance.choices(WORDS, k=40)),
                    chance.choice(["Klage", "Ros", "Feil", "Forslag"]), chance.choice(topics),
                    chance.choice(["Telefon", "Nett", "Brev"]), f"Storgata {chance.randrange(1, 200)}",
                    chance.choice(names), f"Kirkeveien {chance.randrange(1, 200)}", f"{chance.randrange(40000000, 49999999)}",
                    f"innbygger{number}@example.org", f"{done:%d.%m.%Y}" if answered else "",
                    " ".join(chance.choices(WORDS, k=15)), chance.choice(["1", "2", "3", "4", "5", "6", ""]),
                ]
            )  # fmt: skip


def backend_cpu() -> float:
    """Return the seconds of CPU that the database's process for this connection has used, 0 where it runs elsewhere."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    if not stat.exists():
        return 0.0
    user, system = stat.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def main(rows: int) -> None:
    from config.reachable import make_ready

    make_ready()
    import django

    django.setup()
    from django.db import connection
    from django.utils import timezone

    from feedback.actions.listing import replay_overdue_lists
    from feedback.importing.loading import import_cards
    from feedback.importing.mapping import read_mapping
    from organisation.models import Municipality, Unit

    connection.settings_dict["TEST"]["NAME"] = "innspill_benchmark"
    kept = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        Municipality.objects.create(name="Solvik")
        Unit.objects.create(code="servicesenteret", name="Servicesenteret", kind=Unit.Kind.SERVICE_CENTRE)
        with tempfile.TemporaryDirectory() as folder:
            file, toml = Path(folder) / "cases.csv", Path(folder) / "cases.toml"
            make_file(file, rows)
            toml.write_text(MAPPING, encoding="utf-8")
            print(f"{rows:,} rows, {file.stat().st_size / 1e6:.1f} MB")
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            read_at = 0.0

            def progress(what: str, done: int) -> None:
                nonlocal read_at
                if what == "reading":
                    read_at = time.monotonic()

            for run in ("first run", "second run"):
                start, cpu, database = time.monotonic(), time.process_time(), backend_cpu()
                report = import_cards(file, read_mapping(toml), now=timezone.now(), progress=progress)
                took = time.monotonic() - start
                print(
                    f"{run}: {report.imported:,} imported, {report.already_there:,} already there, {report.refused:,} refused"
                    f" in {took:.1f} s (reading {read_at - start:.1f} s), {rows / took:,.0f} rows/s,"
                    f" {time.process_time() - cpu:.1f} s of this process's CPU"
                    f" and {backend_cpu() - database:.1f} s of the database's"
                )
            after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            print(f"peak memory {after / 1024:.0f} MB, of which the import {(after - before) / 1024:.0f} MB")
        start = time.monotonic()
        weeks = list(replay_overdue_lists(date(2021, 1, 4), date(2024, 12, 30)))
        entries = sum(week.cards for week in weeks)
        print(f"replay: {len(weeks)} weeks, {entries:,} entries in {time.monotonic() - start:.1f} s")
    finally:
        connection.creation.destroy_test_db(kept, verbosity=0)


if __name__ == "__main__":
    main(int(sys.argv[1].replace(",", "")) if len(sys.argv) > 1 else 100_000)
