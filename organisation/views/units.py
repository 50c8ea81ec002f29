"""Units: the tree, one unit, a new one. Closing one moves its cards: that page is feedback's."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from organisation.actions.units import change_unit, create_unit
from organisation.forms.units import NewUnitForm, UnitForm
from organisation.models import Unit
from organisation.overview import closed_units, unit_tree
from organisation.queries import handlers_of
from organisation.views.access import administrator
from organisation.views.answering import answer


@login_required
@never_cache
@require_safe
def units(request: HttpRequest) -> HttpResponse:
    """Show the open units as a tree, and below it those that are closed."""
    administrator(request)
    context = {"section": "administration", "tree": unit_tree(), "closed": closed_units()}
    return render(request, "organisation/administration/units.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_unit(request: HttpRequest) -> HttpResponse:
    """Open a unit or a sector."""
    person = administrator(request)
    form = NewUnitForm(request.POST or None, instance=Unit())
    return answer(
        request,
        form,
        lambda: create_unit(**form.cleaned_data, by=person, now=timezone.now()),
        template="organisation/administration/new_unit.html",
        context=dict,
        done=_("The unit is open."),
        to=reverse("organisation:units"),
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unit(request: HttpRequest, code: str) -> HttpResponse:
    """Show one unit, to be renamed, moved or led by somebody else."""
    person = administrator(request)
    found = get_object_or_404(Unit.objects.select_related("parent", "successor"), code=code)
    form = UnitForm(request.POST or None, instance=Unit.objects.get(pk=found.pk))
    return answer(
        request,
        form,
        lambda: change_unit(found, **form.cleaned_data, by=person, now=timezone.now()),
        template="organisation/administration/unit.html",
        context=lambda: {"unit": found, "handlers": handlers_of(found), "below": found.children.filter(closed_on=None)},
        done=_("Saved."),
        to=reverse("organisation:unit", args=[found.code]),
    )
