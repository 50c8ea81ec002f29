"""What docs/openapi.yaml says of the API."""

from __future__ import annotations

from functools import cache
from typing import Any

import yaml
from django.conf import settings

KEPT = settings.BASE_DIR / "docs/openapi.yaml"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C reads it in a tenth of the time


def read(text: str) -> Any:
    return yaml.load(text, LOADER)  # noqa: S506 (both are safe ones)


@cache
def schema() -> dict[str, Any]:
    """Return the whole, read once: for looking at only."""
    return dict(read(KEPT.read_text()))
