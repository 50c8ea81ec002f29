"""The font of our documents, and which characters it can draw.

Typst swaps a font that it does not find, and PDF/A refuses a character that no font draws. So the font is looked for
first, and a character that it lacks is replaced before the document is made.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from functools import cache
from importlib import resources
from pathlib import Path

FAMILY = "Inter"
PACKAGE = "fontpkg_inter"
STAND_IN = "□"
"""Stands for characters that the font does not have: emoji, and scripts other than Latin, Greek and Cyrillic."""

LONGEST_WORD = 24
"""Letters after which a word without a place to break gets one, so that it does not run out of its column."""

ZERO_WIDTH_SPACE = "\u200b"

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
"""Unicode's categories of characters that draw nothing, or turn the text around them."""

_STAND_INS = re.compile(f"{STAND_IN}(?: *{STAND_IN})+")


class FontMissing(RuntimeError):
    """The package that carries the font is not installed, or does not hold it."""


def folder() -> Path:
    """Return the folder with the font's files. Raises FontMissing."""
    try:
        found = Path(str(resources.files(PACKAGE))) / "files"
    except ModuleNotFoundError:
        raise FontMissing(f"The package of the font {FAMILY} is not installed. Install requirements.txt.") from None
    if not any(found.glob("*.ttf")):
        raise FontMissing(f"There is no font file in {found}.")
    return found


def drawable(text: str) -> str:
    """Return `text` as our documents can draw it.

    Control and other invisible characters go, what the font lacks becomes □ (once for a run), and a very long word gets
    places to break. Line breaks stay.
    """
    shown = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).translate(_drawn())
    if STAND_IN in shown:
        shown = _STAND_INS.sub(STAND_IN, shown)
    return "\n".join(" ".join(map(_breakable, line.split())) for line in shown.split("\n"))


class _Drawn(dict[int, int]):
    """What a character becomes that is neither in the font nor a break of the line: `str.translate`'s table asks for it."""

    def __missing__(self, code: int) -> int | str | None:
        character = chr(code)
        if unicodedata.category(character) in _INVISIBLE:
            return None
        return code if character.isspace() else STAND_IN


@cache
def _drawn() -> _Drawn:
    breaks = dict.fromkeys(map(ord, "\n\r\u2028\u2029"), ord("\n"))
    visible = {code: code for code in characters() if unicodedata.category(chr(code)) not in _INVISIBLE}
    return _Drawn(visible | breaks | {ord("\t"): ord(" ")})


def _breakable(word: str) -> str:
    if len(word) <= LONGEST_WORD:
        return word
    return ZERO_WIDTH_SPACE.join(word[at : at + LONGEST_WORD] for at in range(0, len(word), LONGEST_WORD))


@cache
def characters() -> frozenset[int]:
    """Return the code points that the upright font draws, read from its character map (OpenType `cmap`, formats 4, 12)."""
    files = [path for path in sorted(folder().glob("*.ttf")) if "Italic" not in path.name]
    data = files[0].read_bytes()
    (tables,) = struct.unpack_from(">H", data, 4)
    start = next(
        offset
        for tag, _sum, offset, _length in (struct.unpack_from(">4sLLL", data, 12 + 16 * n) for n in range(tables))
        if tag == b"cmap"
    )
    (records,) = struct.unpack_from(">H", data, start + 2)
    found: set[int] = set()
    for record in range(records):
        _platform, _encoding, offset = struct.unpack_from(">HHL", data, start + 4 + 8 * record)
        at = start + offset
        (form,) = struct.unpack_from(">H", data, at)
        if form == 4:
            found |= _segments(data, at)
        elif form == 12:
            (groups,) = struct.unpack_from(">L", data, at + 12)
            for group in range(groups):
                first, last, _glyph = struct.unpack_from(">LLL", data, at + 16 + 12 * group)
                found |= set(range(first, last + 1))
    return frozenset(found)


def _segments(data: bytes, at: int) -> set[int]:
    """The code points of a subtable of format 4; 0xFFFF closes it and is no character."""
    (twice,) = struct.unpack_from(">H", data, at + 6)
    count = twice // 2
    lasts = struct.unpack_from(f">{count}H", data, at + 14)
    firsts = struct.unpack_from(f">{count}H", data, at + 16 + twice)
    return {c for first, last in zip(firsts, lasts, strict=True) for c in range(first, last + 1) if c != 0xFFFF}
