"""What comes in, whatever the door: checked, routed, given its deadline, and made into rows. Writes nothing."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache, cached_property
from math import isfinite
from typing import Any

import phonenumbers
from django.conf import settings
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from feedback.actions.base import TextMissing
from feedback.deadlines import Contact, DeadlineRule, due_on, owes_callback
from feedback.errors import Refused
from feedback.models import Card, CardEvent, Category, Submitter
from feedback.queries import units_and_rules, units_to_route
from feedback.routing import Facts, Rule, first_fit
from feedback.workflow import Channel, Kind, State
from organisation.calendar import WorkingCalendar
from organisation.models import Municipality, Person, Unit
from organisation.queries import municipality, open_successor, working_calendar

LONGEST_TEXT = 20_000
"""Characters. Longer than any letter the service centre has typed in, short enough for a page."""


# Once: `values` makes the list anew with every look, and an import asks a hundred thousand times.
_CHANNELS, _KINDS = frozenset(Channel.values), frozenset(Kind.values)
_LANGUAGES = frozenset(code for code, _name in settings.LANGUAGES)


class TextTooLong(Refused):
    code = "text_too_long"
    field = "text"
    message = _("The text is longer than %(limit)s characters. Shorten it, or send the rest as an attachment.")


class TooLong(Refused):
    """A contact detail or an area longer than its field: cut short it would be another one."""

    code = "too_long"
    message = _("This is longer than %(limit)s characters. Shorten it.")

    def __init__(self, field: str, limit: int) -> None:
        super().__init__(limit=limit)
        self.field = field


class ImpossibleReceived(Refused):
    code = "impossible_received_date"
    field = "received_on"
    message = _("The card cannot have been received after it was registered.")


class ImpossiblePlace(Refused):
    code = "impossible_place"
    field = "latitude"
    message = _("A position needs both latitude (−90 to 90) and longitude (−180 to 180).")


class NotAnAnsweringUnit(Refused):
    code = "not_an_answering_unit"
    field = "unit"
    message = _("«%(unit)s» is a sector or is closed and cannot hold cards. Choose a unit.")


class UnknownLanguage(Refused):
    code = "unknown_language"
    field = "language"
    message = _("«%(language)s» is not one of the languages here.")


class UnknownChoice(Refused):
    code = "unknown_choice"
    message = _("«%(value)s» is not one of the choices.")

    def __init__(self, field: str, value: str) -> None:
        super().__init__(value=value)
        self.field = field


@dataclass(frozen=True)
class Intake:
    """What came in, whatever the channel. All but channel and text may be missing.

    `received_on` is a local date, the day of registration if not given; `registered_at` an aware instant that only an
    import sets. `unit` is a unit that somebody chose: it goes before the rules. `source` names what the card came out of,
    in the municipality's own words: a survey and its question.
    """

    channel: str
    text: str
    kind: str = ""
    category: Category | None = None
    language: str = "nb"
    received_on: date | None = None
    registered_at: datetime | None = None
    contact: Contact = field(default_factory=Contact)
    callback_wanted: bool = False
    place: str = ""
    area: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    political: bool = False
    unit: Unit | None = None
    source: str = ""
    idempotency_key: str | None = None
    import_source: str = ""
    import_key: str = ""


@dataclass(frozen=True)
class House:
    """The municipality as a registration needs it: settings, calendar, units and rules, read once for any number of cards."""

    municipality: Municipality
    calendar: WorkingCalendar
    units: dict[int, Unit]
    rules: Sequence[Rule]

    @classmethod
    def read(cls, here: Municipality | None = None) -> House:
        """Read it in two queries, whatever the number of units and rules; in one where the municipality was read already."""
        return cls._of(here, units_and_rules)

    @classmethod
    def to_route(cls, here: Municipality | None = None) -> House:
        """Read of it, in as many queries, what routes a card: of the units those that a card can come to unless somebody
        names another."""
        return cls._of(here, units_to_route)

    @classmethod
    def _of(cls, here: Municipality | None, read: Callable[[], tuple[list[Unit], list[Rule]]]) -> House:
        here = here or municipality()
        units, rules = read()
        held = {unit.pk: unit for unit in units if unit.kind != Unit.Kind.SECTOR}
        return cls(municipality=here, calendar=working_calendar(here), units=held, rules=rules)

    def only(self, kind: Unit.Kind) -> Unit | None:
        return only(self.units, kind)

    @property
    def service_centre(self) -> Unit:
        unit = self.only(Unit.Kind.SERVICE_CENTRE)
        if unit is None:
            raise NoServiceCentre
        return unit


def only(units: dict[int, Unit], kind: Unit.Kind) -> Unit | None:
    """Return the one open unit of a kind of which there is at most one."""
    return next((unit for unit in units.values() if unit.kind == kind and unit.closed_on is None), None)


def unit_of(rule: Rule, units: dict[int, Unit]) -> Unit | None:
    """Return the unit that answers today for the unit of `rule`, or None where none does."""
    if rule.unit_id not in units:
        return None
    unit = open_successor(units[rule.unit_id])
    return unit if unit.closed_on is None and unit.kind != Unit.Kind.SECTOR else None


class NoServiceCentre(Refused):
    code = "no_service_centre"
    message = _("The municipality has no service centre. The administrator must add one.")


@dataclass(frozen=True)
class Routed:
    """The unit that was picked, and why: `by` is political, chosen, rule or nothing; `rule_id` with a rule."""

    unit: Unit
    by: str
    rule_id: int | None = None


def route(intake: Intake, house: House) -> Routed:
    """Pick the unit: a chosen one, the mayor's office for political content, the first rule that fits, the service centre.

    Pure, but for what was read into `house`.
    """
    if intake.unit is not None:
        return Routed(intake.unit, "chosen")
    if _is_political(intake) and (office := house.only(Unit.Kind.MAYORS_OFFICE)) is not None:
        return Routed(office, "political")
    rule = first_fit(house.rules, facts_of(intake))
    if rule is not None and (unit := unit_of(rule, house.units)) is not None:
        return Routed(unit, "rule", rule.rule_id)
    return Routed(house.service_centre, "nothing")


def facts_of(intake: Intake) -> Facts:
    """Return what the rules look at."""
    return Facts(
        text=intake.text,
        category_id=intake.category.pk if intake.category else None,
        kind=intake.kind,
        place=intake.place,
        area=intake.area,
    )


def _is_political(intake: Intake) -> bool:
    return intake.political or (intake.category is not None and intake.category.is_political)


@dataclass
class Prepared:
    """A card's rows that are ready to be written, but for the card's reference.

    They are kept as values of columns, which is what an import writes by the hundred thousand; the properties make the
    objects of them, once.
    """

    values: dict[str, Any]
    submitter_values: dict[str, Any] | None
    event_values: list[dict[str, Any]]
    routed: Routed
    category: Category | None
    by: Person | None

    @property
    def columns(self) -> dict[str, Any]:
        """The card's values by column, foreign keys as ids."""
        return self.values | {
            "category_id": self.category.pk if self.category else None,
            "unit_id": self.routed.unit.pk,
            "registered_by_id": self.by.pk if self.by else None,
        }

    @cached_property
    def card(self) -> Card:
        return Card(**self.values, category=self.category, unit=self.routed.unit, registered_by=self.by)

    @cached_property
    def submitter(self) -> Submitter | None:
        return None if self.submitter_values is None else Submitter(card=self.card, **self.submitter_values)

    @cached_property
    def events(self) -> list[CardEvent]:
        return [CardEvent(card=self.card, by=self.by, **values) for values in self.event_values]


