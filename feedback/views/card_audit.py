"""Who has seen and changed a card."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from feedback.rules import may_see_audit
from feedback.views.access import card_for
from organisation.audit_log import entries, page_of_entries


@login_required
@never_cache
@require_safe
def card_audit(request: HttpRequest, reference: str) -> HttpResponse:
    """Show every look at the card and every change of it, the newest first."""
    person, card = card_for(request, reference)
    if not may_see_audit(person, card):
        raise PermissionDenied
    found = entries(zone=request.municipality.zone, reference=card.reference)  # type: ignore[attr-defined]
    page = page_of_entries(found, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    return render(request, "feedback/cards/audit.html", {"section": "cards", "card": card, "page": page})
