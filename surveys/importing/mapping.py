"""The mapping of a round that was run elsewhere: which column is which question, and which code which answer.

`docs/surveys-results.md` documents it. Read once, into typed objects; each fault is one sentence that names the key.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from feedback.importing.faults import MappingFault
from feedback.importing.mapping import FileForm, TomlTable, file_form, read_toml
from surveys.actions.rounds import NewQuestion, NewSurvey
from surveys.questionnaires import QuestionKind, SurveyKind


@dataclass(frozen=True)
class Column:
    """Where the answers to one question stand. `values` are codes and what they mean; a code not named stays as it is.

    `separator` splits the answers to a question with several choices.
    """

    key: str
    column: str
    values: Mapping[str, str] = field(default_factory=dict)
    dont_know: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    separator: str = ""
    stated_kind: str = ""


@dataclass(frozen=True)
class RoundMapping:
    """All that a mapping says. `new` is the survey to be made, None where it is there already."""

    file: FileForm
    columns: Sequence[Column]
    new: NewSurvey | None
    opened: date
    closed: date
    row_key: str = ""
    stratum: str = ""
    invited: int | None = None
    population: int | None = None
    strata: Sequence[Mapping[str, Any]] = ()

    def check_columns(self, header: Sequence[str]) -> None:
        """Raise MappingFault where the mapping names a column that the file does not have, or has twice."""
        named = [(f"items.{column.key}.column", column.column) for column in self.columns]
        named += [
            (f"answers.{name}", value) for name, value in (("key", self.row_key), ("stratum", self.stratum)) if value
        ]
        for at, column in named:
            if column not in header:
                raise MappingFault(
                    _(
                        "%(at)s names the column «%(column)s», which the file does not have. Its columns are: "
                        "%(header)s."
                    )
                    % {"at": at, "column": column, "header": ", ".join(header)}
                )
            if header.count(column) > 1:
                raise MappingFault(
                    _("%(at)s names the column «%(column)s», which the file has more than once.")
                    % {"at": at, "column": column}
                )


def read_round_mapping(path: Path) -> RoundMapping:
    """Read and check a mapping file. Raises MappingFault."""
    return round_mapping_of(read_toml(path))


def round_mapping_of(data: dict[str, Any]) -> RoundMapping:
    """Turn what the TOML file holds into a RoundMapping. Raises MappingFault."""
    top = TomlTable(data, "")
    top.only("file", "survey", "strata", "answers", "areas", "items")
    survey = top.table("survey", required=True)
    survey.only("create", "kind", "title", "languages", "previous", "population", "invited", "opened", "closed")
    answers = top.table("answers")
    answers.only("key", "stratum", "dont_know", "missing")
    opened, closed = _day(survey, "opened"), _day(survey, "closed")
    if closed < opened:
        raise MappingFault(_("survey.closed is before survey.opened."))
    create = survey.flag("create", default=False)
    areas = top.table("areas")
    items = top.table("items", required=True)
    tables = {key: items.table(key, required=True) for key in items.data}
    for key in tables:
        if len(key) > 60 or not key.replace("-", "").replace("_", "").isalnum() or not key.isascii():
            raise MappingFault(
                _("items.%(key)s: a question's key has letters, digits, - and _ only, at most 60.") % {"key": key}
            )
    columns = [_column(key, table, answers) for key, table in tables.items()]
    strata = _strata(data.get("strata", []))
    if strata and "stratum" not in answers.data:
        raise MappingFault(_("answers.stratum is missing: it names the column that says each answer's stratum."))
    return RoundMapping(
        file=file_form(top.table("file")),
        columns=columns,
        new=_new_survey(survey, areas, tables) if create else None,
        opened=opened,
        closed=closed,
        row_key=answers.text("key") if "key" in answers.data else "",
        stratum=answers.text("stratum") if "stratum" in answers.data else "",
        invited=_number(survey, "invited"),
        population=_number(survey, "population"),
        strata=strata,
    )


def _day(table: TomlTable, name: str) -> date:
    found = table.data.get(name)
    if isinstance(found, datetime):
        found = found.date()
    if not isinstance(found, date):
        raise MappingFault(_("%(name)s is a day, such as 2022-03-01.") % {"name": table.key(name)})
    return found


def _number(table: TomlTable, name: str) -> int | None:
    found = table.data.get(name)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int) or not 0 < found < 2_000_000_000:
        raise MappingFault(_("%(name)s is a number of people, at least 1.") % {"name": table.key(name)})
    return found


def _words(table: TomlTable, name: str) -> frozenset[str]:
    return frozenset(word.strip().casefold() for word in table.texts(name)) if name in table.data else frozenset()


def _column(key: str, table: TomlTable, answers: TomlTable) -> Column:
    table.only(
        "column", "values", "dont_know", "missing", "separator", "kind", "area", "title", "options", "background"
    )
    values = table.table("values").data
    wrong = [name for name, value in values.items() if isinstance(value, bool) or not isinstance(value, int | str)]
    if wrong:
        raise MappingFault(
            _("%(at)s: «%(wrong)s» becomes a number or a text in quotation marks.")
            % {"at": table.key("values"), "wrong": wrong[0]}
        )
    kind = table.text("kind") if "kind" in table.data else ""
    if kind and kind not in QuestionKind.values:
        raise MappingFault(
            _("%(at)s: «%(kind)s» is not one of %(values)s.")
            % {"at": table.key("kind"), "kind": kind, "values": ", ".join(QuestionKind.values)}
        )
    if kind == QuestionKind.TEXT:
        raise MappingFault(
            _("%(at)s: what people wrote is not imported; it may name somebody.") % {"at": table.key("kind")}
        )
    return Column(
        key=key,
        column=table.text("column"),
        values={name.strip().casefold(): str(value) for name, value in values.items()},
        dont_know=_words(table, "dont_know") | _words(answers, "dont_know"),
        missing=_words(table, "missing") | _words(answers, "missing"),
        separator=table.text("separator", longest=5) if "separator" in table.data else "",
        stated_kind=kind,
    )


def _strata(found: object) -> list[dict[str, Any]]:
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise MappingFault(_("strata is a list of tables: write [[strata]] before each."))
    strata = []
    for number, one in enumerate(found, start=1):
        table = TomlTable(one, f"strata {number}")
        table.only("key", "population", "drawn")
        people = _number(table, "population")
        if people is None:
            raise MappingFault(_("strata %(number)s: population is missing.") % {"number": number})
        strata.append({"key": table.text("key"), "population": people, "drawn": _number(table, "drawn") or people})
    if len({one["key"] for one in strata}) < len(strata):
        raise MappingFault(_("strata: two have the same key."))
    return strata


def _texts(table: TomlTable, name: str, languages: Collection[str]) -> dict[str, str]:
    """A text in the survey's first language, or a table of texts by language."""
    found = table.data.get(name)
    if isinstance(found, dict):
        inner = table.table(name)
        inner.only(*languages)
        return {language: inner.text(language, longest=500) for language in found}
    return {next(iter(languages)): table.text(name, longest=500)}


