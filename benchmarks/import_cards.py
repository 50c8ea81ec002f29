"""How fast is an import? `python -m benchmarks.import_cards [ROWS] [--json]` makes a file of cards, imports it into a
database of its own (made and dropped here), imports it once more, and then writes the rows that came of it by COPY alone.

The mark is three times that COPY, into the same tables with the same indexes and checks. It is no test: a machine that is
busy is no fault in the code.
"""

from __future__ import annotations

import csv
import json
import random
import resource
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.own_database import own_database

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


def by_copy(folder: Path) -> float:
    """Write all that the import wrote once more, by COPY alone, into the emptied tables; return the seconds."""
    from django.apps import apps
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        tables = []
        for model in apps.get_app_config("feedback").get_models():
            if (first := model.objects.first()) is not None and model.__name__ not in ("Category", "RoutingRule"):
                tables.append(type(first)._meta)
        for meta in tables:
            columns = ", ".join(f'"{field.column}"' for field in meta.local_concrete_fields if not field.generated)
            with (folder / meta.db_table).open("wb") as file:
                cursor.copy_expert(f"COPY {meta.db_table} ({columns}) TO STDOUT", file)
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"TRUNCATE {', '.join(meta.db_table for meta in tables)} CASCADE")
        start = time.perf_counter()
        with transaction.atomic():
            for meta in tables:
                columns = ", ".join(f'"{field.column}"' for field in meta.local_concrete_fields if not field.generated)
                with (folder / meta.db_table).open("rb") as file:
                    cursor.copy_expert(f"COPY {meta.db_table} ({columns}) FROM STDIN", file)
        took = time.perf_counter() - start
        cursor.execute("SET session_replication_role = DEFAULT")
    return took


def measure(rows: int) -> dict[str, Any]:
    from django.utils import timezone

    from feedback.importing.loading import import_cards
    from feedback.importing.mapping import read_mapping
    from organisation.models import Municipality, Unit

    Municipality.objects.create(name="Solvik")
    Unit.objects.create(code="servicesenteret", name="Servicesenteret", kind=Unit.Kind.SERVICE_CENTRE)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file, toml = folder / "cases.csv", folder / "cases.toml"
        make_file(file, rows)
        toml.write_text(MAPPING, encoding="utf-8")
        figures: dict[str, Any] = {"rows": rows, "file_mb": round(file.stat().st_size / 1e6, 1)}
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for run in ("first_s", "second_s"):
            start = time.perf_counter()
            report = import_cards(file, read_mapping(toml), now=timezone.now())
            figures[run] = round(time.perf_counter() - start, 2)
            if run == "first_s":
                assert report.imported == rows, report
        figures["memory_grew_mb"] = round((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
        figures["copy_s"] = round(by_copy(folder), 2)
    figures["times_copy"] = round(figures["first_s"] / figures["copy_s"], 2)
    return figures


def main() -> None:
    numbers = [int(word.replace(",", "")) for word in sys.argv[1:] if word != "--json"]
    with own_database():
        figures = measure(numbers[0] if numbers else 100_000)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
