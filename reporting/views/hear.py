"""What everybody may see of the messages: figures, and the stories of what they led to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from feedback.kept_pages import CATEGORIES, STORIES
from feedback.models import Mailing
from feedback.queries import category_names, mailings_between, published_stories
from organisation.charts import Chart, Mark, Point, Row, bars, trend
from organisation.dates import short_month
from organisation.kept_pages import Asked, Known, Page, for_everybody, kept, rows, statement
from reporting.figures import Heard, kept_since, what_we_hear

NEWEST_STORIES = 3
STORIES_ON_A_PAGE = 12
KEPT_BY_BROWSER = 5 * 60


def _heard(asked: Asked, arguments: Mapping[str, Any], now: datetime) -> Known | None:
    """The page with the figures as they were counted last; None where they are to be counted yet."""
    counted = kept_since(now=now, zone=asked.house.zone)
    return None if counted is None else Known("hear", f"{asked.version}|{counted.isoformat()}")


HEAR_PAGE = Page(statement(CATEGORIES, STORIES, rows("feedback_mailing r")), _heard)
STORIES_PAGE = for_everybody("stories", CATEGORIES, STORIES)


@kept(HEAR_PAGE)
@require_safe
def hear(request: HttpRequest) -> HttpResponse:
    """«What we hear from you»: messages by month, category and area, how the promise was kept, the newest stories."""
    house = request.municipality  # type: ignore[attr-defined]
    language = get_language() or "nb"
    heard = what_we_hear(now=timezone.now(), zone=house.zone)
    labels = [short_month(month, language) for month in heard.months]
    stories = list(published_stories()[: NEWEST_STORIES + 1])
    context = {
        "heard": heard,
        "received": trend(
            [Point(label, value) for label, value in zip(labels, heard.messages, strict=True)],
            name=_("Messages"),
            marks=list(marks(mailings_between(heard.first, heard.last), heard.months, language)),
        )
        if heard.total is not None
        else None,
        "in_time": trend(
            [
                Point(label, None if value is None else round(value * 100))
                for label, value in zip(labels, heard.in_time, strict=True)
            ],
            name=_("Answered in time"),
            top=100,
        )
        if any(value is not None for value in heard.in_time)
        else None,
        "categories": _categories(heard),
        "areas": _areas(heard),
        "stories": stories[:NEWEST_STORIES],
        "more_stories": len(stories) > NEWEST_STORIES,
    }
    return _kept(request, render(request, "reporting/hear.html", context))


@kept(STORIES_PAGE)
@require_safe
def stories(request: HttpRequest) -> HttpResponse:
    """«You said – we did»: every story that is published."""
    page = Paginator(published_stories(), STORIES_ON_A_PAGE).get_page(request.GET.get("page"))
    return _kept(request, render(request, "reporting/stories.html", {"page": page}))


def marks(mailings: Iterable[Mailing], months: list[date], language: str) -> Iterable[Mark]:
    """Return each mailing as a mark on its month."""
    for mailing in mailings:
        yield Mark(months.index(mailing.sent_on.replace(day=1)), mailing.in_words(language))


def _bars(named: Iterable[tuple[str, int]], others: int) -> Chart:
    """The groups by size, the joined ones last."""
    rows = [Row(name, number) for name, number in sorted(named, key=lambda group: (-group[1], group[0]))]
    return bars([*rows, Row(_("Others together"), others)] if others else rows)


def _categories(heard: Heard) -> Chart | None:
    if heard.categories is None:
        return None
    names = category_names()
    without = _("Without a category")
    named = [(names.get(pk, without) if pk else without, number) for pk, number in heard.categories.groups.items()]
    return _bars(named, heard.categories.others)


def _areas(heard: Heard) -> Chart | None:
    """The areas, where any is known at all."""
    if heard.areas is None or not any(heard.areas.groups):
        return None
    named = [(name or _("No area given"), number) for name, number in heard.areas.groups.items()]
    return _bars(named, heard.areas.others)


def _kept(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Let a visitor's browser keep the page for a while; who is signed in sees at once what was published.

    No shared cache keeps it: the page holds the visitor's language and the token of its form.
    """
    if request.user.is_authenticated:
        add_never_cache_headers(response)
    else:
        patch_cache_control(response, private=True, max_age=KEPT_BY_BROWSER)
    return response
