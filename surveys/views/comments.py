"""A survey's comments as a list: filtered, several coded at once, read by area, and as a file."""

from __future__ import annotations

import io
import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from organisation.permissions import Permission
from surveys.actions.comment_base import State, fingerprint
from surveys.actions.comment_suggestions import Suggestion
from surveys.actions.comments import Report, code_each, code_many, send_many
from surveys.comment_files import COLUMNS, comment_rows, outcome, write_comments
from surveys.comment_queries import by_area, comments_of, followed_up, may_be_read
from surveys.exporting import csv_text
from surveys.forms.comments import ManyForm
from surveys.models import Comment
from surveys.rules import may_manage
from surveys.views.comment_desk import Desk, say_done
from surveys.views.results import CSV, SEEING_RESULTS, XLSX, survey_for

ON_A_PAGE = 40


@dataclass(frozen=True)
class Row:
    """One comment of the list."""

    comment: Comment
    address: str
    question: str
    chosen: str
    is_chosen: bool
    suggestion: Suggestion | None
    outcome: str


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def comments(request: HttpRequest, code: str) -> HttpResponse:
    """Show the comments in their random order, and do with the chosen ones what the pressed button says."""
    person, survey = survey_for(request, code, Permission.MANAGE_SURVEYS)
    desk = Desk(request, person, survey)
    if not may_be_read(survey):
        context = {"section": "surveys", "survey": survey, "title": survey.title(desk.language)}
        return render(request, "surveys/comments/not_yet.html", context)
    if request.method != "POST":
        return _page(desk, ManyForm(areas=desk.areas))
    chosen = _chosen(request)
    form = ManyForm(request.POST, areas=desk.areas)
    if not chosen:
        form.add_error(None, _("Tick the comments first."))
    elif request.POST.get("do") == "code" and form.is_valid() and form.coding().area is form.coding().unit is None:
        form.add_error("area", _("Choose an area or a unit."))
    if not form.is_valid():
        return _page(desk, form, chosen=set(chosen), status=422)
    report = _act(desk, request.POST.get("do", ""), chosen, form)
    if report.done:
        say_done(request, desk, _done_words(request.POST["do"], len(report.done)), report.done)
    if report.refused:
        return _page(desk, form, chosen={uuid.UUID(pk) for pk in report.refused}, report=report, status=422)
    return redirect(request.get_full_path())


def _chosen(request: HttpRequest) -> dict[uuid.UUID, str]:
    """The ticked comments with what the page showed of each; what no page has drawn is left out."""
    found = {}
    for value in request.POST.getlist("comment")[: ON_A_PAGE * 5]:
        pk, _dot, seen = value.partition(".")
        try:
            found[uuid.UUID(pk)] = seen
        except ValueError:
            continue
    return found


def _act(desk: Desk, what: str, chosen: dict[uuid.UUID, str], form: ManyForm) -> Report:
    found = list(comments_of(desk.survey).filter(pk__in=chosen))
    if what == "send":
        return send_many(chosen, found, by=desk.person, now=timezone.now())
    if what == "suggested":
        codings = {comment.pk: desk.suggesting.of(comment).coding for comment in found}
        return code_each(chosen, found, codings, by=desk.person)
    if what == "code":
        return code_many(chosen, found, form.coding(), by=desk.person)
    raise Http404


def _done_words(what: str, number: int) -> str:
    if what == "send":
        words = ngettext("%(number)s card was made.", "%(number)s cards were made.", number)
    else:
        words = ngettext("%(number)s comment is coded.", "%(number)s comments are coded.", number)
    return words % {"number": number}


def _page(
    desk: Desk, form: ManyForm, *, chosen: set[uuid.UUID] | None = None, report: Report | None = None, status: int = 200
) -> HttpResponse:
    page = Paginator(desk.shown, ON_A_PAGE).get_page(desk.request.GET.get("page"))
    rows = [
        Row(
            comment=comment,
            address=desk.address(comment),
            question=desk.questions.words(comment.question, desk.language),
            chosen=f"{comment.pk}.{fingerprint(comment)}",
            is_chosen=comment.pk in (chosen or ()),
            suggestion=desk.suggesting.of(comment) if comment.state == State.KEPT else None,
            outcome=outcome(comment),
        )
        for comment in page
    ]
    context: dict[str, Any] = desk.context() | {
        "page": page,
        "rows": rows,
        "filter": desk.filter,
        "form": form,
        "several_questions": len(desk.questions.numbers) > 1,
        "has_errors": bool(form.errors) or report is not None,
        "refused": _refused(report, rows) if report else [],
        "to_code": desk.beginning(State.KEPT),
        "to_look_through": desk.beginning(State.HELD),
    }
    return render(desk.request, "surveys/comments/list.html", context, status=status)


def _refused(report: Report, rows: list[Row]) -> list[tuple[str, str, str]]:
    """What was refused, as pairs of the comment's beginning and why, with the id of its box where it is on the page."""
    texts = {str(row.comment.pk): row.comment.text for row in rows}
    return [(pk, texts.get(pk, ""), sentence) for pk, sentence in report.refused.items()]


@login_required
@never_cache
@require_safe
def read(request: HttpRequest, code: str) -> HttpResponse:
    """Show the released comments by area, and what came of them."""
    person, survey = survey_for(request, code, *SEEING_RESULTS)
    language = get_language() or "nb"
    readable = may_be_read(survey)
    areas = by_area(survey, language) if readable else []
    context = {
        "section": "surveys",
        "survey": survey,
        "title": survey.title(language),
        "readable": readable,
        "areas": areas,
        "outcomes": {comment.pk: outcome(comment) for area in areas for comment in area.comments},
        "followed": followed_up(survey) if readable else None,
        "may_manage": may_manage(person),
    }
    return render(request, "surveys/comments/by_area.html", context)


@login_required
@never_cache
@require_safe
def file(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """Hand out the released comments as a file."""
    _person, survey = survey_for(request, code, *SEEING_RESULTS)
    if form not in ("csv", "xlsx") or not may_be_read(survey):
        raise Http404
    rows = list(comment_rows(survey, get_language() or "nb"))
    if form == "csv":
        made = HttpResponse(csv_text(rows, COLUMNS), content_type=CSV)
    else:
        out = io.BytesIO()
        write_comments(rows, out, heading=_("Comments"))
        made = HttpResponse(out.getvalue(), content_type=XLSX)
    made["Content-Disposition"] = f'attachment; filename="{survey.code}-{_("comments")}.{form}"'
    return made
