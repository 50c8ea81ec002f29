"""The rows of the work list: fifty a page, of a dozen pieces each. A template takes five times as long over them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import TYPE_CHECKING

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from feedback.models import Card
from feedback.templatetags.cards import attempts_dots, deadline_tag, state_tag, tel

if TYPE_CHECKING:
    from feedback.views.list_page import Listed

register = template.Library()

_CHECKED, _NOTHING = SafeString(" checked"), SafeString("")


@register.simple_tag
def choose_box(card: Card, chosen: Collection[str]) -> SafeString:
    """The box by which a card is chosen for a bulk step. It says which state of the card was seen."""
    return format_html(
        '<input class="ds-input" type="checkbox" form="bulk" name="card" value="{0}.{1}" id="choose-{0}" '
        'aria-label="{2}" autocomplete="off"{3}>',
        card.reference,
        card.seen,  # type: ignore[attr-defined]
        _("Choose %(reference)s") % {"reference": card.reference},
        _CHECKED if card.reference in chosen else _NOTHING,
    )


@register.simple_tag
def list_rows(
    rows: Iterable[Listed], today: date, needed: int, from_query: str, may_choose: bool, chosen: Collection[str]
) -> SafeString:
    """The rows of the cards' table. `needed` are the attempts that make a callback tried enough, `from_query` what the
    card's page is told about the list that it was opened from."""
    before, after = reverse("feedback:card", args=["-"]).split("-")
    nobody = format_html('<span class="subtle">{}</span>', _("Anonymous"))
    no_call = format_html(
        '<span class="subtle" aria-hidden="true">–</span><span class="ds-sr-only">{}</span>', _("No call owed")
    )
    return mark_safe(  # noqa: S308  (made of what `format_html` gave)
        "".join(
            format_html(
                '<tr>{}<th scope="row"><a class="ds-link nowrap" data-color="accent" href="{}{}{}{}">{}</a> '
                '<span class="headline">{}</span></th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n',
                format_html('<td class="choose no-print">{}</td>', choose_box(card, chosen))
                if may_choose
                else _NOTHING,
                *(before, card.reference, after, from_query),
                card.reference,
                card.headline,
                deadline_tag(card, today),
                state_tag(card),
                _place(card),
                _submitter(card) or nobody,
                attempts_dots(card.attempts, needed) if card.callback_owed else no_call,  # type: ignore[attr-defined]
            )
            for card in (row.card for row in rows)
        )
    )


def _place(card: Card) -> SafeString:
    if card.handler is None:
        return format_html("{}", card.unit.name)
    return format_html('{}<br><span class="subtle">{}</span>', card.unit.name, card.handler.name)


def _submitter(card: Card) -> SafeString | None:
    """Name and number, which can be rung where it is shown whole."""
    submitter = getattr(card, "submitter", None)
    if submitter is None:
        return None
    name, phone = submitter.name or "", submitter.phone
    if not phone:
        return format_html("{}", name)
    if "•" in phone:
        return format_html('{} <span class="nowrap">{}</span>', name, phone)
    return format_html('{} <a class="ds-link tel" href="tel:{}">{}</a>', name, tel(phone), phone)
