"""Open311 for the administrator: the neighbours to whom cards can be sent, and what we offer to other systems."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from feedback.actions.neighbours import map_categories, save_neighbour
from feedback.actions.offering import offer_service, remove_question, save_question
from feedback.forms.neighbours import MappingForm, NeighbourForm, OfferedForm, QuestionForm
from feedback.handover_queries import neighbour_called, neighbours
from feedback.models import Neighbour, ServiceQuestion
from feedback.neighbouring import NO_ANSWER, ask_neighbour
from feedback.request_queries import Service, all_services, service_for_page
from organisation.views.access import administrator
from organisation.views.answering import answer, do

DEFINITIONS_AT_ONCE = 25
"""So many questionnaires are fetched while somebody waits; the night fetches all."""


@login_required
@never_cache
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Show the neighbours, and our services as they are offered."""
    administrator(request)
    context = {
        "section": "administration",
        "neighbours": neighbours(),
        "services": all_services(),
        "address": f"{settings.SITE_URL}/open311/v2/",
    }
    return render(request, "feedback/administration/open311.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_neighbour(request: HttpRequest) -> HttpResponse:
    """Add a neighbour, then ask it."""
    by, now = administrator(request), timezone.now()
    form = NeighbourForm(request.POST or None)
    made: list[Neighbour] = []
    response = answer(
        request,
        form,
        lambda: made.append(
            save_neighbour(
                None,
                form.known(),
                code=form.cleaned_data["code"],
                allow_plain=settings.FETCH_FROM_PRIVATE_ADDRESSES,
                by=by,
                now=now,
            )
        ),
        template="feedback/administration/neighbour.html",
        context=dict,
        done=_("The neighbour is added."),
        to=reverse("feedback:open311"),
    )
    if not made:
        return response
    _ask(request, made[0])
    return redirect("feedback:neighbour", code=made[0].code)


def _found(code: str) -> Neighbour:
    found = neighbour_called(code)
    if found is None:
        raise Http404
    return found


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def neighbour(request: HttpRequest, code: str) -> HttpResponse:
    """Change a neighbour."""
    by, found = administrator(request), _found(code)
    form = NeighbourForm(request.POST or None, neighbour=found)
    return answer(
        request,
        form,
        lambda: save_neighbour(
            found, form.known(), allow_plain=settings.FETCH_FROM_PRIVATE_ADDRESSES, by=by, now=timezone.now()
        ),
        template="feedback/administration/neighbour.html",
        context=lambda: {"neighbour": found, "mapping": MappingForm(neighbour=found)},
        done=_("Saved."),
        to=reverse("feedback:neighbour", args=[code]),
    )


@login_required
@require_POST
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Ask a neighbour which services it offers: the test of all that was filled in."""
    administrator(request)
    _ask(request, _found(code))
    return redirect("feedback:neighbour", code=code)


def _ask(request: HttpRequest, found: Neighbour) -> None:
    try:
        number = ask_neighbour(found, now=timezone.now(), most_definitions=DEFINITIONS_AT_ONCE)
    except NO_ANSWER as refusal:
        messages.error(request, str(refusal))
    else:
        told = ngettext("They answer, and offer one service.", "They answer, and offer %(number)s services.", number)
        messages.success(request, told % {"number": number})


@login_required
@require_POST
def map_services(request: HttpRequest, code: str) -> HttpResponse:
    """Say which of our categories belong to which of the neighbour's services."""
    by, found = administrator(request), _found(code)
    form = MappingForm(request.POST, neighbour=found)
    if form.is_valid():
        map_categories(found, form.chosen(), by=by, now=timezone.now())
        messages.success(request, _("Saved."))
    else:
        messages.error(request, _("Something was chosen that is not there any more. Look again."))
    return redirect("feedback:neighbour", code=code)


# --- What we offer --------------------------------------------------------------------------------------------------


def _service(code: str) -> Service:
    found = service_for_page(code)
    if found is None:
        raise Http404
    return found


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def service(request: HttpRequest, code: str) -> HttpResponse:
    """How one category is offered."""
    by, found = administrator(request), _service(code)
    names = ("is_offered", "place", "description", "group", "keywords")
    form = OfferedForm(request.POST or None, initial={name: getattr(found.offered, name) for name in names})
    return answer(
        request,
        form,
        lambda: offer_service(found.category, **form.cleaned_data, by=by, now=timezone.now()),
        template="feedback/administration/offered_service.html",
        context=lambda: {"service": found},
        done=_("Saved."),
        to=reverse("feedback:offered_service", args=[code]),
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, code: str, name: str = "") -> HttpResponse:
    """Add a question to a service, or change the one called `name`."""
    by, found = administrator(request), _service(code)
    asked = get_object_or_404(ServiceQuestion, category=found.category, code=name) if name else None
    form = QuestionForm(request.POST or None, question=asked)
    return answer(
        request,
        form,
        lambda: save_question(found.category, asked, form.asked(), by=by, now=timezone.now()),
        template="feedback/administration/service_question.html",
        context=lambda: {"service": found, "question": asked},
        done=_("Saved."),
        to=reverse("feedback:offered_service", args=[code]),
    )


@login_required
@require_POST
def take_question_away(request: HttpRequest, code: str, name: str) -> HttpResponse:
    by, found = administrator(request), _service(code)
    asked = get_object_or_404(ServiceQuestion, category=found.category, code=name)
    return do(
        request,
        lambda: remove_question(asked, by=by, now=timezone.now()),
        done=_("The question is taken away."),
        to=reverse("feedback:offered_service", args=[code]),
    )
