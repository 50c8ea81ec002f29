"""Categories: the list in its order, one, a new one."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from feedback.actions.categories import change_category, create_category, move_category
from feedback.forms.administration import CategoryForm
from feedback.models import Category
from organisation.views.access import administrator
from organisation.views.answering import answer


@login_required
@never_cache
@require_safe
def categories(request: HttpRequest) -> HttpResponse:
    """Show all categories in the order in which citizens meet them."""
    administrator(request)
    context = {"section": "administration", "categories": Category.objects.all(), "moved": request.GET.get("moved")}
    return render(request, "feedback/administration/categories.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_category(request: HttpRequest) -> HttpResponse:
    """Add a category."""
    person = administrator(request)
    form = CategoryForm(request.POST or None, first=request.municipality.language)  # type: ignore[attr-defined]
    return answer(
        request,
        form,
        lambda: create_category(**form.values(), by=person, now=timezone.now()),
        template="feedback/administration/category.html",
        context=dict,
        done=_("The category is added, the last in the list."),
        to=reverse("feedback:categories"),
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def category(request: HttpRequest, code: str) -> HttpResponse:
    """Change a category."""
    person, found = administrator(request), get_object_or_404(Category, code=code)
    form = CategoryForm(request.POST or None, first=request.municipality.language, category=found)  # type: ignore[attr-defined]
    return answer(
        request,
        form,
        lambda: change_category(found, **form.values(), by=person, now=timezone.now()),
        template="feedback/administration/category.html",
        context=lambda: {"category": found},
        done=_("Saved."),
        to=reverse("feedback:categories"),
    )


@login_required
@require_POST
def move(request: HttpRequest, code: str) -> HttpResponse:
    """Move a category one place up or down; the page comes back with the focus on the same button."""
    person, found = administrator(request), get_object_or_404(Category, code=code)
    up = request.POST.get("way") == "up"
    move_category(found, up=up, by=person, now=timezone.now())
    return redirect(f"{reverse('feedback:categories')}?moved={found.pk}-{'up' if up else 'down'}")