def _new_survey(survey: TomlTable, areas: TomlTable, items: Mapping[str, TomlTable]) -> NewSurvey:
    kind = survey.text("kind") if "kind" in survey.data else SurveyKind.CITIZEN.value
    if kind not in (SurveyKind.CITIZEN, SurveyKind.EMPLOYEE):
        raise MappingFault(
            _("survey.kind is citizen or employee. A user survey is made in the browser, with its unit.")
        )
    known = [code for code, _name in settings.LANGUAGES]
    languages = survey.texts("languages") if "languages" in survey.data else ["nb"]
    for language in languages:
        if language not in known:
            raise MappingFault(
                _("survey.languages: «%(language)s» is not one of %(known)s.")
                % {"language": language, "known": ", ".join(known)}
            )
    questions = []
    for key, table in items.items():
        area = table.text("area", longest=60)
        if area not in areas.data:
            raise MappingFault(
                _("items.%(key)s.area: «%(area)s» is not one of the [areas]: %(what)s.")
                % {"key": key, "area": area, "what": ", ".join(areas.data) or "none"}
            )
        question_kind = table.text("kind") if "kind" in table.data else QuestionKind.SCALE.value
        options = table.table("options")
        if question_kind in (QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.RANKING) and not options.data:
            raise MappingFault(_("items.%(key)s.options is missing: each choice's key and its words.") % {"key": key})
        questions.append(
            NewQuestion(
                key=key,
                area=area,
                kind=question_kind,
                texts=_texts(table, "title", languages),
                options=[{"key": name, "texts": _texts(options, name, languages)} for name in options.data],
                background=table.flag("background", default=False),
            )
        )
    return NewSurvey(
        kind=kind,
        titles=_texts(survey, "title", languages),
        languages=languages,
        previous=survey.text("previous") if "previous" in survey.data else "",
        areas={name: _texts(areas, name, languages) for name in areas.data},
        questions=questions,
    )
