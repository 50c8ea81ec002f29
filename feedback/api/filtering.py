"""The work list's filters as query parameters, and a refusal for what is none of them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView


class StrictFilters(DjangoFilterBackend):
    """Filters by the view's `filterset_class`. A misspelt parameter is refused: it would let everything through."""

    may_be_empty = ("q",)

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        filters = self.get_filterset_class(view, queryset).base_filters
        known = [*filters, *getattr(view.paginator, "parameters", ())]  # type: ignore[attr-defined]
        yes_or_no = [name for name, each in filters.items() if isinstance(each, BooleanFilter)]
        check_parameters(request, known, may_be_empty=self.may_be_empty, yes_or_no=yes_or_no)
        return super().filter_queryset(request, queryset, view)


def check_parameters(
    request: Request, known: Collection[str], *, may_be_empty: Collection[str] = (), yes_or_no: Collection[str] = ()
) -> None:
    """Raise ValidationError for a parameter that is none of `known`, is empty, or holds what none can."""
    errors: dict[str, list[Any]] = {}
    for name, values in request.query_params.lists():
        if name not in known:
            sentence = _("There is no parameter «%(name)s» here. The parameters are: %(names)s.")
            errors[name[:100]] = [sentence % {"name": name[:100], "names": ", ".join(known) or "–"}]
        elif "" in values and name not in may_be_empty:
            errors[name] = [_("Give it a value, or leave it out.")]
        elif any("\x00" in value for value in values):
            errors[name] = [_("Null characters are not allowed.")]
        elif name in yes_or_no and not {"true", "false"}.issuperset(values):
            errors[name] = [_("Write true or false.")]
    if errors:
        raise ValidationError(errors, "invalid")
