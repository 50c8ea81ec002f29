"""A card's history in plain words for staff, with who and when. What the submitter is told is in `standing`."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.models import AccessGrade, Card, CardEvent, MarkReason, Part, UnmarkReason
from feedback.workflow import Channel, CloseResult
from organisation.templatetags.page import short_day

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

What = CardEvent.What


class StaffTold(NamedTuple):
    at: datetime
    what: str
    who: str
    words: str
    note: str
    is_note: bool
    strong: bool


_STRONG = {
    What.REGISTERED,
    What.CALLED_BACK,
    What.FOLLOWED_UP,
    What.REFERRED,
    What.HANDED_OVER,
    What.NEIGHBOUR_CLOSED,
    What.CONTACT_CARD_POSTED,
    What.CLOSED,
    What.REOPENED,
    What.SUBMITTER_ADDED,
    What.WITHDRAWN,
    What.REOPENING_ASKED,
}

_REASONS: dict[str, type[MarkReason] | type[UnmarkReason]] = {
    What.MARKED_SENSITIVE: MarkReason,
    What.UNMARKED_SENSITIVE: UnmarkReason,
}
_WITH_NEIGHBOURS = {What.HANDED_OVER, What.NEIGHBOUR_NUMBERED, What.NEIGHBOUR_REFUSED, What.NEIGHBOUR_CLOSED}
_BY_SUBMITTER = {What.SUBMITTER_ADDED, What.WITHDRAWN, What.OWN_REACTION, What.REOPENING_ASKED}
_ON_TEXTS = {What.ACCESS_GRADED, What.PUBLIC_VERSION, What.PUBLIC_VERSION_REMOVED}
_YES_OR_NO = {"yes": gettext_lazy("yes"), "no": gettext_lazy("no")}

_FIELDS: dict[str, _StrPromise] = {
    "name": gettext_lazy("name"),
    "address": gettext_lazy("address"),
    "phone": gettext_lazy("phone"),
    "email": gettext_lazy("e-mail"),
    "other_way": gettext_lazy("other way"),
    "other_way_note": gettext_lazy("about the other way"),
    "kind": gettext_lazy("kind"),
    "category": gettext_lazy("category"),
    "language": gettext_lazy("language"),
    "place": gettext_lazy("place"),
    "area": gettext_lazy("area"),
    "political": gettext_lazy("political content"),
}


def for_staff(card: Card, unit_names: dict[str, str], person_names: dict[str, str]) -> list[StaffTold]:
    """Return the whole history, newest first. The dictionaries give names for the codes and ids that events hold."""
    return [
        StaffTold(
            at=event.at,
            what=str(What(event.what).label),
            who=event.by.name if event.by else _("the submitter") if _is_the_submitters(event, card) else "",
            words=_words(event, unit_names, person_names),
            note=event.note.text if hasattr(event, "note") else "",
            is_note=event.what == What.NOTE_ADDED,
            strong=event.what in _STRONG,
        )
        for event in card.events.all()
    ]


def _is_the_submitters(event: CardEvent, card: Card) -> bool:
    if event.what == What.INTERVIEW_ANSWERED:
        return True  # who asked in the callback stands beside it by name
    return event.what in _BY_SUBMITTER or (event.what == What.REGISTERED and card.channel == Channel.WEB)


def _words(event: CardEvent, unit_names: dict[str, str], person_names: dict[str, str]) -> str:
    """Return what the codes of an event say, as a reader would say it."""
    before, after = event.from_value, event.to_value
    if event.what in (What.FORWARDED, What.REROUTED, What.RETURNED):
        units = {"before": unit_names.get(before, before), "after": unit_names.get(after, after)}
        return _("from %(before)s to %(after)s") % units if before else _("to %(after)s") % units
    if event.what == What.UNDONE:
        return str(dict(What.choices).get(before, before))
    if event.what == What.REPORTED_BACK:
        return unit_names.get(after, after)
    if event.what == What.DELEGATED:
        return person_names.get(after, "") if after else _("taken back")
    if event.what in (What.READER_NAMED, What.READER_UNNAMED):
        return person_names.get(after, "")
    if event.what in _REASONS:
        return str(dict(_REASONS[event.what].choices).get(after, after))
    if event.what in _ON_TEXTS:
        return _of_text(event)
    if event.what == What.CORRECTED:
        return ", ".join(str(_FIELDS.get(name, name)) for name in event.details.get("fields", []))
    if event.what == What.CONTACT_ATTEMPTED:
        return _("attempt number %(number)s") % {"number": after}
    if event.what == What.CALLED_BACK:
        return (
            _("reaction %(reaction)s of 6") % {"reaction": after}
            if after
            else _("would not say how the answer was taken")
        )
    if event.what == What.OWN_REACTION:
        return (
            _("from %(before)s to %(after)s of 6") % {"before": before, "after": after}
            if before
            else _("reaction %(reaction)s of 6") % {"reaction": after}
        )
    if event.what == What.INTERVIEW_ANSWERED:
        return str(_YES_OR_NO.get(after, after))
    if event.what in _WITH_NEIGHBOURS:
        return after
    if event.what == What.NEIGHBOUR_TOLD:
        return f"{before}: {after}"
    if event.what == What.DELAY_EXPLAINED and event.details.get("by_link"):
        return _("by the link in the list's mail, without signing in")
    if event.what in (What.MAIL_BOUNCED, What.VIRUS_FOUND):
        return after
    if event.what == What.CLOSED:
        return str(dict(CloseResult.choices).get(after, after))
    return _dates_and_references(event, before, after)


def _of_text(event: CardEvent) -> str:
    """Of which text somebody said who may see it, and what: «Message: offl. § 13»."""
    part = str(dict(Part.choices).get(event.details.get("part", ""), ""))
    if event.what != What.ACCESS_GRADED:
        return part
    words = dict(AccessGrade.choices) | {"": _("As the whole card")}
    return f"{part}: {words.get(event.to_value, event.to_value)}"


def _dates_and_references(event: CardEvent, before: str, after: str) -> str:
    if event.what == What.DEADLINE_SET:
        return _("from %(before)s to %(after)s") % {"before": _day(before), "after": _day(after)}
    if event.what in (What.PRELIMINARY_ANSWER, What.CONTACT_CARD_POSTED):
        return _day(after)
    if event.what in (What.SPLIT, What.ALTERNATIVE_REGISTERED, What.LISTED, What.ESCALATED):
        return after
    return ""


def _day(text: str) -> str:
    try:
        return short_day(date.fromisoformat(text))
    except ValueError:
        return text
