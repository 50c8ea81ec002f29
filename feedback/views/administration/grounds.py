"""The municipality's list of legal references, from which the exemption of a card is chosen."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from feedback.actions.records import add_ground, use_ground
from feedback.forms.records import GroundForm
from feedback.models import LegalGround
from feedback.recorded import legal_grounds
from organisation.views.access import administrator
from organisation.views.answering import answer, do


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def grounds(request: HttpRequest) -> HttpResponse:
    """Show the list; what is sent is a new reference."""
    person = administrator(request)
    form = GroundForm(request.POST or None)
    return answer(
        request,
        form,
        lambda: add_ground(**form.cleaned_data, by=person, now=timezone.now()),
        template="feedback/administration/legal_references.html",
        context=lambda: {"grounds": legal_grounds()},
        done=_("The reference is on the list."),
        to=reverse("feedback:legal_grounds"),
    )


@login_required
@require_POST
def use(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a reference be chosen, or no longer."""
    person = administrator(request)
    found = get_object_or_404(LegalGround, pk=pk)
    is_active = request.POST.get("use") == "yes"
    return do(
        request,
        lambda: use_ground(found, is_active=is_active, by=person, now=timezone.now()),
        done=_("It can be chosen.") if is_active else _("It can be chosen no longer. Where it was, it stays."),
        to=reverse("feedback:legal_grounds"),
    )
