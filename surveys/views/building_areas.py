"""The questionnaire as a whole, its areas, and the library they can be taken from."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organisation.context import OWN_NAMES
from organisation.errors import NotAllowed, Refused
from organisation.models import Person
from organisation.views.answering import answer, do
from surveys.actions.building_areas import add_area, change_area, move_area, remove_area
from surveys.actions.building_library import insert_from_library
from surveys.forms.building import AreaForm
from surveys.gaps import lacks_easy, languages_missing
from surveys.library import library
from surveys.models import Area, Survey
from surveys.queries import areas_of, items_of
from surveys.questionnaires import Item, text_in
from surveys.views.building_pages import SECTION, area_of, away_if_frozen, managing, may_change, preview_of, reading


@login_required
@never_cache
@require_safe
def questionnaire(request: HttpRequest, code: str) -> HttpResponse:
    """Show all areas with their questions, to be put in order, and which texts lack a language."""
    person, survey = reading(request, code)
    areas = list(areas_of(survey))
    language = get_language() or "nb"
    rows = [
        {
            "area": area,
            "title": text_in(area.titles, language),
            "questions": [
                {"question": question, "text": text_in(question.texts, language), "missing": _missing(survey, question)}
                for question in area.questions.all()
            ],
        }
        for area in areas
    ]
    context = {
        "survey": survey,
        "title": survey.title(language),
        "rows": rows,
        "number": sum(len(area.questions.all()) for area in areas),
        "gaps": _gaps(survey, areas, language),
        "may_change": may_change(person, survey),
        "moved": request.GET.get("moved"),
    }
    return render(request, "surveys/building/questionnaire.html", SECTION | context)


def _missing(survey: Survey, question: Any) -> str:
    """The languages that a question or one of its choices lacks, by what they call themselves."""
    texts = [question.texts, question.helps, *(option["texts"] for option in question.options)]
    lacking = {code for one in texts for code in languages_missing(one, survey.languages)}
    return ", ".join(OWN_NAMES.get(code, code) for code in survey.languages if code in lacking)


def _gaps(survey: Survey, areas: list[Area], language: str) -> list[dict[str, str]]:
    """What is missing in which language outside the questions, and how many questions lack an easy-to-read variant."""
    named = [
        (_("Title"), survey.titles), (_("Introduction"), survey.introductions), (_("Words when it is sent"), survey.thanks),
        *((text_in(area.titles, language), texts) for area in areas for texts in (area.titles, area.introductions)),
    ]  # fmt: skip
    found: dict[str, dict[str, None]] = {}
    for name, texts in named:
        for code in languages_missing(texts, survey.languages):
            found.setdefault(name, {})[OWN_NAMES.get(code, code)] = None
    gaps = [{"name": name, "words": ", ".join(codes)} for name, codes in found.items()]
    first = survey.languages[:1]
    plain = sum(bool(lacks_easy(question.texts, first)) for area in areas for question in area.questions.all())
    if plain:
        words = ngettext("%(number)s question", "%(number)s questions", plain) % {"number": plain}
        gaps.append({"name": _("Easy to read"), "words": words})
    return gaps


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_area(request: HttpRequest, code: str) -> HttpResponse:
    """Add an area of one's own."""
    person, survey = managing(request, code)
    if away := away_if_frozen(request, survey, "surveys:questionnaire"):
        return away
    form = AreaForm(request.POST or None, house=request.municipality, survey=survey)  # type: ignore[attr-defined]
    made: list[Area] = []
    response = answer(
        request,
        form,
        lambda: made.append(add_area(survey, **form.values(), by=person, now=timezone.now())),
        template="surveys/building/new_area.html",
        context=lambda: SECTION | {"survey": survey},
        done=_("The area is added, the last. Now its questions."),
        to=reverse("surveys:questionnaire", args=[code]),
    )
    return redirect("surveys:area", code=code, area=made[0].key) if made else response


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def area(request: HttpRequest, code: str, area: str) -> HttpResponse:
    """One area: its questions in order, what it says, and beside it how it looks to who answers."""
    person, survey = reading(request, code) if request.method != "POST" else managing(request, code)
    found = area_of(survey, area)
    form = AreaForm(request.POST or None, house=request.municipality, survey=survey, area=found)  # type: ignore[attr-defined]
    return answer(
        request,
        form,
        lambda: change_area(found, **form.values(), by=person, now=timezone.now()),
        template="surveys/building/area.html",
        context=lambda: _about(request, person, survey, found, form),
        done=_("Saved."),
        to=reverse("surveys:area", args=[code, area]),
    )


