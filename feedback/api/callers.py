"""Who calls, and what for."""

from __future__ import annotations

from typing import cast

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from feedback.rules import may_register, may_see_cards
from organisation.models import Person


def caller(request: Request) -> Person:
    """Return the person who calls: the permission classes have let in nobody else."""
    return cast(Person, request.user)


class SeesCards(BasePermission):
    """For who sees cards at all, of whatever unit. What may be done with one is the action's to say."""

    message = _("Your roles do not let you do that with cards.")
    code = "not_allowed"

    def has_permission(self, request: Request, view: APIView) -> bool:
        return may_see_cards(caller(request))


class OnCards(SeesCards):
    """Reading asks for a role that sees cards, writing for one that registers them."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.method in SAFE_METHODS:
            return super().has_permission(request, view)
        return may_register(caller(request))
