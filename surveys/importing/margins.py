"""The population's numbers by variable, from a CSV file with the columns variable, value and population."""

from __future__ import annotations

import math
from pathlib import Path

from feedback.importing.faults import CannotImport
from surveys.importing.tables import rows_of


def read_margins(path: Path) -> dict[str, dict[str, float]]:
    """Return how many people have each value of each variable. Raises CannotImport with the line of what is wrong."""
    margins: dict[str, dict[str, float]] = {}
    for line, row in rows_of(path, required=("variable", "value", "population")):
        variable, value = row["variable"], row["value"]
        try:
            people = float(row["population"].replace("\u00a0", "").replace(" ", ""))
        except ValueError:
            people = -1.0
        if not variable or not value:
            raise CannotImport(f"{path.name}, line {line}: variable and value are both needed.")
        if not (math.isfinite(people) and people >= 0):
            raise CannotImport(f"{path.name}, line {line}: «{row['population']}» is not a number of people.")
        if value in margins.setdefault(variable, {}):
            raise CannotImport(f"{path.name}, line {line}: «{value}» of «{variable}» stands there already.")
        margins[variable][value] = people
    if not margins:
        raise CannotImport(f"{path.name} has no rows.")
    return margins
