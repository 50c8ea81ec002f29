"""One respondent on the pages of a survey. No session: what has to last from page to page lies in the page's own form.

The code from the letter travels as a signed ticket in that form, never in an address, so that no log along the way has it.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation

from feedback.views.limits import seconds_to_wait, too_often
from organisation.context import OWN_NAMES
from organisation.errors import Refused
from surveys.actions.answering import (
    AlreadyAnswered,
    ImpossibleValue,
    NotByLink,
    NotOpenYet,
    SurveyClosed,
    check_open,
    save_draft,
    submit_answer,
)
from surveys.forms.answering import REVIEW, START, Questionnaire, brought_along, sent_in, understood
from surveys.limits import OpenSending
from surveys.models import Answer, Invitation, Survey
from surveys.queries import areas_of, draft_of, invitation_of_code, is_spent
from surveys.sample_queries import stratum_in_words
from surveys.sending_once import once

_TICKET = "survey-ticket"


def ticket_of(invitation: Invitation) -> str:
    return signing.Signer(salt=_TICKET).sign(invitation.code)


def invitation_of_ticket(ticket: str, survey: Survey) -> Invitation | None:
    """Return the invitation to `survey` whose ticket that is."""
    try:
        found = invitation_of_code(signing.Signer(salt=_TICKET).unsign(ticket))
    except signing.BadSignature:
        return None
    return found if found and found.survey_id == survey.pk else None


@dataclass
class Visit:
    """A respondent at one of the pages: by invitation, by the open link (no invitation), or at a tablet (`here` tells)."""

    request: HttpRequest
    survey: Survey
    now: datetime
    here: str
    """Where the forms go to."""
    thanks: str
    """Where an answer that was sent leads."""
    invitation: Invitation | None = None
    kiosk: bool = False
    language: str = ""
    easy: bool = False
    paper: Questionnaire = field(init=False)
    values: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        data = self.request.POST
        draft = draft_of(self.invitation) if self.invitation else None
        resident = self.invitation.resident if self.invitation else None
        wishes = [
            data.get("to_language"), data.get("language"), draft.language if draft else "",
            resident.language if resident else "", "" if self.kiosk else translation.get_language(),
        ]  # fmt: skip
        offered = self.survey.languages
        self.language = next((wish for wish in wishes if wish in offered), offered[0] if offered else "nb")
        easy = data.get("to_easy") or data.get("easy")
        self.easy = easy == "yes" if easy else bool(draft and draft.easy)
        self.paper = Questionnaire(self.survey, areas_of(self.survey), self.language, self.easy)
        brought = brought_along(self.paper.items, data.get("brought", ""))
        self.values = dict(draft.values) if draft else brought

    def check(self) -> Refused | None:
        """Return why nothing can be answered here now, if so."""
        try:
            check_open(self.survey, now=self.now)
        except (NotOpenYet, SurveyClosed) as refusal:
            return refusal
        if self.invitation and is_spent(self.invitation):
            return AlreadyAnswered()
        return None

    def take_step(self) -> HttpResponse:
        """Keep what the page sent, and show the page that was asked for. What cannot be kept is asked for again."""
        data = self.request.POST
        step, go = data.get("step", START), data.get("go", "")
        with translation.override(self.language):
            items = self.paper.items_in(step)
            raw = sent_in(items, data)
            fresh, wrong = understood(items, raw)
            here = {item.key for item in items}
            self.values = {key: value for key, value in self.values.items() if key not in here} | fresh
            try:
                self._keep()
            except Refused as refusal:
                return self.refused(refusal)
            switching = "to_language" in data or "to_easy" in data
            if wrong:
                return self.show(step, raw=raw, wrong=wrong, status=422)
            if switching or go == "save":
                return self.show(step, saved=go == "save")
            if go == "send":
                return self._send()
            return self.show(self._next(step, go))

    def show(
        self, step: str, *, raw: dict[str, Any] | None = None, wrong: list[str] | None = None, status: int = 200,
        saved: bool = False, problem: object = "",
    ) -> HttpResponse:  # fmt: skip
        """Return one page in the respondent's language."""
        steps = self.paper.steps(self.values)
        if step not in (START, REVIEW, *steps):
            step = START
        context = self._context() | {"step": step, "saved": saved, "problem": problem, "of": len(steps)}
        if step == START:
            template = "start"
            context |= {"first": self.paper.first_open(self.values), "questions": len(self.paper.items)}
        elif step == REVIEW:
            template, context["review"] = "review", self.paper.review(self.values)
        else:
            template = "area"
            area = next(area for area in self.paper.areas if area.key == step)
            asked = self.paper.asked(step, self.values, raw, wrong or [])
            context |= {
                "area": area, "title": self.paper.words(area.titles), "number": steps.index(step) + 1, "asked": asked,
                "introduction": self.paper.words(area.introductions), "has_errors": bool(wrong),
            }  # fmt: skip
        return self._render(template, context, status)

    def refused(self, refusal: Refused) -> HttpResponse:
        """Return the page that says why nothing can be answered here."""
        return self._render("standing", self._context() | {"why": refusal.code, "said": str(refusal)}, 409)

    def _next(self, step: str, go: str) -> str:
        if go.startswith("to:"):
            return go[3:]
        if go == "previous":
            return self.paper.beside(step, self.values, -1)
        return self.paper.beside(step, self.values, 1)

    def _keep(self) -> None:
        if self.invitation:
            save_draft(self.invitation, self.values, language=self.language, easy=self.easy, now=self.now)

    def _send(self) -> HttpResponse:
        if self.invitation is None and not self.kiosk and (wait := seconds_to_wait(self.request, OpenSending)):
            return too_often(self.show(REVIEW, problem="too_often"), wait)
        source = Answer.Source.INVITED if self.invitation else Answer.Source.OPEN
        try:
            once(self.request.POST.get("sending", ""), lambda: submit_answer(
                self.survey, self.values, invitation=self.invitation, source=source, language=self.language, now=self.now
            ))  # fmt: skip
        except ImpossibleValue as refusal:
            item = next(item for item in self.paper.items if item.key == refusal.field)
            return self.show(item.area, wrong=[item.key], status=422)
        except (AlreadyAnswered, NotOpenYet, SurveyClosed, NotByLink) as refusal:
            return self.refused(refusal)
        except Refused as refusal:
            return self.show(REVIEW, problem=str(refusal), status=422)
        return redirect(f"{self.thanks}?in={self.language}")

    def _context(self) -> dict[str, Any]:
        data = self.request.POST
        return {
            "survey": self.survey,
            "paper": self.paper,
            "name": self.paper.words(self.survey.titles) or self.survey.code,
            "here": self.here,
            "by_code": self.invitation is not None,
            "stratum": stratum_in_words(self.invitation, self.language) if self.invitation else "",
            "ticket": ticket_of(self.invitation) if self.invitation else "",
            "brought": json.dumps(self.values),
            "answered": len(self.values),
            "sending": data.get("sending") or str(uuid.uuid4()),
            "kiosk": self.kiosk,
            "opens_at": timezone.localtime(self.survey.opens_at) if self.survey.opens_at else None,
            "closes_at": timezone.localtime(self.survey.closes_at) if self.survey.closes_at else None,
            "languages": [(code, OWN_NAMES.get(code, code)) for code in self.survey.languages],
            "language": self.language,
            "easy": self.easy,
        }

    def _render(self, template: str, context: dict[str, Any], status: int) -> HttpResponse:
        with translation.override(self.language):
            response = render(self.request, f"surveys/answering/{template}.html", context, status=status)
        response["Content-Language"] = self.language
        # Back on a phone shows the page as it was; a tablet that the next person takes keeps nothing.
        response["Cache-Control"] = "no-store" if self.kiosk else "private, max-age=0"
        return response
