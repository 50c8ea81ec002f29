"""Which sections a report of a kind has, and the document made of them.

A section is one function of the material that returns a section, several, or None where there is nothing to tell. To add one
to a kind of report, put it into `SECTIONS` where it is to stand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils.translation import gettext_lazy as _

from reporting.documents import Document, Section, Texts, alike, in_all, in_each
from reporting.report_material import Material, Scope
from reporting.report_names import Kind
from reporting.report_sections import actions, assessments, benchmarks, cards, scorecards, surveys, themes
from reporting.report_sections.said import day, period_in_words

Builder = Callable[[Material], Section | list[Section] | None]

_CARDS: tuple[Builder, ...] = (
    cards.in_short, cards.over_time, cards.channels, cards.units, cards.categories, cards.kinds, cards.callbacks,
    cards.reactions, cards.overdue,
)  # fmt: skip

SECTIONS: dict[str, tuple[Builder, ...]] = {
    Kind.CARDS: _CARDS,
    Kind.UNIT: (*_CARDS, cards.late, surveys.surveys, scorecards.indicators_of_unit),
    Kind.ANNUAL: (
        *_CARDS,
        surveys.surveys,
        scorecards.scorecards,
        benchmarks.first_group,
        assessments.assessment,
        themes.themes,
        actions.actions,
    ),
    Kind.SCORECARD: (scorecards.one_scorecard,),
    Kind.ASSESSMENT: (assessments.assessment,),
    Kind.BENCHMARK: (benchmarks.one_group,),
}


def build(scope: Scope, *, progress: Callable[[int, int], None] | None = None) -> Document:
    """Return the report, everything in it counted now. `progress` hears how many sections of how many are done."""
    material = Material(scope)
    builders = SECTIONS[scope.kind]
    sections: list[Section] = []
    for done, builder in enumerate(builders):
        if progress is not None:
            progress(done, len(builders))
        made = builder(material)
        sections += [made] if isinstance(made, Section) else made or ()
    return Document(
        name=scope.name,
        kind=scope.kind,
        title=title_of(scope),
        period=str(scope.period),
        first=scope.period.first,
        last=scope.period.last,
        through=scope.through,
        place=alike(scope.place.name if scope.place else scope.municipality),
        counted_at=scope.now.astimezone(scope.zone),
        sections=tuple(sections),
        notes=_notes(scope, sections),
    )


def title_of(scope: Scope) -> Texts:
    """«Meldingene i 3. kvartal 2026», «Vei, 3. kvartal 2026», «Årsmelding til kommunestyret 2025»."""
    period = period_in_words(scope.period)
    if scope.kind == Kind.CARDS:
        return in_all(_("The messages, %(period)s"), period=period)
    if scope.kind == Kind.ANNUAL:
        return in_all(_("Annual report to the council, %(period)s"), period=period)
    if scope.kind == Kind.SCORECARD and scope.scorecard is not None:
        return in_all("%(name)s, %(period)s", name=in_each(scope.scorecard.names, scope.scorecard.key), period=period)
    if scope.kind == Kind.ASSESSMENT and scope.assessment is not None:
        return in_all(
            "%(name)s, %(period)s", name=in_each(scope.assessment.form.names, scope.assessment.version), period=period
        )
    if scope.kind == Kind.BENCHMARK and scope.group is not None:
        return in_all(_("Beside %(name)s, %(period)s"), name=in_each(scope.group.names, scope.group.key), period=period)
    return in_all("%(name)s, %(period)s", name=scope.place.name if scope.place else scope.municipality, period=period)


def _notes(scope: Scope, sections: Sequence[Section]) -> tuple[Texts, ...]:
    return (
        in_all(
            _("All figures are from %(municipality)s's own registers as they stood on %(day)s. Figures that come to be known "
              "later are not in this version."),
            municipality=scope.municipality, day=day(scope.today),
        ),
        in_all(_("Percentages are rounded and need not add up to 100. «–»: there was nothing to measure.")),
    )  # fmt: skip
