"""PDF documents that archives keep and everybody can read: PDF/A-2a and PDF/UA-1, made by Typst from templates/pdf/.

Text reaches the template as data, never as source: what a citizen writes cannot become markup.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.conf import settings

from organisation import fonts
from organisation.aside import aside
from organisation.typesetting import typeset

TIME_LIMIT = 300
"""Seconds after which a document is given up. A table takes one for 2,000 rows."""


class Refused(RuntimeError):
    """Typst refuses a document: its template is wrong, or holds what cannot be drawn or the standards do not allow."""


def render_pdf(template: str, data: dict[str, Any], *, language: str, title: str, made_at: datetime) -> bytes:
    """Return the PDF that `templates/pdf/<template>.typ` makes of `data` (texts, numbers, bytes, lists and dicts of them).

    `language` and `title` are the document's own; `made_at` (aware) is the date it bears, which PDF/A asks for. The same
    arguments give the same bytes. Characters that the font lacks are replaced (`organisation.fonts.drawable`).

    Raises FontMissing, Refused, and `organisation.aside.NotDone`.
    """
    folder = settings.BASE_DIR / "templates" / "pdf"
    document = {
        "data": _drawable(data),
        "font": fonts.FAMILY,
        "language": language,
        "title": fonts.drawable(title),
    }
    made = aside(typeset, seconds=TIME_LIMIT)(
        str(folder),
        template,
        json.dumps(document, ensure_ascii=False),
        fonts=str(fonts.folder()),
        made_at=int(made_at.timestamp()),
    )
    if fonts.FAMILY not in made.families:
        raise fonts.FontMissing(f"The font {fonts.FAMILY} is not in {fonts.folder()}.")
    if made.error:
        raise Refused(made.error)
    for warning in made.warnings:
        if "font" in warning:
            raise fonts.FontMissing(warning)
    return made.content


def _drawable(value: Any) -> Any:
    """The same value with every text in it as the font can draw it, and bytes as the list of numbers that JSON can hold."""
    if isinstance(value, str):
        return fonts.drawable(value)
    if isinstance(value, dict):
        return {key: _drawable(each) for key, each in value.items()}
    if isinstance(value, bytes):
        return list(value)
    if isinstance(value, list | tuple):
        return [_drawable(each) for each in value]
    return value
