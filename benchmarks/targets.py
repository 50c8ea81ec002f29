"""What is aimed at on two cores, and by which figure it is judged. Times are with warm caches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

CARDS = 1_000_000
"""The number of cards that all but growth is judged on, or the most that were measured where those are fewer."""


@dataclass(frozen=True)
class Target:
    """`figure` names the measurement and the value in it; `most` or `least` is the mark."""

    work: str
    figure: tuple[str, str]
    most: float | None = None
    least: float | None = None

    def met(self, value: float) -> bool:
        return (self.most is None or value <= self.most) and (self.least is None or value >= self.least)

    @property
    def mark(self) -> str:
        return f"≤ {self.most:g}" if self.most is not None else f"≥ {self.least:g}"


def of_pages(names: list[str]) -> list[Target]:
    """The targets of each request that was measured."""
    found = []
    for name in names:

        def add(value: str, *, most: float | None = None, least: float | None = None, name: str = name) -> None:
            found.append(Target(name, (name, value), most, least))

        if name.startswith("card by"):
            add("statements", most=12)
            add("per_s", least=150)
            add("times_yardstick_per_s", most=2)
        elif name.startswith("work list"):
            add("statements", most=10)
            add("p95_ms", most=40)
        elif name.startswith("search"):
            add("p95_ms", most=60)
        elif name == "card page":
            add("statements", most=12)
            add("p95_ms", most=30)
        elif name in ("status page", "what we hear", "citizen's page"):
            add("per_s", least=400)
        elif name == "overview":
            add("p95_ms", most=100)
    return found


def of_growth(names: list[str]) -> list[Target]:
    """The targets of how much longer than on the fewest cards that fill its page each list takes on the most."""
    return [Target(name, (name, "times_fewest_full_page"), most=1.5) for name in names if name.startswith("work list")]


OF_JOBS = [
    Target("overdue run, lists, entries and mail", ("overdue run", "s"), most=3),
    Target("overdue run, memory", ("overdue run", "memory_grew_mb"), most=50),
    Target("PDF of a list with a hundred entries", ("overdue documents", "each_of_a_hundred_ms"), most=100),
    Target("PDF of a list, of all lists", ("overdue documents", "each_p95_ms"), most=100),
    Target("PDFs of the lists, memory", ("overdue documents", "memory_grew_mb"), most=50),
    Target("replay of 400 weeks", ("replay", "s"), most=120),
    Target("import against COPY", ("import", "times_copy"), most=3),
    Target("import, memory", ("import", "memory_grew_mb"), most=100),
    Target("survey answer saved", ("survey answers", "answers_per_s"), least=200),
    Target("results of 10,000 × 60", ("survey results", "s"), most=1),
    Target("quarterly report, cold", ("quarterly report", "cold_s"), most=3),
    Target("quarterly report, warm", ("quarterly report", "warm_ms"), most=50),
    Target("start of `make run`", ("start", "first_page_s"), most=6),
    Target("web worker", ("memory", "web_worker_mb"), most=150),
    Target("worker", ("start", "worker_mb"), most=150),
]


def value_of(figures: dict[str, Any], target: Target) -> float | None:
    """Return what was measured, None where it was not; of several the worst."""
    name, value = target.figure
    found = figures.get(name, {}).get(value)
    return max(found) if isinstance(found, list) else found
