"""One PDF made by Typst, which is loaded here and nowhere else: `organisation.pdf` has it done in a process of its own.

Typst keeps what it laid out of the last ten documents for as long as its process lives, which is hundreds of megabytes after
long ones.
"""

from __future__ import annotations

from typing import NamedTuple


class Typeset(NamedTuple):
    """A PDF, or what Typst refused it for (`error`); the font families there were, and what Typst warns of."""

    families: list[str]
    content: bytes = b""
    error: str = ""
    warnings: tuple[str, ...] = ()


def typeset(folder: str, name: str, document: str, *, fonts: str, made_at: int) -> Typeset:
    """Make the PDF of a template that may read its own folder, with `document` as its text, in the fonts of a folder alone.

    `made_at` is in seconds since 1970, UTC.
    """
    import typst

    ours = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts])
    families = ours.families()
    try:
        content, warnings = typst.compile_with_warnings(
            f"{folder}/{name}.typ",
            root=folder,
            font_paths=ours,
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"document": document},
            pdf_standards=["a-2a", "ua-1"],
            timestamp=made_at,
        )
    except typst.TypstError as error:
        return Typeset(families, error=str(error))
    return Typeset(families, content, warnings=tuple(warning.message for warning in warnings))
