"""The forms of assessment there are, by their areas and criteria, in our own wording. Pure: read once from the files beside.

A version that changes its areas is a new file with a key of its own: assessments made by an earlier one stay as they are.
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
class Criterion:
    """One thing that a municipality shows evidence for."""

    key: str
    texts: Mapping[str, str]


@dataclass(frozen=True)
class AssessedPart:
    """One area of a version, judged from 0 to the version's `most` points."""

    key: str
    titles: Mapping[str, str]
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True)
class Version:
    """One form of assessment. `most` is the most points that an area can get."""

    key: str
    names: Mapping[str, str]
    origin: str
    most: int
    areas: tuple[AssessedPart, ...]

    @property
    def highest(self) -> int:
        """The most points there can be."""
        return self.most * len(self.areas)

    def area(self, key: str) -> AssessedPart | None:
        return next((area for area in self.areas if area.key == key), None)


@cache
def versions() -> Mapping[str, Version]:
    """Return all versions by key, the newest first."""
    read = [_version(tomllib.loads(path.read_text("utf-8"))) for path in sorted(_HERE.glob("*.toml"), reverse=True)]
    return {version.key: version for version in read}


def _version(read: Mapping[str, Any]) -> Version:
    areas = tuple(
        AssessedPart(
            area["key"],
            area["titles"],
            tuple(
                Criterion(one["key"], {code: text for code, text in one.items() if code != "key"})
                for one in area["criteria"]
            ),
        )
        for area in read["areas"]
    )
    return Version(read["key"], read["names"], read["origin"], read["most"], areas)
