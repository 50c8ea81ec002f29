"""The shape of what the API takes and gives. Nothing is decided here: what a card may be is the actions' to say."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from feedback.actions.intake import LONGEST_TEXT, Intake
from feedback.api.house_serializers import CATEGORY, unit_at
from feedback.api.shaping import Shaped, unbound
from feedback.deadlines import Contact
from feedback.forms.citizen import check_phone
from feedback.mails import status_url
from feedback.masking import masked
from feedback.models import Card, Category, Submitter
from feedback.rules import needs_contact
from feedback.workflow import Channel, CloseResult, Kind, State
from organisation.models import Person, Unit

# An import keeps keys of the system it comes from, and is a command; Open311 has a door of its own.
CHANNELS = [(value, label) for value, label in Channel.choices if value not in (Channel.IMPORT, Channel.OPEN311)]

OTHER_WAYS = Submitter.OtherWay.choices


class Strict(serializers.Serializer):
    """A serializer that refuses fields it does not know: a misspelt name must not be lost in silence."""

    default_error_messages = {
        "unknown_field": _("There is no field «%(name)s» here. The fields are: %(names)s."),
        "invalid": _("An object is needed here, with the fields: %(names)s."),
    }

    def get_fields(self) -> dict[str, serializers.Field]:
        # REST framework makes each anew from what it was made of, which takes as long as to write a card.
        return {name: unbound(field) for name, field in self._declared_fields.items()}

    def to_internal_value(self, data: Any) -> Any:
        names = [name for name, field in self.fields.items() if not field.read_only]
        if not isinstance(data, Mapping):
            raise serializers.ValidationError(
                {"non_field_errors": [str(self.error_messages["invalid"]) % {"names": ", ".join(names)}]}, "invalid"
            )
        unknown = [str(name) for name in data if name not in names]
        if unknown:
            sentence = str(self.error_messages["unknown_field"])
            raise serializers.ValidationError(
                {name: [sentence % {"name": name[:100], "names": ", ".join(names)}] for name in unknown[:20]},
                "unknown_field",
            )
        return super().to_internal_value(data)


class Text(serializers.CharField):
    """A text and only a text: REST framework would take a number for one."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field({"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT, "pattern": "\\S"})
class LongText(Text):
    """The text of a card: something must be in it."""


class Email(serializers.EmailField):
    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class YesNo(serializers.BooleanField):
    """true or false and nothing that looks like it."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Choice(serializers.ChoiceField):
    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return super().to_internal_value(data)


class Day(serializers.DateField):
    """A local date, YYYY-MM-DD, that the calendar has."""

    default_error_messages = {
        "invalid": _("That is not a date in the calendar. Write it like 2026-11-21."),
        "datetime": _("That is not a date in the calendar. Write it like 2026-11-21."),
    }


class Degrees(serializers.FloatField):
    """Degrees as a number, kept to six decimals: a tenth of a metre."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, bool) or not isinstance(data, (int, float)):
            self.fail("invalid")
        try:
            return Decimal(repr(float(data))).quantize(Decimal("0.000001"))
        except (ArithmeticError, ValueError, OverflowError):
            self.fail("invalid")

    def to_representation(self, value: Any) -> Any:
        return float(value)


