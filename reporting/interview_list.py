"""A draw for interviews as a document to ring from, and as a file: how it was drawn, and the list."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from feedback.documents import PDF, file_name
from organisation.cells import Cell, as_text
from organisation.dates import short_day
from organisation.letterhead import letterhead
from organisation.numbers import thousands
from organisation.outbox.attachments import Document
from organisation.pdf import render_pdf
from organisation.queries import municipality
from reporting.interviews import Row
from reporting.models import InterviewDraw


def how_drawn(draw: InterviewDraw, language: str) -> list[tuple[str, str]]:
    """Return how the draw was made, as pairs of what and how, in the active language."""
    return [
        (
            _("Answered"),
            _("%(first)s to %(last)s")
            % {"first": short_day(draw.first_on, language), "last": short_day(draw.last_on, language)},
        ),
        (_("People who said yes (N)"), thousands(draw.people, language)),
        (_("Drawn (n)"), thousands(draw.drawn, language)),
        (_("Method"), _("Simple random draw")),
        (_("Seed"), draw.seed),
        (_("Drawn on"), short_day(draw.drawn_at.astimezone(municipality().zone).date(), language)),
        (_("Names and numbers are shown until"), short_day(draw.contact_until, language)),
    ]


def why_not_shown(row: Row) -> str:
    """Return why there is no name, in the active language."""
    if row.why == "withdrawn":
        return _("Has withdrawn the yes: do not ring")
    return _("No longer shown") if row.why else ""


def interview_pdf(draw: InterviewDraw, rows: Sequence[Row], language: str, *, now: datetime) -> Document:
    """Make the list to print and ring from, in `language`. Raises FontMissing."""
    with override(language):
        data = {
            "municipality": letterhead(municipality()),
            "title": draw.name,
            "how": how_drawn(draw, language),
            "columns": [_("No."), _("Name"), _("Phone"), _("Message"), _("Answered"), _("Status")],
            "rows": [
                [
                    str(row.interviewee.position),
                    row.name or why_not_shown(row) or "–",
                    row.phone or "–",
                    row.interviewee.reference,
                    short_day(row.answered_on, language) if row.answered_on else "–",
                    row.status,
                ]
                for row in rows
            ],
            "check": _("Each message's lot is SHA-256 of the seed, a vertical bar and the reference; the lowest are drawn."),
            "care": _("Keep the list to yourself, and destroy it when you have rung."),
            "page": _("Page {page} of {pages}"),
        }  # fmt: skip
        content = render_pdf("interview_list", data, language=language, title=draw.name, made_at=now)
        return Document(file_name(_("interviews"), draw.name), content, PDF)


def interview_csv(rows: Sequence[Row], language: str) -> bytes:
    """Return the list as Excel in the Nordic countries opens it, in the active language."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    head: list[Any] = [_("No."), _("Name"), _("Phone"), _("Message"), _("Answered"), _("Language"), _("Status")]
    writer.writerow(head)
    for row in rows:
        cells: list[Cell] = [
            row.interviewee.position,
            row.name or why_not_shown(row),
            row.phone,
            row.interviewee.reference,
            row.answered_on,
            row.language,
            row.status,
        ]
        writer.writerow([as_text(cell, language=language, yes="", no="") for cell in cells])
    return b"\xef\xbb\xbf" + out.getvalue().encode()
