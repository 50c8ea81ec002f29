"""How long cards are kept: the rules, the cards that must be kept, the last runs and what comes."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from feedback.actions.retention import hold_card, release_card, remove_rule, set_rule
from feedback.forms.privacy import HoldForm, RetentionForm
from feedback.models import Category, RetentionHold, RetentionRule
from feedback.retention import overview, usual_rule
from organisation.views.access import administrator
from organisation.views.answering import answer, do

AHEAD = timedelta(days=30)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def retention(request: HttpRequest) -> HttpResponse:
    """Show it all; what is sent is a card that must be kept."""
    person, now = administrator(request), timezone.now()
    form = HoldForm(request.POST or None)
    today = timezone.localdate(now, request.municipality.zone)  # type: ignore[attr-defined]
    return answer(
        request,
        form,
        lambda: hold_card(**form.values(), by=person, now=now),
        template="feedback/administration/retention.html",
        context=lambda: overview(today=today, ahead=AHEAD),
        done=_("The card is kept."),
        to=reverse("feedback:retention"),
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: HttpRequest, code: str = "") -> HttpResponse:
    """Change the usual rule, or a category's own."""
    person = administrator(request)
    category = get_object_or_404(Category, code=code) if code else None
    own = RetentionRule.objects.filter(category=category).first()
    form = RetentionForm(request.POST or None, instance=own or usual_rule())
    return answer(
        request,
        form,
        lambda: set_rule(category, **form.cleaned_data, by=person, now=timezone.now()),
        template="feedback/administration/retention_rule.html",
        context=lambda: {"category": category, "own": own},
        done=_("Saved. The rule holds from the next night on."),
        to=reverse("feedback:retention"),
    )


@login_required
@require_POST
def remove(request: HttpRequest, code: str) -> HttpResponse:
    """Let a category go by the usual rule again."""
    person = administrator(request)
    found = get_object_or_404(RetentionRule, category__code=code)
    return do(
        request,
        lambda: remove_rule(found, by=person, now=timezone.now()),
        done=_("The category goes by the usual rule."),
        to=reverse("feedback:retention"),
    )


@login_required
@require_POST
def release(request: HttpRequest, reference: str) -> HttpResponse:
    """Let a card go by the rules again."""
    person = administrator(request)
    found = get_object_or_404(RetentionHold, card__reference=reference)
    return do(
        request,
        lambda: release_card(found, by=person, now=timezone.now()),
        done=_("The card goes by the rules again."),
        to=reverse("feedback:retention"),
    )
