"""What the pages of building share: the survey that is asked for, who may work on it, and how an area looks to citizens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from organisation.context import OWN_NAMES
from organisation.models import Person
from organisation.permissions import Permission
from organisation.views.access import person_who_may
from surveys.forms.answering import Asked, Wording
from surveys.models import Area, Question, Survey
from surveys.queries import question_in
from surveys.questionnaires import EASY, Item
from surveys.rules import may_manage

SECTION = {"section": "surveys"}


def reading(request: HttpRequest, code: str) -> tuple[Person, Survey]:
    """Return who is signed in and the survey, for those who may read questionnaires (403, 404 if not)."""
    person = person_who_may(request, Permission.SEE_SURVEYS, Permission.MANAGE_SURVEYS)
    return person, _survey(code)


def managing(request: HttpRequest, code: str) -> tuple[Person, Survey]:
    """Return who is signed in and the survey, for those who may change it (403, 404 if not)."""
    person = person_who_may(request, Permission.MANAGE_SURVEYS)
    return person, _survey(code)


def _survey(code: str) -> Survey:
    return get_object_or_404(Survey.objects.select_related("unit", "previous"), code=code)


def area_of(survey: Survey, key: str) -> Area:
    return get_object_or_404(Area.objects.select_related("survey"), survey=survey, key=key)


def question_of(survey: Survey, key: str) -> Question:
    found = question_in(survey, key)
    if found is None:
        raise Http404
    return found


def away_if_frozen(request: HttpRequest, survey: Survey, to: str, **where: str) -> HttpResponse | None:
    """Lead away from a form that could only refuse. What is sent all the same is refused by the action."""
    if request.method == "POST" or not survey.is_frozen:
        return None
    messages.info(request, _("The survey has been sent out, and its questions stay as they are."))
    return redirect(reverse(to, kwargs={"code": survey.code, **where}))


def may_change(person: Person, survey: Survey) -> bool:
    """Whether the page offers to change the questions."""
    return may_manage(person) and not survey.is_frozen


# --- How an area looks to who answers -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Preview:
    """An area as a citizen meets it. `code` is the language with `-easy` where it is the easy-to-read variant."""

    code: str
    language: str
    title: str
    introduction: str
    questions: list[tuple[Asked, bool]]
    """Each as the pages of answering draw it, and whether it is the one in the form."""
    languages: list[tuple[str, str]]


def preview_of(
    request: HttpRequest, survey: Survey, titles: Mapping[str, str], introductions: Mapping[str, str],
    items: Sequence[Item], *, others: Iterable[Item] = (), edited: Item | None = None,
) -> Preview:  # fmt: skip
    """Return how the area looks in the language that the request asks for (`shown_in`), else in the first one.

    `others` are the questions of the whole survey, which a condition may name.
    """
    offered = [(code, OWN_NAMES.get(code.removesuffix(EASY), code)) for code in _codes(survey)]
    named = [(code, f"{name} – {_('easy to read')}" if code.endswith(EASY) else name) for code, name in offered]
    asked = request.POST.get("shown_in") or request.GET.get("shown_in") or request.municipality.language  # type: ignore[attr-defined]
    codes = [code for code, _name in named]
    code = asked if asked in codes else codes[0]
    easy = code.endswith(EASY)
    others = [*items, *others]  # as it stands in the form, before what is stored
    wording = Wording(language := code.removesuffix(EASY), easy=easy)
    with override(language):
        questions = [
            (wording.asked_of(item if item.key else replace(item, key="new"), others), item is edited) for item in items
        ]
    return Preview(code, language, wording.words(titles), wording.words(introductions), questions, named)


def _codes(survey: Survey) -> list[str]:
    return [f"{code}{easy}" for code in survey.languages for easy in ("", EASY)]
