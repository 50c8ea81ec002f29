"""What cards can be filtered by: one set for the work list and the API."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta, tzinfo
from types import MappingProxyType
from typing import Any, cast

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F, Model, Q, QuerySet
from django.db.models.functions import TruncDate
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from feedback.counts import NOT_REACHED, PROMISED, held, in_time, late, listed
from feedback.models import Card, Category
from feedback.models.cards import MAYBE_ANOTHER_DAY, NORDIC_ZONES
from feedback.queries import (
    asking_to_reopen,
    contact_cards_to_post,
    open_cards,
    registered_on,
    search,
    taken_badly,
    ways_to_find,
)
from feedback.workflow import Channel, Kind, State
from organisation.dates import short_day
from organisation.ds_forms import DayField
from organisation.models import Person, Unit
from organisation.queries import descendants

LONGEST_LISTED = timedelta(days=366 * 10)
"""So far back overdue lists are looked at."""


class DayFilter(django_filters.DateFilter):
    """A date as people here write it, or as ISO, whatever the language of the page."""

    field_class = DayField


Known = Callable[[], Iterable[Model]]


class RowField(django_filters.fields.ModelChoiceField):
    """A row by its code: out of those that a page has read anyway, where it says so; else asked for."""

    known: Known | None = None

    def to_python(self, value: Any) -> Any:
        if self.known is None or value in self.empty_values:
            return super().to_python(value)
        return _known(self, self.known, [value])[0]


class RowsField(django_filters.fields.ModelMultipleChoiceField):
    """Rows by their codes, as RowField has one."""

    known: Known | None = None

    def _check_values(self, value: Any) -> Any:
        return super()._check_values(value) if self.known is None else _known(self, self.known, value)


def _known(field: forms.ModelChoiceField, known: Known, values: Iterable[str]) -> list[Model]:
    by_code = {str(getattr(row, field.to_field_name or "pk")): row for row in known()}
    for value in values:
        if value not in by_code:
            message = field.error_messages["invalid_choice"]
            raise ValidationError(message, code="invalid_choice", params={"value": value})
    return [by_code[value] for value in values]


class RowFilter(django_filters.ModelChoiceFilter):
    field_class = RowField


class RowsFilter(django_filters.ModelMultipleChoiceFilter):
    """Rows by their codes. The cards are found by the rows' ids, which stand in an index of the cards; codes do not."""

    field_class = RowsField

    def filter(self, qs: QuerySet[Any], value: Iterable[Model]) -> QuerySet[Any]:
        ids = [row.pk for row in value or ()]
        return qs.filter(**{f"{self.field_name}__in": ids}) if ids else qs


_FORMS: dict[type[django_filters.FilterSet], type[forms.Form]] = {}


