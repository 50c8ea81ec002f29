"""The municipality's look: chosen by the administrator, served to everybody."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organisation.actions.look import NotAColour, remove_arms, set_arms, set_colour
from organisation.colours import read_colour, scale_of, stylesheet
from organisation.forms.municipality import ArmsForm, ColourForm
from organisation.views.access import administrator
from organisation.views.answering import answer, do, show_refusal

FOR_EVER = "public, max-age=31536000, immutable"
TEMPLATE = "organisation/administration/look.html"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def look(request: HttpRequest) -> HttpResponse:
    """Show and choose the colour; «look» shows this page in it and saves nothing."""
    person, here = administrator(request), request.municipality  # type: ignore[attr-defined]
    form = ColourForm(request.POST or None, initial={"colour": here.colour})
    if "look" in request.POST and form.is_valid():
        typed = form.cleaned_data["colour"]
        colour = read_colour(typed) if typed else ""
        if colour is None:
            show_refusal(form, NotAColour(value=typed))
            return render(request, TEMPLATE, _context(form) | {"section": "administration"}, status=422)
        return render(request, TEMPLATE, _context(form, colour) | {"section": "administration", "looking": True})
    return answer(
        request,
        form,
        lambda: set_colour(form.cleaned_data["colour"], by=person, now=timezone.now()),
        template=TEMPLATE,
        context=lambda: _context(form, here.colour),
        done=_("Saved."),
        to=reverse("organisation:look"),
    )


def _context(form: ColourForm, colour: str = "", arms_form: ArmsForm | None = None) -> dict[str, Any]:
    return {
        "form": form,
        "arms_form": arms_form or ArmsForm(),
        "scale": scale_of(colour) if colour else None,
    }


@login_required
@never_cache
@require_POST
def change_arms(request: HttpRequest) -> HttpResponse:
    """Take in a coat of arms."""
    person, here = administrator(request), request.municipality  # type: ignore[attr-defined]
    form = ArmsForm(request.POST, request.FILES)
    return answer(
        request,
        form,
        lambda: set_arms(form.cleaned_data["file"].read(), by=person, now=timezone.now()),
        template=TEMPLATE,
        context=lambda: _context(ColourForm(initial={"colour": here.colour}), here.colour, form) | {"has_errors": True},
        done=_("The coat of arms is shown on all pages now."),
        to=reverse("organisation:look"),
    )


@login_required
@require_POST
def take_arms_away(request: HttpRequest) -> HttpResponse:
    person = administrator(request)
    return do(
        request,
        lambda: remove_arms(by=person, now=timezone.now()),
        done=_("The coat of arms is taken away."),
        to=reverse("organisation:look"),
    )


@gzip_page
@require_safe
def colour_sheet(request: HttpRequest, colour: str) -> HttpResponse:
    """Serve the scale of one colour. The address names the colour, so it is good for ever."""
    response = HttpResponse(stylesheet(f"#{colour}"), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = FOR_EVER
    return response


@gzip_page
@require_safe
def arms(request: HttpRequest, name: str) -> HttpResponse | FileResponse:
    """Serve the coat of arms, and no other file. An SVG may draw and do nothing else, even opened by itself."""
    here = request.municipality  # type: ignore[attr-defined]
    if not here.arms or here.arms.name != f"arms/{name}":
        raise Http404
    try:
        with here.arms.open("rb") as file:
            content = file.read()
    except FileNotFoundError:
        raise Http404 from None
    response = HttpResponse(content, content_type="image/svg+xml" if name.endswith(".svg") else "image/png")
    response["Cache-Control"] = FOR_EVER
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response
