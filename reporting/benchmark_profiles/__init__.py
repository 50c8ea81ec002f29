"""Profiles of indicators that municipalities measure alike, in our own wording. Pure: read once from the files beside.

Kommunens kvalitet i korthet (KKiK, of SKR and RKA) is measured in the autumn and published in the spring. Of its first form,
with five perspectives, tell the municipalities that took part (Vännäs 2011, Hammarö 2015, Kronoberg 2015); in 2019 it had
three areas (SKR's presentation in Kvalitetsmagasinet, January 2020; Klippan's published results of 2018–2020; Skövde
2021). Each had about forty measures, some of them new each year: here are most of those that stayed. `kolada` is the
measure's id in Kolada where we know it for certain, otherwise empty.

A profile that changes is a new file with a key of its own. A measure that stayed the same has the same key in both.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class ProfileMeasure:
    """What is measured. `key` is that of its indicator here."""

    key: str
    names: Mapping[str, str]
    scale: str
    direction: str
    perspective: str
    decimals: int
    kolada: str = ""


@dataclass(frozen=True)
class ProfilePart:
    """A perspective or an area of a profile."""

    key: str
    titles: Mapping[str, str]
    measures: tuple[ProfileMeasure, ...]


@dataclass(frozen=True)
class Profile:
    key: str
    names: Mapping[str, str]
    notes: Mapping[str, str]
    source: str
    parts: tuple[ProfilePart, ...]

    @property
    def measures(self) -> list[ProfileMeasure]:
        return [measure for part in self.parts for measure in part.measures]


@cache
def profiles() -> Mapping[str, Profile]:
    """Return all profiles by key, the newest first."""
    read = [_profile(tomllib.loads(path.read_text("utf-8"))) for path in sorted(_HERE.glob("*.toml"), reverse=True)]
    return {profile.key: profile for profile in read}


def _profile(read: Mapping[str, Any]) -> Profile:
    parts = tuple(
        ProfilePart(part["key"], part["titles"], tuple(_measure(one) for one in part["measures"]))
        for part in read["parts"]
    )
    return Profile(read["key"], read["names"], read["notes"], read["source"], parts)


def _measure(one: Mapping[str, Any]) -> ProfileMeasure:
    about = ("key", "scale", "direction", "perspective", "decimals", "kolada")
    names = {code: text for code, text in one.items() if code not in about}
    return ProfileMeasure(
        one["key"], names, one["scale"], one["direction"], one.get("perspective", "users"), one.get("decimals", 0),
        one.get("kolada", ""),
    )  # fmt: skip
