"""The document with all that is kept about a person, for them to read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from organisation.dates import long_date
from organisation.letterhead import letterhead
from organisation.pdf import render_pdf
from organisation.queries import municipality


def personal_data_pdf(told: Sequence[dict[str, Any]], *, language: str, now: datetime) -> bytes:
    """Make the document of `personal_queries.everything_about` in `language`."""
    house = municipality()
    with translation.override(language):
        title = _("What %(municipality)s keeps about you") % {"municipality": house.name}
        about = [
            ("received_on", _("Received")), ("unit", _("Unit")), ("category", _("Category")), ("state", _("State")),
        ]  # fmt: skip
        data = {
            "municipality": letterhead(house),
            "title": title,
            "intro": _("Written out on %(day)s. You may ask us to correct or erase it.")
            % {"day": long_date(now.astimezone(house.zone).date(), language)},
            "page": _("Page {page} of {pages}"),
            "places": [
                {
                    "title": f"{place['kind'].capitalize()} {place['number']}",
                    "about": [[name, place[key]] for key, name in about if place.get(key)],
                    "rows": [
                        {"title": row["of"].capitalize(), "fields": [list(pair) for pair in row["fields"].items()]}
                        for row in place["rows"]
                    ],
                }
                for place in told
            ],
        }
    return render_pdf("personal_data", data, language=language, title=title, made_at=now)
