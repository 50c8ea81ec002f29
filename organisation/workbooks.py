"""Excel files whose words stay words: what a citizen has written is never read as a formula, an address or a number."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import xlsxwriter


def workbook(to: IO[bytes], *, in_memory: bool = False, constant_memory: bool = False) -> xlsxwriter.Workbook:
    """Return a new workbook that is written to `to` when it is closed. Its options are those of XlsxWriter."""
    import xlsxwriter  # 3 MB, which a process that writes none has no need of

    as_words = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    return xlsxwriter.Workbook(to, as_words | {"in_memory": in_memory, "constant_memory": constant_memory})
