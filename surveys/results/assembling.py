"""From the answers in the database to one `Results`. Reads once; of a closed survey the figures are kept in the cache."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence

import redis
from django.core.cache import cache
from django.utils.translation import gettext as _

from organisation.aside import one_process
from organisation.shapes import shape
from surveys.models import GroupAsked, Publication, Survey
from surveys.questionnaires import DONT_KNOW as SAID_DONT_KNOW
from surveys.questionnaires import Item, QuestionKind, Stage
from surveys.results.comparing import against_all
from surveys.results.faults import NoResults, in_words
from surveys.results.figures import AreaResult, ChosenFigures, Group, RatedFigures, Results, Share
from surveys.results.groups import Told, hidden_cells, split, told_by, values_of
from surveys.results.heavy import weighted_means
from surveys.results.reading import SCALES, Sheet, read_sheet
from surveys.results.responding import Answering, answering_of
from surveys.results.weighing import Margins, Weighing, margins_of_population, weighing_of
from surveys.statistics.answers import Answer, valid
from surveys.statistics.areas import area_scores
from surveys.statistics.errors import CannotCompute
from surveys.statistics.estimates import Estimate
from surveys.statistics.items import item_figures
from surveys.statistics.means import mean_of_values
from surveys.statistics.reliability import cronbach_alpha
from surveys.statistics.shares import share_interval
from surveys.statistics.stratified import stratified_mean
from surveys.statistics.tables import EVERYBODY
from surveys.statistics.weighting import Weights

Progress = Callable[[int, int], None]

logger = logging.getLogger(__name__)

KEPT_FOR = 24 * 60 * 60
CLOSED = frozenset({Stage.CLOSED.value, Stage.PUBLISHED.value})


def results_of(
    survey: Survey,
    *,
    by: Sequence[str] = (),
    population: int | None = None,
    margins: Margins | None = None,
    margins_by: Sequence[str] = (),
    drawn: bool = True,
    compared: bool = True,
    progress: Progress | None = None,
) -> Results:
    """Return a survey's results, at full precision and with small groups taken out, beside what was published before.

    `by`: variables to group by. `population`: N, in place of the survey's own. `margins`, or `margins_by` (variables
    that the register knows): what the answers are weighted to. `drawn`: whether a draw by strata weighs. While answers
    still come in there are counts only. `progress` is told how much of the groups is done. Raises NoResults.
    """
    if population is not None and population < 1:
        raise NoResults(_("The population is at least one person."), "population")
    if survey.stage not in CLOSED:
        return _counts(survey)
    told, versions = told_before(survey)
    asked = list(GroupAsked.objects.filter(survey=survey).values_list("question", "value", "invited"))
    wanted = json.dumps(
        [list(by), population, margins, list(margins_by), drawn, survey.smallest_group, versions, asked], sort_keys=True
    )
    digest = hashlib.sha256(wanted.encode()).hexdigest()
    stamp = survey.closed_at.isoformat() if survey.closed_at else ""
    key = f"survey-results:{shape(Results)}:{survey.pk}:{survey.population_size}:{stamp}:{digest}"
    found = _kept(key)
    if found is None:
        with one_process():
            found = _assemble(survey, by, population, margins, margins_by, drawn, told, progress)
        _keep(key, found)
    return found.with_comparisons(against_all(survey, found, _earlier(survey))) if compared else found


def told_before(survey: Survey) -> tuple[Told, list[int]]:
    """Return what earlier publications of the survey have told, those that wait for their day among them, and their keys."""
    published = list(Publication.objects.filter(survey=survey).order_by("pk").values_list("pk", "figures"))
    return told_by(figures for _pk, figures in published), [pk for pk, _figures in published]


def _earlier(survey: Survey) -> Results | None:
    """Our own round before this one, where it is closed and can be computed."""
    if survey.previous is None or survey.previous.stage not in CLOSED:
        return None
    try:
        return results_of(survey.previous, compared=False)
    except NoResults:
        return None


def _kept(key: str) -> Results | None:
    try:
        found = cache.get(key)
    except (redis.RedisError, OSError):
        logger.warning("The cache is away: the results are computed anew.")
        return None
    return found if isinstance(found, Results) else None


def _keep(key: str, results: Results) -> None:
    try:
        cache.set(key, results, KEPT_FOR)
    except (redis.RedisError, OSError):
        logger.warning("The cache is away: the results are not kept.")


def _counts(survey: Survey) -> Results:
    """How many have answered so far: figures of a survey that still grows would tell who came last."""
    sheet = read_sheet(survey)
    return Results(
        survey=survey.code,
        running=True,
        n_invited=sheet.n_invited,
        n_answered=sheet.n_answered,
        n_open=sheet.n_open,
        population=sheet.population,
        least=survey.smallest_group,
    )


def _assemble(
    survey: Survey,
    by: Sequence[str],
    population: int | None,
    margins: Margins | None,
    margins_by: Sequence[str],
    drawn: bool,
    told: Told,
    progress: Progress | None,
) -> Results:
    sheet, least = read_sheet(survey), survey.smallest_group
    known = sheet.variables()
    for variable in by:
        if variable not in known:
            sentence = _("«%(variable)s» is not something to group by. There is: %(known)s.")
            raise NoResults(sentence % {"variable": variable, "known": ", ".join(known) or "–"}, "by")
    if margins_by:
        on = (survey.opens_at or survey.created_at).date()
        margins = margins_of_population(survey, sheet, list(margins_by), on)
    notes: list[str] = []
    whole = population if population is not None else sheet.population
    try:
        weighing = weighing_of(sheet, whole, margins, drawn=drawn, least=least)
    except CannotCompute as error:
        if margins or not sheet.strata or not drawn:
            raise NoResults(in_words(error), "weights" if margins else "population") from error
        notes.append(in_words(error))
        weighing = weighing_of(sheet, whole, None, drawn=False, least=least)
    maker = _Maker(sheet, weighing, whole, least)
    try:
        items = [maker.item(item) for item in sheet.rated]
        areas = [maker.area(area.key) for area in sheet.areas if sheet.rated_in(area.key)]
        answering = answering_of(sheet, least=least, told=told.cells())
        groups = _groups(sheet, maker, by, least, told, answering, progress) if by else []
    except CannotCompute as error:
        raise NoResults(in_words(error), "population") from error
    return Results(
        survey=survey.code,
        running=False,
        n_invited=sheet.n_invited,
        n_answered=sheet.n_answered,
        n_open=sheet.n_open,
        population=sum(weighing.strata.values()) if weighing.strata and population is None else whole,
        least=least,
        weighting=weighing.as_json(),
        items=items,
        areas=areas,
        choices=[maker.choice(item) for item in sheet.chosen],
        groups=groups,
        notes=notes,
        responded_by=sheet.asked_by if answering.groups else "",
        responded=answering.groups,
    )


class _Maker:
    """Makes the figures of one survey with one way of weighing."""

    def __init__(self, sheet: Sheet, weighing: Weighing, population: int | None, least: int) -> None:
        self.sheet, self.weighing, self.population, self.least = sheet, weighing, population, least
        self._means: dict[str, Estimate] = {}
        if self.fitted is not None:
            rated = sheet.rated
            columns = [valid(sheet.column(item), SCALES[item.kind]) for item in rated]
            keys = [f"item:{item.key}" for item in rated]
            for area in sheet.areas:
                if parts := sheet.rated_in(area.key):
                    columns.append(area_scores([sheet.column(item) for item in parts]))  # type: ignore[arg-type]
                    keys.append(f"area:{area.key}")
            self._means = dict(zip(keys, weighted_means(columns, self.fitted), strict=True))

    @property
    def fitted(self) -> Weights | None:
        """The weights that were fitted to the population, if any: a stratified draw has an estimator of its own."""
        return None if self.weighing.strata else self.weighing.weights

    def _mean(self, name: str, values: Sequence[float | None]) -> tuple[Estimate, str]:
        if name in self._means:
            return self._means[name], ""
        if self.weighing.strata:
            try:
                return stratified_mean(values, self.sheet.strata_of_rows, self.weighing.strata), ""
            except CannotCompute as error:
                if error.code != "empty_cell":
                    raise
                return Estimate(n=sum(value is not None for value in values)), error.code
        return mean_of_values(values, population=self.population), ""

    def _shares(self, column: Sequence[Answer], item: Item, why: str) -> dict[int, float] | None:
        """The share of each point, weighted as the mean is."""
        scale = SCALES[item.kind]
        answered = valid(column, scale)
        weights = self._weights(answered)
        sums = dict.fromkeys(scale.points, 0.0)
        for answer, weight in zip(answered, weights, strict=True):
            if answer is not None:
                sums[answer] += weight
        whole = sum(sums.values())
        return {point: weight / whole for point, weight in sums.items()} if whole and not why else None

    def _weights(self, values: Sequence[object]) -> Sequence[float]:
        """Each respondent's weight in a question: N_h over the valid answers of the stratum, or the fitted one."""
        if self.fitted is not None:
            return self.fitted.values
        sizes: dict[str, int] = {}
        for value, stratum in zip(values, self.sheet.strata_of_rows, strict=True):
            if value is not None:
                sizes[stratum] = sizes.get(stratum, 0) + 1
        return [self.weighing.strata[stratum] / max(1, sizes.get(stratum, 0)) for stratum in self.sheet.strata_of_rows]

    def item(self, item: Item) -> RatedFigures:
        column, scale = self.sheet.column(item), SCALES[item.kind]
        plain = item_figures(column, scale=scale, population=None)
        if plain.n_valid < self.least:
            return RatedFigures(item.key)
        shares, top, bottom, why = plain.shares, plain.share_top2, plain.share_bottom2, ""
        if self.weighing.weights is None:
            estimate = item_figures(column, scale=scale, population=self.population).estimate
        else:
            estimate, why = self._mean(f"item:{item.key}", valid(column, scale))
            shares = self._shares(column, item, why)
            top = sum(shares[point] for point in scale.top2) if shares and scale.top2 else None
            bottom = sum(shares[point] for point in scale.bottom2) if shares and scale.bottom2 else None
        return RatedFigures(
            key=item.key,
            suppressed=False,
            n_valid=plain.n_valid,
            n_dont_know=plain.n_dont_know,
            n_missing=plain.n_missing,
            counts=plain.counts,
            shares=shares,
            share_top2=top,
            share_bottom2=bottom,
            estimate=estimate,
            why=why,
        )

    def area(self, key: str) -> AreaResult:
        """An area with a suppressed question is suppressed: beside the others it would tell of the few answers to it."""
        columns = [self.sheet.column(item) for item in self.sheet.rated_in(key)]
        scores = area_scores(columns)
        fewest = min(sum(answer is not None for answer in valid(column)) for column in columns)
        if fewest < self.least:
            return AreaResult(key)
        estimate, why = self._mean(f"area:{key}", scores)
        alpha = cronbach_alpha(columns)
        return AreaResult(
            key=key,
            suppressed=False,
            n=estimate.n,
            estimate=estimate,
            alpha=alpha.value if alpha.n >= self.least else None,
            why=why,
        )

    def choice(self, item: Item) -> ChosenFigures:
        given = [row.get(item.key) for row in self.sheet.rows]
        answered: list[list[str] | None] = [
            None if value is None or value == SAID_DONT_KNOW else [value] if isinstance(value, str) else list(value)
            for value in given
        ]
        n = sum(value is not None for value in answered)
        if n < self.least:
            return ChosenFigures(item.key)
        dont_know = sum(value == SAID_DONT_KNOW for value in given)
        counts, first = (
            {option.key: sum(option.key in (chosen or [])[:most] for chosen in answered) for option in item.options}
            for most in (None, 1)
        )
        ranking = item.kind == QuestionKind.RANKING
        shares, why = self._shares_of(item, answered, None)
        return ChosenFigures(
            key=item.key,
            suppressed=False,
            n_valid=n,
            n_dont_know=dont_know,
            n_missing=len(given) - n - dont_know,
            counts=counts,
            shares=shares,
            first=first if ranking else None,
            shares_first=self._shares_of(item, answered, 1)[0] if ranking else None,
            why=why,
        )

    def _shares_of(
        self, item: Item, answered: Sequence[list[str] | None], most: int | None
    ) -> tuple[dict[str, Share], str]:
        """The share who have each option among their first `most` (None: at all), and why there is none."""
        columns = {
            option.key: [None if chosen is None else float(option.key in chosen[:most]) for chosen in answered]
            for option in item.options
        }
        if self.fitted is not None:
            estimates = dict(zip(columns, weighted_means(list(columns.values()), self.fitted), strict=True))
        else:
            estimates = {}
            for key, column in columns.items():
                estimates[key], why = self._mean("", column)
                if why:
                    return {}, why
        shares = {}
        for key, estimate in estimates.items():
            low, high = share_interval(estimate) or (None, None)
            shares[key] = Share(estimate.mean or 0.0, estimate.se, low, high)
        return shares, ""


