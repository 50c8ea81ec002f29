"""Answers of a round that was run elsewhere: read, checked row by row, and taken in as a whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from feedback.importing.faults import CannotImport, RowRefused
from feedback.importing.reading import CsvFile, check_encoding
from feedback.importing.report import DUPLICATE, Problem
from organisation.errors import Refused
from organisation.queries import municipality
from surveys.actions.rounds import Round, make_survey, take_in
from surveys.importing.mapping import Column, RoundMapping
from surveys.models import ResponseFile, Survey
from surveys.queries import items_of
from surveys.questionnaires import (
    DONT_KNOW,
    SCALE,
    THREE_POINTS,
    InvalidAnswer,
    Item,
    QuestionKind,
    cleaned_value,
)


@dataclass
class RoundReport:
    """`problems` are the lines that are no answer; unless they are left out, they stop the import."""

    survey: str
    dry_run: bool
    rows: int = 0
    imported: int = 0
    created: bool = False
    already_there: bool = False
    problems: list[Problem] = field(default_factory=list)

    @property
    def stopped(self) -> bool:
        return bool(self.problems) and not self.imported and not self.already_there

    def as_dict(self) -> dict[str, Any]:
        return {**vars(self), "stopped": self.stopped, "problems": [vars(problem) for problem in self.problems]}

    def lines(self, most: int) -> Iterator[str]:
        """Yield it for people; of the problems at most the first `most`."""
        yield f"{self.rows:,} rows read for «{self.survey}»."
        if self.already_there:
            yield "This file has been imported already. Nothing was changed."
        for problem in self.problems[:most]:
            key = f" ({problem.key})" if problem.key else ""
            yield f"  line {problem.line}{key}: {problem.sentence}"
        if len(self.problems) > most:
            yield f"  … and {len(self.problems) - most:,} more: --json gives them all."
        if self.stopped:
            yield f"{len(self.problems):,} rows are no answers. Nothing was written. --leave-out imports the others."
        elif not self.already_there:
            would = "would be " if self.dry_run else ""
            made = " The survey was made." if self.created and not self.dry_run else ""
            yield f"{self.imported:,} answers {would}imported.{made}"


class _Undone(Exception):
    """Takes a trial back."""


def import_responses(
    code: str, path: Path, mapping: RoundMapping, *, now: datetime, dry_run: bool = False, leave_out: bool = False
) -> RoundReport:
    """Import a file of answers into the survey `code`, which the mapping may say to make, and close it.

    A row with an impossible value is refused with its line. If any is, nothing is written, unless they are to be left
    out. The same file again changes nothing. Raises CannotImport for what is wrong with file or mapping as a whole.
    """
    check_encoding(path, mapping.file.encoding)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    zone = municipality().zone
    if mapping.closed > now.astimezone(zone).date():
        raise CannotImport("survey.closed is in the future: answers come in here until then.")
    report = RoundReport(code, dry_run)
    try:
        with transaction.atomic():
            survey = Survey.objects.filter(code=code).first()
            if survey is None:
                if mapping.new is None:
                    raise CannotImport(f"There is no survey «{code}». With create = true in [survey] it is made.")
                survey = make_survey(code, mapping.new, now=now)
                report.created = True
            before = ResponseFile.objects.filter(survey=survey).first()
            report.already_there = before is not None and before.sha256 == digest
            items = {item.key: item for item in items_of(survey)}
            _check_items(code, mapping.columns, items)
            rows = list(_rows(path, mapping, items, report))
            if report.already_there:
                raise _Undone
            if not rows and not report.problems:
                raise CannotImport("The file has no rows.")
            if report.problems and not leave_out:
                raise _Undone
            found = Round(
                mapping.opened, mapping.closed, digest, mapping.invited, mapping.population, list(mapping.strata)
            )
            report.imported = take_in(survey, found, rows, now=now, zone=zone)
            if dry_run:
                raise _Undone
    except _Undone:
        pass
    except Refused as refusal:
        raise CannotImport(str(refusal)) from None
    return report


def _check_items(code: str, columns: Sequence[Column], items: dict[str, Item]) -> None:
    for column in columns:
        if column.key not in items:
            raise CannotImport(f"items.{column.key}: «{code}» has no such question. It has: {', '.join(items)}.")
        item = items[column.key]
        if item.kind == QuestionKind.TEXT:
            raise CannotImport(f"items.{column.key} is a text question. What people wrote is not imported.")
        if column.stated_kind and column.stated_kind != item.kind:
            raise CannotImport(f"items.{column.key}.kind is {column.stated_kind}, and the question is {item.kind}.")
        choices = {option.key for option in item.options}
        for theirs, ours in column.values.items():
            if not _may_be(item, ours, choices):
                raise CannotImport(f"items.{column.key}.values: «{theirs}» becomes «{ours}», which is no answer to it.")


def _may_be(item: Item, value: str, choices: set[str]) -> bool:
    if value == DONT_KNOW:
        return item.dont_know
    if choices:
        return value in choices
    points = SCALE if item.kind == QuestionKind.SCALE else THREE_POINTS
    return value in {str(point) for point in points}


def _rows(
    path: Path, mapping: RoundMapping, items: dict[str, Item], report: RoundReport
) -> Iterator[tuple[str, dict[str, Any]]]:
    form = mapping.file
    strata = {one["key"] for one in mapping.strata}
    keys: dict[str, int] = {}
    with path.open(encoding=form.encoding, newline="") as file:
        read = CsvFile(file, delimiter=form.delimiter, quote=form.quote)
        mapping.check_columns(read.header)
        place = {name: position for position, name in enumerate(read.header)}
        for line in read:
            report.rows += 1
            key = ""
            try:
                if line.torn:
                    raise RowRefused("torn", line.torn)
                cells = [value.strip() for value in line.values]
                if mapping.row_key:
                    key = cells[place[mapping.row_key]]
                    if not key:
                        raise RowRefused("no_key", "The row has no key.")
                    if key in keys:
                        raise RowRefused(DUPLICATE, f"The key stands on line {keys[key]} already.")
                    keys[key] = line.number
                stratum = cells[place[mapping.stratum]] if mapping.stratum else ""
                if strata and stratum not in strata:
                    raise RowRefused("no_such_stratum", f"«{stratum}» is not one of the strata.")
                values = {}
                for column in mapping.columns:
                    value = _value(column, items[column.key], cells[place[column.column]], form.empty)
                    if value is not None:
                        values[column.key] = value
                if len(stratum) > 100 or "\x00" in stratum:
                    raise RowRefused("no_such_stratum", "The stratum is longer than 100 characters.")
            except RowRefused as refused:
                report.problems.append(Problem(line.number, key, refused.code, str(refused)))
                continue
            yield stratum, values


def _value(column: Column, item: Item, cell: str, empty: frozenset[str]) -> Any:
    """Return the answer in a cell, None where there is none. Raises RowRefused for what no answer can be."""
    several = item.kind in (QuestionKind.MULTIPLE, QuestionKind.RANKING)
    pieces = [piece.strip() for piece in cell.split(column.separator)] if several and column.separator else [cell]
    found = [column.values.get(piece.casefold(), piece) for piece in pieces if not _is_missing(column, piece, empty)]
    if not found:
        return None
    if len(found) == 1 and (pieces[0].casefold() in column.dont_know or found[0] == DONT_KNOW):
        if not item.dont_know:
            raise RowRefused("impossible_value", f"«{cell}» in «{column.column}»: the question has no «don't know».")
        return DONT_KNOW
    try:
        return cleaned_value(item, found if several else _whole(found[0]))
    except InvalidAnswer:
        raise RowRefused(
            "impossible_value", f"«{cell}» in «{column.column}» is no answer to {item.key}{_may_say(item)}."
        ) from None


def _is_missing(column: Column, piece: str, empty: frozenset[str]) -> bool:
    folded = piece.casefold()
    return not folded or (folded not in column.values and (folded in empty or folded in column.missing))


def _whole(text: str) -> str:
    """«4.0» and «4,0», as statistics programs write whole numbers, are 4."""
    return text[:-2] if text[:-2].isdigit() and text[-2:] in (".0", ",0") else text


def _may_say(item: Item) -> str:
    if item.options:
        return f", which is one of {', '.join(option.key for option in item.options)}"
    points = SCALE if item.kind == QuestionKind.SCALE else THREE_POINTS
    return f", which is {points[0]}–{points[-1]}"
