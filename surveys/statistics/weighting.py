"""Weights: how many people of the population each answer stands for.

A `Design` says how the sample was drawn. `post_stratify` and `rake` bend its weights so that they add up to what is
known of the population (how many of each age and gender, say). The error of a mean with such weights is in
`weighted`.

Sources: post-stratification: Holt and Smith, Post stratification, JRSS A 142 (1979). Raking: Deming and Stephan, On a
least squares adjustment of a sampled frequency table, Annals of Mathematical Statistics 11 (1940). Design effect and
effective n of weights: Kish, Survey Sampling (1965), section 11.7: deff = n·Σw²/(Σw)², n_eff = n/deff. R:
`survey::svydesign`, `postStratify`, `rake` (the same steps, the same stop).
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from surveys.statistics.answers import same_length
from surveys.statistics.errors import CannotCompute

EPSILON = 1e-9
MOST_ROUNDS = 1000


@dataclass(frozen=True, slots=True)
class Design:
    """How the respondents came to be there, in their order. `base` is each one's weight N_h/n_h before anything was bent.

    `strata` is None for a simple sample. `populations` holds N_h (a simple sample's single N under ""), or is None
    where it is not known: then each weighs 1 and errors have no finite population factor.
    """

    base: tuple[float, ...]
    strata: tuple[str, ...]
    populations: Mapping[str, int] | None

    @classmethod
    def simple(cls, n: int, population: int | None = None) -> Design:
        """Return a simple random sample. R: `svydesign(ids = ~1, fpc = ~N)`; without N `svydesign(ids = ~1, weights = ~1)`.

        Raises CannotCompute `more_answers_than_people`.
        """
        if population is None:
            return cls((1.0,) * n, ("",) * n, None)
        return cls.stratified(("",) * n, {"": population})

    @classmethod
    def stratified(cls, strata: Sequence[str], populations: Mapping[str, int]) -> Design:
        """Return a stratified sample, n_h being the respondents. R: `svydesign(ids = ~1, strata = ~stratum, fpc = ~N)`.

        Raises CannotCompute `unknown_group`, `empty_cell`, `more_answers_than_people`.
        """
        sizes: dict[str, int] = {}
        for stratum in strata:
            sizes[stratum] = sizes.get(stratum, 0) + 1
        for stratum, size in sizes.items():
            if stratum not in populations:
                raise CannotCompute("unknown_group", group=stratum)
            if size > populations[stratum]:
                raise CannotCompute("more_answers_than_people", answers=size, population=populations[stratum])
        for stratum, people in populations.items():
            if people and stratum not in sizes and strata:
                raise CannotCompute("empty_cell", group=stratum)
        return cls(tuple(populations[stratum] / sizes[stratum] for stratum in strata), tuple(strata), dict(populations))

    @property
    def population(self) -> int | None:
        """The N that weights add up to, where known."""
        return None if self.populations is None else sum(self.populations.values())


@dataclass(frozen=True, slots=True)
class Step:
    """One margin that weights were fitted to: each respondent's group by number, and the weights before and after."""

    groups: tuple[int, ...]
    before: tuple[float, ...]
    after: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights in the respondents' order, adding up to the population, with the steps that the error of a mean needs.

    `rounds` is how often raking went through all margins.
    """

    design: Design
    values: tuple[float, ...]
    post: Step | None = None
    raking: tuple[Step, ...] = ()
    rounds: int = 0

    @property
    def smallest(self) -> float:
        return min(self.values)

    @property
    def largest(self) -> float:
        return max(self.values)

    @property
    def design_effect(self) -> float:
        """Kish's: how many times the variance of a mean grows because answers weigh unequally. 1 where all weigh the same."""
        return len(self.values) * math.fsum(w * w for w in self.values) / math.fsum(self.values) ** 2

    @property
    def effective_n(self) -> float:
        """How many equally weighing answers would be worth as much: n/design effect."""
        return len(self.values) / self.design_effect


def unweighted(design: Design) -> Weights:
    """Return the design's own weights, bent by nothing."""
    return Weights(design, design.base)


def post_stratify(design: Design, groups: Sequence[Hashable], population: Mapping[Hashable, float]) -> Weights:
    """Return weights that add up to the population in every group. R: `postStratify(design, ~group, population)`.

    `groups` names each respondent's group (a pair where two variables are crossed), `population` how many people each
    has. Raises CannotCompute `group_missing` (None), `unknown_group`, `empty_cell` (join it with another group),
    `sum_is_not_population`, `no_such_number`.
    """
    codes, targets = _margin(design, "", groups, population)
    after = _fit(design.base, codes, targets)
    return Weights(design, after, post=Step(codes, design.base, after))


def rake(
    design: Design,
    margins: Mapping[str, Sequence[Hashable]],
    populations: Mapping[str, Mapping[Hashable, float]],
    *,
    epsilon: float = EPSILON,
    most_rounds: int = MOST_ROUNDS,
) -> Weights:
    """Return weights that add up to the population in every group of every margin, fitted in turn until they settle.

    Settled is when no cell of the cross table moves by `epsilon` times the sum of the weights in a round. R:
    `rake(design, list(~a, ~b), list(pa, pb), control = list(epsilon = 1e-9, maxit = 1000))`. Raises CannotCompute as
    `post_stratify`, and `no_convergence`, `margins_contradict` (settled, but on weights that do not meet all
    margins).
    """
    if not margins or set(margins) != set(populations):
        raise CannotCompute("no_such_number", name="margins", value=tuple(margins))
    if epsilon <= 0:
        raise CannotCompute("no_such_number", name="epsilon", value=epsilon)
    fitted = {name: _margin(design, name, groups, populations[name]) for name, groups in margins.items()}
    sums = {name: math.fsum(targets) for name, (_, targets) in fitted.items()}
    whole = next(iter(sums.values()))
    for name, total in sums.items():
        if not math.isclose(total, whole, rel_tol=1e-9):
            raise CannotCompute("sum_is_not_population", margin=name, sum=total, population=whole)

    numbers: dict[tuple[int, ...], int] = {}
    cells = [
        numbers.setdefault(cell, len(numbers)) for cell in zip(*(codes for codes, _ in fitted.values()), strict=True)
    ]
    weights = design.base
    still = epsilon * math.fsum(weights)
    table = _sums(weights, cells, len(numbers))
    for rounds in range(1, most_rounds + 1):
        steps: list[Step] = []
        for codes, targets in fitted.values():
            before, weights = weights, _fit(weights, codes, targets)
            steps.append(Step(codes, before, weights))
        before_table, table = table, _sums(weights, cells, len(numbers))
        if max(abs(new - old) for new, old in zip(table, before_table, strict=True)) < still:
            for name, (codes, targets) in fitted.items():
                reached = _sums(weights, codes, len(targets))
                if max(abs(got - wanted) for got, wanted in zip(reached, targets, strict=True)) > 1e-6 * whole:
                    raise CannotCompute("margins_contradict", margin=name)
            return Weights(design, weights, raking=tuple(steps), rounds=rounds)
    raise CannotCompute("no_convergence", rounds=most_rounds)


def _margin(
    design: Design, name: str, groups: Sequence[Hashable], population: Mapping[Hashable, float]
) -> tuple[tuple[int, ...], list[float]]:
    """Return each respondent's group as a number, and the people in the group of each number."""
    same_length((groups, design.base))
    for group, people in population.items():
        if not (people >= 0 and math.isfinite(people)):
            raise CannotCompute("no_such_number", name=str(group), value=people)
    peopled = [group for group, people in population.items() if people > 0]
    numbers = {group: number for number, group in enumerate(peopled)}
    for group in groups:
        if group is None:
            raise CannotCompute("group_missing", group=name)
        if group not in numbers:
            raise CannotCompute("unknown_group", group=group)
    here = set(groups)
    for group in peopled:
        if group not in here:
            raise CannotCompute("empty_cell", group=group)
    targets = [float(population[group]) for group in peopled]
    whole = math.fsum(targets)
    if design.population is not None and not math.isclose(whole, design.population, rel_tol=1e-9):
        raise CannotCompute("sum_is_not_population", margin=name, sum=whole, population=design.population)
    return tuple(numbers[group] for group in groups), targets


def _fit(weights: Sequence[float], codes: Sequence[int], targets: Sequence[float]) -> tuple[float, ...]:
    sums = _sums(weights, codes, len(targets))
    factors = [target / total for target, total in zip(targets, sums, strict=True)]
    return tuple(weight * factors[code] for weight, code in zip(weights, codes, strict=True))


def _sums(weights: Sequence[float], codes: Sequence[int], groups: int) -> list[float]:
    sums = [0.0] * groups
    for weight, code in zip(weights, codes, strict=True):
        sums[code] += weight
    return sums
