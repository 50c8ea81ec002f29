"""The shape of what the API takes and gives of surveys, in the caller's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from feedback.api.house_serializers import unit_at
from feedback.api.serializers import Choice, Strict, Text, YesNo
from feedback.api.shaping import Shaped
from surveys.models import Survey
from surveys.questionnaires import QuestionKind, Stage, SurveyKind

# --- What goes out ---------------------------------------------------------------------------------------------------


class SurveySerializer(Shaped):
    """One survey. `unit` is null of one that asks about the whole municipality."""

    expands = {"unit": unit_at("unit")}

    code = serializers.CharField()
    url = serializers.SerializerMethodField()
    title = serializers.SerializerMethodField()
    kind = serializers.ChoiceField(choices=SurveyKind.choices)
    unit = serializers.CharField(source="unit.code", allow_null=True, default=None, help_text=_("The unit's code."))
    stage = serializers.ChoiceField(choices=Stage.choices)
    languages = serializers.ListField(child=serializers.CharField(), help_text=_("In which it can be answered."))
    open = serializers.BooleanField(source="is_open", help_text=_("Whether answers are taken now."))
    opens_at = serializers.DateTimeField(allow_null=True)
    closes_at = serializers.DateTimeField(allow_null=True)
    needs_code = serializers.SerializerMethodField(help_text=_("Whether only those can answer who got a code."))
    questions = serializers.IntegerField(source="question_count")
    published_on = serializers.DateField(allow_null=True, help_text=_("The day on which the results came out."))
    results = serializers.SerializerMethodField(help_text=_("Where the results are, once they are out."))

    @extend_schema_field({"type": "string", "format": "uri"})
    def get_url(self, survey: Any) -> str:
        return reverse("surveys_api:survey", [survey.code], request=self.context["request"])

    def get_title(self, survey: Survey) -> str:
        return survey.title(get_language() or "nb")

    def get_needs_code(self, survey: Survey) -> bool:
        return not survey.open_to_all

    @extend_schema_field({"type": ["string", "null"], "format": "uri"})
    def get_results(self, survey: Any) -> str | None:
        if survey.published_on is None or survey.withdrawn_at is not None:
            return None
        return reverse("surveys_api:results", [survey.code], request=self.context["request"])


NUMBER_OR_KEY = {"oneOf": [{"type": "integer"}, {"type": "string"}]}


@extend_schema_field(NUMBER_OR_KEY)
class NumberOrKey(serializers.Field):
    """A point of a scale, or the key of a choice."""

    def to_representation(self, value: Any) -> Any:
        return value


class SurveyChoiceSerializer(serializers.Serializer):
    value = NumberOrKey(help_text=_("What is sent as the answer."))
    text = serializers.CharField()


class AskedIfSerializer(serializers.Serializer):
    """Asked only of those who gave one of these answers to an earlier item."""

    item = serializers.CharField()
    values = serializers.ListField(child=NumberOrKey())


class SurveyItemSerializer(serializers.Serializer):
    """One question. An answer is a number on a scale, a choice's value, a list of values (in order for a ranking), a text, or
    «dk» where `dont_know` is true."""

    key = serializers.CharField()
    type = serializers.ChoiceField(choices=QuestionKind.choices)
    text = serializers.CharField()
    easy_text = serializers.CharField(help_text=_("The same, easy to read; empty where there is no such text."))
    help = serializers.CharField()
    background = serializers.BooleanField(help_text=_("Whether it asks about the respondent."))
    choices = SurveyChoiceSerializer(many=True)
    low = serializers.CharField(help_text=_("The words at the lowest point of a scale."))
    high = serializers.CharField(help_text=_("The words at the highest point of a scale."))
    dont_know = serializers.BooleanField(help_text=_("Whether «dk», don't know, is an answer."))
    at_most = serializers.IntegerField(allow_null=True, help_text=_("So many choices at most."))
    longest = serializers.IntegerField(allow_null=True, help_text=_("Characters of a text."))
    asked_if = AskedIfSerializer(allow_null=True)


class SurveySectionSerializer(serializers.Serializer):
    """A theme: the items that stand on one page."""

    key = serializers.CharField()
    title = serializers.CharField()
    introduction = serializers.CharField()
    items = SurveyItemSerializer(many=True)


class QuestionnaireSerializer(SurveySerializer):
    """A survey with what it asks, in `language`: the caller's where the survey has it, else its first."""

    language = serializers.CharField()
    introduction = serializers.CharField()
    sections = SurveySectionSerializer(many=True)


