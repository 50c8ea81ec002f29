"""Which municipality a number or a name in a file stands for."""

from __future__ import annotations

from collections import defaultdict

from django.utils.translation import gettext as _

from feedback.importing.faults import RowRefused
from organisation.models import Municipality
from reporting.models import Elsewhere

NATIONS = frozenset({"0", "0000", "EAK"})
"""The whole country, as SSB and Kolada number it."""


class Places:
    """All municipalities that are known, looked up by number or name in one country (one query)."""

    def __init__(self, house: Municipality, *, country: str = "") -> None:
        self._house, self._country = house, country or house.country
        self._by_code: dict[str, Elsewhere] = {}
        self._by_name: dict[str, list[Elsewhere]] = defaultdict(list)
        for place in Elsewhere.objects.filter(country=self._country).select_related("became").order_by("-until", "pk"):
            self._by_code[place.code] = place
            self._by_name[place.name.casefold()].append(place)
            if place.kind == Elsewhere.Kind.COUNTRY:
                self._by_code |= dict.fromkeys(NATIONS, place)

    def find(self, text: str, year: int) -> int | None:
        """Return the id of the municipality `text` names, None for ourselves. Raises RowRefused for one that is not known,
        and for a number that was another's in that year."""
        wanted = text.strip()
        ours = self._country == self._house.country
        if ours and wanted and wanted.casefold() in (self._house.number, self._house.name.casefold()):
            return None
        by_name = self._by_name.get(wanted.casefold(), [])
        current = [place for place in by_name if place.until is None or place.until.year >= year] or by_name
        found = self._by_code.get(wanted) or (current[0] if len(current) == 1 else None)
        if found is None and len(current) > 1:
            raise RowRefused(
                "ambiguous_municipality",
                _("«%(name)s» is the name of several municipalities. Write the number.") % {"name": wanted[:60]},
            )
        if found is None:
            raise RowRefused(
                "unknown_municipality",
                _("There is no municipality «%(name)s» here. Read in the list of municipalities first.")
                % {"name": wanted[:60]},
            )
        if found.until is not None and found.until.year < year:
            raise RowRefused(
                "number_ended",
                _("%(name)s had the number %(code)s until %(day)s only. Since then it is %(now)s.")
                % {
                    "name": found.name, "code": found.code, "day": found.until.isoformat(),
                    "now": f"{found.became.code} {found.became.name}" if found.became else "–",
                },
            )  # fmt: skip
        return found.pk
