"""The paper card that citizens fill in, fold and post: A5, or an A4 sheet with two to cut apart."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import segno
from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override

from feedback.documents import PDF, file_name
from organisation.letterhead import letterhead
from organisation.models import Municipality
from organisation.models.municipality import CallbackRule, DeadlineKind
from organisation.outbox.attachments import Document
from organisation.pdf import render_pdf
from organisation.queries import municipality, wordings

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Layout(models.TextChoices):
    SINGLE = "a5", gettext_lazy("A5: one card, printed on both sides")
    SHEET = "a4", gettext_lazy("A4: two cards on a sheet, printed on both sides and cut apart")


TEXTS: dict[str, _StrPromise] = {
    "card.heading": gettext_lazy("Heading"),
    "card.intro": gettext_lazy("Introduction"),
    "card.promise": gettext_lazy("Promise"),
    "card.not_for": gettext_lazy("What not to write"),
    "card.return_address": gettext_lazy("Return address"),
    "card.postage": gettext_lazy("Where the stamp goes"),
}
"""Those of the wordings (`feedback.wordings`) that stand on the card, in the order in which a reader meets them."""


def card_texts(language: str) -> dict[str, str]:
    """Return what the card says in `language`, by the wording's key without «card.»."""
    house = municipality()
    with override(language):
        values = {
            "municipality": house.name,
            "address": house.address.strip(),
            "deadline": _deadline(house),
            "details": _("daytime phone")
            if house.callback_rule == CallbackRule.PHONE
            else _("name, address and daytime phone"),
        }
    return {key.removeprefix("card."): text for key, text in wordings(TEXTS, language, **values).items()}


def _deadline(house: Municipality) -> str:
    days = house.deadline_days
    if house.deadline_kind == DeadlineKind.WORKING_DAYS:
        return ngettext("%(days)s working day", "%(days)s working days", days) % {"days": days}
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}


def paper_card_pdf(language: str, layout: Layout, *, now: datetime) -> Document:
    """Make the card to print in `language`, two pages: the outside and the inside."""
    with override(language):
        title = _("Card to %(municipality)s") % {"municipality": municipality().name}
        name = file_name(_("message-card"), language, layout)
    data = paper_card_data(language, layout)
    return Document(name, render_pdf("paper_card", data, language=language, title=title, made_at=now), PDF)


def paper_card_data(language: str, layout: Layout) -> dict[str, Any]:
    """Return what `templates/pdf/paper_card.typ` draws. The QR code is rows of 0 and 1."""
    house, address = municipality(), f"{settings.SITE_URL}/"
    with override(language):
        return {
            "municipality": letterhead(house),
            "sheet": layout == Layout.SHEET,
            "texts": card_texts(language),
            "address": settings.SITE_URL,
            "qr": [list(row) for row in segno.make(address, error="m", micro=False).matrix],
            "qr_says": _("QR code to %(address)s") % {"address": address},
            "web": _("Quicker on the web"),
            "contact": " · ".join(part for part in (house.phone, house.email) if part),
            "fold": _("Fold here, with the address outwards"),
            "sender": _("Sender"),
            "text": _("What do you want to tell us?"),
            "place": _("Where is it?"),
            "fields": [_("Name"), _("Address"), _("Daytime phone"), _("E-mail")],
            "ring": _("Do you want us to ring you?"),
            "other": _("If you cannot use the phone: how may we reach you?"),
            "office": [_("Filled in by the municipality: received"), _("number")],
        }
