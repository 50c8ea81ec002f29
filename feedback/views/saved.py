"""A person's saved filters: keep the present one, rename, share, remove."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from feedback.actions.saving import change_filter, remove_filter, save_filter
from feedback.errors import Refused
from feedback.filters import CardFilter, in_words, read_query
from feedback.forms.saved import SavedFilterForm
from feedback.models import SavedFilter
from feedback.queries import saved_filter_of, saved_filters, visible_to
from feedback.rules import SEEING_CARDS, may_share_filters
from feedback.views.access import person_who_may
from feedback.views.refusals import show_refusal
from organisation.models import Person


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def filters(request: HttpRequest) -> HttpResponse:
    """Show the person's filters; a post keeps the filter `query` under a name and leads back to the list."""
    person = person_who_may(request, *SEEING_CARDS)
    if request.method != "POST":
        return _page(request, person)
    query = read_query(request.POST.get("query", "")).urlencode()
    form = SavedFilterForm(request.POST, may_share=may_share_filters(person))
    if form.is_valid():
        try:
            saved = save_filter(name=form.cleaned_data["name"], query=query, shared=form.is_shared, by=person)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The filter «%(name)s» is saved.") % {"name": saved.name})
            return redirect(f"{reverse('feedback:worklist')}?{query}")
    return _page(request, person, new=form, query=query)


@login_required
@never_cache
@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a filter of one's own, share it or not, or remove it. Others' filters look like none (404)."""
    person = person_who_may(request, *SEEING_CARDS)
    if (saved := saved_filter_of(person, pk)) is None:
        raise Http404
    if "remove" in request.POST:
        remove_filter(saved, by=person)
        messages.success(request, _("The filter «%(name)s» is removed.") % {"name": saved.name})
        return redirect("feedback:filters")
    form = SavedFilterForm(request.POST, prefix=f"filter-{pk}", may_share=may_share_filters(person))
    if form.is_valid():
        try:
            change_filter(saved, name=form.cleaned_data["name"], shared=form.is_shared, by=person)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("feedback:filters")
    return _page(request, person, changed={pk: form})


def _page(
    request: HttpRequest,
    person: Person,
    *,
    new: SavedFilterForm | None = None,
    query: str = "",
    changed: dict[int, SavedFilterForm] | None = None,
) -> HttpResponse:
    """Draw the page; `new` or `changed` is a form that came back with its sentences."""
    may_share, forms = may_share_filters(person), changed or {}
    own = [saved for saved in saved_filters(person) if saved.person_id == person.pk]
    context: dict[str, Any] = {
        "section": "cards",
        "new": new,
        "query": query,
        "shown": _words(request, person, query) if query else [],
        "own": [
            {
                "saved": saved,
                "shown": _words(request, person, saved.query),
                "form": forms.get(saved.pk) or _form_of(saved, may_share),
            }
            for saved in own
        ],
        "has_errors": new is not None or bool(forms),
    }
    return render(request, "feedback/cards/filters.html", context, status=422 if context["has_errors"] else 200)


def _form_of(saved: SavedFilter, may_share: bool) -> SavedFilterForm:
    first = {"name": saved.name, "shared": saved.is_shared}
    return SavedFilterForm(initial=first, prefix=f"filter-{saved.pk}", may_share=may_share)


def _words(request: HttpRequest, person: Person, query: str) -> list[tuple[str, str, str]]:
    return in_words(CardFilter(read_query(query), queryset=visible_to(person), request=request))
