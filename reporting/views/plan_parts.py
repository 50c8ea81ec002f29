"""Parts of an action's page: what happened to it in words, and the course of its figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from itertools import groupby

from django.utils.translation import gettext as _

from organisation.charts import Chart, Mark, Point, trend
from organisation.dates import short_day
from organisation.models import Person
from reporting.effects import Effect
from reporting.models import Initiative, InitiativeEvent, InitiativeNote
from reporting.plans import Reminder, Status
from reporting.scales import BOUNDS

What = InitiativeEvent.What
_THOUSAND = 1000


@dataclass
class Step:
    """What was done at one moment: its words, and the note that was written with it. `about` is the note's day where that
    is another one."""

    at: datetime
    by: Person | None
    words: list[str] = field(default_factory=list)
    note: InitiativeNote | None = None
    about: date | None = None
    is_strong: bool = False


def timeline(history: Sequence[InitiativeEvent], language: str, zone: tzinfo) -> list[Step]:
    """Return the steps of `history`, the newest first: what one person did at one moment is one step. Days are those of
    `zone`."""
    steps = []
    for (at, _who), events in groupby(history, key=lambda event: (event.at, event.by_id)):
        found = list(events)
        step = Step(at, found[0].by)
        for event in reversed(found):
            step.words.append(_in_words(event, language))
            step.note = getattr(event, "note", None) or step.note
            step.is_strong = step.is_strong or event.what in (What.STATUS, What.PLANNED)
        if step.note is not None and step.note.on != at.astimezone(zone).date():
            step.about = step.note.on
        steps.append(step)
    return steps


def _in_words(event: InitiativeEvent, language: str) -> str:
    label = str(event.get_what_display())
    if event.what == What.STATUS:
        return f"{label}: {Status(event.from_value).label} → {Status(event.to_value).label}"
    if event.what == What.DEADLINE:
        was, now = (short_day(date.fromisoformat(text), language) for text in (event.from_value, event.to_value))
        return f"{label}: {was} → {now}"
    if event.what == What.REMINDED:
        return f"{label}: {Reminder(event.to_value.split(':')[0]).label}"
    if event.what == What.CHANGED and event.fields:
        return f"{label}: {', '.join(_called(name) for name in event.fields)}"
    return label


def _called(name: str) -> str:
    own = {"note": _("follow-up taken away"), "evidence": _("evidence taken away")}
    return own.get(name) or str(Initiative._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def chart_of(initiative: Initiative, effect: Effect, name: str) -> Chart | None:
    """Return the course of the figure with its target, and the years in which the action began and ended marked; None
    where fewer than two years are measured."""
    indicator, figures = initiative.indicator, effect.figures
    if indicator is None or len(figures) < 2:
        return None
    marked = [
        (day.year, words % {"year": day.year})
        for day, words in (
            (initiative.started_on, _("%(year)s: the action begins")),
            (initiative.ended_on, _("%(year)s: the action ends")),
        )
        if day is not None
    ]
    years = [each.year for each in figures] + [year for year, _words in marked]
    span = range(min(years), max(years) + 1)
    low, high = BOUNDS.get(indicator.scale, (0, None))
    known = {each.year: float(each.value) for each in figures}
    target = None if effect.target is None else float(effect.target)
    divide = _THOUSAND if max([*known.values(), target or 0]) >= 10 * _THOUSAND else 1
    others = [] if target is None else [(_("Target"), [Point(str(year), _plain(target / divide)) for year in span])]
    return trend(
        [Point(str(year), _plain(known[year] / divide) if year in known else None) for year in span],
        *others,
        name=_("%(name)s, in thousands") % {"name": name} if divide > 1 else name,
        bottom=float(low),
        top=None if high is None else float(high),
        marks=[Mark(year - span[0], words) for year, words in marked],
        joined=True,
    )


def _plain(number: float) -> float:
    return int(number) if number == int(number) else number