def _about(request: HttpRequest, person: Person, survey: Survey, found: Area, form: AreaForm) -> dict[str, Any]:
    language = get_language() or "nb"
    questions = list(found.questions.order_by("position", "id"))
    for question in questions:
        question.area = found
    all_items = items_of(survey)
    return SECTION | {
        "survey": survey,
        "area": found,
        "title": text_in(found.titles, language),
        "questions": [(question, text_in(question.texts, language)) for question in questions],
        "preview": preview_of(
            request,
            survey,
            form.title.typed(),
            form.introduction.typed(),
            [question.item for question in questions],
            others=all_items,
        ),
        "may_change": may_change(person, survey),
        "moved": request.GET.get("moved"),
    }


@login_required
@require_POST
def move(request: HttpRequest, code: str, area: str) -> HttpResponse:
    """Move an area up or down; the page comes back with the focus on the same button."""
    person, survey = managing(request, code)
    found, up = area_of(survey, area), request.POST.get("way") == "up"
    return do(
        request,
        lambda: move_area(found, up=up, by=person, now=timezone.now()),
        done="",
        to=f"{reverse('surveys:questionnaire', args=[code])}?moved={found.pk}-{'up' if up else 'down'}",
    )


@login_required
@require_POST
def remove(request: HttpRequest, code: str, area: str) -> HttpResponse:
    """Take an area away with its questions."""
    person, survey = managing(request, code)
    found = area_of(survey, area)
    return do(
        request,
        lambda: remove_area(found, by=person, now=timezone.now()),
        done=_("The area is taken away."),
        to=reverse("surveys:questionnaire", args=[code]),
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def from_library(request: HttpRequest, code: str) -> HttpResponse:
    """Choose questions, or a whole area, from the library."""
    person, survey = managing(request, code)
    if away := away_if_frozen(request, survey, "surveys:questionnaire"):
        return away
    refused, status = "", 200
    if request.method == "POST":
        whole = request.POST.get("area")
        chosen = [item.key for shelf in library() if shelf.key == whole for item in shelf.items]
        try:
            number = insert_from_library(
                survey, chosen if whole else request.POST.getlist("items"), by=person, now=timezone.now()
            )
        except Refused as refusal:
            refused, status = str(refusal), 403 if isinstance(refusal, NotAllowed) else 422
        else:
            return _inserted(request, code, number)
    context = {
        "survey": survey,
        "shelves": _shelves(survey, request.POST.getlist("items")),
        "refused": refused,
        "has_errors": bool(refused),
    }
    return render(request, "surveys/building/library.html", SECTION | context, status=status)


def _inserted(request: HttpRequest, code: str, number: int) -> HttpResponse:
    said = ngettext("%(number)s question is taken in.", "%(number)s questions are taken in.", number)
    return do(request, lambda: None, done=said % {"number": number}, to=reverse("surveys:questionnaire", args=[code]))


def _shelves(survey: Survey, chosen: list[str]) -> list[dict[str, Any]]:
    """The library's areas with their questions, in the page's language; what the survey has already is marked."""
    language, there = get_language() or "nb", {item.key for item in items_of(survey)}

    def entry(item: Item) -> dict[str, Any]:
        words = text_in(item.texts, language)
        return {"item": item, "text": words, "there": item.key in there, "chosen": item.key in chosen}

    return [
        {
            "key": shelf.key,
            "title": text_in(shelf.titles, language),
            "left": sum(item.key not in there for item in shelf.items),
            "number": len(shelf.items),
            "items": [entry(item) for item in shelf.items],
        }
        for shelf in library()
    ]
