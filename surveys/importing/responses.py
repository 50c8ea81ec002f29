"""Answers of a round that was run elsewhere: read, checked row by row, and taken in as a whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from feedback.importing.faults import CannotImport, RowRefused
from feedback.importing.reading import CsvFile, check_encoding
from feedback.importing.report import DUPLICATE, Problem
from organisation.errors import Refused
from organisation.numbers import thousands
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

    def sums(self) -> list[str]:
        """Return it for people in sentences, without the problems, in the active language."""
        said = [_("%(n)s rows read for «%(survey)s».") % {"n": self._n(self.rows), "survey": self.survey}]
        if self.already_there:
            return [*said, _("This file has been imported already. Nothing was changed.")]
        if self.stopped:
            faults = _("%(n)s rows are no answers. Nothing was written. The others can be imported without them.")
            return [*said, faults % {"n": self._n(len(self.problems))}]
        sentence = _("%(n)s answers would be imported.") if self.dry_run else _("%(n)s answers imported.")
        said.append(sentence % {"n": self._n(self.imported)})
        if self.created and not self.dry_run:
            said.append(_("The survey was made."))
        return said

    @staticmethod
    def _n(number: int) -> str:
        return thousands(number, get_language() or "en")

    def lines(self, most: int) -> Iterator[str]:
        """Yield it for a terminal; of the problems at most the first `most`."""
        first, *others = self.sums()
        yield first
        for problem in self.problems[:most]:
            key = f" ({problem.key})" if problem.key else ""
            yield f"  line {problem.line}{key}: {problem.sentence}"
        if len(self.problems) > most:
            yield f"  … and {len(self.problems) - most:,} more: --json gives them all."
        yield from others
        if self.stopped:
            yield "--leave-out imports the others."


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
        raise CannotImport(_("survey.closed is in the future: answers come in here until then."))
    report = RoundReport(code, dry_run)
    try:
        with transaction.atomic():
            survey = Survey.objects.filter(code=code).first()
            if survey is None:
                if mapping.new is None:
                    raise CannotImport(
                        _("There is no survey «%(code)s». With create = true in [survey] it is made.") % {"code": code}
                    )
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
                raise CannotImport(_("The file has no rows."))
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
            raise CannotImport(
                _("items.%(key)s: «%(code)s» has no such question. It has: %(items)s.")
                % {"key": column.key, "code": code, "items": ", ".join(items)}
            )
        item = items[column.key]
        if item.kind == QuestionKind.TEXT:
            raise CannotImport(
                _("items.%(key)s is a text question. What people wrote is not imported.") % {"key": column.key}
            )
        if column.stated_kind and column.stated_kind != item.kind:
            raise CannotImport(
                _("items.%(key)s.kind is %(stated_kind)s, and the question is %(kind)s.")
                % {"key": column.key, "stated_kind": column.stated_kind, "kind": item.kind}
            )
        choices = {option.key for option in item.options}
        for theirs, ours in column.values.items():
            if not _may_be(item, ours, choices):
                raise CannotImport(
                    _("items.%(key)s.values: «%(theirs)s» becomes «%(ours)s», which is no answer to it.")
                    % {"key": column.key, "theirs": theirs, "ours": ours}
                )


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
        read = CsvFile(file, delimiter=form.delimiter, quote=form.quote, notes=form.notes)
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
                        raise RowRefused("no_key", _("The row has no key."))
                    if key in keys:
                        raise RowRefused(DUPLICATE, _("The key stands on line %(keys)s already.") % {"keys": keys[key]})
                    keys[key] = line.number
                stratum = cells[place[mapping.stratum]] if mapping.stratum else ""
                if strata and stratum not in strata:
                    raise RowRefused(
                        "no_such_stratum", _("«%(stratum)s» is not one of the strata.") % {"stratum": stratum}
                    )
                values = {}
                for column in mapping.columns:
                    value = _value(column, items[column.key], cells[place[column.column]], form.empty)
                    if value is not None:
                        values[column.key] = value
                if len(stratum) > 100 or "\x00" in stratum:
                    raise RowRefused("no_such_stratum", _("The stratum is longer than 100 characters."))
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
            raise RowRefused(
                "impossible_value",
                _("«%(cell)s» in «%(column)s»: the question has no «don't know».")
                % {"cell": cell, "column": column.column},
            )
        return DONT_KNOW
    try:
        return cleaned_value(item, found if several else _whole(found[0]))
    except InvalidAnswer:
        raise RowRefused(
            "impossible_value",
            _("«%(cell)s» in «%(column)s» is no answer to %(key)s. It may say: %(choices)s.")
            % {"cell": cell, "column": column.column, "key": item.key, "choices": _may_say(item)},
        ) from None


def _is_missing(column: Column, piece: str, empty: frozenset[str]) -> bool:
    folded = piece.casefold()
    return not folded or (folded not in column.values and (folded in empty or folded in column.missing))


def _whole(text: str) -> str:
    """«4.0» and «4,0», as statistics programs write whole numbers, are 4."""
    return text[:-2] if text[:-2].isdigit() and text[-2:] in (".0", ",0") else text


def _may_say(item: Item) -> str:
    if item.options:
        return ", ".join(option.key for option in item.options)
    points = SCALE if item.kind == QuestionKind.SCALE else THREE_POINTS
    return f"{points[0]}–{points[-1]}"
