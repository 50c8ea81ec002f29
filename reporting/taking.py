"""Take in what a reader found: each figure given its indicator and its municipality, all of them or none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from feedback.importing.faults import RowRefused
from feedback.importing.report import Problem
from organisation.errors import Refused
from organisation.models import Person
from organisation.queries import municipality
from reporting.actions.places import keep_places, know_nations
from reporting.actions.recording import Figure, Where, check_figure, record_values
from reporting.importing import ValueReport
from reporting.models import Elsewhere, Indicator, Value
from reporting.placing import Places
from reporting.rules import require_manager
from reporting.sources.answers import Answer, Found
from reporting.sources.documents import Document
from reporting.sources.places import PlaceList, read_places


class _Taken(NamedTuple):
    indicator: Indicator
    figure: Figure


def take_figures(
    answer: Answer,
    indicators: Mapping[str, Indicator],
    places: Places | int,
    *,
    by: Person | None,
    now: datetime,
    this_year: int,
    dry_run: bool = False,
) -> ValueReport:
    """Write what was read, as figures of `indicators` by the source's name of each. What is not in it is left out.

    `places` finds whose each figure is, or is the id of the one municipality that they are all of. With one problem
    nothing is written; a second time changes nothing. Raises NotAllowed.
    """
    require_manager(by)
    report = ValueReport(dry_run=dry_run, rows=len(answer.figures), problems=list(answer.problems))
    taken: dict[int, list[_Taken]] = {}
    seen: dict[tuple[int, Where], int] = {}
    for found in answer.figures:
        indicator = indicators.get(found.what)
        if indicator is None:
            report.left_out[found.what] = report.left_out.get(found.what, 0) + 1
            continue
        key = f"{found.what} {found.place} {found.period}".strip()
        try:
            place = places if isinstance(places, int) else places.find(found.place, found.period.year)
            figure = _figure(found, place, answer.source or indicator.source)
            check_figure(indicator, figure, this_year=this_year)
        except (RowRefused, Refused) as refused:
            report.problems.append(Problem(found.entry, key[:60], refused.code, str(refused)))
            continue
        before = seen.setdefault((indicator.pk, figure.where), found.entry)
        if before != found.entry:
            sentence = _("This municipality has a figure for the period already: entry %(entry)s.") % {"entry": before}
            report.problems.append(Problem(found.entry, key[:60], "duplicate", sentence))
            continue
        taken.setdefault(indicator.pk, []).append(_Taken(indicator, figure))
        report.show(indicator, figure)
    report.rows -= sum(report.left_out.values())
    if report.problems or dry_run:
        return report
    with transaction.atomic():
        for each in taken.values():
            done = record_values(
                each[0].indicator, [one.figure for one in each], by=by, now=now, this_year=this_year,
                how=Value.How.IMPORTED,
            )  # fmt: skip
            report.new, report.changed = report.new + done.new, report.changed + done.changed
    return report


def _figure(found: Found, place: int | None, source: str) -> Figure:
    return Figure(
        found.period,
        found.value,
        elsewhere=place,
        n=found.n,
        margin=found.margin,
        source=(found.source or source)[:250],
        measured_on=found.measured_on,
        too_few=found.too_few,
    )


def take_document(
    document: Document, *, by: Person | None, now: datetime, this_year: int, dry_run: bool = False
) -> ValueReport:
    """Write another installation's figures, as those of its municipality. Indicators are known by their key; one that is not
    here is left out, one on another scale is refused, and so is our own document. Raises NotAllowed, OurOwn."""
    require_manager(by)
    house = municipality()
    if (document.country, document.number) == (house.country, house.number):
        raise OurOwn(name=house.name)
    known = {indicator.key: indicator for indicator in Indicator.objects.all()}
    answer = document.answer
    for described in document.indicators:
        here = known.get(described.key)
        if here is not None and here.scale != described.scale:
            answer.refuse(
                described.entry, described.key, "wrong_scale",
                _("It is on the scale «%(theirs)s» there, and «%(ours)s» here.")
                % {"theirs": described.scale, "ours": here.scale},
            )  # fmt: skip
    with transaction.atomic():
        place, made = _whose(document, dry_run)
        report = take_figures(answer, known, place, by=by, now=now, this_year=this_year, dry_run=dry_run)
        if made and (report.problems or dry_run):
            transaction.set_rollback(True)
    return report


class OurOwn(Refused):
    code = "our_own"
    field = "file"
    message = _("These are %(name)s's own figures: they are here already.")


def _whose(document: Document, dry_run: bool) -> tuple[int, bool]:
    """Return the municipality's id, and whether it was not known until now."""
    place, made = Elsewhere.objects.get_or_create(
        kind=Elsewhere.Kind.MUNICIPALITY, country=document.country, code=document.number,
        defaults={"name": document.name},
    )  # fmt: skip
    return place.pk, made


def take_places(content: list[bytes], *, by: Person | None, now: datetime, dry_run: bool = False) -> ValueReport:
    """Read lists of municipalities, and keep all of them or nothing. Raises NotAllowed, UnreadableFile."""
    require_manager(by)
    report = ValueReport(dry_run=dry_run, of_places=True)
    joined: PlaceList | None = None
    for each in content:
        read = read_places(each)
        report.problems += read.problems
        if joined is None:
            joined = read
        else:
            joined.named += read.named
            joined.renumbered += read.renumbered
    if joined is None or report.problems or dry_run:
        return report
    report.rows = len(joined.named) + len(joined.renumbered)
    with transaction.atomic():
        done = keep_places(joined, by=by, now=now)
        know_nations([joined.country], by=by, now=now)
    report.new, report.changed = done
    return report
