"""`/api/v1/surveys/`: what can be answered, the answers, what was published.

Everybody may do what the citizens' pages let everybody do, with the same limits. A code never stands in an address, and
nothing here writes down that one was used (`docs/decisions/0016-survey-anonymity.md`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ErrorDetail, NotAuthenticated, Throttled, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from feedback.api.idempotency import HEADER, check_key, client_of
from feedback.api.shaping import shaped, shaped_list
from feedback.views.limits import seconds_over, seconds_to_wait
from organisation.errors import NotAllowed
from organisation.models import Person
from organisation.permissions import Permission
from organisation.queries import grants_of
from surveys.actions.answering import (
    AlreadyAnswered,
    ImpossibleValue,
    NotByLink,
    NothingAnswered,
    NotOpenYet,
    SurveyClosed,
    check_open,
    submit_answer,
)
from surveys.actions.fielding import UnknownCode
from surveys.actions.paper import find_for_paper, type_answer
from surveys.api import documentation as docs
from surveys.api.questionnaire import paper_of, read_answers, with_questions
from surveys.api.serializers import (
    CodeOnly,
    InvitedSerializer,
    NewAnswer,
    QuestionnaireSerializer,
    SurveySerializer,
    ThanksSerializer,
)
from surveys.codes import parse_code
from surveys.comment_queries import public_follow_up
from surveys.exporting import open_figures
from surveys.forms.answering import Questionnaire
from surveys.limits import Guessing, OpenSending, TypedGuessing
from surveys.models import Answer, Invitation, Survey
from surveys.publishing import publication_of
from surveys.queries import open_invitation, survey_for_answers, surveys_as_told, surveys_known_to
from surveys.questionnaires import text_in
from surveys.sample_queries import stratum_in_words
from surveys.sending_once import once


class Withdrawn(APIException):
    """The results were published and withdrawn. The detail says why."""

    status_code = 410
    default_code = "withdrawn"


def _person(request: Request) -> Person | None:
    return request.user if isinstance(request.user, Person) else None


def _known(request: Request) -> Any:
    return surveys_known_to(_person(request), now=timezone.now(), today=timezone.localdate())


class SurveysView(APIView):
    """The surveys that the caller may know of."""

    permission_classes = [AllowAny]

    @docs.list_surveys
    def get(self, request: Request) -> Response:
        return Response({"next": None, "results": shaped_list(request, SurveySerializer, _known(request))})


class SurveyView(APIView):
    """One survey with its questionnaire."""

    permission_classes = [AllowAny]

    @docs.read_survey
    def get(self, request: Request, survey: str) -> Response:
        found = _known(request).filter(code=survey).first()
        if found is None:
            raise Http404
        return Response(shaped(request, QuestionnaireSerializer, with_questions(found)))


class ByCodeView(APIView):
    """The survey that a code opens, with its questionnaire. A POST, so that no log along the way has the code."""

    permission_classes = [AllowAny]

    @docs.read_by_code
    def post(self, request: Request) -> Response:
        body = CodeOnly(data=request.data)
        body.is_valid(raise_exception=True)
        now = timezone.now()
        invitation = _invitation(request, None, body.validated_data["code"], now=now)
        found = surveys_as_told(now=now, today=timezone.localdate()).get(pk=invitation.survey_id)
        told: Any = with_questions(found)
        told.kept_with_answer = stratum_in_words(invitation, told.language)
        return Response(InvitedSerializer(told, context={"request": request}).data)


class AnswersView(APIView):
    """The way in for answers. Nothing comes back of them."""

    permission_classes = [AllowAny]

    @docs.answer
    def post(self, request: Request, survey: str) -> Response:
        found = survey_for_answers(survey)
        if found is None:
            raise Http404
        body = NewAnswer(data=request.data)
        body.is_valid(raise_exception=True)
        sending = Sending(request, found, timezone.now(), **body.validated_data)
        replayed = once(sending.key(), sending.take, body=sending.seal())
        answer = ThanksSerializer({"survey": found.code, "thanks": text_in(found.thanks, sending.language)})
        return Response(answer.data, 201, headers={"Idempotent-Replayed": "true"} if replayed else {})


@dataclass
class Sending:
    """One answer on its way in."""

    request: Request
    survey: Survey
    now: datetime
    answers: Mapping[str, Any]
    on_paper: bool
    code: str | None = None
    language: str = ""
    paper: Questionnaire = field(init=False)

    def __post_init__(self) -> None:
        self.paper = paper_of(self.survey)
        self.language = self.language or self.paper.language

    def key(self) -> str:
        """Return under what this sending is known again, empty where the client named nothing. A digest under the house's own
        secret: whoever sees the cache finds neither the code nor the client's key in it."""
        header = self.request.headers.get(HEADER)
        if header is None:
            return ""
        check_key(header)
        by = client_of(self.request) if _person(self.request) else BaseThrottle().get_ident(self.request)
        return _sealed("key", self.survey.code, self.code or by or "", header)

    def seal(self) -> str:
        """Return the digest of what is sent, such that the same sent again is known and nobody reads it out of the cache."""
        return _sealed("body", self.request.headers.get(HEADER, ""), json.dumps(self.request.data, sort_keys=True))

    def take(self) -> None:
        """Store the answer by the action that the page calls. Raises ValidationError, Throttled, and what refuses it."""
        try:
            self._take_from_paper() if self.on_paper else self._take()
        except ImpossibleValue as refusal:
            raise ValidationError({"answers": {refusal.field: [ErrorDetail(str(refusal), refusal.code)]}}) from None
        except NothingAnswered as refusal:
            raise ValidationError({"answers": [ErrorDetail(str(refusal), refusal.code)]}) from None

    def _take(self) -> None:
        invitation = None
        if self.code:
            invitation = _invitation(self.request, self.survey, self.code, now=self.now)
        elif not self.survey.open_to_all:
            raise NotByLink
        else:
            check_open(self.survey, now=self.now)
        values = read_answers(self.paper, self.answers)
        if invitation is None and (wait := seconds_to_wait(self.request._request, OpenSending)):
            raise Throttled(wait)
        source = Answer.Source.INVITED if invitation else Answer.Source.OPEN
        try:
            submit_answer(
                self.survey, values, invitation=invitation, source=source, language=self.language, now=self.now
            )
        except (AlreadyAnswered, NotOpenYet, SurveyClosed):
            if invitation is None:
                raise
            raise code_refused() from None

    def _take_from_paper(self) -> None:
        by = _person(self.request)
        if by is None:
            raise NotAuthenticated
        if not grants_of(by).allows(Permission.TYPE_ANSWERS, self.survey.unit_id):
            raise NotAllowed
        check_open(self.survey, now=self.now, paper=True)
        invitation = None
        if self.code:
            if wait := seconds_over(self.request._request, TypedGuessing):
                raise Throttled(wait)
            try:
                invitation = find_for_paper(self.survey, self.code, by=by, now=self.now)
            except UnknownCode:
                seconds_to_wait(self.request._request, TypedGuessing)
                raise
        values = read_answers(self.paper, self.answers)
        type_answer(self.survey, values, invitation=invitation, language=self.language, by=by, now=self.now)