def prepare_card(intake: Intake, house: House, *, by: Person | None, now: datetime) -> Prepared:
    """Check an intake and make its rows, writing nothing: what register_card and the import have in common.

    Raises a Refused for what cannot be a card.
    """
    intake = checked(intake)
    registered_at = intake.registered_at or now
    registered_on = house.calendar.local_date(registered_at)
    received_on = intake.received_on or registered_on
    if received_on > registered_on:
        raise ImpossibleReceived
    routed = route(intake, house)
    at_service_centre = routed.unit.kind == Unit.Kind.SERVICE_CENTRE
    values = {
        "secret": secrets.token_urlsafe(24),
        "channel": intake.channel,
        "kind": intake.kind,
        "source": intake.source,
        "text": intake.text,
        "language": intake.language,
        "political": _is_political(intake),
        "place": intake.place,
        "area": intake.area,
        "latitude": intake.latitude,
        "longitude": intake.longitude,
        "received_on": received_on,
        "registered_at": registered_at,
        "state": State.REGISTERED if at_service_centre else State.FORWARDED,
        "callback_wanted": intake.callback_wanted,
        "callback_owed": owes_callback(intake.contact, house.municipality.callback_rule, wanted=intake.callback_wanted),
        "due_on": due_on(registered_on, deadline_rule(intake.category, house.municipality), house.calendar),
        "idempotency_key": intake.idempotency_key,
        "import_source": intake.import_source,
        "import_key": intake.import_key,
    }
    events: list[dict[str, Any]] = [
        {"what": CardEvent.What.REGISTERED, "at": registered_at, "to_value": intake.channel}
    ]
    if not at_service_centre:
        details = {"by": routed.by} | ({"rule": routed.rule_id} if routed.rule_id else {})
        events.append(
            {
                "what": CardEvent.What.FORWARDED,
                "at": registered_at,
                "to_value": routed.unit.code,
                "details": details,
            }
        )
    submitter = submitter_values(intake.contact, house.municipality.country)
    return Prepared(values, submitter, events, routed, intake.category, by)


