"""The population's numbers by variable, from a CSV file with the columns variable, value and population."""

from __future__ import annotations

import math

from django.utils.translation import gettext as _

from feedback.importing.columns import UnreadableFile
from surveys.importing.tables import rows_of


def read_margins(content: bytes) -> dict[str, dict[str, float]]:
    """Return how many people have each value of each variable. Raises UnreadableFile with the line of what is wrong."""
    margins: dict[str, dict[str, float]] = {}
    for line, row in rows_of(content, required=("variable", "value", "population")):
        variable, value = row["variable"], row["value"]
        try:
            people = float(row["population"].replace("\u00a0", "").replace(" ", ""))
        except ValueError:
            people = -1.0
        if not variable or not value:
            raise UnreadableFile(_("line %(line)s: variable and value are both needed.") % {"line": line})
        if not (math.isfinite(people) and people >= 0):
            raise UnreadableFile(
                _("line %(line)s: «%(row)s» is not a number of people.") % {"line": line, "row": row["population"]}
            )
        if value in margins.setdefault(variable, {}):
            raise UnreadableFile(
                _("line %(line)s: «%(value)s» of «%(variable)s» stands there already.")
                % {"line": line, "value": value, "variable": variable}
            )
        margins[variable][value] = people
    if not margins:
        raise UnreadableFile(_("The file has no lines below the first."))
    return margins
