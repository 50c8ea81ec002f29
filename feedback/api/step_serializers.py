"""The shape of what a step on a card takes. What is compulsory, and when, is the actions' to say."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field, inline_serializer
from rest_framework import serializers
from rest_framework.reverse import reverse

from feedback.actions.intake import LONGEST_TEXT
from feedback.api.house_serializers import WhoSerializer
from feedback.api.serializers import Choice, Code, Day, NewSubmitter, Strict, Text, YesNo
from feedback.models import Callback, Card, CardEvent, Category
from feedback.workflow import HIGHEST, LOWEST, CloseResult, Kind
from organisation.models import Unit

EARLIEST = 1900
"""No moment that anybody writes down lies before this year."""


class Moment(serializers.DateTimeField):
    """A moment with its zone: without one nobody knows which hour is meant."""

    default_error_messages = {
        "invalid": _("Write the moment with its zone, like 2026-11-21T14:30:00+01:00."),
        "date": _("Write the moment with its zone, like 2026-11-21T14:30:00+01:00."),
        "too_early": _("That lies before the year 1900."),
        "no_zone": _("Write the moment with its zone, like 2026-11-21T14:30:00+01:00."),
    }

    def to_internal_value(self, data: Any) -> datetime:
        if not isinstance(data, (str, datetime)):
            self.fail("invalid", format="")
        return super().to_internal_value(data)

    def enforce_timezone(self, value: datetime) -> datetime:
        if value.tzinfo is None:
            self.fail("no_zone")
        if value.year < EARLIEST:
            self.fail("too_early")
        try:
            return super().enforce_timezone(value)
        except (OverflowError, ValueError):
            self.fail("invalid", format="")


class Whole(serializers.IntegerField):
    """A whole number, and neither a text nor true that looks like one."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return super().to_internal_value(data)


class Words(Text):
    """What a person wrote: staff's texts are as long as a card's may be."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"max_length": LONGEST_TEXT} | kwargs))


def _said(**kwargs: Any) -> Words:
    return Words(required=False, allow_blank=True, **kwargs)


class NewAttempt(Strict):
    """A call that did not reach the submitter."""

    made_at = Moment(required=False, help_text=_("Now, if not given."))
    note = _said(max_length=250)


class NewCallback(Strict):
    """The conversation in which the submitter got the answer, and how it was taken."""

    held_at = Moment(required=False, help_text=_("Now, if not given."))
    way = Choice(choices=Callback.Way.choices, default=Callback.Way.VOICE)
    summary = Words(help_text=_("What was said."))
    measures = _said()
    reaction = Whole(
        required=False, allow_null=True, min_value=LOWEST, max_value=HIGHEST, help_text=_("1 to 6, 6 the best.")
    )
    would_not_answer = YesNo(default=False)
    reason = _said(help_text=_("After 1–3: why."))
    reason_not_given = YesNo(default=False)
    alternative = _said(help_text=_("After 1–3: what the submitter proposes instead."))
    alternative_not_given = YesNo(default=False)
    register_alternative = YesNo(default=False, help_text=_("Make a card of its own of the alternative."))
    interview = YesNo(
        required=False,
        allow_null=True,
        help_text=_("Whether the submitter may be rung later for an interview; left out where nobody asked."),
    )


class NewFollowUp(Strict):
    """What was done about a card to whose submitter no callback is owed."""

    done_at = Moment(required=False, help_text=_("Now, if not given."))
    summary = Words()
    measures = _said()
    told = _said(help_text=_("What the submitter reads on the private page."))


class NewReferral(Strict):
    """To whom outside the municipality the submitter was referred."""

    body = Text(max_length=150)
    contacted_at = Moment(
        required=False,
        allow_null=True,
        help_text=_("When the submitter was told; compulsory where a callback is owed."),
    )
    text = _said(help_text=_("What the submitter is told in writing."))
    note = _said()


class ToUnit(Strict):
    unit: Any = Code(queryset=Unit.objects.all())


class ToOtherUnit(ToUnit):
    reason = Words(help_text=_("Why it goes there."))


class Reason(Strict):
    reason = Words()


class ToHandler(Strict):
    handler = serializers.EmailField(
        allow_null=True, max_length=254, help_text=_("E-mail address of somebody in the unit; null takes it back.")
    )


class NewPreliminaryAnswer(Strict):
    reason = Words()
    expected_on = Day(help_text=_("The day on which the answer is expected."))


class PostedCard(Strict):
    posted_on = Day(help_text=_("Local date."))


class Nothing(Strict):
    """An empty object."""


class NewNote(Strict):
    text = Words()


class Closing(Strict):
    result = Choice(choices=CloseResult.choices)
    duplicate_of = Text(
        required=False,
        allow_null=True,
        max_length=20,
        help_text=_("Reference of the card that this is a duplicate of."),
    )
    note = _said()


class ChangedCard(Strict):
    """What may be changed of a card. What is left out stays as it is."""

    kind = Choice(choices=Kind.choices, required=False, allow_blank=True)
    category: Any = Code(queryset=Category.objects.filter(is_active=True), required=False, allow_null=True)
    language = Choice(choices=settings.LANGUAGES, required=False)
    place = Text(required=False, allow_blank=True, max_length=250)
    area = Text(required=False, allow_blank=True, max_length=100)
    political = YesNo(required=False)
    submitter = NewSubmitter(required=False)


# --- What goes out ---------------------------------------------------------------------------------------------------


class EventSerializer(serializers.ModelSerializer):
    """One thing that happened to the card. `note` is what was written with it."""

    by = WhoSerializer(read_only=True, allow_null=True)
    note = serializers.SerializerMethodField()

    class Meta:
        model = CardEvent
        fields = ["what", "at", "by", "from_value", "to_value", "note"]
        read_only_fields = fields

    def get_note(self, event: CardEvent) -> str:
        note = getattr(event, "note", None)
        return note.text if note is not None else ""


class AttemptSerializer(serializers.Serializer):
    """A call that failed. `counts` is false of one that was undone or made before the card was opened again."""

    made_at = serializers.DateTimeField()
    note = serializers.CharField()
    recorded_at = serializers.DateTimeField()
    by = WhoSerializer(source="recorded_by", allow_null=True)
    counts = serializers.SerializerMethodField()

    def get_counts(self, attempt: Any) -> bool:
        card: Card = self.context["card"]
        return attempt.undone_at is None and attempt.cycle == card.cycle


class AttachmentSerializer(serializers.Serializer):
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text=_("Bytes."))
    sha256 = serializers.CharField()
    added_at = serializers.DateTimeField()
    by_submitter = serializers.BooleanField()
    url = serializers.SerializerMethodField()

    @extend_schema_field({"type": "string", "format": "uri"})
    def get_url(self, attachment: Any) -> str:
        return reverse(
            "api:attachment", [self.context["card"].reference, attachment.sha256], request=self.context["request"]
        )


def listed(serializer: type[serializers.Serializer]) -> Any:
    """Return the shape of a list that fits in one page: `next` is null."""
    name = serializer.__name__.removesuffix("Serializer") + "List"
    return inline_serializer(
        name, {"next": serializers.CharField(allow_null=True, read_only=True), "results": serializer(many=True)}
    )
