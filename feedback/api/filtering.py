"""The work list's filters as query parameters, and a refusal for what is none of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter, CharFilter, Filter
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

from feedback.filters import CardFilter

MAY_BE_EMPTY = ("q", "search")


class ListFilter(CardFilter):
    """The work list's filters, and its search by the name that an API gives it."""

    search = CharFilter(
        method="by_words", label=_("Words of the text, the place, a name or an address; a phone number.")
    )


def only_parameters(
    request: Request, known: Collection[str], filters: Mapping[str, Filter] = MappingProxyType({})
) -> None:
    """Raise ValidationError for a parameter that is not `known` (it would let everything through), or has no value."""
    errors: dict[str, list[Any]] = {}
    for name, values in request.query_params.lists():
        if name not in known:
            sentence = _("There is no parameter «%(name)s» here. The parameters are: %(names)s.")
            errors[name[:100]] = [sentence % {"name": name[:100], "names": ", ".join(known) or "–"}]
        elif "" in values and name not in MAY_BE_EMPTY:
            errors[name] = [_("Give it a value, or leave it out.")]
        elif any("\x00" in value for value in values):
            errors[name] = [_("Null characters are not allowed.")]
        elif isinstance(filters.get(name), BooleanFilter) and not {"true", "false"}.issuperset(values):
            errors[name] = [_("Write true or false.")]
    if errors:
        raise ValidationError(errors, "invalid")


class StrictFilters(DjangoFilterBackend):
    """Filters by the view's `filterset_class`. A misspelt parameter is refused."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        filters = self.get_filterset_class(view, queryset).base_filters
        of_page = getattr(view.paginator, "parameters", ())  # type: ignore[attr-defined]
        known = [*filters, *of_page, *getattr(view, "parameters", ())]
        only_parameters(request, known, filters)
        return super().filter_queryset(request, queryset, view)
