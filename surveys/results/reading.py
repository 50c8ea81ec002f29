"""A survey's answers as columns, read once. What is computed of them is elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from surveys.models import Answer, Draw, GroupAsked, Invitation, Question, ResponseFile, Survey
from surveys.questionnaires import DONT_KNOW as SAID_DONT_KNOW
from surveys.questionnaires import SCALE, THREE_POINTS, Item, QuestionKind
from surveys.statistics.answers import DONT_KNOW, Scale
from surveys.statistics.answers import Answer as Given

STRATUM = "stratum"
"""The name of the strata among the variables that figures can be grouped by."""

SCALES = {
    QuestionKind.SCALE.value: Scale(SCALE[0], SCALE[-1]),
    QuestionKind.THREE_POINTS.value: Scale(THREE_POINTS[0], THREE_POINTS[-1]),
}
CHOICES = frozenset({QuestionKind.SINGLE.value, QuestionKind.MULTIPLE.value, QuestionKind.RANKING.value})


@dataclass(frozen=True)
class Stratum:
    key: str
    population: int
    drawn: int


@dataclass(frozen=True)
class Theme:
    """An area without the database."""

    key: str
    titles: dict[str, str]


@dataclass(frozen=True)
class Sheet:
    """Questions, and what each respondent answered to them, the respondents in one order throughout.

    Of a survey with a sample only the sample's answers are here: who came by the open link was not drawn, and
    `n_open` counts them. `asked` is how many were asked of each group of the variable `asked_by`, where that is kept.
    """

    items: Sequence[Item]
    areas: Sequence[Theme]
    rows: Sequence[dict[str, Any]]
    strata_of_rows: Sequence[str]
    n_invited: int | None
    n_open: int
    strata: Sequence[Stratum]
    drawn_by: str
    population: int | None
    asked_by: str = ""
    asked: Mapping[str, int] = field(default_factory=dict)
    _columns: dict[str, list[Given]] = field(default_factory=dict)

    @property
    def n_answered(self) -> int:
        return len(self.rows)

    @property
    def rated(self) -> list[Item]:
        """The questions that have a mean."""
        return [item for item in self.items if item.kind in SCALES and not item.background]

    @property
    def chosen(self) -> list[Item]:
        """The questions with choices. Background questions are not among them: their counts would be groups' sizes."""
        return [item for item in self.items if item.kind in CHOICES and not item.background]

    def rated_in(self, area: str) -> list[Item]:
        """The questions that an area's score is made of: those on the full scale."""
        return [item for item in self.rated if item.area == area and item.kind == QuestionKind.SCALE]

    def column(self, item: Item) -> list[Given]:
        """Return each respondent's answer to a rated question."""
        if item.key not in self._columns:
            key = item.key
            found = [row.get(key) for row in self.rows]
            self._columns[key] = [DONT_KNOW if value == SAID_DONT_KNOW else value for value in found]
        return self._columns[item.key]

    def variables(self) -> dict[str, list[str]]:
        """Return what figures can be grouped by, each with its values: questions with one choice about the respondent,
        and the strata, where no question asks the same."""
        found = {
            item.key: [option.key for option in item.options]
            for item in self.items
            if item.background and item.kind == QuestionKind.SINGLE
        }
        if self.strata and self.drawn_by not in found:
            found[STRATUM] = [stratum.key for stratum in self.strata]
        return found

    def groups(self, variable: str) -> list[str | None]:
        """Return each respondent's value of a variable, None where it was not stated."""
        if variable == STRATUM:
            return [stratum or None for stratum in self.strata_of_rows]
        found = (row.get(variable) for row in self.rows)
        return [None if value == SAID_DONT_KNOW else value for value in found]


def read_sheet(survey: Survey) -> Sheet:
    """Read a survey's questions and answers (seven queries)."""
    draw = Draw.objects.filter(survey=survey).first()
    file = ResponseFile.objects.filter(survey=survey).first()
    # The invitations may have been put away; how many were drawn stays.
    invited = Invitation.objects.filter(survey=survey).count() or (draw.drawn if draw else 0)
    answers = list(Answer.objects.filter(survey=survey).order_by("id").values_list("source", "stratum", "values"))
    sampled = [answer for answer in answers if answer[0] != Answer.Source.OPEN] if invited else answers
    questions = Question.objects.filter(area__survey=survey).select_related("area")
    groups = list(GroupAsked.objects.filter(survey=survey))
    strata = (draw.strata if draw else file.strata if file else []) or []
    return Sheet(
        items=[question.item for question in questions],
        areas=[Theme(area.key, area.titles) for area in survey.areas.all()],
        rows=[values for _source, _stratum, values in sampled],
        strata_of_rows=[stratum for _source, stratum, _values in sampled],
        n_invited=invited or (file.invited if file else None) or sum(group.invited for group in groups) or None,
        n_open=len(answers) - len(sampled),
        strata=[Stratum(str(one["key"]), int(one["population"]), int(one["drawn"])) for one in strata],
        drawn_by=draw.stratum if draw else "",
        population=survey.population_size or (draw.population_size if draw else None),
        asked_by=groups[0].question if groups else "",
        asked={group.value: group.invited for group in groups},
    )
