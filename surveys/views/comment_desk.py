"""What the pages of a survey's comments share: who may, which comments are asked for, and the «undo» beside what was done."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core import signing
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language

from organisation.models import Person, Unit
from organisation.queries import answering_units
from surveys.actions.comment_base import State
from surveys.actions.comment_suggestions import Suggesting
from surveys.actions.comments import Step
from surveys.coding import start_of
from surveys.comment_queries import (
    Questions,
    areas_to_code,
    comments_of,
    first_from,
    progress_of,
)
from surveys.forms.comments import CommentFilter
from surveys.models import Area, Comment, Survey

UNDO_WITHIN = 10 * 60
"""Seconds."""
SALT = "survey-comments-undo"


class Desk:
    """One survey's comments as one person works on them."""

    def __init__(self, request: HttpRequest, person: Person, survey: Survey) -> None:
        self.request, self.person, self.survey = request, person, survey
        self.language = get_language() or "nb"

    @cached_property
    def areas(self) -> list[Area]:
        return areas_to_code(self.survey)

    @cached_property
    def questions(self) -> Questions:
        return Questions(self.survey)

    @cached_property
    def units(self) -> list[Unit]:
        return list(answering_units())

    @cached_property
    def filter(self) -> CommentFilter:
        return CommentFilter(self.request.GET, areas=self.areas, questions=self.questions, units=self.units)

    @cached_property
    def suggesting(self) -> Suggesting:
        return Suggesting(self.survey, self.questions, self.areas)

    @property
    def shown(self) -> QuerySet[Comment]:
        return self.filter.apply(comments_of(self.survey))

    @property
    def query(self) -> str:
        return f"?{urlencode(self.filter.asked)}" if self.filter.asked else ""

    def list_address(self) -> str:
        return reverse("surveys:comments", args=[self.survey.code]) + self.query

    def address(self, comment: Comment | None) -> str:
        """The page of one comment in the list that is asked for; without one, the list."""
        if comment is None:
            return self.list_address()
        return reverse("surveys:comment", args=[self.survey.code, comment.pk]) + self.query

    def beginning(self, state: str) -> str:
        """The page of the comment in that state with which this person begins; empty where there is none."""
        waiting = comments_of(self.survey).filter(state=state)
        first = first_from(waiting, start_of(self.person.pk, self.survey.pk))
        query = "?" + urlencode({"state": state})
        return reverse("surveys:comment", args=[self.survey.code, first.pk]) + query if first else ""

    def context(self) -> dict[str, Any]:
        return {
            "section": "surveys",
            "survey": self.survey,
            "title": self.survey.title(self.language),
            "progress": progress_of(self.survey),
            "query": self.query,
            "asked": self.filter.asked,
            "State": State,
        }


def say_done(request: HttpRequest, desk: Desk, words: str, steps: Sequence[Step]) -> None:
    """Tell what was done, with an «undo» for ten minutes."""
    token = signing.dumps({"by": desk.person.pk, "steps": [list(step) for step in steps]}, salt=SALT, compress=True)
    back = request.get_full_path() if len(steps) != 1 else ""
    shown = {"words": words, "token": token, "survey": desk.survey, "query": desk.query, "back": back}
    messages.success(request, render_to_string("surveys/comments/_undo.html", shown, request))


def steps_in(token: str, person: Person) -> list[Step]:
    """Return the steps that a page offered this person to undo. Raises signing.BadSignature for any other."""
    read = signing.loads(token, salt=SALT, max_age=UNDO_WITHIN)
    if read["by"] != person.pk:
        raise signing.BadSignature
    return [Step(str(uuid.UUID(pk)), was, seen) for pk, was, seen in read["steps"]]
