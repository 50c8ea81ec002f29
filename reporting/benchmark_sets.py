"""Which indicators are held against others: a profile, a scorecard, or all of which there are figures elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from django.utils.translation import override

from reporting.benchmark_profiles import Profile, ProfileMeasure, profiles
from reporting.group_queries import indicators_known_of, indicators_with_keys, rows_of
from reporting.models import Indicator, Scorecard
from reporting.queries import scorecard_called
from reporting.scales import Perspective
from surveys.questionnaires import text_in

ALL, PROFILE, SCORECARD = "all", "profile", "scorecard"


class SetPart(NamedTuple):
    title: str
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True)
class IndicatorSet:
    """`key` is «all», «profile:kkik-2007» or «scorecard:solvik». `missing` are a profile's measures without an indicator."""

    key: str
    name: str
    parts: tuple[SetPart, ...]
    profile: Profile | None = None
    missing: tuple[ProfileMeasure, ...] = ()

    @property
    def indicators(self) -> list[Indicator]:
        """Each once, in order."""
        return list({each.pk: each for part in self.parts for each in part.indicators}.values())


def set_called(
    key: str, places: Collection[int], language: str, *, scorecards: Sequence[Scorecard] | None = None
) -> IndicatorSet | None:
    """Return the set with that key, None where there is none. `places` (ids of `Elsewhere`) decide what «all» is.

    `scorecards` are all there are, where they have been read already.
    """
    kind, _colon, name = key.partition(":")
    if key == ALL:
        return _all(places, language)
    if kind == PROFILE:
        profile = profiles().get(name)
        return _of_profile(profile, language) if profile else None
    if kind == SCORECARD:
        scorecard = (
            scorecard_called(name)
            if scorecards is None
            else next((each for each in scorecards if each.key == name), None)
        )
        return _of_scorecard(scorecard, language) if scorecard else None
    return None


def sets_offered(scorecards: Sequence[Scorecard], language: str) -> list[tuple[str, str]]:
    """Return the key and the name of each set but «all»."""
    found = [(f"{PROFILE}:{key}", text_in(profile.names, language)) for key, profile in profiles().items()]
    return [*found, *((f"{SCORECARD}:{each.key}", each.name_in(language)) for each in scorecards)]


def _of_profile(profile: Profile, language: str) -> IndicatorSet:
    known = indicators_with_keys([measure.key for measure in profile.measures])
    parts = [
        SetPart(
            text_in(part.titles, language),
            tuple(known[measure.key] for measure in part.measures if measure.key in known),
        )
        for part in profile.parts
    ]
    missing = tuple(measure for measure in profile.measures if measure.key not in known)
    name = text_in(profile.names, language)
    return IndicatorSet(f"{PROFILE}:{profile.key}", name, tuple(parts), profile, missing)


def _of_scorecard(scorecard: Scorecard, language: str) -> IndicatorSet:
    parts = [
        SetPart(text_in(goal.texts, language), tuple({row.indicator_id: row.indicator for row in rows}.values()))
        for goal, rows in groupby(rows_of(scorecard), key=lambda row: row.factor.goal)
    ]
    return IndicatorSet(f"{SCORECARD}:{scorecard.key}", scorecard.name_in(language), tuple(parts))


def _all(places: Collection[int], language: str) -> IndicatorSet:
    found = indicators_known_of(places)
    with override(language):
        parts = [
            SetPart(str(label), tuple(each for each in found if each.perspective == code))
            for code, label in Perspective.choices
        ]
    return IndicatorSet(ALL, "", tuple(part for part in parts if part.indicators))