class InvitedSerializer(QuestionnaireSerializer):
    """A survey as somebody with a code is asked it."""

    is_shaped = False

    kept_with_answer = serializers.CharField(
        help_text=_(
            "The group from which the person was drawn; it stands beside the answer, and nothing else of the person does. Say"
            " so before they answer. Empty where nothing stands there."
        )
    )


class ThanksSerializer(serializers.Serializer):
    survey = serializers.CharField()
    thanks = serializers.CharField(help_text=_("The survey's words to whoever answered."))


class PublicationSerializer(serializers.Serializer):
    """Which version of the results this is, and what the municipality says of them."""

    version = serializers.IntegerField()
    published_on = serializers.DateField()
    reason = serializers.CharField(help_text=_("Why there is a new version."))
    words = serializers.CharField()


def _rows(what: Any) -> Any:
    return serializers.ListField(child=serializers.DictField(), help_text=what)


class SurveyResultsSerializer(serializers.Serializer):
    """What was published, as the open data have it. `dictionary` says what each name means. A figure of fewer answers than
    `smallest_group`, or from which one would follow, is not there: `suppressed` is true."""

    publication = PublicationSerializer()
    survey = serializers.CharField()
    n_invited = serializers.IntegerField(allow_null=True)
    n_answered = serializers.IntegerField()
    response_rate = serializers.FloatField(allow_null=True)
    population = serializers.IntegerField(allow_null=True)
    smallest_group = serializers.IntegerField()
    weighting = serializers.DictField()
    areas = _rows(_("Each area's n, mean, sd, se, and the ends of its 95 per cent interval (ci_low, ci_high)."))
    items = _rows(_("The same of each rated question, with shares."))
    choices = _rows(_("The shares of each choice."))
    groups = _rows(_("Areas and items by group."))
    comparisons = _rows(_("With the country, other municipalities and earlier rounds."))
    responded = serializers.DictField(allow_null=True, help_text=_("How many of each respondent group answered."))
    dictionary = serializers.DictField(child=serializers.CharField())


# --- What comes in ---------------------------------------------------------------------------------------------------


class CodeOnly(Strict):
    """The code from the letter."""

    code = Text(max_length=40, help_text=_("Like K7QM-2XPD-4. Dashes and capital letters do not matter."))


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": {
            "oneOf": [
                {"type": "integer"},
                {"type": "string"},
                {"type": "array", "items": {"type": "string"}},
                {"type": "null"},
            ]
        },
    }
)
class Answers(serializers.Field):
    """An object: the answers by the items' keys. What each may be the questionnaire says."""

    default_error_messages = {"invalid": _("An object is needed here: the answers by the keys of the items.")}

    def to_internal_value(self, data: Any) -> Mapping[str, Any]:
        if not isinstance(data, Mapping):
            self.fail("invalid")
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class NewAnswer(Strict):
    """What one respondent answered. Nothing in it is kept together with the code."""

    code = Text(
        required=False,
        allow_null=True,
        max_length=40,
        help_text=_("From the letter; without one in a survey open to all."),
    )
    language = Choice(
        choices=settings.LANGUAGES, required=False, help_text=_("In which it was answered; the caller's if not given.")
    )
    answers = Answers()
    on_paper = YesNo(
        default=False,
        help_text=_(
            "Typed in from paper, by those who may: also after the closing, while the survey waits for the post."
        ),
    )
