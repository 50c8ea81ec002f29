"""How Solvik answers: people who differ, areas that differ, districts that differ a little. Pure; chance is seeded by the caller."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from surveys.questionnaires import DONT_KNOW, SCALE, Item, QuestionKind, without_unasked

DISTRICTS = {
    "sentrum": "Sentrum", "lia": "Lia", "strandbyen": "Strandbyen", "fagerdal": "Fagerdal", "ovre-solvik": "Øvre Solvik",
    "neset": "Neset", "holmen": "Holmen", "vika": "Vika",
}  # fmt: skip
_LIVING_THERE = (20, 16, 15, 12, 12, 11, 8, 6)

AREAS = {
    "reputation": 4.3, "meeting": 3.9, "services": 4.1, "transport": 3.6, "environment": 4.2, "housing": 4.2,
    "safety": 4.6, "culture": 4.3, "democracy": 3.2,
}  # fmt: skip
"""What people in Solvik think of each area in the first round, on the scale 1–6, before it is cut at its ends."""
SINCE = {"meeting": 0.5, "transport": -0.6, "democracy": 0.1, "culture": 0.1}
"""What has become of it since: they are called back, and the roads have got worse."""
ITEMS = {
    "good-place-to-live": 0.8, "money-well-spent": -0.6, "treated-with-respect": 0.6, "got-an-answer": -0.4,
    "finds-information": -0.2, "doctors": -0.7, "schools": 0.3, "kindergartens": 0.4, "water-supply": 0.7,
    "building-applications": -0.9, "roads": -0.5, "public-transport": -0.5, "walking": 0.5, "air-quality": 0.9,
    "climate-emissions": -0.6, "prepared-for-weather": -0.4, "affordable-homes": -1.0, "pleasant-neighbourhood": 0.9,
    "safe-by-day": 0.8, "safe-in-traffic": -0.4, "safe-way-to-school": -0.5, "street-lighting": -0.3, "library": 0.7,
    "outdoor-recreation": 0.8, "activities-for-young-people": -0.8, "can-influence": -0.3, "informed-of-decisions": 0.2,
}  # fmt: skip
_WITHOUT_USE = {
    "kindergartens": 0.4, "schools": 0.3, "home-care": 0.5, "nursing-homes": 0.55, "building-applications": 0.5,
    "accessible-buildings": 0.3, "climate-emissions": 0.2, "prepared-for-weather": 0.25, "safe-way-to-school": 0.3,
    "activities-for-young-people": 0.35, "activities-for-older-people": 0.4, "cycling": 0.15, "finds-a-home": 0.2,
    "places-to-play": 0.25, "heard-in-good-time": 0.15,
}  # fmt: skip
"""The share that says «don't know / not relevant» where it is not the usual."""
_USUALLY_WITHOUT, _MISSING = 0.04, 0.02
_ALWAYS_TOLD = frozenset({"been-in-touch", "gender"})  # «other, or do not want to answer» is a choice of its own
_BY_DISTRICT = {
    ("fagerdal", "transport"): -0.6, ("neset", "transport"): -0.4, ("sentrum", "transport"): 0.4,
    ("sentrum", "safety"): -0.4, ("lia", "housing"): 0.3, ("vika", "culture"): -0.3, ("fagerdal", "democracy"): -0.4,
    ("sentrum", "culture"): 0.3, ("holmen", "environment"): 0.3,
}  # fmt: skip
_AGES = {"18-29": (15, 0.27), "30-44": (23, 0.38), "45-59": (26, 0.5), "60-74": (24, 0.6), "75-plus": (12, 0.5)}
"""By age: how many of a hundred people, and how likely they are to answer."""
_BY_AGE = {"18-29": -0.15, "30-44": -0.1, "45-59": 0.0, "60-74": 0.1, "75-plus": 0.25}
_WANTED = {
    "schools": 10, "doctors": 12, "nursing-homes": 9, "home-care": 8, "kindergartens": 7, "roads": 9, "water": 7,
    "fire-and-rescue": 4, "waste": 3, "culture": 2, "sports-and-outdoors": 2, "child-welfare": 3, "social-help": 2,
    "planning-and-building": 1,
}  # fmt: skip


@dataclass(frozen=True)
class Mood:
    """How people differ: standard deviations on the scale, of a person, of a person in an area, of one answer."""

    person: float = 0.55
    area: float = 0.45
    answer: float = 0.85


def respondents(chance: Random, invited: int) -> list[dict[str, Any]]:
    """Return who of `invited` people answers, each with what they say of themselves."""
    found = []
    for _each in range(invited):
        age = _one_of(chance, {age: weight for age, (weight, _rate) in _AGES.items()})
        if chance.random() >= _AGES[age][1]:
            continue
        found.append(
            {
                "age": age,
                "gender": _one_of(chance, {"woman": 49, "man": 46, "other": 5}),
                "district": _one_of(chance, dict(zip(DISTRICTS, _LIVING_THERE, strict=True))),
                "years-lived-here": _one_of(chance, {"under-2": 7, "2-9": 24, "10-plus": 69}),
                "been-in-touch": _one_of(chance, {"yes": 62, "no": 38}),
                "services-used": [key for key, share in _USED.items() if chance.random() < share] or ["none"],
            }
        )
    return found


_USED = {"kindergartens": 0.16, "schools": 0.27, "doctors": 0.81, "care": 0.14, "culture": 0.55, "building": 0.08}


def answered(
    chance: Random,
    items: Sequence[Item],
    about: Mapping[str, Any],
    means: Mapping[str, float],
    mood: Mood | None = None,
) -> dict[str, Any]:
    """Return one respondent's answers as they are stored, texts left out. `means` is what people think of each area."""
    mood = mood or Mood()
    self = chance.gauss(0, mood.person) + _BY_AGE.get(about.get("age", ""), 0.0)
    areas = {key: self + chance.gauss(0, mood.area) for key in means}
    values: dict[str, Any] = {}
    for item in items:
        if item.kind == QuestionKind.TEXT:
            continue
        if item.background:
            # A few keep it to themselves.
            if item.key in about and (item.key in _ALWAYS_TOLD or chance.random() > _MISSING):
                values[item.key] = about[item.key]
        elif chance.random() < _MISSING:
            continue
        elif item.dont_know and chance.random() < _WITHOUT_USE.get(item.key, _USUALLY_WITHOUT):
            values[item.key] = DONT_KNOW
        elif item.kind == QuestionKind.RANKING:
            values[item.key] = _ranked(chance, [option.key for option in item.options], item.at_most or 3)
        else:
            middle = means[item.area] + ITEMS.get(item.key, 0.0) + areas[item.area]
            middle += _BY_DISTRICT.get((about.get("district", ""), item.area), 0.0)
            values[item.key] = min(SCALE[-1], max(SCALE[0], round(chance.gauss(middle, mood.answer))))
    return without_unasked(list(items), values)


def _one_of(chance: Random, weights: Mapping[str, float]) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]


def _ranked(chance: Random, options: Sequence[str], most: int) -> list[str]:
    left = {key: _WANTED.get(key, 1) for key in options}
    chosen: list[str] = []
    while left and len(chosen) < most:
        chosen.append(_one_of(chance, left))
        del left[chosen[-1]]
    return chosen
