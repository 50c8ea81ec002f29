"""`make bench`: fill the databases that are kept for it, measure, print what is met and missed, and keep the figures.

    make bench                  10,000 and 100,000 cards
    make bench BENCH=1m         and a million
    make bench BENCH=10m        and ten million: the requests alone
    make bench ONLY=search      only the requests and jobs whose name holds the word

The figures go to benchmarks/results/<version>-<day>.json with the machine and the versions, where all was measured.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.kept import HERE, ROOT, make_sure, prepare_environment
from benchmarks.pace import piece_ms, put_beside
from benchmarks.pages import need_wrk
from benchmarks.targets import CARDS, OF_JOBS, Target, of_growth, of_pages, value_of

SIZES = {"": [10_000, 100_000], "1m": [10_000, 100_000, 1_000_000], "10m": [10_000, 100_000, 1_000_000, 10_000_000]}
ON_THE_TOWN = ("overdue run", "overdue documents", "replay", "quarterly report", "figures")
OF_THEIR_OWN = {
    "import": ["benchmarks.import_cards", "{cards}", "--json"],
    "survey answers": ["benchmarks.survey_answers", "--json"],
    "survey results": ["benchmarks.survey_database", "--json"],
    "start": ["benchmarks.jobs", "start"],
}


def told(module: list[str]) -> dict[str, Any]:
    """Run a measurement in a process of its own and return its figures, or why there are none."""
    done = subprocess.run([sys.executable, "-m", *module], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        return {"failed": f"ended with {done.returncode}"}
    found: dict[str, Any] = json.loads(done.stdout[done.stdout.index("{") :])
    return found


def told_with_pace(command: list[str]) -> dict[str, Any]:
    before = piece_ms()
    found = told(command)
    return found | {"piece_ms": max(before, piece_ms())}


def measure(cards: int, seconds: float, only: str) -> dict[str, Any]:
    """Return the figures on so many cards."""
    prepare_environment(cards)
    took = make_sure(cards)
    print(f"{cards:,} cards" + (f", made in {took:.0f} s" if took else ", kept from before"), flush=True)
    figures: dict[str, Any] = {} if took is None else {"made": {"s": round(took, 1)}}
    figures |= told(["benchmarks.pages", str(cards), str(seconds), only])
    for name in ON_THE_TOWN if cards <= CARDS else ():
        if only in name:
            figures[name] = told_with_pace(["benchmarks.jobs", name])
    return figures


def rows(cards: int, figures: dict[str, Any]) -> list[tuple[str, ...]]:
    """The lines of the table of requests."""
    found = []
    for name, one in figures.items():
        if isinstance(one, dict) and "p50_ms" in one:
            values = [
                one[key] for key in ("p50_ms", "p95_ms", "p99_ms", "per_s", "statements", "rows", "cpu_ms", "pace")
            ]
            ratios = [f"{one[key]:g} ×" for key in ("times_yardstick", "times_yardstick_per_s", "times_psycopg2")]
            found.append((f"{cards:,}", name, *(f"{value:g}" for value in values), *ratios, f"{one['failed']:g}"))
    return found


def grown(found: dict[str, dict[str, Any]], sizes: list[int]) -> None:
    """Write beside each request on the most cards how many times as long it takes as on the fewest (p50).

    A page that is not full there is no measure (ten cards that wait, of ten thousand, against fifty): so beside it against
    the fewest on which the answer has nine tenths of the bytes.
    """
    *fewer, most = sorted(sizes)
    for name, one in found[str(most)].items():
        if fewer and isinstance(one, dict) and "p50_ms" in one:
            before = {cards: found[str(cards)].get(name, {"p50_ms": 0, "kilobytes": 0}) for cards in fewer}
            times = {cards: round(one["p50_ms"] / max(0.01, before[cards]["p50_ms"]), 2) for cards in fewer}
            full = [cards for cards in fewer if before[cards]["kilobytes"] >= 0.9 * one["kilobytes"]] or fewer
            one["times_fewest_cards"] = times[fewer[0]]
            one |= {"full_page_on": full[0], "times_fewest_full_page": times[full[0]]}


def table(head: tuple[str, ...], lines: list[tuple[str, ...]]) -> None:
    widths = [max(len(line[at]) for line in [head, *lines]) for at in range(len(head))]
    for line in [head, *lines]:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def judged(figures: dict[str, Any], targets: list[Target]) -> list[dict[str, Any]]:
    found = []
    for target in targets:
        value = value_of(figures, target)
        if value is not None:
            found.append(
                {"work": target.work, "figure": target.figure[1], "mark": target.mark, "value": value}
                | {"met": target.met(value)}
                | ({"pace": pace} if (pace := figures[target.figure[0]].get("pace")) is not None else {})
            )
    return found


def machine() -> dict[str, Any]:
    """What it was measured on, and with which versions."""
    import importlib.metadata as known

    import psutil
    import psycopg2

    from benchmarks.kept import connection_options

    with psycopg2.connect(**connection_options(os.environ["BENCH_SERVER"])) as connection:
        database = connection.server_version
    known_as = Path("/proc/cpuinfo").read_text().splitlines() if sys.platform == "linux" else []
    cpuinfo = [line for line in known_as if line.startswith("model name")]
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    return {
        "cpu": cpuinfo[0].split(":", 1)[1].strip() if cpuinfo else platform.processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "load_at_begin": os.getloadavg()[0],
        "system": platform.platform(),
        "python": platform.python_version(),
        "django": known.version("django"),
        "gunicorn": known.version("gunicorn"),
        "postgresql": database,
        "commit": commit.stdout.strip(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=sorted(SIZES), default="")
    parser.add_argument("--cards", type=int, action="append", help="other numbers of cards than those of the sizes")
    parser.add_argument("--seconds", type=float, default=4, help="for which each request is asked")
    parser.add_argument("--only", default="", help="what the name of a request or a job must hold")
    options = parser.parse_args()
    need_wrk()  # said now, not after half an hour of making cards
    sizes = options.cards or SIZES[options.size]
    prepare_environment(sizes[0])
    # Hashed and compressed, as in earnest.
    subprocess.run([sys.executable, "manage.py", "collectstatic", "--no-input", "-v", "0"], cwd=ROOT, check=True)
    found: dict[str, Any] = {"measured_at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine()}
    found["cards"] = {str(cards): measure(cards, options.seconds, options.only) for cards in sizes}
    of_their_own: dict[str, Any] = {}
    for name, module in OF_THEIR_OWN.items():
        if options.only in name:
            of_their_own[name] = told_with_pace([part.format(cards=min(max(sizes), CARDS)) for part in module])
    found["alone"] = of_their_own
    put_beside([one for part in (*found["cards"].values(), of_their_own) for one in part.values()])

    head = (
        "cards", "request", "p50 ms", "p95 ms", "p99 ms", "per s", "statements", "rows", "CPU ms", "pace", "to bare view",
        "per s", "to psycopg2", "failed",
    )  # fmt: skip
    table(head, [line for cards in sizes for line in rows(cards, found["cards"][str(cards)])])
    most, asked = max(sizes), max([size for size in sizes if size <= CARDS] or sizes)
    grown(found["cards"], sizes)
    here = found["cards"][str(asked)]
    verdicts = judged(here, of_pages(list(here))) + judged(here | of_their_own, OF_JOBS)
    verdicts += judged(found["cards"][str(most)], of_growth(list(here)))
    found["targets"] = verdicts
    print(
        f"\nTargets, on {asked:,} cards; times_fewest_full_page on {most:,} against {min(sizes):,}, or as said below:"
    )
    lines = [
        (one["work"], one["figure"], one["mark"], f"{one['value']:g}", "met" if one["met"] else "MISSED")
        for one in verdicts
    ]
    table(("work", "figure", "target", "measured", ""), lines)
    for name, one in found["cards"][str(most)].items():
        if isinstance(one, dict) and (full := one.get("full_page_on", min(sizes))) > min(sizes):
            times = one["times_fewest_cards"]
            print(f"  {name}: against {full:,}, as {min(sizes):,} leave the page half empty ({times:g} times those)")
    missed = [one for one in verdicts if not one["met"]]
    print(f"\n{len(verdicts) - len(missed)} met, {len(missed)} missed")
    for one in missed:
        pace = f", the machine at {one['pace']:.0%} of its fastest in this run" if "pace" in one else ""
        print(f"  missed: {one['work']}, {one['figure']} {one['value']:g} ({one['mark']}){pace}")
    for where, part in (*found["cards"].items(), ("alone", of_their_own)):
        for name, one in [(where, part), *part.items()]:
            if isinstance(one, dict) and one.get("failed"):
                print(f"  could not be measured, or had answers that failed: {name}: {one['failed']}")
    if not options.only:
        sys.path.insert(0, str(ROOT))
        from config.settings import VERSION

        file = HERE / "results" / f"{VERSION}-{datetime.now(UTC):%Y-%m-%d}.json"
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"\nKept in {file.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
