"""What a comment seems to be about, and which unit answers for that: as the rules have it for cards. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from feedback.actions.intake import House, Intake, facts_of, route
from feedback.models import Category
from feedback.queries import categories_in_use
from feedback.routing import reasons
from feedback.suggesting import Subject, named_in, suggest_category, suggest_kind
from feedback.workflow import Channel
from organisation.models import Unit
from surveys.actions.comments import Coding
from surveys.comment_queries import Questions, areas_to_code
from surveys.models import Area, Comment, Survey


@dataclass(frozen=True)
class Suggestion:
    """What is offered for one comment, and which words of it speak for the unit."""

    area: Area | None = None
    unit: Unit | None = None
    kind: str = ""
    category: Category | None = None
    words: tuple[str, ...] = ()

    @property
    def coding(self) -> Coding:
        return Coding(self.area, self.unit, self.kind, self.category)


class Suggesting:
    """Rules, categories and areas, read once for any number of comments."""

    def __init__(self, survey: Survey, questions: Questions, areas: list[Area] | None = None) -> None:
        self._survey, self._questions, self._house = survey, questions, House.read()
        self._categories = {category.pk: category for category in categories_in_use()}
        self._subjects = [
            Subject(pk, (one.name, *map(str, one.names.values()))) for pk, one in self._categories.items()
        ]
        self._areas = {area.pk: area for area in (areas_to_code(survey) if areas is None else areas)}
        self._titles = [Subject(pk, tuple(map(str, area.titles.values()))) for pk, area in self._areas.items()]

    def of(self, comment: Comment) -> Suggestion:
        """Return what the comment seems to be about. The unit: by the rules for cards, else of a user survey its own."""
        found = suggest_category(comment.text, self._house.rules, self._subjects)
        intake = Intake(
            channel=Channel.SURVEY,
            text=comment.text,
            kind=suggest_kind(comment.text),
            category=self._categories.get(found or 0),
        )
        routed = route(intake, self._house)
        rule = next((rule for rule in self._house.rules if rule.rule_id == routed.rule_id), None)
        own = self._survey.unit if self._survey.unit and self._survey.unit.closed_on is None else None
        suggestion = Suggestion(
            area=self._areas.get(named_in(comment.text, self._titles) or 0) or self._asked_in(comment),
            unit=own if routed.by == "nothing" else routed.unit,
            kind=intake.kind,
            category=intake.category,
        )
        return replace(suggestion, words=reasons(rule, facts_of(intake)).words) if rule else suggestion

    def _asked_in(self, comment: Comment) -> Area | None:
        area = self._questions.area_of(comment.question)
        return self._areas.get(area.pk) if area else None
