"""State and deadline as a tag: a sign, a word and a colour, so that none of the three is needed alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import template
from django.conf import settings
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feedback.journal import Line, direction_name
from feedback.models import Card
from feedback.recorded import Access
from feedback.workflow import OPEN_STATES, CloseResult, State
from organisation.templatetags.page import short_day

register = template.Library()

_SELECTED = SafeString(" selected")

_STATES = {
    State.REGISTERED: ("○", "warning"),
    State.FORWARDED: ("→", "info"),
    State.CALLED_BACK: ("✓", "success"),
    State.FOLLOWED_UP: ("✓", "success"),
    State.REFERRED: ("↗", "neutral"),
    State.CONTACT_CARD_POSTED: ("✉", "neutral"),
    State.CLOSED: ("■", "neutral"),
}


@register.inclusion_tag("components/tag.html")
def state_tag(card: Card) -> dict[str, str]:
    """Where the card stands; a closed one says how it was closed."""
    state = State(card.state)
    sign, colour = _STATES[state]
    word = str(CloseResult(card.close_result).label if card.close_result else state.label)
    if state == State.REGISTERED and card.returned_at:
        sign, word = "↩", str(_("Sent back as misrouted"))
    return {"sign": sign, "colour": colour, "word": word}


@register.inclusion_tag("components/tag.html")
def deadline_tag(card: Card, today: date) -> dict[str, str]:
    """How the open card stands to its deadline on the local date `today`; of a completed one whether it was in time."""
    if card.state not in OPEN_STATES:
        return {}
    days = (card.due_on - today).days
    if days < 0:
        words = ngettext("%(days)s day over", "%(days)s days over", -days) % {"days": -days}
        return {"sign": "!", "colour": "danger", "word": words}
    if days == 0:
        return {"sign": "◔", "colour": "warning", "word": _("Due today")}
    if days == 1:
        return {"sign": "◔", "colour": "warning", "word": _("Due tomorrow"), "variant": "outline"}
    return {
        "sign": "",
        "colour": "neutral",
        "word": _("Due %(day)s") % {"day": short_day(card.due_on)},
        "variant": "outline",
    }


@register.inclusion_tag("components/tag.html")
def access_tag(access: Access) -> dict[str, str]:
    """Who may see a card or a text: public, exempt with its legal reference, or not assessed yet."""
    if access.is_public:
        return {"sign": "✓", "colour": "success", "word": _("Public")}
    if access.is_exempt:
        word = f"{_('Exempt')}: {access.ground}" if access.ground else _("Exempt")
        return {"sign": "⊘", "colour": "warning", "word": word}
    return {"sign": "○", "colour": "neutral", "word": _("Not assessed yet")}


@register.inclusion_tag("components/tag.html")
def line_access(line: Line) -> dict[str, str]:
    """The same of a line of the journal."""
    return dict(access_tag(Access(line.access, line.legal_reference)))


register.filter("direction", direction_name)


@register.inclusion_tag("components/attempts.html")
def attempts_dots(made: int, needed: int) -> dict[str, Any]:
    """«● ● ○» with the words beside it for those who do not see it."""
    return {"made": made, "needed": needed, "full": "●" * made, "left": "○" * max(0, needed - made)}


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
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((code or "", _SELECTED if str(code) == value else "", label if code else _("All")) for code, label in choices),
    )


@register.simple_tag
def suggestions(rows: Iterable[Any]) -> SafeString:
    """The options of a list that is looked up while one types: the names of the rows."""
    return format_html_join("", '<option value="{}"></option>', ((row.name,) for row in rows))
