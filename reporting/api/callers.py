"""Who calls, and of whom the figures are that are asked for."""

from __future__ import annotations

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from feedback.api.callers import caller
from organisation.models import Unit
from organisation.permissions import Permission
from organisation.queries import grants_of
from reporting.plan_queries import is_responsible
from reporting.queries import unit_of_code
from reporting.rules import may_manage, may_plan, may_see_figures_of


class OnFigures(BasePermission):
    """Reading asks for a role that sees figures, writing for one that keeps them."""

    message = _("Your roles do not let you do that with figures.")
    code = "not_allowed"

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.method in SAFE_METHODS:
            return grants_of(caller(request)).somewhere(Permission.SEE_SCORECARDS)
        return may_manage(caller(request))


class OnFiguresOfAll(OnFigures):
    """What is of the whole municipality, and not for a key that is limited to units."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return super().has_permission(request, view) and may_see_figures_of(caller(request), None)


class OnActions(BasePermission):
    """Reading is for who sees actions or is responsible for one, planning for who plans them in some unit. How one goes is
    written by who follows it up, which the action knows."""

    message = _("Your roles do not let you do that with actions.")
    code = "not_allowed"

    def has_permission(self, request: Request, view: APIView) -> bool:
        person = caller(request)
        if request.method == "POST" and getattr(view, "plans", False):
            return may_plan(person)
        grants = grants_of(person)
        if grants.somewhere(Permission.SEE_ACTIONS):
            return True
        return grants.leaves(Permission.SEE_ACTIONS) and is_responsible(person)


class OutsideTheKey(PermissionDenied):
    default_code = "outside_the_key"
    default_detail = _("This key is limited to units. Name one of them: ?unit=…")


def place_asked(request: Request, otherwise: Unit | None = None) -> Unit | None:
    """Return the unit that `?unit=` names, else `otherwise`; None is the whole municipality.

    Raises Http404 for a unit that there is not, OutsideTheKey for one that the caller's key does not reach.
    """
    code = request.query_params.get("unit", "")
    found = unit_of_code(code) if code else otherwise
    if code and found is None:
        raise Http404
    if not may_see_figures_of(caller(request), found.pk if found else None):
        raise OutsideTheKey
    return found
