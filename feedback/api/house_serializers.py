"""The shape of units, categories and people, wherever they are told of."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from feedback.api.shaping import Expansion, Shaped, joined
from feedback.models import Category
from organisation.models import Unit


class WhoSerializer(serializers.Serializer):
    name = serializers.CharField()
    email = serializers.CharField()


def unit_at(path: str) -> Expansion:
    """Return how the unit at the end of these relations is expanded."""
    whole = (path, *(f"{path}__{below}" for below in ("parent", "leader", "successor")))
    source = path.replace("__", ".")

    def field() -> serializers.Field:
        named: dict[str, Any] = {"source": source} if "." in source else {}
        return UnitSerializer(read_only=True, allow_null=True, **named)

    return Expansion(field, joined(*whole))


class UnitSerializer(Shaped, serializers.ModelSerializer):
    """A unit. One that is closed names its successor, to which its cards go."""

    expands = {"parent": unit_at("parent"), "successor": unit_at("successor")}

    parent: Any = serializers.SlugRelatedField(slug_field="code", read_only=True, allow_null=True)
    successor: Any = serializers.SlugRelatedField(slug_field="code", read_only=True, allow_null=True)
    kind = serializers.ChoiceField(choices=Unit.Kind.choices, read_only=True)
    leader = WhoSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Unit
        fields = ["code", "name", "kind", "parent", "leader", "closed_on", "successor"]
        read_only_fields = fields


class CategorySerializer(Shaped, serializers.ModelSerializer):
    """What a card can be about. Names are by language; without a deadline of its own the municipality's holds."""

    names = serializers.SerializerMethodField()
    in_use = serializers.BooleanField(source="is_active", read_only=True)
    political = serializers.BooleanField(source="is_political", read_only=True)

    class Meta:
        model = Category
        fields = ["code", "name", "names", "in_use", "political", "deadline_days"]
        read_only_fields = fields

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}})
    def get_names(self, category: Category) -> dict[str, str]:
        return category.names


CATEGORY = Expansion(lambda: CategorySerializer(read_only=True, allow_null=True), joined("category"))
