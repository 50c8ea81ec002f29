"""The sections on message cards: the figures of Larvik's evaluation, and those that follow from its routine."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from feedback.workflow import HIGHEST, LOWEST, NEGATIVE_KINDS, Channel, Kind
from organisation.models import Unit
from reporting.documents import Cell, Drawn, Guard, Row, Section, Table, Texts, alike, in_all
from reporting.measures import FROM_FEEDBACK, Counts, Measure
from reporting.periods import Every, Period, months_of, period_of
from reporting.report_material import Material, number, share
from reporting.report_sections.said import (
    CARDS,
    SHARE,
    all_of,
    day,
    period_in_words,
    received_note,
    times_as_columns,
)
from reporting.scales import Scale
from reporting.small_groups import SMALLEST_BASE
from reporting.wording import number_said

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MEASURES = {measure.key: measure for measure in FROM_FEEDBACK}
BUSIEST = 5
MOST_CALLS = 3
"""Three calls and more are one row: so many the routine asks for."""

_OF_HOW_MANY = _("Of how many")


def in_short(material: Material) -> Section:
    """The figures that every report gives, beside the period before and the same of last year."""
    rows = [_measure_row(material, MEASURES["cards-received"], with_n=False), _analysed(material)]
    rows += [_measure_row(material, measure) for measure in FROM_FEEDBACK if measure.key != "cards-received"]
    first = material.times[0]
    notes = [
        in_all(_("Counted from %(first)s to %(last)s, both days included."), first=day(first.first), last=day(first.last)),
        in_all(
            _("«Called back in time» and the days until the callback are of callbacks whose deadline lay in the period; the "
              "other figures are of messages received, callbacks held and lists run in it.")
        ),
    ]  # fmt: skip
    if not material.scope.period.is_over(material.scope.today):
        notes.append(
            in_all(_("The period is not over. Numbers of messages still grow: hold them against no whole period."))
        )
    return Section(
        "in-short",
        in_all(_("In short")),
        (
            Table(
                "key-figures",
                in_all(_("Key figures")),
                in_all(_("What")),
                (times_as_columns(material)[0], in_all(_OF_HOW_MANY), *times_as_columns(material)[1:]),
                tuple(rows),
                tuple(notes),
                guard=Guard.FIGURES,
            ),
        ),
    )


def _measure_row(material: Material, measure: Measure, *, with_n: bool = True) -> Row:
    """One of our indicators: the period's figure, of how many it is, and the earlier ones."""
    now, *earlier = (material.measured(measure, material.counts(period)) for period in material.periods)
    of = number(now.n, base=now.base) if with_n and now.n is not None else Cell()
    return Row(in_all(measure.name), (now, of, *earlier), key=measure.key)


def _analysed(material: Material) -> Row:
    cells = [share(counts.of_a_kind, counts.cards) for counts in map(material.counts, material.periods)]
    return Row(
        in_all(_("Analysed: the kind is known")), (cells[0], number(cells[0].n or 0), *cells[1:]), key="analysed"
    )


def channels(material: Material) -> Section:
    """By which way they came."""
    received, known = material.received_by("channel"), material.received_by("channel", of_a_kind=True)
    counts = received[0]
    rows = tuple(
        Row(
            in_all(channel.label),
            (number(counts[channel]), share(counts[channel], counts.total()), number(known[0][channel])),
            key=channel,
        )
        for channel in sorted(Channel, key=lambda channel: -counts[channel])
        if counts[channel]
    )
    whole = all_of(number(counts.total()), share(counts.total(), counts.total()), number(known[0].total()))
    return Section(
        "channels",
        in_all(_("How they came")),
        (
            Table(
                "by-channel",
                in_all(_("Messages by channel")),
                in_all(_("Channel")),
                (in_all(CARDS), in_all(SHARE), in_all(_("Of these, the kind is known"))),
                (*rows, whole),
                (received_note(material),),
                guard=Guard.GROUPS,
                drawn=Drawn.BARS,
            ),
        ),
    )


