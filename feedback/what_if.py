"""What would happen if: a card tried out on the routing rules, a rule or a deadline before it is changed. Writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from django.db.models import Count, Q
from django.db.models.functions import Coalesce, TruncDate

from feedback.actions.intake import House, Intake, Routed, facts_of, route
from feedback.deadlines import DeadlineRule, due_on
from feedback.models import Card, RoutingRule
from feedback.queries import open_cards
from feedback.routing import Rule, all_fits, reasons
from organisation.calendar import WorkingCalendar
from organisation.models import Municipality, Unit
from organisation.models.municipality import CallbackRule

LATEST = 500
"""How many of the latest cards a rule is tried on."""

# --- Routing ------------------------------------------------------------------------------------------------------------


class Fit(NamedTuple):
    """A rule that fits, and the words of it that the text has."""

    rule: RoutingRule
    words: tuple[str, ...]


@dataclass(frozen=True)
class Tried:
    """Where a card would go: `routed.by` says why, `first` is the rule that decided, `others` would have fitted too."""

    routed: Routed
    first: Fit | None
    others: list[Fit]


def try_card(intake: Intake, house: House, rules: Iterable[RoutingRule]) -> Tried:
    """Route a made-up card as registration would, and say why. `rules` are the rows of `house.rules`."""
    routed = route(intake, house)
    rows, facts = {rule.pk: rule for rule in rules}, facts_of(intake)
    fits = [
        Fit(rows[rule.rule_id], reasons(rule, facts).words)
        for rule in all_fits(house.rules, facts)
        if rule.rule_id in rows
    ]
    first = next((fit for fit in fits if fit.rule.pk == routed.rule_id), None)
    return Tried(routed, first, [fit for fit in fits if fit is not first])


NEW = 0
"""The id of a rule that is not saved yet."""


def with_rule(house: House, draft: RoutingRule) -> House:
    """Return the house as it would be with `draft` saved: in place of the rule that has its id, else the last."""
    rule = Rule(
        draft.pk or NEW, draft.unit_id, draft.category_id, draft.kind, draft.area, tuple(draft.words)
    )  # fmt: skip
    rules = list(house.rules)
    places = [place for place, each in enumerate(rules) if each.rule_id == rule.rule_id]
    if places:
        rules[places[0] : places[0] + 1] = [rule] if draft.is_active else []
    elif draft.is_active:
        # A rule that was out of use comes back to its place among the others; a new one is tried last.
        behind = (
            RoutingRule.objects.filter(position__gt=draft.position).values_list("pk", flat=True) if draft.pk else ()
        )
        later = set(behind)
        place = next((place for place, each in enumerate(rules) if each.rule_id in later), len(rules))
        rules.insert(place, rule)
    return replace(house, rules=rules)


@dataclass(frozen=True)
class Effect:
    """Of the `looked_at` latest cards, where those go that would change: pairs of unit from and to, the most first."""

    looked_at: int
    moves: list[tuple[Unit, Unit, int]]

    @property
    def changed(self) -> int:
        return sum(number for _before, _after, number in self.moves)


def effect_of_rule(house: House, changed: House) -> Effect:
    """Route the latest cards by the rules as they are and as they would be (one query), whatever unit they have now."""
    # Of a sensitive card not even whether a word stands in it can be told by trying rules.
    latest = Card.objects.filter(sensitive=False).select_related("category").order_by("-registered_at", "-id")
    cards = latest.only("text", "kind", "place", "area", "political", "category", "channel")[:LATEST]
    moves: Counter[tuple[int, int]] = Counter()
    looked_at = 0
    for card in cards:
        looked_at += 1
        intake = Intake(
            channel=card.channel,
            text=card.text,
            kind=card.kind,
            category=card.category,
            place=card.place,
            area=card.area,
            political=card.political,
        )
        before, after = route(intake, house).unit, route(intake, changed).unit
        if before.pk != after.pk:
            moves[before.pk, after.pk] += 1
    units = house.units
    return Effect(looked_at, [(units[a], units[b], number) for (a, b), number in moves.most_common()])


def active_rules() -> Sequence[RoutingRule]:
    """Return the rows of `House.rules`, with what a page shows of them."""
    rules = RoutingRule.objects.filter(is_active=True).exclude(category__is_active=False)
    return list(rules.select_related("unit", "category"))


# --- Deadlines ----------------------------------------------------------------------------------------------------------


class Share(NamedTuple):
    """So many of so many. `percent` is None of none."""

    part: int
    of: int

    @property
    def percent(self) -> int | None:
        return round(100 * self.part / self.of) if self.of else None


@dataclass(frozen=True)
class DeadlineEffect:
    """A changed deadline beside the one in force. Pairs are (as it is, as it would be); dates are local."""

    due: tuple[date, date]
    open: int
    overdue: tuple[int, int]
    on_time: tuple[Share, Share]
    owed: tuple[Share, Share]


def effect_of_deadline(
    here: Municipality, changed: Municipality, calendar: WorkingCalendar, *, now: datetime, days: int = 365
) -> DeadlineEffect:
    """Say what `changed` would have meant for the cards of the last `days` days, and for those open now.

    Cards whose category has a deadline of its own are left out: they are not touched. A few queries, grouped by day.
    """
    today = calendar.local_date(now)
    old, new = (DeadlineRule(each.deadline_days, each.deadline_kind) for each in (here, changed))
    by_municipality = Card.objects.filter(Q(category=None) | Q(category__deadline_days=None))
    started = TruncDate(Coalesce("reopened_at", "registered_at"), tzinfo=calendar.zone)
    last_day = cache(lambda start: due_on(start, new, calendar))

    waiting = open_cards(by_municipality)
    starts = list(waiting.annotate(start=started).values_list("start").annotate(n=Count("pk")).order_by())
    overdue_then = sum(n for start, n in starts if last_day(start) < today)
    answered = (
        by_municipality.filter(callback_owed=True, completed_at__isnull=False)
        .filter(registered_at__gte=now - timedelta(days=days))
        .annotate(start=started, done=TruncDate("completed_at", tzinfo=calendar.zone))
        .values_list("start", "done", "due_on")
        .annotate(n=Count("pk"))
        .order_by()
    )
    groups = list(answered)
    total = sum(n for *_days, n in groups)
    in_time = sum(n for _start, done, due, n in groups if done <= due)
    in_time_then = sum(n for start, done, _due, n in groups if done <= last_day(start))
    return DeadlineEffect(
        due=(due_on(today, old, calendar), last_day(today)),
        open=sum(n for _start, n in starts),
        overdue=(waiting.filter(due_on__lt=today).count(), overdue_then),
        on_time=(Share(in_time, total), Share(in_time_then, total)),
        owed=_owed(here, changed, now - timedelta(days=days)),
    )


def _owed(here: Municipality, changed: Municipality, since: datetime) -> tuple[Share, Share]:
    """How many of the cards since then would be owed a callback by each rule, going by what their submitters gave."""
    given = {
        CallbackRule.PHONE: ~Q(submitter__phone=""),
        CallbackRule.NAME_ADDRESS_PHONE: ~Q(submitter__phone="") & ~Q(submitter__name="") & ~Q(submitter__address=""),
    }
    always = Q(callback_wanted=True) | Q(submitter__isnull=False) & ~Q(submitter__other_way="")

    def owed(rule: str) -> Any:
        return Count("pk", filter=always | Q(submitter__isnull=False) & given[CallbackRule(rule)])

    found = Card.objects.filter(registered_at__gte=since).aggregate(
        cards=Count("pk"), now=owed(here.callback_rule), then=owed(changed.callback_rule)
    )
    return Share(found["now"], found["cards"]), Share(found["then"], found["cards"])
