"""The municipality's coat of arms: a small picture that is safe to show. Pure: bytes in, bytes out."""

from __future__ import annotations

import hashlib
import re
from io import BytesIO
from typing import NamedTuple
from xml.etree import ElementTree

LARGEST_SVG = 60_000
"""Bytes. It is loaded with each page; an arms drawing saved for the web is a third of that."""

LARGEST_PICTURE = 5_000_000
HEIGHT, WIDEST = 128, 384
"""Pixels that a picture is scaled to: three times as high as it stands on a page."""

COLOURS = 64
MOST_PIXELS = 40_000_000

# Elements that draw, and what they are drawn with. No script, no animation, nothing from elsewhere, no foreign markup.
_DRAWS = frozenset(
    """svg g defs title desc metadata path rect circle ellipse line polyline polygon use symbol clipPath mask pattern text
    tspan linearGradient radialGradient stop style filter feGaussianBlur feOffset feBlend feMerge feMergeNode feColorMatrix
    feFlood feComposite marker""".split()  # noqa: SIM905
)
# Drawing programs write one; it says nothing that is needed, and one with parts of its own is refused.
_PLAIN_TYPE = re.compile(rb"<!DOCTYPE[^\[>]*>", re.IGNORECASE)
_INSIDE = re.compile(r"\s*#[\w.:-]+\s*")
_ADDRESS = re.compile(r"url\(\s*['\"]?\s*(?!#)|@import|expression\(|javascript:", re.IGNORECASE)


class Arms(NamedTuple):
    """What is kept: `name` is made of the content, so that an address with it never shows another picture."""

    content: bytes
    name: str


class UnsafeDrawing(Exception):
    """The SVG has what a drawing does not need: a script, a link, a document type."""


class NotAPicture(Exception):
    """Neither a PNG nor a JPEG that can be drawn, nor an SVG that can be read."""


class TooLarge(Exception):
    """More bytes than a page can carry."""


def clean_arms(content: bytes) -> Arms:
    """Return the arms as they are shown: an SVG as it came if it only draws, a picture drawn anew, scaled, as PNG.

    Raises TooLarge, UnsafeDrawing, NotAPicture.
    """
    if _is_svg(content):
        if len(content) > LARGEST_SVG:
            raise TooLarge
        drawing = _PLAIN_TYPE.sub(b"", content, count=1)
        _check_drawing(drawing)
        return _named(drawing, "svg")
    if len(content) > LARGEST_PICTURE:
        raise TooLarge
    return _named(_drawn_anew(content), "png")


def _named(content: bytes, ending: str) -> Arms:
    return Arms(content, f"{hashlib.sha256(content).hexdigest()[:16]}.{ending}")


def _is_svg(content: bytes) -> bool:
    start = content[:1000].lstrip(b"\xef\xbb\xbf \r\n\t")
    return start.startswith((b"<svg", b"<?xml", b"<!--", b"<!DOCTYPE"))


def _check_drawing(content: bytes) -> None:
    # Entities can make a small file endless: without a document type there are none.
    if re.search(rb"<!(DOCTYPE|ENTITY)", content, re.IGNORECASE) or b"<?xml-stylesheet" in content:
        raise UnsafeDrawing
    try:
        root = ElementTree.fromstring(content)  # noqa: S314  (no document type, so no entities; at most 60 kB)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise NotAPicture from error
    if _local(root.tag) != "svg":
        raise NotAPicture
    for element in root.iter():
        space, _, _name = str(element.tag).rpartition("}")
        if space == "{http://www.w3.org/2000/svg" and _local(element.tag) not in _DRAWS:
            raise UnsafeDrawing
        if _local(element.tag) in ("script", "foreignObject") or _ADDRESS.search(element.text or ""):
            raise UnsafeDrawing
        for name, value in element.attrib.items():
            linked = _local(name) in ("href", "src") and not _INSIDE.fullmatch(value)
            if linked or _local(name).lower().startswith("on") or _ADDRESS.search(value):
                raise UnsafeDrawing


def _local(name: object) -> str:
    return str(name).rpartition("}")[2]


def _drawn_anew(content: bytes) -> bytes:
    from PIL import Image

    try:
        with Image.open(BytesIO(content), formats=["PNG", "JPEG", "WEBP"]) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise TooLarge
            drawn = opened.convert("RGBA")
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        raise NotAPicture from error
    drawn.thumbnail((WIDEST, HEIGHT))
    made = BytesIO()
    drawn.quantize(COLOURS, method=Image.Quantize.FASTOCTREE).save(made, "PNG", optimize=True)
    return made.getvalue()