def units(material: Material) -> Section | None:
    """By sector and unit: how many came, and how the promise was kept."""
    own = material.scope.place
    top = material.below.get(own.pk if own else None, [])
    whole = material.counts(material.scope.period).cards
    rows: list[Row] = []
    for above in _by_size(top, material):
        rows.append(_unit_row(above, material, whole, 0))
        rows += [_unit_row(unit, material, whole, 1) for unit in _by_size(material.below.get(above.pk, []), material)]
    if not rows:
        return None
    rows.append(_unit_cells(material, material.counts(material.scope.period), whole))
    shown = ("called-back-in-time", "median-days-to-contact", "mean-reaction")
    table = Table(
        "by-unit",
        in_all(_("Messages by sector and unit")),
        in_all(_("Sector or unit")),
        (in_all(CARDS), in_all(SHARE), *(in_all(MEASURES[key].name) for key in shown), in_all(_("On overdue lists"))),
        tuple(rows),
        (
            received_note(material),
            in_all(_("A message counts for the unit that holds it now. Sectors hold their units.")),
        ),
        guard=Guard.GROUPS,
        drawn=Drawn.BARS,
    )
    return Section("units", in_all(_("Whom they were for")), (table,))


def _by_size(found: list[Unit], material: Material) -> list[Unit]:
    """Those with cards received, callbacks due or entries in the period; the one with most cards first."""
    sizes = {unit.pk: material.counts(material.scope.period, unit.pk) for unit in found}
    there = [unit for unit in found if (had := sizes[unit.pk]).cards or had.owed or had.entries]
    return sorted(there, key=lambda unit: (-sizes[unit.pk].cards, unit.name_key))


def _unit_row(unit: Unit, material: Material, whole: int, level: int) -> Row:
    counts = material.counts(material.scope.period, unit.pk)
    return Row(alike(unit.name), _unit_cells(material, counts, whole).cells, level, unit.code)


def _unit_cells(material: Material, counts: Counts, whole: int) -> Row:
    return all_of(
        number(counts.cards),
        share(counts.cards, whole),
        material.measured(MEASURES["called-back-in-time"], counts),
        material.measured(MEASURES["median-days-to-contact"], counts),
        material.measured(MEASURES["mean-reaction"], counts),
        number(counts.entries),
    )


def categories(material: Material) -> Section:
    """What they were about, the most first."""
    counts = material.received_by("category")[0]
    known = counts.total() - counts[None]
    ranked = sorted((key for key in counts if isinstance(key, int)), key=lambda key: (-counts[key], key))
    rows = [
        Row(material.categories[key], (number(counts[key]), share(counts[key], known)), key=str(key)) for key in ranked
    ]
    without = counts[None]
    if without:
        rows.append(Row(in_all(_("No category")), (number(without), Cell()), key="none"))
    rows.append(all_of(number(counts.total()), Cell()))
    return Section(
        "categories",
        in_all(_("What they were about")),
        (
            Table(
                "by-category",
                in_all(_("Messages by category, the most first")),
                in_all(_("Category")),
                (in_all(CARDS), in_all(_("Share of those with a category"))),
                tuple(rows),
                (received_note(material),),
                guard=Guard.GROUPS,
                drawn=Drawn.BARS,
            ),
        ),
    )


def kinds(material: Material) -> Section:
    """What the submitters wanted: wishes, complaints and praise."""
    counts = material.received_by("kind")[0]
    known = counts.total() - counts[""]
    rows = [
        Row(in_all(kind.label), (number(counts[kind]), share(counts[kind], known)), key=kind)
        for kind in sorted(Kind, key=lambda kind: -counts[kind])
        if counts[kind]
    ]
    if counts[""]:
        rows.append(Row(in_all(_("Kind not known")), (number(counts[""]), Cell()), key="unknown"))
    rows.append(all_of(number(counts.total()), Cell()))
    by_kind = Table(
        "by-kind",
        in_all(_("Messages by kind")),
        in_all(_("Kind")),
        (in_all(CARDS), in_all(_("Share of those with a known kind"))),
        tuple(rows),
        (received_note(material),),
        guard=Guard.GROUPS,
        drawn=Drawn.BARS,
    )
    together = Table(
        "kinds-together",
        in_all(_("Taken together")),
        in_all(_("What")),
        (in_all(_("Figure")), in_all(_OF_HOW_MANY)),
        (
            _together(material, "requests-and-suggestions"),
            _together(material, "complaints-to-praise"),
            Row(
                in_all(_("Complaints and criticism")),
                (share(sum(counts[kind] for kind in NEGATIVE_KINDS), known), number(known)),
                key="negative",
            ),
            Row(in_all(_("Praise")), (share(counts[Kind.PRAISE], known), number(known)), key="praise"),
        ),
        (in_all(_("Requests and suggestions are requests, fault reports and suggestions together.")),),
        guard=Guard.FIGURES,
    )
    return Section("kinds", in_all(_("What they wanted")), (by_kind, together))


def _together(material: Material, key: str) -> Row:
    cell = material.measured(MEASURES[key], material.counts(material.scope.period))
    return Row(in_all(MEASURES[key].name), (cell, number(cell.n or 0)), key=key)


