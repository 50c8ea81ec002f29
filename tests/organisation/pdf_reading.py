"""What a PDF holds, read with pikepdf: its words, its tags, its fonts, what it says of itself."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf


@dataclass(frozen=True)
class Read:
    """A PDF document read: texts by page, tags in order, languages named in tags, and what the document says of itself."""

    title: str
    language: str
    pages: list[str]
    sizes: list[tuple[float, float]]
    tags: list[str]
    tag_languages: set[str]
    fonts: set[str]
    all_embedded: bool
    marked: bool
    shows_title: bool
    part: str
    conformance: str
    ua_part: str

    @property
    def text(self) -> str:
        return "\n".join(self.pages)


def read(content: bytes) -> Read:
    """Open a PDF and read it."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        tags: list[str] = []
        languages: set[str] = set()
        for element in _elements(pdf.Root.StructTreeRoot):
            tags.append(str(element.S).lstrip("/"))
            if "/Lang" in element:
                languages.add(str(element.Lang))
        fonts, embedded = _fonts(pdf)
        with pdf.open_metadata() as about:
            said = {
                name: str(about.get(name, ""))
                for name in ("pdfaid:part", "pdfaid:conformance", "pdfuaid:part", "dc:title")
            }
        return Read(
            title=said["dc:title"],
            language=str(pdf.Root.Lang),
            pages=[_words(page) for page in pdf.pages],
            sizes=[tuple(round(float(side) / 72 * 25.4) for side in page.mediabox[2:]) for page in pdf.pages],
            tags=tags,
            tag_languages=languages,
            fonts=fonts,
            all_embedded=embedded,
            marked=bool(pdf.Root.MarkInfo.Marked),
            shows_title=bool(pdf.Root.ViewerPreferences.DisplayDocTitle),
            part=said["pdfaid:part"],
            conformance=said["pdfaid:conformance"],
            ua_part=said["pdfuaid:part"],
        )


def _elements(node: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """The elements of the structure tree, in reading order."""
    if "/S" in node:
        yield node
    kids = node.get("/K")
    if kids is None:
        return
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") != "/MCR" and kid.get("/Type") != "/OBJR":
            yield from _elements(kid)


def _fonts(pdf: pikepdf.Pdf) -> tuple[set[str], bool]:
    names: set[str] = set()
    embedded = True
    for page in pdf.pages:
        for font in page.resources.get("/Font", {}).values():
            below = font.DescendantFonts[0]
            names.add(re.sub(r"^/[A-Z]{6}\+", "", str(font.BaseFont)))
            files = {"/FontFile", "/FontFile2", "/FontFile3"} & set(below.FontDescriptor.keys())
            embedded = embedded and bool(files)
    return names, embedded


def _words(page: pikepdf.Page) -> str:
    """The page's text as a reader copies it: glyphs through each font's ToUnicode; a new piece of text a new line."""
    maps = {name: _to_unicode(font) for name, font in page.resources.get("/Font", {}).items()}
    lines: list[str] = []
    line, current, hidden = "", {}, 0
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name == "Tf":
            current = maps[str(operands[0])]
        elif name in ("Tj", "TJ"):
            pieces = operands[0] if name == "TJ" else [operands[0]]
            for piece in pieces:
                if isinstance(piece, pikepdf.String) and not hidden:
                    raw = bytes(piece)
                    line += "".join(current.get(raw[at : at + 2], "?") for at in range(0, len(raw), 2))
        elif name == "BDC" and isinstance(operands[1], pikepdf.Dictionary) and "/ActualText" in operands[1]:
            line += str(operands[1].ActualText)
            hidden += 1
        elif name == "EMC" and hidden:
            hidden -= 1
        elif name == "ET":
            lines.append(line)
            line = ""
    return "\n".join(lines)


def _to_unicode(font: pikepdf.Object) -> dict[bytes, str]:
    found: dict[bytes, str] = {}
    source = bytes(font.ToUnicode.read_bytes()).decode("latin-1")
    for block in re.findall(r"beginbfchar(.*?)endbfchar", source, re.S):
        for code, text in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            found[bytes.fromhex(code)] = bytes.fromhex(text).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", source, re.S):
        for first, last, text in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            start = int(bytes.fromhex(text).decode("utf-16-be").encode("utf-16-be").hex(), 16)
            for step in range(int(last, 16) - int(first, 16) + 1):
                found[(int(first, 16) + step).to_bytes(2, "big")] = chr(start + step)
    return found
