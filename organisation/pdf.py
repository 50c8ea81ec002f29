"""PDF documents that archives keep and everybody can read: PDF/A-2a and PDF/UA-1, made by Typst from templates/pdf/.

Text reaches the template as data, never as source: what a citizen writes cannot become markup.
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings

from organisation import fonts

if TYPE_CHECKING:
    import typst

STANDARDS: list[typst.PDFStandard] = ["a-2a", "ua-1"]


def render_pdf(template: str, data: dict[str, Any], *, language: str, title: str, made_at: datetime) -> bytes:
    """Return the PDF that `templates/pdf/<template>.typ` makes of `data` (texts, numbers, bytes, lists and dicts of them).

    `language` and `title` are the document's own; `made_at` (aware) is the date it bears, which PDF/A asks for. The same
    arguments give the same bytes. Characters that the font lacks are replaced (`organisation.fonts.drawable`).

    Raises FontMissing, and typst's TypstError for a template that is wrong.
    """
    import typst

    folder = settings.BASE_DIR / "templates" / "pdf"
    document = {
        "data": _drawable(data),
        "font": fonts.FAMILY,
        "language": language,
        "title": fonts.drawable(title),
    }
    content, warnings = typst.compile_with_warnings(
        folder / f"{template}.typ",
        root=folder,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"document": json.dumps(document, ensure_ascii=False)},
        pdf_standards=STANDARDS,
        timestamp=int(made_at.timestamp()),
    )
    for warning in warnings:
        if "font" in warning.message:
            raise fonts.FontMissing(warning.message)
    return content


@cache
def _fonts() -> typst.Fonts:
    """Our font and no other: neither the machine's, nor those inside Typst. Raises FontMissing."""
    import typst

    found = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fonts.folder())])
    if fonts.FAMILY not in found.families():
        raise fonts.FontMissing(f"The font {fonts.FAMILY} is not in {fonts.folder()}.")
    return found


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
