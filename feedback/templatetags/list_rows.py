"""The rows of the work list: fifty a page, of a dozen pieces each. A template takes five times as long over them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from html import escape
from typing import TYPE_CHECKING, Any

from django import template
from django.template.backends.utils import csrf_input
from django.template.defaultfilters import truncatechars
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from feedback.models import Card
from feedback.templatetags.cards import attempts_dots, deadline_tag, state_tag, tel
from organisation.jinja import jinja
from organisation.templatetags.page import short_day

if TYPE_CHECKING:
    from feedback.views.list_page import Listed

register = template.Library()


@register.simple_tag
def choose_box(card: Card, chosen: Collection[str]) -> SafeString:
    """The box by which a card is chosen for a bulk step. It says which state of the card was seen."""
    reference, label = escape(card.reference), escape(_("Choose %(reference)s") % {"reference": card.reference})
    return mark_safe(  # noqa: S308
        f'<input class="ds-input" type="checkbox" form="bulk" name="card" value="{reference}.{card.seen}" '  # type: ignore[attr-defined]
        f'id="choose-{reference}" aria-label="{label}" autocomplete="off"{" checked" if card.reference in chosen else ""}>'
    )


@register.simple_tag(takes_context=True)
def rows_to_forward(context: Mapping[str, Any], rows: Iterable[Listed]) -> SafeString:
    """The rows of cards that wait to be forwarded, with the suggestion for each and the forms to do it."""
    query = "?" + context["filter_query"]
    opened, forwarded = (reverse(name, args=["-"]).split("-") for name in ("feedback:card", "feedback:forward"))
    drawn = jinja().get_template("feedback/to_forward.html")
    return mark_safe(  # noqa: S308
        drawn.render(
            {name: context[name] for name in ("list_address", "today", "chosen")}
            | {"rows": rows, "wrong_row": context.get("wrong_row")}
            | {"card_before": opened[0], "card_after": opened[1] + context["from_query"]}
            | {"before": forwarded[0], "after": forwarded[1] + query}
            | {"csrf_input": csrf_input(context["request"])}
            | {
                "choose_box": choose_box,
                "deadline_tag": deadline_tag,
                "short_day": short_day,
                "shortened": truncatechars,
            }
        )
    )


@register.simple_tag
def list_rows(
    rows: Iterable[Listed], today: date, needed: int, from_query: str, may_choose: bool, chosen: Collection[str]
) -> SafeString:
    """The rows of the cards' table. `needed` are the attempts that make a callback tried enough, `from_query` what the
    card's page is told about the list that it was opened from."""
    before, after = reverse("feedback:card", args=["-"]).split("-")
    after += escape(from_query)
    nobody = f'<span class="subtle">{escape(_("Anonymous"))}</span>'
    no_call = (
        f'<span class="subtle" aria-hidden="true">–</span><span class="ds-sr-only">{escape(_("No call owed"))}</span>'
    )
    pieces: list[str] = []
    for row in rows:
        card = row.card
        if may_choose:
            pieces += ('<tr><td class="choose no-print">', choose_box(card, chosen), "</td>")
        else:
            pieces.append("<tr>")
        reference = escape(card.reference)
        pieces += (
            '<th scope="row"><a class="ds-link nowrap" data-color="accent" '
            f'href="{before}{reference}{after}">{reference}</a> '
            f'<span class="headline">{escape(card.headline)}</span></th><td>',
            deadline_tag(card, today),
            "</td><td>",
            state_tag(card),
            "</td><td>",
            _place(card),
            "</td><td>",
            _submitter(card) or nobody,
            "</td><td>",
            attempts_dots(card.attempts, needed) if card.callback_owed else no_call,  # type: ignore[attr-defined]
            "</td></tr>\n",
        )
    return mark_safe("".join(pieces))  # noqa: S308  (each piece is escaped)


def _place(card: Card) -> str:
    unit = escape(card.unit.name)
    return unit if card.handler is None else f'{unit}<br><span class="subtle">{escape(card.handler.name)}</span>'


def _submitter(card: Card) -> str:
    """Name and number, which can be rung where it is shown whole."""
    submitter = getattr(card, "submitter", None)
    if submitter is None:
        return ""
    name, phone = escape(submitter.name or ""), escape(submitter.phone)
    if not phone:
        return name
    if "•" in phone:
        return f'{name} <span class="nowrap">{phone}</span>'
    return f'{name} <a class="ds-link tel" href="tel:{tel(phone)}">{phone}</a>'
