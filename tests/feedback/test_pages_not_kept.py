"""The tests of citizens' pages once more, with pages that are made anew each time: KEEP_PAGES off."""

from __future__ import annotations

from typing import Any

import pytest

from tests.feedback.test_status import *  # noqa: F403
from tests.feedback.test_status import _monday  # noqa: F401
from tests.feedback.test_views_citizen import *  # noqa: F403


@pytest.fixture(autouse=True)
def _made_anew(settings: Any) -> None:
    settings.KEEP_PAGES = False
