"""Contact details where they are shown to who does not ring: enough to know them by, too little to use. Pure."""

from __future__ import annotations

import re

HIDDEN = "•••"
FIELDS = ("phone", "email", "address", "other_way_note")
"""What is masked of a submitter. The name stays: without it nobody could speak of the card."""


def masked(field: str, value: str) -> str:
    """Return the value of a submitter's field as who does not need it sees it: «••• 00», «k•••@example.org», «•••»."""
    if not value or field not in FIELDS:
        return value
    if field == "email":
        name, _at, domain = value.partition("@")
        return f"{name[:1]}{HIDDEN}@{domain}" if domain else HIDDEN
    if field == "phone":
        digits = re.sub(r"\D", "", value)
        return f"{HIDDEN} {digits[-2:]}" if len(digits) >= 5 else HIDDEN
    return HIDDEN
