"""Citizens' pictures: turned upright, scaled, and freed of what the camera wrote into them. Pure: bytes in, bytes out."""

from __future__ import annotations

from io import BytesIO
from typing import BinaryIO, NamedTuple

LONGEST_SIDE = 2560
"""Pixels. Sharp enough to read a street sign, a tenth of what a phone takes."""

MOST_PIXELS = 80_000_000
"""A picture that unpacks to more is a trap, or no picture that a phone takes."""

QUALITY = 85

_UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, RuntimeError)
"""What decoders raise of a file that is no whole picture: that of HEIC the last two, of an end that is missing and of a size
that is none."""


class Picture(NamedTuple):
    content: BytesIO
    content_type: str
    ending: str


class UnreadablePicture(Exception):
    """The file is called a picture and begins like one, but cannot be drawn; or it is too large to unpack."""


def clean_picture(file: BinaryIO) -> Picture:
    """Return the picture as it is seen, and nothing else: no place, time, camera, preview or colour profile.

    Photos become JPEG (HEIC too, which many browsers cannot show); a picture with see-through parts stays PNG. The file
    is drawn anew, so that what was hidden behind its pixels does not come along. Raises UnreadablePicture.
    """
    # Heavy, and needed in few requests: imported where used.
    import pillow_heif
    from PIL import Image, ImageOps

    pillow_heif.register_heif_opener()
    try:
        with Image.open(file) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise UnreadablePicture
            opened.draft("RGB", (LONGEST_SIDE * 2, LONGEST_SIDE * 2))
            upright = ImageOps.exif_transpose(opened)
            see_through = upright.has_transparency_data
            drawn = upright.convert("RGBA" if see_through else "RGB")
            drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    except (*_UNREADABLE, Image.DecompressionBombError) as error:
        raise UnreadablePicture from error
    bare = Image.new(drawn.mode, drawn.size)
    bare.paste(drawn)
    content = BytesIO()
    if see_through:
        bare.save(content, "PNG", optimize=True)
    else:
        bare.save(content, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    content.seek(0)
    return Picture(content, "image/png", ".png") if see_through else Picture(content, "image/jpeg", ".jpg")


def thumbnail(file: BinaryIO, side: int = 120) -> bytes:
    """Return a cleaned picture as a small JPEG on white, to recognise it by. Raises UnreadablePicture."""
    from PIL import Image

    try:
        with Image.open(file) as opened:
            opened.draft("RGB", (side * 2, side * 2))
            small = opened.convert("RGBA")
            small.thumbnail((side, side))
    except (*_UNREADABLE, Image.DecompressionBombError) as error:
        raise UnreadablePicture from error
    ground = Image.new("RGB", small.size, "white")
    ground.paste(small, mask=small.getchannel("A"))
    content = BytesIO()
    ground.save(content, "JPEG", quality=70, optimize=True)
    return content.getvalue()
