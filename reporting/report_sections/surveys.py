"""What surveys have published in the period. Nothing is read but publications: what they hold back is not here."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from organisation.numbers import percent
from reporting.counting import from_survey
from reporting.documents import Cell, Row, Section, Table, Texts, in_all, in_each
from reporting.published import Shown
from reporting.report_material import Material
from reporting.report_sections.said import day
from reporting.scales import Scale, Standing


def surveys(material: Material) -> Section | None:
    """The areas of each survey with their means."""
    tables = tuple(_table(shown) for shown in material.surveys)
    return Section("surveys", in_all(_("What surveys showed")), tables) if tables else None


def _table(shown: Shown) -> Table:
    parts = shown.areas or shown.items
    rows = []
    for part in parts:
        result = from_survey(part, shown)
        if result.mean is None:
            rows.append(
                Row(in_each(part["texts"], part["key"]), (Cell(standing=Standing.TOO_FEW), Cell()), key=part["key"])
            )
            continue
        mean = Cell(result.mean, Scale.ONE_TO_SIX, 1, n=result.n)
        rows.append(Row(in_each(part["texts"], part["key"]), (mean, _margin(result.margin)), key=part["key"]))
    return Table(
        f"survey-{shown.survey}",
        in_all("%(title)s (%(code)s)", title=in_each(shown.titles, shown.survey), code=shown.survey),
        in_all(_("What was asked about")),
        (in_all(_("Mean, from 1 to 6 with 6 the best")), in_all(_("Margin of error, ±"))),
        tuple(rows),
        _notes(shown),
    )  # fmt: skip


def _margin(margin: Decimal | None) -> Cell:
    return Cell(margin, Scale.ONE_TO_SIX, 1)


def _notes(shown: Shown) -> tuple[Texts, ...]:
    answered, invited = shown.n_answered, shown.n_invited
    dates = in_all(
        _("Closed %(closed)s, published %(published)s."), closed=day(shown.closed_on), published=day(shown.published_on)
    )
    if not answered:
        return (dates,)
    if not invited:
        return (in_all(_("%(answered)s answered."), answered=str(answered)), dates)
    rate = shown.response_rate or answered / invited
    return (
        in_all(
            _("%(answered)s of %(invited)s answered (%(rate)s)."),
            answered=str(answered), invited=str(invited), rate=lambda language: percent(rate, language),
        ),
        dates,
    )  # fmt: skip
