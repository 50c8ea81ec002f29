"""The tests of the public figures and stories once more, with pages that are made anew each time: KEEP_PAGES off."""

from __future__ import annotations

from typing import Any

import pytest

from tests.reporting.test_views import *  # noqa: F403
from tests.reporting.test_views import _on_a_monday, pytestmark  # noqa: F401


@pytest.fixture(autouse=True)
def _made_anew(settings: Any) -> None:
    settings.KEEP_PAGES = False
