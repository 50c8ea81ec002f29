"""State and deadline as a tag: a sign, a word and a colour, so that none of the three is needed alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from html import escape
from typing import Any

from django import template
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feedback.journal import Line, direction_name
from feedback.models import Card
from feedback.recorded import Access
from feedback.workflow import OPEN_STATES, CloseResult, State
from organisation.templatetags.page import short_day, tag

register = template.Library()

_STATES = {
    State.REGISTERED: ("○", "warning"),
    State.FORWARDED: ("→", "info"),
    State.CALLED_BACK: ("✓", "success"),
    State.FOLLOWED_UP: ("✓", "success"),
    State.REFERRED: ("↗", "neutral"),
    State.CONTACT_CARD_POSTED: ("✉", "neutral"),
    State.CLOSED: ("■", "neutral"),
}


@register.simple_tag
def state_tag(card: Card) -> SafeString:
    """Where the card stands; a closed one says how it was closed."""
    state = State(card.state)
    sign, colour = _STATES[state]
    word = str(CloseResult(card.close_result).label if card.close_result else state.label)
    if state == State.REGISTERED and card.returned_at:
        sign, word = "↩", str(_("Sent back as misrouted"))
    return tag(word, colour, sign)


@register.simple_tag
def deadline_tag(card: Card, today: date) -> SafeString:
    """How the open card stands to its deadline on the local date `today`; of a completed one whether it was in time."""
    if card.state not in OPEN_STATES:
        return tag("", "")
    days = (card.due_on - today).days
    if days < 0:
        words = ngettext("%(days)s day over", "%(days)s days over", -days) % {"days": -days}
        return tag(words, "danger", "!")
    if days == 0:
        return tag(_("Due today"), "warning", "◔")
    if days == 1:
        return tag(_("Due tomorrow"), "warning", "◔", "outline")
    return tag(_("Due %(day)s") % {"day": short_day(card.due_on)}, "neutral", variant="outline")


@register.simple_tag
def access_tag(access: Access) -> SafeString:
    """Who may see a card or a text: public, exempt with its legal reference, or not assessed yet."""
    if access.is_public:
        return tag(_("Public"), "success", "✓")
    if access.is_exempt:
        word = f"{_('Exempt')}: {access.ground}" if access.ground else _("Exempt")
        return tag(word, "warning", "⊘")
    return tag(_("Not assessed yet"), "neutral", "○")


@register.simple_tag
def line_access(line: Line) -> SafeString:
    """The same of a line of the journal."""
    return access_tag(Access(line.access, line.legal_reference))


register.filter("direction", direction_name)


@register.simple_tag
def attempts_dots(made: int, needed: int) -> SafeString:
    """«● ● ○» with the words beside it for those who do not see it."""
    words = escape(_("%(made)s of %(needed)s attempts") % {"made": made, "needed": needed})
    dots = "●" * made + "○" * max(0, needed - made)
    shown = f'<span class="attempts" aria-hidden="true">{dots}</span><span class="ds-sr-only">{words}</span>'
    return mark_safe(shown)  # noqa: S308


@register.filter
def tel(number: str) -> str:
    """The number as a `tel:` address takes it."""
    return "".join(c for c in number if c.isdigit() or c == "+")


@register.filter
def position(card: Card) -> str:
    """«59.05012, 10.03521»: as every map takes it, whatever the language."""
    return f"{float(card.latitude or 0):.5f}, {float(card.longitude or 0):.5f}"


@register.filter
def map_address(card: Card) -> str:
    """The address of a map that shows the place, "" where none is set (MAP_LINK_URL)."""
    address = str(settings.MAP_LINK_URL)
    return address.replace("{latitude}", str(card.latitude)).replace("{longitude}", str(card.longitude))


@register.simple_tag
def options(choices: Iterable[tuple[Any, Any]], value: str) -> SafeString:
    """The options of a list to choose from: a city has hundreds of units, and a template takes its time over each."""
    everything, pieces = str(_("All")), []
    for code, label in choices:
        selected = " selected" if str(code) == value else ""
        words = escape(str(label)) if code else everything
        pieces.append(f'<option value="{escape(str(code or ""))}"{selected}>{words}</option>')
    # Escaped piece by piece: `format_html` takes four times as long over so little.
    return mark_safe("".join(pieces))  # noqa: S308


@register.simple_tag
def suggestions(rows: Iterable[Any]) -> SafeString:
    """The options of a list that is looked up while one types: the names of the rows."""
    return mark_safe("".join(f'<option value="{escape(row.name)}"></option>' for row in rows))  # noqa: S308


@register.simple_tag
def people_of_units(units: Iterable[tuple[Any, Iterable[Any]]], value: str) -> SafeString:
    """The options of a list of people, grouped by unit."""
    pieces = []
    for unit, people in units:
        pieces.append(f'<optgroup label="{escape(unit.name)}">')
        for person in people:
            selected = " selected" if str(person.pk) == value else ""
            pieces.append(f'<option value="{person.pk}"{selected}>{escape(person.name)}</option>')
        pieces.append("</optgroup>")
    return mark_safe("".join(pieces))  # noqa: S308
