"""Deadlines and what goes with them, with what a change would do before it is saved."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from feedback.forms.administration import DeadlinesForm
from feedback.what_if import effect_of_deadline
from organisation.actions.settings import change_settings
from organisation.models import Municipality
from organisation.queries import working_calendar
from organisation.views.access import administrator
from organisation.views.answering import answer


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def deadlines(request: HttpRequest) -> HttpResponse:
    """Show and change the deadlines; «look» shows what the change would do and saves nothing."""
    person, here = administrator(request), Municipality.objects.get()
    form = DeadlinesForm(request.POST or None, instance=Municipality.objects.get())
    template = "feedback/administration/deadlines.html"
    if "look" in request.POST and form.is_valid():
        effect = effect_of_deadline(here, form.instance, working_calendar(here), now=timezone.now())
        return render(request, template, {"section": "administration", "form": form, "effect": effect})
    return answer(
        request,
        form,
        lambda: change_settings(**form.cleaned_data, by=person, now=timezone.now()),
        template=template,
        context=dict,
        done=_("Saved. The new rules hold for cards that are registered from now on."),
        to=reverse("feedback:deadlines"),
    )
