"""How each answer weighs: as it was drawn, or fitted to what is known of the population."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from surveys.models import Draw, Resident, Survey
from surveys.results.faults import NoResults
from surveys.results.reading import Sheet
from surveys.statistics.weighting import Design, Weights, post_stratify, rake, unweighted

Margins = Mapping[str, Mapping[str, float]]
"""How many people of the population have each value of each variable."""

_FROM_TO = re.compile(r"(\d+)\D+(\d+)")
_FROM = re.compile(r"(\d+)")


@dataclass(frozen=True)
class Weighing:
    """`method` is `none`, `stratified`, `post_stratified` or `raked`. Without `weights` each answer counts alike."""

    method: str
    weights: Weights | None = None
    strata: Mapping[str, int] = field(default_factory=dict)
    variables: tuple[str, ...] = ()
    tellable: bool = True
    """Whether the smallest and the largest weight can be told without telling the size of a small stratum."""

    def as_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {"method": self.method, "variables": list(self.variables)}
        if self.weights is not None and self.weights.values:
            found |= {
                "sum": sum(self.weights.values),
                "min": self.weights.smallest if self.tellable else None,
                "max": self.weights.largest if self.tellable else None,
                "design_effect": self.weights.design_effect,
                "effective_n": self.weights.effective_n,
                "rounds": self.weights.rounds,
            }
        return found


def weighing_of(sheet: Sheet, population: int | None, margins: Margins | None, *, drawn: bool, least: int) -> Weighing:
    """Return how the answers weigh: fitted to `margins` where given (one variable: post-stratified, more: raked), else
    as they were drawn, or all alike without `drawn`.

    Raises CannotCompute, and NoResults for a margin that is no variable or has a group of fewer than `least` answers:
    the weights would tell how few they are.
    """
    strata = {stratum.key: stratum.population for stratum in sheet.strata} if drawn else {}
    if strata and sheet.rows:
        sizes = Counter(sheet.strata_of_rows)
        design = Design.stratified(sheet.strata_of_rows, strata)
        tellable = min(sizes.values()) >= least
    else:
        design, tellable = Design.simple(sheet.n_answered, population), True
    if not margins:
        if not strata:
            return Weighing("none")
        return Weighing("stratified", unweighted(design), strata, tellable=tellable)
    columns = {name: _column(sheet, name, least) for name in margins}
    if len(margins) == 1:
        [(name, people)] = margins.items()
        return Weighing("post_stratified", post_stratify(design, columns[name], dict(people)), variables=(name,))
    return Weighing(
        "raked",
        rake(design, columns, {name: dict(people) for name, people in margins.items()}),
        variables=tuple(margins),
    )


def _column(sheet: Sheet, variable: str, least: int) -> list[str | None]:
    known = sheet.variables()
    if variable not in known:
        sentence = _("«%(variable)s» is not something to weight by. There is: %(known)s.")
        raise NoResults(sentence % {"variable": variable, "known": ", ".join(known) or "–"}, "weights")
    column = sheet.groups(variable)
    if None in column:
        sentence = _("Some have not stated «%(group)s», so that the answers cannot be weighted by it.")
        raise NoResults(sentence % {"group": variable}, "weights")
    few = [group for group, size in Counter(column).items() if size < least]
    if few:
        sentence = _(
            "In «%(variable)s» a group has fewer than %(least)s answers. Join it with another before weighting."
        )
        raise NoResults(sentence % {"variable": variable, "least": least}, "weights")
    return column


def margins_of_population(survey: Survey, sheet: Sheet, variables: list[str], on: date) -> Margins:
    """Return how many of the register that the sample was drawn from have each value of each variable, on the day `on`.

    A variable is the register's gender or district by the question of that key, or an age band (`16-29`, `67+`) by the
    question `age` or `age_band`. Raises NoResults where the register is put away or does not know.
    """
    draw = Draw.objects.filter(survey=survey).first()
    if draw is None or not Resident.objects.filter(population=draw.population_id).exists():
        raise NoResults(
            _("The register that was drawn from has been put away. Give the numbers in a CSV file."), "weights"
        )
    people = Resident.objects.filter(population=draw.population_id, reserved=False).values_list(
        "gender", "district", "birth_year"
    )
    known = sheet.variables()
    margins: dict[str, dict[str, float]] = {}
    for variable in variables:
        if variable not in known or variable not in ("gender", "district", "age", "age_band"):
            sentence = _("The register does not know «%(variable)s». Give the numbers in a CSV file.")
            raise NoResults(sentence % {"variable": variable}, "weights")
        counts: Counter[str] = Counter()
        for gender, district, birth_year in people:
            value = {"gender": gender, "district": district}.get(variable)
            if value is None and birth_year:
                value = _band(on.year - birth_year, known[variable])
            if value:
                counts[value] += 1
        margins[variable] = dict(counts)
    return margins


def _band(age: int, bands: list[str]) -> str | None:
    for band in bands:
        if found := _FROM_TO.fullmatch(band):
            if int(found[1]) <= age <= int(found[2]):
                return band
        elif (found := _FROM.match(band)) and age >= int(found[1]):
            return band
    return None