def over_time(material: Material) -> Section:
    """By month, and the days on which most came: a boom follows when cards are sent out."""
    months = _months(material)
    shown = ("cards-received", "registered-same-day", "called-back-in-time", "requests-and-suggestions")
    by_month = Table(
        "by-month",
        in_all(_("Month by month")),
        in_all(_("Month")),
        tuple(in_all(MEASURES[key].name) for key in shown),
        tuple(
            Row(
                period_in_words(month),
                tuple(material.measured(MEASURES[key], material.counts(month)) for key in shown),
                key=str(month),
            )
            for month in months
        ),
        guard=Guard.FIGURES,
        drawn=Drawn.TREND,
    )
    days = sorted(material.by_day.items(), key=lambda each: (-each[1], each[0]))[:BUSIEST]
    busiest = Table(
        "busiest-days",
        in_all(_("The days with most messages")),
        in_all(_("Day")),
        (in_all(CARDS),),
        tuple(Row(in_all("%(day)s", day=day(when)), (number(count),), key=when.isoformat()) for when, count in days),
        (
            *_average(material),
            *(
                in_all(
                    _("%(count)s cards were sent out %(day)s."),
                    count=lambda language, sent=sent: number_said(Decimal(sent.cards), 0, language),  # type: ignore[misc]
                    day=day(sent.sent_on),
                )
                for sent in material.mailings
            ),
        ),
        guard=Guard.FIGURES,
    )
    return Section("time", in_all(_("When they came")), (by_month, busiest))


def _average(material: Material) -> tuple[Texts, ...]:
    count = material.counts(material.scope.period).cards
    begun = material.counts(period_of(material.times[0].first, Every.MONTH)).cards
    if count < SMALLEST_BASE or not begun:  # over days on which nobody could write, an average tells nothing
        return ()
    average = Decimal(count) / _length(material)
    return (in_all(_("On average %(average)s came a day."), average=lambda lang: number_said(average, 1, lang)),)


def _length(material: Material) -> int:
    first = material.times[0]
    return (first.last - first.first).days + 1


def _months(material: Material) -> list[Period]:
    """From the first month with messages since the same period of last year."""
    months = months_of(min(when.first for when in material.times), material.times[0].last)
    while len(months) > 1 and not material.counts(months[0]).cards:
        months.pop(0)
    return months


def callbacks(material: Material) -> Section:
    """How the promise of a callback was kept, and how often somebody had to be called."""
    all_counts = [material.counts(each) for each in material.periods]
    kept = Table(
        "promise",
        in_all(_("The promise of a callback")),
        in_all(_("What")),
        times_as_columns(material),
        (
            _numbers(_("Callbacks owed, with the deadline in the period"), [each.owed for each in all_counts], "owed"),
            _numbers(_("Called back in time"), [each.in_time for each in all_counts], "in-time"),
            Row(
                in_all(_("Called back in time, share")),
                tuple(material.measured(MEASURES["called-back-in-time"], each) for each in all_counts),
                key="in-time-share",
            ),
            Row(
                in_all(_("Days until the callback, median")),
                tuple(material.measured(MEASURES["median-days-to-contact"], each) for each in all_counts),
                key="median-days",
            ),
            _numbers(_("Reached, in time or late"), [each.reached for each in all_counts], "reached"),
            _numbers(_("Not reached: ended with a contact card"), [each.not_reached for each in all_counts], "not-reached"),
            _numbers(_("Contact cards posted in the period"), [each.contact_cards for each in material.handled], "posted"),
        ),
        (
            in_all(
                _("Withdrawn messages and duplicates do not count. As known on %(day)s: a callback that came late is in it."),
                day=day(material.scope.today),
            ),
        ),
        guard=Guard.FIGURES,
    )  # fmt: skip
    calls = material.calls
    attempts = Table(
        "calls",
        in_all(_("Calls in vain before the submitter was reached, or given up")),
        in_all(_("Calls in vain")),
        (in_all(_("Reached")), in_all(_("Not reached"))),
        (
            *tuple(
                Row(
                    label,
                    (number(_so_many(calls.reached, count)), number(_so_many(calls.not_reached, count))),
                    key=str(count),
                )
                for count, label in _call_labels()
            ),
            all_of(number(calls.reached.total()), number(calls.not_reached.total())),
        ),
        (
            in_all(
                _("Callbacks owed with the deadline in %(period)s. Who waits still is in neither column."),
                period=period_in_words(material.scope.period),
            ),
        ),
        guard=Guard.GROUPS,
    )
    return Section("callbacks", in_all(_("Calls back")), (kept, attempts))


