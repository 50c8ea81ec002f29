"""Routing rules: the list in the order in which they are tried, one, a new one, and the test box."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from feedback.actions.intake import House
from feedback.actions.routing import change_rule, create_rule, move_rule, remove_rule, tidy_words
from feedback.forms.administration import RuleForm, TryForm
from feedback.models import RoutingRule
from feedback.what_if import active_rules, effect_of_rule, try_card, with_rule
from organisation.views.access import administrator
from organisation.views.answering import answer, do


@login_required
@never_cache
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """Show the rules in their order, and try a made-up card on them."""
    administrator(request)
    form = TryForm(request.GET if "text" in request.GET else None)
    tried = try_card(form.intake(), House.read(), active_rules()) if form.is_valid() else None
    context = {
        "section": "administration",
        "rules": RoutingRule.objects.select_related("unit", "category"),
        "moved": request.GET.get("moved"),
        "form": form,
        "tried": tried,
    }
    return render(request, "feedback/administration/rules.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_rule(request: HttpRequest) -> HttpResponse:
    """Add a rule, the last that is tried."""
    person = administrator(request)
    form = RuleForm(request.POST or None, instance=RoutingRule())
    return _page(
        request,
        form,
        lambda: create_rule(**form.cleaned_data, by=person, now=timezone.now()),
        {},
        _("The rule is added. It is tried last: move it up if it is to go before others."),
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a rule, and look at what that would do before it is saved."""
    person, found = administrator(request), get_object_or_404(RoutingRule, pk=pk)
    form = RuleForm(request.POST or None, instance=RoutingRule.objects.get(pk=pk))
    return _page(
        request,
        form,
        lambda: change_rule(found, **form.cleaned_data, by=person, now=timezone.now()),
        {"rule": found},
        _("Saved."),
    )


def _page(request: HttpRequest, form: RuleForm, act: Any, context: dict[str, Any], done: str) -> HttpResponse:
    template = "feedback/administration/rule.html"
    if "look" in request.POST and form.is_valid():
        house = House.read()
        effect = effect_of_rule(house, with_rule(house, _draft(form)))
        shown = context | {"section": "administration", "form": form, "effect": effect}
        return render(request, template, shown)
    return answer(
        request, form, act, template=template, context=lambda: context, done=done, to=reverse("feedback:rules")
    )


def _draft(form: RuleForm) -> RoutingRule:
    """The rule as it would be saved; never written."""
    for name, value in form.cleaned_data.items():
        setattr(form.instance, name, tidy_words(value) if name == "words" else value)
    return form.instance


@login_required
@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a rule one place up or down; the page comes back with the focus on the same button."""
    person, found = administrator(request), get_object_or_404(RoutingRule, pk=pk)
    up = request.POST.get("way") == "up"
    move_rule(found, up=up, by=person, now=timezone.now())
    return redirect(f"{reverse('feedback:rules')}?moved={pk}-{'up' if up else 'down'}")


@login_required
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    person, found = administrator(request), get_object_or_404(RoutingRule, pk=pk)
    return do(
        request,
        lambda: remove_rule(found, by=person, now=timezone.now()),
        done=_("The rule is taken away."),
        to=reverse("feedback:rules"),
    )
