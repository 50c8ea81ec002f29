"""The sources that figures are fetched from: what came, what was refused, and fetching now."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organisation.views.answering import answer, do
from organisation.views.uploads import is_larger
from reporting.actions.feeds import ask_for_fetch, publish_indicators, remove_feed, save_feed
from reporting.feeding import MOST_MB, take_answer
from reporting.forms.feeds import AnswerForm, FeedForm, OpenForm
from reporting.models import Feed
from reporting.queries import feed_of, feeds_with_latest, fetched_answer, fetched_of, indicators, places_known
from reporting.views.access import SECTION, managing

PART = SECTION | {"part": "sources"}
SHOWN = 12


@login_required
@never_cache
@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    """Every source, with what came last."""
    managing(request)
    language = get_language() or "nb"
    rows = [
        {"feed": feed, "last": last, "name": feed.indicator.name_in(language) if feed.indicator else ""}
        for feed, last in feeds_with_latest()
    ]
    context = PART | {"rows": rows, "places": places_known(), "by_schedule": settings.FETCH_BY_SCHEDULE}
    return render(request, "reporting/sources.html", context)


def _found(pk: int) -> Feed:
    found = feed_of(pk)
    if found is None:
        raise Http404
    return found


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def source(request: HttpRequest, pk: int) -> HttpResponse:
    """One source with its latest answers; a saved answer is read here instead of fetching."""
    person, feed = managing(request), _found(pk)
    form, status = AnswerForm(request.POST or None, request.FILES or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            file = form.cleaned_data["file"]
            if is_larger(file, MOST_MB):
                form.add_error("file", _("The file is larger than %(most)s MB.") % {"most": MOST_MB})
            else:
                kept = take_answer(
                    feed, [file.read()], address=file.name, by=person, now=timezone.now(),
                    this_year=timezone.localdate().year,
                )  # fmt: skip
                if kept.is_well:
                    messages.success(request, kept.sentence)
                    return redirect("reporting:source", pk=pk)
                form.add_error("file", kept.sentence)
    context = PART | {
        "feed": feed,
        "name": feed.indicator.name_in(get_language() or "nb") if feed.indicator else "",
        "fetched": fetched_of(feed, SHOWN),
        "form": form,
        "kept_days": settings.FETCHED_KEPT_DAYS,
    }
    return render(request, "reporting/source.html", context, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_source(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Write a new source, or change one."""
    person = managing(request)
    feed = None if pk is None else _found(pk)
    form = FeedForm(request.POST or None, feed=feed)
    here = reverse("reporting:source", args=[pk]) if pk else reverse("reporting:sources")
    context = PART | {
        "title": _("A new source") if feed is None else _("Settings"),
        "button": _("Save"),
        "back": here,
        "back_name": _("Sources") if feed is None else str(feed),
    }
    if feed is not None:
        context |= {
            "take_away": reverse("reporting:remove_source", args=[feed.pk]),
            "take_away_name": _("Remove the source"),
            "take_away_words": _("Its kept answers go with it. The figures that it brought stay."),
        }
    return answer(
        request,
        form,
        lambda: save_feed(feed, form.values(), by=person, now=timezone.now()),
        template="reporting/edit.html",
        context=lambda: context,
        done=_("Saved."),
        to=here,
    )


@login_required
@require_POST
def remove_source(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a source away."""
    person, feed = managing(request), _found(pk)
    return do(
        request, lambda: remove_feed(feed, by=person, now=timezone.now()), done=_("The source is removed."),
        to=reverse("reporting:sources"),
    )  # fmt: skip


@login_required
@require_POST
def fetch_now(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a source to be fetched; a worker does it."""
    person, feed = managing(request), _found(pk)
    return do(
        request, lambda: ask_for_fetch(feed, by=person, now=timezone.now()),
        done=_("It is being fetched. Look here again in a moment."), to=reverse("reporting:source", args=[pk]),
    )  # fmt: skip


@login_required
@never_cache
@require_safe
def raw_answer(request: HttpRequest, pk: int, answer: int) -> HttpResponse:
    """One answer as it came, as a ZIP file."""
    managing(request)
    feed = _found(pk)
    found = fetched_answer(feed, answer)
    if found is None or not found.content:
        raise Http404
    response = HttpResponse(bytes(found.content), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{feed.kind}-{found.at:%Y-%m-%d}.zip"'
    return response


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def open_indicators(request: HttpRequest) -> HttpResponse:
    """Choose which of our indicators are open data."""
    person = managing(request)
    form, status = OpenForm(), 200
    if request.method == "POST":
        form, status = OpenForm(request.POST), 422
        if form.is_valid():
            chosen = {row.pk for row in form.cleaned_data["open"]}
            every = list(indicators())
            opened = [row for row in every if row.pk in chosen and not row.is_public]
            closed = [row for row in every if row.pk not in chosen and row.is_public]
            for rows, public in ((opened, True), (closed, False)):
                publish_indicators(rows, public=public, by=person, now=timezone.now())
            messages.success(request, _("Saved."))
            return redirect("reporting:open_indicators")
    return render(request, "reporting/open_indicators.html", PART | {"form": form}, status=status)