class Code(serializers.SlugRelatedField):
    """A unit or a category by its code."""

    default_error_messages = {
        "does_not_exist": _("There is none with the code «{value}»."),
        "invalid": _("A code is a text."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="code", **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data[:200])


def can_be_rung(phone: str) -> None:
    """Raise ValidationError for a number that the citizen's page would refuse too."""
    check_phone(phone)


# --- What comes in ---------------------------------------------------------------------------------------------------


class NewSubmitter(Strict):
    """How to reach the person who sent the card. All is optional."""

    name = Text(required=False, allow_blank=True, max_length=150)
    address = Text(required=False, allow_blank=True, max_length=250)
    phone = Text(
        required=False,
        allow_blank=True,
        max_length=30,
        validators=[can_be_rung],
        help_text=_("Daytime phone."),
    )
    email = Email(required=False, allow_blank=True, max_length=254, help_text=_("The receipt goes there."))
    other_way = Choice(
        choices=OTHER_WAYS,
        required=False,
        allow_blank=True,
        help_text=_("Where another way than voice is agreed with the submitter."),
    )
    other_way_note = Text(required=False, allow_blank=True, max_length=250)


class NewCard(Strict):
    """A card to register."""

    text = LongText(max_length=LONGEST_TEXT, help_text=_("What the submitter wants to say."))
    channel = Choice(choices=CHANNELS, default=Channel.API, help_text=_("How the card came to you."))
    kind = Choice(choices=Kind.choices, required=False, allow_blank=True)
    category = Code(queryset=Category.objects.filter(is_active=True), required=False, allow_null=True)
    unit = Code(
        queryset=Unit.objects.all(),
        required=False,
        allow_null=True,
        help_text=_("Only where the unit is known for certain; otherwise the routing rules pick it."),
    )
    language = Choice(
        choices=settings.LANGUAGES,
        required=False,
        help_text=_("The submitter's language; the municipality's first language if not given."),
    )
    received_on = Day(required=False, allow_null=True, help_text=_("Local date; the day of registration if not given."))
    political = YesNo(default=False, help_text=_("Political content goes to the mayor's office."))
    place = Text(required=False, allow_blank=True, max_length=250, help_text=_("Address or description."))
    area = Text(required=False, allow_blank=True, max_length=100)
    latitude = Degrees(required=False, allow_null=True, min_value=-90, max_value=90, help_text=_("WGS 84."))
    longitude = Degrees(required=False, allow_null=True, min_value=-180, max_value=180, help_text=_("WGS 84."))
    submitter = NewSubmitter(required=False, allow_null=True)

    def intake(self, *, language: str, idempotency_key: str | None) -> Intake:
        """Return what came in as the action takes it."""
        given: dict[str, Any] = dict(self.validated_data)
        contact = Contact(**(given.pop("submitter", None) or {}))
        given.setdefault("language", language)
        return Intake(**given, contact=contact, idempotency_key=idempotency_key)


class Credentials(Strict):
    """What a person signs in with."""

    email = Text(max_length=254, help_text=_("As when you sign in."))
    password = Text(max_length=500, trim_whitespace=False, write_only=True)


# --- What goes out ---------------------------------------------------------------------------------------------------


class TokenSerializer(serializers.Serializer):
    token = serializers.CharField(help_text=_("Send it as `Authorization: Token …`."))


class SubmitterSerializer(serializers.ModelSerializer):
    email = serializers.CharField(read_only=True)
    other_way = serializers.ChoiceField(choices=[("", _("As usual, by voice")), *OTHER_WAYS], read_only=True)

    class Meta:
        model = Submitter
        fields = ["name", "address", "phone", "email", "other_way", "other_way_note"]
        read_only_fields = fields


class HandlerSerializer(serializers.ModelSerializer):
    """The case handler to whom a card is delegated."""

    class Meta:
        model = Person
        fields = ["name", "email"]
        read_only_fields = fields


class CardSerializer(Shaped, serializers.ModelSerializer):
    """A card as staff may see it. Its secret is never here."""

    expands = {"unit": unit_at("unit"), "category": CATEGORY}

    url = serializers.HyperlinkedIdentityField("api:card", lookup_field="reference")
    category: Any = serializers.SlugRelatedField(slug_field="code", read_only=True, allow_null=True)
    unit: Any = serializers.SlugRelatedField(slug_field="code", read_only=True)
    handler = HandlerSerializer(read_only=True, allow_null=True)
    latitude = Degrees(read_only=True, allow_null=True)
    longitude = Degrees(read_only=True, allow_null=True)
    attempts = serializers.IntegerField(read_only=True, help_text=_("Calls that failed since it was (re)opened."))
    kind = serializers.ChoiceField(choices=[("", _("Not said")), *Kind.choices], read_only=True)
    state = serializers.ChoiceField(choices=State.choices, read_only=True)
    close_result = serializers.ChoiceField(choices=[("", _("Not closed")), *CloseResult.choices], read_only=True)
    submitter = serializers.SerializerMethodField()

    class Meta:
        model = Card
        fields = [
            "reference",
            "url",
            "state",
            "channel",
            "kind",
            "category",
            "unit",
            "handler",
            "text",
            "language",
            "political",
            "place",
            "area",
            "latitude",
            "longitude",
            "received_on",
            "registered_at",
            "callback_owed",
            "due_on",
            "expected_on",
            "attempts",
            "completed_at",
            "closed_at",
            "close_result",
            "submitter",
        ]
        read_only_fields = fields

    @extend_schema_field(SubmitterSerializer(allow_null=True))
    def get_submitter(self, card: Card) -> dict[str, str] | None:
        """An anonymous card has no row, and the reverse side of a one-to-one raises instead of giving None."""
        submitter = getattr(card, "submitter", None)
        if submitter is None:
            return None
        # All are texts: a serializer made for each row would say the same, and takes ten times as long.
        details: dict[str, str] = {name: getattr(submitter, name) for name in SubmitterSerializer.Meta.fields}
        # In lists, feed and what is expanded there; a card read by itself has them whole.
        if self.context.get("masked") and not needs_contact(self.context["request"].user, card.unit_id):
            return {name: masked(name, value) for name, value in details.items()}
        return details


class RegisteredCardSerializer(CardSerializer):
    """The answer to whoever registered it: with the address of the submitter's own page, to hand on."""

    is_shaped = False
    status_url = serializers.SerializerMethodField(
        help_text=_("The submitter's own page. Whoever has it sees the card.")
    )

    class Meta(CardSerializer.Meta):
        fields = [*CardSerializer.Meta.fields, "status_url"]
        read_only_fields = fields

    @extend_schema_field({"type": "string", "format": "uri"})
    def get_status_url(self, card: Card) -> str:
        return status_url(card)


class FieldProblemSerializer(serializers.Serializer):
    field = serializers.CharField(help_text=_("Path of the field or parameter; empty for the request as a whole."))
    code = serializers.CharField()
    detail = serializers.CharField(help_text=_("A sentence in the caller's language."))


class ProblemSerializer(serializers.Serializer):
    """Problem details by RFC 9457."""

    type = serializers.CharField(help_text="urn:innspill:problem:…")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField(help_text=_("For machines; does not change."))
    instance = serializers.CharField()
    errors = FieldProblemSerializer(many=True, required=False)  # type: ignore[assignment]
