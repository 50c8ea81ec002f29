"""What a survey came to, as one object: the page, the JSON, the files, the publication and the PDF all read this one.

Nothing is rounded here. A suppressed figure has nothing but its key: whether nobody or few answered cannot be seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from surveys.statistics.comparing import Comparison
from surveys.statistics.estimates import Estimate
from surveys.statistics.wording import Saying, saying

Texts = Mapping[str, str]


@dataclass(frozen=True)
class RatedFigures:
    """A question's figures, of everybody or of a group. `counts` and what is not valid are None for a group.

    `why` is the code of why there is no mean although there are answers, such as a stratum without any.
    """

    key: str
    suppressed: bool = True
    n_valid: int = 0
    n_dont_know: int | None = None
    n_missing: int | None = None
    counts: Mapping[int, int] | None = None
    shares: Mapping[int, float] | None = None
    share_top2: float | None = None
    share_bottom2: float | None = None
    estimate: Estimate = field(default_factory=lambda: Estimate(n=0))
    why: str = ""

    def as_json(self) -> dict[str, Any]:
        if self.suppressed:
            return {"key": self.key, "suppressed": True}
        found = self.estimate
        made: dict[str, Any] = {"key": self.key, "suppressed": False, "n_valid": self.n_valid}
        if self.counts is not None:
            made |= {"n_dont_know": self.n_dont_know, "n_missing": self.n_missing}
        made |= {
            "mean": found.mean,
            "sd": found.sd,
            "se": found.se,
            "df": found.df,
            "ci_low": found.ci_low,
            "ci_high": found.ci_high,
            "share_top2": self.share_top2,
            "share_bottom2": self.share_bottom2,
        }
        if self.counts is not None:
            made["counts"] = {str(point): count for point, count in self.counts.items()}
            made["shares"] = {str(point): share for point, share in self.shares.items()} if self.shares else None
        if self.why:
            made["why"] = self.why
        return made


@dataclass(frozen=True)
class AreaResult:
    """An area's figures, of everybody or of a group (without alpha)."""

    key: str
    suppressed: bool = True
    n: int = 0
    estimate: Estimate = field(default_factory=lambda: Estimate(n=0))
    alpha: float | None = None
    why: str = ""

    def as_json(self) -> dict[str, Any]:
        if self.suppressed:
            return {"key": self.key, "suppressed": True}
        found = self.estimate
        made: dict[str, Any] = {
            "key": self.key,
            "suppressed": False,
            "n": self.n,
            "mean": found.mean,
            "sd": found.sd,
            "se": found.se,
            "df": found.df,
            "ci_low": found.ci_low,
            "ci_high": found.ci_high,
            "alpha": self.alpha,
        }
        return made | ({"why": self.why} if self.why else {})


@dataclass(frozen=True)
class Share:
    """The share who chose something, with its standard error and its interval where they exist."""

    share: float
    se: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None


@dataclass(frozen=True)
class ChosenFigures:
    """A question with choices: how many chose each, and for a ranking how many put it first. Shares are weighted."""

    key: str
    suppressed: bool = True
    n_valid: int = 0
    n_dont_know: int = 0
    n_missing: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    shares: Mapping[str, Share] = field(default_factory=dict)
    first: Mapping[str, int] | None = None
    shares_first: Mapping[str, Share] | None = None
    why: str = ""

    def as_json(self) -> dict[str, Any]:
        if self.suppressed:
            return {"key": self.key, "suppressed": True}
        made: dict[str, Any] = {
            "key": self.key,
            "suppressed": False,
            "n_valid": self.n_valid,
            "n_dont_know": self.n_dont_know,
            "n_missing": self.n_missing,
            "counts": dict(self.counts),
            **_shares_json("shares", self.shares),
        }
        if self.first is not None:
            made |= {"first": dict(self.first)}
        if self.shares_first is not None:
            made |= _shares_json("shares_first", self.shares_first)
        return made | ({"why": self.why} if self.why else {})


