"""How every address of the API is answered, whichever app it belongs to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.views.decorators.cache import never_cache
from django.views.decorators.common import no_append_slash


def exactly(view: Callable[..., Any]) -> Callable[..., Any]:
    """Keep the answers, which hold personal data, out of caches, and do without the redirect that adds a forgotten slash:
    it would turn a POST into a GET and lose its body."""
    return no_append_slash(never_cache(view))
