"""Pictures as cameras make them, for the tests."""

from __future__ import annotations

from io import BytesIO

import pillow_heif
from PIL import Image
from PIL.Image import Exif
from PIL.PngImagePlugin import PngInfo

PLACE = b"59.05,10.03 Storgata 4"


def photo(size: tuple[int, int], *, kind: str = "JPEG", mode: str = "RGB", turned: int = 1) -> BytesIO:
    """A picture, red on the left and blue on the right, that says where it was taken and how it was held."""
    drawn = Image.new(mode, size, "blue")
    drawn.paste(Image.new(mode, (size[0] // 2, size[1]), "red"), (0, 0))
    exif = Exif()
    exif[0x0112] = turned
    exif[0x010E] = PLACE.decode()
    exif.get_ifd(0x8825)[1] = "N"
    content = BytesIO()
    if kind == "HEIF":
        pillow_heif.from_pillow(drawn).save(content, exif=exif.tobytes(), quality=90)
    elif kind == "PNG":
        info = PngInfo()
        info.add_text("Comment", PLACE.decode())
        drawn.save(content, kind, exif=exif, pnginfo=info)
    else:
        drawn.save(content, kind, exif=exif)
    content.seek(0)
    return content
