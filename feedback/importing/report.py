"""What an import did, and which lines it did not take and why."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

DUPLICATE = "duplicate_key"
"""The code of a row whose key an earlier row of the file has."""


@dataclass(frozen=True)
class Problem:
    """One row that became no card. `key` is what the older system calls it, empty where that could not be read."""

    line: int
    key: str
    code: str
    sentence: str


@dataclass
class Report:
    """Counts of rows, and the problems in the file's order. `rows` leaves out the first line and empty ones."""

    source: str
    dry_run: bool = False
    rows: int = 0
    imported: int = 0
    already_there: int = 0
    first_reference: str = ""
    last_reference: str = ""
    created_units: list[str] = field(default_factory=list)
    created_categories: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def duplicates(self) -> int:
        return sum(problem.code == DUPLICATE for problem in self.problems)

    @property
    def refused(self) -> int:
        return len(self.problems) - self.duplicates

    def as_dict(self) -> dict[str, Any]:
        """Return it for machines."""
        return {
            "source": self.source,
            "dry_run": self.dry_run,
            "rows": self.rows,
            "imported": self.imported,
            "already_there": self.already_there,
            "duplicates": self.duplicates,
            "refused": self.refused,
            "first_reference": self.first_reference,
            "last_reference": self.last_reference,
            "created_units": self.created_units,
            "created_categories": self.created_categories,
            "problems": [vars(problem) for problem in self.problems],
        }

    def lines(self, most: int) -> Iterator[str]:
        """Yield it for people; of the problems at most the first `most`, each with its line."""
        would = "would be " if self.dry_run else ""
        yield f"{_count(self.rows, 'row')} read from «{self.source}»."
        yield f"{_count(self.imported, 'card')} {would}imported{self._references()}."
        if self.already_there:
            yield f"{_count(self.already_there, 'card')} already there: nothing changed for them."
        for what, made in (("unit", self.created_units), ("category", self.created_categories)):
            if made:
                yield f"{_count(len(made), what)} {would}created: {', '.join(made)}."
        if self.duplicates:
            yield f"{_count(self.duplicates, 'row')} left out: the key stands on an earlier line."
        if self.refused:
            why = Counter(problem.code for problem in self.problems if problem.code != DUPLICATE)
            yield f"{_count(self.refused, 'row')} refused: {', '.join(f'{code} {n}' for code, n in why.most_common())}."
        for problem in self.problems[:most]:
            key = f" ({problem.key})" if problem.key else ""
            yield f"  line {problem.line}{key}: {problem.sentence}"
        if len(self.problems) > most:
            yield f"  … and {_count(len(self.problems) - most, 'row')} more: --report FILE writes them all."
        if self.dry_run:
            yield "Nothing was written."

    def _references(self) -> str:
        if not self.first_reference:
            return ""
        if self.first_reference == self.last_reference:
            return f", as {self.first_reference}"
        return f", from {self.first_reference} to {self.last_reference}"

    def write_problems(self, file: IO[str]) -> None:
        """Write the problems as CSV: line, key, code, sentence."""
        writer = csv.writer(file)
        writer.writerow(["line", "key", "code", "reason"])
        writer.writerows((problem.line, problem.key, problem.code, problem.sentence) for problem in self.problems)


_PLURAL = {"row": "rows", "card": "cards", "unit": "units", "category": "categories"}


def _count(number: int, what: str) -> str:
    return f"{number:,} {what if number == 1 else _PLURAL[what]}"
