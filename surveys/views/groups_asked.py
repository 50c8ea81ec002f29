"""How many of each respondent group were asked, where the draw does not know the group."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from organisation.permissions import Permission
from organisation.views.access import person_who_may
from organisation.views.answering import answer
from surveys.actions.groups_asked import set_groups_asked
from surveys.forms.groups_asked import GroupsForm
from surveys.models import Survey
from surveys.queries import group_questions
from surveys.questionnaires import text_in
from surveys.sample_queries import groups_asked, register_groups


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def groups(request: HttpRequest, code: str) -> HttpResponse:
    """Write how many were asked of each choice of one background question; what the register's file tells stands there."""
    person = person_who_may(request, Permission.MANAGE_SURVEYS)
    survey = get_object_or_404(Survey, code=code)
    language = get_language() or "nb"
    questions, kept = {item.key: item for item in group_questions(survey)}, groups_asked(survey)
    context = {"section": "surveys", "survey": survey, "title": survey.title(language)}
    if not questions:
        return render(request, "surveys/sample/groups.html", context)
    wanted = request.POST.get("question") or request.GET.get("question", "")
    kept_by = kept[0].question if kept else ""
    asked = questions.get(wanted) or questions.get(kept_by) or next(iter(questions.values()))
    counted = register_groups(survey, asked)
    first = {group.value: group.invited for group in kept} if kept_by == asked.key else counted
    form = GroupsForm(request.POST or None, asked=asked, language=language, first=first, prefix="n")
    context |= {
        "asked": asked.key,
        "asked_words": text_in(asked.texts, language) or asked.key,
        "questions": [(item.key, text_in(item.texts, language) or item.key) for item in questions.values()],
        "from_register": bool(counted) and first is counted,
    }
    return answer(
        request,
        form,
        lambda: set_groups_asked(survey, question=asked.key, invited=form.given(), by=person),
        template="surveys/sample/groups.html",
        context=lambda: context,
        done=_("Saved. The response rate of each group stands below while answers come in, and with the results."),
        to=reverse("surveys:fielding", args=[survey.code]),
    )