def _invitation(request: Request, survey: Survey | None, typed: str, *, now: datetime) -> Invitation:
    """Return the invitation that can be answered with a code. A code that is wrong, used, of another survey, or of one that
    is not open is refused in the same words. Raises Throttled after too many of them."""
    if wait := seconds_over(request._request, Guessing):
        raise Throttled(wait)
    code = parse_code(typed)
    found = open_invitation(survey, code) if code else None
    if found is not None:
        try:
            check_open(found.survey, now=now)
            return found
        except (NotOpenYet, SurveyClosed):
            pass
    seconds_to_wait(request._request, Guessing)
    raise code_refused()


def code_refused() -> ValidationError:
    sentence = _(
        "This code opens nothing now. Look at it once more. It may have been used, or the survey may not be open."
    )
    return ValidationError({"code": [ErrorDetail(str(sentence), "code_refused")]})


def _sealed(*parts: str) -> str:
    return salted_hmac("survey-sending", json.dumps(parts), algorithm="sha256").hexdigest()


class ResultsView(APIView):
    """What was published of a survey, for everybody."""

    permission_classes = [AllowAny]

    @docs.results
    def get(self, request: Request, survey: str) -> Response:
        today = timezone.localdate()
        found = survey_for_answers(survey)
        published = publication_of(found, today) if found else None
        if found is None or published is None:
            raise Http404
        if published.withdrawn_at:
            raise Withdrawn(published.withdrawn_because)
        comments = public_follow_up(found)
        figures = open_figures(published.figures, comments.told(today) if comments else None)
        figures["publication"] = {
            "version": published.version,
            "published_on": published.publish_on.isoformat(),
            "reason": published.reason,
            "words": text_in(published.words, get_language() or "nb"),
        }
        return Response(figures)
