"""Which cards are due for which step of keeping, by the municipality's and the categories' rules."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from feedback.models import Card, Category, Erasure, ReopeningRequest, RetentionHold, RetentionRule, RetentionRun
from feedback.workflow import OPEN_STATES
from organisation.queries import municipality

STEPS = (Erasure.Step.DELETE, Erasure.Step.ANONYMISE, Erasure.Step.BLOCK)
"""The farthest first: a card that is due for two goes the whole way at once."""

SKIPPED = "kept"

DEFAULT_BLOCK, DEFAULT_ANONYMISE = 365, 730
"""Days, where the municipality has set none: a year in which the submitter's own page stands, and as long after it."""

_DAYS = {Erasure.Step.BLOCK: "block_days", Erasure.Step.ANONYMISE: "anonymise_days", Erasure.Step.DELETE: "delete_days"}


@dataclass(frozen=True)
class Counted:
    """So many cards of one category (its code) and kind for one step; `kept` are those that no step may take."""

    step: str
    category: str
    kind: str
    cards: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def usual_rule() -> RetentionRule:
    """Return the municipality's rule, or ours where it has set none."""
    found = RetentionRule.objects.filter(category=None).first()
    return found or RetentionRule(block_days=DEFAULT_BLOCK, anonymise_days=DEFAULT_ANONYMISE)


def rules() -> list[RetentionRule]:
    """Return the usual rule, and after it those of categories."""
    own = RetentionRule.objects.filter(category__isnull=False).select_related("category")
    return [usual_rule(), *own.order_by("category__position", "category_id")]


def due(step: str, *, today: date) -> QuerySet[Card]:
    """Return the cards for which a step is due on a local day. Nothing that is open, kept, or asked to be reopened."""
    return _not_done(step, _old_enough(step, today)).filter(~Q(_must_stay()))


def count_due(step: str, *, today: date) -> list[Counted]:
    """Return how many cards are due for a step, by category and kind."""
    nearer = due(step, today=today)
    for farther in STEPS[: STEPS.index(step)]:
        nearer = nearer.exclude(pk__in=due(farther, today=today).values("pk"))
    return _counted(step, nearer)


def count_kept(*, today: date) -> list[Counted]:
    """Return how many cards would have gone but for archive duty or because they must be kept."""
    block = _not_done(Erasure.Step.BLOCK, _old_enough(Erasure.Step.BLOCK, today, archive=True))
    anonymise = _not_done(Erasure.Step.ANONYMISE, _old_enough(Erasure.Step.ANONYMISE, today, archive=True))
    either = Card.objects.filter(Q(pk__in=block.values("pk")) | Q(pk__in=anonymise.values("pk")))
    return _counted(SKIPPED, either.filter(must_be_kept()))


def must_be_kept() -> Q:
    """Return the condition on cards that archive duty or a case keeps as they are."""
    return Q(Exists(RetentionHold.objects.filter(card=OuterRef("pk")))) | _under_archive_duty()


def _must_stay() -> Q:
    asked = ReopeningRequest.objects.filter(card=OuterRef("pk"), answered_at=None)
    return must_be_kept() | Q(Exists(asked))


def _under_archive_duty() -> Q:
    own = RetentionRule.objects.filter(category__isnull=False)
    kept = Q(category__in=own.filter(archive_duty=True).values("category"))
    if usual_rule().archive_duty:
        kept |= Q(category=None) | ~Q(category__in=own.values("category"))
    return kept


def _counted(step: str, cards: QuerySet[Card]) -> list[Counted]:
    rows = (
        cards.order_by().values("category__code", "kind").annotate(cards=Count("pk")).order_by("category__code", "kind")
    )
    return [Counted(step, row["category__code"] or "", row["kind"], row["cards"]) for row in rows]


def _not_done(step: str, cards: QuerySet[Card]) -> QuerySet[Card]:
    if step == Erasure.Step.BLOCK:
        return cards.filter(retention=None)
    if step == Erasure.Step.ANONYMISE:
        return cards.filter(retention__anonymised_at=None)
    # One that a card stands on, as a duplicate of it or as come out of it, stays for as long as that does.
    return cards.filter(retention__anonymised_at__isnull=False, duplicates=None, offspring=None)


def _old_enough(step: str, today: date, *, archive: bool = False) -> QuerySet[Card]:
    """The completed cards whose days are over by their category's rule. A rule under archive duty has none, but where
    they are asked for (`archive`)."""
    usual, *own = rules()
    by_rule = Q(pk__in=())
    for rule in (usual, *own):
        days = getattr(rule, _DAYS[Erasure.Step(step)])
        if days is None or (rule.archive_duty and not archive):
            continue
        of = (
            Q(category=rule.category)
            if rule.category
            else ~Q(category__in=[one.category_id for one in own]) | Q(category=None)
        )
        by_rule |= of & _closed_before(_morning(today - timedelta(days=days - 1)))
    return Card.objects.filter(by_rule).exclude(state__in=sorted(OPEN_STATES))


def _closed_before(moment: datetime) -> Q:
    return Q(completed_at__lt=moment) & (Q(closed_at=None) | Q(closed_at__lt=moment))


def _morning(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), municipality().zone)


@dataclass(frozen=True)
class Line:
    """So many cards of a category for a step: now, and within the days ahead."""

    step: str
    category: str
    now: int
    ahead: int


def overview(*, today: date, ahead: timedelta) -> dict[str, Any]:
    """Return what the page on keeping shows: rules, cards that are kept, what comes, and the latest runs."""
    named = {category.code: str(category) for category in Category.objects.all()}
    coming: dict[tuple[str, str], list[int]] = {}
    for place, day in enumerate((today, today + ahead)):
        for step in STEPS:
            for counted in count_due(step, today=day):
                coming.setdefault((step, counted.category), [0, 0])[place] += counted.cards
    lines = [
        Line(str(Erasure.Step(step).label), named.get(category, ""), *numbers)
        for (step, category), numbers in sorted(coming.items())
    ]
    runs = list(RetentionRun.objects.all()[:10])
    found = rules()
    own = {rule.category_id for rule in found}
    return {
        "rules": found,
        "without_rule": [category for category in Category.objects.all() if category.pk not in own],
        "holds": list(RetentionHold.objects.select_related("card", "set_by")[:200]),
        "coming": lines,
        "last_day": today + ahead,
        "kept": sum(counted.cards for counted in count_kept(today=today)),
        "runs": [(run, _steps_said(run.totals())) for run in runs],
        "erasures": list(Erasure.objects.exclude(cause=Erasure.Cause.RETENTION).select_related("by")[:20]),
    }


def _steps_said(totals: dict[str, int]) -> list[tuple[str, int]]:
    labels = dict(Erasure.Step.choices) | {SKIPPED: _("Kept")}
    return [(str(labels.get(step, step)), cards) for step, cards in totals.items()]
