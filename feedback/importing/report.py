"""What an import did, and which lines it did not take and why."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from organisation.numbers import thousands

DUPLICATE = "duplicate_key"
"""The code of a row whose key an earlier row of the file has."""


@dataclass(frozen=True)
class Problem:
    """One row that became no card. `key` is what the older system calls it, empty where that could not be read."""

    line: int
    key: str
    code: str
    sentence: str


def outcome_of(problems: Sequence[Problem]) -> list[str]:
    """Return what is said of a file that is taken as a whole or not at all, and was checked or refused."""
    if not problems:
        return [_("The file can be read in. Nothing was written.")]
    faults = ngettext("%(n)s line has a fault.", "%(n)s lines have faults.", len(problems)) % {"n": len(problems)}
    return [faults, _("Nothing was read in. Put the lines right and choose the file again.")]


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

    def sums(self, *, codes: bool = False) -> list[str]:
        """Return it for people in sentences, without the problems, in the active language; with the problems' codes counted
        where `codes` asks for them."""
        said = [
            _rows(
                ngettext("%(n)s row read from «%(source)s».", "%(n)s rows read from «%(source)s».", self.rows),
                self.rows,
                source=self.source,
            )
        ]
        n = self.imported
        if self.dry_run:
            said.append(_rows(ngettext("%(n)s card would be imported.", "%(n)s cards would be imported.", n), n))
        elif not self.first_reference:
            said.append(_rows(ngettext("%(n)s card imported.", "%(n)s cards imported.", n), n))
        elif self.first_reference == self.last_reference:
            said.append(_("1 card imported, as %(reference)s.") % {"reference": self.first_reference})
        else:
            sentence = _("%(n)s cards imported, from %(first)s to %(last)s.")
            said.append(_rows(sentence, n, first=self.first_reference, last=self.last_reference))
        if n := self.already_there:
            said.append(
                _rows(
                    ngettext(
                        "%(n)s card already there: nothing changed for them.",
                        "%(n)s cards already there: nothing changed for them.", n,
                    ), n,
                )
            )  # fmt: skip
        said += self._created()
        if n := self.duplicates:
            said.append(
                _rows(
                    ngettext(
                        "%(n)s row left out: the key stands on an earlier line.",
                        "%(n)s rows left out: the key stands on an earlier line.", n,
                    ), n,
                )
            )  # fmt: skip
        if n := self.refused:
            why = Counter(problem.code for problem in self.problems if problem.code != DUPLICATE)
            counted = ", ".join(f"{code} {times}" for code, times in why.most_common())
            told = ngettext("%(n)s row refused", "%(n)s rows refused", n)
            said.append(_rows(told, n) + (f": {counted}." if codes else "."))
        return said

    def _created(self) -> list[str]:
        would = self.dry_run
        said = []
        if self.created_units:
            sentence = _("Units that would be created: %(names)s.") if would else _("Units created: %(names)s.")
            said.append(sentence % {"names": ", ".join(self.created_units)})
        if self.created_categories:
            sentence = (
                _("Categories that would be created: %(names)s.") if would else _("Categories created: %(names)s.")
            )
            said.append(sentence % {"names": ", ".join(self.created_categories)})
        return said

    def lines(self, most: int) -> Iterator[str]:
        """Yield it for a terminal; of the problems at most the first `most`, each with its line."""
        yield from self.sums(codes=True)
        for problem in self.problems[:most]:
            key = f" ({problem.key})" if problem.key else ""
            yield f"  line {problem.line}{key}: {problem.sentence}"
        if len(self.problems) > most:
            yield f"  … and {len(self.problems) - most:,} more: --report FILE writes them all."
        if self.dry_run:
            yield _("Nothing was written.")

    def write_problems(self, file: IO[str]) -> None:
        """Write the problems as CSV: line, key, code, sentence."""
        writer = csv.writer(file)
        writer.writerow(["line", "key", "code", "reason"])
        writer.writerows((problem.line, problem.key, problem.code, problem.sentence) for problem in self.problems)


def _rows(sentence: str, number: int, **more: str) -> str:
    return sentence % {"n": thousands(number, get_language() or "en"), **more}
