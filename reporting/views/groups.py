"""Groups of municipalities that ours is held against: made, changed and taken away."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organisation.views.answering import answer, do
from reporting.actions.groups import change_group, create_group, remove_group
from reporting.forms.groups import GroupForm
from reporting.group_queries import group_called, groups, municipalities, places_of
from reporting.models import Group
from reporting.rules import may_manage
from reporting.views.access import SECTION, managing, reading

PART = SECTION | {"part": "benchmarks"}


def _group(key: str) -> Group:
    found = group_called(key)
    if found is None:
        raise Http404
    return found


@login_required
@never_cache
@require_safe
def group_list(request: HttpRequest) -> HttpResponse:
    """Show the groups with how many are in each."""
    person = reading(request)
    language = get_language() or "nb"
    context = PART | {
        "groups": [(group, group.name_in(language)) for group in groups()],
        "may_manage": may_manage(person),
    }
    return render(request, "reporting/groups.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_group(request: HttpRequest) -> HttpResponse:
    """Make a group."""
    person = managing(request)
    form = GroupForm(
        request.POST or None, house=request.municipality, known=municipalities(),  # type: ignore[attr-defined]
    )  # fmt: skip
    return answer(
        request,
        form,
        lambda: create_group(**form.values(), by=person, now=timezone.now()),
        template="reporting/group_edit.html",
        context=lambda: PART | {"title": _("Make a group"), "button": _("Make the group")},
        done=_("The group is made."),
        to=reverse("reporting:groups"),
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, key: str) -> HttpResponse:
    """Change a group: its name, and who is in it in which order."""
    person, found = managing(request), _group(key)
    house = request.municipality  # type: ignore[attr-defined]
    members = places_of(found, house.country).members
    form = GroupForm(request.POST or None, house=house, known=municipalities(), group=found, members=members)
    return answer(
        request,
        form,
        lambda: change_group(found, **form.values(), by=person, now=timezone.now()),
        template="reporting/group_edit.html",
        context=lambda: (
            PART
            | {
                "title": found.name_in(get_language() or "nb"),
                "button": _("Save"),
                "take_away": reverse("reporting:remove_group", args=[key]),
            }
        ),
        done=_("Saved."),
        to=reverse("reporting:groups"),
    )


@login_required
@require_POST
def remove(request: HttpRequest, key: str) -> HttpResponse:
    """Take a group away."""
    person, found = managing(request), _group(key)
    return do(
        request,
        lambda: remove_group(found, by=person, now=timezone.now()),
        done=_("The group is taken away. The figures stay."),
        to=reverse("reporting:groups"),
    )
