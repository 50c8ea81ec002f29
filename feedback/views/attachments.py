"""Files of a card, for those who may see the card. They are never served by path."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from feedback.documents import contact_card_pdf
from feedback.queries import attachment_of
from feedback.views.access import card_for
from organisation.views.downloads import as_download


@login_required
@never_cache
@require_safe
def attachment(request: HttpRequest, reference: str, pk: int) -> FileResponse:
    """Hand out one file: always as a download, never to be guessed at or run by the browser."""
    _person, card = card_for(request, reference)
    found = attachment_of(card, pk)
    if found is None:
        raise Http404
    return as_download(found.file, name=found.name, content_type=found.content_type)


@login_required
@never_cache
@require_safe
def contact_card(request: HttpRequest, reference: str) -> HttpResponse:
    """The contact card as a PDF to print, once it is made."""
    _person, card = card_for(request, reference)
    made = next((made for made in card.contactcards.all() if made.cycle == card.cycle), None)
    if made is None:
        raise Http404
    document = contact_card_pdf([card])
    response = HttpResponse(document.content, content_type=document.content_type)
    response["Content-Disposition"] = f'inline; filename="{document.name}"'
    return response
