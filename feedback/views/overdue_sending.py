"""The service centre's side of the overdue lists: look ahead, send again, and the lists as documents."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from feedback.actions.previewing import lists_to_come
from feedback.actions.resending import resend_overdue_list
from feedback.documents import overdue_list_pdf, overdue_week_pdf
from feedback.errors import Refused
from feedback.models import OverdueList
from feedback.queries import list_of_unit, lists_of_week
from feedback.views.access import person_who_may
from feedback.views.overdue import week_of
from organisation.models import Person
from organisation.outbox.attachments import Document
from organisation.permissions import Permission


@login_required
@never_cache
@require_safe
def preview(request: HttpRequest) -> HttpResponse:
    """Show what the next run would list, by unit, and who would get it. Nothing is written or sent."""
    person = person_who_may(request, Permission.RUN_OVERDUE_LISTS)
    now = timezone.now()
    coming = lists_to_come(now=now, by=person)
    # What is due before the local day of the list is over its deadline on it.
    due_until = timezone.localdate(coming.as_of) - timedelta(days=1)
    context = {"section": "overdue", "coming": coming, "is_due": coming.as_of <= now, "due_until": due_until}
    return render(request, "feedback/overdue/preview.html", context)


@login_required
@require_POST
def resend(request: HttpRequest, week: str, unit: str) -> HttpResponse:
    """Send one unit's list again."""
    person = person_who_may(request, Permission.RUN_OVERDUE_LISTS)
    listed = _list(person, week, unit)
    try:
        notice = resend_overdue_list(listed, by=person, now=timezone.now())
    except Refused as refusal:
        messages.error(request, f"{listed.unit.name}: {refusal}")
    else:
        to = notice.person.name if notice.person else _("the unit's address")
        messages.success(request, _("The list of %(unit)s is sent again, to %(to)s.") % {"unit": listed.unit, "to": to})
    return redirect("feedback:overdue_week", week=week)


@login_required
@never_cache
@require_safe
def list_document(request: HttpRequest, week: str, unit: str) -> HttpResponse:
    """One unit's list as a PDF."""
    person = person_who_may(request, Permission.SEE_OVERDUE_LISTS)
    return _pdf(overdue_list_pdf(_list(person, week, unit), get_language() or "nb"))


@login_required
@never_cache
@require_safe
def week_document(request: HttpRequest, week: str) -> HttpResponse:
    """The week's lists that the person may see, in one PDF."""
    person = person_who_may(request, Permission.SEE_OVERDUE_LISTS)
    named = week_of(week)
    lists = list(lists_of_week(person, named.year, named.week))
    if not lists:
        raise Http404
    return _pdf(overdue_week_pdf(lists, get_language() or "nb"))


def _list(person: Person, week: str, unit: str) -> OverdueList:
    named = week_of(week)
    if (listed := list_of_unit(person, named.year, named.week, unit)) is None:
        raise Http404
    return listed


def _pdf(document: Document) -> HttpResponse:
    response = HttpResponse(document.content, content_type=document.content_type)
    response["Content-Disposition"] = f'inline; filename="{document.name}"'
    return response
