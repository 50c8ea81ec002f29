"""How long a document takes, and what memory: `python benchmarks/pdf.py`. Needs no database.

Every document is a new one, as Typst remembers what it has laid out. Targets: 100 ms each, also with 40 entries, and
memory that stays where it is. Look at the CPU time where the machine has other work.
"""

from __future__ import annotations

import os
import random
import resource
import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from organisation.pdf import render_pdf

AT = datetime(2026, 11, 16, 5, 0, tzinfo=UTC)
WORDS = ["hull", "i", "veien", "ved", "brua", "lyset", "er", "borte", "det", "har", "vært", "slik", "lenge", "måke"]


def sentence(words: int) -> str:
    return " ".join(random.choices(WORDS, k=words)).capitalize() + "."


def overdue_list(entries: int) -> bytes:
    rows = [
        {
            "reference": f"26-{random.randrange(10**6):06}-{random.randrange(10)}",
            "what": sentence(12),
            "language": "nb",
            "due": "12. nov. 2026",
            "days_over": str(random.randrange(1, 60)),
            "times": str(random.randrange(1, 9)),
            "handler": sentence(2),
        }
        for _ in range(entries)
    ]
    data = {
        "municipality": {"name": "Solvik kommune"},
        "lead": [sentence(12)],
        "grace": sentence(8),
        "columns": ["Nummer", "Hva", "Frist", "Dager over", "Ganger på lista", "Saksbehandler"],
        "rows": rows,
        "sum": sentence(4),
        "notes": [],
        "footer": "Solvik kommune · Veg og gate · 2026-W47",
        "page": "Side {page} av {pages}",
    }
    return render_pdf("overdue_list", data, language="nb", title=sentence(5), made_at=AT)


def contact_cards(cards: int) -> bytes:
    pages = [
        {
            "language": "nb",
            "sender": "Rådhusgata 1\n6480 Solvik\n+47 70 00 00 00",
            "to": f"{sentence(2)}\n{sentence(2)}\n6480 Solvik",
            "heading": "Ta kontakt med oss",
            "facts": [{"name": sentence(1), "value": sentence(3)} for _ in range(4)],
            "opening": sentence(15),
            "what_to_do": "Hva du kan gjøre nå",
            "ring": "Ring +47 70 00 00 00",
            "say": sentence(12),
            "after": [sentence(10), sentence(12)],
        }
        for _ in range(cards)
    ]
    data = {"municipality": {"name": "Solvik kommune"}, "cards": pages}
    return render_pdf("contact_card", data, language="nb", title=sentence(4), made_at=AT)


def memory() -> float:
    """Resident megabytes now."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 2**20


def main() -> None:
    print(f"memory before the first document: {memory():.0f} MB")
    started = time.perf_counter()
    contact_cards(1)
    print(f"first document of a process: {(time.perf_counter() - started) * 1000:.0f} ms, then {memory():.0f} MB")
    kinds = [
        ("overdue list, 1 entry", lambda: overdue_list(1)),
        ("overdue list, 40 entries", lambda: overdue_list(40)),
        ("overdue list, 400 entries", lambda: overdue_list(400)),
        ("contact card, 1", lambda: contact_cards(1)),
        ("contact cards, 50", lambda: contact_cards(50)),
    ]
    print(f"{'':28}{'CPU':>10}{'median':>10}{'95 %':>10}{'size':>10}{'memory after':>14}")
    for name, make in kinds:
        times, size, cpu = [], 0, time.process_time()
        for _ in range(10 if "400" in name or "50" in name else 100):
            started = time.perf_counter()
            size = len(make())
            times.append((time.perf_counter() - started) * 1000)
        cpu = (time.process_time() - cpu) * 1000 / len(times)
        times.sort()
        high = times[int(len(times) * 0.95)]
        median = statistics.median(times)
        print(f"{name:28}{cpu:7.1f} ms{median:7.1f} ms{high:7.1f} ms{size / 1024:7.0f} kB{memory():11.0f} MB")


if __name__ == "__main__":
    main()
