"""The list as a file: all cards of the filter, on all pages."""

from __future__ import annotations

from tempfile import TemporaryFile

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from feedback.exporting import MOST_ROWS_XLSX, Table, csv_lines, write_down, write_xlsx
from feedback.filters import CardFilter, in_words, known_part
from feedback.paging import order_of
from feedback.queries import visible_to
from feedback.rules import SEEING_CARDS
from feedback.views.access import person_who_may
from organisation.models import Person

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@never_cache
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Say how many cards the file will hold, and ask whether texts and contact details are to be in it."""
    return _page(request, _asked(request)[1])


@login_required
@never_cache
@require_safe
def download(request: HttpRequest, form: str) -> HttpResponseBase:
    """Hand out the file: CSV as it is read, Excel once it is written."""
    person, filtered = _asked(request)
    if form not in ("csv", "xlsx"):
        raise Http404
    if not filtered.is_valid() or (form == "xlsx" and filtered.qs[: MOST_ROWS_XLSX + 1].count() > MOST_ROWS_XLSX):
        return _page(request, filtered)
    cards = filtered.qs.order_by(*order_of(request.GET).by)
    today = timezone.localdate()
    with_texts = request.GET.get("texts") == "yes"
    table = Table(
        today=today,
        zone=timezone.get_current_timezone(),
        language=get_language() or "en",
        with_texts=with_texts,
        whose=person,
    )
    write_down(person, form, known_part(request.GET), with_texts=with_texts)
    name = f"{_('cards')}-{today.isoformat()}.{form}"
    if form == "csv":
        answer: HttpResponseBase = StreamingHttpResponse(
            csv_lines(table, cards), content_type="text/csv; charset=utf-8"
        )
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer
    file = TemporaryFile()  # noqa: SIM115 (the answer closes it)
    write_xlsx(table, cards, file, title=_("Cards"))
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


def _asked(request: HttpRequest) -> tuple[Person, CardFilter]:
    person = person_who_may(request, *SEEING_CARDS)
    return person, CardFilter(known_part(request.GET), queryset=visible_to(person), request=request)


def _page(request: HttpRequest, filtered: CardFilter) -> HttpResponse:
    number = filtered.qs.count() if filtered.is_valid() else 0
    sentences = [str(error) for errors in filtered.errors.values() for error in errors]
    if number > MOST_ROWS_XLSX and request.path.endswith(".xlsx"):
        words = _("An Excel file holds at most %(most)s cards here. Narrow the filter, or take the CSV file.")
        sentences = [words % {"most": MOST_ROWS_XLSX}]
    context = {
        "section": "cards",
        "number": number,
        "shown": in_words(filtered),
        "fields": [(name, value) for name, values in known_part(request.GET).lists() for value in values],
        "filter_query": known_part(request.GET).urlencode(),
        "with_texts": request.GET.get("texts") == "yes",
        "sentences": sentences,
        "has_errors": bool(sentences),
    }
    return render(request, "feedback/cards/export.html", context, status=422 if sentences else 200)
