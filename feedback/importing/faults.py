"""What stops an import, and what refuses one row of it. Plain English: whoever runs it reads a terminal. Pure."""

from __future__ import annotations


class CannotImport(Exception):
    """The import as a whole cannot be: one sentence for whoever runs it. Nothing has been written."""


class MappingFault(CannotImport):
    """Something in the mapping cannot be; the sentence names the key."""


class RowRefused(Exception):
    """One row cannot become a card. `code` is for machines, the sentence for whoever mends the file."""

    def __init__(self, code: str, sentence: str) -> None:
        self.code = code
        super().__init__(sentence)