class CardFilter(django_filters.FilterSet):
    """Filters on cards. `due` and `deadline` read the local date, so this belongs to the doors (views, API)."""

    DUE = [
        ("open", _("Open")),
        ("to_forward", _("To be forwarded")),
        ("overdue", _("Over the deadline")),
        ("today", _("Due today")),
        ("tomorrow", _("Due tomorrow")),
        ("week", _("Due in seven days")),
        ("to_post", _("Contact card to post")),
        ("registered_today", _("Registered today")),
        ("unrouted", _("Not forwarded yet")),
        ("returned", _("Sent back as misrouted")),
        ("asks_reopen", _("The submitter asks to reopen")),
        ("taken_badly", _("The submitter is not satisfied with the answer")),
    ]

    PROMISE = [
        ("promised", _("Promised")),
        ("in_time", _("Kept in time")),
        ("late", _("Not kept in time")),
        ("called", _("Called back")),
        ("concluded", _("Called back, or not reached")),
    ]

    q = django_filters.CharFilter(method="by_words", label=_("Search"))
    state = django_filters.MultipleChoiceFilter(distinct=False, choices=State.choices, label=_("State"))
    unit = RowsFilter(
        "unit",
        queryset=Unit.objects.exclude(kind=Unit.Kind.SECTOR),
        to_field_name="code",
        distinct=False,
        label=_("Unit"),
    )
    category = RowsFilter(
        "category", queryset=Category.objects.all(), to_field_name="code", distinct=False, label=_("Category")
    )
    kind = django_filters.MultipleChoiceFilter(distinct=False, choices=Kind.choices, label=_("Kind"))
    channel = django_filters.MultipleChoiceFilter(distinct=False, choices=Channel.choices, label=_("Channel"))
    due = django_filters.ChoiceFilter(choices=DUE, method="by_due", label=_("Which cards"))
    handler = django_filters.ModelChoiceFilter(
        queryset=Person.objects.filter(is_active=True), to_field_name="email", label=_("Case handler")
    )
    mine = django_filters.BooleanFilter(method="by_mine", label=_("Only mine"))
    political = django_filters.BooleanFilter(label=_("Political"))
    callback_owed = django_filters.BooleanFilter(label=_("Callback owed"))
    received_from = DayFilter("received_on", "gte", label=_("Received from"))
    received_until = DayFilter("received_on", "lte", label=_("Received until"))
    due_from = DayFilter("due_on", "gte", label=_("Deadline from"))
    due_until = DayFilter("due_on", "lte", label=_("Deadline until"))

    # What lies behind the figures (`reporting/behind.py`).
    within = RowFilter(
        queryset=Unit.objects.all(), to_field_name="code", method="by_place", label=_("Within the sector or unit")
    )
    promise = django_filters.ChoiceFilter(choices=PROMISE, method="by_nothing", label=_("Promised callback"))
    same_day = django_filters.BooleanFilter(method="by_same_day", label=_("Registered on the day of receipt"))
    reaction = django_filters.BooleanFilter(method="by_nothing", label=_("The answer's reception written down"))
    called_from = DayFilter(method="by_nothing", label=_("Called back from"))
    called_until = DayFilter(method="by_nothing", label=_("Called back until"))
    listed_from = DayFilter(method="by_nothing", label=_("On an overdue list from"))
    listed_until = DayFilter(method="by_nothing", label=_("On an overdue list until"))
    listed_by = RowFilter(
        queryset=Unit.objects.all(), to_field_name="code", method="by_nothing", label=_("On the overdue list of")
    )

    class Meta:
        model = Card
        fields: list[str] = []

    known: Mapping[str, Known] = MappingProxyType({})

    def get_form_class(self) -> type[forms.Form]:
        """Return the form's class, which is the same each time: every form has fields of its own, copied from it."""
        of = type(self)
        if of not in _FORMS:
            _FORMS[of] = super().get_form_class()
        return _FORMS[of]

    def know(self, *, units: Callable[[], Iterable[Unit]], categories: Callable[[], Iterable[Category]]) -> None:
        """Look codes up among these, which the page reads anyway, and in no query more: all units with the sectors, and all
        categories. Must come before the filter is used."""

        def answering() -> list[Unit]:
            return [unit for unit in units() if unit.kind != Unit.Kind.SECTOR]

        self.known = {"unit": answering, "within": units, "listed_by": units, "category": categories}
        for name, rows in self.known.items():
            self.form.fields[name].known = rows

    def _place(self, unit: Unit) -> list[int]:
        """The ids of a unit and of all below it."""
        known = cast("Callable[[], Iterable[Unit]] | None", self.known.get("within"))
        return [unit.pk, *descendants([unit.pk], known() if known else None)]

    _way: Q | None = None

    def by_words(self, cards: QuerySet[Card], name: str, value: str) -> QuerySet[Card]:
        return search(cards, value) if self._way is None else cards.filter(self._way)

    def ways(self) -> list[QuerySet[Card]]:
        """Return the queries that together give what `qs` gives, a card in several of them perhaps: for a page of the list,
        which reads a few rows of each along its index."""
        if not self.is_valid():
            return [self.qs]
        found = []
        for way in ways_to_find(self.form.cleaned_data["q"]):
            self._way = way
            found.append(self.filter_queryset(self.queryset.all()))
        self._way = None
        return found or [self.qs]

    def by_mine(self, cards: QuerySet[Card], name: str, value: bool) -> QuerySet[Card]:
        return cards.filter(handler=self.request.user) if value else cards

    def by_place(self, cards: QuerySet[Card], name: str, value: Unit) -> QuerySet[Card]:
        return cards.filter(unit__in=self._place(value))

    def by_same_day(self, cards: QuerySet[Card], name: str, value: bool) -> QuerySet[Card]:
        zone, same = timezone.get_current_timezone(), Q(registered_day=F("received_on"))
        cards = cards.alias(registered_day=TruncDate("registered_at", tzinfo=zone))
        if value:
            return cards.filter(same)
        # Along the index of the few that it can be, where the clock is one of those that the index is made for.
        return cards.filter(~same, *([MAYBE_ANOTHER_DAY] if _is_nordic(zone) else []))

    def by_nothing(self, cards: QuerySet[Card], name: str, value: object) -> QuerySet[Card]:
        """Those that say something together with others: see `filter_queryset`."""
        return cards

    def filter_queryset(self, queryset: QuerySet[Card]) -> QuerySet[Card]:
        cards: QuerySet[Card] = super().filter_queryset(queryset)
        asked, zone = self.form.cleaned_data, timezone.get_current_timezone()
        first, last, promise = asked.get("called_from"), asked.get("called_until"), asked.get("promise")
        if promise:
            cards = cards.filter(PROMISED)
        if promise == "in_time":
            cards = in_time(cards, zone).exclude(NOT_REACHED)
        elif promise == "late":
            cards = late(cards, zone).exclude(NOT_REACHED)
        elif promise == "called":
            cards = cards.filter(held(first, last, zone, present=True))
        elif promise == "concluded":
            cards = cards.filter(held(first, last, zone, present=True) | NOT_REACHED)
        elif asked.get("reaction") or first or last:
            cards = cards.filter(held(first, last, zone, with_reaction=bool(asked.get("reaction"))))
        if asked.get("listed_from") or asked.get("listed_until") or asked.get("listed_by"):
            place = asked.get("listed_by")
            units = self._place(place) if place is not None else None
            today = timezone.localdate()
            begins = max(asked.get("listed_from") or date.min, today - LONGEST_LISTED)
            cards = cards.filter(listed(begins, min(asked.get("listed_until") or today, today), units))
        return cards

    def by_due(self, cards: QuerySet[Card], name: str, value: str) -> QuerySet[Card]:
        today: date = timezone.localdate()
        if value == "to_post":
            return contact_cards_to_post(cards)
        if value == "asks_reopen":
            return asking_to_reopen(cards)
        if value == "taken_badly":
            return taken_badly(cards)
        if value == "registered_today":
            return cards.filter(registered_on(today, timezone.get_current_timezone()))
        if value in ("to_forward", "unrouted", "returned"):
            # Open, as registered ones are; said twice, the database takes them for far fewer than they are.
            cards = cards.filter(state=State.REGISTERED)
            return cards if value == "to_forward" else cards.filter(returned_at__isnull=value == "unrouted")
        cards = open_cards(cards)
        if value == "overdue":
            return cards.filter(due_on__lt=today)
        if value == "today":
            return cards.filter(due_on=today)
        if value == "tomorrow":
            return cards.filter(due_on=today + timedelta(days=1))
        if value == "week":
            return cards.filter(due_on__range=(today, today + timedelta(days=7)))
        return cards


