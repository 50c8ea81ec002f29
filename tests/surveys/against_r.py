"""R's figures beside ours. `reference/make.R` made them and the answers; R itself is not needed."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent / "reference"
Columns = dict[str, list[Any]]


def answers_of(name: str) -> Columns:
    """Return the columns of a file: questions as numbers (None is missing, -1 «don't know»), the rest as words."""
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        key: [(int(row[key]) if row[key] else None) if key.startswith("q") else row[key] for row in rows]
        for key in rows[0]
    }


def figures_of(name: str) -> dict[str, Any]:
    return json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))


def agree(ours: float | None, theirs: float | None, digits: int = 8) -> bool:
    """Whether two numbers have the same significant digits; None agrees with None, 0 with what rounding leaves."""
    if ours is None or theirs is None:
        return ours is theirs
    return abs(ours - theirs) <= 0.5 * 10**-digits * max(abs(theirs), 1e-300) or max(abs(ours), abs(theirs)) < 1e-14


def differences(ours: Any, theirs: dict[str, Any], names: str) -> dict[str, tuple[Any, Any]]:
    """Return the names whose figures do not agree, with both."""
    return {
        name: (getattr(ours, name), theirs.get(name))
        for name in names.split()
        if not agree(getattr(ours, name), theirs.get(name))
    }
