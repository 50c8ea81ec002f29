"""Texts that are ready to adapt: offered in a field in the submitter's language, and never sent with a gap in them."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from feedback.models import Card
from organisation.models import Municipality
from organisation.queries import wordings
from organisation.wordings import filled

_GAP = re.compile(r"\{[^{}\n]{0,40}\}")


KEYS = ("answer.preliminary", "answer.political", "answer.referred", "bodies.external")


def ready_texts(card: Card, house: Municipality) -> dict[str, str]:
    """Return the texts in the card's language, with what is known put in. Gaps stay in braces. One query."""
    return wordings(KEYS, card.language, municipality=house.name, unit=card.unit.name)


def completed(text: str, **values: object) -> str:
    """Return `text` with `values` put into its gaps. Raises ValidationError that names a gap which is left."""
    text = filled(text, {name: value for name, value in values.items() if value})
    if gap := _GAP.search(text):
        raise ValidationError(
            _("Write something in place of %(gap)s before it goes."), code="gap", params={"gap": gap.group()}
        )
    return text