def _groups(
    sheet: Sheet,
    maker: _Maker,
    by: Sequence[str],
    least: int,
    told: Told,
    answering: Answering,
    progress: Progress | None,
) -> list[Group]:
    """Every group of the variables in `by`. The population's N says nothing of a group, so its factor does not enter."""
    hidden = hidden_cells(sheet, least=least, told=told, answering=answering, progress=progress)
    weights = maker.weighing.weights
    found: list[Group] = []
    for variable in by:
        values, groups = values_of(sheet, variable), sheet.groups(variable)
        own = {stratum.key: stratum.population for stratum in sheet.strata} if variable == "stratum" else {}
        columns = {item.key: split(sheet.column(item), groups, values) for item in sheet.rated}
        areas = {
            area.key: (scores, split(scores, groups, values))
            for area in sheet.areas
            if sheet.rated_in(area.key)
            for scores in [area_scores([sheet.column(item) for item in sheet.rated_in(area.key)])]
        }
        for value in values:
            cell = ((variable, value),)
            population = own.get(value)
            shown = [item for item in sheet.rated if not hidden["item", item.key] & {cell, EVERYBODY}]
            shown_areas = {
                key: scores for key, (scores, _parts) in areas.items() if not hidden["area", key] & {cell, EVERYBODY}
            }
            means = {} if weights is None or population else _inside(sheet, shown, shown_areas, weights, groups, value)
            items, of_areas = [], []
            for item in sheet.rated:
                if item not in shown:
                    items.append(RatedFigures(item.key))
                    continue
                plain = item_figures(columns[item.key][value], scale=SCALES[item.kind], population=population)
                estimate, top, bottom = plain.estimate, plain.share_top2, plain.share_bottom2
                if ("mean", item.key) in means:
                    estimate = means["mean", item.key]
                    top, bottom = (
                        means[end, item.key].mean if (end, item.key) in means else None for end in ("top2", "bottom2")
                    )
                items.append(
                    RatedFigures(
                        key=item.key,
                        suppressed=False,
                        n_valid=plain.n_valid,
                        share_top2=top,
                        share_bottom2=bottom,
                        estimate=estimate,
                    )
                )
            for key, (_scores, parts) in areas.items():
                if key not in shown_areas:
                    of_areas.append(AreaResult(key))
                    continue
                estimate = means.get(("area", key)) or mean_of_values(parts[value], population=population)
                of_areas.append(AreaResult(key=key, suppressed=False, n=estimate.n, estimate=estimate))
            found.append(Group(variable, value, items, of_areas))
    return found


def _inside(
    sheet: Sheet,
    items: Iterable[Item],
    areas: Mapping[str, Sequence[float | None]],
    weights: Weights,
    groups: Sequence[str | None],
    value: str,
) -> dict[tuple[str, str], Estimate]:
    """The weighted means of one group, all at once: of each item with its two highest and two lowest points, of each area."""
    columns: dict[tuple[str, str], Sequence[float | None]] = {}
    for item in items:
        scale = SCALES[item.kind]
        columns["mean", item.key] = answered = valid(sheet.column(item), scale)
        for end, points in (("top2", scale.top2), ("bottom2", scale.bottom2)):
            if points:
                columns[end, item.key] = [None if answer is None else float(answer in points) for answer in answered]
    columns |= {("area", key): scores for key, scores in areas.items()}
    here = [(group or "") == value for group in groups]
    inside = [
        [score if inside else None for score, inside in zip(column, here, strict=True)] for column in columns.values()
    ]
    return dict(zip(columns, weighted_means(inside, weights), strict=True))