def checked(intake: Intake) -> Intake:
    """Return the intake with its texts trimmed. Raises the Refused that names the first field that cannot be."""
    text = clean(intake.text).replace("\r\n", "\n")
    if not text:
        raise TextMissing("text")
    if len(text) > LONGEST_TEXT:
        raise TextTooLong(limit=LONGEST_TEXT)
    if intake.channel not in _CHANNELS:
        raise UnknownChoice("channel", intake.channel)
    check_choices(intake.kind, intake.language)
    latitude, longitude = intake.latitude, intake.longitude
    if (latitude is None) != (longitude is None):
        raise ImpossiblePlace
    if latitude is not None and longitude is not None:
        if not (isfinite(latitude) and isfinite(longitude)):
            raise ImpossiblePlace
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise ImpossiblePlace
    if intake.unit is not None and (intake.unit.kind == Unit.Kind.SECTOR or intake.unit.closed_on is not None):
        raise NotAnAnsweringUnit(unit=intake.unit.name)
    place, area = clean(intake.place)[:250], clean(intake.area)
    if len(area) > _longest(Card, "area"):
        raise TooLong("area", _longest(Card, "area"))
    source = clean(intake.source)[: _longest(Card, "source")]
    return replace(intake, text=text, place=place, area=area, source=source, contact=tidy(intake.contact))


def check_choices(kind: str, language: str) -> None:
    """Raise UnknownChoice or UnknownLanguage for a kind or a language that there is not."""
    if kind and kind not in _KINDS:
        raise UnknownChoice("kind", kind)
    if language not in _LANGUAGES:
        raise UnknownLanguage(language=language)


def clean(text: str) -> str:
    """Return `text` without the NUL characters that PostgreSQL cannot hold and without white space around it."""
    return text.replace("\x00", "").strip()


def tidy(contact: Contact) -> Contact:
    """Return the contact details without white space around them. Raises TooLong and UnknownChoice.

    Doors that have no form before them (mail intake, import) meet the limits here, not as a fault of the database.
    """
    contact = replace(contact, **{name: clean(value) for name, value in vars(contact).items()})
    for name, value in vars(contact).items():
        if len(value) > _longest(Submitter, name):
            raise TooLong(name, _longest(Submitter, name))
    if contact.other_way and contact.other_way not in Submitter.OtherWay.values:
        raise UnknownChoice("other_way", contact.other_way)
    return contact


@cache
def _longest(model: type[Model], field: str) -> int:
    return int(model._meta.get_field(field).max_length)  # type: ignore[union-attr,arg-type]


def deadline_rule(category: Category | None, of: Municipality) -> DeadlineRule:
    """Return the category's own deadline, else the municipality's."""
    if category is not None and category.deadline_days is not None:
        return DeadlineRule(category.deadline_days, category.deadline_kind)
    return DeadlineRule(of.deadline_days, of.deadline_kind)


def submitter_values(contact: Contact, country: str) -> dict[str, Any] | None:
    """Return the submitter's row as values, or None for a card without any contact details."""
    if not contact:
        return None
    return vars(contact) | {"phone_key": phone_key(contact.phone, country)}


def phone_key(phone: str, country: str) -> str:
    """Return the number in E.164 («+4733000000»), or what digits there are: the same phone, however it was typed.

    A number without a country code is one of `country` (NO or SE).
    """
    if not phone:
        return ""
    try:
        number = phonenumbers.parse(phone, country)
    except phonenumbers.NumberParseException:
        return "".join(c for c in phone if c.isdigit())[:20]
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[:20]
