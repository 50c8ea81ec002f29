"""The paper card: what it will say, and the PDF to print."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from feedback.forms.informing import PaperCardForm
from feedback.paper_card import TEXTS, Layout, card_texts, paper_card_pdf
from feedback.views.access import person_who_may
from organisation.permissions import Permission


@login_required
@never_cache
@require_safe
def paper_card(request: HttpRequest) -> HttpResponse:
    """Choose language and layout, and read what the card says."""
    person_who_may(request, Permission.INFORM_CITIZENS, Permission.MANAGE_ORGANISATION)
    chosen = PaperCardForm(request.GET)
    language = request.municipality.language  # type: ignore[attr-defined]
    layout: str = Layout.SINGLE
    if chosen.is_valid():
        language, layout = chosen.cleaned_data["language"], chosen.cleaned_data["layout"]
    said = card_texts(language)
    context = {
        "section": "information",
        "page_of_section": "paper_card",
        "form": PaperCardForm(initial={"language": language, "layout": layout}),
        "card_language": language,
        "layout": layout,
        "texts": [(name, said[key.removeprefix("card.")]) for key, name in TEXTS.items()],
    }
    return render(request, "feedback/information/paper_card.html", context)


@login_required
@never_cache
@require_safe
def paper_card_file(request: HttpRequest) -> HttpResponse:
    """The card as a PDF. A language or a layout that is not there is not found."""
    person_who_may(request, Permission.INFORM_CITIZENS, Permission.MANAGE_ORGANISATION)
    chosen = PaperCardForm(request.GET)
    if not chosen.is_valid():
        raise Http404
    made = paper_card_pdf(chosen.cleaned_data["language"], Layout(chosen.cleaned_data["layout"]), now=timezone.now())
    return HttpResponse(
        made.content,
        content_type=made.content_type,
        headers={"Content-Disposition": f'inline; filename="{made.name}"', "X-Content-Type-Options": "nosniff"},
    )
