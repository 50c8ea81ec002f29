"""The journal of some days: looked at as everybody would read it, and taken as a file."""

from __future__ import annotations

from datetime import timedelta
from itertools import chain, islice
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from feedback.forms.records import JournalForm
from feedback.journal import csv_file, journal_lines, json_file, not_assessed
from feedback.views.access import person_who_may
from organisation.models import Municipality, Person
from organisation.permissions import Permission
from organisation.queries import grants_of

SHOWN = 200
KINDS = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


@login_required
@never_cache
@require_safe
def journal(request: HttpRequest) -> HttpResponse:
    """Show the first lines of the public journal, of the last week where no days are asked for."""
    person = person_who_may(request, Permission.TAKE_JOURNAL)
    return _page(request, person, _form(request))


@login_required
@never_cache
@require_safe
def journal_file(request: HttpRequest, version: str, form: str) -> HttpResponseBase:
    """Hand out the journal: the public one, or the house's own to who sees all cards. Days that cannot be read give none."""
    person = person_who_may(request, Permission.TAKE_JOURNAL)
    if version not in ("public", "internal") or form not in KINDS:
        raise Http404
    if version == "internal" and not _may_take_internal(person):
        raise PermissionDenied
    asked, house, public = _form(request), _house(request), version == "public"
    if not asked.is_valid():
        return _page(request, person, asked)
    first, last = asked.cleaned_data["first"], asked.cleaned_data["last"]
    lines = journal_lines(first, last, house=house, public=public)
    begun = list(islice(lines, 1))  # what is wrong with the first is still answered; later a file can only break off
    lines = chain(begun, lines)
    now = timezone.now()
    content = (
        csv_file(lines, public=public)
        if form == "csv"
        else json_file(lines, first=first, last=last, house=house, public=public, now=now)
    )
    answer = StreamingHttpResponse(content, content_type=KINDS[form])
    name = _("public-journal") if public else _("journal")
    days = f"{first.isoformat()}-{last.isoformat()}"
    answer["Content-Disposition"] = f'attachment; filename="{name}-{days}.{form}"'
    return answer


def _page(request: HttpRequest, person: Person, form: JournalForm) -> HttpResponse:
    context: dict[str, Any] = {
        "section": "journal", "page_of_section": "journal", "form": form, "may_take_internal": _may_take_internal(person)
    }  # fmt: skip
    request.shown = 0  # type: ignore[attr-defined]
    if form.is_valid():
        first, last, house = form.cleaned_data["first"], form.cleaned_data["last"], _house(request)
        lines = list(islice(journal_lines(first, last, house=house, public=True), SHOWN + 1))
        request.shown = len(lines[:SHOWN])  # type: ignore[attr-defined]
        context |= {
            "lines": lines[:SHOWN], "there_is_more": len(lines) > SHOWN, "first": first, "last": last,
            "days": urlencode({"first": first.isoformat(), "last": last.isoformat()}),
            "not_assessed": not_assessed(first, last, house) if _may_take_internal(person) else [],
        }  # fmt: skip
    return render(request, "feedback/records/journal.html", context, status=422 if form.errors else 200)


def _form(request: HttpRequest) -> JournalForm:
    today = timezone.localdate(timezone.now(), _house(request).zone)
    week = {"first": f"{today - timedelta(days=6):%d.%m.%Y}", "last": f"{today:%d.%m.%Y}"}
    return JournalForm(request.GET if {"first", "last"} & set(request.GET) else week)


def _may_take_internal(person: Person) -> bool:
    return grants_of(person).allows(Permission.SEE_ALL_CARDS)


def _house(request: HttpRequest) -> Municipality:
    house: Municipality = request.municipality  # type: ignore[attr-defined]
    return house