def _so_many(found: Counter[int], count: int) -> int:
    return found[count] if count < MOST_CALLS else sum(held for calls, held in found.items() if calls >= MOST_CALLS)


def _call_labels() -> list[tuple[int, Texts]]:
    return [
        (0, in_all(_("None"))),
        (1, in_all(_("One"))),
        (2, in_all(_("Two"))),
        (MOST_CALLS, in_all(_("Three or more"))),
    ]


def _numbers(label: _StrPromise, counts: list[int], key: str) -> Row:
    return Row(in_all(label), tuple(number(count) for count in counts), key=key)


def reactions(material: Material) -> Section:
    """How the answers were taken. Why somebody took it badly is counted and not told: it is the submitter's own words."""
    now = material.reactions[0]
    given = now.numbers.total()
    rows = [
        Row(_reaction_label(point), (number(now.numbers[point]), share(now.numbers[point], given)), key=str(point))
        for point in range(HIGHEST, LOWEST - 1, -1)
    ]
    if now.would_not_answer:
        rows.append(Row(in_all(_("Would not answer")), (number(now.would_not_answer), Cell()), key="would-not-answer"))
    rows.append(all_of(number(given + now.would_not_answer), Cell()))
    spread = Table(
        "by-reaction",
        in_all(_("How the answer was taken, from 1 to 6 with 6 the best")),
        in_all(_("Reaction")),
        (in_all(_("Callbacks")), in_all(_("Share of those who answered"))),
        tuple(rows),
        (
            in_all(
                _("Callbacks held from %(first)s to %(last)s, as staff wrote them down."),
                first=day(material.times[0].first),
                last=day(material.times[0].last),
            ),
        ),
        guard=Guard.GROUPS,
        drawn=Drawn.BARS,
    )
    mean = MEASURES["mean-reaction"]
    badly = Table(
        "taken-badly",
        in_all(_("The mean, and those who took it badly")),
        in_all(_("What")),
        times_as_columns(material),
        (
            Row(in_all(mean.name), tuple(material.measured(mean, material.counts(each)) for each in material.periods),
                key="mean-reaction"),
            _numbers(_("Taken badly (1–3)"), [each.negative for each in material.reactions], "negative"),
            _numbers(_("Of these, said why"), [each.why for each in material.reactions], "why"),
        ),
        guard=Guard.FIGURES,
    )  # fmt: skip
    return Section("reactions", in_all(_("How the answers were taken")), (spread, badly))


def _reaction_label(point: int) -> Texts:
    if point == HIGHEST:
        return in_all(_("6, the best"))
    return in_all(_("1, the worst")) if point == LOWEST else alike(str(point))


def overdue(material: Material) -> Section:
    """The weekly lists, what was told the chief executive, and what went outside or was opened again."""
    counts = [material.counts(each) for each in material.periods]
    per_week = MEASURES["overdue-a-week"]
    rows = [
        _weeks(counts),
        _numbers(_("Entries on overdue lists"), [each.entries for each in counts], "entries"),
        Row(in_all(per_week.name), tuple(material.measured(per_week, each) for each in counts), key=per_week.key),
        _numbers(_("On a list again, told the chief executive"), [each.repeats for each in counts], "repeats"),
        _numbers(_("Referred outside the municipality"), [each.referred for each in material.handled], "referred"),
        _numbers(_("Opened again"), [each.reopened for each in material.handled], "reopened"),
    ]
    table = Table(
        "overdue",
        in_all(_("Overdue lists and loose ends")),
        in_all(_("What")),
        times_as_columns(material),
        tuple(rows),
        (in_all(_("A list counts where its Monday lies; a message is an entry of each week that it is on a list.")),),
        guard=Guard.FIGURES,
    )
    return Section("overdue", in_all(_("Past the deadline")), (table,))


def _weeks(counts: list[Counts]) -> Row:
    cells = tuple(Cell(Decimal(each.weeks), Scale.COUNT, 0, base=each.entries) for each in counts)
    return Row(in_all(_("Weeks with lists")), cells, key="weeks")


def late(material: Material) -> Section:
    """What waits now, for the unit itself."""
    table = Table(
        "late-now",
        in_all(_("Open and past the deadline")),
        in_all(_("What")),
        (in_all(CARDS),),
        (Row(in_all(_("Open messages past their deadline")), (number(material.late_now),), key="late"),),
        (in_all(_("On %(day)s, whenever they were received."), day=day(material.scope.today)),),
        guard=Guard.FIGURES,
    )
    return Section("late", in_all(_("Waiting now")), (table,))
