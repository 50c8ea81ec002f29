"""One question: written with its looks beside it, moved, taken away."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from organisation.errors import Refused
from organisation.views.answering import answer, do
from surveys.actions.building_questions import add_question, change_question, move_question, remove_question
from surveys.forms.building_question import QuestionForm
from surveys.models import Area, Question, Survey
from surveys.queries import areas_of, items_of
from surveys.questionnaires import Item, text_in
from surveys.views.building_pages import SECTION, area_of, away_if_frozen, managing, preview_of, question_of

LOOKING = ("look", "more")
"""Buttons that show the form anew with what it would look like, and save nothing."""
TEMPLATE = "surveys/building/question.html"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_question(request: HttpRequest, code: str, area: str) -> HttpResponse:
    """Write a question of one's own, the last of the area."""
    person, survey = managing(request, code)
    found = area_of(survey, area)
    if away := away_if_frozen(request, survey, "surveys:area", area=area):
        return away
    items = items_of(survey)
    form = _form(request, survey, _until(items, list(areas_of(survey)), found))
    if form.is_bound is False:
        return render(request, TEMPLATE, _about(request, survey, found, items, form))
    return answer(
        request,
        form,
        lambda: _placed(form, lambda: add_question(found, **form.values(), by=person, now=timezone.now())),
        template=TEMPLATE,
        context=lambda: _about(request, survey, found, items, form),
        done=_("The question is added, the last of its area."),
        to=reverse("surveys:area", args=[code, area]),
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, code: str, question: str) -> HttpResponse:
    """Change a question."""
    person, survey = managing(request, code)
    found = question_of(survey, question)
    if away := away_if_frozen(request, survey, "surveys:area", area=found.area.key):
        return away
    items, areas = items_of(survey), list(areas_of(survey))
    place = next((number for number, item in enumerate(items) if item.key == found.key), len(items))
    form = _form(request, survey, items[:place], areas=areas, question=found)
    if form.is_bound is False:
        return render(request, TEMPLATE, _about(request, survey, found.area, items, form))

    def change() -> None:
        to = next((area for area in areas if area.key == form.cleaned_data["area"]), None)
        change_question(found, **form.values(), area=to, by=person, now=timezone.now())

    return answer(
        request,
        form,
        lambda: _placed(form, change),
        template=TEMPLATE,
        context=lambda: _about(request, survey, found.area, items, form),
        done=_("Saved."),
        to=reverse("surveys:area", args=[code, found.area.key]),
    )


def _form(request: HttpRequest, survey: Survey, earlier: list[Item], **about: Any) -> QuestionForm:
    """The form as it was sent; or, where somebody only looks, with what was typed and nothing said of it."""
    looks = any(name in request.POST for name in LOOKING)
    return QuestionForm(
        request.POST if request.method == "POST" and not looks else None,
        typed=request.POST if looks else None,
        house=request.municipality,  # type: ignore[attr-defined]
        survey=survey,
        earlier=earlier,
        **about,
    )


def _until(items: list[Item], areas: list[Area], area: Area) -> list[Item]:
    """The questions that come before a new one, the last of `area`."""
    before = {one.key for one in areas[: [one.pk for one in areas].index(area.pk) + 1]}
    return [item for item in items if item.area in before]


def _placed(form: QuestionForm, act: Any) -> None:
    """Do it, and let a refusal name the field in which the page shows what is wrong."""
    try:
        act()
    except Refused as refusal:
        refusal.field = form.place_of(refusal.field)
        raise


def _about(request: HttpRequest, survey: Survey, area: Area, items: list[Item], form: QuestionForm) -> dict[str, Any]:
    language = get_language() or "nb"
    edited = form.item(area.key)
    in_area = [edited if item.key == edited.key else item for item in items if item.area == area.key]
    if form.question is None:
        in_area.append(edited)
    return SECTION | {
        "survey": survey,
        "area": area,
        "area_title": text_in(area.titles, language),
        "question": form.question,
        "form": form,
        "preview": preview_of(
            request, survey, area.titles, area.introductions, in_area, others=items, edited=edited
        ),
        "with_options": "single multiple ranking",
    }  # fmt: skip


@login_required
@require_POST
def move(request: HttpRequest, code: str, question: str) -> HttpResponse:
    """Move a question up or down within its area; the page comes back with the focus on the same button."""
    person, survey = managing(request, code)
    found, up = question_of(survey, question), request.POST.get("way") == "up"
    return do(
        request,
        lambda: move_question(found, up=up, by=person, now=timezone.now()),
        done="",
        to=f"{_back(found)}?moved={found.pk}-{'up' if up else 'down'}",
    )


def _back(found: Question) -> str:
    return reverse("surveys:area", args=[found.area.survey.code, found.area.key])


@login_required
@require_POST
def remove(request: HttpRequest, code: str, question: str) -> HttpResponse:
    """Take a question away."""
    person, survey = managing(request, code)
    found = question_of(survey, question)
    return do(
        request,
        lambda: remove_question(found, by=person, now=timezone.now()),
        done=_("The question is taken away."),
        to=_back(found),
    )
