"""The codes on the pages of a document, read by a decoder that is not ours."""

from __future__ import annotations

import io
import json
from typing import Any

import typst
import zxingcpp
from django.conf import settings
from PIL import Image

from organisation import fonts


def codes_on_pages(template: str, data: dict[str, Any]) -> list[list[str]]:
    """Return what a phone reads on each page of a template drawn as pictures."""
    document = {"data": data, "font": fonts.FAMILY, "language": "nb", "title": "T"}
    folder = settings.BASE_DIR / "templates" / "pdf"
    pages = typst.compile(
        folder / f"{template}.typ",
        root=folder,
        font_paths=[fonts.folder()],
        ignore_system_fonts=True,
        format="png",
        ppi=110,
        sys_inputs={"document": json.dumps(document)},
    )
    pictures = pages if isinstance(pages, list) else [pages]
    return [[code.text for code in zxingcpp.read_barcodes(Image.open(io.BytesIO(page)))] for page in pictures]
