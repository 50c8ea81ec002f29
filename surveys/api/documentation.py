"""What the schema says of surveys: words, examples, and every answer they may give."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema

from feedback.api.documentation import CREATED, IDEMPOTENCY_KEY, LANGUAGE, OK, problems
from feedback.api.shaping import shapes
from feedback.api.step_serializers import listed
from surveys.api.serializers import (
    CodeOnly,
    InvitedSerializer,
    NewAnswer,
    QuestionnaireSerializer,
    SurveyResultsSerializer,
    SurveySerializer,
    ThanksSerializer,
)

HERE = "https://solvik.example/api/v1/surveys/citizens-2026/"
SURVEY: dict[str, Any] = {
    "code": "citizens-2026",
    "url": HERE,
    "title": "Citizen survey 2026",
    "kind": "citizen",
    "unit": None,
    "stage": "fielded",
    "languages": ["nb", "nn", "en"],
    "open": True,
    "opens_at": "2026-11-02T08:00:00+01:00",
    "closes_at": "2026-11-30T23:59:00+01:00",
    "needs_code": True,
    "questions": 2,
    "published_on": None,
    "results": None,
}
ITEM: dict[str, Any] = {
    "key": "roads",
    "type": "scale",
    "text": "The roads are well kept.",
    "easy_text": "",
    "help": "",
    "background": False,
    "choices": [{"value": point, "text": str(point)} for point in range(1, 7)],
    "low": "completely disagree",
    "high": "completely agree",
    "dont_know": True,
    "at_most": None,
    "longest": None,
    "asked_if": None,
}
WHY = ITEM | {
    "key": "roads-why",
    "type": "text",
    "text": "What is wrong with them?",
    "choices": [],
    "low": "",
    "high": "",
    "dont_know": False,
    "longest": 4000,
    "asked_if": {"item": "roads", "values": [1, 2]},
}
QUESTIONNAIRE = SURVEY | {
    "language": "en",
    "introduction": "What do you think of the municipality?",
    "sections": [{"key": "streets", "title": "Streets and roads", "introduction": "", "items": [ITEM, WHY]}],
}
CODE = {"code": "K7QM-2XPD-4"}
ANSWER = CODE | {"language": "en", "answers": {"roads": 2, "roads-why": "Holes by the school."}}
RESULTS: dict[str, Any] = {
    "publication": {"version": 1, "published_on": "2027-01-15", "reason": "", "words": "We work on the roads."},
    "survey": "citizens-2026",
    "n_invited": 500,
    "n_answered": 312,
    "response_rate": 0.624,
    "population": 4100,
    "smallest_group": 5,
    "weighting": {"method": "none", "variables": []},
    "areas": [
        {
            "key": "streets", "suppressed": False, "n": 305, "mean": 3.42, "sd": 1.21, "se": 0.067, "df": 304,
            "ci_low": 3.29, "ci_high": 3.55, "alpha": 0.81,
        }
    ],
    "items": [{"key": "roads", "suppressed": True}],
    "choices": [],
    "groups": [],
    "comparisons": [],
    "responded": None,
    "dictionary": {"mean": "mean"},
}  # fmt: skip
SURVEY_CODE = OpenApiParameter(
    "survey",
    {"type": "string", "pattern": "^[-a-zA-Z0-9_]{1,60}$"},
    OpenApiParameter.PATH,
    description=_("The survey's code."),
)
WHO = _(
    "Everybody may: of surveys that are open to all and of those whose results are out. Whoever has the survey pages sees"
    " the others too."
)

list_surveys = extend_schema(
    operation_id="surveys_list",
    summary=_("List the surveys that you may know of"),
    description=WHO,
    tags=["surveys"],
    parameters=[LANGUAGE, *shapes(SurveySerializer)],
    responses={OK: listed(SurveySerializer)} | problems(400, 401, 403, 406, 500, 503),
    examples=[OpenApiExample("All", {"next": None, "results": [SURVEY]}, response_only=True, status_codes=["200"])],
)
read_survey = extend_schema(
    operation_id="surveys_retrieve",
    summary=_("Read one survey with its questionnaire"),
    description=WHO,
    tags=["surveys"],
    parameters=[LANGUAGE, SURVEY_CODE, *shapes(QuestionnaireSerializer)],
    responses={OK: QuestionnaireSerializer} | problems(400, 401, 403, 404, 406, 500, 503),
    examples=[OpenApiExample("A survey", QUESTIONNAIRE, response_only=True, status_codes=["200"])],
)
read_by_code = extend_schema(
    operation_id="surveys_by_code",
    summary=_("Read the questionnaire that a code opens"),
    description=_(
        "Reading spends nothing. A code that is wrong, has been used, or belongs to a survey that is not open is refused"
        " in the same words, and after twenty of them in an hour from one address with 429."
    ),
    tags=["surveys"],
    parameters=[LANGUAGE],
    request=CodeOnly,
    responses={OK: InvitedSerializer} | problems(400, 401, 403, 406, 413, 415, 429, 500, 503),
    examples=[
        OpenApiExample("A code", CODE, request_only=True),
        OpenApiExample(
            "Its survey", QUESTIONNAIRE | {"kept_with_answer": ""}, response_only=True, status_codes=["200"]
        ),
    ],
)
answer = extend_schema(
    operation_id="surveys_answer",
    summary=_("Send an answer"),
    description=_(
        "With the code from the letter, which is spent by it; without one where the survey is open to all. Errors name the"
        " item, as `answers.roads`. Answers to items that the others say are not asked are left out. Nothing of the answer"
        " can be read, changed or joined to the code afterwards. An Idempotency-Key is known for a quarter of an hour."
    ),
    tags=["surveys"],
    parameters=[LANGUAGE, SURVEY_CODE, IDEMPOTENCY_KEY],
    request=NewAnswer,
    responses={CREATED: ThanksSerializer} | problems(400, 401, 403, 404, 406, 409, 413, 415, 422, 429, 500, 503),
    examples=[
        OpenApiExample("By code", ANSWER, request_only=True),
        OpenApiExample("Open to all", {"answers": {"roads": "dk"}}, request_only=True),
        OpenApiExample(
            "In",
            {"survey": "citizens-2026", "thanks": "Thank you!"},
            response_only=True,
            status_codes=["201"],
        ),
    ],
)
results = extend_schema(
    operation_id="surveys_results",
    summary=_("Read the published results"),
    description=_(
        "What was published and nothing else, at full precision, the same as the open data. Of small groups there are no"
        " figures. Results that were withdrawn are answered with 410 and the reason."
    ),
    tags=["surveys"],
    parameters=[LANGUAGE, SURVEY_CODE],
    responses={OK: SurveyResultsSerializer} | problems(401, 404, 406, 410, 500, 503),
    examples=[OpenApiExample("Results", RESULTS, response_only=True, status_codes=["200"])],
)