def _is_nordic(zone: tzinfo) -> bool:
    """Whether the clock is within NORDIC_ZONES in winter and in summer."""
    ahead = [zone.utcoffset(datetime(2026, month, 1, tzinfo=zone)) for month in (1, 7)]
    return all(one is not None and NORDIC_ZONES[0] <= one <= NORDIC_ZONES[1] for one in ahead)


MOST_QUERY = 1000
"""Characters of a filter that is kept or carried along: more is no filter that somebody chose."""


def known_part(asked: QueryDict, *also: str) -> QueryDict:
    """Return of a query what cards can be filtered by, and the names in `also`: no empty and no unknown ones, sorted."""
    kept = QueryDict(mutable=True)
    for name in sorted({*CardFilter.base_filters, *also} & set(asked)):
        if values := [value for value in asked.getlist(name) if value]:
            kept.setlist(name, values)
    return kept


def read_query(text: str, *also: str) -> QueryDict:
    """Return the known part of a query string that came from outside; empty for one that nobody can have chosen."""
    return known_part(QueryDict(text), *also) if len(text) <= MOST_QUERY else QueryDict()


def in_words(filtered: CardFilter) -> list[tuple[str, str, str]]:
    """Return what a filter asks for: name, label and value of each field, in the reader's language and the form's order.

    The value is empty where the label says it all.
    """
    if not filtered.is_valid():
        return []
    words = []
    for name, value in filtered.form.cleaned_data.items():
        field = filtered.form.fields[name]
        if value not in field.empty_values and value is not False:
            words.append((name, str(field.label), _said(field, value)))
    return [(name, label, said) for name, label, said in words if said is not None]


def _said(field: forms.Field, value: object) -> str | None:
    if value is True:
        return ""
    if isinstance(value, date):
        return short_day(value, get_language() or "en")
    labels: dict[str, str] = {}
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        labels = {str(code): str(label) for code, label in field.choices}  # type: ignore[union-attr,misc]
    values = list(value) if isinstance(value, list | QuerySet) else [value]
    return ", ".join(labels.get(str(one), str(one)) for one in values) or None
