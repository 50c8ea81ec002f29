"""`fields=` and `expand=`: how much of a resource an answer holds, and what stands in it in place of a key.

A serializer that takes part is `Shaped`; its view answers by `shaped` or `shaped_list`, and its words in the schema come
from `shapes`. The libraries for this say nothing of a name that does not exist, describe nothing to the schema, and leave
the reading to each view.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any, NamedTuple

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import NotAuthenticated, PermissionDenied, ValidationError
from rest_framework.request import Request

from feedback.rules import may_see_cards
from organisation.models import Person

FIELDS, EXPAND = "fields", "expand"


class Expansion(NamedTuple):
    """What stands in a field where it is expanded. `read` fetches it for all rows of an answer in a fixed number of
    statements; `may` is the right to read such an object at its own address."""

    field: Callable[[], serializers.Field]
    read: Callable[[Sequence[Any]], object]
    may: Callable[[Person], bool] = may_see_cards


def joined(*lookups: str) -> Callable[[Sequence[Any]], object]:
    """Return a `read` that follows these relations from the rows, a statement for each that is not there yet."""
    return lambda rows: prefetch_related_objects(rows, *lookups)


class Shape(NamedTuple):
    """What a request asked for. `fields` is None where all are wanted."""

    fields: frozenset[str] | None
    expand: frozenset[str]


_FIELDS: dict[type, dict[str, serializers.Field]] = {}


def unbound(field: serializers.Field) -> serializers.Field:
    """Return a field like this one for another serializer. What holds fields itself has them know it, and is made anew."""
    holds = isinstance(field, serializers.BaseSerializer) or hasattr(field, "child") or hasattr(field, "child_relation")
    if holds:
        return deepcopy(field)
    made = type(field).__new__(type(field))
    vars(made).update(vars(field))  # as `copy`, in a part of its time: forty for an answer
    return made


class Shaped(serializers.Serializer):
    """A serializer whose answers can be shaped. `expands` says which fields can hold an object in place of its key."""

    expands: Mapping[str, Expansion] = {}
    is_shaped = True

    def __init__(self, *args: Any, shape: Shape | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shape = shape

    def get_fields(self) -> dict[str, serializers.Field]:
        # Made of the model's fields once, which takes longer than all that an answer does with them.
        kept = _FIELDS.get(type(self))
        if kept is None:
            kept = _FIELDS[type(self)] = super().get_fields()
        fields = {name: unbound(field) for name, field in kept.items()}
        if self.shape is None:
            return fields
        fields |= {name: self.expands[name].field() for name in self.shape.expand}
        wanted = self.shape.fields
        return fields if wanted is None else {name: field for name, field in fields.items() if name in wanted}


def shaped_list(request: Request, serializer: type[Shaped], rows: Iterable[Any], *, whole: bool = False) -> list[Any]:
    """Return the rows as the request wants them, with contact details masked where the caller does not ring, unless they
    are wanted `whole`. Raises ValidationError, NotAuthenticated, PermissionDenied."""
    shape, every = _shape_of(request, serializer), list(rows)
    for name in shape.expand:
        serializer.expands[name].read(every)
    made = serializer(many=True, shape=shape, context={"request": request, "masked": not whole})
    return list(made.to_representation(every))  # `data` would stay with it, which holds itself


def shaped(request: Request, serializer: type[Shaped], row: Any) -> dict[str, Any]:
    """Return one row as the request wants it. Raises what `shaped_list` raises."""
    return dict(shaped_list(request, serializer, [row], whole=True)[0])


def parameters_of(serializer: type[Shaped]) -> tuple[str, ...]:
    """Return the parameters with which the answer is shaped, for views that refuse those they do not know."""
    return (FIELDS, EXPAND) if serializer.expands else (FIELDS,)


def shapes(serializer: type[Shaped]) -> list[OpenApiParameter]:
    """Return what the schema says of the parameters."""
    about = {
        FIELDS: (_("Only these fields, by comma."), list(serializer().fields)),
        EXPAND: (
            _("The whole object in place of its key, by comma. Asks for the right to read it."),
            serializer.expands,
        ),
    }
    return [
        OpenApiParameter(name, str, description=about[name][0], enum=list(about[name][1]), many=True, explode=False)
        for name in parameters_of(serializer)
    ]


def _shape_of(request: Request, serializer: type[Shaped]) -> Shape:
    fields = _names(
        request, FIELDS, list(serializer().fields), _("There is no field «%(name)s» here. The fields are: %(names)s.")
    )
    expand = _names(
        request, EXPAND, list(serializer.expands), _("«%(name)s» cannot be expanded here. These can: %(names)s.")
    )
    expand = expand or frozenset()
    if fields is not None and (left_out := expand - fields):
        sentence = _("«%(name)s» is not among the fields that you ask for.")
        raise ValidationError({EXPAND: [sentence % {"name": name} for name in sorted(left_out)]}, "invalid")
    for name in sorted(expand):
        if not isinstance(request.user, Person):
            raise NotAuthenticated
        if not serializer.expands[name].may(request.user):
            raise PermissionDenied(
                _("Your roles do not let you read what «%(name)s» holds.") % {"name": name}, "not_allowed"
            )
    return Shape(fields, expand)


def _names(request: Request, parameter: str, known: Sequence[str], otherwise: Any) -> frozenset[str] | None:
    """Return the names that a parameter lists; None where it was not sent."""
    sent = request.query_params.getlist(parameter)
    if not sent:
        return None
    names = list(dict.fromkeys(name.strip() for text in sent for name in text.split(",")))
    wrong = [name[:100] for name in names if name not in known]
    if wrong:
        listed = ", ".join(known) or "–"
        raise ValidationError(
            {parameter: [otherwise % {"name": name, "names": listed} for name in wrong[:20]]}, "unknown_field"
        )
    return frozenset(names)


class ShapedScheme(OpenApiSerializerExtension):
    """No field is sure to be there, and what can be expanded is the key or the object."""

    target_class = Shaped
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> Any:
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        if self.target.is_shaped:
            schema.pop("required", None)
            for name, expansion in self.target.expands.items():
                whole = auto_schema.resolve_serializer(expansion.field(), direction).ref
                schema["properties"][name] = {"oneOf": [schema["properties"][name], whole]}
        return schema
