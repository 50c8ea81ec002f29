"""The same weakness from several sides, and the themes on which the sides are laid."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organisation.replica import figures_page
from organisation.views.answering import answer, do
from reporting import weakness
from reporting.actions import themes as actions
from reporting.card_themes import cards_by_category
from reporting.forms.themes import ThemeForm
from reporting.models import Theme, ThemeLink
from reporting.queries import theme_called
from reporting.queries import themes as all_themes
from reporting.rules import may_manage
from reporting.theme_sides import offered
from reporting.theme_table import theme_table
from reporting.views.access import SECTION, managing, reading

PART = SECTION | {"part": "themes"}


def _theme(key: str) -> Theme:
    found = theme_called(key)
    if found is None:
        raise Http404
    return found


@login_required
@never_cache
@require_safe
@figures_page
def themes(request: HttpRequest) -> HttpResponse:
    """Show each theme from each side, those that are weak or falling from several first."""
    person = reading(request)
    house = request.municipality  # type: ignore[attr-defined]
    cards = cards_by_category(now=timezone.now(), zone=house.zone)
    table = theme_table(cards, today=timezone.localdate(), language=get_language() or "nb")
    context = PART | {
        "table": table,
        "sides": ThemeLink.Side.choices,
        "cards": cards,
        "rules": weakness,
        "may_manage": may_manage(person),
    }
    return render(request, "reporting/themes.html", context)


@login_required
@never_cache
@require_safe
def order(request: HttpRequest) -> HttpResponse:
    """Show the themes in their own order, each with the way to change it."""
    managing(request)
    language = get_language() or "nb"
    rows = [(theme, theme.name_in(language), len(theme.links.all())) for theme in all_themes()]
    return render(request, "reporting/theme_order.html", PART | {"rows": rows, "moved": request.GET.get("moved")})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_theme(request: HttpRequest) -> HttpResponse:
    """Make a theme and lay sources on it."""
    return _edited(request, None)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def theme(request: HttpRequest, key: str) -> HttpResponse:
    """Rename a theme, change what is laid on it, or take it away."""
    managing(request)
    return _edited(request, _theme(key))


def _edited(request: HttpRequest, found: Theme | None) -> HttpResponse:
    person = managing(request)
    house = request.municipality  # type: ignore[attr-defined]
    form = ThemeForm(
        request.POST if request.method == "POST" else None,
        house=house,
        offered=offered(get_language() or "nb"),
        theme=found,
    )

    def act() -> None:
        if found is None:
            actions.create_theme(**form.values(), by=person, now=timezone.now())
        else:
            actions.change_theme(found, **form.values(), by=person, now=timezone.now())

    def context() -> dict[str, Any]:
        return PART | {
            "title": found.name_in(get_language() or "nb") if found else _("Make a theme"),
            "button": _("Save") if found else _("Make the theme"),
            "take_away": reverse("reporting:remove_theme", args=[found.key]) if found else "",
        }

    return answer(
        request, form, act, template="reporting/theme_edit.html", context=context,
        done=_("Saved.") if found else _("The theme is made."), to=reverse("reporting:theme_order"),
    )  # fmt: skip


@login_required
@require_POST
def usual_themes(request: HttpRequest) -> HttpResponse:
    """Make the usual themes that are not there."""
    person = managing(request)
    made: list[int] = []
    response = do(
        request,
        lambda: made.append(actions.know_usual_themes(by=person, now=timezone.now())),
        done="",
        to=reverse("reporting:theme_order"),
    )
    if made and made[0]:
        messages.success(request, ngettext("%(n)s theme is made.", "%(n)s themes are made.", made[0]) % {"n": made[0]})
    elif made:
        messages.success(request, _("All the usual themes are there already."))
    return response


@login_required
@require_POST
def remove_theme(request: HttpRequest, key: str) -> HttpResponse:
    """Take a theme away."""
    person, found = managing(request), _theme(key)
    return do(
        request,
        lambda: actions.remove_theme(found, by=person, now=timezone.now()),
        done=_("The theme is taken away. What was laid on it stays where it is."),
        to=reverse("reporting:theme_order"),
    )


@login_required
@require_POST
def move_theme(request: HttpRequest, key: str) -> HttpResponse:
    """Move a theme up or down among the others."""
    person, found = managing(request), _theme(key)
    up = request.POST.get("way") == "up"
    return do(
        request,
        lambda: actions.move_theme(found, up=up, by=person, now=timezone.now()),
        done="",
        to=f"{reverse('reporting:theme_order')}?moved={found.pk}-{'up' if up else 'down'}",
    )
