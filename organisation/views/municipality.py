"""The municipality itself: name and addresses, its calendar, and its own texts."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organisation.actions.settings import add_day_off, change_settings, remove_day_off
from organisation.actions.wordings import set_wordings
from organisation.calendar import named_holidays
from organisation.context import OWN_NAMES
from organisation.dates import long_day
from organisation.forms.municipality import DayOffForm, MunicipalityForm, WordingForm
from organisation.models import DayOff, Municipality
from organisation.overview import own_texts
from organisation.views.access import administrator
from organisation.views.answering import answer, do
from organisation.wordings import Wording, all_wordings, filled, known


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def municipality(request: HttpRequest) -> HttpResponse:
    """Show and change who the municipality is and which languages it offers."""
    person = administrator(request)
    form = MunicipalityForm(request.POST or None, instance=Municipality.objects.get())
    return answer(
        request,
        form,
        lambda: change_settings(**form.cleaned_data, by=person, now=timezone.now()),
        template="organisation/administration/municipality.html",
        context=dict,
        done=_("Saved."),
        to=reverse("organisation:municipality"),
    )


# --- The calendar ------------------------------------------------------------------------------------------------------


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """Show this and next year's days off, the country's and the municipality's own, and take in a new one."""
    person = administrator(request)
    form = DayOffForm(request.POST or None)
    return answer(
        request,
        form,
        lambda: add_day_off(**form.cleaned_data, by=person, now=timezone.now()),
        template="organisation/administration/calendar.html",
        context=lambda: {"years": _years(request)},
        done=_("The day off is added."),
        to=reverse("organisation:calendar"),
    )


def _years(request: HttpRequest) -> list[dict[str, Any]]:
    this = timezone.localdate().year
    country: str = request.municipality.country  # type: ignore[attr-defined]
    own: dict[int, list[DayOff]] = {
        year: list(days) for year, days in groupby(DayOff.objects.filter(on__year__gte=this), lambda day: day.on.year)
    }
    english = get_language() == "en"
    return [
        {"year": year, "holidays": named_holidays(country, year, english=english), "own": own.get(year, [])}
        for year in sorted({this, this + 1, *own})
    ]


@login_required
@require_POST
def open_after_all(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a day off back."""
    person, day = administrator(request), get_object_or_404(DayOff, pk=pk)
    return do(
        request,
        lambda: remove_day_off(day, by=person, now=timezone.now()),
        done=_("The day off is taken away."),
        to=reverse("organisation:calendar"),
    )


# --- Texts -------------------------------------------------------------------------------------------------------------


@login_required
@never_cache
@require_safe
def texts(request: HttpRequest) -> HttpResponse:
    """List the texts that can be worded, by where they are shown, with the languages in which they have been."""
    administrator(request)
    own = own_texts()
    rows = [{"wording": wording, "own": [OWN_NAMES[c] for c in own.get(wording.key, {})]} for wording in all_wordings()]
    groups = [(group, list(found)) for group, found in groupby(rows, lambda row: str(row["wording"].group))]  # type: ignore[attr-defined]
    return render(request, "organisation/administration/texts.html", {"section": "administration", "groups": groups})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def text(request: HttpRequest, key: str) -> HttpResponse:
    """Word one text, its languages side by side, ours beside each, and look at it before it is saved."""
    person = administrator(request)
    try:
        wording = known(key)
    except KeyError:
        raise Http404 from None
    languages = [(code, OWN_NAMES[code]) for code, _name in settings.LANGUAGES]
    own = own_texts().get(key, {})
    form = WordingForm(request.POST or None, wording=wording, languages=languages, initial=own)
    looking = "look" in request.POST and form.is_valid()

    def context() -> dict[str, Any]:
        texts = form.data if form.is_bound else own
        return {"wording": wording, "columns": _columns(form, wording, texts, request), "looking": looking}

    if looking:
        return render(
            request,
            "organisation/administration/text.html",
            {"section": "administration", "form": form} | context(),
        )
    return answer(
        request,
        form,
        lambda: set_wordings(wording, form.cleaned_data, by=person, now=timezone.now()),
        template="organisation/administration/text.html",
        context=context,
        done=_("Saved."),
        to=reverse("organisation:text", args=[key]),
    )


def _columns(form: WordingForm, wording: Wording, texts: Any, request: HttpRequest) -> Iterable[dict[str, Any]]:
    """Each language with its field, ours, and how the text would stand with example values put in."""
    for code, name in OWN_NAMES.items():
        with override(code):
            ours = str(wording.default)
            examples = _examples(request)
        written = str(texts.get(code, "") or "").strip()
        yield {
            "code": code,
            "name": name,
            "field": form[code],
            "ours": ours,
            "shown": filled(written or ours, examples),
            "is_own": bool(written),
        }


def _examples(request: HttpRequest) -> dict[str, object]:
    """What stands in a preview for the names in braces, in the active language."""
    return {
        "municipality": request.municipality.name,  # type: ignore[attr-defined]
        "unit": _("Roads and parks"),
        "day": long_day(timezone.localdate(), get_language() or "nb"),
        "body": _("The county"),
        "reference": "26-004217-5",
        "name": "Kari Nordmann",
    }