def _shares_json(name: str, shares: Mapping[str, Share]) -> dict[str, Any]:
    return {
        name: {key: one.share for key, one in shares.items()},
        f"{name}_se": {key: one.se for key, one in shares.items()},
        f"{name}_ci": {key: [one.ci_low, one.ci_high] for key, one in shares.items()},
    }


@dataclass(frozen=True)
class Group:
    """One value of a variable; `value` is empty for those who did not state it."""

    variable: str
    value: str
    items: Sequence[RatedFigures]
    areas: Sequence[AreaResult]

    def as_json(self) -> dict[str, Any]:
        return {
            "variable": self.variable,
            "value": self.value,
            "items": [item.as_json() for item in self.items],
            "areas": [area.as_json() for area in self.areas],
        }


@dataclass(frozen=True)
class Responded:
    """How many of a respondent group were asked and have answered; nothing but the group where that is too few."""

    value: str
    suppressed: bool = True
    invited: int = 0
    answered: int = 0

    @property
    def response_rate(self) -> float | None:
        """None where more answered than were asked: one of the two numbers cannot be right."""
        return self.answered / self.invited if self.invited and self.answered <= self.invited else None

    def as_json(self) -> dict[str, Any]:
        if self.suppressed:
            return {"value": self.value, "suppressed": True}
        return {
            "value": self.value,
            "suppressed": False,
            "invited": self.invited,
            "answered": self.answered,
            "response_rate": self.response_rate,
        }


@dataclass(frozen=True)
class Compared:
    """One question or area against the comparator's mean."""

    key: str
    mean: float
    comparison: Comparison

    @property
    def saying(self) -> Saying:
        return saying(self.comparison)

    def as_json(self) -> dict[str, Any]:
        return {"key": self.key, "mean": self.mean, **self.comparison.as_json(), "saying": self.saying.value}


@dataclass(frozen=True)
class Against:
    """All comparisons with one comparator. Holm's correction runs over `items`, and by itself over `areas`.

    `kind` is `nation`, `municipality` or `earlier`; `survey` the code of an earlier round of our own.
    """

    kind: str
    name: str
    year: int
    source: str
    weighs: str
    items: Sequence[Compared]
    areas: Sequence[Compared]
    survey: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "name": self.name,
            "year": self.year,
            "source": self.source,
            "weighs": self.weighs,
            "survey": self.survey,
            "items": [one.as_json() for one in self.items],
            "areas": [one.as_json() for one in self.areas],
        }


@dataclass(frozen=True)
class Results:
    """`running` says that answers still come in: then there are counts and nothing else."""

    survey: str
    running: bool
    n_invited: int | None
    n_answered: int
    n_open: int
    population: int | None
    least: int
    weighting: Mapping[str, Any] = field(default_factory=dict)
    items: Sequence[RatedFigures] = ()
    areas: Sequence[AreaResult] = ()
    choices: Sequence[ChosenFigures] = ()
    groups: Sequence[Group] = ()
    against: Sequence[Against] = ()
    notes: Sequence[str] = ()
    responded_by: str = ""
    responded: Sequence[Responded] = ()

    @property
    def response_rate(self) -> float | None:
        return self.n_answered / self.n_invited if self.n_invited else None

    def with_comparisons(self, against: Sequence[Against]) -> Results:
        return replace(self, against=tuple(against))

    def as_json(self) -> dict[str, Any]:
        """Return everything at full precision, as `survey_results --json` prints it."""
        return {
            "survey": self.survey,
            "running": self.running,
            "n_invited": self.n_invited,
            "n_answered": self.n_answered,
            "response_rate": self.response_rate,
            "n_open": self.n_open,
            "population": self.population,
            "smallest_group": self.least,
            "weighting": dict(self.weighting),
            "items": [item.as_json() for item in self.items],
            "areas": [area.as_json() for area in self.areas],
            "choices": [choice.as_json() for choice in self.choices],
            "groups": [group.as_json() for group in self.groups],
            "comparisons": [against.as_json() for against in self.against],
            "notes": list(self.notes),
            "responded": {"variable": self.responded_by, "groups": [one.as_json() for one in self.responded]}
            if self.responded_by
            else None,
        }
