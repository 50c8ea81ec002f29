"""What cards can be filtered by: one set for the work list and the API."""

from __future__ import annotations

from datetime import date, timedelta

import django_filters
from django import forms
from django.db.models import F, Q, QuerySet
from django.db.models.functions import TruncDate
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from feedback.counts import NOT_REACHED, PROMISED, held, in_time, late, listed
from feedback.models import Card, Category
from feedback.queries import (
    asking_to_reopen,
    contact_cards_to_post,
    open_cards,
    registered_on,
    search,
    taken_badly,
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
    unit = django_filters.ModelMultipleChoiceFilter(
        "unit__code",
        queryset=Unit.objects.exclude(kind=Unit.Kind.SECTOR),
        to_field_name="code",
        distinct=False,
        label=_("Unit"),
    )
    category = django_filters.ModelMultipleChoiceFilter(
        "category__code", queryset=Category.objects.all(), to_field_name="code", distinct=False, label=_("Category")
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
    within = django_filters.ModelChoiceFilter(
        queryset=Unit.objects.all(), to_field_name="code", method="by_place", label=_("Within the sector or unit")
    )
    promise = django_filters.ChoiceFilter(choices=PROMISE, method="by_nothing", label=_("Promised callback"))
    same_day = django_filters.BooleanFilter(method="by_same_day", label=_("Registered on the day of receipt"))
    reaction = django_filters.BooleanFilter(method="by_nothing", label=_("The answer's reception written down"))
    called_from = DayFilter(method="by_nothing", label=_("Called back from"))
    called_until = DayFilter(method="by_nothing", label=_("Called back until"))
    listed_from = DayFilter(method="by_nothing", label=_("On an overdue list from"))
    listed_until = DayFilter(method="by_nothing", label=_("On an overdue list until"))
    listed_by = django_filters.ModelChoiceFilter(
        queryset=Unit.objects.all(), to_field_name="code", method="by_nothing", label=_("On the overdue list of")
    )

    class Meta:
        model = Card
        fields: list[str] = []

    def by_words(self, cards: QuerySet[Card], name: str, value: str) -> QuerySet[Card]:
        return search(cards, value)

    def by_mine(self, cards: QuerySet[Card], name: str, value: bool) -> QuerySet[Card]:
        return cards.filter(handler=self.request.user) if value else cards

    def by_place(self, cards: QuerySet[Card], name: str, value: Unit) -> QuerySet[Card]:
        return cards.filter(unit__in=[value.pk, *descendants([value.pk])])

    def by_same_day(self, cards: QuerySet[Card], name: str, value: bool) -> QuerySet[Card]:
        same = Q(registered_day=F("received_on"))
        cards = cards.alias(registered_day=TruncDate("registered_at", tzinfo=timezone.get_current_timezone()))
        return cards.filter(same if value else ~same)

    def by_nothing(self, cards: QuerySet[Card], name: str, value: object) -> QuerySet[Card]:
        """Those that say something together with others: see `filter_queryset`."""
        return cards

    def filter_queryset(self, queryset: QuerySet[Card]) -> QuerySet[Card]:
        cards: QuerySet[Card] = super().filter_queryset(queryset)
        asked, zone = self.form.cleaned_data, timezone.get_current_timezone()
        first, last, promise = asked["called_from"], asked["called_until"], asked["promise"]
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
        elif asked["reaction"] or first or last:
            cards = cards.filter(held(first, last, zone, with_reaction=bool(asked["reaction"])))
        if asked["listed_from"] or asked["listed_until"] or asked["listed_by"]:
            place = asked["listed_by"]
            units = [place.pk, *descendants([place.pk])] if place is not None else None
            today = timezone.localdate()
            begins = max(asked["listed_from"] or date.min, today - LONGEST_LISTED)
            cards = cards.filter(listed(begins, min(asked["listed_until"] or today, today), units))
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
        cards = open_cards(cards)
        if value == "overdue":
            return cards.filter(due_on__lt=today)
        if value == "today":
            return cards.filter(due_on=today)
        if value == "tomorrow":
            return cards.filter(due_on=today + timedelta(days=1))
        if value == "week":
            return cards.filter(due_on__range=(today, today + timedelta(days=7)))
        if value == "to_forward":
            return cards.filter(state=State.REGISTERED)
        if value == "unrouted":
            return cards.filter(state=State.REGISTERED, returned_at__isnull=True)
        if value == "returned":
            return cards.filter(state=State.REGISTERED, returned_at__isnull=False)
        return cards


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
